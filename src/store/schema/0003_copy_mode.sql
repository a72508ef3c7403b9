-- How a message gets into its target: by MOVE, or, where a server has none, by COPY, then \Deleted and UID EXPUNGE.
ALTER TABLE operation ADD COLUMN weg TEXT NOT NULL DEFAULT 'move' CHECK (weg = 'move' OR weg = 'copy');

-- The UID of a copy that the server proved; its UIDVALIDITY is target_uidvalidity. Before it stands here, nothing may be
-- done to the source.
ALTER TABLE operation ADD COLUMN kopie_uid INTEGER CHECK (kopie_uid IS NULL OR weg = 'copy');

-- Which Vorgang has which Message-ID, as a keyed hash: replies name it. A table of its own, since these rows go sooner
-- than their Vorgang and can be deleted without touching it.
CREATE TABLE gespraech (
    vorgang         INTEGER PRIMARY KEY REFERENCES vorgang (id) ON DELETE CASCADE,
    message_id_hash BLOB NOT NULL CHECK (length(message_id_hash) = 16)
) STRICT;

-- Not unique: twins share their Message-ID, and some programs give all mails the same one.
CREATE INDEX gespraech_message_id_hash ON gespraech (message_id_hash);

-- The history of one Vorgang, newest first; and it lets a Vorgang be deleted without reading all events.
CREATE INDEX event_vorgang ON event (vorgang);

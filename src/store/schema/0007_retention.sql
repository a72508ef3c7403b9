-- Retention: what expires, what is kept of it, and the protocol of that.

-- 1: the pseudonym was overwritten with random bytes and the hash of the Message-ID is gone. Nothing recognises the
-- message any more; what is known of its place stays.
ALTER TABLE vorgang ADD COLUMN entlinkt INTEGER NOT NULL DEFAULT 0 CHECK (entlinkt IN (0, 1));
ALTER TABLE nebenstueck ADD COLUMN entlinkt INTEGER NOT NULL DEFAULT 0 CHECK (entlinkt IN (0, 1));
-- When the message arrived; NULL: noted before this was kept, then gesehen_am counts.
ALTER TABLE nebenstueck ADD COLUMN eingang INTEGER;

-- The newest arrival of a message whose pseudonym expired while it may still have been there. One that old at an unknown
-- place may be one of these. NULL: there is none.
ALTER TABLE postfach ADD COLUMN vergessen_bis INTEGER;

-- The state of a Vorgang before the events that are still there: what the expired ones came to.
CREATE TABLE stand (
    vorgang    INTEGER PRIMARY KEY REFERENCES vorgang (id) ON DELETE CASCADE,
    status     TEXT NOT NULL
        CHECK (status = 'eingegangen' OR status = 'entschieden' OR status = 'uebergeben' OR status = 'in_bearbeitung'
            OR status = 'bearbeitet' OR status = 'loeschvorgemerkt' OR status = 'zurueckgegeben' OR status = 'geloescht'
            OR status = 'verschwunden'),
    -- The status before it was gone.
    vorher     TEXT NOT NULL
        CHECK (vorher = 'eingegangen' OR vorher = 'entschieden' OR vorher = 'uebergeben' OR vorher = 'in_bearbeitung'
            OR vorher = 'bearbeitet' OR vorher = 'loeschvorgemerkt' OR vorher = 'zurueckgegeben' OR vorher = 'geloescht'
            OR vorher = 'verschwunden'),
    agentur    TEXT,
    bearbeitet INTEGER NOT NULL CHECK (bearbeitet IN (0, 1)),
    au         INTEGER NOT NULL CHECK (au IN (0, 1)),
    anderswo   INTEGER NOT NULL CHECK (anderswo IN (0, 1))
) STRICT;

-- How many rows of which class a run of the deletion took, by the moment it began. A class without any has its row, too.
CREATE TABLE loeschlauf (
    at     INTEGER NOT NULL,
    klasse TEXT NOT NULL
        CHECK (klasse = 'hashes' OR klasse = 'nebenstuecke' OR klasse = 'versuche' OR klasse = 'ereignisse'
            OR klasse = 'vorgaenge' OR klasse = 'tageswerte' OR klasse = 'laeufe' OR klasse = 'regelwerke'
            OR klasse = 'loeschprotokoll'),
    anzahl INTEGER NOT NULL DEFAULT 0 CHECK (anzahl >= 0),
    PRIMARY KEY (at, klasse)
) STRICT, WITHOUT ROWID;

-- What still has a pseudonym, without reading all Vorgänge; oldest first, so that what is due comes at once.
CREATE INDEX vorgang_verlinkt ON vorgang (eingang) WHERE entlinkt = 0;
-- So that a Vorgang can be deleted without reading all operations.
CREATE INDEX operation_vorgang ON operation (vorgang);

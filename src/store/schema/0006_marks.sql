-- The marks of clerks and the whole life of a Vorgang.

-- Events get the Agentur that something went away from, and the words of the whole life cycle. A CHECK cannot be altered,
-- so the table is made anew.
CREATE TABLE event_neu (
    id          INTEGER PRIMARY KEY,
    vorgang     INTEGER NOT NULL REFERENCES vorgang (id),
    operation   INTEGER REFERENCES operation (id),
    art         TEXT NOT NULL
        CHECK (art = 'eingegangen' OR art = 'zugeordnet' OR art = 'uebergeben' OR art = 'ungeklaert'
            OR art = 'bearbeitet' OR art = 'loeschvorgemerkt' OR art = 'geloescht' OR art = 'verbleibt_sc'
            OR art = 'fremd' OR art = 'automatisch' OR art = 'anderswo' OR art = 'mehrdeutig' OR art = 'umgeordnet'
            OR art = 'zurueckgegeben' OR art = 'in_bearbeitung' OR art = 'bearbeitung_beendet'
            OR art = 'wiedereroeffnet' OR art = 'vorgangsart_berichtigt' OR art = 'vormerkung_aufgehoben'
            OR art = 'verschwunden' OR art = 'wiedergesehen'),
    rolle       TEXT NOT NULL
        CHECK (rolle = 'dienst' OR rolle = 'sc' OR rolle = 'eingangszone' OR rolle = 'unbekannt'),
    agentur     TEXT,
    -- The Agentur it went away from, for what changes hands.
    von_agentur TEXT,
    grund       TEXT NOT NULL DEFAULT '',
    regel       TEXT NOT NULL DEFAULT '',
    regelwerk   INTEGER REFERENCES regelwerk (id),
    at          INTEGER NOT NULL
) STRICT;

INSERT INTO event_neu (id, vorgang, operation, art, rolle, agentur, grund, regel, regelwerk, at)
    SELECT id, vorgang, operation, art, rolle, agentur, grund, regel, regelwerk, at FROM event;
DROP TABLE event;
ALTER TABLE event_neu RENAME TO event;
CREATE UNIQUE INDEX event_operation ON event (operation) WHERE operation IS NOT NULL;
CREATE INDEX event_vorgang ON event (vorgang);
CREATE TRIGGER event_is_append_only BEFORE UPDATE ON event
BEGIN
    SELECT RAISE(ABORT, 'events are append-only');
END;

-- The mark that its Keywords: field showed when it was seen first. Its sender may have written that; what is there later
-- and was not there then is a mark. NULL: that field was never read.
ALTER TABLE vorgang ADD COLUMN kopfzeile_anfangs TEXT;
-- The mark that flags or headers of the message show; marks by folder follow from the place.
ALTER TABLE vorgang ADD COLUMN merkmal TEXT NOT NULL DEFAULT '';
-- Since when place or mark are seen as they are now, if that was once only: a second look makes an event of it.
ALTER TABLE vorgang ADD COLUMN offen_seit INTEGER;
-- Complete rounds through all watched folders in which it was found nowhere.
ALTER TABLE vorgang ADD COLUMN vermisst_runden INTEGER NOT NULL DEFAULT 0;
-- 1: found nowhere in two rounds, and said so.
ALTER TABLE vorgang ADD COLUMN abgeschlossen INTEGER NOT NULL DEFAULT 0 CHECK (abgeschlossen IN (0, 1));

-- When a watched folder was looked through for the first time. Marks that were there then are from before our time.
ALTER TABLE folder ADD COLUMN beobachtet_am INTEGER;
-- Since when a folder in which Vorgänge were seen is no longer there: renamed or removed.
ALTER TABLE folder ADD COLUMN vermisst_seit INTEGER;

CREATE INDEX vorgang_offen ON vorgang (folder) WHERE offen_seit IS NOT NULL;
CREATE INDEX vorgang_vermisst ON vorgang (postfach) WHERE gone_at IS NOT NULL AND abgeschlossen = 0;

-- Messages in watched folders that are no Vorgang: copies of one that still lies elsewhere, and what was there before our
-- time. Noted so that they are not looked at again and again; a copy takes the place of its Vorgang when that goes. A row
-- stays when its message leaves: wherever it turns up then, a person has put it there.
CREATE TABLE nebenstueck (
    folder      INTEGER NOT NULL REFERENCES folder (id),
    uidvalidity INTEGER NOT NULL,
    uid         INTEGER NOT NULL,
    fingerprint BLOB NOT NULL CHECK (length(fingerprint) = 16),
    gesehen_am  INTEGER NOT NULL,
    -- 1: it is from before our time and never counted, wherever it goes.
    altbestand  INTEGER NOT NULL DEFAULT 0 CHECK (altbestand IN (0, 1)),
    -- Since when it is no longer listed there; NULL: it lies there.
    verlassen_am INTEGER,
    PRIMARY KEY (folder, uidvalidity, uid)
) STRICT, WITHOUT ROWID;

CREATE INDEX nebenstueck_fingerprint ON nebenstueck (fingerprint);

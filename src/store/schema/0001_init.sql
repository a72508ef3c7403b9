-- The ledger's first schema. A migration is never edited once it was released: the next change is the next file.
--
-- Only closed words, numbers, pseudonyms and times. No column may ever hold an address, a name, a subject, a text, a
-- Message-ID, a customer number or the words of a server. Times are unix milliseconds in UTC; 0/1 are truth values.
-- Words are checked with OR: for IN, SQLite builds a temporary table in every statement, a third of the whole time.

CREATE TABLE postfach (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

-- A folder as the server calls it. Only INBOX and folders that the configuration names stand here.
CREATE TABLE folder (
    id       INTEGER PRIMARY KEY,
    postfach INTEGER NOT NULL REFERENCES postfach (id),
    name     TEXT NOT NULL,
    UNIQUE (postfach, name)
) STRICT;

CREATE TABLE regelwerk (
    id              INTEGER PRIMARY KEY,
    version         TEXT NOT NULL UNIQUE,
    first_used_at   INTEGER NOT NULL,
    program_version TEXT NOT NULL DEFAULT ''
) STRICT;

-- A run of the program. No end: it still runs, or it did not end by itself.
CREATE TABLE lauf (
    id              INTEGER PRIMARY KEY,
    program_version TEXT NOT NULL,
    started_at      INTEGER NOT NULL,
    ended_at        INTEGER
) STRICT;

-- A tracked message: its pseudonym, its last decision, and the last place it was seen in.
CREATE TABLE vorgang (
    id             INTEGER PRIMARY KEY,
    postfach       INTEGER NOT NULL REFERENCES postfach (id),
    fingerprint    BLOB NOT NULL CHECK (length(fingerprint) = 16),
    eingang        INTEGER NOT NULL,
    groessenklasse TEXT NOT NULL
        CHECK (groessenklasse = 'bis_10_kb' OR groessenklasse = 'bis_100_kb' OR groessenklasse = 'bis_1_mb'
            OR groessenklasse = 'bis_10_mb' OR groessenklasse = 'ueber_10_mb'),
    folder         INTEGER NOT NULL REFERENCES folder (id),
    uidvalidity    INTEGER NOT NULL,
    uid            INTEGER NOT NULL,
    -- Since when it is no longer listed there; NULL: it lies there.
    gone_at        INTEGER,
    -- When the program moved it last; NULL: never.
    uebergeben_am  INTEGER,
    -- 1: rules never move it again.
    festgehalten   INTEGER NOT NULL DEFAULT 0 CHECK (festgehalten IN (0, 1)),
    vorgangsart    TEXT NOT NULL,
    entscheidung   TEXT NOT NULL
        CHECK (entscheidung = 'uebergeben' OR entscheidung = 'ungeklaert' OR entscheidung = 'verbleibt_sc'
            OR entscheidung = 'fremd' OR entscheidung = 'automatisch'),
    agentur        TEXT,
    regel          TEXT NOT NULL,
    grund          TEXT NOT NULL,
    evidenz        TEXT NOT NULL DEFAULT '',
    zweiter        TEXT,
    regelwerk      INTEGER NOT NULL REFERENCES regelwerk (id),
    betriebsart    TEXT NOT NULL
        CHECK (betriebsart = 'aus' OR betriebsart = 'beobachten' OR betriebsart = 'schatten'
            OR betriebsart = 'betrieb' OR betriebsart = 'auslauf'),
    entschieden_am INTEGER NOT NULL,
    CHECK ((entscheidung = 'uebergeben') = (agentur IS NOT NULL))
) STRICT;

-- Two messages cannot lie in one place. A place that was left may come again: some servers reuse a UIDVALIDITY.
CREATE UNIQUE INDEX vorgang_place ON vorgang (folder, uidvalidity, uid) WHERE gone_at IS NULL;
-- Not unique: byte-identical twins share their pseudonym.
CREATE INDEX vorgang_fingerprint ON vorgang (fingerprint);

-- The journal: what the program is about to do, written before it asks the server.
CREATE TABLE operation (
    id                 INTEGER PRIMARY KEY,
    kind               TEXT NOT NULL DEFAULT 'move',
    vorgang            INTEGER NOT NULL REFERENCES vorgang (id),
    source_folder      INTEGER NOT NULL REFERENCES folder (id),
    source_uidvalidity INTEGER NOT NULL,
    source_uid         INTEGER NOT NULL,
    target_folder      INTEGER NOT NULL REFERENCES folder (id),
    -- What STATUS said before the move; for 'verschoben' the proved place.
    target_uidvalidity INTEGER,
    target_uidnext     INTEGER,
    target_uid         INTEGER,
    state              TEXT NOT NULL DEFAULT 'absicht'
        CHECK (state = 'absicht' OR state = 'verschoben' OR state = 'verschwunden' OR state = 'abgelehnt'
            OR state = 'mehrdeutig'),
    grund              TEXT NOT NULL DEFAULT '',
    attempt            INTEGER NOT NULL DEFAULT 1,
    intended_at        INTEGER NOT NULL,
    settled_at         INTEGER,
    UNIQUE (source_folder, source_uidvalidity, source_uid, kind),
    CHECK ((state = 'absicht') = (settled_at IS NULL)),
    CHECK ((state = 'verschoben') = (target_uid IS NOT NULL))
) STRICT;

CREATE INDEX operation_open ON operation (source_folder) WHERE state = 'absicht';

-- What happened, for statistics and for whoever asks why. Rows are added and one day deleted, never changed.
CREATE TABLE event (
    id        INTEGER PRIMARY KEY,
    vorgang   INTEGER NOT NULL REFERENCES vorgang (id),
    operation INTEGER REFERENCES operation (id),
    art       TEXT NOT NULL
        -- The whole life cycle, also what a later version will observe; the frequent words first.
        CHECK (art = 'eingegangen' OR art = 'zugeordnet' OR art = 'uebergeben' OR art = 'ungeklaert'
            OR art = 'verbleibt_sc' OR art = 'fremd' OR art = 'automatisch' OR art = 'anderswo' OR art = 'mehrdeutig'
            OR art = 'zurueckgegeben' OR art = 'umgeordnet' OR art = 'in_bearbeitung' OR art = 'bearbeitet'
            OR art = 'wiedereroeffnet' OR art = 'loeschvorgemerkt' OR art = 'geloescht' OR art = 'verschwunden'),
    rolle     TEXT NOT NULL
        CHECK (rolle = 'dienst' OR rolle = 'sc' OR rolle = 'eingangszone' OR rolle = 'unbekannt'),
    agentur   TEXT,
    grund     TEXT NOT NULL DEFAULT '',
    regel     TEXT NOT NULL DEFAULT '',
    regelwerk INTEGER REFERENCES regelwerk (id),
    at        INTEGER NOT NULL
) STRICT;

-- One end, one event: whatever is retried, an operation is counted once.
CREATE UNIQUE INDEX event_operation ON event (operation) WHERE operation IS NOT NULL;

CREATE TRIGGER event_is_append_only BEFORE UPDATE ON event
BEGIN
    SELECT RAISE(ABORT, 'events are append-only');
END;

-- Daily figures, which outlive the events they were counted from.
CREATE TABLE tageswert (
    tag      TEXT NOT NULL CHECK (tag GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    postfach INTEGER NOT NULL REFERENCES postfach (id),
    agentur  TEXT NOT NULL DEFAULT '',
    groesse  TEXT NOT NULL,
    wert     INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (tag, postfach, agentur, groesse)
) STRICT, WITHOUT ROWID;

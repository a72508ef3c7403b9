-- Which ledger this is, and whether an earlier one was lost. A note beside the file names the ledger that was written
-- last; if it is another one, or a newer state of this one, mail may have been sorted of which nothing is known here.
CREATE TABLE kennung (
    nur_eine       INTEGER PRIMARY KEY CHECK (nur_eine = 1),
    kennung        TEXT NOT NULL,
    -- 1: this file is a backup that was put in place.
    kopie          INTEGER NOT NULL DEFAULT 0 CHECK (kopie IN (0, 1)),
    -- What tells whether the key of the pseudonyms is still the same; nothing follows from it.
    schluessel     TEXT,
    -- When the loss was noticed; NULL: nothing was lost.
    verlust_am     INTEGER,
    -- When a cycle was completed last before the loss, if that is known.
    letzter_zyklus INTEGER
) STRICT;

-- When the folders of a mailbox were looked through after a loss.
ALTER TABLE postfach ADD COLUMN wiederaufgebaut_am INTEGER;

-- Why rules never move it again; only for what is held.
ALTER TABLE vorgang ADD COLUMN haltegrund TEXT NOT NULL DEFAULT 'zurueckgegeben'
    CHECK (haltegrund = 'zurueckgegeben' OR haltegrund = 'bestand_unklar' OR haltegrund = 'mehrdeutig');

-- Messages that could not be read, or over which the program died. A row goes when its message is decided or has left.
CREATE TABLE versuch (
    folder          INTEGER NOT NULL REFERENCES folder (id),
    uidvalidity     INTEGER NOT NULL,
    uid             INTEGER NOT NULL,
    -- How often the program died while it read the message.
    abstuerze       INTEGER NOT NULL DEFAULT 0,
    -- How often the server did not give it, or broke off over it.
    fehler          INTEGER NOT NULL DEFAULT 0,
    -- Another version may do better: for it the counts begin anew.
    program_version TEXT NOT NULL,
    zuletzt_am      INTEGER NOT NULL,
    PRIMARY KEY (folder, uidvalidity, uid)
) STRICT, WITHOUT ROWID;

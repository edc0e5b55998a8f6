-- What was measured of a module (0 is the whole project) in the runs of one stretch of 32 run numbers, packed in one
-- row: only what differs from the run before takes room, and a trend over a thousand runs is a few dozen rows.
CREATE TABLE module_series (
    project INTEGER NOT NULL,
    stretch INTEGER NOT NULL,
    module  INTEGER NOT NULL,
    content BLOB    NOT NULL,
    PRIMARY KEY (project, stretch, module)
) STRICT, WITHOUT ROWID;

-- The first known value of each identity, which its values in columns are differences to: of a test its duration, of a
-- finding its line or severity. Set once, never changed. `kind` is the column's; a row holds 4,096 identifiers, four
-- bytes each, 0 for none.
CREATE TABLE origin (
    project INTEGER NOT NULL,
    kind    INTEGER NOT NULL,
    stretch INTEGER NOT NULL,
    content BLOB    NOT NULL,
    PRIMARY KEY (project, kind, stretch)
) STRICT;

-- The durations of an upload's tests as they were reported, while more parts of its run may come: the columns keep
-- steps, totals are exact. `encoding` as in blob.
CREATE TABLE exact_durations (
    project  INTEGER NOT NULL,
    upload   INTEGER NOT NULL,
    run      INTEGER NOT NULL,
    encoding INTEGER NOT NULL,
    size     INTEGER NOT NULL,
    content  BLOB    NOT NULL,
    PRIMARY KEY (project, upload),
    FOREIGN KEY (project, upload) REFERENCES upload (project, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX exact_durations_by_run ON exact_durations (project, run);

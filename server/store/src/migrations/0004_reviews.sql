-- What was decided about findings, keyed by the group's identity, so that it outlives runs and holds for all members of
-- the group. `content` and `path` find it again after a rename. `state`: 0 accepted, 1 false positive, 2 won't fix.
-- `until` is the first second in which it holds no more. Who decided is not stored.
CREATE TABLE review (
    project    INTEGER NOT NULL,
    identity   BLOB    NOT NULL,
    content    BLOB    NOT NULL,
    path       INTEGER,
    state      INTEGER NOT NULL,
    reason     TEXT    NOT NULL,
    until      INTEGER,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (project, identity)
) STRICT, WITHOUT ROWID;

CREATE INDEX finding_by_identity ON finding (project, identity);

-- Two names of one test: `older` until it was renamed, `newer` since. `is_undone` 1: somebody said that they are two
-- tests, and they are not linked again by themselves.
CREATE TABLE test_link (
    project    INTEGER NOT NULL,
    newer      INTEGER NOT NULL,
    older      INTEGER NOT NULL,
    is_undone  INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (project, newer)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX test_link_by_older ON test_link (project, older);

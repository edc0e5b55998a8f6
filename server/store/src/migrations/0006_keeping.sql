-- What keeps a run from being thinned out: a person's word, or a tag such as a release's name. '' stands for no tag.
ALTER TABLE run ADD COLUMN is_protected INTEGER NOT NULL DEFAULT 0;
ALTER TABLE run ADD COLUMN tag TEXT NOT NULL DEFAULT '';

-- The versions of the parsers that read an upload: `junit=2,lcov=1`.
ALTER TABLE upload ADD COLUMN versions TEXT NOT NULL DEFAULT '';
CREATE INDEX upload_failed ON upload (project, id) WHERE state = 3;

-- The run with which the identity came into the history; 0 where that was not noted yet.
ALTER TABLE finding ADD COLUMN first_run INTEGER NOT NULL DEFAULT 0;

-- What was done to the history and to who may change it. Never by whom. Project 0 stands for the whole store.
CREATE TABLE audit (
    project INTEGER NOT NULL,
    id      INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    action  TEXT    NOT NULL,
    subject TEXT    NOT NULL,
    PRIMARY KEY (project, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX audit_by_time ON audit (at, project, id);

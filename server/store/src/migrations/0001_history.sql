-- Every key begins with the project, so that a larger engine can partition by it.
-- Sentinels instead of NULL stand wherever a column is part of a key: NULLs are never equal to each other.

CREATE TABLE project (
    id             INTEGER NOT NULL PRIMARY KEY,
    name           TEXT    NOT NULL UNIQUE,
    title          TEXT    NOT NULL,
    default_branch TEXT    NOT NULL,
    created_at     INTEGER NOT NULL
) STRICT;

-- Only the hash of a token is kept. Project 0 stands for all projects.
CREATE TABLE token (
    project    INTEGER NOT NULL,
    id         INTEGER NOT NULL,
    label      TEXT    NOT NULL,
    hash       BLOB    NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (project, id)
) STRICT;

-- Contents by their BLAKE3 digest; encoding 0 is raw, 1 is zstd.
CREATE TABLE blob (
    project  INTEGER NOT NULL,
    id       INTEGER NOT NULL,
    digest   BLOB    NOT NULL,
    encoding INTEGER NOT NULL,
    size     INTEGER NOT NULL,
    content  BLOB    NOT NULL,
    PRIMARY KEY (project, id)
) STRICT;
CREATE UNIQUE INDEX blob_by_digest ON blob (project, digest);

-- Dictionaries: what the columns' integers stand for.

CREATE TABLE module (
    project INTEGER NOT NULL,
    id      INTEGER NOT NULL,
    path    TEXT    NOT NULL,
    name    TEXT    NOT NULL,
    PRIMARY KEY (project, id),
    UNIQUE (project, path)
) STRICT, WITHOUT ROWID;

CREATE TABLE path (
    project INTEGER NOT NULL,
    id      INTEGER NOT NULL,
    path    TEXT    NOT NULL,
    module  INTEGER,
    PRIMARY KEY (project, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX path_by_path ON path (project, path);
CREATE INDEX path_by_module ON path (project, module);

-- `key` is BLAKE3-128 of suite, class and name.
CREATE TABLE test (
    project INTEGER NOT NULL,
    id      INTEGER NOT NULL,
    key     BLOB    NOT NULL,
    suite   TEXT    NOT NULL,
    class   TEXT    NOT NULL,
    name    TEXT    NOT NULL,
    path    INTEGER,
    module  INTEGER,
    PRIMARY KEY (project, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX test_by_path ON test (project, path) WHERE path IS NOT NULL;
CREATE INDEX test_by_module ON test (project, module) WHERE module IS NOT NULL;

CREATE TABLE rule (
    project  INTEGER NOT NULL,
    id       INTEGER NOT NULL,
    tool     TEXT    NOT NULL,
    rule     TEXT    NOT NULL,
    name     TEXT,
    help_uri TEXT,
    PRIMARY KEY (project, id),
    UNIQUE (project, tool, rule)
) STRICT, WITHOUT ROWID;

-- `identity` is the group's BLAKE3-128, `content` the same without the path. `detail` is what the newest report says.
CREATE TABLE finding (
    project    INTEGER NOT NULL,
    id         INTEGER NOT NULL,
    identity   BLOB    NOT NULL,
    occurrence INTEGER NOT NULL,
    content    BLOB    NOT NULL,
    path       INTEGER,
    rule       INTEGER NOT NULL,
    kind       INTEGER NOT NULL,
    detail     TEXT    NOT NULL,
    PRIMARY KEY (project, id)
) STRICT;
CREATE INDEX finding_by_path ON finding (project, path) WHERE path IS NOT NULL;

CREATE TABLE revision (
    project INTEGER NOT NULL,
    id      INTEGER NOT NULL,
    name    TEXT    NOT NULL,
    PRIMARY KEY (project, id),
    UNIQUE (project, name)
) STRICT, WITHOUT ROWID;

-- Runs and uploads.

CREATE TABLE branch (
    project  INTEGER NOT NULL,
    name     TEXT    NOT NULL,
    last_run INTEGER NOT NULL,
    PRIMARY KEY (project, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX branch_by_use ON branch (project, last_run);

-- `state`: 0 processing, 1 partial, 2 complete. `missing` is a JSON array of words.
-- `pull_request` 0 and `build` '' stand for none.
CREATE TABLE run (
    project      INTEGER NOT NULL,
    number       INTEGER NOT NULL,
    revision     INTEGER NOT NULL,
    branch       TEXT    NOT NULL,
    pull_request INTEGER NOT NULL,
    build        TEXT    NOT NULL,
    base_branch  TEXT,
    build_url    TEXT,
    created_at   INTEGER NOT NULL,
    state        INTEGER NOT NULL,
    missing      TEXT    NOT NULL,
    PRIMARY KEY (project, number),
    FOREIGN KEY (project) REFERENCES project (id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX run_by_key ON run (project, revision, branch, pull_request, build);
CREATE INDEX run_by_branch ON run (project, branch, state, number);

-- `state`: 0 queued, 1 processing, 2 stored, 3 failed, 4 replaced. `shard_count` 0 stands for "whole". `scopes`: bit 0,
-- it looked at the code; bit 1, it looked at security; so that a scan without findings is told from no scan.
CREATE TABLE upload (
    project      INTEGER NOT NULL,
    id           INTEGER NOT NULL,
    run          INTEGER NOT NULL,
    name         TEXT    NOT NULL,
    category     TEXT,
    shard_index  INTEGER NOT NULL,
    shard_count  INTEGER NOT NULL,
    format       TEXT,
    strip_prefix TEXT,
    add_prefix   TEXT,
    digest       BLOB    NOT NULL,
    bytes        INTEGER NOT NULL,
    received_at  INTEGER NOT NULL,
    spool        TEXT    NOT NULL,
    state        INTEGER NOT NULL,
    attempts     INTEGER NOT NULL,
    formats      TEXT    NOT NULL,
    scopes       INTEGER NOT NULL,
    result       TEXT,
    error        TEXT,
    PRIMARY KEY (project, id),
    FOREIGN KEY (project, run) REFERENCES run (project, number) ON DELETE CASCADE
) STRICT;
CREATE INDEX upload_by_run ON upload (project, run, id);
-- The queue: only what waits or is being read is in it, in the order of arrival over all projects.
CREATE INDEX upload_queue ON upload (state, received_at, project, id) WHERE state IN (0, 1);

CREATE TABLE upload_column (
    project INTEGER NOT NULL,
    upload  INTEGER NOT NULL,
    kind    INTEGER NOT NULL,
    blob    INTEGER NOT NULL,
    PRIMARY KEY (project, upload, kind),
    FOREIGN KEY (project, upload) REFERENCES upload (project, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE run_column (
    project INTEGER NOT NULL,
    run     INTEGER NOT NULL,
    kind    INTEGER NOT NULL,
    blob    INTEGER NOT NULL,
    PRIMARY KEY (project, run, kind),
    FOREIGN KEY (project, run) REFERENCES run (project, number) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- What each commit changed, packed; a commit is read once, whichever upload brings it.
CREATE TABLE change_set (
    project      INTEGER NOT NULL,
    revision     INTEGER NOT NULL,
    committed_at INTEGER NOT NULL,
    changes      BLOB    NOT NULL,
    PRIMARY KEY (project, revision)
) STRICT, WITHOUT ROWID;

-- What was measured of each module in each run: the trends' index. Module 0 is the whole project. A kind without a
-- report is NULL.
CREATE TABLE module_stat (
    project             INTEGER NOT NULL,
    run                 INTEGER NOT NULL,
    module              INTEGER NOT NULL,
    tests_passed        INTEGER,
    tests_failed        INTEGER,
    tests_errored       INTEGER,
    tests_skipped       INTEGER,
    tests_duration_us   INTEGER,
    tests_flaky         INTEGER,
    files               INTEGER,
    lines               INTEGER,
    lines_covered       INTEGER,
    branches            INTEGER,
    branches_covered    INTEGER,
    code_critical       INTEGER,
    code_high           INTEGER,
    code_medium         INTEGER,
    code_low            INTEGER,
    code_info           INTEGER,
    code_unknown        INTEGER,
    code_suppressed     INTEGER,
    security_critical   INTEGER,
    security_high       INTEGER,
    security_medium     INTEGER,
    security_low        INTEGER,
    security_info       INTEGER,
    security_unknown    INTEGER,
    security_suppressed INTEGER,
    PRIMARY KEY (project, run, module),
    FOREIGN KEY (project, run) REFERENCES run (project, number) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

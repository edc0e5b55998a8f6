-- What reading an upload came to, packed (see results.rs); `result` has it for uploads from before.
ALTER TABLE upload ADD COLUMN packed_result BLOB;

-- In the place of `module_series`, whose rows are taken over: what was measured of a module (0 is the whole project) in
-- the runs of one stretch of 64 run numbers, packed in one row. A run in which nothing but the duration differs from the
-- run before takes two bytes.
CREATE TABLE module_measures (
    project INTEGER NOT NULL,
    stretch INTEGER NOT NULL,
    module  INTEGER NOT NULL,
    content BLOB    NOT NULL,
    PRIMARY KEY (project, stretch, module)
) STRICT, WITHOUT ROWID;

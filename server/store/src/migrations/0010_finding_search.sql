-- The words of findings, to search in. The table keeps where words are and no text: what is shown stands in `finding`.
-- Its rows are numbered project * 2^32 + finding. This is the one table that is SQLite's own: to another engine it is an
-- index over the same four texts.
CREATE VIRTUAL TABLE finding_text USING fts5 (
    message, rule, path, package,
    content = '', contentless_delete = 1,
    tokenize = "unicode61 remove_diacritics 2"
);

-- Which findings are about what. `kind`: 0 weakness class, 1 package.
CREATE TABLE finding_tag (
    project INTEGER NOT NULL,
    kind    INTEGER NOT NULL,
    value   TEXT    NOT NULL,
    finding INTEGER NOT NULL,
    PRIMARY KEY (project, kind, value, finding)
) STRICT, WITHOUT ROWID;

-- What the reports call the vulnerabilities of packages: the names of each finding's advisory, and the package as a
-- package URL without version ('' where it is not known). Names are only added; they go with their finding.
CREATE TABLE advisory (
    project INTEGER NOT NULL,
    finding INTEGER NOT NULL,
    name    TEXT    NOT NULL,
    package TEXT    NOT NULL,
    PRIMARY KEY (project, finding, name, package)
) STRICT, WITHOUT ROWID;
CREATE INDEX advisory_by_name ON advisory (project, name);
CREATE INDEX advisory_by_package ON advisory (project, package);

CREATE INDEX finding_by_rule ON finding (project, rule);

CREATE TEMP VIEW projects AS
SELECT name AS project, title, default_branch, datetime(created_at, 'unixepoch') AS created_at FROM main.project;

CREATE TEMP VIEW runs AS
SELECT p.name AS project, r.number AS run, c.name AS "commit", r.branch, NULLIF(r.pull_request, 0) AS pull_request,
       NULLIF(r.build, '') AS build, r.base_branch, r.build_url, datetime(r.created_at, 'unixepoch') AS created_at,
       CASE r.state WHEN 0 THEN 'processing' WHEN 1 THEN 'partial' ELSE 'complete' END AS state,
       r.is_protected, NULLIF(r.tag, '') AS tag
FROM main.run r
JOIN main.project p ON p.id = r.project
JOIN main.revision c ON c.project = r.project AND c.id = r.revision;

CREATE TEMP VIEW uploads AS
SELECT p.name AS project, u.run, u.id AS upload, u.name, u.category, NULLIF(u.shard_index, 0) AS shard,
       NULLIF(u.shard_count, 0) AS shards, u.formats, u.bytes, datetime(u.received_at, 'unixepoch') AS received_at,
       CASE u.state WHEN 0 THEN 'queued' WHEN 1 THEN 'processing' WHEN 2 THEN 'stored' WHEN 4 THEN 'replaced'
                    ELSE 'failed' END AS state
FROM main.upload u
JOIN main.project p ON p.id = u.project;

CREATE TEMP VIEW modules AS
SELECT p.name AS project, m.path AS module, m.name AS title
FROM main.module m
JOIN main.project p ON p.id = m.project;

CREATE TEMP VIEW tests AS
SELECT p.name AS project, t.id AS test, t.suite, t.class, t.name, f.path, m.path AS module
FROM main.test t
JOIN main.project p ON p.id = t.project
LEFT JOIN main.path f ON f.project = t.project AND f.id = t.path
LEFT JOIN main.module m ON m.project = t.project AND m.id = t.module;

CREATE TEMP VIEW test_results AS
SELECT p.name AS project, r.number AS run, t.id AS test, t.suite, t.class, t.name, m.path AS module,
       e.value ->> 1 AS outcome, (e.value ->> 2) / 1000.0 AS duration_ms, e.value ->> 3 AS is_flaky,
       plimsoll_text(r.project, e.value ->> 4) AS message, plimsoll_text(r.project, e.value ->> 5) AS detail
FROM main.run r
JOIN main.project p ON p.id = r.project
CROSS JOIN json_each(plimsoll_tests(r.project, r.number)) e
CROSS JOIN main.test t ON t.project = r.project AND t.id = e.value ->> 0
LEFT JOIN main.module m ON m.project = t.project AND m.id = t.module;

CREATE TEMP VIEW findings AS
SELECT p.name AS project, f.id AS finding, u.tool, u.rule, u.name AS rule_name, t.path, m.path AS module,
       CASE f.kind WHEN 0 THEN 'code' WHEN 1 THEN 'weakness' WHEN 2 THEN 'vulnerability' WHEN 3 THEN 'secret'
                   WHEN 4 THEN 'misconfiguration' ELSE 'licence' END AS kind,
       f.detail ->> 'message' AS message, f.detail ->> '$.package.name' AS package,
       f.detail ->> '$.package.version' AS package_version, lower(hex(f.identity)) AS identity
FROM main.finding f
JOIN main.project p ON p.id = f.project
JOIN main.rule u ON u.project = f.project AND u.id = f.rule
LEFT JOIN main.path t ON t.project = f.project AND t.id = f.path
LEFT JOIN main.module m ON m.project = f.project AND m.id = t.module;

CREATE TEMP VIEW finding_results AS
SELECT p.name AS project, r.number AS run, f.id AS finding, u.tool, u.rule, t.path, m.path AS module,
       e.value ->> 1 AS line, e.value ->> 2 AS severity, e.value ->> 3 AS is_suppressed,
       f.detail ->> 'message' AS message
FROM main.run r
JOIN main.project p ON p.id = r.project
CROSS JOIN json_each(plimsoll_findings(r.project, r.number)) e
CROSS JOIN main.finding f ON f.project = r.project AND f.id = e.value ->> 0
JOIN main.rule u ON u.project = f.project AND u.id = f.rule
LEFT JOIN main.path t ON t.project = f.project AND t.id = f.path
LEFT JOIN main.module m ON m.project = f.project AND m.id = t.module;

CREATE TEMP VIEW coverage AS
SELECT p.name AS project, r.number AS run, t.path, m.path AS module, e.value ->> 2 AS lines,
       e.value ->> 3 AS lines_covered, e.value ->> 4 AS branches, e.value ->> 5 AS branches_covered
FROM main.run r
JOIN main.project p ON p.id = r.project
CROSS JOIN json_each(plimsoll_coverage(r.project, r.number)) e
CROSS JOIN main.path t ON t.project = r.project AND t.id = e.value ->> 0
LEFT JOIN main.module m ON m.project = t.project AND m.id = t.module;

CREATE TEMP VIEW coverage_lines AS
SELECT p.name AS project, r.number AS run, t.path, l.value ->> 0 AS line, l.value ->> 1 AS is_covered
FROM main.run r
JOIN main.project p ON p.id = r.project
CROSS JOIN json_each(plimsoll_coverage(r.project, r.number)) e
CROSS JOIN main.path t ON t.project = r.project AND t.id = e.value ->> 0
CROSS JOIN json_each(plimsoll_lines(r.project, e.value ->> 1)) l;

CREATE TEMP VIEW measures AS
SELECT p.name AS project, r.number AS run, m.path AS module,
       e.value ->> 1 AS tests, e.value ->> 2 AS tests_passed, e.value ->> 3 AS tests_failed,
       e.value ->> 4 AS tests_errored, e.value ->> 5 AS tests_skipped, (e.value ->> 6) / 1000.0 AS tests_duration_ms,
       e.value ->> 7 AS tests_flaky, e.value ->> 8 AS files, e.value ->> 9 AS lines, e.value ->> 10 AS lines_covered,
       e.value ->> 11 AS branches, e.value ->> 12 AS branches_covered,
       e.value ->> 13 AS code_critical, e.value ->> 14 AS code_high, e.value ->> 15 AS code_medium,
       e.value ->> 16 AS code_low, e.value ->> 17 AS code_info, e.value ->> 18 AS code_unknown,
       e.value ->> 19 AS code_suppressed,
       e.value ->> 20 AS security_critical, e.value ->> 21 AS security_high, e.value ->> 22 AS security_medium,
       e.value ->> 23 AS security_low, e.value ->> 24 AS security_info, e.value ->> 25 AS security_unknown,
       e.value ->> 26 AS security_suppressed
FROM main.run r
JOIN main.project p ON p.id = r.project
CROSS JOIN json_each(plimsoll_measures(r.project, r.number)) e
LEFT JOIN main.module m ON m.project = r.project AND m.id = e.value ->> 0;

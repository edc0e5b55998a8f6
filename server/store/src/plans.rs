//! How SQLite answers each statement of the store: a golden list, in which no large table is scanned.
//!
//! `PLIMSOLL_ACCEPT=1 cargo nextest run -p plimsoll-store plans` writes the list anew.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::PathBuf;

use plimsoll_model::{FindingKind, LineCoverage, Outcome, Severity};
use roaring::RoaringBitmap;

use crate::*;

thread_local! {
    static STATEMENTS: RefCell<BTreeSet<String>> = const { RefCell::new(BTreeSet::new()) };
}

/// Remembers a statement that was prepared on this thread.
pub(crate) fn note(sql: &str) {
    let text = sql.split_whitespace().collect::<Vec<_>>().join(" ");
    STATEMENTS.with_borrow_mut(|statements| statements.insert(text));
}

/// Statements that read a whole table of a project on purpose: a dictionary that is loaded once, or a table that holds
/// a handful of rows.
const WHOLE: [&str; 6] = [
    // FTS5's own index, of words that are asked for and of one row.
    "SCAN finding_text VIRTUAL TABLE INDEX 0:M",
    "SCAN finding_text VIRTUAL TABLE INDEX 0:=",
    "SCAN project",
    "SCAN token",
    "USING INDEX sqlite_autoindex_project",
    "USING COVERING INDEX upload_queue",
];

/// Statements that go through the project's runs in their order and end at their limit.
const IN_ORDER: [&str; 2] = [
    "run.project = $1 AND run.number < $2 ORDER BY run.number DESC LIMIT $3",
    // Most runs are complete.
    "run.project = $1 AND run.state = $2 AND run.number < $3 ORDER BY run.number DESC LIMIT $4",
];

/// Statements that read a project's rows on purpose: to find out what no run needs any more, and at the start of a
/// server, through an index that holds failed uploads alone.
const TAKING_STOCK: [&str; 3] = [
    "FROM review WHERE project = $1 AND path IS NOT NULL",
    "ON upload.project = upload_column.project AND upload.id = upload_column.upload WHERE upload_column.project = $1",
    "SELECT spool FROM upload WHERE project = $1 AND state = 3",
];

#[test]
fn no_statement_scans_a_large_table() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path(), &Options::default()).unwrap();
    STATEMENTS.with_borrow_mut(BTreeSet::clear);
    exercise(&store);
    let statements = STATEMENTS.with_borrow(BTreeSet::clone);
    let connection = rusqlite::Connection::open(folder.path().join("plimsoll.sqlite")).unwrap();
    let mut list = String::new();
    let mut scans = Vec::new();
    for sql in statements {
        let mut statement =
            connection.prepare(&format!("EXPLAIN QUERY PLAN {}", sql.replace('$', "?"))).unwrap();
        let parameters = statement.parameter_count();
        let nulls = vec![rusqlite::types::Null; parameters];
        let plan = statement
            .query_map(rusqlite::params_from_iter(nulls), |row| row.get::<_, String>(3))
            .unwrap()
            .collect::<Result<Vec<_>, _>>()
            .unwrap();
        writeln!(list, "{sql}").unwrap();
        for line in plan {
            writeln!(list, "    {line}").unwrap();
            // With a second condition, not all rows of the project are wanted, so not all may be read. SQLite calls it a
            // search all the same.
            let reads_project = sql.contains(" AND ")
                && (line.ends_with("(project=?)")
                    || line.contains("USING PRIMARY KEY (project=? AND number<?)"))
                && !IN_ORDER.iter().chain(&TAKING_STOCK).any(|statement| sql.ends_with(statement));
            if reads_project || line.contains("SCAN") && !WHOLE.iter().any(|whole| line.contains(whole)) {
                scans.push(format!("{sql}\n    {line}"));
            }
        }
    }
    assert!(scans.is_empty(), "these statements read whole tables:\n{}", scans.join("\n"));
    let golden = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/plans.golden.txt");
    if std::env::var_os("PLIMSOLL_ACCEPT").is_some() {
        std::fs::write(&golden, &list).unwrap();
    }
    let expect = std::fs::read_to_string(&golden).unwrap_or_default();
    assert!(
        list == expect,
        "the plans differ from {}; accept with PLIMSOLL_ACCEPT=1:\n{list}",
        golden.display()
    );
}

/// Uses every method once or more.
fn exercise(store: &Store) {
    let (project, runs) = store.write(fill).unwrap();
    store
        .read(|reader| -> Result<(), StoreError> {
            let (ids, sparse) = (RoaringBitmap::from_iter([1]), RoaringBitmap::from_iter([1, 100]));
            reader.list_projects()?;
            reader.find_project("shop")?;
            reader.find_token(&[1; 32])?;
            reader.list_tokens()?;
            for run in &runs {
                reader.find_run(project, *run)?;
                reader.list_uploads(project, *run)?;
                reader.read_tests(project, *run)?;
                reader.read_findings(project, *run)?;
                reader.read_files(project, *run)?;
                reader.read_churn(project, *run)?;
                reader.read_settings(project, *run)?;
                reader.read_sources(project, *run)?;
                reader.list_parents(project, *run)?;
                reader.list_measured(project, *run)?;
                reader.list_column_sizes(project, *run)?;
                if let Some(coverage) = reader.read_coverage(project, *run)? {
                    reader.read_file_lines(project, coverage.files[0].blob)?;
                }
            }
            for filter in [
                RunFilter::default(),
                RunFilter { branch: Some("main"), ..RunFilter::default() },
                RunFilter { only_complete: true, ..RunFilter::default() },
                RunFilter { branch: Some("main"), only_complete: true, before: None },
            ] {
                reader.list_runs(project, filter, 20)?;
            }
            reader.list_runs_of_commit(project, "c1")?;
            reader.count_runs(project, None)?;
            reader.count_runs(project, Some("main"))?;
            reader.list_branches(project, 50)?;
            reader.count_waiting()?;
            reader.read_path_problems(project, crate::UploadId(1))?;
            reader.list_modules(project)?;
            reader.list_reviews(project)?;
            reader.count_complete_runs(project, "main")?;
            reader.findings_of_group(project, GroupKey([1; 16]))?;
            reader.findings_of_advisory(project, "CVE-2024-1")?;
            reader.findings_of_package(project, "pkg:npm/lodash")?;
            reader.advisory_names(project, "CVE-", 6)?;
            reader.findings_of_rule(project, RuleId(1))?;
            reader.find_rule(project, "ruff", "E501")?;
            reader.list_test_links(project)?;
            reader.find_module(project, "web")?;
            reader.find_path(project, "web/a.ts")?;
            reader.paths_of_module(project, ModuleId(1))?;
            reader.tests_of_module(project, ModuleId(1))?;
            reader.tests_of_path(project, PathId(1))?;
            reader.findings_of_path(project, PathId(1))?;
            for ids in [&ids, &sparse] {
                reader.list_paths(project, ids)?;
                reader.list_tests(project, ids)?;
                reader.list_rules(project, ids)?;
                reader.list_finding_keys(project, ids)?;
                reader.list_findings(project, ids)?;
                reader.list_advisories(project, ids)?;
                reader.list_commits(project, ids)?;
            }
            reader.read_bitmaps(project, ColumnKind::TestsFailed, &runs)?;
            reader.trend(project, ModuleId::WHOLE, &runs)?;
            reader.list_stored_uploads(project, UploadId(0), 9)?;
            reader.list_waiting(9)?;
            reader.list_first_runs(project, &ids)?;
            reader.list_first_run_numbers(project, &ids)?;
            reader.search_findings(project, "no")?;
            for tag in [FindingTag::Weakness, FindingTag::Package] {
                reader.findings_with_tag(project, tag, "left-pad")?;
                reader.list_finding_tags(project, tag)?;
            }
            reader.list_spooled()?;
            reader.list_audit(9)?;
            reader.storage_use(project, &runs.iter().copied().collect())?;
            Ok(())
        })
        .unwrap();
    store
        .write(|writer| -> Result<(), StoreError> {
            writer.protect_run(project, runs[0], true)?;
            writer.protect_run(project, runs[0], false)?;
            writer.delete_run(project, runs[0])?;
            writer.put_text(project, "needed by nobody")?;
            Ok(())
        })
        .unwrap();
    store.collect(project, Pace::FAST, &|| false).unwrap();
}

fn fill(writer: &mut Writer<'_>) -> Result<(ProjectId, Vec<RunNumber>), StoreError> {
    let project = writer.insert_project("shop", "Shop", "main", 0)?;
    writer.update_project(project, "The shop", "main")?;
    let token = writer.insert_token(Some(project), "ci", &[1; 32], 0)?;
    writer.delete_token(token, 0)?;
    put_decisions(writer, project)?;
    let mut runs = Vec::new();
    for build in ["1", "2"] {
        let run = NewRun {
            commit: "c1".to_owned(),
            branch: "main".to_owned(),
            build: Some(build.to_owned()),
            ..NewRun::default()
        };
        let run = writer.ensure_run(project, &run)?;
        writer.set_parents(project, run, &["c0".to_owned()])?;
        runs.push(run);
        for at in 0..3_u8 {
            let upload = NewUpload {
                run,
                name: format!("part-{at}"),
                category: (at == 2).then(|| "unit".to_owned()),
                shard: (at == 0).then_some(Shard { index: 1, count: 2 }),
                format: None,
                flags: Vec::new(),
                strip_prefix: None,
                add_prefix: None,
                digest: [at; 32],
                bytes: 1,
                received_at: 0,
                spool: String::new(),
            };
            writer.accept_upload(project, &upload)?;
        }
    }
    while let Some(upload) = writer.claim_upload()? {
        writer.release_upload(project, upload.id)?;
        writer.claim_upload_by_id(project, upload.id)?;
        writer.recover_uploads(9, "{}")?;
        record(writer, project, &upload)?;
        if upload.id.0 == 6 {
            writer.fail_upload(project, upload.id, "{}")?;
        }
    }
    for &run in &runs {
        writer.set_flaky(project, run, &[(ModuleId::WHOLE, 1)])?;
        writer.use_text(project, &[0; 32])?;
        writer.set_sources(project, run, &SourceManifest::default())?;
    }
    let unknown = writer.ensure_run(project, &NewRun { commit: "c9".to_owned(), ..NewRun::default() })?;
    writer.delete_measured(project, &[unknown])?;
    Ok((project, runs))
}

fn put_decisions(writer: &mut Writer<'_>, project: ProjectId) -> Result<(), StoreError> {
    let group = GroupKey([1; 16]);
    let (state, reason) = (plimsoll_model::ReviewState::WontFix, "generated".to_owned());
    let review =
        Review { group, content: GroupKey([2; 16]), path: None, state, reason, until: None, created_at: 0 };
    writer.put_review(project, &review)?;
    writer.delete_review(project, group)?;
    let link = TestLink { newer: TestId(2), older: TestId(1), is_undone: false, created_at: 0 };
    writer.put_test_link(project, link)
}

fn record(writer: &mut Writer<'_>, project: ProjectId, upload: &Upload) -> Result<(), StoreError> {
    let id = upload.id;
    let module = writer.intern_module(project, "web", &format!("web {id}"))?;
    let path = writer.intern_paths(project, &["web/a.ts"])?[0];
    writer.set_path_modules(project, &[(path, Some(module))])?;
    for path in [None, Some(path)] {
        let test = writer.intern_tests(project, &[NewTest { suite: "s", class: "c", name: "t", path }])?[0];
        let failure = FailureText { message: Some(writer.put_text(project, "no")?), detail: None };
        let duration_us = Some(id.0);
        let result = TestResult { id: test, outcome: Outcome::Failed, duration_us, is_flaky: true, failure };
        writer.set_upload_tests(project, id, &TestColumns::from_results(vec![result]))?;
    }
    let name = format!("rule {id}");
    let rule = NewRule { tool: "ruff", rule: "E501", name: Some(&name), help_uri: None };
    let rule = writer.intern_rules(project, &[rule])?[0];
    let detail = format!(r#"{{"message":"{id}","cwe":["CWE-79"],"package":{{"name":"left-pad"}}}}"#);
    let finding = NewFinding {
        group: GroupKey([1; 16]),
        occurrence: 0,
        content: GroupKey([2; 16]),
        path: Some(path),
        rule,
        kind: FindingKind::Code,
        detail: &detail,
    };
    let finding = writer.intern_findings(project, &[finding])?[0];
    let result = FindingResult { id: finding, line: Some(1), severity: Severity::Low, is_suppressed: false };
    writer.set_upload_findings(project, id, &FindingColumns::from_results(vec![result]))?;
    let lines = [LineCoverage { line: u32::try_from(id.0).unwrap(), hits: 1, ..LineCoverage::default() }];
    writer.set_upload_coverage(project, id, &BTreeMap::from([(path, FileLines::from_lines(&lines))]))?;
    writer.set_upload_files(project, id, &RoaringBitmap::from_iter([path.0]))?;
    writer.set_upload_settings(project, id, &format!("# {id}"))?;
    writer.set_path_problems(project, id, Some("[]"))?;
    writer.set_path_problems(project, id, None)?;
    let commit = writer.intern_revision(project, "c1")?;
    let change = Change { path, renamed_from: None, added: Some(1), deleted: None };
    writer.set_upload_churn(project, id, &[ChangeSet { commit, committed_at: 0, changes: vec![change] }])?;
    let finished = FinishedUpload { formats: "all".to_owned(), ..FinishedUpload::default() };
    writer.finish_upload(project, id, &finished)?;
    let advisory = NewAdvisory { finding: result.id, package: "pkg:npm/lodash", name: &name };
    writer.note_advisories(project, &[advisory])?;
    let run = upload.received.run;
    writer.set_joined(project, run, &BTreeMap::from([(result.id.0, result.id.0)]))?;
    writer.set_joined(project, run, &BTreeMap::new())
}

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_model::{FindingKind, LineCoverage, Outcome, Severity};
use plimsoll_store::*;
use proptest::prelude::*;
use roaring::RoaringBitmap;

use crate::bench::{Bench, new_run, upload};

const NEVER: &dyn Fn() -> bool = &|| false;

/// What a run is made of: everything that a column can refer to, by small numbers.
#[derive(Debug, Clone)]
struct Made {
    tests: BTreeSet<u8>,
    failed: u8,
    findings: BTreeSet<u8>,
    files: BTreeSet<u8>,
    commits: BTreeSet<u8>,
}

fn made() -> impl Strategy<Value = Made> {
    let some = || proptest::collection::btree_set(0_u8..12, 0..6);
    (some(), 0_u8..12, some(), some(), some()).prop_map(|(tests, failed, findings, files, commits)| Made {
        tests,
        failed,
        findings,
        files,
        commits,
    })
}

/// Stores a run through the same steps as the ingest.
fn store_run(bench: &Bench, made: &Made, build: &str) -> RunNumber {
    let project = bench.project;
    let run =
        bench.write(|writer| writer.ensure_run(project, &new_run(&format!("c-{build}"), "main", build)));
    let id = bench.queue(&upload(run, "all", build));
    bench.write(|writer| {
        writer.set_parents(project, run, &[format!("parent-of-{build}")])?;
        let names: Vec<String> = made.files.iter().map(|file| format!("src/{file}.py")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let paths = writer.intern_paths(project, &names)?;
        let mut results = Vec::new();
        for (at, test) in made.tests.iter().enumerate() {
            let path = paths.get(at).copied();
            let name = format!("test {test}");
            let test_id =
                writer.intern_tests(project, &[NewTest { suite: "s", class: "c", name: &name, path }])?[0];
            let is_failed = *test == made.failed;
            let message = is_failed.then(|| writer.put_text(project, &format!("{test} broke")).unwrap());
            results.push(TestResult {
                id: test_id,
                outcome: if is_failed { Outcome::Failed } else { Outcome::Passed },
                duration_us: Some(u64::from(*test) * 10),
                is_flaky: false,
                failure: FailureText { message, detail: None },
            });
        }
        writer.set_upload_tests(project, id, &TestColumns::from_results(results))?;
        let mut findings = Vec::new();
        for finding in &made.findings {
            let rule = format!("R{}", finding / 3);
            let rule = NewRule { tool: "ruff", rule: &rule, name: None, help_uri: None };
            let rule = writer.intern_rules(project, &[rule])?[0];
            let path = writer.intern_paths(project, &[&format!("lint/{finding}.py")])?[0];
            let new = NewFinding {
                group: GroupKey([*finding; 16]),
                occurrence: 0,
                content: GroupKey([1; 16]),
                path: Some(path),
                rule,
                kind: FindingKind::Code,
                detail: r#"{"message":"no"}"#,
            };
            let finding_id = writer.intern_findings(project, &[new])?[0];
            let (line, severity) = (Some(u32::from(*finding) + 1), Severity::Low);
            findings.push(FindingResult { id: finding_id, line, severity, is_suppressed: false });
        }
        writer.set_upload_findings(project, id, &FindingColumns::from_results(findings))?;
        let coverage: BTreeMap<PathId, FileLines> = paths
            .iter()
            .zip(&made.files)
            .map(|(path, file)| {
                let line = |line| LineCoverage { line, hits: u64::from(*file), ..LineCoverage::default() };
                (*path, FileLines::from_lines(&[line(1), line(u32::from(*file) + 2)]))
            })
            .collect();
        writer.set_upload_coverage(project, id, &coverage)?;
        writer.set_upload_files(project, id, &paths.iter().map(|path| path.0).collect())?;
        let mut sets = Vec::new();
        for commit in &made.commits {
            let path = writer.intern_paths(project, &[&format!("moved/{commit}")])?[0];
            let from = writer.intern_paths(project, &[&format!("before/{commit}")])?[0];
            sets.push(ChangeSet {
                commit: writer.intern_revision(project, &format!("commit {commit}"))?,
                committed_at: i64::from(*commit),
                changes: vec![Change { path, renamed_from: Some(from), added: Some(1), deleted: None }],
            });
        }
        writer.set_upload_churn(project, id, &sets)?;
        let mut diff = DiffColumn::default();
        diff.bases.insert(writer.intern_revision(project, &format!("base-of-{build}"))?);
        for commit in &made.commits {
            let path = writer.intern_paths(project, &[&format!("changed/{commit}")])?[0];
            let from = writer.intern_paths(project, &[&format!("called/{commit}")])?[0];
            diff.files.insert(path, FileHunks { renamed_from: Some(from), ..FileHunks::default() });
        }
        writer.set_upload_diff(project, id, &diff)?;
        let mut sources = SourceManifest::default();
        for file in &made.findings {
            let path = writer.intern_paths(project, &[&format!("text/{file}.py")])?[0];
            let text = format!("print({file})");
            let entry = SourceEntry { blob: writer.put_text(project, &text)?, bytes: text.len() as u64 };
            sources.files.insert(path, entry);
        }
        writer.set_sources(project, run, &sources)?;
        let finished = FinishedUpload { formats: "all".to_owned(), ..FinishedUpload::default() };
        writer.finish_upload(project, id, &finished)?;
        Ok(())
    });
    run
}

/// All that the store says of a run, in words.
fn told(bench: &Bench, run: RunNumber) -> String {
    bench.read(|reader| {
        let project = bench.project;
        let tests = reader.read_tests(project, run)?.unwrap();
        let findings = reader.read_findings(project, run)?.unwrap();
        let coverage = reader.read_coverage(project, run)?.unwrap();
        let files = reader.read_files(project, run)?.unwrap();
        let churn = reader.read_churn(project, run)?.unwrap();
        let mut lines = Vec::new();
        let mut paths: RoaringBitmap = files.clone();
        for file in &coverage.files {
            lines.push((file.path, reader.read_file_lines(project, file.blob)?));
            paths.insert(file.path.0);
        }
        let infos = reader.list_tests(project, &tests.present)?;
        let shown = reader.list_findings(project, &findings.present)?;
        paths.extend(infos.iter().filter_map(|test| test.path).map(|path| path.0));
        paths.extend(shown.iter().filter_map(|finding| finding.key.path).map(|path| path.0));
        for change in churn.iter().flat_map(|set| &set.changes) {
            paths.extend([Some(change.path), change.renamed_from].into_iter().flatten().map(|path| path.0));
        }
        let diff = reader.read_diff(project, run)?.unwrap();
        for (path, file) in &diff.files {
            paths.extend([Some(*path), file.renamed_from].into_iter().flatten().map(|path| path.0));
        }
        let sources = reader.read_sources(project, run)?;
        paths.extend(sources.files.keys().map(|path| path.0));
        let mut texts = Vec::new();
        for entry in sources.files.values() {
            texts.push(reader.read_text(project, entry.blob)?);
        }
        let rules: RoaringBitmap = shown.iter().map(|finding| finding.key.rule.0).collect();
        let commits: RoaringBitmap =
            churn.iter().map(|set| set.commit.0).chain(diff.bases.iter().map(|commit| commit.0)).collect();
        let names = reader.list_paths(project, &paths)?;
        assert_eq!(names.len() as u64, paths.len(), "a path is gone: {paths:?} {names:?}");
        let found_rules = reader.list_rules(project, &rules)?;
        assert_eq!(found_rules.len() as u64, rules.len());
        let found_commits = reader.list_commits(project, &commits)?;
        assert_eq!(found_commits.len() as u64, commits.len());
        assert_eq!((infos.len() as u64, shown.len() as u64), (tests.present.len(), findings.present.len()));
        for text in tests.failures.values() {
            texts.push(reader.read_text(project, text.message.unwrap())?);
        }
        let parents = reader.list_parents(project, run)?;
        assert_eq!(parents.len(), 1);
        let of_run = (reader.find_run(project, run)?, reader.list_columns(project, run)?);
        let measured = reader.list_measured(project, run)?;
        Ok(format!(
            "{of_run:?}\n{measured:?}\n{tests:?}\n{findings:?}\n{coverage:?}\n{lines:?}\n{infos:?}\n{shown:?}\n\
             {names:?}\n{found_rules:?}\n{found_commits:?}\n{churn:?}\n{diff:?}\n{texts:?}\n{parents:?}"
        ))
    })
}

/// How many rows a table has, asked past the store.
fn count(bench: &Bench, sql: &str) -> i64 {
    let connection = rusqlite::Connection::open(bench.folder.path().join("plimsoll.sqlite")).unwrap();
    connection.query_row(sql, [], |row| row.get(0)).unwrap()
}

/// Texts, asked past the store.
fn texts(bench: &Bench, sql: &str) -> BTreeSet<String> {
    let connection = rusqlite::Connection::open(bench.folder.path().join("plimsoll.sqlite")).unwrap();
    let mut statement = connection.prepare(sql).unwrap();
    let rows = statement.query_map([], |row| row.get(0)).unwrap();
    rows.map(Result::unwrap).collect()
}

/// How many contents these runs need, counted through what is read of them. Each has one upload, with the same columns.
fn needed_blobs(bench: &Bench, runs: &[RunNumber]) -> i64 {
    let mut needed = BTreeSet::new();
    for &run in runs {
        bench.read(|reader| {
            needed.extend(reader.list_columns(bench.project, run)?.iter().map(|(_, blob)| *blob));
            let coverage = reader.read_coverage(bench.project, run)?.unwrap();
            needed.extend(coverage.files.iter().map(|file| file.blob));
            let tests = reader.read_tests(bench.project, run)?.unwrap();
            needed.extend(tests.failures.values().filter_map(|text| text.message));
            let sources = reader.read_sources(bench.project, run)?;
            needed.extend(sources.files.values().map(|entry| entry.blob));
            Ok(())
        });
    }
    needed.len() as i64
}

/// Rows of any table that belong to a run that is not there.
fn orphans(bench: &Bench) -> Vec<String> {
    let connection = rusqlite::Connection::open(bench.folder.path().join("plimsoll.sqlite")).unwrap();
    let mut tables = connection
        .prepare("SELECT m.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND c.name = 'run'")
        .unwrap();
    let tables: Vec<String> = tables.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    assert!(tables.len() >= 2, "{tables:?}");
    let orphaned = |table: &&String| {
        let sql = format!(
            "SELECT EXISTS (SELECT 1 FROM {table} t WHERE NOT EXISTS \
             (SELECT 1 FROM run WHERE run.project = t.project AND run.number = t.run))"
        );
        connection.query_row(&sql, [], |row| row.get::<_, bool>(0)).unwrap()
    };
    tables.iter().filter(orphaned).cloned().collect()
}

fn drop_runs(bench: &Bench, runs: &[RunNumber]) {
    let done = bench
        .store
        .write_in_batches(runs.iter().copied(), Pace::FAST, NEVER, |writer, run| {
            assert!(writer.delete_run(bench.project, run)?);
            Ok(())
        })
        .unwrap();
    assert!(done);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// After some runs are dropped, every other one is what it was to the byte, and nothing that it does not need is
    /// left but the rows with the greatest identifiers.
    #[test]
    fn what_is_kept_is_untouched_and_nothing_else_remains(
        runs in proptest::collection::vec((made(), any::<bool>()), 1..7),
        stopped_after in 0_u32..40,
    ) {
        let bench = Bench::new();
        let numbers: Vec<(RunNumber, bool)> = runs
            .iter()
            .enumerate()
            .map(|(at, (made, is_kept))| (store_run(&bench, made, &format!("b{at}")), *is_kept))
            .collect();
        let kept: Vec<RunNumber> = numbers.iter().filter(|(_, kept)| *kept).map(|(run, _)| *run).collect();
        let dropped: Vec<RunNumber> = numbers.iter().filter(|(_, kept)| !*kept).map(|(run, _)| *run).collect();
        let before: Vec<String> = kept.iter().map(|run| told(&bench, *run)).collect();
        drop_runs(&bench, &dropped);
        // One that is stopped in the midst has harmed nothing.
        let steps = std::cell::Cell::new(0);
        let stop = || steps.replace(steps.get() + 1) >= stopped_after;
        let one_by_one = Pace { batch: std::time::Duration::from_nanos(1), ..Pace::FAST };
        let stopped = bench.store.collect(bench.project, one_by_one, &stop).unwrap();
        prop_assert_eq!(&kept.iter().map(|run| told(&bench, *run)).collect::<Vec<_>>(), &before);
        let removed = bench.store.collect(bench.project, Pace::FAST, NEVER).unwrap();
        prop_assert!(removed.is_complete && (stopped.is_complete || stopped_after < 40 ), "{:?}", removed);
        prop_assert_eq!(&kept.iter().map(|run| told(&bench, *run)).collect::<Vec<_>>(), &before);
        let again = bench.store.collect(bench.project, Pace::FAST, NEVER).unwrap();
        prop_assert_eq!((again.blobs, again.rows, again.is_complete), (0, 0, true));
        // A history that never had the dropped runs has as much, apart from the greatest identifiers.
        let fresh = Bench::new();
        for (at, (made, is_kept)) in runs.iter().enumerate() {
            if *is_kept {
                store_run(&fresh, made, &format!("b{at}"));
            }
        }
        // The rows with the greatest identifiers keep what they refer to.
        for (table, more) in [("test", 1), ("finding", 1), ("revision", 1), ("rule", 2)] {
            let sql = format!("SELECT COUNT(*) FROM {table}");
            let (here, there) = (count(&bench, &sql), count(&fresh, &sql));
            prop_assert!(here - there <= more && here >= there, "{}: {} rows instead of {}", table, here, there);
        }
        // A test that is kept may have been put into a file by a run that is not; what a row of a test or a finding
        // names is needed, and so is what a history without the dropped runs has.
        let named = "SELECT path FROM path p WHERE EXISTS (SELECT 1 FROM test t WHERE t.path = p.id) \
                     OR EXISTS (SELECT 1 FROM finding f WHERE f.path = p.id)";
        let mut needed = texts(&bench, named);
        needed.extend(texts(&fresh, "SELECT path FROM path"));
        let left = texts(&bench, "SELECT path FROM path");
        let more: Vec<&String> = left.difference(&needed).collect();
        prop_assert!(more.len() <= 1, "nothing needs these paths: {:?}", more);
        let more = count(&bench, "SELECT COUNT(*) FROM blob") - needed_blobs(&bench, &kept);
        prop_assert!((0..=1).contains(&more), "{} contents too many", more);
        let sql = "SELECT COUNT(*) FROM change_set";
        prop_assert_eq!(count(&bench, sql), count(&fresh, sql));
        prop_assert_eq!(orphans(&bench), Vec::<String>::new());
        // The same reports again, dropped ones among them: the dictionaries in memory know what is gone.
        for (at, (made, _)) in runs.iter().enumerate() {
            let run = store_run(&bench, made, &format!("again{at}"));
            told(&bench, run);
        }
    }
}

#[test]
fn what_comes_into_use_while_it_is_collected_stays() {
    let bench = Bench::new();
    let made = Made {
        tests: (0..12).collect(),
        failed: 3,
        findings: (0..12).collect(),
        files: (0..12).collect(),
        commits: (0..12).collect(),
    };
    let gone = store_run(&bench, &made, "gone");
    store_run(&bench, &Made { tests: BTreeSet::new(), ..made.clone() }, "other");
    drop_runs(&bench, &[gone]);
    // At every place where the collection rests, a report of the same content may come.
    for stop_at in 1..60 {
        let steps = std::cell::Cell::new(0);
        let uploaded = std::cell::RefCell::new(None);
        let come = || {
            if steps.replace(steps.get() + 1) == stop_at {
                *uploaded.borrow_mut() = Some(store_run(&bench, &made, &format!("at-{stop_at}")));
            }
            false
        };
        let one_by_one = Pace { batch: std::time::Duration::from_nanos(1), ..Pace::FAST };
        bench.store.collect(bench.project, one_by_one, &come).unwrap();
        let run = uploaded.borrow_mut().take();
        let Some(run) = run else { continue };
        told(&bench, run);
        drop_runs(&bench, &[run]);
    }
}

#[test]
fn no_identifier_is_given_twice() {
    let bench = Bench::new();
    let text = |text: &str| bench.write(|writer| writer.put_text(bench.project, text));
    let (first, second) = (text("one"), text("two"));
    let removed = bench.store.collect(bench.project, Pace::FAST, NEVER).unwrap();
    assert_eq!(removed.blobs, 1, "the greatest identifier stays");
    let bench = bench.reopen();
    let third = bench.write(|writer| writer.put_text(bench.project, "three"));
    assert!(first < second && second < third);
    bench.store.collect(bench.project, Pace::FAST, NEVER).unwrap();
    assert_eq!(count(&bench, "SELECT COUNT(*) FROM blob"), 1);
}

#[test]
fn protected_tagged_and_waiting_runs_stay() {
    let bench = Bench::new();
    let drop = |run| bench.write(|writer| writer.delete_run(bench.project, run));
    assert!(bench.write(|writer| writer.protect_run(bench.project, bench.run, true)));
    assert!(!bench.write(|writer| writer.protect_run(bench.project, RunNumber(99), true)));
    assert!(bench.run_row().is_protected && !drop(bench.run));
    assert!(bench.write(|writer| writer.protect_run(bench.project, bench.run, false)));
    let tagged = NewRun { tag: Some("v1.2".to_owned()), ..new_run("c2", "release", "1") };
    let tagged = bench.write(|writer| writer.ensure_run(bench.project, &tagged));
    // Another announcement without a tag takes none away.
    bench.write(|writer| writer.ensure_run(bench.project, &new_run("c2", "release", "1")));
    assert_eq!(
        bench.read(|reader| reader.find_run(bench.project, tagged)).unwrap().tag.as_deref(),
        Some("v1.2")
    );
    assert!(!drop(tagged));
    let waiting = bench.write(|writer| writer.ensure_run(bench.project, &new_run("c3", "next", "1")));
    let id = bench.queue(&upload(waiting, "a", "a"));
    assert!(!drop(waiting));
    bench.finish_tests(id, &[("t", Outcome::Passed, 1)]);
    assert!(drop(waiting) && !drop(waiting));
    assert_eq!(bench.read(|reader| reader.list_branches(bench.project, 9)), ["release", "main"]);
}

#[test]
fn the_file_shrinks_and_the_survey_says_so_before() {
    let bench = Bench::new();
    let mut runs = Vec::new();
    for build in 0..40_u64 {
        let run = bench
            .write(|writer| writer.ensure_run(bench.project, &new_run("c", "main", &format!("r{build}"))));
        // Names and durations that do not compress into nothing.
        let names: Vec<String> = (0..400_u64)
            .map(|at| format!("{:x}", (at + build * 400).wrapping_mul(0x9e37_79b9_7f4a_7c15)))
            .collect();
        let tests: Vec<(&str, Outcome, u64)> = names
            .iter()
            .enumerate()
            .map(|(at, name)| (name.as_str(), Outcome::Passed, at as u64 * build))
            .collect();
        bench.store_tests(&upload(run, "t", &format!("r{build}")), &tests);
        runs.push(run);
    }
    let dropped = &runs[..39];
    let survey = bench.read(|reader| reader.storage_use(bench.project, &dropped.iter().copied().collect()));
    let of = |holding| survey.by_holding.get(&holding).copied().unwrap_or_default();
    assert!(
        of(Holding::Tests).freed > 0 && of(Holding::Tests).bytes > of(Holding::Tests).freed,
        "{survey:?}"
    );
    assert!(of(Holding::Dictionaries).bytes > 39 * 400 * 16, "{survey:?}");
    assert_eq!((survey.runs, of(Holding::Unneeded)), (41, Kept::default()));
    let would_go: u64 = survey.by_holding.values().map(|kept| kept.freed).sum();
    drop_runs(&bench, dropped);
    let before = std::fs::metadata(bench.folder.path().join("plimsoll.sqlite")).unwrap().len();
    let removed = bench.store.collect(bench.project, Pace::FAST, NEVER).unwrap();
    assert_eq!(removed.blob_bytes, would_go, "what was said would go is what went");
    let free = bench.read(|reader| reader.file_use());
    assert!(free.free_bytes > 0);
    let freed = bench.store.shrink(Pace::FAST, NEVER).unwrap();
    let after = std::fs::metadata(bench.folder.path().join("plimsoll.sqlite")).unwrap().len();
    assert!(freed >= free.free_bytes && after < before / 2, "{before} {after} {freed}");
    assert_eq!(bench.read(|reader| reader.file_use()).free_bytes, 0);
}

#[test]
fn the_run_with_which_a_finding_came_is_named_while_it_is_there() {
    let bench = Bench::new();
    bench.store_findings(&upload(bench.run, "a", "a"), &[(3, Severity::Low)]);
    let next = bench.write(|writer| writer.ensure_run(bench.project, &new_run("c2", "main", "2")));
    bench.store_findings(&upload(next, "b", "b"), &[(3, Severity::Low), (9, Severity::Low)]);
    let present = bench.read(|reader| reader.read_findings(bench.project, next)).unwrap().present;
    let first = |bench: &Bench| {
        let found = bench.read(|reader| reader.list_first_runs(bench.project, &present));
        present.iter().map(|id| found.get(&FindingId(id)).map(|run| run.0)).collect::<Vec<_>>()
    };
    assert_eq!(first(&bench), [Some(1), Some(2)]);
    let bench = bench.reopen();
    let later = bench.write(|writer| writer.ensure_run(bench.project, &new_run("c3", "main", "3")));
    bench.store_findings(&upload(later, "c", "c"), &[(3, Severity::Low), (9, Severity::Low)]);
    assert_eq!(first(&bench), [Some(1), Some(2)]);
    drop_runs(&bench, &[bench.run]);
    assert_eq!(first(&bench), [None, Some(2)]);
}

#[test]
fn what_was_done_is_noted_without_names() {
    let bench = Bench::new();
    let token = bench.write(|writer| writer.insert_token(Some(bench.project), "ci of Jane", &[1; 32], 5));
    bench.write(|writer| writer.insert_token(None, "", &[2; 32], 5));
    bench.write(|writer| writer.delete_token(token, 7));
    bench.write(|writer| writer.note_action(None, 8, Action::Pruned, "3 runs"));
    let entries = bench.read(|reader| reader.list_audit(10));
    let told: Vec<(Option<ProjectId>, i64, &str, &str)> = entries
        .iter()
        .map(|entry| (entry.project, entry.at, entry.action.as_str(), entry.subject.as_str()))
        .collect();
    let shop = Some(bench.project);
    assert_eq!(
        told,
        [
            (None, 8, "pruned", "3 runs"),
            (shop, 7, "token_revoked", "token 1"),
            (shop, 5, "token_made", "token 1"),
            (None, 5, "token_made", "token 2"),
            (shop, 0, "project_made", "shop"),
        ]
    );
}

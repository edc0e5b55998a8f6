use std::collections::BTreeMap;

use plimsoll_model::Outcome::{Errored, Failed, Passed, Skipped};
use plimsoll_model::{LineCoverage, Severity};
use plimsoll_store::*;
use roaring::RoaringBitmap;

use crate::bench::{Bench, new_run, upload};

type Part = [(&'static str, plimsoll_model::Outcome, u64)];

const PARTS: [&Part; 3] = [
    &[("a", Passed, 1_500), ("b", Failed, 20_000), ("c", Skipped, 0)],
    &[("b", Passed, 30_000), ("d", Errored, 7)],
    &[("e", Passed, 1), ("a", Passed, 900)],
];

#[test]
fn the_same_reports_in_any_order_are_the_same_columns() {
    let bench = Bench::new();
    let mut columns = Vec::new();
    for (build, order) in [[0, 1, 2], [2, 1, 0], [1, 0, 2]].into_iter().enumerate() {
        let run = new_run("c1", "main", &format!("order-{build}"));
        let run = bench.write(|writer| writer.ensure_run(bench.project, &run));
        for part in order {
            let name = format!("{part}.xml");
            bench.store_tests(&upload(run, &name, &name), PARTS[part]);
        }
        columns.push(bench.read(|reader| reader.list_columns(bench.project, run)));
    }
    assert_eq!(columns[0], columns[1]);
    assert_eq!(columns[0], columns[2]);
    assert!(columns[0].len() >= 6, "{columns:?}");
}

#[test]
fn a_test_in_several_uploads_has_its_worst_outcome_and_greatest_duration() {
    let bench = Bench::new();
    for (part, tests) in PARTS.iter().enumerate() {
        let name = format!("{part}.xml");
        bench.store_tests(&upload(bench.run, &name, &name), tests);
    }
    let tests = bench.read(|reader| reader.read_tests(bench.project, bench.run)).unwrap();
    let infos = bench.read(|reader| reader.list_tests(bench.project, &tests.present));
    let of = |name: &str| {
        let info = infos.iter().find(|info| info.name == name).unwrap();
        (tests.outcome(info.id).unwrap(), tests.duration_us(info.id).unwrap(), tests.failures.get(&info.id))
    };
    let is_near = |kept: u64, reported: u64| kept.abs_diff(reported) * 31 <= reported;
    assert!(of("a").0 == Passed && is_near(of("a").1, 1_500), "{:?}", of("a"));
    assert!(of("b").0 == Failed && is_near(of("b").1, 30_000), "{:?}", of("b"));
    assert_eq!((of("d").0, of("d").1), (Errored, 7));
    let text = of("b").2.unwrap().message.unwrap();
    assert_eq!(bench.read(|reader| reader.read_text(bench.project, text)), "b broke");
    let whole = bench.whole().tests.unwrap();
    assert_eq!((whole.total, whole.passed, whole.failed, whole.errored, whole.skipped), (5, 2, 1, 1, 1));
    assert_eq!(whole.duration_us, 1_500 + 30_000 + 7 + 1, "exact to the microsecond");
}

#[test]
fn totals_stay_exact_when_a_part_comes_later() {
    let bench = Bench::new();
    let first = [("a", Passed, 1_234_567), ("b", Passed, 999_999)];
    bench.store_tests(&upload(bench.run, "0.xml", "0"), &first);
    assert_eq!(bench.whole().tests.unwrap().duration_us, 1_234_567 + 999_999);
    // `b` is in both: its greater duration counts, to the microsecond.
    bench.store_tests(&upload(bench.run, "1.xml", "1"), &[("b", Passed, 1_000_001), ("c", Skipped, 3)]);
    assert_eq!(bench.whole().tests.unwrap().duration_us, 1_234_567 + 1_000_001 + 3);
    // A file list moves tests to modules and counts anew; so does a part that comes after the store was opened again.
    let bench = bench.reopen();
    bench.store_tests(&upload(bench.run, "2.xml", "2"), &[("d", Passed, 77_777)]);
    assert_eq!(bench.whole().tests.unwrap().duration_us, 1_234_567 + 1_000_001 + 3 + 77_777);
}

#[test]
fn a_part_that_comes_after_many_runs_is_added_to_steps() {
    let bench = Bench::new();
    bench.store_tests(&upload(bench.run, "0.xml", "0"), &[("a", Passed, 1_234_567)]);
    for build in 0..70 {
        let run = bench.write(|writer| {
            writer.ensure_run(bench.project, &new_run("c2", "main", &format!("later-{build}")))
        });
        bench.store_tests(&upload(run, "0.xml", "0"), &[("a", Passed, 1_000)]);
    }
    assert_eq!(bench.whole().tests.unwrap().duration_us, 1_234_567, "what was counted stays");
    bench.store_tests(&upload(bench.run, "1.xml", "1"), &[("b", Passed, 1_000_001)]);
    let total = bench.whole().tests.unwrap().duration_us;
    assert!(total.abs_diff(1_234_567 + 1_000_001) * 31 <= 1_234_567, "{total}");
}

#[test]
fn the_measures_of_many_runs_are_each_their_own() {
    let bench = Bench::new();
    let mut runs = vec![bench.run];
    for build in 0..70 {
        let new = new_run("c2", "main", &format!("later-{build}"));
        runs.push(bench.write(|writer| writer.ensure_run(bench.project, &new)));
    }
    // Not in the order of their numbers, as where one run takes longer than the next.
    for run in runs.iter().rev() {
        bench.store_tests(&upload(*run, "0.xml", "0"), &[("a", Passed, run.0 * 1_001)]);
    }
    bench.write(|writer| writer.delete_measured(bench.project, &[runs[1], runs[40]]));
    let trend = bench.read(|reader| reader.trend(bench.project, ModuleId::WHOLE, &runs));
    for (at, (run, measured)) in runs.iter().zip(trend).enumerate() {
        let expect = (at != 1 && at != 40).then_some(run.0 * 1_001);
        assert_eq!(measured.and_then(|measured| measured.tests).map(|tests| tests.duration_us), expect);
    }
}

#[test]
fn an_unchanged_run_shares_its_columns() {
    let bench = Bench::new();
    let second = bench.write(|writer| writer.ensure_run(bench.project, &new_run("c2", "main", "2")));
    for run in [bench.run, second] {
        bench.store_tests(&upload(run, "a", "a"), PARTS[0]);
        bench.store_findings(&upload(run, "f", "f"), &[(3, Severity::High), (9, Severity::Low)]);
    }
    let columns = |run| bench.read(|reader| reader.list_columns(bench.project, run));
    assert_eq!(columns(bench.run), columns(second));
    assert_eq!(columns(second).len(), 8);
}

#[test]
fn findings_of_two_uploads_are_the_greater_multiset() {
    let bench = Bench::new();
    bench.store_findings(&upload(bench.run, "a", "a"), &[(3, Severity::Low), (9, Severity::Low)]);
    bench.store_findings(&upload(bench.run, "b", "b"), &[(4, Severity::High)]);
    let findings = bench.read(|reader| reader.read_findings(bench.project, bench.run)).unwrap();
    assert_eq!(findings.lines, [Some(3), Some(9)]);
    assert_eq!(findings.severities, [Severity::High, Severity::Low]);
    let keys = bench.read(|reader| reader.list_finding_keys(bench.project, &findings.present));
    assert_eq!(keys.iter().map(|key| key.occurrence).collect::<Vec<_>>(), [0, 1]);
    let code = bench.whole().code.unwrap();
    assert_eq!((code.total(), code.high, code.low, bench.whole().security), (2, 1, 1, None));
    let shown = bench.read(|reader| reader.list_findings(bench.project, &findings.present));
    assert_eq!(shown[0].detail.message, "too long");
}

#[test]
fn a_scan_that_found_nothing_is_told_from_no_scan() {
    let bench = Bench::new();
    assert_eq!(bench.read(|reader| reader.measured(bench.project, bench.run, ModuleId::WHOLE)), None);
    bench.store_findings(&upload(bench.run, "a", "a"), &[]);
    assert_eq!(bench.whole().code, Some(FindingTotals::default()));
    assert_eq!(bench.whole().security, None);
    assert!(bench.read(|reader| reader.read_findings(bench.project, bench.run)).unwrap().present.is_empty());
}

#[test]
fn coverage_is_the_union_and_counts_by_module() {
    let bench = Bench::new();
    let lines = |covered: &[u32]| {
        let all = 1..=4;
        let lines: Vec<LineCoverage> = all
            .map(|line| LineCoverage {
                line,
                hits: u64::from(covered.contains(&line)),
                branches: u32::from(line == 2) * 2,
                branches_covered: u32::from(line == 2 && covered.contains(&2)),
            })
            .collect();
        FileLines::from_lines(&lines)
    };
    let ids = bench.write(|writer| {
        let ids = writer.intern_paths(bench.project, &["web/a.ts", "api/b.py"])?;
        let web = writer.intern_module(bench.project, "web", "web")?;
        let api = writer.intern_module(bench.project, "api", "api")?;
        writer.set_path_modules(bench.project, &[(ids[0], Some(web)), (ids[1], Some(api))])?;
        Ok(ids)
    });
    for (name, covered) in [("one", [1, 2]), ("two", [2, 3])] {
        let id = bench.queue(&upload(bench.run, name, name));
        bench.write(|writer| {
            let files = BTreeMap::from([(ids[0], lines(&covered)), (ids[1], lines(&[]))]);
            writer.set_upload_coverage(bench.project, id, &files)?;
            let finished = FinishedUpload { formats: "lcov".to_owned(), ..FinishedUpload::default() };
            writer.finish_upload(bench.project, id, &finished)
        });
    }
    let manifest = bench.read(|reader| reader.read_coverage(bench.project, bench.run)).unwrap();
    let entry = manifest.find(ids[0]).unwrap();
    let file = bench.read(|reader| reader.read_file_lines(bench.project, entry.blob));
    assert_eq!(file.lines, [(1, true), (2, true), (3, true), (4, false)]);
    assert_eq!((entry.totals.lines_covered, entry.totals.branches, entry.totals.branches_covered), (3, 2, 1));
    let rows = bench.read(|reader| reader.list_measured(bench.project, bench.run));
    let covered: Vec<_> = rows.iter().map(|(_, measured)| measured.coverage.unwrap().lines_covered).collect();
    assert_eq!(covered, [3, 3, 0], "the whole, web, api");
    let modules = bench.read(|reader| reader.list_modules(bench.project));
    let web = modules.iter().find(|module| module.path == "web").unwrap();
    let trend = bench.read(|reader| reader.trend(bench.project, web.id, &[RunNumber(99), bench.run]));
    assert_eq!((trend[0], trend[1].unwrap().coverage.unwrap().lines), (None, 4));
}

#[test]
fn what_moved_to_another_module_is_counted_there_with_the_next_file_list() {
    let bench = Bench::new();
    bench.store_findings(&upload(bench.run, "f", "f"), &[(1, Severity::Low)]);
    let list = bench.queue(&upload(bench.run, "files", "files"));
    let module = bench.write(|writer| {
        let path = writer.intern_paths(bench.project, &["a.py"])?[0];
        let module = writer.intern_module(bench.project, ".", "Shop")?;
        writer.set_path_modules(bench.project, &[(path, Some(module))])?;
        writer.set_upload_files(bench.project, list, &RoaringBitmap::from_iter([path.0]))?;
        writer.finish_upload(bench.project, list, &FinishedUpload::default())?;
        Ok(module)
    });
    let measured = bench.read(|reader| reader.measured(bench.project, bench.run, module)).unwrap();
    assert_eq!(measured.code.unwrap().low, 1);
    assert_eq!(bench.read(|reader| reader.read_files(bench.project, bench.run)).unwrap().len(), 1);
}

#[test]
fn a_tests_file_and_module_follow_what_is_known() {
    let bench = Bench::new();
    let test = |path| NewTest { suite: "s", class: "c", name: "t", path };
    bench.write(|writer| writer.intern_tests(bench.project, &[test(None)]));
    let (id, path) = bench.write(|writer| {
        let path = writer.intern_paths(bench.project, &["t.py"])?[0];
        let id = writer.intern_tests(bench.project, &[test(Some(path))])?[0];
        let module = writer.intern_module(bench.project, "old", "old")?;
        writer.set_path_modules(bench.project, &[(path, Some(module))])?;
        Ok((id, path))
    });
    let module = bench.write(|writer| {
        let module = writer.intern_module(bench.project, "new", "new")?;
        writer.set_path_modules(bench.project, &[(path, Some(module))])?;
        assert_eq!(writer.intern_tests(bench.project, &[test(None)])?, [id]);
        Ok(module)
    });
    let bitmap = RoaringBitmap::from_iter([id.0]);
    let info = bench.read(|reader| reader.list_tests(bench.project, &bitmap)).remove(0);
    assert_eq!((info.path, info.module), (Some(path), Some(module)));
    assert_eq!(bench.read(|reader| reader.tests_of_path(bench.project, path)), bitmap);
    assert_eq!(bench.read(|reader| reader.tests_of_module(bench.project, module)), bitmap);
}

#[test]
fn a_change_log_is_read_once_and_told_by_run() {
    let bench = Bench::new();
    let sets = bench.write(|writer| {
        let paths = writer.intern_paths(bench.project, &["a", "b"])?;
        let mut sets = Vec::new();
        for (at, commit) in ["old", "new"].into_iter().enumerate() {
            sets.push(ChangeSet {
                commit: writer.intern_revision(bench.project, commit)?,
                committed_at: at as i64,
                changes: vec![Change {
                    path: paths[at],
                    renamed_from: Some(paths[1 - at]),
                    added: Some(3),
                    deleted: None,
                }],
            });
        }
        Ok(sets)
    });
    for name in ["one", "two"] {
        let id = bench.queue(&upload(bench.run, name, name));
        bench.write(|writer| {
            let part = if name == "one" { &sets[..1] } else { &sets[..] };
            writer.set_upload_churn(bench.project, id, part)?;
            writer.finish_upload(bench.project, id, &FinishedUpload::default())
        });
    }
    let read = bench.read(|reader| reader.read_churn(bench.project, bench.run)).unwrap();
    assert_eq!(read, [sets[1].clone(), sets[0].clone()]);
    let next = bench.write(|writer| writer.ensure_run(bench.project, &new_run("c2", "main", "2")));
    assert_eq!(bench.read(|reader| reader.read_churn(bench.project, next)), None);
}

#[test]
fn bitmaps_of_many_runs_come_aligned() {
    let bench = Bench::new();
    bench.store_tests(&upload(bench.run, "a", "a"), PARTS[0]);
    let next = bench.write(|writer| writer.ensure_run(bench.project, &new_run("c2", "main", "2")));
    let runs = [next, bench.run, bench.run];
    let failed = bench.read(|reader| reader.read_bitmaps(bench.project, ColumnKind::TestsFailed, &runs));
    assert_eq!(
        failed.iter().map(|bitmap| bitmap.as_ref().map(|b| b.len())).collect::<Vec<_>>(),
        [None, Some(1), Some(1)]
    );
    bench.write(|writer| writer.set_flaky(bench.project, bench.run, &[(ModuleId::WHOLE, 2)]));
    assert_eq!(bench.whole().flaky, Some(2));
}

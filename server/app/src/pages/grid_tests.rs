//! The grid, the list of flaky tests and the coupling of modules over small histories.

use super::story::Story;
use super::{
    CouplingParameters, FlakyList, FlakyParameters, GridParameters, PageError, TestParameters,
    find_couplings, find_grid, find_test, list_flaky, list_tests,
};

// Rows as `name cells`, and the runs.
fn grid(story: &Story, parameters: GridParameters) -> (Vec<String>, Vec<u64>) {
    let page = story.read(|scope| find_grid(scope, &parameters));
    let rows = page
        .rows
        .iter()
        .map(|row| format!("{} {}{}", row.name, row.cells, if row.is_flaky { " flaky" } else { "" }));
    (rows.collect(), page.runs.iter().map(|run| run.run).collect())
}

fn story(rows: &[(&str, &str)]) -> Story {
    let mut story = Story::new();
    let count = rows.first().map_or(0, |(_, cells)| cells.len());
    for at in 0..count {
        let mut body = String::new();
        for (name, cells) in rows {
            let outcome = match cells.as_bytes()[at] {
                b'p' => "passed",
                b'f' => "failed",
                b'e' => "errored",
                b's' => "skipped",
                b'r' => "passed 10 flaky",
                _ => continue,
            };
            body.push_str(&format!("test api/test_a.py {name} {outcome}\n"));
        }
        story.run(&format!("main c{at}"), &body);
    }
    story
}

#[test]
fn the_grid_has_the_newest_run_first_and_what_fails_on_top() {
    let story = story(&[
        ("steady", "pppp"),
        ("skips", "ppsp"),
        ("broke", "pppf"),
        ("late", "..pe"),
        ("again", "rppp"),
    ]);
    let (rows, runs) = grid(&story, GridParameters::default());
    assert_eq!(runs, [4, 3, 2, 1]);
    assert_eq!(rows, ["broke fppp", "late ep..", "again pppr flaky", "steady pppp", "skips pspp"]);

    let of = |parameters| grid(&story, parameters);
    let (rows, runs) = of(GridParameters {
        run_offset: Some(1),
        runs: Some(2),
        offset: Some(1),
        limit: Some(2),
        ..GridParameters::default()
    });
    assert_eq!((rows, runs), (vec!["late p.".to_owned(), "again pp flaky".to_owned()], vec![3, 2]));
    let names = |parameters| {
        of(parameters).0.iter().map(|row| row.split(' ').next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let state = |state: &str| GridParameters { state: Some(state.into()), ..GridParameters::default() };
    assert_eq!(names(state("failing")), ["broke", "late"]);
    assert_eq!(names(state("flaky")), ["again"]);
    assert_eq!(names(state("unstable")), ["broke", "late"]);
    let named =
        GridParameters { sort: Some("name".into()), q: Some("A".into()), ..GridParameters::default() };
    assert_eq!(names(named), ["again", "broke", "late", "skips", "steady"], "the file's name has an a");
    assert!(names(GridParameters { module: Some("web".into()), ..GridParameters::default() }).is_empty());
    assert_eq!(names(GridParameters { module: Some("api".into()), ..GridParameters::default() }).len(), 5);
    for bad in [
        GridParameters { limit: Some(201), ..GridParameters::default() },
        GridParameters { runs: Some(0), ..GridParameters::default() },
        state("odd"),
    ] {
        assert!(matches!(
            story.try_read(|scope| find_grid(scope, &bad)),
            Err(PageError::BadParameter { .. })
        ));
    }
}

#[test]
fn an_empty_project_has_an_empty_grid() {
    let (rows, runs) = grid(&Story::new(), GridParameters::default());
    assert!(rows.is_empty() && runs.is_empty());
}

fn flaky(story: &Story, parameters: FlakyParameters) -> Vec<plimsoll_api::FlakyTest> {
    match story.read(|scope| list_flaky(scope, &parameters)) {
        FlakyList::Page(page) => page.items,
        FlakyList::Text(text) => panic!("{text}"),
    }
}

#[test]
fn flaky_tests_are_listed_until_they_recover() {
    let isolated = "ppppppppppfpp";
    let story_of = |more: usize| {
        let (often, once) =
            (format!("{isolated}{}", "pf".repeat(more)), format!("{isolated}{}", "pp".repeat(more)));
        story(&[("often", &often), ("once", &once), ("steady", &"p".repeat(often.len()))])
    };
    let story = story_of(2);
    let rows = flaky(&story, FlakyParameters::default());
    let names: Vec<&str> = rows.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(names, ["often", "once"], "the one that fails most often first");
    assert_eq!((rows[1].results, rows[1].failures, rows[1].last_failure), (17, 1, Some(11)));
    assert_eq!(rows[1].evidence[0].results[0].commit, "c11");
    assert_eq!(rows[1].module.as_deref(), Some("api"));

    let story = story_of(9);
    let names = |state: &str| -> Vec<String> {
        let parameters = FlakyParameters { state: Some(state.into()), ..FlakyParameters::default() };
        flaky(&story, parameters).into_iter().map(|row| row.name).collect()
    };
    assert_eq!((names("flaky"), names("recovered")), (vec!["often".to_owned()], vec!["once".to_owned()]));
    assert_eq!(names("all").len(), 2);
}

#[test]
fn a_test_runner_reads_one_test_a_line() {
    let story = story(&[
        ("odd", "ppppppppppfpp"),
        ("adds", "ppppppppppfpp"),
        ("steady", "ppppppppppppp"),
        ("steadier", "ppppppppppppp"),
    ]);
    let text = |format: &str| {
        let parameters = FlakyParameters { format: Some(format.into()), ..FlakyParameters::default() };
        match story.read(|scope| list_flaky(scope, &parameters)) {
            FlakyList::Text(text) => text,
            FlakyList::Page(_) => panic!("no text"),
        }
    };
    assert_eq!(text("text"), "api/test_a.py.adds\napi/test_a.py.odd\n");
    assert_eq!(text("pytest"), "api/test_a.py::adds\napi/test_a.py::odd\n");
    assert_eq!(text("go"), "^adds$\n^odd$\n");
    let bad = FlakyParameters { format: Some("mocha".into()), ..FlakyParameters::default() };
    assert!(story.try_read(|scope| list_flaky(scope, &bad)).is_err());
}

// A commit that breaks a module's test, and one that mends it, against commits elsewhere.
#[test]
fn what_a_change_explains_is_no_evidence() {
    let flaky_names = |breaking: &str, mending: &str| {
        let mut story = Story::new();
        let mut log = String::new();
        for at in 0..14 {
            let (outcome, file) = match at {
                11 => ("failed", breaking),
                12 => ("passed", mending),
                _ => ("passed", "web/c.js"),
            };
            log.push_str(&format!("change x{at} {} {file} 3\n", 100 + at));
            let body = format!("files api/a.py web/c.js docs/x.md\ntest api/test_a.py one {outcome}\n{log}");
            story.run(&format!("main x{at}"), &body);
        }
        flaky(&story, FlakyParameters::default())
    };
    assert!(flaky_names("api/a.py", "api/a.py").is_empty(), "broken and mended");
    let by_itself = flaky_names("api/a.py", "web/c.js");
    let text = &by_itself[0].evidence[0].text;
    assert!(text.contains("run #12") && text.contains("no commit between them changed its module"), "{text}");
    assert_eq!(flaky_names("web/c.js", "web/c.js").len(), 1);
}

#[test]
fn modules_that_change_together_are_coupled() {
    let mut story = Story::new();
    assert_eq!(story.read(|scope| find_couplings(scope, &CouplingParameters::default())).pairs, []);
    let mut log = String::new();
    for at in 0..6 {
        log.push_str(&format!("change x{at} 9{at} api/a.py 3\nchange x{at} 9{at} web/c.js 3\n"));
    }
    log.push_str("change y1 97 docs/x.md 1\nchange y2 98 api/a.py 1\nchange y3 98 api/a.py 1\n");
    story.run("main a", &format!("files api/a.py web/c.js docs/x.md\n{log}"));
    let page = story.read(|scope| find_couplings(scope, &CouplingParameters::default()));
    assert_eq!((page.commits, page.too_large, page.total, page.days), (9, 0, 1, 90));
    let pair = &page.pairs[0];
    assert_eq!((pair.left.path.as_str(), pair.left.commits), ("api", 8));
    assert_eq!((pair.right.path.as_str(), pair.right.commits, pair.shared_commits), ("web", 6, 6));
    assert!((pair.degree - 6.0 / 7.0).abs() < 1e-9);
    let of =
        |module: &str| CouplingParameters { module: Some(module.into()), ..CouplingParameters::default() };
    assert_eq!(story.read(|scope| find_couplings(scope, &of("web"))).total, 1);
    assert_eq!(story.read(|scope| find_couplings(scope, &of("docs"))).total, 0);
    assert_eq!(story.read(|scope| find_couplings(scope, &of("none"))).total, 0);
}

fn id(story: &Story, run: u64, name: &str) -> u64 {
    let list = story.read(|scope| list_tests(scope, run, &TestParameters::default()));
    list.items.iter().find(|row| row.name == name).unwrap().id
}

// In each run: three that stay, one whose name changes.
fn renamed(file: &str) -> Story {
    let mut story = Story::new();
    for (at, name) in ["adds", "adds", "sums_up", "sums_up"].into_iter().enumerate() {
        let outcome = if at == 1 { "failed 20 : broken here" } else { "passed 10" };
        let place = if name == "adds" { "api/test_a.py" } else { file };
        let change =
            if place == "api/test_a.py" { "" } else { "change x9 99 api/test_b.py 1 from api/test_a.py" };
        story.run(
            &format!("main c{at}"),
            &format!(
                "test {place} {name} {outcome}\ntest web/t.js one passed\ntest web/t.js two passed\n\
                 test web/t.js three passed\n{change}"
            ),
        );
    }
    story
}

#[test]
fn a_renamed_test_keeps_its_history_until_the_link_is_undone() {
    for file in ["api/test_a.py", "api/test_b.py"] {
        let story = renamed(file);
        let (older, newer) = (id(&story, 1, "adds"), id(&story, 4, "sums_up"));
        let page = |test| story.read(|scope| find_test(scope, test, None));
        let runs = |test| page(test).history.iter().map(|point| point.run).collect::<Vec<_>>();
        assert_eq!(runs(newer), [4, 3, 2, 1], "{file}");
        let shown = page(newer);
        let before = shown.renamed_from.unwrap();
        assert_eq!((before.id, before.name.as_str(), before.run), (older, "adds", Some(3)));
        assert_eq!(shown.failures[0].message, "broken here");
        assert_eq!(shown.durations.unwrap().p95_ms, 20);
        assert_eq!(page(older).renamed_to.unwrap().id, newer);

        assert_eq!(story.link(newer, None).unwrap(), older);
        assert_eq!((runs(newer), page(newer).renamed_from), (vec![4, 3], None));
        assert!(story.link(newer, None).is_err(), "there is nothing left to undo");
        story.link(newer, Some(older)).unwrap();
        assert_eq!(runs(newer), [4, 3, 2, 1]);
        assert_eq!(page(newer).renamed_from.unwrap().run, None);
        assert!(story.link(newer, Some(newer)).is_err());
        assert!(matches!(story.link(99, Some(1)), Err(PageError::TestNotFound { test: 99, .. })));
    }
}

#[test]
fn another_test_in_another_file_is_another_test() {
    let story = renamed("other/test_z.py");
    let newer = id(&story, 4, "sums_up");
    let page = story.read(|scope| find_test(scope, newer, None));
    // The change log of that run says that another file was renamed.
    assert_eq!((page.history.len(), page.renamed_from), (2, None));
}

#[test]
fn the_last_two_failures_are_compared_line_by_line() {
    let mut story = Story::new();
    story.run("main a", "test api/test_a.py one failed : expected 3");
    let test = id(&story, 1, "one");
    let page = |story: &Story| story.read(|scope| find_test(scope, test, None));
    assert_eq!(page(&story).difference, None, "one failure has nothing to be compared with");
    story.run("main b", "test api/test_a.py one failed : expected 4");
    let difference = page(&story).difference.unwrap();
    let lines: Vec<&str> = difference.lines.iter().map(|line| line.text.as_str()).collect();
    assert_eq!((difference.before, difference.after), (1, 2));
    assert_eq!(lines, ["expected 3", "expected 4", "at line 3"]);
    story.run("main c", "test api/test_a.py one failed : expected 4");
    assert!(page(&story).difference.unwrap().lines.is_empty(), "the same text twice");
}

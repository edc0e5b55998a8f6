//! The pages over small histories: three of each, one of each, none of each.

use plimsoll_api::{FindingState, LineState, RunState, TestState};

use super::story::Story;
use super::{
    FileParameters, FindingParameters, HotspotParameters, ModuleParameters, PageError, RunParameters,
    TestParameters, compare_runs, count_flaky, find_file, find_module, find_project, find_run, find_test,
    list_files, list_findings, list_hotspots, list_runs, list_tests,
};

const THREE_OF_EACH: &str = "
    files api/a.py api/b.py web/c.js web/test_c.js
    test api/test_a.py one passed 120
    test api/test_a.py two failed 80 : expected 3 : got 4
    test web/test_c.js three skipped
    cover api/a.py 1+ 2+ 3- 4+1/2
    cover api/b.py 1- 2-
    cover web/c.js 1+ 2+
    find ruff E501 api/a.py:3 low
    find ruff F401 api/b.py:1 medium import_x
    find trivy CVE-1 web/c.js:1 high
    change x1 95 api/a.py 10
    change x2 97 api/a.py 5
    change x3 98 web/c.js 1
";

fn text<T: serde::Serialize>(page: &T) -> String {
    serde_json::to_string(page).unwrap()
}

fn names(story: &Story, run: u64, state: &str) -> Vec<String> {
    let parameters = TestParameters { state: Some(state.into()), ..TestParameters::default() };
    story.read(|scope| list_tests(scope, run, &parameters)).items.into_iter().map(|row| row.name).collect()
}

fn places(story: &Story, run: u64, parameters: FindingParameters) -> Vec<String> {
    let page = story.read(|scope| list_findings(scope, run, &parameters));
    page.items
        .iter()
        .map(|row| format!("{} {}:{}", row.rule, row.path.as_deref().unwrap(), row.line.unwrap()))
        .collect()
}

#[test]
fn none_of_each() {
    let story = Story::new();
    let page = story.read(|scope| find_project(scope, None));
    assert!(
        page.run.is_none() && page.headline.is_empty() && page.modules.is_empty() && page.runs.is_empty()
    );
    assert_eq!(page.branch, "main");
    assert_eq!(story.projects().len(), 1);
    assert_eq!(story.read(|scope| list_runs(scope, &RunParameters::default())).total, 0);
    assert_eq!(story.read(|scope| list_hotspots(scope, &HotspotParameters::default())).total, 0);
    assert!(matches!(story.try_read(|scope| find_run(scope, 1)), Err(PageError::RunNotFound { run: 1, .. })));
    assert!(matches!(story.try_read(|scope| find_test(scope, 1, None)), Err(PageError::TestNotFound { .. })));
    let parameters = ModuleParameters { path: "api".into(), ..ModuleParameters::default() };
    let missing = story.try_read(|scope| find_module(scope, &parameters));
    assert!(matches!(missing, Err(PageError::ModuleNotFound { .. })));
}

#[test]
fn an_empty_run_is_shown() {
    let mut story = Story::new();
    let run = story.run("main a", "files api/a.py");
    let page = story.read(|scope| find_run(scope, run));
    assert_eq!(page.run.state, RunState::Complete);
    assert!(page.run.measures.tests.is_none() && page.comparison.tests.is_none());
    assert_eq!(story.read(|scope| list_tests(scope, run, &TestParameters::default())).total, 0);
    assert_eq!(story.read(|scope| list_findings(scope, run, &FindingParameters::default())).total, 0);
    assert_eq!(story.read(|scope| list_files(scope, run, &FileParameters::default())).total, 0);
    let file = story.read(|scope| find_file(scope, run, "api/a.py"));
    assert!(file.coverage.is_none() && file.lines.is_empty() && file.hotspot.is_none());
    let unknown = story.try_read(|scope| find_file(scope, run, "api/unknown.py"));
    assert!(matches!(unknown, Err(PageError::FileNotFound { .. })));
}

#[test]
fn the_first_run_shows_what_fails() {
    let mut story = Story::new();
    let run = story.run("main a", THREE_OF_EACH);
    let page = story.read(|scope| find_run(scope, run));
    assert!(page.baseline.is_none() && page.run.changes.is_none());
    let failing = &page.comparison.tests.unwrap().newly_failing;
    assert_eq!(failing.len(), 1);
    assert_eq!(failing[0].message.as_deref(), Some("expected 3 : got 4"));
    assert_eq!(failing[0].detail.as_deref(), Some("expected 3 : got 4\nat line 3"));
    assert_eq!(failing[0].state, TestState::NewlyFailing);
    assert_eq!(page.uploads.len(), 1);
    let page = story.read(|scope| find_project(scope, None));
    let said: String = page.headline[0].parts.iter().map(|part| part.text.as_str()).collect();
    assert_eq!(said, "There is no earlier run to compare run #1 with; 1 test fails.");
    let modules: Vec<&str> = page.modules.iter().map(|module| module.path.as_str()).collect();
    assert_eq!(modules, ["api", "web"]);
    assert_eq!(page.modules[0].commits, Some(2));
}

#[test]
fn the_same_reports_again_change_nothing() {
    let mut story = Story::new();
    let first = story.run("main a", THREE_OF_EACH);
    let second = story.run("main b", THREE_OF_EACH);
    let page = story.read(|scope| find_run(scope, second));
    assert_eq!(page.run.baseline, Some(first));
    let counts = page.comparison.counts;
    assert_eq!(counts.newly_failing, Some(0));
    assert_eq!(counts.still_failing, Some(1));
    assert_eq!((counts.new_tests, counts.removed_tests, counts.fixed_tests), (Some(0), Some(0), Some(0)));
    assert_eq!((counts.new_code, counts.fixed_code), (Some(0), Some(0)));
    assert_eq!((counts.new_security, counts.fixed_security), (Some(0), Some(0)));
    assert_eq!(counts.coverage_centipoints, Some(0));
    let findings = page.comparison.findings.unwrap();
    assert_eq!((findings.existing, findings.moved), (3, 0));
    assert_eq!(page.comparison.coverage.unwrap().len(), 0);
    let said = story.read(|scope| find_project(scope, None)).headline;
    assert_eq!(said.len(), 1, "one test still fails: {said:?}");
}

#[test]
fn what_changed_is_listed_and_counted_by_module() {
    let mut story = Story::new();
    story.run("main a", THREE_OF_EACH);
    let run = story.run(
        "main b",
        "
        files api/a.py api/b.py web/c.js web/test_c.js
        test api/test_a.py one failed 100 : boom
        test api/test_a.py two passed 80
        test api/test_a.py four passed 1
        cover api/a.py 1+ 2- 3- 4+1/2
        cover api/b.py 1- 2-
        cover web/c.js 1+ 2+
        find ruff E501 api/a.py:9 low
        find ruff F401 api/b.py:1 medium import_y_far
        find trivy CVE-2 web/c.js:1 critical
        ",
    );
    let page = story.read(|scope| find_run(scope, run));
    let counts = page.comparison.counts;
    assert_eq!((counts.newly_failing, counts.fixed_tests, counts.still_failing), (Some(1), Some(1), Some(0)));
    assert_eq!((counts.new_tests, counts.removed_tests), (Some(1), Some(1)));
    assert_eq!((counts.new_security, counts.fixed_security), (Some(1), Some(1)));
    // The line of F401 was edited in place, E501 moved: both are the same findings.
    assert_eq!((counts.new_code, counts.fixed_code), (Some(0), Some(0)));
    assert_eq!(page.comparison.findings.as_ref().unwrap().moved, 1);
    assert_eq!(counts.coverage_centipoints, Some(-1250), "five of eight lines, then four");
    let tests = page.comparison.tests.unwrap();
    assert_eq!(tests.newly_failing[0].name, "one");
    assert_eq!(tests.fixed[0].name, "two");
    assert_eq!(tests.new[0].name, "four");
    assert_eq!((tests.removed[0].name.as_str(), tests.removed[0].state), ("three", TestState::Removed));
    let coverage = page.comparison.coverage.unwrap();
    assert_eq!(coverage.len(), 1);
    assert_eq!(coverage[0].before.unwrap().lines_covered, 3);

    let changes =
        |path: &str| page.modules.iter().find(|module| module.path == path).unwrap().changes.unwrap();
    assert_eq!((changes("api").newly_failing, changes("web").newly_failing), (Some(1), Some(0)));
    assert_eq!((changes("api").new_security, changes("web").new_security), (Some(0), Some(1)));
    assert_eq!((changes("web").removed_tests, changes("web").coverage_centipoints), (Some(1), Some(0)));
    assert_eq!(names(&story, run, "newly-failing"), ["one"]);
    assert_eq!(names(&story, run, "removed"), ["three"]);
    assert_eq!(names(&story, run, "fixed"), ["two"]);

    let headline = story.read(|scope| find_project(scope, None)).headline;
    let said: Vec<String> =
        headline.iter().map(|item| item.parts.iter().map(|part| part.text.as_str()).collect()).collect();
    assert_eq!(
        said,
        [
            "1 test newly fails in api.",
            "1 critical new security finding in web.",
            "Coverage of api fell by 16.7 points to 33.3 %.",
            "1 test passes again.",
            "1 security finding is gone.",
        ]
    );
}

#[test]
fn a_scan_that_did_not_run_fixed_nothing() {
    let mut story = Story::new();
    story.run("main a", THREE_OF_EACH);
    let run = story.run("main b", "find ruff E501 api/a.py:3 low");
    let counts = story.read(|scope| find_run(scope, run)).comparison.counts;
    assert_eq!((counts.new_code, counts.fixed_code), (Some(0), Some(1)));
    assert_eq!((counts.new_security, counts.fixed_security), (None, None));
    assert_eq!((counts.newly_failing, counts.coverage_centipoints), (None, None));
    let clean = story.run("main c", "find ruff E501 api/a.py:3 low\n scanned security");
    let counts = story.read(|scope| compare_runs(scope, 1, clean)).counts;
    assert_eq!(counts.fixed_security, Some(1));
}

#[test]
fn a_partial_run_does_not_lose_what_has_not_arrived() {
    let mut story = Story::new();
    story.run("main a", THREE_OF_EACH);
    let run = story.run("main b", "missing 2/2\n test api/test_a.py one failed : boom");
    let page = story.read(|scope| find_run(scope, run));
    assert_eq!(page.run.state, RunState::Partial);
    assert_eq!(page.run.missing_shards, ["2/2"]);
    assert_eq!(page.comparison.counts.newly_failing, Some(1));
    assert_eq!(page.comparison.counts.removed_tests, None);
    let project = story.read(|scope| find_project(scope, None));
    assert_eq!(project.run.unwrap().number, 1, "a partial run is not what a branch stands at");
    assert_eq!(project.project.trend.runs, [1]);
}

#[test]
fn a_finding_put_before_others_is_the_new_one() {
    let mut story = Story::new();
    story.run("main a", "find ruff S1 api/a.py:30 low\n find ruff S1 api/a.py:60 low");
    let run = story.run(
        "main b",
        "find ruff S1 api/a.py:5 low\n find ruff S1 api/a.py:31 low\n find ruff S1 api/a.py:61 low",
    );
    let new = FindingParameters { state: Some("new".into()), ..FindingParameters::default() };
    assert_eq!(places(&story, run, new), ["S1 api/a.py:5"]);
    let page = story.read(|scope| list_findings(scope, run, &FindingParameters::default()));
    assert_eq!(page.items[0].state, FindingState::New);
    assert_eq!(page.items[1].matched.as_deref(), Some("same finding: moved 1 line down"));
    let gone = story.run("main c", "find ruff S1 api/a.py:61 low");
    let fixed = FindingParameters { state: Some("fixed".into()), ..FindingParameters::default() };
    assert_eq!(places(&story, gone, fixed), ["S1 api/a.py:5", "S1 api/a.py:31"]);
}

#[test]
fn findings_follow_a_renamed_file() {
    let mut story = Story::new();
    story.run(
        "main a",
        "find ruff S1 api/old.py:30 low ctx\n cover api/old.py 1+ 2-\n change x1 95 api/old.py 1",
    );
    let run = story.run(
        "main b",
        "find ruff S1 api/new.py:32 low ctx\n cover api/new.py 1+ 2-\n change x1 95 api/old.py 1\n \
         change x2 100 api/new.py 1 from api/old.py",
    );
    let page = story.read(|scope| find_run(scope, run));
    assert_eq!((page.comparison.counts.new_code, page.comparison.counts.fixed_code), (Some(0), Some(0)));
    assert_eq!(page.comparison.findings.unwrap().moved, 1);
    let coverage = page.comparison.coverage.unwrap();
    assert_eq!(coverage[0].renamed_from.as_deref(), Some("api/old.py"));
    let rows = story.read(|scope| list_findings(scope, run, &FindingParameters::default())).items;
    let words = "same finding: `api/old.py` was renamed and moved 2 lines down";
    assert_eq!(rows[0].matched.as_deref(), Some(words));
    let hot = story.read(|scope| list_hotspots(scope, &HotspotParameters::default())).items;
    assert_eq!((hot[0].path.as_str(), hot[0].commits), ("api/new.py", 2), "the file keeps its commits");
}

#[test]
fn suppressed_findings_do_not_count_and_are_not_fixed() {
    let mut story = Story::new();
    story.run("main a", "find ruff S1 api/a.py:30 low ctx");
    let run = story.run("main b", "find ruff S1 api/a.py:30 low ctx suppressed");
    let counts = story.read(|scope| find_run(scope, run)).comparison.counts;
    assert_eq!((counts.new_code, counts.fixed_code), (Some(0), Some(0)));
    assert_eq!(places(&story, run, FindingParameters::default()).len(), 0);
    let suppressed = FindingParameters { state: Some("suppressed".into()), ..FindingParameters::default() };
    assert_eq!(places(&story, run, suppressed), ["S1 api/a.py:30"]);
}

#[test]
fn findings_are_filtered() {
    let mut story = Story::new();
    let run = story.run("main a", THREE_OF_EACH);
    let find = |change: &dyn Fn(&mut FindingParameters)| {
        let mut parameters = FindingParameters::default();
        change(&mut parameters);
        places(&story, run, parameters)
    };
    assert_eq!(find(&|_| {}), ["CVE-1 web/c.js:1", "F401 api/b.py:1", "E501 api/a.py:3"]);
    assert_eq!(find(&|p| p.severity = Some("low".into())), ["E501 api/a.py:3"]);
    assert_eq!(find(&|p| p.tool = Some("trivy".into())), ["CVE-1 web/c.js:1"]);
    assert_eq!(find(&|p| p.kind = Some("code".into())).len(), 2);
    assert_eq!(find(&|p| p.module = Some("web".into())), ["CVE-1 web/c.js:1"]);
    assert_eq!(find(&|p| p.module = Some("nowhere".into())).len(), 0);
    assert_eq!(find(&|p| p.path = Some("api/b.py".into())), ["F401 api/b.py:1"]);
    assert_eq!(find(&|p| p.q = Some("SAYS e5".into())), ["E501 api/a.py:3"]);
    assert_eq!(find(&|p| p.sort = Some("path".into()))[0], "E501 api/a.py:3");
    let bad = FindingParameters { severity: Some("terrible".into()), ..FindingParameters::default() };
    let refused = story.try_read(|scope| list_findings(scope, run, &bad));
    assert!(matches!(refused, Err(PageError::BadParameter { name: "severity", .. })));
    let links: Vec<_> = story.read(|scope| list_findings(scope, run, &FindingParameters::default())).items;
    assert_eq!(links[0].help_uri, None, "only web addresses are links");
    assert_eq!(links[1].help_uri.as_deref(), Some("https://rules.example"));
}

#[test]
fn lists_are_read_on() {
    let mut story = Story::new();
    let run = story.run("main a", THREE_OF_EACH);
    let mut parameters = TestParameters { limit: Some(2), ..TestParameters::default() };
    let first = story.read(|scope| list_tests(scope, run, &parameters));
    parameters.after.clone_from(&first.next);
    let second = story.read(|scope| list_tests(scope, run, &parameters));
    let all: Vec<String> = first.items.into_iter().chain(second.items).map(|row| row.name).collect();
    assert_eq!(all, ["two", "one", "three"], "what fails is first");
    assert_eq!((first.total, second.next), (3, None));
    for number in 2..=5 {
        story.run(&format!("main c{number}"), "files api/a.py");
    }
    let mut seen = Vec::new();
    let mut parameters = RunParameters { limit: Some(2), ..RunParameters::default() };
    loop {
        let page = story.read(|scope| list_runs(scope, &parameters));
        assert_eq!(page.total, 5);
        seen.extend(page.items.iter().map(|run| run.number));
        if page.next.is_none() {
            break;
        }
        parameters.after = page.next;
    }
    assert_eq!(seen, [5, 4, 3, 2, 1]);
}

#[test]
fn tests_are_filtered_and_sorted() {
    let mut story = Story::new();
    let run = story.run("main a", THREE_OF_EACH);
    let list = |change: &dyn Fn(&mut TestParameters)| -> Vec<String> {
        let mut parameters = TestParameters::default();
        change(&mut parameters);
        let page = story.read(|scope| list_tests(scope, run, &parameters));
        page.items.into_iter().map(|row| row.name).collect()
    };
    assert_eq!(list(&|p| p.sort = Some("duration".into())), ["one", "two", "three"]);
    assert_eq!(list(&|p| p.sort = Some("name".into())), ["one", "two", "three"]);
    assert_eq!(list(&|p| p.outcome = Some("skipped".into())), ["three"]);
    assert_eq!(list(&|p| p.module = Some("api".into())), ["two", "one"]);
    assert_eq!(list(&|p| p.q = Some("TEST_c".into())), ["three"]);
    assert_eq!(list(&|p| p.flaky = Some(true)).len(), 0);
    assert_eq!(list(&|p| p.flaky = Some(false)).len(), 3);
}

#[test]
fn a_flaky_test_shows_its_evidence() {
    let mut story = Story::new();
    story.run("main a build=1", "test api/t.py one passed\n test api/t.py two passed");
    story.run("main a build=2", "test api/t.py one failed : boom 1\n test api/t.py two passed");
    let run = story.run("main b", "test api/t.py one passed\n test api/t.py two passed flaky");
    assert_eq!(names(&story, run, "flaky"), ["one", "two"]);
    let counts: Vec<u64> =
        story.read(|scope| count_flaky(scope, run)).iter().map(|(_, count)| *count).collect();
    assert_eq!(counts, [2, 2], "the whole project and its module");
    let list = story.read(|scope| list_tests(scope, run, &TestParameters::default())).items;
    let id = list.iter().find(|row| row.name == "one").unwrap().id;
    let page = story.read(|scope| find_test(scope, id, None));
    assert!(page.test.is_flaky);
    assert_eq!(page.history.iter().map(|point| point.run).collect::<Vec<_>>(), [3, 2, 1]);
    assert_eq!(page.flaky[0].rule, "same-commit");
    assert_eq!(page.flaky[0].runs, [2, 1]);
    assert_eq!(page.failures[0].message, "boom 1");
    assert_eq!(page.failures[0].runs, [2]);
    let before = story.read(|scope| find_project(scope, None));
    assert_eq!(before.modules[0].measures.flaky, Some(2));
}

#[test]
fn failures_with_the_same_message_are_one_group() {
    let mut story = Story::new();
    for (commit, message) in [("a", "x"), ("b", "y"), ("c", "x")] {
        story.run(&format!("main {commit}"), &format!("test api/t.py one failed 5 : {message}"));
    }
    let page = story.read(|scope| find_test(scope, 1, Some("main")));
    let groups: Vec<(&str, &[u64])> =
        page.failures.iter().map(|group| (group.message.as_str(), group.runs.as_slice())).collect();
    assert_eq!(groups, [("x", [3, 1].as_slice()), ("y", [2].as_slice())]);
    assert_eq!(page.history[0].duration_ms, Some(5));
    let nowhere = story.try_read(|scope| find_test(scope, 1, Some("topic")));
    assert!(matches!(nowhere, Err(PageError::TestNotFound { .. })));
}

#[test]
fn a_branch_is_compared_with_where_it_began() {
    let mut story = Story::new();
    let base = story.run("main a", "test api/t.py one passed");
    story.run("main b parents=a", "test api/t.py one failed");
    let topic = story.run("topic x parents=a pr=7 base=main", "test api/t.py one failed");
    let page = story.read(|scope| find_run(scope, topic));
    assert_eq!(page.run.baseline, Some(base));
    assert_eq!(page.comparison.counts.newly_failing, Some(1));
    // A better baseline that arrives late is taken at once.
    let orphan = story.run("topic y parents=late,a pr=8 base=main", "test api/t.py one failed");
    assert_eq!(story.read(|scope| find_run(scope, orphan)).run.baseline, Some(base));
    let late = story.run("main late parents=a", "test api/t.py one failed");
    let page = story.read(|scope| find_run(scope, orphan));
    assert_eq!((page.run.baseline, page.comparison.counts.newly_failing), (Some(late), Some(0)));
}

#[test]
fn hotspots_and_files_say_what_is_known() {
    let mut story = Story::new();
    let run = story.run("main a", THREE_OF_EACH);
    let hot = story.read(|scope| list_hotspots(scope, &HotspotParameters::default())).items;
    let paths: Vec<&str> = hot.iter().map(|spot| spot.path.as_str()).collect();
    assert_eq!(paths, ["api/a.py", "web/c.js"]);
    assert_eq!((hot[0].commits, hot[0].churned_lines, hot[0].lines_uncovered), (2, 15, Some(1)));
    let modules = HotspotParameters { of: Some("modules".into()), ..HotspotParameters::default() };
    let modules = story.read(|scope| list_hotspots(scope, &modules)).items;
    assert_eq!(modules[0].path, "api");
    let by_coverage = FileParameters { sort: Some("coverage".into()), ..FileParameters::default() };
    let files = story.read(|scope| list_files(scope, run, &by_coverage)).items;
    assert_eq!(
        files.iter().map(|file| file.path.as_str()).collect::<Vec<_>>(),
        ["api/b.py", "api/a.py", "web/c.js"]
    );
    assert_eq!((files[1].findings, files[1].security, files[1].commits), (1, 0, Some(2)));
    let page = story.read(|scope| find_file(scope, run, "api/a.py"));
    let states: Vec<(u32, u32, LineState)> =
        page.lines.iter().map(|range| (range.first, range.last, range.state)).collect();
    assert_eq!(
        states,
        [(1, 2, LineState::Covered), (3, 3, LineState::Uncovered), (4, 4, LineState::Partial)]
    );
    assert_eq!((page.findings.len(), page.branches.len()), (1, 1));
    assert!(page.hotspot.is_some());
}

#[test]
fn a_module_has_its_history() {
    let mut story = Story::new();
    story.run("main a", THREE_OF_EACH);
    story.run("main b", "cover api/a.py 1+ 2+");
    story.run("topic x", "cover api/a.py 1- 2-");
    let parameters = ModuleParameters { path: "api".into(), ..ModuleParameters::default() };
    let page = story.read(|scope| find_module(scope, &parameters));
    assert_eq!((page.run, page.branch.as_str()), (2, "main"));
    assert_eq!(page.history.iter().map(|point| point.run).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(page.module.trend.coverage, [Some(50.0), Some(100.0)]);
    assert_eq!(page.module.trend.failing, [Some(1), None]);
    let project = story.read(|scope| find_project(scope, Some("topic")));
    assert_eq!(project.run.unwrap().number, 3);
    assert_eq!(project.branches, ["topic", "main"]);
    assert_eq!(project.project.latest.unwrap().number, 2, "the summary is that of the default branch");
}

#[test]
fn the_same_page_is_the_same_text_each_time() {
    let mut story = Story::new();
    story.run("main a", THREE_OF_EACH);
    let run = story.run("main b", THREE_OF_EACH);
    let page = || story.read(|scope| Ok(text(&(find_project(scope, None)?, find_run(scope, run)?))));
    let fresh = page();
    assert_eq!(fresh, page(), "from the cache");
}

//! Decisions about findings over a small history.

use plimsoll_api::{FindingFilter, FindingState, NewReview, ReviewRequest, Timestamp};
use plimsoll_model::ReviewState;

use super::story::Story;
use super::{
    FindingParameters, HotspotParameters, ModuleParameters, PageError, find_module, find_project, find_run,
    list_findings, list_hotspots, list_runs,
};

const FINDINGS: &str = "
    files api/a.py api/b.py
    find ruff E501 api/a.py:3 low
    find ruff E501 api/a.py:9 low
    find ruff F401 api/b.py:1 medium import_x
    find trivy CVE-1 api/b.py:1 critical
    change x1 95 api/a.py 10
    change x2 97 api/b.py 5
";

fn day(text: &str) -> i64 {
    Timestamp::parse_day(text).unwrap().0
}

fn review(state: ReviewState, until: Option<&str>) -> Option<NewReview> {
    Some(NewReview { state, reason: "the new parser mends it".into(), until: until.map(str::to_owned) })
}

fn rows(story: &Story, now: i64, run: u64, state: &str) -> Vec<plimsoll_api::FindingRow> {
    let state = Some(state.to_owned());
    story
        .read_at(now, |scope| {
            list_findings(scope, run, &FindingParameters { state, ..FindingParameters::default() })
        })
        .items
}

fn id(story: &Story, rule: &str) -> u64 {
    rows(story, 0, 1, "").into_iter().find(|row| row.rule == rule).unwrap().id
}

// Static analysis and security that count, and those that do not, of a run's page, of the list of runs, of the module's
// page, and of its trend.
fn counts(story: &Story, now: i64, run: u64) -> [(u64, u64, u64); 4] {
    let of = |measures: &plimsoll_api::Measures| {
        let (code, security) = (measures.code.unwrap(), measures.security.unwrap());
        (code.total, security.total, code.suppressed + security.suppressed)
    };
    let page = story.read_at(now, |scope| find_run(scope, run));
    let list = story.read_at(now, |scope| list_runs(scope, &Default::default()));
    let listed = list.items.iter().find(|listed| listed.number == run).unwrap();
    let parameters = ModuleParameters { path: "api".into(), ..ModuleParameters::default() };
    let module = story.read_at(now, |scope| find_module(scope, &parameters));
    let point = module.history.iter().find(|point| point.run == run).unwrap();
    [of(&page.run.measures), of(&listed.measures), of(&page.modules[0].measures), of(&point.measures)]
}

#[test]
fn a_decision_counts_at_once_in_every_run_and_ends_by_itself() {
    let mut story = Story::new();
    let first = story.run("main a", FINDINGS);
    let second = story.run("main b", FINDINGS);
    let (before, during, after) = (day("2026-03-01"), day("2026-03-02"), day("2026-04-01"));
    assert_eq!(counts(&story, before, second), [(3, 1, 0); 4]);

    let cve = id(&story, "CVE-1");
    let request = ReviewRequest {
        review: review(ReviewState::Accepted, Some("2026-03-31")),
        ids: vec![cve],
        ..ReviewRequest::default()
    };
    let answer = story.review(before, &request).unwrap();
    assert_eq!((answer.findings, answer.reviews), (1, 1));
    for run in [first, second] {
        assert_eq!(counts(&story, during, run), [(3, 0, 1); 4], "run {run}");
        assert_eq!(rows(&story, during, run, "").len(), 3);
        let reviewed = rows(&story, during, run, "accepted");
        assert_eq!(reviewed[0].state, FindingState::Reviewed);
        let review = reviewed[0].review.as_ref().unwrap();
        assert_eq!((review.until.as_deref(), review.is_from_settings), (Some("2026-03-31"), false));
        assert!(rows(&story, during, run, "suppressed").is_empty(), "the tool did not suppress it");
        assert!(rows(&story, during, run, "wont-fix").is_empty());
    }
    // The day after its last it is back, without anything being written.
    assert_eq!(counts(&story, after, second), [(3, 1, 0); 4]);
    assert_eq!(rows(&story, after, second, "reviewed").len(), 0);
}

#[test]
fn a_decision_makes_nothing_new_and_nothing_fixed() {
    let mut story = Story::new();
    story.run("main a", FINDINGS);
    let now = day("2026-03-01");
    let request = ReviewRequest {
        review: review(ReviewState::FalsePositive, None),
        ids: vec![id(&story, "F401")],
        ..ReviewRequest::default()
    };
    story.review(now, &request).unwrap();
    // A later run still reports it, and one after that does not.
    let second = story.run("main b", FINDINGS);
    let third = story.run("main c", &FINDINGS.replace("find ruff F401 api/b.py:1 medium import_x", ""));
    for run in [second, third] {
        let counted = story.read_at(now, |scope| find_run(scope, run)).comparison.counts;
        assert_eq!((counted.new_code, counted.fixed_code), (Some(0), Some(0)), "run {run}");
    }
    // Taken back, it is as if it had never been.
    let undo = ReviewRequest { review: None, ..request };
    assert_eq!(story.review(now, &undo).unwrap().reviews, 1);
    assert_eq!(story.review(now, &undo).unwrap().reviews, 0);
    assert_eq!(counts(&story, now, second), [(3, 1, 0); 4]);
    let counted = story.read_at(now, |scope| find_run(scope, third)).comparison.counts;
    assert_eq!((counted.new_code, counted.fixed_code), (Some(0), Some(1)));
}

#[test]
fn a_decision_about_a_filter_reaches_all_that_pass() {
    let mut story = Story::new();
    let run = story.run("main a", FINDINGS);
    let now = day("2026-03-01");
    let filter = FindingFilter { tool: Some("ruff".into()), ..FindingFilter::default() };
    let request = ReviewRequest {
        review: review(ReviewState::WontFix, None),
        run: Some(run),
        filter: Some(filter),
        ..ReviewRequest::default()
    };
    let answer = story.review(now, &request).unwrap();
    // Two of the three differ only in their line.
    assert_eq!((answer.findings, answer.reviews), (3, 2));
    assert_eq!(counts(&story, now, run), [(0, 1, 3); 4]);
    let headline = story.read_at(now, |scope| find_project(scope, None)).headline;
    assert!(!headline.iter().any(|item| format!("{item:?}").contains("static analysis")), "{headline:?}");
    let hot = |now| story.read_at(now, |scope| list_hotspots(scope, &HotspotParameters::default())).items;
    let a = hot(now).into_iter().find(|hot| hot.path == "api/a.py");
    assert_eq!(a.map_or(0, |hot| hot.findings), 0, "what was decided about makes nothing hot");
}

#[test]
fn what_cannot_be_decided_is_refused_whole() {
    let mut story = Story::new();
    story.run("main a", FINDINGS);
    let now = day("2026-03-01");
    let known = id(&story, "F401");
    let check = |request: ReviewRequest, field: &str| {
        let error = story.review(now, &request).unwrap_err().to_string();
        assert!(error.contains(field), "{error}");
    };
    let wont_fix = review(ReviewState::WontFix, None);
    check(ReviewRequest { review: wont_fix.clone(), ..Default::default() }, "ids");
    check(
        ReviewRequest { review: wont_fix.clone(), ids: vec![known], run: Some(1), ..Default::default() },
        "both",
    );
    check(ReviewRequest { review: wont_fix.clone(), run: Some(9), ..Default::default() }, "run 9");
    check(
        ReviewRequest { review: review(ReviewState::Accepted, None), ids: vec![known], ..Default::default() },
        "until",
    );
    check(ReviewRequest { review: wont_fix.clone(), ids: vec![u64::MAX], ..Default::default() }, "finding");
    let mixed = ReviewRequest { review: wont_fix, ids: vec![known, 4711], ..Default::default() };
    assert!(matches!(story.review(now, &mixed), Err(PageError::FindingNotFound { finding: 4711, .. })));
    assert_eq!(rows(&story, now, 1, "reviewed").len(), 0, "all of it or nothing");
}

const ENTRIES: &str = r#"
[[review]]
tool = "ruff"
path = "api/*.py"
contains = "E501"
state = "wont-fix"
reason = "long lines of tables"

[[review]]
rule = "CVE-1"
state = "accepted"
reason = "not reachable"
until = "2026-03-31"
"#;

#[test]
fn entries_of_the_settings_count_like_those_of_the_server() {
    let mut story = Story::new();
    let first = story.run("main a", FINDINGS);
    let (during, after) = (day("2026-03-31"), day("2026-04-01"));
    // On a branch they count for its own runs only.
    let branch = story.run_with("feature b", FINDINGS, ENTRIES);
    let of_run = |story: &Story, now, run| counts(story, now, run)[0];
    let total = |story: &Story, now, run| {
        let measures = story.read_at(now, |scope| find_run(scope, run)).run.measures;
        (measures.code.unwrap().total, measures.security.unwrap().total)
    };
    assert_eq!((total(&story, during, branch), total(&story, during, first)), ((1, 0), (3, 1)));
    // Merged, they count for all runs of the default branch.
    let merged = story.run_with("main c", FINDINGS, ENTRIES);
    for run in [first, merged] {
        assert_eq!(of_run(&story, during, run), (1, 0, 3), "run {run}");
        assert_eq!(of_run(&story, after, run), (1, 1, 2), "run {run}");
    }
    let accepted = rows(&story, during, merged, "accepted");
    let review = accepted[0].review.as_ref().unwrap();
    assert_eq!((review.is_from_settings, review.until.as_deref()), (true, Some("2026-03-31")));
    let page = story.read_at(during, |scope| find_run(scope, merged));
    assert_eq!((page.comparison.counts.new_code, page.comparison.counts.fixed_code), (Some(0), Some(0)));
    // What was decided on the server wins, and nothing counts twice.
    let request = ReviewRequest {
        review: review_of(ReviewState::FalsePositive),
        ids: vec![accepted[0].id],
        ..ReviewRequest::default()
    };
    story.review(during, &request).unwrap();
    assert_eq!(of_run(&story, during, merged), (1, 0, 3));
    assert_eq!(rows(&story, during, merged, "false-positive").len(), 1);
}

fn review_of(state: ReviewState) -> Option<NewReview> {
    review(state, None)
}

#[test]
fn a_decision_follows_a_renamed_file() {
    let mut story = Story::new();
    story.run("main a", "files api/a.py\nfind ruff F401 api/a.py:1 medium import_x");
    let now = day("2026-03-01");
    let ids = vec![id(&story, "F401")];
    let request = ReviewRequest { review: review_of(ReviewState::WontFix), ids, ..ReviewRequest::default() };
    story.review(now, &request).unwrap();
    let renamed =
        "files api/b.py\nfind ruff F401 api/b.py:1 medium import_x\nchange x 99 api/b.py 1 from api/a.py";
    let with_log = story.run("main b", renamed);
    assert_eq!(rows(&story, now, with_log, "wont-fix").len(), 1);
    let page = story.read_at(now, |scope| find_run(scope, with_log));
    assert_eq!((page.run.measures.code.unwrap().total, page.comparison.counts.new_code), (0, Some(0)));
    // The same content in a file that was never called so is another finding.
    let other = story
        .run("main c", &renamed.replace("change x 99 api/b.py 1 from api/a.py", "change y 99 api/b.py 1"));
    assert_eq!(rows(&story, now, other, "wont-fix").len(), 0);
}

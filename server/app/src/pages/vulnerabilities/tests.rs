//! One vulnerability that several tools report, over small histories.

use plimsoll_api::{FindingRow, NewReview, ReviewRequest, SeverityCounts};
use plimsoll_model::{ReviewState, Severity};

use crate::pages::story::Story;
use crate::pages::{
    FindingParameters, ModuleParameters, compare_runs, count_findings, find_module, find_project, find_run,
    list_findings,
};

const TRIVY: &str = "vuln trivy CVE-2026-1 pkg:npm/lodash web/package-lock.json medium";
const NPM: &str = "vuln npm-audit GHSA-1 pkg:npm/lodash - high";
const OSV: &str = "vuln osv-scanner GHSA-1,CVE-2026-1 pkg:npm/lodash web/package-lock.json low";

fn story(runs: &[&[&str]]) -> Story {
    let mut story = Story::new();
    for (at, body) in runs.iter().enumerate() {
        let body = format!("files web/package-lock.json\nscanned security\n{}", body.join("\n"));
        story.run(&format!("main c{at}"), &body);
    }
    story
}

fn rows(story: &Story, run: u64, tool: &str, state: &str) -> Vec<FindingRow> {
    let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let parameters =
        FindingParameters { tool: given(tool), state: given(state), ..FindingParameters::default() };
    story.read(|scope| list_findings(scope, run, &parameters)).items
}

#[track_caller]
fn check(story: &Story, run: u64, total: u64, new: Option<u64>, fixed: Option<u64>) {
    let page = story.read(|scope| find_run(scope, run));
    assert_eq!(page.run.measures.security.unwrap().total, total, "total of run {run}");
    let changes = page.run.changes.unwrap_or_default();
    assert_eq!((changes.new_security, changes.fixed_security), (new, fixed), "changes of run {run}");
    assert_eq!(rows(story, run, "", "").len() as u64, total, "rows of run {run}");
    assert_eq!(rows(story, run, "", "new").len() as u64, new.unwrap_or(total), "new rows of run {run}");
}

#[test]
fn three_reports_count_once_with_the_worst_severity() {
    let story = story(&[&[], &[TRIVY, NPM, OSV]]);
    check(&story, 2, 1, Some(1), Some(0));
    let page = story.read(|scope| find_run(scope, 2));
    let counts = page.run.measures.security.unwrap();
    assert_eq!(
        (counts.by_severity, counts.suppressed),
        (SeverityCounts { high: 1, ..Default::default() }, 0)
    );
    let module = ModuleParameters { path: "web".into(), ..ModuleParameters::default() };
    let module = story.read(|scope| find_module(scope, &module));
    assert_eq!(module.module.measures.security.unwrap().by_severity.high, 1);
    let project = story.read(|scope| find_project(scope, None));
    let words: Vec<String> = project.headline.iter().map(|item| format!("{item:?}")).collect();
    assert!(words.iter().any(|item| item.contains("1 high")), "{words:?}");

    let list = rows(&story, 2, "", "");
    assert_eq!((list[0].tool.as_str(), list[0].severity), ("osv-scanner", Severity::High));
    assert_eq!(list[0].also_reported_by, ["npm-audit", "trivy"]);
    let own = rows(&story, 2, "npm-audit", "");
    assert_eq!((own.len(), own[0].also_reported_by.len()), (1, 2));
    let compared = story.read(|scope| compare_runs(scope, 1, 2));
    assert_eq!(compared.findings.unwrap().new.len(), 1);
    // Each facet counts what its value would list: once, but for the lists of one tool.
    let facets = story.read(|scope| count_findings(scope, 2, &FindingParameters::default()));
    let counts = |name: &str| -> Vec<u64> {
        let found = facets.facets.iter().filter(|facet| facet.name == name);
        found.flat_map(|facet| facet.values.iter().map(|value| value.count)).collect()
    };
    assert_eq!((facets.total, counts("state"), counts("severity")), (1, vec![1], vec![1]));
    assert_eq!(counts("tool"), [1, 1, 1]);
}

#[test]
fn a_tool_that_comes_or_goes_brings_and_mends_nothing() {
    let story = story(&[&[TRIVY], &[TRIVY, NPM, OSV], &[NPM, OSV], &[OSV], &[NPM], &[]]);
    check(&story, 1, 1, None, None);
    check(&story, 2, 1, Some(0), Some(0));
    check(&story, 3, 1, Some(0), Some(0));
    check(&story, 4, 1, Some(0), Some(0));
    check(&story, 5, 1, Some(0), Some(0));
    check(&story, 6, 0, Some(0), Some(1));
}

#[test]
fn what_one_tool_knows_joins_the_other_two_between_runs() {
    // The one that knows both names is on one side only.
    let story = story(&[&[NPM], &[TRIVY, OSV]]);
    check(&story, 2, 1, Some(0), Some(0));
    // Nobody knows both names: they are two.
    let apart = self::story(&[&[NPM], &[TRIVY]]);
    check(&apart, 2, 1, Some(1), Some(1));
}

#[test]
fn other_packages_places_and_cves_stay_apart() {
    let story = story(&[
        &[],
        &[
            "vuln trivy CVE-2026-1 pkg:npm/lodash web/package-lock.json high",
            "vuln grype CVE-2026-1 pkg:npm/lodash-es web/package-lock.json high",
            "vuln grype CVE-2026-1 pkg:npm/lodash api/package-lock.json high",
            "vuln grype CVE-2026-2 pkg:npm/lodash web/package-lock.json high",
        ],
    ]);
    check(&story, 2, 4, Some(4), Some(0));
}

#[test]
fn suppressed_in_all_or_not_at_all() {
    let story = story(&[&[&format!("{TRIVY} suppressed"), OSV], &[&format!("{TRIVY} suppressed")]]);
    check(&story, 1, 1, None, None);
    // It became suppressed: that is no mend.
    check(&story, 2, 0, Some(0), Some(0));
    let counts = story.read(|scope| find_run(scope, 1)).run.measures.security.unwrap();
    assert_eq!((counts.by_severity.low, counts.suppressed), (1, 0));
}

#[test]
fn a_decision_about_one_report_is_about_the_vulnerability() {
    let story = story(&[&[TRIVY, NPM, OSV], &[TRIVY, NPM, OSV]]);
    let trivy = rows(&story, 1, "trivy", "")[0].id;
    let review = NewReview { state: ReviewState::WontFix, reason: "not reached".into(), until: None };
    let request = ReviewRequest { review: Some(review), ids: vec![trivy], ..ReviewRequest::default() };
    story.review(0, &request).unwrap();
    for run in [1, 2] {
        let counts = story.read(|scope| find_run(scope, run)).run.measures.security.unwrap();
        assert_eq!((counts.total, counts.suppressed), (0, 1), "run {run}");
        assert_eq!(rows(&story, run, "", "").len(), 0);
        let reviewed = rows(&story, run, "", "reviewed");
        assert_eq!(reviewed.len(), 1);
        assert_eq!(reviewed[0].review.as_ref().unwrap().reason, "not reached");
    }
    story.review(0, &ReviewRequest { review: None, ids: vec![trivy], ..ReviewRequest::default() }).unwrap();
    check(&story, 2, 1, Some(0), Some(0));
}

#[test]
fn any_name_finds_it() {
    let story = story(&[&[TRIVY, NPM, OSV]]);
    for q in ["ghsa-1", "cve-2026-1"] {
        let parameters = FindingParameters { q: Some(q.into()), ..FindingParameters::default() };
        assert_eq!(story.read(|scope| list_findings(scope, 1, &parameters)).items.len(), 1, "{q}");
    }
}

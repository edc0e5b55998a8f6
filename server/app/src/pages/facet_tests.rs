//! Facets of findings over a small history.

use plimsoll_api::{FindingFacets, NewReview, ReviewRequest};
use plimsoll_model::ReviewState;

use super::story::Story;
use super::{FindingParameters, PageError, count_findings, list_findings};

const FIRST: &str = "
    files api/a.py api/b.py web/c.js
    find ruff E501 api/a.py:3 low
    find ruff E501 api/a.py:9 low
    find ruff F401 api/b.py:1 medium import_x
    find trivy CVE-1 web/c.js:1 high
";

const LATER: &str = "
    files api/a.py api/b.py web/c.js
    find ruff E501 api/a.py:3 low
    find ruff E501 web/c.js:9 low other
    find ruff S101 api/b.py:7 medium suppressed
    find trivy CVE-1 web/c.js:1 high
    find trivy CVE-2 web/c.js:1 critical
";

fn facets(story: &Story, run: u64, change: &dyn Fn(&mut FindingParameters)) -> FindingFacets {
    let mut parameters = FindingParameters::default();
    change(&mut parameters);
    story.read(|scope| count_findings(scope, run, &parameters))
}

/// A facet in words: `low 2, high 1`.
fn facet(facets: &FindingFacets, name: &str) -> String {
    let facet = facets.facets.iter().find(|facet| facet.name == name).unwrap();
    let words: Vec<String> =
        facet.values.iter().map(|value| format!("{} {}", value.value, value.count)).collect();
    words.join(", ")
}

fn two_runs() -> (Story, u64) {
    let mut story = Story::new();
    story.run("main a", FIRST);
    for day in 0..7 {
        story.run(&format!("main b{day}"), FIRST);
    }
    let run = story.run("main c", LATER);
    (story, run)
}

#[test]
fn findings_are_counted_by_what_they_differ_in() {
    let (story, run) = two_runs();
    let all = facets(&story, run, &|_| {});
    assert_eq!(all.total, 4, "{all:?}");
    assert_eq!(facet(&all, "state"), "new 2, existing 2, fixed 2, suppressed 1");
    assert_eq!(facet(&all, "severity"), "critical 1, high 1, low 2");
    assert_eq!(facet(&all, "kind"), "code 2, security 2");
    assert_eq!(facet(&all, "tool"), "ruff 2, trivy 2");
    assert_eq!(facet(&all, "rule"), "E501 2, CVE-1 1, CVE-2 1");
    assert_eq!(facet(&all, "module"), "web 3, api 1");
    assert_eq!(facet(&all, "age"), "day 2, month 2", "eight days lie between the first run and this one");
    assert_eq!(facet(&all, "cwe"), "CWE-79 2");
    assert_eq!(facet(&all, "package"), "left-pad 2");
}

#[test]
fn a_facet_is_counted_without_its_own_filter() {
    let (story, run) = two_runs();
    let low = facets(&story, run, &|p| p.severity = Some("low".into()));
    assert_eq!(low.total, 2);
    assert_eq!(facet(&low, "severity"), "critical 1, high 1, low 2");
    assert_eq!(facet(&low, "module"), "api 1, web 1");
    assert_eq!(facet(&low, "cwe"), "");
    let both = facets(&story, run, &|p| {
        p.severity = Some("low".into());
        p.module = Some("web".into());
    });
    assert_eq!((both.total, facet(&both, "severity").as_str()), (1, "critical 1, high 1, low 1"));
    assert_eq!(facet(&both, "state"), "new 1");
    let none = facets(&story, run, &|p| {
        p.rule = Some("nothing".into());
        p.q = Some("says".into());
    });
    assert_eq!(none.total, 0);
    assert_eq!(facet(&none, "rule"), "E501 2, CVE-1 1, CVE-2 1, nothing 0", "what is chosen is listed");
}

#[test]
fn what_is_gone_is_counted_where_it_was() {
    let (story, run) = two_runs();
    let fixed = facets(&story, run, &|p| p.state = Some("fixed".into()));
    assert_eq!(fixed.total, 2);
    assert_eq!(facet(&fixed, "state"), "new 2, existing 2, fixed 2, suppressed 1");
    assert_eq!(facet(&fixed, "severity"), "medium 1, low 1");
    assert_eq!(facet(&fixed, "module"), "api 2");
}

#[test]
fn a_facet_says_how_many_rows_the_list_has() {
    let (story, run) = two_runs();
    for (name, set) in [
        ("state", (|p, value| p.state = Some(value)) as fn(&mut FindingParameters, String)),
        ("severity", |p, value| p.severity = Some(value)),
        ("kind", |p, value| p.kind = Some(value)),
        ("tool", |p, value| p.tool = Some(value)),
        ("rule", |p, value| p.rule = Some(value)),
        ("module", |p, value| p.module = Some(value)),
        ("age", |p, value| p.age = Some(value)),
        ("cwe", |p, value| p.cwe = Some(value)),
        ("package", |p, value| p.package = Some(value)),
    ] {
        for q in [None, Some("says e5".to_owned()), Some("CWE-79".to_owned())] {
            let counted = facets(&story, run, &|p| p.q.clone_from(&q));
            let facet = counted.facets.iter().find(|facet| facet.name == name).unwrap();
            for value in &facet.values {
                let mut parameters = FindingParameters { q: q.clone(), ..FindingParameters::default() };
                set(&mut parameters, value.value.clone());
                let listed = story.read(|scope| list_findings(scope, run, &parameters));
                assert_eq!(listed.total, value.count, "{name} {} with {q:?}", value.value);
            }
        }
    }
}

#[test]
fn what_was_decided_about_is_counted_apart() {
    let (story, run) = two_runs();
    let rows = story.read(|scope| list_findings(scope, run, &FindingParameters::default())).items;
    let ids = rows.iter().filter(|row| row.rule == "CVE-2").map(|row| row.id).collect();
    let review = NewReview { state: ReviewState::WontFix, reason: "not reachable".into(), until: None };
    let request = ReviewRequest { review: Some(review), ids, ..ReviewRequest::default() };
    story.review(0, &request).unwrap();
    let all = facets(&story, run, &|_| {});
    assert_eq!(all.total, 3);
    assert_eq!(facet(&all, "state"), "new 1, existing 2, fixed 2, suppressed 1, reviewed 1, wont-fix 1");
}

#[test]
fn a_word_that_is_none_is_refused() {
    let (story, run) = two_runs();
    let bad = FindingParameters { age: Some("ancient".into()), ..FindingParameters::default() };
    let refused = story.try_read(|scope| count_findings(scope, run, &bad));
    assert!(matches!(refused, Err(PageError::BadParameter { name: "age", .. })));
}

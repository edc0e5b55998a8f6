use plimsoll_api::{ChangeCounts, CoverageCounts, FindingCounts, Measures, SeverityCounts, TestCounts};

use super::*;
use crate::settings::{Budget, GateLine};

#[test]
fn rules_are_read() {
    let rule = |scope, metric, operator, bound| Rule { scope, metric, operator, bound };
    let new = |severity, area| Metric::Findings { is_new: true, severity, area };
    for (text, expect) in [
        (
            "coverage >= 80%",
            rule(Scope::Project, Metric::LineCoverage, Operator::AtLeast, Bound::Number(80.0)),
        ),
        (
            "project coverage≥80.5 %",
            rule(Scope::Project, Metric::LineCoverage, Operator::AtLeast, Bound::Number(80.5)),
        ),
        (
            "Branch Coverage > baseline - 0.5 points",
            rule(Scope::Project, Metric::BranchCoverage, Operator::More, Bound::Baseline(-0.5)),
        ),
        (
            "module \"a >= b\" failing tests = 0",
            rule(
                Scope::Module("a >= b".to_owned()),
                Metric::FailingTests,
                Operator::Equal,
                Bound::Number(0.0),
            ),
        ),
        (
            "module services/search flaky tests <= baseline",
            rule(
                Scope::Module("services/search".to_owned()),
                Metric::FlakyTests,
                Operator::AtMost,
                Bound::Baseline(0.0),
            ),
        ),
        (
            "each module newly failing tests == 0",
            rule(Scope::EachModule, Metric::NewlyFailingTests, Operator::Equal, Bound::Number(0.0)),
        ),
        (
            "patch coverage >= 90%",
            rule(Scope::Patch, Metric::LineCoverage, Operator::AtLeast, Bound::Number(90.0)),
        ),
        (
            "new high+ security findings = 0",
            rule(
                Scope::Project,
                new(Some((Severity::High, Reach::AndWorse)), Some(Area::Security)),
                Operator::Equal,
                Bound::Number(0.0),
            ),
        ),
        (
            "new critical findings < 1",
            rule(
                Scope::Project,
                new(Some((Severity::Critical, Reach::Only)), None),
                Operator::Less,
                Bound::Number(1.0),
            ),
        ),
        (
            "duration <= 90 s",
            rule(Scope::Project, Metric::Duration, Operator::AtMost, Bound::Number(90_000.0)),
        ),
        (
            "duration <= baseline + 10%",
            rule(Scope::Project, Metric::Duration, Operator::AtMost, Bound::BaselinePercent(10.0)),
        ),
        (
            "duration <= baseline + 30 s",
            rule(Scope::Project, Metric::Duration, Operator::AtMost, Bound::Baseline(30_000.0)),
        ),
        (
            "files >= baseline - 3",
            rule(Scope::Project, Metric::Files, Operator::AtLeast, Bound::Baseline(-3.0)),
        ),
    ] {
        assert_eq!(parse_rule(text), Ok(expect), "{text}");
    }
}

#[test]
fn what_is_no_rule_says_what_would_be_one() {
    for (text, part) in [
        ("", "holds no comparison"),
        ("coverage 80%", "holds no comparison"),
        ("coverge >= 80%", "did you mean `coverage`"),
        ("coverage >= 101%", "between 0 and 100"),
        ("coverage >= lots", "between 0 and 100"),
        ("coverage >= baseline - 1%", "write `1 points`"),
        ("coverage >= baseline 1", "write `+` or `-`"),
        ("failing tests = 0.5", "no whole number"),
        ("failing tests = -1", "no whole number"),
        ("new findings <= baseline", "already counts what changed"),
        ("new hihg findings = 0", "did you mean `high`"),
        ("patch failing tests = 0", "of a patch"),
        ("module \"a coverage >= 1", "not closed"),
        ("module \"\" coverage >= 1", "names no module"),
        ("duration <= 90", "no duration"),
        ("coverage >=", "between 0 and 100"),
        (">= 80%", "no metric"),
    ] {
        let error = parse_rule(text).unwrap_err();
        assert!(error.contains(part), "{text}: {error}");
    }
}

fn measures(covered: u64, failing: u64, high: u64) -> Measures {
    Measures {
        tests: Some(TestCounts {
            total: 100,
            passed: 100 - failing,
            failed: failing,
            duration_ms: 80_000,
            ..TestCounts::default()
        }),
        flaky: Some(1),
        coverage: Some(CoverageCounts {
            files: 3,
            lines: 1_000,
            lines_covered: covered,
            ..CoverageCounts::default()
        }),
        code: None,
        security: Some(FindingCounts {
            total: high + 2,
            by_severity: SeverityCounts { high, low: 2, ..SeverityCounts::default() },
            suppressed: 0,
        }),
    }
}

/// The standing and the reason of each answer to one rule.
fn ask(rule: &str, incomplete: Option<&str>, has_baseline: bool) -> Vec<(Standing, String)> {
    let lines = [GateLine { text: rule.to_owned(), line: 7 }];
    with_facts(incomplete, has_baseline, |facts| judge(&lines, facts))
        .into_iter()
        .map(|judged| {
            assert_eq!((judged.line, judged.rule.as_str()), (7, rule));
            (judged.standing, judged.reason)
        })
        .collect()
}

fn with_facts<T>(incomplete: Option<&str>, has_baseline: bool, ask: impl FnOnce(&Facts<'_>) -> T) -> T {
    let (now, then) = (measures(795, 2, 3), measures(800, 1, 2));
    let (search, docs) = (measures(600, 0, 0), Measures::default());
    let changes = ChangeCounts { newly_failing: Some(1), ..ChangeCounts::default() };
    let new = SeverityCounts { high: 1, ..SeverityCounts::default() };
    let (then, changes) = (has_baseline.then_some(&then), has_baseline.then_some(&changes));
    let new_findings = NewFindings { code: None, security: has_baseline.then_some(new) };
    let project = Subject { path: "", name: "shop", now: &now, then, changes, new_findings };
    let modules = [
        Subject { path: "libs/search", name: "search", now: &search, ..project },
        Subject { path: "docs", name: "docs", now: &docs, changes: None, then: None, ..project },
        Subject { path: "a/web", name: "web", now: &now, ..project },
        Subject { path: "b/web", name: "web", now: &now, ..project },
    ];
    let facts =
        Facts { incomplete, baseline: has_baseline.then_some(411), project, modules: &modules, patch: None };
    ask(&facts)
}

#[track_caller]
fn check(rule: &str, standing: Standing, reason: &str) {
    assert_eq!(ask(rule, None, true), [(standing, reason.to_owned())], "{rule}");
}

#[test]
fn rules_pass_and_fail_with_both_sides() {
    use Standing::{Fail, NotEnoughData, Pass};
    check("coverage >= 79.5%", Pass, "Coverage: 79.5 %, wanted at least 79.5 %.");
    check("coverage >= 79.51%", Fail, "Coverage: 79.50 %, wanted at least 79.51 %.");
    check("coverage > 79.5%", Fail, "Coverage: 79.5 %, wanted more than 79.5 %.");
    check("coverage >= baseline", Fail, "Coverage: 79.5 %, wanted at least 80.0 % (run #411 has 80.0 %).");
    check(
        "coverage >= baseline - 0.5 points",
        Pass,
        "Coverage: 79.5 %, wanted at least 79.5 % (run #411 has 80.0 %).",
    );
    check("failing tests <= baseline", Fail, "Failing tests: 2, wanted at most 1 (run #411 has 1).");
    check("failing tests <= baseline + 100%", Pass, "Failing tests: 2, wanted at most 2 (run #411 has 1).");
    check("newly failing tests = 0", Fail, "Newly failing tests: 1, wanted 0.");
    check("flaky tests < 2", Pass, "Flaky tests: 1, wanted less than 2.");
    check("duration <= 1 min", Fail, "Duration of the tests: 80.0 s, wanted at most 60.0 s.");
    check("new high+ security findings = 0", Fail, "New high+ security findings: 1, wanted 0.");
    check("new critical findings = 0", Pass, "New critical findings: 0, wanted 0.");
    check("security findings <= 5", Pass, "Security findings: 5, wanted at most 5.");
    check(
        "high security findings <= baseline",
        Fail,
        "High security findings: 3, wanted at most 2 (run #411 has 2).",
    );
    check(
        "module \"search\" coverage >= 70%",
        Fail,
        "Coverage of libs/search: 60.0 %, wanted at least 70.0 %.",
    );
    check(
        "module libs/search coverage <= 70%",
        Pass,
        "Coverage of libs/search: 60.0 %, wanted at most 70.0 %.",
    );
    check("code findings = 0", NotEnoughData, "The run has no report of static analysis.");
    check("branch coverage > 1%", NotEnoughData, "Its report of coverage holds none of these.");
    check(
        "patch coverage > 1%",
        NotEnoughData,
        "The run has no diff, or no coverage of the lines that it changes.",
    );
    check("module \"gone\" coverage > 1%", NotEnoughData, "The run has no module `gone`.");
    check(
        "module \"web\" coverage > 1%",
        NotEnoughData,
        "Several modules are called `web`: name its folder.",
    );
    check("module docs coverage > 1%", NotEnoughData, "The run has no report of coverage.");
    let unread = ask("coverge > 1%", None, true);
    assert_eq!(unread[0].0, Fail, "a rule that cannot be read never passes");
}

#[test]
fn each_module_that_has_such_a_report_is_asked() {
    let answers = ask("each module coverage >= 70%", None, true);
    let standings: Vec<Standing> = answers.iter().map(|(standing, _)| *standing).collect();
    assert_eq!(standings, [Standing::Fail, Standing::Pass, Standing::Pass]);
    let answers = ask("each module code findings = 0", None, true);
    assert_eq!(answers, [(Standing::NotEnoughData, "The run has no report of static analysis.".to_owned())]);
}

#[test]
fn without_a_baseline_or_a_whole_run_there_is_not_enough_data() {
    for rule in ["coverage >= baseline", "newly failing tests = 0"] {
        let answers = ask(rule, None, false);
        assert_eq!(
            answers,
            [(Standing::NotEnoughData, "The run has no baseline to be compared with.".to_owned())]
        );
    }
    assert_eq!(ask("new findings = 0", None, false)[0].0, Standing::NotEnoughData);
    assert_eq!(ask("coverage >= 1%", None, false)[0].0, Standing::Pass);
    let partial = ask("coverage >= 1%", Some("is partial: shard 2/3 is missing"), true);
    assert_eq!(partial, [(Standing::NotEnoughData, "The run is partial: shard 2/3 is missing.".to_owned())]);
}

#[test]
fn one_rule_that_fails_fails_the_gate() {
    use Standing::{Fail, NotEnoughData, Pass};
    assert_eq!(overall([]), None);
    assert_eq!(overall([Pass, NotEnoughData, Fail]), Some(Fail));
    assert_eq!(overall([NotEnoughData, Pass]), Some(Pass));
    assert_eq!(overall([NotEnoughData, NotEnoughData]), Some(NotEnoughData));
}

#[test]
fn budgets_are_judged_like_rules() {
    let budget = |module: &str, tests_ms| Budget { module: module.to_owned(), tests_ms, line: 9 };
    let budgets = [
        budget("search", 80_000),
        budget("libs/search", 79_000),
        budget("web", 1),
        budget("docs", 1),
        budget("gone", 1),
    ];
    let judged = with_facts(None, false, |facts| judge_budgets(&budgets, facts));
    assert!(judged.iter().all(|judged| judged.is_budget && judged.line == 9));
    let said: Vec<(Standing, &str)> =
        judged.iter().map(|judged| (judged.standing, judged.reason.as_str())).collect();
    use Standing::{Fail, NotEnoughData, Pass};
    assert_eq!(
        said,
        [
            (Pass, "Duration of the tests of libs/search: 80.0 s, wanted at most 80.0 s."),
            (Fail, "Duration of the tests of libs/search: 80.0 s, wanted at most 79.0 s."),
            (NotEnoughData, "Several modules are called `web`: name its folder."),
            (NotEnoughData, "The run has no report of tests."),
            (NotEnoughData, "The run has no module `gone`."),
        ]
    );
    assert_eq!(judged.first().map(|judged| judged.rule.as_str()), Some("budget of search: tests <= 80.0 s"));
    let partial = with_facts(Some("is partial"), false, |facts| judge_budgets(&budgets, facts));
    assert!(partial.iter().all(|judged| judged.standing == NotEnoughData));
}

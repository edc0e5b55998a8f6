use super::*;
use plimsoll_api::{CoverageCounts, Measures, Trend};

fn module(path: &str, changes: ChangeCounts) -> ModuleRow {
    let coverage = CoverageCounts { lines: 1000, lines_covered: 713, ..CoverageCounts::default() };
    ModuleRow {
        path: path.to_owned(),
        name: path.to_owned(),
        measures: Measures { coverage: Some(coverage), ..Measures::default() },
        changes: Some(changes),
        trend: Trend::default(),
        commits: None,
        gate: None,
    }
}

fn calm() -> ChangeCounts {
    ChangeCounts { newly_failing: Some(0), coverage_centipoints: Some(0), ..ChangeCounts::default() }
}

#[track_caller]
fn check(facts: &Facts<'_>, expect: &[&str]) {
    let said: Vec<String> = write_headline(facts)
        .into_iter()
        .map(|item| {
            let tone = match item.tone {
                Tone::Bad => "bad",
                Tone::Warn => "warn",
                Tone::Good => "good",
                Tone::Neutral => "neutral",
            };
            format!("{tone}: {}", item.parts.into_iter().map(|part| part.text).collect::<String>())
        })
        .collect();
    assert_eq!(said, expect);
}

fn facts<'a>(counts: &'a ChangeCounts, modules: &'a [ModuleRow]) -> Facts<'a> {
    Facts {
        run: 412,
        baseline: Some(411),
        counts,
        modules,
        new_severe: &[],
        newly_flaky: 0,
        over_budget: &[],
    }
}

#[test]
fn a_budget_that_is_exceeded_is_said() {
    let over = |module: &str, is_new| OverBudget {
        module: module.to_owned(),
        took: "95.0 s".to_owned(),
        budget: "90.0 s".to_owned(),
        is_new,
    };
    let (counts, modules) = (calm(), [module("a", calm())]);
    let all = [over("a", false), over("b", true), over("c", true), over("d", false), over("e", false)];
    let facts = facts(&counts, &modules);
    check(
        &Facts { over_budget: &all[..1], ..facts },
        &["warn: The tests of a take 95.0 s and still exceed their budget of 90.0 s."],
    );
    check(
        &Facts { over_budget: &all, ..facts },
        &[
            "warn: The tests of b take 95.0 s and exceed their budget of 90.0 s.",
            "warn: The tests of c take 95.0 s and exceed their budget of 90.0 s.",
            "warn: The tests of a take 95.0 s and still exceed their budget of 90.0 s.",
            "warn: The tests of 2 more modules exceed their budgets.",
        ],
    );
    check(
        &Facts { over_budget: &all[1..2], baseline: None, ..facts },
        &[
            "neutral: There is no earlier run to compare run #412 with.",
            "warn: The tests of b take 95.0 s and exceed their budget of 90.0 s.",
        ],
    );
}

#[test]
fn calm_is_said_too() {
    check(&facts(&calm(), &[module("a", calm())]), &["neutral: Nothing changed against run #411."]);
    check(&facts(&calm(), &[]), &["neutral: Nothing changed against run #411."]);
    let nothing = calm();
    let first = Facts { baseline: None, ..facts(&nothing, &[]) };
    check(&first, &["neutral: There is no earlier run to compare run #412 with."]);
}

#[test]
fn noise_is_left_out() {
    let small = ChangeCounts { coverage_centipoints: Some(-49), new_code: Some(4), ..calm() };
    let said = "neutral: Nothing worth a look changed against run #411.";
    check(&facts(&small, &[module("a", small)]), &[said]);
}

#[test]
fn the_most_important_is_first() {
    let counts = ChangeCounts {
        newly_failing: Some(4),
        still_failing: Some(1),
        fixed_tests: Some(2),
        fixed_security: Some(1),
        ..ChangeCounts::default()
    };
    let modules = [
        module("a", ChangeCounts { newly_failing: Some(1), coverage_centipoints: Some(-50), ..calm() }),
        module("b", ChangeCounts { newly_failing: Some(2), coverage_centipoints: Some(-321), ..calm() }),
        module(
            "c",
            ChangeCounts {
                coverage_centipoints: Some(120),
                new_security: Some(1),
                new_code: Some(7),
                ..calm()
            },
        ),
    ];
    let new_severe = [NewSevere { module: Some("b".to_owned()), critical: 1, high: 2 }];
    check(
        &Facts { new_severe: &new_severe, newly_flaky: 1, ..facts(&counts, &modules) },
        &[
            "bad: 2 tests newly fail in b.",
            "bad: 1 test newly fails in a.",
            "bad: 1 test newly fails outside these modules.",
            "bad: 1 critical and 2 high new security findings in b.",
            "bad: Coverage of b fell by 3.2 points to 71.3 %.",
            "warn: Coverage of a fell by 0.5 points to 71.3 %.",
            "warn: 1 test became flaky.",
            "warn: 1 new security finding in c.",
            "warn: 7 new static analysis findings in c.",
            "warn: 1 test still fails.",
            "good: 2 tests pass again.",
            "good: 1 security finding is gone.",
            "good: Coverage of c rose by 1.2 points to 71.3 %.",
        ],
    );
}

#[test]
fn only_good_news_says_that_nothing_got_worse() {
    let counts = ChangeCounts { fixed_tests: Some(1), ..calm() };
    check(
        &facts(&counts, &[module("a", calm())]),
        &["good: 1 test passes again.", "neutral: Nothing got worse since run #411."],
    );
}

#[test]
fn many_modules_are_counted() {
    let fall = ChangeCounts { coverage_centipoints: Some(-100), newly_failing: Some(1), ..calm() };
    let modules: Vec<ModuleRow> = ["a", "b", "c", "d", "e"].iter().map(|path| module(path, fall)).collect();
    let counts = ChangeCounts { newly_failing: Some(5), ..calm() };
    check(
        &facts(&counts, &modules),
        &[
            "bad: 1 test newly fails in a.",
            "bad: 1 test newly fails in b.",
            "bad: 1 test newly fails in c.",
            "bad: 2 tests newly fail elsewhere.",
            "warn: Coverage of a fell by 1.0 point to 71.3 %.",
            "warn: Coverage of b fell by 1.0 point to 71.3 %.",
            "warn: Coverage of c fell by 1.0 point to 71.3 %.",
            "warn: Coverage fell in 2 more modules.",
        ],
    );
}

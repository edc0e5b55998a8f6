//! How long the tests of modules take, and how long they may by the budgets of `plimsoll.toml`.

use std::cmp::Reverse;
use std::collections::HashSet;

use plimsoll_analysis::durations::percentile;
use plimsoll_analysis::gate::{Facts, Judged, NewFindings, Standing, Subject, judge_budgets};
use plimsoll_analysis::headline::OverBudget;
use plimsoll_analysis::settings::Budget;
use plimsoll_api::{Measures, ModuleDurations};
use plimsoll_store::{Module, ModuleId, Run, StoreError, TestId};

use super::Scope;
use super::changes::{Changes, state_without_baseline};
use super::flaky::flaky_tests;
use super::gate::{all_measures, incomplete};
use super::measures::milliseconds;
use super::test_rows::{FailureDepth, test_columns, test_rows};

/// Tests that a module's page names.
const SLOWEST: usize = 5;

// The modules whose tests take longer than they may. What they take in the baseline says whether that is new.
pub(super) fn over_budget(
    scope: &Scope<'_>,
    run: &Run,
    baseline: Option<&Run>,
) -> Result<Vec<OverBudget>, StoreError> {
    let settings = scope.settings(run)?;
    let budgets = &settings.budgets;
    if budgets.is_empty() {
        return Ok(Vec::new());
    }
    let exceeds = |judged: &Judged| judged.standing == Standing::Fail;
    let before: HashSet<Option<String>> = match baseline {
        Some(baseline) => {
            let judged = judged(scope, baseline, budgets)?;
            judged.into_iter().filter(exceeds).map(|judged| judged.module).collect()
        }
        None => HashSet::new(),
    };
    let now = judged(scope, run, budgets)?;
    Ok(now
        .into_iter()
        .filter(exceeds)
        .filter_map(|judged| {
            Some(OverBudget {
                is_new: !before.contains(&judged.module),
                module: judged.module?,
                took: judged.found?,
                budget: judged.wanted?.trim_start_matches("at most ").to_owned(),
            })
        })
        .collect())
}

fn judged(scope: &Scope<'_>, run: &Run, budgets: &[Budget]) -> Result<Vec<Judged>, StoreError> {
    let measures = all_measures(scope, run)?;
    let known = scope.modules()?;
    let none = Measures::default();
    let subject = |id: &ModuleId, path, name| Subject {
        path,
        name,
        now: measures.get(id).unwrap_or(&none),
        then: None,
        changes: None,
        new_findings: NewFindings::default(),
    };
    let of_module = |id: &ModuleId| {
        let module = known.get(id).filter(|_| *id != ModuleId::WHOLE)?;
        Some(subject(id, module.path.as_str(), module.name.as_str()))
    };
    let modules: Vec<Subject<'_>> = measures.keys().filter_map(of_module).collect();
    let incomplete = incomplete(run);
    let facts = Facts {
        incomplete: incomplete.as_deref(),
        baseline: None,
        project: subject(&ModuleId::WHOLE, "", scope.project.name.as_str()),
        modules: &modules,
        patch: None,
    };
    Ok(judge_budgets(budgets, &facts))
}

// How long the tests of a module take, and the slowest of them; nothing where it has none whose duration is known.
pub(super) fn module_durations(
    scope: &Scope<'_>,
    run: &Run,
    module: &Module,
    changes: Option<&Changes>,
) -> Result<Option<ModuleDurations>, StoreError> {
    let columns = test_columns(scope, run)?;
    let tests = scope.reader.tests_of_module(scope.project.id, module.id)? & &columns.present;
    let known = tests.iter().filter_map(|test| Some((columns.duration_us(TestId(test))?, test)));
    let mut slowest: Vec<(u64, u32)> = known.collect();
    let durations: Vec<u64> = slowest.iter().map(|(us, _)| *us).collect();
    let (Some(p50), Some(p95)) = (percentile(&durations, 50), percentile(&durations, 95)) else {
        return Ok(None);
    };
    slowest.sort_unstable_by_key(|(us, test)| (Reverse(*us), *test));
    let slowest: Vec<TestId> = slowest.into_iter().take(SLOWEST).map(|(_, test)| TestId(test)).collect();
    let flaky = flaky_tests(scope, run)?;
    let failing = columns.failing();
    let state = |test: TestId| match changes.and_then(|changes| changes.tests.as_ref()) {
        Some(difference) => difference.state(test.0),
        None => state_without_baseline(failing.contains(test.0)),
    };
    let is_flaky = |test: TestId| flaky.tests.contains(test.0);
    Ok(Some(ModuleDurations {
        tests: durations.len() as u64,
        p50_ms: milliseconds(p50),
        p95_ms: milliseconds(p95),
        budget_ms: budget_ms(scope, run, &module.path)?,
        slowest: test_rows(scope, &columns, &slowest, FailureDepth::Message, state, is_flaky)?,
    }))
}

/// The least of the budgets that are about a module.
fn budget_ms(scope: &Scope<'_>, run: &Run, path: &str) -> Result<Option<u64>, StoreError> {
    let settings = scope.settings(run)?;
    let budgets = &settings.budgets;
    if budgets.is_empty() {
        return Ok(None);
    }
    // Each has one answer, which names the module that is meant.
    let judged = judged(scope, run, budgets)?;
    let of_module = budgets.iter().zip(judged).filter(|(_, judged)| judged.module.as_deref() == Some(path));
    Ok(of_module.map(|(budget, _)| budget.tests_ms).min())
}

#[cfg(test)]
mod tests {
    use plimsoll_api::GateStanding;

    use crate::pages::story::Story;
    use crate::pages::{ModuleParameters, find_module, find_project, find_run};

    const BUDGETS: &str =
        "[[budget]]\nmodule = \"cart\"\ntests = \"3 s\"\n[[budget]]\nmodule = \"books\"\ntests = \"9 s\"\n";

    fn said(items: &[plimsoll_api::HeadlineItem]) -> Vec<String> {
        items.iter().map(|item| item.parts.iter().map(|part| part.text.as_str()).collect()).collect()
    }

    #[test]
    fn a_budget_is_judged_with_the_gate_and_said() {
        let mut story = Story::new();
        let of_cart = |ms: u32| {
            format!(
                "test cart/a.py one passed {ms}\ntest cart/a.py two passed 2000\ntest books/b.py three passed 8000"
            )
        };
        let first = story.run_with("main a", &of_cart(999), BUDGETS);
        let second = story.run("main b", &of_cart(1_500));
        let third = story.run("main c", &of_cart(1_600));

        let run = |number| story.read(|scope| find_run(scope, number));
        let gate = |number| {
            let gate = run(number).gate;
            let rules = gate.rules.into_iter().map(|rule| (rule.rule, rule.line, rule.standing));
            (gate.summary.standing, rules.collect::<Vec<_>>())
        };
        let rules = |cart| {
            vec![
                ("budget of cart: tests <= 3.0 s".to_owned(), 1, cart),
                ("budget of books: tests <= 9.0 s".to_owned(), 4, GateStanding::Pass),
            ]
        };
        assert_eq!(gate(first), (Some(GateStanding::Pass), rules(GateStanding::Pass)));
        assert_eq!(gate(second), (Some(GateStanding::Fail), rules(GateStanding::Fail)));
        let over = |still: &str| format!("The tests of cart take 3.{still} exceed their budget of 3.0 s.");
        assert!(!said(&run(first).headline).iter().any(|text| text.contains("budget")));
        assert_eq!(said(&run(second).headline).first(), Some(&over("5 s and")));
        assert_eq!(said(&run(third).headline).first(), Some(&over("6 s and still")));
        let page = story.read(|scope| find_project(scope, None));
        let cart = page.modules.iter().find(|module| module.path == "cart").unwrap();
        assert_eq!(cart.gate.as_ref().map(|gate| gate.standing), Some(GateStanding::Fail));
    }

    #[test]
    fn a_module_knows_how_long_its_tests_take() {
        let mut story = Story::new();
        let mut body = String::new();
        for at in 1..=20 {
            body += &format!("test cart/a.py t{at:02} passed {}\n", at * 100);
        }
        body += "test cart/a.py never skipped\ntest books/b.py other passed 9000\n";
        story.run_with("main a", &body, BUDGETS);
        let module = |path: &str| {
            let parameters = ModuleParameters { path: path.to_owned(), branch: None, limit: None };
            story.read(|scope| find_module(scope, &parameters)).durations.unwrap()
        };
        let cart = module("cart");
        assert_eq!((cart.tests, cart.budget_ms), (20, Some(3_000)));
        // Kept in steps: 3.2 % beside what was reported at most.
        assert!(cart.p50_ms.abs_diff(1_000) <= 32 && cart.p95_ms.abs_diff(1_900) <= 61, "{cart:?}");
        let slowest: Vec<&str> = cart.slowest.iter().map(|test| test.name.as_str()).collect();
        assert_eq!(slowest, ["t20", "t19", "t18", "t17", "t16"]);
        assert_eq!(module("books").slowest.len(), 1);
    }
}

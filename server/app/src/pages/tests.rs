use std::cmp::Reverse;
use std::sync::Arc;

use plimsoll_analysis::compare::TestDifference;
use plimsoll_api::{Page, TestRow, TestState};
use plimsoll_model::Outcome;
use plimsoll_store::{Run, StoreError, TestColumns, TestId};
use roaring::RoaringBitmap;
use serde::Deserialize;

use super::changes::{changes, state_without_baseline};
use super::flaky::flaky_tests;
use super::test_names::{TestNames, test_names};
use super::test_rows::{FailureDepth, test_columns, test_rows};
use super::{PageError, Scope, listing};

/// The query of `GET /projects/{project}/runs/{run}/tests`.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TestParameters {
    /// `newly-failing`, `still-failing`, `failing`, `fixed`, `new`, `removed`, `unchanged` or `flaky`.
    pub state: Option<String>,
    /// `passed`, `failed`, `errored` or `skipped`.
    pub outcome: Option<String>,
    /// Only tests of this module, by its folder.
    pub module: Option<String>,
    /// Only tests with these words in suite, class or name, in any case.
    pub q: Option<String>,
    /// Only flaky tests, or only others.
    pub flaky: Option<bool>,
    /// `failing` (what needs attention first; the default), `name` or `duration` (the slowest first).
    pub sort: Option<String>,
    /// Where to read on: `next` of the page before.
    pub after: Option<String>,
    /// Rows; 100 if absent, at most 500.
    pub limit: Option<usize>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum StateFilter {
    Is(TestState),
    Failing,
    Flaky,
}

const STATES: &[(&str, StateFilter)] = &[
    ("newly-failing", StateFilter::Is(TestState::NewlyFailing)),
    ("still-failing", StateFilter::Is(TestState::StillFailing)),
    ("failing", StateFilter::Failing),
    ("fixed", StateFilter::Is(TestState::Fixed)),
    ("new", StateFilter::Is(TestState::New)),
    ("removed", StateFilter::Is(TestState::Removed)),
    ("unchanged", StateFilter::Is(TestState::Unchanged)),
    ("flaky", StateFilter::Flaky),
];

const OUTCOMES: &[(&str, Outcome)] = &[
    ("passed", Outcome::Passed),
    ("failed", Outcome::Failed),
    ("errored", Outcome::Errored),
    ("skipped", Outcome::Skipped),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    Failing,
    Name,
    Duration,
}

const SORTS: &[(&str, Sort)] =
    &[("failing", Sort::Failing), ("name", Sort::Name), ("duration", Sort::Duration)];

/// The tests of a run.
///
/// # Errors
/// Where a parameter is wrong, there is no such run, or the store fails.
pub fn list_tests(
    scope: &Scope<'_>,
    run: u64,
    parameters: &TestParameters,
) -> Result<Page<TestRow>, PageError> {
    let limit = listing::limit(parameters.limit)?;
    let state = listing::word("state", parameters.state.as_deref(), STATES)?;
    let outcome = listing::word("outcome", parameters.outcome.as_deref(), OUTCOMES)?;
    let sort = listing::word("sort", parameters.sort.as_deref(), SORTS)?.unwrap_or(Sort::Failing);
    let run = scope.run(run)?;
    let side = Side::read(scope, &run, state == Some(StateFilter::Is(TestState::Removed)))?;

    let mut tests = side.of_state(state);
    if let Some(outcome) = outcome {
        tests.retain_all(|test| side.columns.outcome(TestId(test)) == Some(outcome));
    }
    if let Some(is_flaky) = parameters.flaky {
        if is_flaky { tests &= &side.flaky } else { tests -= &side.flaky }
    }
    if let Some(module) = parameters.module.as_deref().filter(|module| !module.is_empty()) {
        match scope.module_id(module)? {
            Some(module) => tests &= scope.reader.tests_of_module(scope.project.id, module)?,
            None => tests.clear(),
        }
    }
    let names = test_names(scope, &tests)?;
    if let Some(words) = parameters.q.as_deref().map(str::trim).filter(|words| !words.is_empty()) {
        tests &= names.with_words(&words.to_lowercase());
    }
    let sorted = side.sort(&tests, sort, &names);
    listing::page(
        &sorted,
        |test| u64::from(test.0),
        parameters.after.as_deref(),
        limit,
        |part| {
            let state = |test: TestId| side.state(test);
            let is_flaky = |test: TestId| side.flaky.contains(test.0);
            Ok(test_rows(scope, &side.columns, part, FailureDepth::Message, state, is_flaky)?)
        },
    )
}

trait RetainAll {
    fn retain_all(&mut self, keep: impl Fn(u32) -> bool);
}

impl RetainAll for RoaringBitmap {
    fn retain_all(&mut self, keep: impl Fn(u32) -> bool) {
        *self = self.iter().filter(|id| keep(*id)).collect();
    }
}

// The tests of a run with what is known of them against the baseline.
struct Side {
    columns: Arc<TestColumns>,
    difference: Option<TestDifference>,
    has_baseline: bool,
    flaky: RoaringBitmap,
}

impl Side {
    // For tests that were removed, the columns are those of the baseline: that is where they are.
    fn read(scope: &Scope<'_>, run: &Run, is_removed: bool) -> Result<Self, StoreError> {
        let baseline = scope.baseline(run)?;
        let changes = baseline.as_ref().map(|baseline| changes(scope, baseline, run)).transpose()?;
        let shown = match &baseline {
            Some(baseline) if is_removed => baseline,
            _ => run,
        };
        Ok(Self {
            columns: test_columns(scope, shown)?,
            difference: changes.and_then(|changes| changes.tests.clone()),
            has_baseline: baseline.is_some(),
            flaky: flaky_tests(scope, run)?.tests.clone(),
        })
    }

    fn of_state(&self, state: Option<StateFilter>) -> RoaringBitmap {
        let all = &self.columns.present;
        match state {
            None => all.clone(),
            Some(StateFilter::Failing) => self.columns.failing(),
            Some(StateFilter::Flaky) => all & &self.flaky,
            Some(StateFilter::Is(state)) => {
                all.iter().filter(|test| self.state(TestId(*test)) == state).collect()
            }
        }
    }

    fn state(&self, test: TestId) -> TestState {
        match &self.difference {
            Some(difference) => difference.state(test.0),
            None if self.has_baseline => TestState::Unchanged,
            None => state_without_baseline(
                self.columns.failed.contains(test.0) || self.columns.errored.contains(test.0),
            ),
        }
    }

    fn sort(&self, tests: &RoaringBitmap, sort: Sort, names: &TestNames) -> Vec<TestId> {
        match sort {
            // What needs attention is little and sorted by name; the rest keeps the order in which it was first seen.
            Sort::Failing => {
                let failing = tests & self.columns.failing();
                let flaky = (tests & &self.flaky) - &failing;
                let mut sorted = names.sorted(&failing);
                sorted.sort_by_key(|test| self.state(*test) != TestState::NewlyFailing);
                sorted.extend(names.sorted(&flaky));
                sorted.extend((tests - failing - flaky).iter().map(TestId));
                sorted
            }
            Sort::Name => names.sorted(tests),
            Sort::Duration => {
                let durations = self.columns.present.iter().zip(&self.columns.durations_us);
                let mut sorted: Vec<(Reverse<Option<u64>>, u32)> = durations
                    .filter(|(test, _)| tests.contains(*test))
                    .map(|(test, duration)| (Reverse(*duration), test))
                    .collect();
                sorted.sort_unstable();
                sorted.into_iter().map(|(_, test)| TestId(test)).collect()
            }
        }
    }
}

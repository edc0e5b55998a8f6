use std::cmp::Reverse;

use plimsoll_analysis::compare::TestDifference;
use plimsoll_api::{Page, TestRow, TestState};
use plimsoll_model::Outcome;
use plimsoll_store::{Run, StoreError, TestColumns, TestId, TestInfo};
use roaring::RoaringBitmap;
use serde::Deserialize;

use super::changes::{changes, state_without_baseline};
use super::flaky::flaky_tests;
use super::test_rows::{FailureDepth, read_columns, test_rows};
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
    let named = |tests: &RoaringBitmap| scope.reader.list_tests(scope.project.id, tests);
    if let Some(words) = parameters.q.as_deref().map(str::trim).filter(|words| !words.is_empty()) {
        let words = words.to_lowercase();
        tests = named(&tests)?.iter().filter(|info| has_words(info, &words)).map(|info| info.id.0).collect();
    }
    let sorted = side.sort(&tests, sort, named)?;
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

pub(super) fn has_words(info: &TestInfo, words: &str) -> bool {
    [&info.suite, &info.class, &info.name].iter().any(|text| text.to_lowercase().contains(words))
}

// The tests of a run with what is known of them against the baseline.
struct Side {
    columns: TestColumns,
    difference: Option<TestDifference>,
    has_baseline: bool,
    flaky: RoaringBitmap,
}

impl Side {
    // For tests that were removed, the columns are those of the baseline: that is where they are.
    fn read(scope: &Scope<'_>, run: &Run, is_removed: bool) -> Result<Self, StoreError> {
        let baseline = scope.baseline(run)?;
        let changes = baseline.as_ref().map(|baseline| changes(scope, baseline, run)).transpose()?;
        let number = match &baseline {
            Some(baseline) if is_removed => baseline.number,
            _ => run.number,
        };
        Ok(Self {
            columns: read_columns(scope, number)?,
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

    fn sort(
        &self,
        tests: &RoaringBitmap,
        sort: Sort,
        named: impl Fn(&RoaringBitmap) -> Result<Vec<TestInfo>, StoreError>,
    ) -> Result<Vec<TestId>, StoreError> {
        match sort {
            // What needs attention is little and sorted by name; the rest keeps the order in which it was first seen,
            // so that no name of a hundred thousand tests is read to show the first hundred.
            Sort::Failing => {
                let failing = tests & self.columns.failing();
                let flaky = (tests & &self.flaky) - &failing;
                let mut sorted = by_name(named(&failing)?);
                sorted.sort_by_key(|test| self.state(*test) != TestState::NewlyFailing);
                sorted.extend(by_name(named(&flaky)?));
                sorted.extend((tests - failing - flaky).iter().map(TestId));
                Ok(sorted)
            }
            Sort::Name => Ok(by_name(named(tests)?)),
            Sort::Duration => {
                let mut sorted: Vec<TestId> = tests.iter().map(TestId).collect();
                let durations: std::collections::HashMap<u32, Option<u64>> =
                    self.columns.present.iter().zip(self.columns.durations_us.iter().copied()).collect();
                sorted.sort_by_key(|test| (Reverse(durations.get(&test.0).copied().flatten()), test.0));
                Ok(sorted)
            }
        }
    }
}

pub(super) fn by_name(mut infos: Vec<TestInfo>) -> Vec<TestId> {
    infos.sort_by(|a, b| (&a.suite, &a.class, &a.name, a.id).cmp(&(&b.suite, &b.class, &b.name, b.id)));
    infos.into_iter().map(|info| info.id).collect()
}

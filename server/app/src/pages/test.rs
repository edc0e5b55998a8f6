use std::collections::HashMap;
use std::sync::Arc;

use plimsoll_analysis::durations::percentile;
use plimsoll_analysis::line_diff::diff_lines;
use plimsoll_api::{
    DurationSummary, FailureDifference, FailureGroup, TestPage, TestPoint, TestState, Timestamp,
};
use plimsoll_model::Outcome;
use plimsoll_store::{BlobId, FailureText, Run, RunFilter, StoreError, TestId};
use roaring::RoaringBitmap;

use super::changes::{TestBitmaps, changes, read_test_bitmaps, state_without_baseline};
use super::flaky::flaky_tests;
use super::measures::milliseconds;
use super::test_links::links;
use super::test_rows::{FailureDepth, failure_texts, test_columns, test_rows};
use super::{PageError, Scope};

/// Runs that a test's history shows at most.
const HISTORY: usize = 200;
/// Runs that are searched for it at most.
const SEARCHED: usize = 400;
/// Runs' durations lie in one column with those of all their tests, which are read up to the test's. So many of them are
/// gone over for one page; with a hundred thousand tests a run that reaches back fifty runs, with some thousands to the
/// end of the history.
const READ_DURATIONS: u64 = 5_000_000;

/// A test with its history, that of its earlier names too, the failures by message and why it counts as flaky.
///
/// # Errors
/// Where there is no such test or the store fails.
pub fn find_test(scope: &Scope<'_>, test: u64, branch: Option<&str>) -> Result<TestPage, PageError> {
    let missing = || PageError::TestNotFound { project: scope.project.name.clone(), test };
    let id = TestId(u32::try_from(test).map_err(|_| missing())?);
    let branch = branch.filter(|branch| !branch.is_empty());
    let links = links(scope)?;
    let runs = runs_with(scope, &links.names(id), branch)?;
    let Seen { run: newest, .. } = runs.first().ok_or_else(missing)?;

    let project = scope.project.id;
    let mut history = Vec::with_capacity(runs.len());
    let mut failures = Failures::default();
    let mut left = READ_DURATIONS;
    for Seen { run, test, outcome, present } in &runs {
        let duration_us = match left {
            0 => None,
            _ => scope.reader.read_duration(project, run.number, *test, present)?,
        };
        left = left.saturating_sub(present.len());
        history.push(TestPoint {
            run: run.number.0,
            commit: run.commit.clone(),
            branch: run.branch.clone(),
            created_at: Timestamp(run.created_at),
            outcome: *outcome,
            duration_ms: duration_us.map(milliseconds),
        });
        if outcome.is_bad() {
            let texts = scope.reader.read_failure_texts(project, run.number)?;
            failures.add(run.number.0, texts.get(test).copied().unwrap_or_default());
        }
    }
    let flaky = flaky_tests(scope, newest)?;
    let columns = test_columns(scope, newest)?;
    let state = state(scope, newest, id, columns.outcome(id))?;
    let is_flaky = |test: TestId| flaky.tests.contains(test.0);
    let rows = test_rows(scope, &columns, &[id], FailureDepth::Detail, |_| state, is_flaky)?;
    let (renamed_from, renamed_to) = links.around(scope, id)?;
    Ok(TestPage {
        durations: durations(&history),
        difference: failures.difference(scope)?,
        renamed_from,
        renamed_to,
        test: rows.into_iter().next().ok_or_else(missing)?,
        history,
        failures: failures.groups(scope)?,
        flaky: flaky.evidence(id),
    })
}

fn durations(history: &[TestPoint]) -> Option<DurationSummary> {
    let known: Vec<u64> = history.iter().filter_map(|point| point.duration_ms).collect();
    Some(DurationSummary {
        p50_ms: percentile(&known, 50)?,
        p95_ms: percentile(&known, 95)?,
        runs: known.len() as u64,
    })
}

// A run that has the test, with the name that it had there and how it ended.
struct Seen {
    run: Run,
    test: TestId,
    outcome: Outcome,
    // All tests of the run.
    present: Arc<RoaringBitmap>,
}

// The runs that have the test, the newest first. `names` has the present name first, then those before it.
fn runs_with(scope: &Scope<'_>, names: &[TestId], branch: Option<&str>) -> Result<Vec<Seen>, StoreError> {
    let filter = RunFilter { branch, ..RunFilter::default() };
    let mut runs = scope.reader.list_runs(scope.project.id, filter, SEARCHED)?;
    runs.sort_by_key(|run| std::cmp::Reverse((run.created_at, run.number)));
    let bitmaps = read_test_bitmaps(scope, &runs.iter().collect::<Vec<_>>())?;
    let with = runs.into_iter().zip(bitmaps).filter_map(|(run, bitmaps)| {
        let bitmaps = bitmaps.as_ref()?;
        let (test, outcome) = names.iter().find_map(|test| Some((*test, outcome(bitmaps, *test)?)))?;
        Some(Seen { run, test, outcome, present: bitmaps.present() })
    });
    Ok(with.take(HISTORY).collect())
}

fn outcome(bitmaps: &TestBitmaps, test: TestId) -> Option<Outcome> {
    let sets = bitmaps.sets();
    if !sets.present.contains(test.0) {
        None
    } else if sets.errored.contains(test.0) {
        Some(Outcome::Errored)
    } else if sets.failed.contains(test.0) {
        Some(Outcome::Failed)
    } else if sets.skipped.contains(test.0) {
        Some(Outcome::Skipped)
    } else {
        Some(Outcome::Passed)
    }
}

fn state(
    scope: &Scope<'_>,
    run: &Run,
    test: TestId,
    outcome: Option<Outcome>,
) -> Result<TestState, StoreError> {
    let Some(baseline) = scope.baseline(run)? else {
        return Ok(state_without_baseline(outcome.is_some_and(Outcome::is_bad)));
    };
    let changes = changes(scope, &baseline, run)?;
    Ok(changes.tests.as_ref().map_or(TestState::Unchanged, |tests| tests.state(test.0)))
}

// Failures with the same message, in the order in which they are met: the newest first.
#[derive(Default)]
struct Failures {
    groups: Vec<(FailureText, Vec<u64>)>,
    by_message: HashMap<Option<BlobId>, usize>,
    // The two newest, with their runs.
    newest: Vec<(u64, FailureText)>,
}

impl Failures {
    fn add(&mut self, run: u64, text: FailureText) {
        if self.newest.len() < 2 {
            self.newest.push((run, text));
        }
        // Without a message the whole text is what tells failures apart.
        let key = text.message.or(text.detail);
        let at = *self.by_message.entry(key).or_insert(self.groups.len());
        match self.groups.get_mut(at) {
            Some((_, runs)) => runs.push(run),
            None => self.groups.push((text, vec![run])),
        }
    }

    fn difference(&self, scope: &Scope<'_>) -> Result<Option<FailureDifference>, StoreError> {
        let [(after, newer), (before, older)] = self.newest.as_slice() else { return Ok(None) };
        let text = |text: &FailureText| -> Result<String, StoreError> {
            let (message, detail) = failure_texts(scope, *text, FailureDepth::Detail)?;
            Ok(detail.or(message).unwrap_or_default())
        };
        // Equal contents are stored once.
        let lines = if newer == older { Vec::new() } else { diff_lines(&text(older)?, &text(newer)?) };
        Ok(Some(FailureDifference { before: *before, after: *after, lines }))
    }

    fn groups(mut self, scope: &Scope<'_>) -> Result<Vec<FailureGroup>, StoreError> {
        self.groups.sort_by_key(|(_, runs)| std::cmp::Reverse(runs.len()));
        let groups = self.groups.into_iter().map(|(text, runs)| {
            let (message, detail) = failure_texts(scope, text, FailureDepth::Detail)?;
            let message = message.unwrap_or_else(|| match &detail {
                Some(detail) => detail.lines().next().unwrap_or_default().to_owned(),
                None => "the report gives no message".to_owned(),
            });
            Ok(FailureGroup { message, detail, runs })
        });
        groups.collect()
    }
}

use std::sync::Arc;

use plimsoll_api::{TestRow, TestState};
use plimsoll_model::Outcome;
use plimsoll_store::{FailureText, Run, RunNumber, StoreError, TestColumns, TestId};
use roaring::RoaringBitmap;

use super::Scope;
use super::measures::milliseconds;

/// How much of a failure is shown in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FailureDepth {
    /// The short message.
    Message,
    /// The whole text too.
    Detail,
}

// Rows for some tests, in the order of `tests`, as they are in the given columns: those of the run, or, for tests that
pub(super) fn test_rows(
    scope: &Scope<'_>,
    columns: &TestColumns,
    tests: &[TestId],
    depth: FailureDepth,
    state: impl Fn(TestId) -> TestState,
    is_flaky: impl Fn(TestId) -> bool,
) -> Result<Vec<TestRow>, StoreError> {
    let ids: RoaringBitmap = tests.iter().map(|test| test.0).collect();
    let infos = scope.reader.list_tests(scope.project.id, &ids)?;
    let places = scope.places(&infos.iter().filter_map(|info| info.path).map(|path| path.0).collect())?;
    let mut rows = Vec::with_capacity(tests.len());
    for test in tests {
        let Ok(at) = infos.binary_search_by_key(test, |info| info.id) else { continue };
        let Some(info) = infos.get(at) else { continue };
        let outcome = columns.outcome(*test).unwrap_or(Outcome::Skipped);
        let text = columns.failures.get(test).copied().unwrap_or_default();
        let (message, detail) = failure_texts(scope, text, depth)?;
        rows.push(TestRow {
            id: u64::from(test.0),
            suite: info.suite.clone(),
            class: info.class.clone(),
            name: info.name.clone(),
            file: places.path(info.path),
            module: scope.module_path(info.module)?,
            outcome,
            duration_ms: columns.duration_us(*test).map(milliseconds),
            state: state(*test),
            is_flaky: is_flaky(*test),
            message,
            detail,
        });
    }
    Ok(rows)
}

pub(super) fn failure_texts(
    scope: &Scope<'_>,
    text: FailureText,
    depth: FailureDepth,
) -> Result<(Option<String>, Option<String>), StoreError> {
    let read = |blob| scope.reader.read_text(scope.project.id, blob);
    let message = text.message.map(read).transpose()?;
    let detail = match depth {
        FailureDepth::Message => None,
        FailureDepth::Detail => text.detail.map(read).transpose()?,
    };
    Ok((message, detail))
}

// The tests of a run, empty where it has none. Kept for the runs that are looked at, which are few.
pub(super) fn test_columns(scope: &Scope<'_>, run: &Run) -> Result<Arc<TestColumns>, StoreError> {
    scope.cache.test_columns(scope.key(run)?, || read_columns(scope, run.number))
}

// The tests of a run, empty where it has none.
pub(super) fn read_columns(scope: &Scope<'_>, run: RunNumber) -> Result<TestColumns, StoreError> {
    Ok(scope.reader.read_tests(scope.project.id, run)?.unwrap_or_default())
}

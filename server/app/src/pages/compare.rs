use std::cmp::Reverse;

use plimsoll_analysis::compare::CoveragePair;
use plimsoll_api::{
    Comparison, CoverageChange, FindingChanges, FindingRow, FindingState, TestChanges, TestRow, TestState,
};
use plimsoll_model::Severity;
use plimsoll_store::{FindingColumns, FindingId, PathId, Run, StoreError, TestColumns, TestId};
use roaring::RoaringBitmap;

use super::changes::{Changes, changes, state_without_baseline};
use super::finding_rows::finding_rows;
use super::flaky::flaky_tests;
use super::patch::{count_in_changed_lines, indirect_changes, patch_coverage};
use super::reopened::reopened;
use super::slower::slower_tests;
use super::test_rows::{FailureDepth, read_columns, test_rows};
use super::{PageError, Scope};

/// Rows of each list of a comparison.
pub(super) const SHOWN_AT_MOST: usize = 200;

/// What changed from one run to another, of whatever branches.
///
/// # Errors
/// Where one of the runs is not there or the store fails.
pub fn compare_runs(scope: &Scope<'_>, from: u64, to: u64) -> Result<Comparison, PageError> {
    let (before, after) = (scope.run(from)?, scope.run(to)?);
    Ok(compare(scope, &before, &after)?)
}

pub(super) fn compare(scope: &Scope<'_>, before: &Run, after: &Run) -> Result<Comparison, StoreError> {
    let changes = changes(scope, before, after)?;
    Ok(Comparison {
        counts: changes.counts,
        tests: test_changes(scope, before, after, &changes)?,
        coverage: changes.coverage.as_deref().map(|pairs| coverage_changes(scope, pairs)).transpose()?,
        patch: patch_coverage(scope, after)?,
        indirect: if changes.coverage.is_some() { indirect_changes(scope, before, after)? } else { None },
        findings: finding_changes(scope, before, after, &changes)?,
        shown_at_most: SHOWN_AT_MOST as u64,
    })
}

// A run without baseline: nothing is compared and nothing counted as a change, but what fails and the worst of what was
// found is shown, for all of it is new.
pub(super) fn without_baseline(scope: &Scope<'_>, run: &Run) -> Result<Comparison, StoreError> {
    let patch = patch_coverage(scope, run)?;
    let mut comparison = Comparison { shown_at_most: SHOWN_AT_MOST as u64, patch, ..Comparison::default() };
    if let Some(columns) = scope.reader.read_tests(scope.project.id, run.number)? {
        let flaky = flaky_tests(scope, run)?;
        let failing = columns.failing();
        let rows = rows(scope, &columns, &failing, &flaky.tests, |_| state_without_baseline(true))?;
        comparison.tests = Some(TestChanges { newly_failing: rows, ..TestChanges::default() });
    }
    if let Some(columns) = scope.findings(run)? {
        let worst = worst(&columns, &columns.counting());
        let new = finding_rows(scope, run, &columns, &worst, |_| FindingState::New, |_, _| None)?;
        comparison.findings = Some(FindingChanges { new, ..FindingChanges::default() });
    }
    Ok(comparison)
}

fn test_changes(
    scope: &Scope<'_>,
    before: &Run,
    after: &Run,
    changes: &Changes,
) -> Result<Option<TestChanges>, StoreError> {
    let Some(difference) = &changes.tests else { return Ok(None) };
    let flaky = flaky_tests(scope, after)?;
    let now = read_columns(scope, after.number)?;
    let of = |tests: &RoaringBitmap| rows(scope, &now, tests, &flaky.tests, |test| difference.state(test.0));
    let removed = if difference.removed.is_empty() {
        Vec::new()
    } else {
        let then = read_columns(scope, before.number)?;
        rows(scope, &then, &difference.removed, &flaky.tests, |test| difference.state(test.0))?
    };
    let slower = slower_tests(scope, before, after)?;
    Ok(Some(TestChanges {
        slower: slower.tests,
        slower_hidden: slower.hidden,
        newly_failing: of(&difference.newly_failing)?,
        still_failing: of(&difference.still_failing)?,
        fixed: of(&difference.fixed)?,
        new: of(&difference.new)?,
        removed,
    }))
}

fn rows(
    scope: &Scope<'_>,
    columns: &TestColumns,
    tests: &RoaringBitmap,
    flaky: &RoaringBitmap,
    state: impl Fn(TestId) -> TestState,
) -> Result<Vec<TestRow>, StoreError> {
    let shown: Vec<TestId> = tests.iter().take(SHOWN_AT_MOST).map(TestId).collect();
    let mut rows =
        test_rows(scope, columns, &shown, FailureDepth::Detail, state, |test| flaky.contains(test.0))?;
    rows.sort_by(|a, b| {
        (&a.module, &a.suite, &a.class, &a.name, a.id).cmp(&(&b.module, &b.suite, &b.class, &b.name, b.id))
    });
    Ok(rows)
}

fn coverage_changes(scope: &Scope<'_>, pairs: &[CoveragePair]) -> Result<Vec<CoverageChange>, StoreError> {
    let shown = pairs.get(..SHOWN_AT_MOST).unwrap_or(pairs);
    let paths =
        shown.iter().flat_map(|pair| [pair.before, pair.after]).flatten().map(|file| file.path).collect();
    let places = scope.places(&paths)?;
    let changes = shown.iter().filter_map(|pair| {
        let named = PathId(pair.after.or(pair.before)?.path);
        let renamed_from = match (pair.before, pair.after) {
            (Some(before), Some(after)) if before.path != after.path => {
                places.path(Some(PathId(before.path)))
            }
            _ => None,
        };
        Some(CoverageChange {
            path: places.path(Some(named))?,
            renamed_from,
            module: places.module_path(Some(named)).unwrap_or_else(|| ".".to_owned()),
            before: pair.before.map(|file| file.counts),
            after: pair.after.map(|file| file.counts),
        })
    });
    Ok(changes.collect())
}

fn finding_changes(
    scope: &Scope<'_>,
    before: &Run,
    after: &Run,
    changes: &Changes,
) -> Result<Option<FindingChanges>, StoreError> {
    let Some(difference) = &changes.findings else { return Ok(None) };
    let side =
        |run: &Run, findings: &RoaringBitmap, state: FindingState| -> Result<Vec<FindingRow>, StoreError> {
            if findings.is_empty() {
                return Ok(Vec::new());
            }
            let columns = scope.findings(run)?.unwrap_or_default();
            finding_rows(scope, run, &columns, &worst(&columns, findings), |_| state, |_, _| None)
        };
    let reopened = reopened(scope, before, after, difference)?;
    let mut new = side(after, &difference.new, FindingState::New)?;
    for row in &mut new {
        if u32::try_from(row.id).is_ok_and(|id| reopened.contains(id)) {
            row.state = FindingState::Reopened;
        }
    }
    Ok(Some(FindingChanges {
        new,
        fixed: side(before, &difference.fixed, FindingState::Fixed)?,
        moved: u64::try_from(difference.moved.len()).unwrap_or(u64::MAX),
        existing: difference.existing,
        reopened: reopened.len(),
        in_changed_lines: count_in_changed_lines(scope, after, &difference.new)?,
    }))
}

// The worst first, as many as are shown.
fn worst(columns: &FindingColumns, findings: &RoaringBitmap) -> Vec<FindingId> {
    let severity = |id: FindingId| columns.place(id).map_or(Severity::Unknown, |(_, severity)| severity);
    let mut sorted: Vec<FindingId> = findings.iter().map(FindingId).collect();
    sorted.sort_by_cached_key(|id| (Reverse(severity(*id)), *id));
    sorted.truncate(SHOWN_AT_MOST);
    sorted
}

use std::cmp::Reverse;
use std::sync::Arc;

use plimsoll_api::{GridRow, GridRun, TestGrid, Timestamp};
use plimsoll_store::{ColumnKind, Run, StoreError};
use roaring::RoaringBitmap;
use serde::Deserialize;

use super::cache::digest;
use super::flaky::flaky_tests;
use super::test_names::test_names;
use super::{PageError, Scope, listing};

/// Rows where nothing is said, and at most.
const ROWS: (usize, usize) = (50, 200);
/// Columns where nothing is said, and at most.
const RUNS: (usize, usize) = (200, 500);
/// Runs by which the rows are found and ordered: the order must not change while somebody reads to older runs.
const ORDER_RUNS: usize = 200;

/// The query of `GET /projects/{project}/tests/grid`.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct GridParameters {
    /// The branch; the project's default branch if absent.
    pub branch: Option<String>,
    /// `failing` (in the newest run), `flaky` or `unstable` (failed in any of the last 200 runs).
    pub state: Option<String>,
    /// Only tests of this module, by its folder.
    pub module: Option<String>,
    /// Only tests with these words in suite, class or name, in any case.
    pub q: Option<String>,
    /// `failing` (failing, then flaky, then those that failed most often in the last 200 runs; the default) or `name`.
    pub sort: Option<String>,
    /// The first row, from 0.
    pub offset: Option<usize>,
    /// Rows; 50 if absent, at most 200.
    pub limit: Option<usize>,
    /// The first column, from 0 for the newest run.
    pub run_offset: Option<usize>,
    /// Columns; 200 if absent, at most 500.
    pub runs: Option<usize>,
}

/// The tests of one run as the grid needs them.
#[derive(Debug, Default)]
pub(super) struct GridColumn {
    present: RoaringBitmap,
    failed: RoaringBitmap,
    errored: RoaringBitmap,
    skipped: RoaringBitmap,
    reported: RoaringBitmap,
}

impl GridColumn {
    /// All tests of the run.
    pub(super) fn present(&self) -> &RoaringBitmap {
        &self.present
    }

    fn letter(&self, test: u32) -> char {
        match test {
            test if !self.present.contains(test) => '.',
            test if self.errored.contains(test) => 'e',
            test if self.failed.contains(test) => 'f',
            test if self.skipped.contains(test) => 's',
            test if self.reported.contains(test) => 'r',
            _ => 'p',
        }
    }
}

/// All tests of the last runs, in the order of the grid.
#[derive(Debug, Default)]
pub(super) struct GridOrder {
    tests: Vec<u32>,
    failing: RoaringBitmap,
    unstable: RoaringBitmap,
    flaky: RoaringBitmap,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Failing,
    Flaky,
    Unstable,
}

const STATES: [(&str, State); 3] =
    [("failing", State::Failing), ("flaky", State::Flaky), ("unstable", State::Unstable)];

/// A part of the grid of tests and runs.
///
/// # Errors
/// Where a parameter is wrong or the store fails.
pub fn find_grid(scope: &Scope<'_>, parameters: &GridParameters) -> Result<TestGrid, PageError> {
    let limit = within("limit", parameters.limit, ROWS)?;
    let columns = within("runs", parameters.runs, RUNS)?;
    let (offset, run_offset) =
        (parameters.offset.unwrap_or_default(), parameters.run_offset.unwrap_or_default());
    let sorts = [("failing", false), ("name", true)];
    let is_by_name = listing::word("sort", parameters.sort.as_deref(), &sorts)?.unwrap_or(false);
    let state = listing::word("state", parameters.state.as_deref(), &STATES)?;
    let given = parameters.branch.as_deref().filter(|branch| !branch.is_empty());
    let branch = given.unwrap_or(&scope.project.default_branch);

    let wanted = run_offset.saturating_add(columns).max(ORDER_RUNS);
    let runs = scope.complete_runs(branch, wanted)?;
    let order = order(scope, runs.get(..ORDER_RUNS).unwrap_or(&runs))?;
    let rows = select(scope, &order, parameters, state, is_by_name)?;
    let shown_rows = part(&rows, offset, limit);
    let shown_runs = part(&runs, run_offset, columns);
    let columns =
        shown_runs.iter().map(|run| read_column(scope, run)).collect::<Result<Vec<_>, StoreError>>()?;
    let total_runs = match runs.len() < wanted {
        true => runs.len() as u64,
        false => scope.reader.count_complete_runs(scope.project.id, branch)?,
    };
    Ok(TestGrid {
        total: rows.len() as u64,
        total_runs,
        offset: offset as u64,
        run_offset: run_offset as u64,
        runs: shown_runs.iter().map(column_head).collect(),
        rows: named_rows(scope, shown_rows, &columns, &order.flaky)?,
    })
}

fn within(
    name: &'static str,
    asked: Option<usize>,
    (usual, most): (usize, usize),
) -> Result<usize, PageError> {
    match asked.unwrap_or(usual) {
        asked if (1..=most).contains(&asked) => Ok(asked),
        asked => {
            let message = format!("{asked} is not between 1 and {most}");
            Err(PageError::BadParameter { name, message })
        }
    }
}

fn part<T>(all: &[T], offset: usize, limit: usize) -> &[T] {
    let rest = all.get(offset.min(all.len())..).unwrap_or_default();
    rest.get(..limit).unwrap_or(rest)
}

fn column_head(run: &Run) -> GridRun {
    GridRun { run: run.number.0, commit: run.commit.clone(), created_at: Timestamp(run.created_at) }
}

pub(super) fn read_column(scope: &Scope<'_>, run: &Run) -> Result<Arc<GridColumn>, StoreError> {
    scope.cache.grid_columns(scope.key(run)?, || {
        let read = |kind| -> Result<RoaringBitmap, StoreError> {
            let found = scope.reader.read_bitmaps(scope.project.id, kind, &[run.number])?;
            Ok(found.into_iter().flatten().next().map(|bitmap| (*bitmap).clone()).unwrap_or_default())
        };
        Ok::<_, StoreError>(GridColumn {
            present: read(ColumnKind::TestsPresent)?,
            failed: read(ColumnKind::TestsFailed)?,
            errored: read(ColumnKind::TestsErrored)?,
            skipped: read(ColumnKind::TestsSkipped)?,
            reported: read(ColumnKind::TestsFlaky)?,
        })
    })
}

// Failing now, then flaky, then by failures, then as they were first seen.
fn order(scope: &Scope<'_>, runs: &[Run]) -> Result<Arc<GridOrder>, StoreError> {
    let Some(newest) = runs.first() else { return Ok(Arc::default()) };
    let flaky = flaky_tests(scope, newest)?;
    let keys = runs.iter().map(|run| scope.key(run)).collect::<Result<Vec<_>, _>>()?;
    let key = (scope.project.id, digest(&(keys, flaky.tests.iter().collect::<Vec<_>>())));
    scope.cache.grid_orders(key, || {
        let mut order = GridOrder { flaky: flaky.tests.clone(), ..GridOrder::default() };
        let mut all = RoaringBitmap::new();
        let mut failures: Vec<u16> = Vec::new();
        for (at, run) in runs.iter().enumerate() {
            let column = read_column(scope, run)?;
            all |= &column.present;
            let bad = &column.failed | &column.errored;
            for test in &bad {
                let test = usize::try_from(test).unwrap_or_default();
                if failures.len() <= test {
                    failures.resize(test + 1, 0);
                }
                if let Some(count) = failures.get_mut(test) {
                    *count += 1;
                }
            }
            order.unstable |= &bad;
            if at == 0 {
                order.failing = bad;
            }
        }
        let failures_of =
            |test: u32| usize::try_from(test).ok().and_then(|test| failures.get(test)).copied().unwrap_or(0);
        order.tests = all.into_iter().collect();
        order.tests.sort_by_key(|test| {
            let rank = (order.failing.contains(*test), order.flaky.contains(*test));
            Reverse((rank, failures_of(*test)))
        });
        Ok::<_, StoreError>(order)
    })
}

fn select(
    scope: &Scope<'_>,
    order: &GridOrder,
    parameters: &GridParameters,
    state: Option<State>,
    is_by_name: bool,
) -> Result<Vec<u32>, StoreError> {
    let project = scope.project.id;
    let mut keep: Option<RoaringBitmap> = state.map(|state| match state {
        State::Failing => order.failing.clone(),
        State::Flaky => order.flaky.clone(),
        State::Unstable => order.unstable.clone(),
    });
    if let Some(module) = parameters.module.as_deref().filter(|module| !module.is_empty()) {
        let of_module = match scope.module_id(module)? {
            Some(module) => scope.reader.tests_of_module(project, module)?,
            None => RoaringBitmap::new(),
        };
        keep = Some(keep.map_or(of_module.clone(), |keep| keep & of_module));
    }
    let is_kept = |test: &u32| keep.as_ref().is_none_or(|keep| keep.contains(*test));
    let mut tests: Vec<u32> = order.tests.iter().copied().filter(is_kept).collect();
    let words = parameters.q.as_deref().map(str::trim).filter(|words| !words.is_empty());
    if words.is_some() || is_by_name {
        let mut kept: RoaringBitmap = tests.iter().copied().collect();
        let names = test_names(scope, &kept)?;
        if let Some(words) = words.map(str::to_lowercase) {
            kept &= names.with_words(&words);
        }
        if is_by_name {
            return Ok(names.sorted(&kept).into_iter().map(|test| test.0).collect());
        }
        tests.retain(|test| kept.contains(*test));
    }
    Ok(tests)
}

fn named_rows(
    scope: &Scope<'_>,
    tests: &[u32],
    columns: &[Arc<GridColumn>],
    flaky: &RoaringBitmap,
) -> Result<Vec<GridRow>, StoreError> {
    let infos = scope.reader.list_tests(scope.project.id, &tests.iter().copied().collect())?;
    let row = |test: &u32| {
        let at = infos.binary_search_by_key(test, |info| info.id.0).ok()?;
        let info = infos.get(at)?;
        Some(GridRow {
            id: u64::from(*test),
            class: if info.class.is_empty() { info.suite.clone() } else { info.class.clone() },
            name: info.name.clone(),
            is_flaky: flaky.contains(*test),
            cells: columns.iter().map(|column| column.letter(*test)).collect(),
        })
    };
    Ok(tests.iter().filter_map(row).collect())
}

use std::collections::HashMap;
use std::sync::Arc;

use plimsoll_api::{ChangeCounts, ModuleChange, ModulePage, ModuleRow, Page, Timestamp, Trend, TrendPoint};
use plimsoll_store::{Measured, Module, ModuleId, Run, StoreError};
use serde::Deserialize;

use super::budgets::module_durations;
use super::changes::{Changes, change_counts_by_module, changes};
use super::churn::{Churn, read_churn};
use super::measures::{coverage_counts, measures};
use super::reviews::Reviews;
use super::{PageError, Scope};

/// Runs in a sparkline.
pub(super) const TREND_RUNS: usize = 30;
/// Runs in a module's history where nothing is said.
const DEFAULT_HISTORY: usize = 200;
/// Runs in a module's history at most.
const LARGEST_HISTORY: usize = 1000;

/// The query of `GET /projects/{project}/module`.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ModuleParameters {
    /// The module's folder; `.` for the root.
    pub path: String,
    /// The branch; the project's default branch if absent.
    pub branch: Option<String>,
    /// Runs in the history; 200 if absent, at most 1000.
    pub limit: Option<usize>,
}

/// Runs whose changes are computed at once at most: each is a comparison of two runs.
const LARGEST_CHANGES: usize = 200;

/// What a sparkline needs of a module in one run: so little that a thousand runs fit into memory.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct TrendValues {
    coverage: Option<f32>,
    failing: Option<u32>,
    code: Option<u32>,
    security: Option<u32>,
}

/// A module with its history on a branch.
///
/// # Errors
/// Where a parameter is wrong, the branch has no complete run or the run no such module, or the store fails.
pub fn find_module(scope: &Scope<'_>, parameters: &ModuleParameters) -> Result<ModulePage, PageError> {
    let limit = parameters.limit(DEFAULT_HISTORY, LARGEST_HISTORY)?;
    let branch = parameters.branch(scope);
    let mut runs = scope.complete_runs(branch, limit)?;
    let missing = |run: u64| PageError::ModuleNotFound { run, path: parameters.path.clone() };
    let run = runs.first().cloned().ok_or_else(|| missing(0))?;
    let found = scope.reader.find_module(scope.project.id, &parameters.path)?;
    let module = found.ok_or_else(|| missing(run.number.0))?;
    let measured = scope.measured_of(&run, module.id)?;
    let measured = measured.ok_or_else(|| missing(run.number.0))?;

    runs.reverse();
    let values = scope.trend_of(module.id, &runs)?;
    let history: Vec<(&Run, Option<Measured>)> = runs.iter().zip(values).collect();
    let sparkline = history.get(history.len().saturating_sub(TREND_RUNS)..).unwrap_or_default();
    let facts = Facts::read(scope, &run)?;
    let children = children(scope, &run, &facts, &module)?;
    let row = facts.row(
        &module,
        &measured,
        trend(sparkline.iter().map(|(run, measured)| (run.number.0, measured.as_ref().map(trend_values)))),
    );
    let history = history
        .iter()
        .filter_map(|(run, measured)| {
            Some(TrendPoint {
                run: run.number.0,
                commit: run.commit.clone(),
                created_at: Timestamp(run.created_at),
                measures: measures(measured.as_ref()?),
            })
        })
        .collect();
    let durations = module_durations(scope, &run, &module, facts.changes.as_deref())?;
    Ok(ModulePage { module: row, run: run.number.0, branch: branch.to_owned(), history, children, durations })
}

impl ModuleParameters {
    fn limit(&self, default: usize, most: usize) -> Result<usize, PageError> {
        let limit = self.limit.unwrap_or(default);
        if (1..=most).contains(&limit) {
            return Ok(limit);
        }
        let message = format!("{limit} is not between 1 and {most}");
        Err(PageError::BadParameter { name: "limit", message })
    }

    fn branch<'a>(&'a self, scope: &'a Scope<'_>) -> &'a str {
        let given = self.branch.as_deref().filter(|branch| !branch.is_empty());
        given.unwrap_or(&scope.project.default_branch)
    }
}

/// What changed in a module in each run of a branch against that run's baseline, oldest first.
///
/// # Errors
/// Where a parameter is wrong, no run ever had such a module, or the store fails.
pub fn list_module_changes(
    scope: &Scope<'_>,
    parameters: &ModuleParameters,
) -> Result<Page<ModuleChange>, PageError> {
    let limit = parameters.limit(TREND_RUNS, LARGEST_CHANGES)?;
    let found = scope.reader.find_module(scope.project.id, &parameters.path)?;
    let module = found.ok_or_else(|| PageError::ModuleNotFound { run: 0, path: parameters.path.clone() })?.id;
    let mut runs = scope.complete_runs(parameters.branch(scope), limit)?;
    runs.reverse();
    let items = runs
        .iter()
        .map(|run| {
            let baseline = scope.baseline(run)?;
            let changes = baseline.map(|baseline| -> Result<ChangeCounts, StoreError> {
                let by_module = change_counts_by_module(scope, &baseline, run)?;
                Ok(by_module.get(&module).copied().unwrap_or_default())
            });
            Ok(ModuleChange { run: run.number.0, changes: changes.transpose()? })
        })
        .collect::<Result<Vec<_>, StoreError>>()?;
    let total = u64::try_from(items.len()).unwrap_or(u64::MAX);
    Ok(Page { items, next: None, total })
}

// The modules in folders below a module's, as of a run.
fn children(scope: &Scope<'_>, run: &Run, facts: &Facts, of: &Module) -> Result<Vec<ModuleRow>, StoreError> {
    let folder = format!("{}/", of.path);
    let is_below = |path: &str| if of.path == "." { path != "." } else { path.starts_with(&folder) };
    let modules = scope.modules()?;
    let mut rows: Vec<ModuleRow> = scope
        .measured(run)?
        .iter()
        .filter(|(id, _)| *id != ModuleId::WHOLE)
        .filter_map(|(id, measured)| Some((modules.get(id)?, measured)))
        .filter(|(module, _)| is_below(&module.path))
        .map(|(module, measured)| facts.row(module, measured, Trend::default()))
        .collect();
    rows.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(rows)
}

// Every module of a run, by path. `trend_of` are the runs of the sparklines, oldest first.
pub(super) fn module_rows(
    scope: &Scope<'_>,
    run: &Run,
    trend_of: &[Run],
) -> Result<Vec<ModuleRow>, StoreError> {
    let facts = Facts::read(scope, run)?;
    let reviews = scope.reviews(run)?;
    let values = trend_of
        .iter()
        .map(|run| Ok((run.number.0, run_values(scope, run, &reviews)?)))
        .collect::<Result<Vec<_>, StoreError>>()?;
    let modules = scope.modules()?;
    let mut rows: Vec<ModuleRow> = scope
        .measured(run)?
        .iter()
        .filter(|(id, _)| *id != ModuleId::WHOLE)
        .filter_map(|(id, measured)| {
            let points = values.iter().map(|(run, values)| (*run, values.get(id).copied()));
            Some(facts.row(modules.get(id)?, measured, trend(points)))
        })
        .collect();
    rows.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(rows)
}

// The runs of a branch up to a run, oldest first, the run itself the last: what a sparkline shows.
pub(super) fn trend_runs(scope: &Scope<'_>, run: &Run) -> Result<Vec<Run>, StoreError> {
    let mut runs = scope.complete_runs_before(&run.branch, Some(run.number), TREND_RUNS - 1)?;
    runs.retain(|other| (other.created_at, other.number) < (run.created_at, run.number));
    runs.reverse();
    runs.push(run.clone());
    Ok(runs)
}

// The project as a whole, over the same runs.
pub(super) fn project_trend(scope: &Scope<'_>, oldest_first: &[Run]) -> Result<Trend, StoreError> {
    let values = scope.trend_of(ModuleId::WHOLE, oldest_first)?;
    Ok(trend(
        oldest_first
            .iter()
            .zip(values)
            .map(|(run, measured)| (run.number.0, measured.as_ref().map(trend_values))),
    ))
}

fn run_values(
    scope: &Scope<'_>,
    run: &Run,
    reviews: &Reviews,
) -> Result<Arc<HashMap<ModuleId, TrendValues>>, StoreError> {
    scope.cache.trends(scope.counted_key_by(run, reviews)?, || {
        let measured = scope.list_measured_by(run, reviews)?;
        Ok::<_, StoreError>(
            measured.iter().map(|(module, measured)| (*module, trend_values(measured))).collect(),
        )
    })
}

fn trend_values(measured: &Measured) -> TrendValues {
    let count = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a sparkline needs no more than the digits of a single float"
    )]
    let coverage = |percent: f64| percent as f32;
    TrendValues {
        coverage: measured
            .coverage
            .as_ref()
            .and_then(|totals| coverage_counts(totals).line_percent())
            .map(coverage),
        failing: measured.tests.map(|tests| count(tests.failed + tests.errored)),
        code: measured.code.map(|findings| count(findings.total())),
        security: measured.security.map(|findings| count(findings.total())),
    }
}

fn trend(points: impl Iterator<Item = (u64, Option<TrendValues>)>) -> Trend {
    let mut trend = Trend::default();
    for (run, values) in points {
        let values = values.unwrap_or_default();
        trend.runs.push(run);
        // Hundredths of a percent: enough for a line, and the same text on every machine.
        let coverage = values.coverage.map(|percent| (f64::from(percent) * 100.0).round() / 100.0);
        trend.coverage.push(coverage);
        trend.failing.push(values.failing.map(u64::from));
        trend.code.push(values.code.map(u64::from));
        trend.security.push(values.security.map(u64::from));
    }
    trend
}

// What the rows of all modules of one run share.
struct Facts {
    changes: Option<Arc<Changes>>,
    churn: Option<Arc<Churn>>,
}

impl Facts {
    fn read(scope: &Scope<'_>, run: &Run) -> Result<Self, StoreError> {
        let baseline = scope.baseline(run)?;
        let changes = baseline.map(|baseline| changes(scope, &baseline, run)).transpose()?;
        Ok(Self { changes, churn: read_churn(scope, run)? })
    }

    fn row(&self, module: &Module, measured: &Measured, trend: Trend) -> ModuleRow {
        let changes = self.changes.as_ref();
        ModuleRow {
            path: module.path.clone(),
            name: module.name.clone(),
            measures: measures(measured),
            changes: changes.map(|changes| changes.by_module.get(&module.id).copied().unwrap_or_default()),
            trend,
            commits: self
                .churn
                .as_ref()
                .map(|churn| churn.modules.get(&module.id).map_or(0, |changed| changed.commits)),
            gate: None,
        }
    }
}

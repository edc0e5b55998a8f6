use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use plimsoll_analysis::hotspots::{Exposure, Heat, explain, finding_weight, rank_hotspots};
use plimsoll_api::{Hotspot, Page, SeverityCounts};
use plimsoll_model::Severity;
use plimsoll_store::{FindingColumns, FindingTotals, Measured, ModuleId, PathId, Run, StoreError};
use roaring::RoaringBitmap;
use serde::Deserialize;

use super::cache::digest;
use super::churn::{Churn, read_churn};
use super::flaky::flaky_tests;
use super::scope::Places;
use super::test_rows::test_columns;
use super::{PageError, Scope, listing};

/// The query of `GET /projects/{project}/hotspots`.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct HotspotParameters {
    /// The branch; the project's default branch if absent.
    pub branch: Option<String>,
    /// `files` (the default) or `modules`.
    pub of: Option<String>,
    /// Only files of this module, by its folder.
    pub module: Option<String>,
    /// Where to read on: `next` of the page before.
    pub after: Option<String>,
    /// Rows; 100 if absent, at most 500.
    pub limit: Option<usize>,
}

/// What changes often and is weakly guarded in the newest complete run of a branch, the hottest first. Empty without
/// a complete run or a change log.
///
/// # Errors
/// Where a parameter is wrong or the store fails.
pub fn list_hotspots(scope: &Scope<'_>, parameters: &HotspotParameters) -> Result<Page<Hotspot>, PageError> {
    let limit = listing::limit(parameters.limit)?;
    let words = [("files", false), ("modules", true)];
    let of_modules = listing::word("of", parameters.of.as_deref(), &words)?.unwrap_or(false);
    let given = parameters.branch.as_deref().filter(|branch| !branch.is_empty());
    let branch = given.unwrap_or(&scope.project.default_branch);
    let Some(run) = scope.latest_run(branch)? else {
        return Ok(Page { items: Vec::new(), next: None, total: 0 });
    };
    let ranking = if of_modules { rank_modules(scope, &run)? } else { rank_files(scope, &run)? };
    let module = parameters.module.as_deref().filter(|module| !module.is_empty());
    let shown: Vec<&Hot> =
        ranking.iter().filter(|hot| module.is_none_or(|module| hot.module == module)).collect();
    listing::page(
        &shown,
        |hot| hot.id,
        parameters.after.as_deref(),
        limit,
        |part| Ok(part.iter().map(|hot| hot.row()).collect()),
    )
}

// The hottest files of a run.
pub(super) fn hottest_files(scope: &Scope<'_>, run: &Run, limit: usize) -> Result<Vec<Hotspot>, StoreError> {
    Ok(rank_files(scope, run)?.iter().take(limit).map(Hot::row).collect())
}

// How hot one file is; `None` without churn.
pub(super) fn heat_of_file(
    scope: &Scope<'_>,
    run: &Run,
    path: PathId,
) -> Result<Option<Hotspot>, StoreError> {
    Ok(rank_files(scope, run)?.iter().find(|hot| hot.id == u64::from(path.0)).map(Hot::row))
}

/// A place in the ranking, with what its row says.
pub(super) struct Hot {
    id: u64,
    path: String,
    module: String,
    exposure: Exposure,
    heat: Heat,
    churned_lines: u64,
    findings: u64,
}

impl Hot {
    fn row(&self) -> Hotspot {
        Hotspot {
            path: self.path.clone(),
            module: self.module.clone(),
            score: self.heat.score,
            parts: self.heat.parts,
            commits: self.exposure.commits,
            churned_lines: self.churned_lines,
            lines: self.exposure.lines.map(|(lines, _)| lines),
            lines_uncovered: self.exposure.lines.map(|(_, uncovered)| uncovered),
            findings: self.findings,
            why: explain(&self.exposure, &self.heat, self.findings),
        }
    }
}

// A file's heat depends on all others, so the ranking is made as a whole, and kept.
fn rank_files(scope: &Scope<'_>, run: &Run) -> Result<Arc<Vec<Hot>>, StoreError> {
    let Some(churn) = read_churn(scope, run)? else { return Ok(Arc::default()) };
    let flaky = flaky_tests(scope, run)?;
    let changed: u64 = churn.files.values().map(|file| file.commits + file.lines).sum();
    let others = digest(&(flaky.tests.iter().collect::<Vec<_>>(), churn.files.len(), changed));
    scope.cache.hotspots((scope.counted_key(run)?, others), || make_ranking(scope, run, &churn))
}

fn make_ranking(scope: &Scope<'_>, run: &Run, churn: &Churn) -> Result<Vec<Hot>, StoreError> {
    let project = scope.project.id;
    let files = scope.reader.read_files(project, run.number)?;
    let coverage = scope.reader.read_coverage(project, run.number)?;
    let severities = match scope.findings(run)? {
        Some(columns) => Some(severities_by_path(scope, run, &columns)?),
        None => None,
    };
    let instability = Instability::read(scope, run)?;

    // Files that are gone are no place to look at.
    let is_there = |path: &PathId| files.as_ref().is_none_or(|files| files.contains(path.0));
    let mut ids: Vec<PathId> = churn.files.keys().copied().filter(is_there).collect();
    // Files with findings that did not change take part in the percentiles of findings.
    let changed = ids.len();
    if let Some(severities) = &severities {
        ids.extend(severities.keys().filter(|path| !churn.files.contains_key(path)).copied());
    }
    if let Some(changed) = ids.get_mut(..changed) {
        changed.sort_unstable();
    }
    let places = scope.places(&ids.iter().map(|path| path.0).collect())?;
    let exposures: Vec<Exposure> = ids
        .iter()
        .map(|path| Exposure {
            commits: churn.files.get(path).map_or(0, |file| file.commits),
            lines: coverage.as_ref().and_then(|coverage| coverage.find(*path)).map(|entry| {
                (entry.totals.lines, entry.totals.lines.saturating_sub(entry.totals.lines_covered))
            }),
            finding_weight: severities
                .as_ref()
                .map(|severities| severities.get(path).map_or(0.0, finding_weight)),
            tests: instability.of_file(*path, &places),
        })
        .collect();
    let hot = rank_hotspots(&exposures).into_iter().filter_map(|heat| {
        let path = *ids.get(heat.at)?;
        let place = places.get(path)?;
        Some(Hot {
            id: u64::from(path.0),
            path: place.path.clone(),
            module: place.module_path.clone().unwrap_or_else(|| ".".to_owned()),
            exposure: *exposures.get(heat.at)?,
            heat,
            churned_lines: churn.files.get(&path).map_or(0, |file| file.lines),
            findings: severities.as_ref().and_then(|all| all.get(&path)).map_or(0, total),
        })
    });
    Ok(hot.collect())
}

fn rank_modules(scope: &Scope<'_>, run: &Run) -> Result<Arc<Vec<Hot>>, StoreError> {
    let Some(churn) = read_churn(scope, run)? else { return Ok(Arc::default()) };
    let modules = scope.modules()?;
    let measured = scope.measured(run)?;
    let rows: Vec<&(ModuleId, Measured)> =
        measured.iter().filter(|(module, _)| *module != ModuleId::WHOLE).collect();
    let exposures: Vec<Exposure> = rows
        .iter()
        .map(|(module, measured)| Exposure {
            commits: churn.modules.get(module).map_or(0, |changed| changed.commits),
            lines: measured
                .coverage
                .map(|counts| (counts.lines, counts.lines.saturating_sub(counts.lines_covered))),
            finding_weight: weight_of(measured),
            tests: measured.tests.map(|tests| {
                // A test that fails may be one of the flaky ones: together they are at least as many as either.
                (tests.total, (tests.failed + tests.errored).max(measured.flaky.unwrap_or(0)))
            }),
        })
        .collect();
    let hot = rank_hotspots(&exposures).into_iter().filter_map(|heat| {
        let (id, measured) = rows.get(heat.at)?;
        let module = modules.get(id)?;
        Some(Hot {
            id: u64::from(id.0),
            path: module.path.clone(),
            module: module.path.clone(),
            exposure: *exposures.get(heat.at)?,
            heat,
            churned_lines: churn.modules.get(id).map_or(0, |changed| changed.lines),
            findings: [measured.code, measured.security]
                .into_iter()
                .flatten()
                .map(|found| found.total())
                .sum(),
        })
    });
    Ok(Arc::new(hot.collect()))
}

fn weight_of(measured: &Measured) -> Option<f64> {
    let weight = |totals: &FindingTotals| {
        finding_weight(&SeverityCounts {
            critical: totals.critical,
            high: totals.high,
            medium: totals.medium,
            low: totals.low,
            info: totals.info,
            unknown: totals.unknown,
        })
    };
    match (&measured.code, &measured.security) {
        (None, None) => None,
        (code, security) => Some(code.as_ref().map_or(0.0, weight) + security.as_ref().map_or(0.0, weight)),
    }
}

// Findings that count, by file and severity.
fn severities_by_path(
    scope: &Scope<'_>,
    run: &Run,
    columns: &FindingColumns,
) -> Result<BTreeMap<PathId, SeverityCounts>, StoreError> {
    let keys = scope.finding_keys(run, columns)?;
    let severities: HashMap<u32, Severity> =
        columns.present.iter().zip(columns.severities.iter().copied()).collect();
    let mut counts: BTreeMap<PathId, SeverityCounts> = BTreeMap::new();
    let counting = columns.counting();
    for key in keys.iter().filter(|key| counting.contains(key.id.0)) {
        let Some(path) = key.path else { continue };
        let of_path = counts.entry(path).or_default();
        let count = match severities.get(&key.id.0).copied().unwrap_or(Severity::Unknown) {
            Severity::Critical => &mut of_path.critical,
            Severity::High => &mut of_path.high,
            Severity::Medium => &mut of_path.medium,
            Severity::Low => &mut of_path.low,
            Severity::Info => &mut of_path.info,
            Severity::Unknown => &mut of_path.unknown,
        };
        *count += 1;
    }
    Ok(counts)
}

fn total(counts: &SeverityCounts) -> u64 {
    counts.critical + counts.high + counts.medium + counts.low + counts.info + counts.unknown
}

// Tests that fail or are flaky: of a file those that it holds itself, else those of its module.
struct Instability {
    of_file: HashMap<PathId, (u64, u64)>,
    of_module: HashMap<ModuleId, (u64, u64)>,
}

impl Instability {
    fn read(scope: &Scope<'_>, run: &Run) -> Result<Self, StoreError> {
        let project = scope.project.id;
        let mut instability = Self { of_file: HashMap::new(), of_module: HashMap::new() };
        for (module, measured) in scope.measured(run)?.iter() {
            if let Some(tests) = measured.tests.filter(|tests| tests.total > 0) {
                instability.of_module.insert(*module, (tests.total, 0));
            }
        }
        let columns = test_columns(scope, run)?;
        let unstable = (&flaky_tests(scope, run)?.tests & &columns.present) | columns.failing();
        let mut in_file: HashMap<PathId, RoaringBitmap> = HashMap::new();
        for test in scope.reader.list_tests(project, &unstable)? {
            if let Some((_, count)) = test.module.and_then(|module| instability.of_module.get_mut(&module)) {
                *count += 1;
            }
            if let Some(path) = test.path {
                in_file.entry(path).or_default().insert(test.id.0);
            }
        }
        for (path, unstable) in in_file {
            let all = scope.reader.tests_of_path(project, path)? & &columns.present;
            instability.of_file.insert(path, (all.len(), unstable.len()));
        }
        Ok(instability)
    }

    fn of_file(&self, path: PathId, places: &Places) -> Option<(u64, u64)> {
        let own = self.of_file.get(&path);
        let module = places.module(Some(path)).and_then(|module| self.of_module.get(&module));
        own.or(module).copied()
    }
}

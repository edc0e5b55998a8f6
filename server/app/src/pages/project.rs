use plimsoll_analysis::headline::{Facts, NewSevere, write_headline};
use plimsoll_api::{ChangeCounts, HeadlineItem, ModuleRow, Page, ProjectPage, ProjectSummary};
use plimsoll_store::{ModuleId, Reader, Run, RunFilter, StoreError};

use super::budgets::over_budget;
use super::changes::changes;
use super::flaky::flaky_tests;
use super::gate::gate_of_run;
use super::hotspots::hottest_files;
use super::modules::{TREND_RUNS, module_rows, project_trend, trend_runs};
use super::runs::summary;
use super::{PageCache, PageError, Scope};

const BRANCHES: usize = 50;
const HOTSPOTS: usize = 10;
const LATEST_RUNS: usize = 10;

/// All projects, by name.
///
/// # Errors
/// Where the store fails.
pub fn list_projects(reader: &Reader<'_>, cache: &PageCache) -> Result<Page<ProjectSummary>, PageError> {
    let mut projects = reader.list_projects()?;
    projects.sort_by(|a, b| a.name.cmp(&b.name));
    let items = projects
        .into_iter()
        .map(|project| {
            let scope = Scope::of(reader, cache, project);
            let branch = scope.project.default_branch.clone();
            project_summary(&scope, scope.latest_run(&branch)?.as_ref())
        })
        .collect::<Result<Vec<_>, StoreError>>()?;
    let total = u64::try_from(items.len()).unwrap_or(u64::MAX);
    Ok(Page { items, next: None, total })
}

fn project_summary(scope: &Scope<'_>, latest: Option<&Run>) -> Result<ProjectSummary, StoreError> {
    let mut runs = scope.complete_runs(&scope.project.default_branch, TREND_RUNS)?;
    runs.reverse();
    Ok(ProjectSummary {
        project: scope.project.name.clone(),
        name: scope.project.title.clone(),
        default_branch: scope.project.default_branch.clone(),
        latest: latest.map(|run| summary(scope, run)).transpose()?,
        trend: project_trend(scope, &runs)?,
        runs: scope.reader.count_runs(scope.project.id, None)?,
    })
}

/// The state of a branch: the project's default branch if none is named.
///
/// # Errors
/// Where the store fails. A branch without a complete run is no error: the page says so.
pub fn find_project(scope: &Scope<'_>, branch: Option<&str>) -> Result<ProjectPage, PageError> {
    find_project_since(scope, branch, None)
}

/// The same, compared with the run of so many days ago instead of with the baseline.
///
/// # Errors
/// Where the store fails.
pub fn find_project_since(
    scope: &Scope<'_>,
    branch: Option<&str>,
    days: Option<u32>,
) -> Result<ProjectPage, PageError> {
    let default_branch = scope.project.default_branch.clone();
    let branch = branch.filter(|branch| !branch.is_empty()).unwrap_or(&default_branch).to_owned();
    let run = scope.latest_run(&branch)?;
    if let (Some(run), Some(days)) = (&run, days) {
        scope.compare_over_days(run, days)?;
    }
    let latest = if branch == default_branch { run.clone() } else { scope.latest_run(&default_branch)? };
    let runs = scope
        .reader
        .list_runs(scope.project.id, RunFilter::default(), LATEST_RUNS)?
        .iter()
        .map(|run| summary(scope, run))
        .collect::<Result<_, _>>()?;
    let mut page = ProjectPage {
        project: project_summary(scope, latest.as_ref())?,
        branches: scope.reader.list_branches(scope.project.id, BRANCHES)?,
        branch,
        run: None,
        baseline: None,
        gate: None,
        headline: Vec::new(),
        modules: Vec::new(),
        hotspots: Vec::new(),
        runs,
    };
    if let Some(run) = run {
        let baseline = scope.baseline(&run)?;
        page.modules = module_rows(scope, &run, &trend_runs(scope, &run)?)?;
        page.gate = Some(gate_of_run(scope, &run, &mut page.modules)?.summary);
        page.headline = headline(scope, &run, baseline.as_ref(), &page.modules)?;
        page.hotspots = hottest_files(scope, &run, HOTSPOTS)?;
        page.run = Some(summary(scope, &run)?);
        page.baseline = baseline.map(|baseline| summary(scope, &baseline)).transpose()?;
    }
    Ok(page)
}

// The state of a run in words.
pub(super) fn headline(
    scope: &Scope<'_>,
    run: &Run,
    baseline: Option<&Run>,
    modules: &[ModuleRow],
) -> Result<Vec<HeadlineItem>, StoreError> {
    let over_budget = over_budget(scope, run, baseline)?;
    let Some(baseline) = baseline else {
        let counts = ChangeCounts::default();
        let facts = Facts {
            run: run.number.0,
            baseline: None,
            counts: &counts,
            modules,
            new_severe: &[],
            newly_flaky: 0,
            over_budget: &over_budget,
        };
        return Ok(write_headline(&facts));
    };
    let changes = changes(scope, baseline, run)?;
    let mut new_severe = Vec::with_capacity(changes.new_severe.len());
    for (module, (critical, high)) in &changes.new_severe {
        // A scanner that names a package and no file says nothing of a module.
        let module = scope.module_path(Some(*module).filter(|module| *module != ModuleId::WHOLE))?;
        new_severe.push(NewSevere { module, critical: *critical, high: *high });
    }
    let newly_flaky = &flaky_tests(scope, run)?.tests - &flaky_tests(scope, baseline)?.tests;
    Ok(write_headline(&Facts {
        run: run.number.0,
        baseline: Some(baseline.number.0),
        counts: &changes.counts,
        modules,
        new_severe: &new_severe,
        newly_flaky: newly_flaky.len(),
        over_budget: &over_budget,
    }))
}

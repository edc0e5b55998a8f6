use std::collections::{BTreeMap, HashMap};

use plimsoll_analysis::flaky::{
    Flakiness, FlakyRun, HORIZON_RUNS, QuarantineStyle, find_flaky, flaky_candidates, quarantine_line,
};
use plimsoll_api::{FlakyEvidence, FlakyTest, Page};
use plimsoll_store::{ColumnKind, ModuleId, Run, RunFilter, RunNumber, StoreError, TestId, TestInfo};
use roaring::RoaringBitmap;
use serde::Deserialize;

use super::cache::digest;
use super::changes::read_test_bitmaps;
use super::{PageError, Scope, listing};

/// The tests that are flaky as of a run, with the evidence.
#[derive(Default)]
pub(super) struct FlakyTests {
    pub tests: RoaringBitmap,
    /// What is known of these, and of those that were flaky earlier.
    pub known: BTreeMap<u32, Flakiness>,
}

impl FlakyTests {
    pub(super) fn evidence(&self, test: TestId) -> Vec<FlakyEvidence> {
        self.known.get(&test.0).map(|flaky| flaky.evidence.clone()).unwrap_or_default()
    }
}

/// The query of `GET /projects/{project}/flaky`.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FlakyParameters {
    /// The branch; the project's default branch if absent.
    pub branch: Option<String>,
    /// `flaky` (the default), `recovered` (left the list after 20 clean passes) or `all`.
    pub state: Option<String>,
    /// Only tests of this module, by its folder.
    pub module: Option<String>,
    /// `json` (the default), or one test a line for a test runner: `text`, `pytest`, `nextest`, `jest` or `go`.
    pub format: Option<String>,
    /// Where to read on: `next` of the page before. Only for `json`; the others have all lines.
    pub after: Option<String>,
    /// Rows; 100 if absent, at most 500. Only for `json`.
    pub limit: Option<usize>,
}

/// What `GET /projects/{project}/flaky` answers.
pub enum FlakyList {
    /// A part of the list.
    Page(Page<FlakyTest>),
    /// One test a line.
    Text(String),
}

/// The tests that are flaky as of the newest complete run of a branch, those that fail most often first.
///
/// # Errors
/// Where a parameter is wrong or the store fails.
pub fn list_flaky(scope: &Scope<'_>, parameters: &FlakyParameters) -> Result<FlakyList, PageError> {
    let limit = listing::limit(parameters.limit)?;
    let states = [("flaky", (true, false)), ("recovered", (false, true)), ("all", (true, true))];
    let (is_flaky, is_recovered) =
        listing::word("state", parameters.state.as_deref(), &states)?.unwrap_or((true, false));
    let mut formats = vec![("json", None)];
    formats.extend(QuarantineStyle::ALL.map(|(word, style)| (word, Some(style))));
    let style = listing::word("format", parameters.format.as_deref(), &formats)?.flatten();

    let given = parameters.branch.as_deref().filter(|branch| !branch.is_empty());
    let branch = given.unwrap_or(&scope.project.default_branch);
    let known = match scope.latest_run(branch)? {
        Some(run) => flaky_tests(scope, &run)?,
        None => std::sync::Arc::default(),
    };
    let wanted = |flaky: &Flakiness| if flaky.evidence.is_empty() { is_recovered } else { is_flaky };
    let mut tests: RoaringBitmap =
        known.known.iter().filter(|(_, flaky)| wanted(flaky)).map(|(test, _)| *test).collect();
    if let Some(module) = parameters.module.as_deref().filter(|module| !module.is_empty()) {
        match scope.module_id(module)? {
            Some(module) => tests &= scope.reader.tests_of_module(scope.project.id, module)?,
            None => tests.clear(),
        }
    }
    let mut infos = scope.reader.list_tests(scope.project.id, &tests)?;
    if let Some(style) = style {
        return Ok(FlakyList::Text(quarantine(scope, style, &infos)?));
    }
    let failures = |info: &TestInfo| known.known.get(&info.id.0).map_or(0, |flaky| flaky.failures);
    infos.sort_by_cached_key(|info| (std::cmp::Reverse(failures(info)), info.id));
    let infos: Vec<&TestInfo> = infos.iter().collect();
    let after = parameters.after.as_deref();
    let page = listing::page(
        &infos,
        |info| u64::from(info.id.0),
        after,
        limit,
        |part| Ok(rows(scope, part, &known.known)?),
    )?;
    Ok(FlakyList::Page(page))
}

fn rows(
    scope: &Scope<'_>,
    infos: &[&TestInfo],
    known: &BTreeMap<u32, Flakiness>,
) -> Result<Vec<FlakyTest>, StoreError> {
    let places = scope.places(&infos.iter().filter_map(|info| info.path).map(|path| path.0).collect())?;
    let mut rows = Vec::with_capacity(infos.len());
    for info in infos {
        let Some(flaky) = known.get(&info.id.0) else { continue };
        rows.push(FlakyTest {
            id: u64::from(info.id.0),
            suite: info.suite.clone(),
            class: info.class.clone(),
            name: info.name.clone(),
            file: places.path(info.path),
            module: scope.module_path(info.module)?,
            evidence: flaky.evidence.clone(),
            results: flaky.results,
            failures: flaky.failures,
            last_failure: flaky.last_failure,
            clean_passes: flaky.clean_passes,
            recovered_in: flaky.recovered_in,
        });
    }
    Ok(rows)
}

fn quarantine(scope: &Scope<'_>, style: QuarantineStyle, infos: &[TestInfo]) -> Result<String, StoreError> {
    let places = scope.places(&infos.iter().filter_map(|info| info.path).map(|path| path.0).collect())?;
    let line = |info: &TestInfo| {
        let file = places.path(info.path);
        quarantine_line(style, &info.suite, &info.class, &info.name, file.as_deref())
    };
    let mut lines: Vec<String> = infos.iter().map(line).collect();
    lines.sort_unstable();
    lines.dedup();
    Ok(lines.into_iter().map(|line| line + "\n").collect())
}

// What the evidence is drawn from: the last runs of the default branch, and those of all branches, for commits that
// were built twice; up to the run, in the order of time.
fn evidence_runs(scope: &Scope<'_>, run: &Run) -> Result<Vec<Run>, StoreError> {
    let filter = RunFilter { before: Some(RunNumber(run.number.0 + 1)), ..RunFilter::default() };
    let own = RunFilter { branch: Some(&scope.project.default_branch), ..filter };
    let mut runs: BTreeMap<(i64, RunNumber), Run> = BTreeMap::new();
    for filter in [filter, own] {
        for run in scope.reader.list_runs(scope.project.id, filter, HORIZON_RUNS)? {
            runs.insert((run.created_at, run.number), run);
        }
    }
    Ok(runs.into_values().collect())
}

pub(super) fn flaky_tests(scope: &Scope<'_>, run: &Run) -> Result<std::sync::Arc<FlakyTests>, StoreError> {
    let runs = evidence_runs(scope, run)?;
    let keys = runs.iter().map(|run| scope.key(run)).collect::<Result<Vec<_>, _>>()?;
    scope.cache.flaky((scope.project.id, digest(&keys)), || find(scope, &runs))
}

fn find(scope: &Scope<'_>, runs: &[Run]) -> Result<FlakyTests, StoreError> {
    let numbers: Vec<RunNumber> = runs.iter().map(|run| run.number).collect();
    let bitmaps = read_test_bitmaps(scope, &runs.iter().collect::<Vec<_>>())?;
    let reported = scope.reader.read_bitmaps(scope.project.id, ColumnKind::TestsFlaky, &numbers)?;
    let changed = changed_modules(scope, runs)?;
    let none = RoaringBitmap::new();
    let samples: Vec<FlakyRun<'_>> = runs
        .iter()
        .zip(&bitmaps)
        .zip(&reported)
        .filter_map(|((run, bitmaps), reported)| {
            Some(FlakyRun {
                number: run.number.0,
                commit: &run.commit,
                is_default_branch: scope.is_on_branch(run, &scope.project.default_branch),
                tests: bitmaps.as_ref()?.sets(),
                reported: reported.as_deref().unwrap_or(&none),
                changed_modules: changed.get(&run.number),
            })
        })
        .collect();
    let candidates = scope.reader.list_tests(scope.project.id, &flaky_candidates(&samples))?;
    let modules: HashMap<u32, ModuleId> =
        candidates.into_iter().filter_map(|test| Some((test.id.0, test.module?))).collect();
    let known = find_flaky(&samples, |test| modules.get(&test).map(|module| module.0));
    let tests = known.iter().filter(|(_, flaky)| !flaky.evidence.is_empty()).map(|(test, _)| *test).collect();
    Ok(FlakyTests { tests, known })
}

// The modules that each run of the default branch changed: those of the commits in its change log that the run before it
// does not know. Runs without a change log, or after one without, are left out.
fn changed_modules(scope: &Scope<'_>, runs: &[Run]) -> Result<HashMap<RunNumber, RoaringBitmap>, StoreError> {
    let own: Vec<RunNumber> = runs
        .iter()
        .filter(|run| scope.is_on_branch(run, &scope.project.default_branch))
        .map(|run| run.number)
        .collect();
    let logs = scope.reader.read_bitmaps(scope.project.id, ColumnKind::Churn, &own)?;
    let new_commits: Vec<(RunNumber, RoaringBitmap)> = own
        .iter()
        .zip(&logs)
        .zip(logs.iter().skip(1))
        .zip(own.iter().skip(1))
        .filter_map(|(((_, before), now), run)| Some((*run, now.as_deref()? - before.as_deref()?)))
        .collect();
    let all = new_commits.iter().fold(RoaringBitmap::new(), |all, (_, commits)| all | commits);
    let sets = scope.reader.read_change_sets(scope.project.id, &all)?;
    let paths = sets.iter().flat_map(|set| &set.changes).map(|change| change.path.0).collect();
    let places = scope.places(&paths)?;
    let mut of_commit: HashMap<u32, RoaringBitmap> = HashMap::new();
    for set in &sets {
        let modules = set.changes.iter().filter_map(|change| places.module(Some(change.path)));
        of_commit.insert(set.commit.0, modules.map(|module| module.0).collect());
    }
    let modules_of = |commits: RoaringBitmap| {
        let mut modules = RoaringBitmap::new();
        for of_commit in commits.iter().filter_map(|commit| of_commit.get(&commit)) {
            modules |= of_commit;
        }
        modules
    };
    Ok(new_commits.into_iter().map(|(run, commits)| (run, modules_of(commits))).collect())
}
/// How many tests of a run are flaky as of it, in the whole project ([`ModuleId::WHOLE`]) and in each module: what
/// [`plimsoll_store::Writer::set_flaky`] takes. Nothing where the run has no tests.
///
/// # Errors
/// Where the store fails.
pub fn count_flaky(scope: &Scope<'_>, run: u64) -> Result<Vec<(ModuleId, u64)>, PageError> {
    let run = scope.run(run)?;
    let numbers = [run.number];
    let present = scope.reader.read_bitmaps(scope.project.id, ColumnKind::TestsPresent, &numbers)?;
    let Some(Some(present)) = present.first() else { return Ok(Vec::new()) };
    let flaky = &flaky_tests(scope, &run)?.tests & present.as_ref();
    let mut counts: BTreeMap<ModuleId, u64> = BTreeMap::from([(ModuleId::WHOLE, flaky.len())]);
    for (module, count) in by_module(scope, &flaky)? {
        counts.insert(module, count);
    }
    Ok(counts.into_iter().collect())
}

// How many of some tests each module has.
pub(super) fn by_module(
    scope: &Scope<'_>,
    tests: &RoaringBitmap,
) -> Result<HashMap<ModuleId, u64>, StoreError> {
    let mut counts = HashMap::new();
    for test in scope.reader.list_tests(scope.project.id, tests)? {
        if let Some(module) = test.module {
            *counts.entry(module).or_insert(0) += 1;
        }
    }
    Ok(counts)
}

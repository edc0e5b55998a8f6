use std::collections::{BTreeMap, HashMap};

use plimsoll_analysis::flaky::{FlakyRun, HORIZON_RUNS, find_flaky};
use plimsoll_api::FlakyEvidence;
use plimsoll_store::{ColumnKind, ModuleId, Run, RunFilter, RunNumber, StoreError};
use roaring::RoaringBitmap;

use super::cache::digest;
use super::changes::read_test_bitmaps;
use super::{PageError, Scope};

/// The tests that are flaky as of a run, with the evidence.
#[derive(Default)]
pub(super) struct FlakyTests {
    pub tests: RoaringBitmap,
    pub evidence: BTreeMap<u32, Vec<FlakyEvidence>>,
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
            })
        })
        .collect();
    let evidence = find_flaky(&samples);
    Ok(FlakyTests { tests: evidence.keys().copied().collect(), evidence })
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

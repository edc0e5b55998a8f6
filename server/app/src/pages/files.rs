use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use plimsoll_api::{CoverageCounts, FileRow, Page};
use plimsoll_store::{CoverageManifest, PathId, Run, StoreError};
use serde::Deserialize;

use super::churn::{Churn, read_churn};
use super::measures::{centipoints, coverage_counts};
use super::scope::Places;
use super::{PageError, Scope, listing};

/// The query of `GET /projects/{project}/runs/{run}/files`.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FileParameters {
    /// Only files of this module, by its folder.
    pub module: Option<String>,
    /// Only files with these words in the path, in any case.
    pub q: Option<String>,
    /// `path` (the default), `coverage` (the least first), `findings`, `commits` or `lines` (the most first).
    pub sort: Option<String>,
    /// Where to read on: `next` of the page before.
    pub after: Option<String>,
    /// Rows; 100 if absent, at most 500.
    pub limit: Option<usize>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    Path,
    Coverage,
    Findings,
    Commits,
    Lines,
}

const SORTS: &[(&str, Sort)] = &[
    ("path", Sort::Path),
    ("coverage", Sort::Coverage),
    ("findings", Sort::Findings),
    ("commits", Sort::Commits),
    ("lines", Sort::Lines),
];

/// The files of a run of which anything is known: coverage, findings or changes.
///
/// # Errors
/// Where a parameter is wrong, there is no such run, or the store fails.
pub fn list_files(
    scope: &Scope<'_>,
    run: u64,
    parameters: &FileParameters,
) -> Result<Page<FileRow>, PageError> {
    let limit = listing::limit(parameters.limit)?;
    let sort = listing::word("sort", parameters.sort.as_deref(), SORTS)?.unwrap_or(Sort::Path);
    let run = scope.run(run)?;
    let known = Known::read(scope, &run)?;
    let mut paths: BTreeSet<PathId> = known.paths();
    if let Some(module) = parameters.module.as_deref().filter(|module| !module.is_empty()) {
        let of_module = match scope.module_id(module)? {
            Some(module) => scope.reader.paths_of_module(scope.project.id, module)?,
            None => roaring::RoaringBitmap::new(),
        };
        paths.retain(|path| of_module.contains(path.0));
    }
    let places = scope.places(&paths.iter().map(|path| path.0).collect())?;
    if let Some(words) = parameters.q.as_deref().map(str::trim).filter(|words| !words.is_empty()) {
        let words = words.to_lowercase();
        paths
            .retain(|path| places.get(*path).is_some_and(|place| place.path.to_lowercase().contains(&words)));
    }
    let sorted = known.sort(paths, sort, &places);
    listing::page(
        &sorted,
        |path| u64::from(path.0),
        parameters.after.as_deref(),
        limit,
        |part| Ok(part.iter().filter_map(|path| known.row(*path, &places)).collect()),
    )
}

// What a run knows of files.
struct Known {
    now: CoverageManifest,
    then: Option<CoverageManifest>,
    findings: BTreeMap<PathId, FindingNumbers>,
    churn: Option<std::sync::Arc<Churn>>,
    // The run's file list: a file that changed but is not in it is gone.
    listed: Option<roaring::RoaringBitmap>,
}

#[derive(Default, Clone, Copy)]
struct FindingNumbers {
    all: u64,
    security: u64,
}

impl Known {
    fn read(scope: &Scope<'_>, run: &Run) -> Result<Self, StoreError> {
        let project = scope.project.id;
        let coverage = |run: &Run| scope.reader.read_coverage(project, run.number);
        let baseline = scope.baseline(run)?;
        let mut findings: BTreeMap<PathId, FindingNumbers> = BTreeMap::new();
        if let Some(columns) = scope.findings(run)? {
            let counting = columns.counting();
            for key in scope.finding_keys(run, &columns)?.iter().filter(|key| counting.contains(key.id.0)) {
                if let Some(path) = key.path {
                    let numbers = findings.entry(path).or_default();
                    numbers.all += 1;
                    numbers.security += u64::from(key.kind.is_security());
                }
            }
        }
        Ok(Self {
            now: coverage(run)?.unwrap_or_default(),
            then: baseline.as_ref().map(coverage).transpose()?.flatten(),
            findings,
            churn: read_churn(scope, run)?,
            listed: scope.reader.read_files(project, run.number)?,
        })
    }

    fn paths(&self) -> BTreeSet<PathId> {
        let changed = self.churn.iter().flat_map(|churn| churn.files.keys().copied());
        let there = changed.filter(|path| self.listed.as_ref().is_some_and(|listed| listed.contains(path.0)));
        self.now
            .files
            .iter()
            .map(|entry| entry.path)
            .chain(self.findings.keys().copied())
            .chain(there)
            .collect()
    }

    fn coverage(&self, path: PathId) -> Option<CoverageCounts> {
        self.now.find(path).map(|entry| coverage_counts(&entry.totals))
    }

    fn commits(&self, path: PathId) -> Option<u64> {
        self.churn.as_ref().map(|churn| churn.files.get(&path).map_or(0, |file| file.commits))
    }

    fn sort(&self, paths: BTreeSet<PathId>, sort: Sort, places: &Places) -> Vec<PathId> {
        let name: HashMap<PathId, Option<&str>> =
            paths.iter().map(|path| (*path, places.get(*path).map(|place| place.path.as_str()))).collect();
        let mut sorted: Vec<PathId> = paths.into_iter().collect();
        sorted.sort_by_key(|path| name.get(path).copied().flatten());
        match sort {
            Sort::Path => {}
            Sort::Coverage => sorted.sort_by_key(|path| {
                // Covered lines in ten-thousandths; files without coverage come last.
                let counts = self.coverage(*path);
                counts.map_or(u64::MAX, |counts| 10_000 * counts.lines_covered / counts.lines.max(1))
            }),
            Sort::Findings => {
                sorted.sort_by_key(|path| Reverse(self.findings.get(path).map_or(0, |found| found.all)))
            }
            Sort::Commits => sorted.sort_by_key(|path| Reverse(self.commits(*path))),
            Sort::Lines => {
                sorted.sort_by_key(|path| Reverse(self.coverage(*path).map(|counts| counts.lines)))
            }
        }
        sorted
    }

    fn row(&self, path: PathId, places: &Places) -> Option<FileRow> {
        let place = places.get(path)?;
        let coverage = self.coverage(path);
        let before =
            self.then.as_ref().and_then(|then| then.find(path)).map(|entry| coverage_counts(&entry.totals));
        let found = self.findings.get(&path).copied().unwrap_or_default();
        Some(FileRow {
            path: place.path.clone(),
            module: place.module_path.clone().unwrap_or_else(|| ".".to_owned()),
            coverage,
            coverage_centipoints: centipoints(before.as_ref(), coverage.as_ref()),
            findings: found.all,
            security: found.security,
            commits: self.commits(path),
        })
    }
}

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use plimsoll_store::{
    FindingColumns, FindingKey, Measured, Module, ModuleId, PathId, Project, Reader, Run, RunFilter,
    RunNumber, StoreError,
};
use roaring::RoaringBitmap;

use super::cache::{RunKey, digest};
use super::reviews::{Reviews, ServerReviews};
use super::runs::find_baseline;
use super::{PageCache, PageError};

/// One project, read within one transaction.
pub struct Scope<'a> {
    pub(super) reader: &'a Reader<'a>,
    pub(super) cache: &'a PageCache,
    pub(super) project: Project,
    /// Seconds since 1970: what decisions about findings are asked as of.
    pub(super) now: i64,
    pub(super) reviews: OnceCell<Rc<ServerReviews>>,
    pub(super) run_reviews: RefCell<HashMap<RunNumber, Arc<Reviews>>>,
    pub(super) merged_settings: OnceCell<Arc<plimsoll_analysis::settings::Settings>>,
    modules: OnceCell<HashMap<ModuleId, Module>>,
    // What several parts of a page ask for again.
    keys: RefCell<HashMap<RunNumber, RunKey>>,
    baselines: RefCell<HashMap<RunNumber, Option<Run>>>,
    measured: RefCell<HashMap<RunNumber, Rc<Measurements>>>,
}

/// What was measured of each module of a run, the whole project first.
pub(super) type Measurements = Vec<(ModuleId, Measured)>;

impl<'a> Scope<'a> {
    /// Finds the project.
    ///
    /// # Errors
    /// Where there is no such project.
    pub fn open(reader: &'a Reader<'a>, cache: &'a PageCache, project: &str) -> Result<Self, PageError> {
        let found =
            reader.find_project(project)?.ok_or_else(|| PageError::ProjectNotFound(project.to_owned()))?;
        Ok(Self::of(reader, cache, found))
    }

    pub(super) fn of(reader: &'a Reader<'a>, cache: &'a PageCache, project: Project) -> Self {
        Self {
            reader,
            cache,
            project,
            now: system_time(),
            reviews: OnceCell::new(),
            run_reviews: RefCell::default(),
            merged_settings: OnceCell::new(),
            modules: OnceCell::new(),
            keys: RefCell::default(),
            baselines: RefCell::default(),
            measured: RefCell::default(),
        }
    }

    /// As of another time than the system's, in seconds since 1970.
    #[must_use]
    pub fn at(mut self, now: i64) -> Self {
        self.now = now;
        self.reviews = OnceCell::new();
        self.run_reviews = RefCell::default();
        self
    }

    pub(super) fn run(&self, number: u64) -> Result<Run, PageError> {
        self.reader
            .find_run(self.project.id, RunNumber(number))?
            .ok_or_else(|| PageError::RunNotFound { project: self.project.name.clone(), run: number })
    }

    // The newest runs of a branch that are complete, the newest first. Pull requests from a fork whose branch has the
    // default branch's name are not its runs.
    pub(super) fn complete_runs(&self, branch: &str, limit: usize) -> Result<Vec<Run>, StoreError> {
        self.complete_runs_before(branch, None, limit)
    }

    pub(super) fn complete_runs_before(
        &self,
        branch: &str,
        before: Option<RunNumber>,
        limit: usize,
    ) -> Result<Vec<Run>, StoreError> {
        // Some more are asked for, because a run that arrived late may be older than its number says.
        const MORE: usize = 10;
        let filter = RunFilter { branch: Some(branch), only_complete: true, before };
        let mut runs = self.reader.list_runs(self.project.id, filter, limit + MORE)?;
        runs.retain(|run| self.is_on_branch(run, branch));
        runs.sort_by_key(|run| std::cmp::Reverse((run.created_at, run.number)));
        runs.truncate(limit);
        Ok(runs)
    }

    pub(super) fn latest_run(&self, branch: &str) -> Result<Option<Run>, StoreError> {
        Ok(self.complete_runs(branch, 1)?.into_iter().next())
    }

    pub(super) fn is_on_branch(&self, run: &Run, branch: &str) -> bool {
        run.branch == branch && (run.pull_request.is_none() || branch != self.project.default_branch)
    }

    // What a run holds, as a key for the cache.
    pub(super) fn key(&self, run: &Run) -> Result<RunKey, StoreError> {
        remembered(&self.keys, run.number, || {
            let columns = self.reader.list_columns(self.project.id, run.number)?;
            Ok((self.project.id, run.number, digest(&(columns, run.state))))
        })
    }

    // The run that a run is compared with.
    pub(super) fn baseline(&self, run: &Run) -> Result<Option<Run>, StoreError> {
        remembered(&self.baselines, run.number, || find_baseline(self, run))
    }

    // From now on a run is compared with the newest complete run of its branch that is at least so many days older, or
    // with the oldest one there is: "this week" instead of "since the last run".
    pub(super) fn compare_over_days(&self, run: &Run, days: u32) -> Result<(), StoreError> {
        const MOST: usize = 1000;
        let then = run.created_at - i64::from(days) * 86_400;
        let runs = self.complete_runs(&run.branch, MOST)?;
        let mut older =
            runs.into_iter().filter(|other| (other.created_at, other.number) < (run.created_at, run.number));
        // The newest comes first: what is left at the end is the oldest.
        let mut baseline = None;
        for other in older.by_ref() {
            let is_old_enough = other.created_at <= then;
            baseline = Some(other);
            if is_old_enough {
                break;
            }
        }
        self.baselines.borrow_mut().insert(run.number, baseline);
        Ok(())
    }

    // The identities of a run's findings, suppressed ones among them, by identifier.
    pub(super) fn finding_keys(
        &self,
        run: &Run,
        columns: &FindingColumns,
    ) -> Result<Arc<Vec<FindingKey>>, StoreError> {
        let key = self.key(run)?;
        self.cache.findings(key, || self.reader.list_finding_keys(self.project.id, &columns.present))
    }

    // With which run each of a run's findings came, in the order of their identities.
    pub(super) fn first_runs(
        &self,
        run: &Run,
        columns: &FindingColumns,
    ) -> Result<Arc<Vec<RunNumber>>, StoreError> {
        let key = self.key(run)?;
        let list = || self.reader.list_first_run_numbers(self.project.id, &columns.present);
        self.cache.first_runs(key, list)
    }

    pub(super) fn measured(&self, run: &Run) -> Result<Rc<Measurements>, StoreError> {
        remembered(&self.measured, run.number, || Ok(Rc::new(self.list_measured(run)?)))
    }

    pub(super) fn modules(&self) -> Result<&HashMap<ModuleId, Module>, StoreError> {
        if self.modules.get().is_none() {
            let listed = self.reader.list_modules(self.project.id)?;
            let by_id = listed.into_iter().map(|module| (module.id, module)).collect();
            return Ok(self.modules.get_or_init(|| by_id));
        }
        Ok(self.modules.get_or_init(HashMap::new))
    }

    pub(super) fn module_path(&self, module: Option<ModuleId>) -> Result<Option<String>, StoreError> {
        let Some(module) = module else { return Ok(None) };
        Ok(self.modules()?.get(&module).map(|module| module.path.clone()))
    }

    pub(super) fn module_id(&self, path: &str) -> Result<Option<ModuleId>, StoreError> {
        Ok(self.reader.find_module(self.project.id, path)?.map(|module| module.id))
    }

    // Where paths are and what they are called; each path is looked up once.
    pub(super) fn places(&self, ids: &RoaringBitmap) -> Result<Places, StoreError> {
        let modules = self.modules()?;
        let listed = self.reader.list_paths(self.project.id, ids)?;
        let places = listed
            .into_iter()
            .map(|info| {
                let module = info.module.and_then(|id| modules.get(&id));
                let place = Place {
                    path: info.path,
                    module: info.module,
                    module_path: module.map(|module| module.path.clone()),
                };
                (info.id, place)
            })
            .collect();
        Ok(Places(places))
    }
}

// The one place where a page looks at the clock by itself: commands that have none to inject.
fn system_time() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

fn remembered<V: Clone>(
    memory: &RefCell<HashMap<RunNumber, V>>,
    run: RunNumber,
    make: impl FnOnce() -> Result<V, StoreError>,
) -> Result<V, StoreError> {
    if let Some(found) = memory.borrow().get(&run) {
        return Ok(found.clone());
    }
    let value = make()?;
    memory.borrow_mut().insert(run, value.clone());
    Ok(value)
}

// The names of some paths.
pub(super) struct Places(HashMap<PathId, Place>);

#[derive(Debug, Clone)]
pub(super) struct Place {
    pub path: String,
    pub module: Option<ModuleId>,
    pub module_path: Option<String>,
}

impl Places {
    pub(super) fn get(&self, path: PathId) -> Option<&Place> {
        self.0.get(&path)
    }

    pub(super) fn path(&self, path: Option<PathId>) -> Option<String> {
        path.and_then(|path| self.get(path)).map(|place| place.path.clone())
    }

    pub(super) fn module(&self, path: Option<PathId>) -> Option<ModuleId> {
        path.and_then(|path| self.get(path)).and_then(|place| place.module)
    }

    pub(super) fn module_path(&self, path: Option<PathId>) -> Option<String> {
        path.and_then(|path| self.get(path)).and_then(|place| place.module_path.clone())
    }
}

use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, PoisonError};

use plimsoll_analysis::settings::Settings;
use plimsoll_api::ChangeCounts;
use plimsoll_store::{FindingKey, ModuleId, ProjectId, RunNumber, TestColumns};

use super::changes::Changes;
use super::churn::Churn;
use super::flaky::FlakyTests;
use super::grid::{GridColumn, GridOrder};
use super::hotspots::Hot;
use super::modules::TrendValues;
use super::reviews::{Reviews, TakenOff};
use super::search::SearchIndex;
use super::test_links::Links;
use super::test_names::TestNames;

/// Answers that were computed before. Every key holds a digest of the columns that the answer was made from, so an
/// entry is never wrong, only useless once an upload changed its run; each kind has a greatest number of entries.
#[derive(Clone, Default)]
pub struct PageCache {
    inner: Arc<Inner>,
}

#[derive(Default)]
struct Inner {
    changes: Mutex<Bounded<PairKey, Arc<Changes>, 32>>,
    counts: Mutex<Bounded<PairKey, ChangeCounts, 8192>>,
    module_counts: Mutex<Bounded<PairKey, Arc<BTreeMap<ModuleId, ChangeCounts>>, 512>>,
    flaky: Mutex<Bounded<(ProjectId, u64), Arc<FlakyTests>, 64>>,
    churn: Mutex<Bounded<RunKey, Arc<Churn>, 16>>,
    hotspots: Mutex<Bounded<RankingKey, Arc<Vec<Hot>>, 8>>,
    findings: Mutex<Bounded<RunKey, Arc<Vec<FindingKey>>, 16>>,
    first_runs: Mutex<Bounded<RunKey, Arc<Vec<RunNumber>>, 16>>,
    grid_columns: Mutex<Bounded<RunKey, Arc<GridColumn>, 512>>,
    grid_orders: Mutex<Bounded<(ProjectId, u64), Arc<GridOrder>, 8>>,
    links: Mutex<Bounded<(ProjectId, u64), Arc<Links>, 8>>,
    reviews: Mutex<Bounded<RankingKey, Arc<Reviews>, 256>>,
    taken_off: Mutex<Bounded<RunKey, Arc<TakenOff>, 2048>>,
    search: Mutex<Bounded<ProjectId, (RunKey, Arc<SearchIndex>), 4>>,
    trends: Mutex<Bounded<RunKey, Arc<HashMap<ModuleId, TrendValues>>, 1024>>,
    settings: Mutex<Bounded<u64, Arc<Settings>, 32>>,
    test_columns: Mutex<Bounded<RunKey, Arc<TestColumns>, 4>>,
    names: Mutex<Bounded<ProjectId, Arc<TestNames>, 4>>,
}

fn forget<K, V, const CAPACITY: usize>(cache: &Mutex<Bounded<K, V, CAPACITY>>) {
    cache.lock().unwrap_or_else(PoisonError::into_inner).entries.clear();
}

/// One run with what it holds.
pub(super) type RunKey = (ProjectId, RunNumber, u64);
/// A run, and a digest of what else an answer about it is made from.
pub(super) type RankingKey = (RunKey, u64);
/// A run and the one that it is compared with.
pub(super) type PairKey = (RunKey, RunKey);

impl PageCache {
    /// Forgets everything. To be called where something was computed from what was then not committed: identifiers of
    /// contents come to stand for others.
    pub fn forget(&self) {
        let Inner {
            changes,
            counts,
            module_counts,
            flaky,
            churn,
            hotspots,
            findings,
            first_runs,
            grid_columns,
            grid_orders,
            links,
            reviews,
            taken_off,
            search,
            trends,
            settings,
            test_columns,
            names,
        } = &*self.inner;
        forget(changes);
        forget(counts);
        forget(module_counts);
        forget(flaky);
        forget(churn);
        forget(hotspots);
        forget(findings);
        forget(first_runs);
        forget(grid_columns);
        forget(grid_orders);
        forget(links);
        forget(reviews);
        forget(taken_off);
        forget(search);
        forget(trends);
        forget(settings);
        forget(test_columns);
        forget(names);
    }

    /// What the tests of a project are called. `read` reads what is not known yet: it is given what is.
    pub(super) fn names<E>(
        &self,
        project: ProjectId,
        read: impl FnOnce(Option<&Arc<TestNames>>) -> Result<Arc<TestNames>, E>,
    ) -> Result<Arc<TestNames>, E> {
        let known = self.inner.names.lock().unwrap_or_else(PoisonError::into_inner).get(&project);
        let names = read(known.as_ref())?;
        if known.is_none_or(|known| !Arc::ptr_eq(&known, &names)) {
            let mut cache = self.inner.names.lock().unwrap_or_else(PoisonError::into_inner);
            cache.insert(project, Arc::clone(&names));
        }
        Ok(names)
    }

    pub(super) fn changes<E>(
        &self,
        key: PairKey,
        make: impl FnOnce() -> Result<Changes, E>,
    ) -> Result<Arc<Changes>, E> {
        cached(&self.inner.changes, key, || make().map(Arc::new))
    }

    pub(super) fn counts<E>(
        &self,
        key: PairKey,
        make: impl FnOnce() -> Result<ChangeCounts, E>,
    ) -> Result<ChangeCounts, E> {
        cached(&self.inner.counts, key, make)
    }

    pub(super) fn module_counts<E>(
        &self,
        key: PairKey,
        make: impl FnOnce() -> Result<BTreeMap<ModuleId, ChangeCounts>, E>,
    ) -> Result<Arc<BTreeMap<ModuleId, ChangeCounts>>, E> {
        cached(&self.inner.module_counts, key, || make().map(Arc::new))
    }

    pub(super) fn flaky<E>(
        &self,
        key: (ProjectId, u64),
        make: impl FnOnce() -> Result<FlakyTests, E>,
    ) -> Result<Arc<FlakyTests>, E> {
        cached(&self.inner.flaky, key, || make().map(Arc::new))
    }

    pub(super) fn churn<E>(
        &self,
        key: RunKey,
        make: impl FnOnce() -> Result<Churn, E>,
    ) -> Result<Arc<Churn>, E> {
        cached(&self.inner.churn, key, || make().map(Arc::new))
    }

    pub(super) fn hotspots<E>(
        &self,
        key: RankingKey,
        make: impl FnOnce() -> Result<Vec<Hot>, E>,
    ) -> Result<Arc<Vec<Hot>>, E> {
        cached(&self.inner.hotspots, key, || make().map(Arc::new))
    }

    pub(super) fn findings<E>(
        &self,
        key: RunKey,
        make: impl FnOnce() -> Result<Vec<FindingKey>, E>,
    ) -> Result<Arc<Vec<FindingKey>>, E> {
        cached(&self.inner.findings, key, || make().map(Arc::new))
    }

    pub(super) fn first_runs<E>(
        &self,
        key: RunKey,
        make: impl FnOnce() -> Result<Vec<RunNumber>, E>,
    ) -> Result<Arc<Vec<RunNumber>>, E> {
        cached(&self.inner.first_runs, key, || make().map(Arc::new))
    }

    pub(super) fn grid_columns<E>(
        &self,
        key: RunKey,
        make: impl FnOnce() -> Result<GridColumn, E>,
    ) -> Result<Arc<GridColumn>, E> {
        cached(&self.inner.grid_columns, key, || make().map(Arc::new))
    }

    pub(super) fn grid_orders<E>(
        &self,
        key: (ProjectId, u64),
        make: impl FnOnce() -> Result<GridOrder, E>,
    ) -> Result<Arc<GridOrder>, E> {
        cached(&self.inner.grid_orders, key, || make().map(Arc::new))
    }

    pub(super) fn links<E>(
        &self,
        key: (ProjectId, u64),
        make: impl FnOnce() -> Result<Links, E>,
    ) -> Result<Arc<Links>, E> {
        cached(&self.inner.links, key, || make().map(Arc::new))
    }

    pub(super) fn reviews<E>(
        &self,
        key: RankingKey,
        make: impl FnOnce() -> Result<Reviews, E>,
    ) -> Result<Arc<Reviews>, E> {
        cached(&self.inner.reviews, key, || make().map(Arc::new))
    }

    pub(super) fn taken_off<E>(
        &self,
        key: RunKey,
        make: impl FnOnce() -> Result<TakenOff, E>,
    ) -> Result<Arc<TakenOff>, E> {
        cached(&self.inner.taken_off, key, || make().map(Arc::new))
    }

    pub(super) fn test_columns<E>(
        &self,
        key: RunKey,
        make: impl FnOnce() -> Result<TestColumns, E>,
    ) -> Result<Arc<TestColumns>, E> {
        cached(&self.inner.test_columns, key, || make().map(Arc::new))
    }

    /// By the text that they are read from.
    pub(super) fn settings<E>(
        &self,
        text: &str,
        make: impl FnOnce() -> Result<Settings, E>,
    ) -> Result<Arc<Settings>, E> {
        cached(&self.inner.settings, digest(&text), || make().map(Arc::new))
    }

    // The names of a project as of a run. Names are added to those of the run before, so the project alone is the key.
    pub(super) fn search<E>(
        &self,
        key: RunKey,
        make: impl FnOnce(Option<Arc<SearchIndex>>) -> Result<SearchIndex, E>,
    ) -> Result<Arc<SearchIndex>, E> {
        let (project, ..) = key;
        let known = self.inner.search.lock().unwrap_or_else(PoisonError::into_inner).get(&project);
        let before = match known {
            Some((of, index)) if of == key => return Ok(index),
            known => known.map(|(_, index)| index),
        };
        let index = Arc::new(make(before)?);
        let mut cache = self.inner.search.lock().unwrap_or_else(PoisonError::into_inner);
        cache.insert(project, (key, Arc::clone(&index)));
        Ok(index)
    }

    pub(super) fn trends<E>(
        &self,
        key: RunKey,
        make: impl FnOnce() -> Result<HashMap<ModuleId, TrendValues>, E>,
    ) -> Result<Arc<HashMap<ModuleId, TrendValues>>, E> {
        cached(&self.inner.trends, key, || make().map(Arc::new))
    }
}

/// A digest of what identifies a content, for the keys of the cache.
pub(super) fn digest(of: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish()
}

// The lock is not held while the value is made: two threads may make the same one, which costs time but is right.
fn cached<K: Hash + Eq, V: Clone, E, const CAPACITY: usize>(
    cache: &Mutex<Bounded<K, V, CAPACITY>>,
    key: K,
    make: impl FnOnce() -> Result<V, E>,
) -> Result<V, E> {
    // A poisoned lock means that a thread panicked; the map itself is whole at any moment.
    if let Some(found) = cache.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
        return Ok(found);
    }
    let value = make()?;
    cache.lock().unwrap_or_else(PoisonError::into_inner).insert(key, value.clone());
    Ok(value)
}

// A map that forgets the half that was not used for the longest time when it is full.
struct Bounded<K, V, const CAPACITY: usize> {
    entries: HashMap<K, (u64, V)>,
    clock: u64,
}

impl<K, V, const CAPACITY: usize> Default for Bounded<K, V, CAPACITY> {
    fn default() -> Self {
        Self { entries: HashMap::new(), clock: 0 }
    }
}

impl<K: Hash + Eq, V: Clone, const CAPACITY: usize> Bounded<K, V, CAPACITY> {
    fn get(&mut self, key: &K) -> Option<V> {
        self.clock += 1;
        let (used, value) = self.entries.get_mut(key)?;
        *used = self.clock;
        Some(value.clone())
    }

    fn insert(&mut self, key: K, value: V) {
        if self.entries.len() >= CAPACITY {
            let mut uses: Vec<u64> = self.entries.values().map(|(used, _)| *used).collect();
            uses.sort_unstable();
            let median = uses.get(uses.len() / 2).copied().unwrap_or(u64::MAX);
            self.entries.retain(|_, (used, _)| *used > median);
        }
        self.clock += 1;
        self.entries.insert(key, (self.clock, value));
    }
}

#[cfg(test)]
mod tests {
    use super::Bounded;

    #[test]
    fn keeps_what_is_used_and_no_more_than_its_capacity() {
        let mut map: Bounded<u32, u32, 8> = Bounded::default();
        for key in 0..100 {
            map.insert(key, key * 2);
            assert_eq!(map.get(&0), Some(0), "the one that is asked for all the time stays");
            assert!(map.entries.len() <= 8);
        }
        assert_eq!(map.get(&99), Some(198));
        assert_eq!(map.get(&50), None);
    }
}

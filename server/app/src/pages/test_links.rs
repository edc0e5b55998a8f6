use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use plimsoll_analysis::renames::{Named, find_turns, pair_renamed};
use plimsoll_api::{NewTestLink, TestName};
use plimsoll_store::{Run, StoreError, TestId, TestInfo, TestLink, Writer};
use roaring::RoaringBitmap;

use super::cache::digest;
use super::churn::read_renames;
use super::grid::read_column;
use super::{PageCache, PageError, Scope};

/// Runs of the default branch in which names are looked for that end and begin.
const RUNS: usize = 200;
/// Earlier names of a test that are followed.
const MOST_NAMES: usize = 8;

/// Which tests are called otherwise now.
#[derive(Debug, Default)]
pub(super) struct Links {
    older: HashMap<u32, Linked>,
    newer: HashMap<u32, Linked>,
}

#[derive(Debug, Clone, Copy)]
struct Linked {
    test: TestId,
    // The run with which the new name began; `None` where somebody linked them.
    run: Option<u64>,
}

impl Links {
    fn add(&mut self, newer: u32, older: u32, run: Option<u64>) {
        self.older.insert(newer, Linked { test: TestId(older), run });
        self.newer.insert(older, Linked { test: TestId(newer), run });
    }

    /// All names of a test up to this one, the present one first.
    pub(super) fn names(&self, test: TestId) -> Vec<TestId> {
        let mut names = vec![test];
        while let Some(linked) = names.last().and_then(|test| self.older.get(&test.0)) {
            // Somebody may have linked two tests with each other.
            if names.len() == MOST_NAMES || names.contains(&linked.test) {
                break;
            }
            names.push(linked.test);
        }
        names
    }

    /// What it was called before, and what it is called now.
    pub(super) fn around(
        &self,
        scope: &Scope<'_>,
        test: TestId,
    ) -> Result<(Option<TestName>, Option<TestName>), StoreError> {
        let named = |linked: Option<&Linked>| -> Result<Option<TestName>, StoreError> {
            let Some(linked) = linked else { return Ok(None) };
            let ids = RoaringBitmap::from_iter([linked.test.0]);
            let found = scope.reader.list_tests(scope.project.id, &ids)?.into_iter().next();
            Ok(found.map(|info| TestName {
                id: u64::from(info.id.0),
                suite: info.suite,
                class: info.class,
                name: info.name,
                run: linked.run,
            }))
        };
        Ok((named(self.older.get(&test.0))?, named(self.newer.get(&test.0))?))
    }
}

// The links of a project as of now: those that the runs show, without those that were undone, and those that somebody
// made.
pub(super) fn links(scope: &Scope<'_>) -> Result<Arc<Links>, StoreError> {
    let mut runs = scope.complete_runs(&scope.project.default_branch, RUNS)?;
    runs.reverse();
    let made = scope.reader.list_test_links(scope.project.id)?;
    let keys = runs.iter().map(|run| scope.key(run)).collect::<Result<Vec<_>, _>>()?;
    let said: Vec<_> = made.iter().map(|link| (link.newer, link.older, link.is_undone)).collect();
    scope.cache.links((scope.project.id, digest(&(keys, said))), || find_links(scope, &runs, &made))
}

fn find_links(scope: &Scope<'_>, runs: &[Run], made: &[TestLink]) -> Result<Links, StoreError> {
    let columns = runs.iter().map(|run| read_column(scope, run)).collect::<Result<Vec<_>, _>>()?;
    // A run without any test says nothing of which tests there are.
    let with_tests: Vec<(&Run, &RoaringBitmap)> = runs
        .iter()
        .zip(columns.iter().map(|column| column.present()))
        .filter(|(_, present)| !present.is_empty())
        .collect();
    let present: Vec<&RoaringBitmap> = with_tests.iter().map(|(_, present)| *present).collect();
    let mut links = Links::default();
    for turn in find_turns(&present) {
        let run_at = |at: usize| with_tests.get(at).map(|(run, _)| *run);
        let (Some(now), Some(then)) = (run_at(turn.run), turn.run.checked_sub(1).and_then(run_at)) else {
            continue;
        };
        let (gone, new) = (infos(scope, &turn.gone)?, infos(scope, &turn.new)?);
        let renames: BTreeMap<u32, u32> = read_renames(scope, then, now)?;
        for (newer, older) in pair_renamed(&named(&gone), &named(&new), &renames) {
            links.add(newer, older, Some(now.number.0));
        }
    }
    for link in made {
        if link.is_undone {
            if links.older.get(&link.newer.0).is_some_and(|linked| linked.test == link.older) {
                links.older.remove(&link.newer.0);
                links.newer.remove(&link.older.0);
            }
        } else {
            links.add(link.newer.0, link.older.0, None);
        }
    }
    Ok(links)
}

fn infos(scope: &Scope<'_>, tests: &RoaringBitmap) -> Result<Vec<TestInfo>, StoreError> {
    scope.reader.list_tests(scope.project.id, tests)
}

fn named(infos: &[TestInfo]) -> Vec<Named<'_>> {
    let named = infos.iter().map(|info| Named {
        test: info.id.0,
        file: info.path.map(|path| path.0),
        class: &info.class,
        name: &info.name,
    });
    named.collect()
}

/// Says that a test was called otherwise before (`older`), or, without it, that it is another test than the one that it
/// is linked with, which is answered; as of `now` in seconds since 1970.
///
/// # Errors
/// Where there is no such project or test, a test would be its own earlier name, there is no link to undo, or the store
/// fails.
pub fn link_tests(
    writer: &mut Writer<'_>,
    cache: &PageCache,
    project: &str,
    newer: u64,
    older: Option<u64>,
    now: i64,
) -> Result<NewTestLink, PageError> {
    let (project, link) = {
        let scope = Scope::open(writer, cache, project)?;
        let find = |test: u64| -> Result<TestId, PageError> {
            let missing = || PageError::TestNotFound { project: scope.project.name.clone(), test };
            let id = u32::try_from(test).map_err(|_| missing())?;
            let found = infos(&scope, &RoaringBitmap::from_iter([id]))?;
            found.first().map(|info| info.id).ok_or_else(missing)
        };
        let newer = find(newer)?;
        let (older, is_undone) = match older {
            Some(older) => (find(older)?, false),
            None => {
                let linked = links(&scope)?.older.get(&newer.0).copied();
                let message = || "this test has no earlier name that could be undone".to_owned();
                let none = || PageError::BadParameter { name: "test", message: message() };
                (linked.ok_or_else(none)?.test, true)
            }
        };
        if newer == older {
            let message = "a test is not its own earlier name".to_owned();
            return Err(PageError::BadParameter { name: "older", message });
        }
        (scope.project.id, TestLink { newer, older, is_undone, created_at: now })
    };
    writer.put_test_link(project, link)?;
    Ok(NewTestLink { older: u64::from(link.older.0) })
}

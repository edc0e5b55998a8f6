use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use plimsoll_analysis::coupling::{ChangedModules, Couplings, find_coupling};
use plimsoll_store::{ChangeSet, ColumnKind, ModuleId, PathId, Run, StoreError};

use super::Scope;
use super::cache::digest;
use super::patch::renames_of_diff;

/// Days before a run that its churn is counted over.
pub(super) const CHURN_DAYS: i64 = 90;

/// What changed how often, under the names that the files have now.
#[derive(Debug, Default, Clone, PartialEq)]
pub(super) struct Churn {
    pub files: HashMap<PathId, Changed>,
    /// A commit counts once for each module that it touches.
    pub modules: HashMap<ModuleId, Changed>,
    /// Modules that change together.
    pub couplings: Couplings,
}

/// How often something changed.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Changed {
    pub commits: u64,
    pub lines: u64,
}

// The churn that a run knows: its own change log, else that of the newest complete run of the default branch.
pub(super) fn read_churn(scope: &Scope<'_>, run: &Run) -> Result<Option<Arc<Churn>>, StoreError> {
    let has_log = |run: &Run| -> Result<bool, StoreError> {
        let columns = scope.reader.list_columns(scope.project.id, run.number)?;
        Ok(columns.iter().any(|(kind, _)| *kind == ColumnKind::Churn))
    };
    let source = if has_log(run)? {
        run.clone()
    } else {
        match scope.latest_run(&scope.project.default_branch)? {
            Some(latest) if has_log(&latest)? => latest,
            _ => return Ok(None),
        }
    };
    let (project, number, columns) = scope.key(&source)?;
    let key = (project, number, digest(&(columns, run.created_at)));
    let churn = scope.cache.churn(key, || {
        let log = scope.reader.read_churn(scope.project.id, source.number)?.unwrap_or_default();
        let (files, commits) = count(&log, run.created_at);
        let (modules, couplings) = by_module(scope, &files, &commits)?;
        Ok::<_, StoreError>(Churn { files, modules, couplings })
    })?;
    Ok(Some(churn))
}

type Files = HashMap<PathId, Changed>;

// Each file, and the files of each commit.
fn count(log: &[ChangeSet], now: i64) -> (Files, Vec<Vec<PathId>>) {
    let mut newest_first: Vec<&ChangeSet> =
        log.iter().filter(|set| set.committed_at > now - CHURN_DAYS * 86_400).collect();
    newest_first.sort_by_key(|set| std::cmp::Reverse(set.committed_at));
    let mut now_called: HashMap<PathId, PathId> = HashMap::new();
    let (mut files, mut commits) = (Files::new(), Vec::with_capacity(newest_first.len()));
    for set in newest_first {
        let mut touched = Vec::with_capacity(set.changes.len());
        for change in &set.changes {
            let path = now_called.get(&change.path).copied().unwrap_or(change.path);
            if let Some(old) = change.renamed_from {
                now_called.insert(old, path);
            }
            let file = files.entry(path).or_default();
            file.commits += 1;
            file.lines += u64::from(change.added.unwrap_or(0)) + u64::from(change.deleted.unwrap_or(0));
            touched.push(path);
        }
        commits.push(touched);
    }
    (files, commits)
}

fn by_module(
    scope: &Scope<'_>,
    files: &Files,
    commits: &[Vec<PathId>],
) -> Result<(HashMap<ModuleId, Changed>, Couplings), StoreError> {
    let places = scope.places(&files.keys().map(|path| path.0).collect())?;
    let mut modules: HashMap<ModuleId, Changed> = HashMap::new();
    for (path, file) in files {
        if let Some(module) = places.module(Some(*path)) {
            modules.entry(module).or_default().lines += file.lines;
        }
    }
    let commits: Vec<ChangedModules> = commits
        .iter()
        .map(|touched| {
            let of_commit = touched.iter().filter_map(|path| places.module(Some(*path)));
            let modules: BTreeSet<u32> = of_commit.map(|module| module.0).collect();
            ChangedModules { files: touched.len(), modules }
        })
        .collect();
    for module in commits.iter().flat_map(|commit| &commit.modules) {
        modules.entry(ModuleId(*module)).or_default().commits += 1;
    }
    Ok((modules, find_coupling(&commits)))
}

// Paths as the run has them, with what they were called in the older run; one to one. Commits that the older run knows
// already are left out; where it has no change log, all renames of the run's log count.
pub(super) fn read_renames(
    scope: &Scope<'_>,
    before: &Run,
    after: &Run,
) -> Result<BTreeMap<u32, u32>, StoreError> {
    // A diff that leads from the one run's commit to the other's says it outright.
    let of_diff = renames_of_diff(scope, before, after)?;
    let Some(log) = scope.reader.read_churn(scope.project.id, after.number)? else {
        return Ok(of_diff);
    };
    let known: HashSet<_> = scope
        .reader
        .read_churn(scope.project.id, before.number)?
        .unwrap_or_default()
        .iter()
        .map(|set| set.commit)
        .collect();
    let mut unknown: Vec<&ChangeSet> = log.iter().filter(|set| !known.contains(&set.commit)).collect();
    unknown.sort_by_key(|set| set.committed_at);
    let mut renamed = renames(&unknown);
    for (path, origin) in of_diff {
        if renamed.values().all(|known| *known != origin) {
            renamed.insert(path, origin);
        }
    }
    Ok(renamed)
}

// Paths as the run has them, with what they were called first in its whole change log; one to one.
pub(super) fn read_all_renames(scope: &Scope<'_>, run: &Run) -> Result<BTreeMap<u32, u32>, StoreError> {
    let log = scope.reader.read_churn(scope.project.id, run.number)?.unwrap_or_default();
    let mut sets: Vec<&ChangeSet> = log.iter().collect();
    sets.sort_by_key(|set| set.committed_at);
    Ok(renames(&sets))
}

fn renames(oldest_first: &[&ChangeSet]) -> BTreeMap<u32, u32> {
    let mut once_called: BTreeMap<u32, u32> = BTreeMap::new();
    for change in oldest_first.iter().flat_map(|set| &set.changes) {
        if let Some(old) = change.renamed_from {
            let origin = once_called.remove(&old.0).unwrap_or(old.0);
            if origin != change.path.0 {
                once_called.insert(change.path.0, origin);
            }
        }
    }
    let mut origins = HashSet::new();
    once_called.retain(|_, origin| origins.insert(*origin));
    once_called
}

#[cfg(test)]
mod tests {
    use super::*;
    use plimsoll_store::{Change, CommitId};

    fn set(commit: u32, day: i64, changes: &[(u32, Option<u32>)]) -> ChangeSet {
        ChangeSet {
            commit: CommitId(commit),
            committed_at: day * 86_400,
            changes: changes
                .iter()
                .map(|(path, from)| Change {
                    path: PathId(*path),
                    renamed_from: from.map(PathId),
                    added: Some(2),
                    deleted: None,
                })
                .collect(),
        }
    }

    #[test]
    fn a_renamed_file_keeps_its_commits() {
        let log =
            [set(3, 30, &[(3, None)]), set(2, 20, &[(3, Some(2))]), set(1, 10, &[(2, Some(1)), (9, None)])];
        let (files, commits) = count(&log, 31 * 86_400);
        assert_eq!(files[&PathId(3)], Changed { commits: 3, lines: 6 });
        assert_eq!(files[&PathId(9)], Changed { commits: 1, lines: 2 });
        assert_eq!((files.len(), commits.len()), (2, 3));
    }

    #[test]
    fn only_ninety_days_count() {
        let log = [set(2, 99, &[(1, None)]), set(1, 5, &[(1, None)])];
        assert_eq!(count(&log, 100 * 86_400).0[&PathId(1)].commits, 1);
        assert_eq!(count(&log, 94 * 86_400).0[&PathId(1)].commits, 2);
    }

    #[test]
    fn renames_are_followed_to_the_first_name() {
        let (first, second) = (set(1, 1, &[(2, Some(1))]), set(2, 2, &[(3, Some(2)), (5, Some(4))]));
        assert_eq!(renames(&[&first, &second]), BTreeMap::from([(3, 1), (5, 4)]));
        let back = set(3, 3, &[(1, Some(3))]);
        assert_eq!(renames(&[&first, &second, &back]), BTreeMap::from([(5, 4)]));
    }
}

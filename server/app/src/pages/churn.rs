use std::collections::{BTreeMap, HashMap, HashSet};

use plimsoll_store::{ChangeSet, PathId, Run, StoreError};

use super::Scope;

/// Days before a run that its churn is counted over.
pub(super) const CHURN_DAYS: i64 = 90;

/// What changed how often, under the names that the files have now.
#[derive(Debug, Default, Clone, PartialEq)]
pub(super) struct Churn {
    pub files: HashMap<PathId, FileChurn>,
    /// For each commit its files, for modules.
    pub commits: Vec<Vec<PathId>>,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct FileChurn {
    pub commits: u64,
    pub lines: u64,
}

// The churn that a run knows: its own change log, else that of the newest complete run of the default branch.
pub(super) fn read_churn(scope: &Scope<'_>, run: &Run) -> Result<Option<Churn>, StoreError> {
    let log = match scope.reader.read_churn(scope.project.id, run.number)? {
        Some(log) => Some(log),
        None => match scope.latest_run(&scope.project.default_branch)? {
            Some(latest) if latest.number != run.number => {
                scope.reader.read_churn(scope.project.id, latest.number)?
            }
            _ => None,
        },
    };
    Ok(log.map(|log| count(&log, run.created_at)))
}

fn count(log: &[ChangeSet], now: i64) -> Churn {
    let mut newest_first: Vec<&ChangeSet> =
        log.iter().filter(|set| set.committed_at > now - CHURN_DAYS * 86_400).collect();
    newest_first.sort_by_key(|set| std::cmp::Reverse(set.committed_at));
    let mut now_called: HashMap<PathId, PathId> = HashMap::new();
    let mut churn = Churn::default();
    for set in newest_first {
        let mut touched = Vec::with_capacity(set.changes.len());
        for change in &set.changes {
            let path = now_called.get(&change.path).copied().unwrap_or(change.path);
            if let Some(old) = change.renamed_from {
                now_called.insert(old, path);
            }
            let file = churn.files.entry(path).or_default();
            file.commits += 1;
            file.lines += u64::from(change.added.unwrap_or(0)) + u64::from(change.deleted.unwrap_or(0));
            touched.push(path);
        }
        churn.commits.push(touched);
    }
    churn
}

// Paths as the run has them, with what they were called in the older run; one to one. Commits that the older run knows
// already are left out; where it has no change log, all renames of the run's log count.
pub(super) fn read_renames(
    scope: &Scope<'_>,
    before: &Run,
    after: &Run,
) -> Result<BTreeMap<u32, u32>, StoreError> {
    let Some(log) = scope.reader.read_churn(scope.project.id, after.number)? else {
        return Ok(BTreeMap::new());
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
    Ok(renames(&unknown))
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
        let churn = count(&log, 31 * 86_400);
        assert_eq!(churn.files[&PathId(3)], FileChurn { commits: 3, lines: 6 });
        assert_eq!(churn.files[&PathId(9)], FileChurn { commits: 1, lines: 2 });
        assert_eq!(churn.files.len(), 2);
    }

    #[test]
    fn only_ninety_days_count() {
        let log = [set(2, 99, &[(1, None)]), set(1, 5, &[(1, None)])];
        assert_eq!(count(&log, 100 * 86_400).files[&PathId(1)].commits, 1);
        assert_eq!(count(&log, 94 * 86_400).files[&PathId(1)].commits, 2);
    }

    #[test]
    fn renames_are_followed_to_the_first_name() {
        let (first, second) = (set(1, 1, &[(2, Some(1))]), set(2, 2, &[(3, Some(2)), (5, Some(4))]));
        assert_eq!(renames(&[&first, &second]), BTreeMap::from([(3, 1), (5, 4)]));
        let back = set(3, 3, &[(1, Some(3))]);
        assert_eq!(renames(&[&first, &second, &back]), BTreeMap::from([(5, 4)]));
    }
}

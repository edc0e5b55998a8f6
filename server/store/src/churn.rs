//! What commits changed. A commit's changes never change, so each is read once, whichever upload brings it.

use roaring::RoaringBitmap;

use crate::columns::packed::{Pack, Unpack, damaged, unpack_bitmap};
use crate::{
    Change, ChangeSet, ColumnKind, CommitId, PathId, ProjectId, Reader, RunNumber, StoreError, UploadId,
    Writer,
};

impl Reader<'_> {
    /// What the commits of the run's change log changed, the newest first; `None` where it has no change log.
    ///
    /// # Errors
    /// Those of the database, and a column that is damaged.
    pub fn read_churn(
        &self,
        project: ProjectId,
        run: RunNumber,
    ) -> Result<Option<Vec<ChangeSet>>, StoreError> {
        let Some(bytes) = self.read_column(project, run, ColumnKind::Churn)? else { return Ok(None) };
        Ok(Some(self.read_change_sets(project, &unpack_bitmap(&bytes)?)?))
    }

    /// What these commits changed, the newest first; those without a change log are left out.
    ///
    /// # Errors
    /// Those of the database, and a column that is damaged.
    pub fn read_change_sets(
        &self,
        project: ProjectId,
        commits: &RoaringBitmap,
    ) -> Result<Vec<ChangeSet>, StoreError> {
        let mut statement = self
            .prepare("SELECT committed_at, changes FROM change_set WHERE project = $1 AND revision = $2")?;
        let mut sets = Vec::new();
        for commit in commits {
            let mut rows = statement.query((project, commit))?;
            let Some(row) = rows.next()? else { continue };
            let changes = row.get_ref(1)?.as_blob().map_err(|_| damaged("changes are not bytes"))?;
            sets.push(ChangeSet {
                commit: CommitId(commit),
                committed_at: row.get(0)?,
                changes: unpack_changes(changes)?,
            });
        }
        sets.sort_by_key(|set| std::cmp::Reverse((set.committed_at, set.commit)));
        Ok(sets)
    }
}

impl Reader<'_> {
    /// What all commits changed that are known, in no order.
    pub(crate) fn list_change_sets(&self, project: ProjectId) -> Result<Vec<ChangeSet>, StoreError> {
        let mut statement =
            self.prepare("SELECT revision, committed_at, changes FROM change_set WHERE project = $1")?;
        let mut rows = statement.query([project])?;
        let mut sets = Vec::new();
        while let Some(row) = rows.next()? {
            let changes = row.get_ref(2)?.as_blob().map_err(|_| damaged("changes are not bytes"))?;
            sets.push(ChangeSet {
                commit: row.get(0)?,
                committed_at: row.get(1)?,
                changes: unpack_changes(changes)?,
            });
        }
        Ok(sets)
    }
}

impl Writer<'_> {
    /// The change log of an upload.
    ///
    /// # Errors
    /// Those of the database.
    pub fn set_upload_churn(
        &mut self,
        project: ProjectId,
        upload: UploadId,
        sets: &[ChangeSet],
    ) -> Result<(), StoreError> {
        let mut commits = RoaringBitmap::new();
        for set in sets {
            commits.insert(set.commit.0);
            self.execute(
                "INSERT INTO change_set (project, revision, committed_at, changes) VALUES ($1, $2, $3, $4) \
                 ON CONFLICT (project, revision) DO NOTHING",
                (project, set.commit, set.committed_at, pack_changes(&set.changes)),
            )?;
        }
        self.set_upload_commits(project, upload, &commits)
    }
}

fn pack_changes(changes: &[Change]) -> Vec<u8> {
    let mut sorted = changes.to_vec();
    sorted.sort_by_key(|change| change.path);
    let mut pack = Pack::default();
    pack.put(sorted.len() as u64);
    let mut last = 0;
    for change in sorted {
        pack.put(u64::from(change.path.0 - last));
        last = change.path.0;
        pack.put(change.renamed_from.map_or(0, |path| u64::from(path.0) + 1));
        pack.put(change.added.map_or(0, |lines| u64::from(lines) + 1));
        pack.put(change.deleted.map_or(0, |lines| u64::from(lines) + 1));
    }
    pack.finish()
}

fn unpack_changes(bytes: &[u8]) -> Result<Vec<Change>, StoreError> {
    let mut unpack = Unpack::new(bytes);
    let count = unpack.take_count(4)?;
    let mut changes = Vec::with_capacity(count);
    let mut last = 0_u32;
    for _ in 0..count {
        last = last.checked_add(unpack.take_u32()?).ok_or_else(|| damaged("a path is out of range"))?;
        let mut optional =
            || Ok::<_, StoreError>(unpack.take()?.checked_sub(1).and_then(|v| u32::try_from(v).ok()));
        changes.push(Change {
            path: PathId(last),
            renamed_from: optional()?.map(PathId),
            added: optional()?,
            deleted: optional()?,
        });
    }
    unpack.end()?;
    Ok(changes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn changes_come_back(rows in proptest::collection::btree_map(
            any::<u32>(),
            (proptest::option::of(any::<u32>()), proptest::option::of(any::<u32>()), proptest::option::of(any::<u32>())),
            0..40,
        )) {
            let changes: Vec<Change> = rows
                .into_iter()
                .map(|(path, (from, added, deleted))| Change {
                    path: PathId(path),
                    renamed_from: from.map(PathId),
                    added,
                    deleted,
                })
                .collect();
            let backwards: Vec<Change> = changes.iter().rev().copied().collect();
            prop_assert_eq!(unpack_changes(&pack_changes(&backwards)).unwrap(), changes);
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
            unpack_changes(&bytes).ok();
        }
    }
}

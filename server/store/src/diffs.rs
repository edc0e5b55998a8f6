//! What a run changed against the commit that it will be merged into: where, never what.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_model::Hunk;

use crate::columns::packed::{Pack, Unpack, damaged};
use crate::{ColumnKind, CommitId, PathId, ProjectId, Reader, RunNumber, StoreError, UploadId, Writer};

/// A run's diff.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DiffColumn {
    /// The commit that it begins at; several where the parts of a run do not agree, none where no part says it.
    pub bases: BTreeSet<CommitId>,
    /// Files by their path after the change; deleted ones by the path before.
    pub files: BTreeMap<PathId, FileHunks>,
}

/// What changed in one file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FileHunks {
    /// The path before, where it is another.
    pub renamed_from: Option<PathId>,
    /// The file is gone.
    pub is_deleted: bool,
    /// In ascending order.
    pub hunks: BTreeSet<Hunk>,
}

impl DiffColumn {
    /// The commit that it begins at, if that is certain.
    pub fn base(&self) -> Option<CommitId> {
        let mut bases = self.bases.iter();
        bases.next().copied().filter(|_| bases.next().is_none())
    }

    /// Both together. Commutative, associative, idempotent.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        self.bases.extend(other.bases);
        for (path, file) in other.files {
            let known = self.files.entry(path).or_default();
            // Where two parts do not agree on the old name, the one that was interned first stands.
            known.renamed_from = match (known.renamed_from, file.renamed_from) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            };
            known.is_deleted |= file.is_deleted;
            known.hunks.extend(file.hunks);
        }
        self
    }

    pub(crate) fn pack(&self) -> Vec<u8> {
        let mut pack = Pack::default();
        pack.put(self.bases.len() as u64);
        self.bases.iter().for_each(|base| pack.put(u64::from(base.0)));
        pack.put(self.files.len() as u64);
        let mut last = 0;
        for (path, file) in &self.files {
            pack.put(u64::from(path.0 - last));
            last = path.0;
            pack.put(file.renamed_from.map_or(0, |path| u64::from(path.0) + 1));
            pack.put((file.hunks.len() as u64) << 1 | u64::from(file.is_deleted));
            let (mut old, mut new) = (0, 0);
            for hunk in &file.hunks {
                pack.put_signed(i64::from(hunk.old_start) - old);
                pack.put(u64::from(hunk.old_lines));
                pack.put_signed(i64::from(hunk.new_start) - new);
                pack.put(u64::from(hunk.new_lines));
                (old, new) = (i64::from(hunk.old_start), i64::from(hunk.new_start));
            }
        }
        pack.finish()
    }

    pub(crate) fn unpack(bytes: &[u8]) -> Result<Self, StoreError> {
        let mut unpack = Unpack::new(bytes);
        let mut column = Self::default();
        for _ in 0..unpack.take_count(1)? {
            column.bases.insert(CommitId(unpack.take_u32()?));
        }
        let mut last = 0_u32;
        for _ in 0..unpack.take_count(3)? {
            last = last.checked_add(unpack.take_u32()?).ok_or_else(|| damaged("a path is out of range"))?;
            let renamed_from = unpack.take()?.checked_sub(1);
            let renamed_from = renamed_from.and_then(|path| u32::try_from(path).ok()).map(PathId);
            let count = unpack.take()?;
            let mut file = FileHunks { renamed_from, is_deleted: count & 1 == 1, hunks: BTreeSet::default() };
            let (mut old, mut new) = (0_i64, 0_i64);
            let line = |value: i64| u32::try_from(value).map_err(|_| damaged("a line is out of range"));
            for _ in 0..count >> 1 {
                old = old.wrapping_add(unpack.take_signed()?);
                let old_lines = unpack.take_u32()?;
                new = new.wrapping_add(unpack.take_signed()?);
                let new_lines = unpack.take_u32()?;
                file.hunks.insert(Hunk {
                    old_start: line(old)?,
                    old_lines,
                    new_start: line(new)?,
                    new_lines,
                });
            }
            column.files.insert(PathId(last), file);
        }
        unpack.end()?;
        Ok(column)
    }
}

impl Reader<'_> {
    /// What the run changed; `None` where it has no diff.
    ///
    /// # Errors
    /// Those of the database, and a column that is damaged.
    pub fn read_diff(&self, project: ProjectId, run: RunNumber) -> Result<Option<DiffColumn>, StoreError> {
        let bytes = self.read_column(project, run, ColumnKind::Diff)?;
        bytes.map(|bytes| DiffColumn::unpack(&bytes)).transpose()
    }

    /// The commit with this name, if any run, parent or change log ever named it.
    ///
    /// # Errors
    /// Those of the database.
    pub fn find_commit(&self, project: ProjectId, name: &str) -> Result<Option<CommitId>, StoreError> {
        self.find_revision(project, name)
    }
}

impl Writer<'_> {
    /// The diff of an upload.
    ///
    /// # Errors
    /// Those of the database.
    pub fn set_upload_diff(
        &mut self,
        project: ProjectId,
        upload: UploadId,
        diff: &DiffColumn,
    ) -> Result<(), StoreError> {
        self.set_upload_diff_bytes(project, upload, &diff.pack())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn columns() -> impl Strategy<Value = DiffColumn> {
        let hunk = (any::<u32>(), any::<u32>(), any::<u32>(), any::<u32>()).prop_map(
            |(old_start, old_lines, new_start, new_lines)| Hunk {
                old_start,
                old_lines,
                new_start,
                new_lines,
            },
        );
        let file =
            (proptest::option::of(0..u32::MAX), any::<bool>(), proptest::collection::btree_set(hunk, 0..5))
                .prop_map(|(from, is_deleted, hunks)| FileHunks {
                    renamed_from: from.map(PathId),
                    is_deleted,
                    hunks,
                });
        let bases = proptest::collection::btree_set(any::<u32>().prop_map(CommitId), 0..3);
        let files = proptest::collection::btree_map(any::<u32>().prop_map(PathId), file, 0..6);
        (bases, files).prop_map(|(bases, files)| DiffColumn { bases, files })
    }

    proptest! {
        #[test]
        fn diffs_come_back(diff in columns()) {
            prop_assert_eq!(DiffColumn::unpack(&diff.pack()).unwrap(), diff);
        }

        #[test]
        fn merging_is_commutative_associative_and_idempotent(a in columns(), b in columns(), c in columns()) {
            let merge = |a: &DiffColumn, b: &DiffColumn| a.clone().merge(b.clone());
            prop_assert_eq!(merge(&a, &b), merge(&b, &a));
            prop_assert_eq!(merge(&merge(&a, &b), &c), merge(&a, &merge(&b, &c)));
            prop_assert_eq!(merge(&a, &a), a);
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
            DiffColumn::unpack(&bytes).ok();
        }
    }
}

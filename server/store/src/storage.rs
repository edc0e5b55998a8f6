//! What takes the room.

use std::collections::{BTreeMap, BTreeSet};

use roaring::RoaringTreemap;

use crate::collect::Marks;
use crate::{BlobId, ColumnKind, ProjectId, Reader, RunNumber, StoreError};

/// What bytes are spent on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Holding {
    /// How long tests took.
    Durations,
    /// Which tests there were and how they ended.
    Tests,
    /// The texts of failures.
    Texts,
    /// Lines and branches.
    Coverage,
    /// Source texts of files.
    Sources,
    /// Findings with their lines and severities.
    Findings,
    /// File lists, change logs, commits' parents and settings.
    Lists,
    /// Names: of paths, tests, rules and commits, what is shown of findings, what commits changed.
    Dictionaries,
    /// What nobody needs, and was not removed yet.
    Unneeded,
}

/// Bytes, and how many of them would go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Kept {
    /// Compressed, as they are stored.
    pub bytes: u64,
    /// Of these, what would be free if the named runs were dropped.
    pub freed: u64,
}

/// What a project's history is spent on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StorageUse {
    /// How many runs there are.
    pub runs: u64,
    /// By what they are spent on.
    pub by_holding: BTreeMap<Holding, Kept>,
}

/// The database's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FileUse {
    /// All of it.
    pub bytes: u64,
    /// Pages that are free, and are used for what comes next or given back.
    pub free_bytes: u64,
}

impl Reader<'_> {
    /// What a project's history is spent on, and what would be free if these runs were dropped. Reads every column that
    /// differs from another: to be asked now and then, not for every page.
    ///
    /// # Errors
    /// Those of the database, and a column that is damaged.
    pub fn storage_use(
        &self,
        project: ProjectId,
        dropped: &BTreeSet<RunNumber>,
    ) -> Result<StorageUse, StoreError> {
        let (mut kept, mut gone) = (Marks::default(), Marks::default());
        self.mark(project, &mut kept, |run| !dropped.contains(&run))?;
        if !dropped.is_empty() {
            self.mark(project, &mut gone, |run| dropped.contains(&run))?;
        }
        let (kept, gone) = (by_holding(&kept), by_holding(&gone));
        let find = |sets: &[(Holding, RoaringTreemap)], id: u64| {
            sets.iter().find(|(_, set)| set.contains(id)).map(|(holding, _)| *holding)
        };
        let mut all = StorageUse { runs: self.count_runs(project, None)?, ..StorageUse::default() };
        let mut statement = self.prepare("SELECT id, length(content) FROM blob WHERE project = $1")?;
        let mut rows = statement.query([project])?;
        while let Some(row) = rows.next()? {
            let (BlobId(id), bytes): (BlobId, i64) = (row.get(0)?, row.get(1)?);
            let bytes = u64::try_from(bytes).unwrap_or_default();
            let is_kept = find(&kept, id);
            let holding = is_kept.or_else(|| find(&gone, id)).unwrap_or(Holding::Unneeded);
            let entry = all.by_holding.entry(holding).or_default();
            entry.bytes += bytes;
            entry.freed += if is_kept.is_none() { bytes } else { 0 };
        }
        all.by_holding.entry(Holding::Dictionaries).or_default().bytes = self.dictionary_bytes(project)?;
        Ok(all)
    }

    fn dictionary_bytes(&self, project: ProjectId) -> Result<u64, StoreError> {
        let mut bytes = 0;
        for sql in [
            "SELECT SUM(octet_length(path)) FROM path WHERE project = $1",
            "SELECT SUM(octet_length(suite) + octet_length(class) + octet_length(name) + 16) FROM test WHERE project = $1",
            "SELECT SUM(octet_length(detail) + 36) FROM finding WHERE project = $1",
            "SELECT SUM(octet_length(value) + 8) FROM finding_tag WHERE project = $1",
            "SELECT SUM(octet_length(rule) + COALESCE(octet_length(name), 0) + COALESCE(octet_length(help_uri), 0)) \
             FROM rule WHERE project = $1",
            "SELECT SUM(octet_length(name)) FROM revision WHERE project = $1",
            "SELECT SUM(octet_length(changes)) FROM change_set WHERE project = $1",
        ] {
            let sum = self.one(sql, [project], |row| row.get::<_, Option<i64>>(0))?.flatten();
            bytes += sum.and_then(|sum| u64::try_from(sum).ok()).unwrap_or_default();
        }
        Ok(bytes)
    }

    /// How large the database's file is, without its log.
    ///
    /// # Errors
    /// Those of the database.
    pub fn file_use(&self) -> Result<FileUse, StoreError> {
        let value = |name: &str| -> Result<u64, StoreError> {
            let value: i64 = self.connection.pragma_query_value(None, name, |row| row.get(0))?;
            Ok(u64::try_from(value).unwrap_or_default())
        };
        let page = value("page_size")?;
        Ok(FileUse { bytes: value("page_count")? * page, free_bytes: value("freelist_count")? * page })
    }
}

fn by_holding(marks: &Marks) -> Vec<(Holding, RoaringTreemap)> {
    let mut sets: BTreeMap<Holding, RoaringTreemap> = BTreeMap::from([
        (Holding::Texts, marks.texts.clone()),
        (Holding::Coverage, marks.lines.clone()),
        (Holding::Sources, marks.sources.clone()),
    ]);
    for (kind, blobs) in &marks.columns {
        *sets.entry(holding(*kind)).or_default() |= blobs;
    }
    sets.into_iter().collect()
}

fn holding(kind: ColumnKind) -> Holding {
    match kind {
        ColumnKind::TestsDurations => Holding::Durations,
        ColumnKind::TestsPresent
        | ColumnKind::TestsFailed
        | ColumnKind::TestsErrored
        | ColumnKind::TestsSkipped
        | ColumnKind::TestsFlaky
        | ColumnKind::TestsFailures => Holding::Tests,
        ColumnKind::FindingsPresent
        | ColumnKind::FindingsSuppressed
        | ColumnKind::FindingsPlainLines
        | ColumnKind::FindingsPlainSeverities
        | ColumnKind::FindingsLines
        | ColumnKind::FindingsSeverities
        | ColumnKind::FindingsJoined => Holding::Findings,
        ColumnKind::Coverage => Holding::Coverage,
        ColumnKind::Sources => Holding::Sources,
        ColumnKind::Files
        | ColumnKind::Churn
        | ColumnKind::Parents
        | ColumnKind::Settings
        | ColumnKind::Diff
        | ColumnKind::PathProblems => Holding::Lists,
    }
}

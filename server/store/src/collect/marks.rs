//! What the columns of runs refer to: everything else may go.

use std::collections::BTreeMap;

use roaring::{RoaringBitmap, RoaringTreemap};

use crate::columns::packed::{Unpack, unpack_bitmap};
use crate::columns::unpack_failures;
use crate::{
    BlobId, ColumnKind, CoverageManifest, DiffColumn, ProjectId, Reader, RunNumber, SourceManifest,
    StoreError,
};

/// What some runs need.
#[derive(Debug, Default)]
pub(crate) struct Marks {
    /// The columns' own contents.
    pub columns: BTreeMap<ColumnKind, RoaringTreemap>,
    /// The lines of files that manifests name.
    pub lines: RoaringTreemap,
    /// The texts of failures.
    pub texts: RoaringTreemap,
    /// The texts of files.
    pub sources: RoaringTreemap,
    pub tests: RoaringBitmap,
    pub findings: RoaringBitmap,
    pub paths: RoaringBitmap,
    /// Commits whose changes are needed.
    pub change_sets: RoaringBitmap,
    /// Commits whose names are needed.
    pub revisions: RoaringBitmap,
}

impl Marks {
    /// All contents.
    pub fn blobs(&self) -> RoaringTreemap {
        let mut all = &self.lines | &self.texts | &self.sources;
        for column in self.columns.values() {
            all |= column;
        }
        all
    }

    /// Notes what a column's content refers to. Whoever adds a kind of column says here what it refers to: what is not
    /// said is removed from under it.
    fn follow(&mut self, kind: ColumnKind, content: &[u8]) -> Result<(), StoreError> {
        match kind {
            ColumnKind::TestsPresent => self.tests |= unpack_bitmap(content)?,
            ColumnKind::FindingsPresent => self.findings |= unpack_bitmap(content)?,
            // Parts of what is present, and values in its order.
            ColumnKind::TestsFailed
            | ColumnKind::TestsErrored
            | ColumnKind::TestsSkipped
            | ColumnKind::TestsFlaky
            | ColumnKind::TestsDurations
            | ColumnKind::FindingsSuppressed
            | ColumnKind::FindingsPlainLines
            | ColumnKind::FindingsPlainSeverities
            | ColumnKind::FindingsLines
            | ColumnKind::FindingsSeverities
            | ColumnKind::FindingsJoined
            // Texts.
            | ColumnKind::Settings
            | ColumnKind::PathProblems => {}
            ColumnKind::TestsFailures => {
                for text in unpack_failures(content)?.values() {
                    self.texts.extend([text.message, text.detail].into_iter().flatten().map(|blob| blob.0));
                }
            }
            ColumnKind::Coverage => {
                for file in CoverageManifest::unpack(content)?.files {
                    self.lines.insert(file.blob.0);
                    self.paths.insert(file.path.0);
                }
            }
            ColumnKind::Files => self.paths |= unpack_bitmap(content)?,
            ColumnKind::Churn => self.change_sets |= unpack_bitmap(content)?,
            ColumnKind::Diff => {
                let diff = DiffColumn::unpack(content)?;
                self.revisions.extend(diff.bases.iter().map(|commit| commit.0));
                for (path, file) in &diff.files {
                    self.paths.insert(path.0);
                    self.paths.extend(file.renamed_from.map(|path| path.0));
                }
            }
            ColumnKind::Sources => {
                for (path, entry) in SourceManifest::unpack(content)?.files {
                    self.sources.insert(entry.blob.0);
                    self.paths.insert(path.0);
                }
            }
            ColumnKind::Parents => {
                let mut unpack = Unpack::new(content);
                let mut last = 0_i64;
                for _ in 0..unpack.take_count(1)? {
                    last = last.wrapping_add(unpack.take_signed()?);
                    self.revisions.extend(u32::try_from(last).ok());
                }
            }
        }
        Ok(())
    }
}

impl Reader<'_> {
    /// Adds what the columns of these runs, and of their uploads, refer to. Equal contents are read once.
    pub(crate) fn mark(
        &self,
        project: ProjectId,
        marks: &mut Marks,
        is_wanted: impl Fn(RunNumber) -> bool,
    ) -> Result<(), StoreError> {
        for sql in [
            "SELECT run, kind, blob FROM run_column WHERE project = $1",
            "SELECT upload.run, upload_column.kind, upload_column.blob FROM upload_column \
             JOIN upload ON upload.project = upload_column.project AND upload.id = upload_column.upload \
             WHERE upload_column.project = $1",
        ] {
            let mut statement = self.prepare(sql)?;
            let mut rows = statement.query([project])?;
            while let Some(row) = rows.next()? {
                if !is_wanted(row.get(0)?) {
                    continue;
                }
                let (code, blob): (u8, BlobId) = (row.get(1)?, row.get(2)?);
                // What it refers to is not known, so nothing may be removed.
                let kind = ColumnKind::from_code(code)
                    .ok_or_else(|| StoreError::Damaged(format!("there is no kind of column {code}")))?;
                if marks.columns.entry(kind).or_default().insert(blob.0) {
                    marks.follow(kind, &self.read_blob(project, blob)?)?;
                }
            }
        }
        Ok(())
    }
}

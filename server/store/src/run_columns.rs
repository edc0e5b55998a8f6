//! The columns of uploads and runs. Each upload keeps its own; a run's are the merge of its stored uploads' and are
//! made anew whenever one of these changes, so the order in which they come does not matter.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use roaring::RoaringBitmap;

use crate::columns::packed::{pack_bitmap, unpack_bitmap};
use crate::columns::{
    duration_origin, line_origin, pack_failures, pack_lines, pack_severities, pack_steps, severity_origin,
    unpack_durations, unpack_failures, unpack_joined, unpack_lines, unpack_plain_lines,
    unpack_plain_severities, unpack_severities,
};
use crate::{
    BlobId, ColumnKind, CoverageManifest, DiffColumn, FileLines, FindingColumns, PathId, ProjectId, Reader,
    RunNumber, StoreError, TestColumns, UploadId, UploadState, Writer,
};

/// Columns that are merged together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Group {
    Tests,
    Findings,
    Coverage,
    Files,
    Churn,
    Settings,
    Diff,
}

impl Group {
    /// Its columns; the first is there whenever the group is.
    fn kinds(self) -> &'static [ColumnKind] {
        match self {
            Self::Tests => &[
                ColumnKind::TestsPresent,
                ColumnKind::TestsFailed,
                ColumnKind::TestsErrored,
                ColumnKind::TestsSkipped,
                ColumnKind::TestsFlaky,
                ColumnKind::TestsDurations,
                ColumnKind::TestsFailures,
            ],
            Self::Findings => &[
                ColumnKind::FindingsPresent,
                ColumnKind::FindingsSuppressed,
                ColumnKind::FindingsPlainLines,
                ColumnKind::FindingsPlainSeverities,
                ColumnKind::FindingsLines,
                ColumnKind::FindingsSeverities,
            ],
            Self::Coverage => &[ColumnKind::Coverage],
            Self::Files => &[ColumnKind::Files],
            Self::Churn => &[ColumnKind::Churn],
            Self::Settings => &[ColumnKind::Settings],
            Self::Diff => &[ColumnKind::Diff],
        }
    }

    fn of(kind: ColumnKind) -> Option<Self> {
        let all = [
            Self::Tests,
            Self::Findings,
            Self::Coverage,
            Self::Files,
            Self::Churn,
            Self::Settings,
            Self::Diff,
        ];
        all.into_iter().find(|group| group.kinds().contains(&kind))
    }
}

/// Which content each column has.
pub(crate) type Columns = BTreeMap<ColumnKind, BlobId>;

impl Reader<'_> {
    /// The tests of a run; `None` where it has no report of tests.
    ///
    /// # Errors
    /// Those of the database, and a column that is damaged.
    pub fn read_tests(&self, project: ProjectId, run: RunNumber) -> Result<Option<TestColumns>, StoreError> {
        self.decode_tests(project, &self.columns_of_run(project, run)?)
    }

    /// The findings of a run; `None` where it has no report of findings.
    ///
    /// # Errors
    /// Those of the database, and a column that is damaged.
    pub fn read_findings(
        &self,
        project: ProjectId,
        run: RunNumber,
    ) -> Result<Option<FindingColumns>, StoreError> {
        self.decode_findings(project, &self.columns_of_run(project, run)?)
    }

    /// The coverage of a run, file by file; `None` where it has no report of coverage.
    ///
    /// # Errors
    /// Those of the database, and a column that is damaged.
    pub fn read_coverage(
        &self,
        project: ProjectId,
        run: RunNumber,
    ) -> Result<Option<CoverageManifest>, StoreError> {
        let bytes = self.read_column(project, run, ColumnKind::Coverage)?;
        bytes.map(|bytes| CoverageManifest::unpack(&bytes)).transpose()
    }

    /// The lines of one file.
    ///
    /// # Errors
    /// Those of the database, and content that is damaged.
    pub fn read_file_lines(&self, project: ProjectId, blob: BlobId) -> Result<FileLines, StoreError> {
        FileLines::unpack(&self.read_blob(project, blob)?)
    }

    /// The repository's files as the run's file list says; `None` where it has none.
    ///
    /// # Errors
    /// Those of the database, and a column that is damaged.
    pub fn read_files(
        &self,
        project: ProjectId,
        run: RunNumber,
    ) -> Result<Option<RoaringBitmap>, StoreError> {
        let bytes = self.read_column(project, run, ColumnKind::Files)?;
        bytes.map(|bytes| unpack_bitmap(&bytes)).transpose()
    }

    /// Which content each column of a run has: a key for caches. Equal answers mean equal columns.
    ///
    /// # Errors
    /// Those of the database.
    pub fn list_columns(
        &self,
        project: ProjectId,
        run: RunNumber,
    ) -> Result<Vec<(ColumnKind, BlobId)>, StoreError> {
        Ok(self.columns_of_run(project, run)?.into_iter().collect())
    }

    /// One bitmap of many runs, aligned with them: the failed tests of the last 200 runs, say. An empty bitmap is not
    /// stored, so `None` says that the run has no such report or that nothing is in it. Equal contents are read once.
    ///
    /// # Errors
    /// Those of the database, and a column that is damaged.
    pub fn read_bitmaps(
        &self,
        project: ProjectId,
        kind: ColumnKind,
        runs: &[RunNumber],
    ) -> Result<Vec<Option<Arc<RoaringBitmap>>>, StoreError> {
        let mut known: HashMap<BlobId, Arc<RoaringBitmap>> = HashMap::new();
        let mut bitmaps = Vec::with_capacity(runs.len());
        for &run in runs {
            let Some(blob) = self.find_column(project, run, kind)? else {
                bitmaps.push(None);
                continue;
            };
            let bitmap = match known.get(&blob) {
                Some(bitmap) => Arc::clone(bitmap),
                None => {
                    let bitmap = Arc::new(unpack_bitmap(&self.read_blob(project, blob)?)?);
                    known.insert(blob, Arc::clone(&bitmap));
                    bitmap
                }
            };
            bitmaps.push(Some(bitmap));
        }
        Ok(bitmaps)
    }

    pub(crate) fn find_column(
        &self,
        project: ProjectId,
        run: RunNumber,
        kind: ColumnKind,
    ) -> Result<Option<BlobId>, StoreError> {
        let sql = "SELECT blob FROM run_column WHERE project = $1 AND run = $2 AND kind = $3";
        self.one(sql, (project, run, kind as u8), |row| row.get(0))
    }

    pub(crate) fn read_column(
        &self,
        project: ProjectId,
        run: RunNumber,
        kind: ColumnKind,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        self.find_column(project, run, kind)?.map(|blob| self.read_blob(project, blob)).transpose()
    }

    pub(crate) fn columns_of_run(&self, project: ProjectId, run: RunNumber) -> Result<Columns, StoreError> {
        let sql = "SELECT kind, blob FROM run_column WHERE project = $1 AND run = $2";
        let rows = self.all(sql, (project, run), |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(by_kind(rows))
    }

    pub(crate) fn columns_of_upload(
        &self,
        project: ProjectId,
        upload: UploadId,
    ) -> Result<Columns, StoreError> {
        let sql = "SELECT kind, blob FROM upload_column WHERE project = $1 AND upload = $2";
        let rows = self.all(sql, (project, upload), |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(by_kind(rows))
    }

    pub(crate) fn decode_tests(
        &self,
        project: ProjectId,
        columns: &Columns,
    ) -> Result<Option<TestColumns>, StoreError> {
        if !columns.contains_key(&ColumnKind::TestsPresent) {
            return Ok(None);
        }
        let bitmap = |kind| self.decode_bitmap(project, columns, kind);
        let present = bitmap(ColumnKind::TestsPresent)?;
        let durations_us = match columns.get(&ColumnKind::TestsDurations) {
            Some(&blob) => {
                let origins = self.read_origins(project, ColumnKind::TestsDurations, &present)?;
                unpack_durations(&self.read_blob(project, blob)?, &present, &origins)?
            }
            None => Vec::new(),
        };
        let failures = match columns.get(&ColumnKind::TestsFailures) {
            Some(&blob) => unpack_failures(&self.read_blob(project, blob)?)?,
            None => BTreeMap::new(),
        };
        Ok(Some(TestColumns {
            failed: bitmap(ColumnKind::TestsFailed)?,
            errored: bitmap(ColumnKind::TestsErrored)?,
            skipped: bitmap(ColumnKind::TestsSkipped)?,
            flaky: bitmap(ColumnKind::TestsFlaky)?,
            present,
            durations_us,
            failures,
        }))
    }

    pub(crate) fn decode_findings(
        &self,
        project: ProjectId,
        columns: &Columns,
    ) -> Result<Option<FindingColumns>, StoreError> {
        if !columns.contains_key(&ColumnKind::FindingsPresent) {
            return Ok(None);
        }
        let present = self.decode_bitmap(project, columns, ColumnKind::FindingsPresent)?;
        let content = |kind| columns.get(&kind).map(|&blob| self.read_blob(project, blob)).transpose();
        let origins = |kind| self.read_origins(project, kind, &present);
        let lines = match (content(ColumnKind::FindingsLines)?, content(ColumnKind::FindingsPlainLines)?) {
            (Some(bytes), _) => unpack_lines(&bytes, &present, &origins(ColumnKind::FindingsLines)?)?,
            (None, Some(bytes)) => unpack_plain_lines(&bytes, &present)?,
            (None, None) => Vec::new(),
        };
        let plain = content(ColumnKind::FindingsPlainSeverities)?;
        let severities = match (content(ColumnKind::FindingsSeverities)?, plain) {
            (Some(bytes), _) => {
                unpack_severities(&bytes, &present, &origins(ColumnKind::FindingsSeverities)?)?
            }
            (None, Some(bytes)) => unpack_plain_severities(&bytes, &present)?,
            (None, None) => Vec::new(),
        };
        let suppressed = self.decode_bitmap(project, columns, ColumnKind::FindingsSuppressed)?;
        let mut findings =
            FindingColumns { present, suppressed, lines, severities, ..FindingColumns::default() };
        if let Some(joined) = content(ColumnKind::FindingsJoined)? {
            findings.join(unpack_joined(&joined)?);
        }
        Ok(Some(findings))
    }

    fn decode_bitmap(
        &self,
        project: ProjectId,
        columns: &Columns,
        kind: ColumnKind,
    ) -> Result<RoaringBitmap, StoreError> {
        match columns.get(&kind) {
            Some(&blob) => unpack_bitmap(&self.read_blob(project, blob)?),
            None => Ok(RoaringBitmap::new()),
        }
    }
}

impl Writer<'_> {
    /// The tests of an upload.
    ///
    /// # Errors
    /// Those of the database.
    pub fn set_upload_tests(
        &mut self,
        project: ProjectId,
        upload: UploadId,
        tests: &TestColumns,
    ) -> Result<(), StoreError> {
        let columns = self.encode_tests(project, tests)?;
        self.keep_exact_durations(project, upload, &tests.durations_us)?;
        self.set_upload_columns(project, upload, Group::Tests, &columns)
    }

    /// The findings of an upload.
    ///
    /// # Errors
    /// Those of the database.
    pub fn set_upload_findings(
        &mut self,
        project: ProjectId,
        upload: UploadId,
        findings: &FindingColumns,
    ) -> Result<(), StoreError> {
        let run = self.find_upload(project, upload)?.map(|upload| upload.received.run);
        if let Some(run) = run {
            self.note_first_run(project, run, &findings.present)?;
        }
        let columns = self.encode_findings(project, findings)?;
        self.set_upload_columns(project, upload, Group::Findings, &columns)
    }

    /// The coverage of an upload.
    ///
    /// # Errors
    /// Those of the database.
    pub fn set_upload_coverage(
        &mut self,
        project: ProjectId,
        upload: UploadId,
        files: &BTreeMap<PathId, FileLines>,
    ) -> Result<(), StoreError> {
        let mut entries = BTreeMap::new();
        for (path, lines) in files {
            entries.insert(*path, (self.put_blob(project, &lines.pack())?, lines.totals()));
        }
        let blob = self.put_blob(project, &CoverageManifest::from_entries(entries).pack())?;
        let columns = Columns::from([(ColumnKind::Coverage, blob)]);
        self.set_upload_columns(project, upload, Group::Coverage, &columns)
    }

    /// The file list of an upload.
    ///
    /// # Errors
    /// Those of the database.
    pub fn set_upload_files(
        &mut self,
        project: ProjectId,
        upload: UploadId,
        files: &RoaringBitmap,
    ) -> Result<(), StoreError> {
        let blob = self.put_blob(project, &pack_bitmap(files)?)?;
        self.set_upload_columns(project, upload, Group::Files, &Columns::from([(ColumnKind::Files, blob)]))
    }

    pub(crate) fn set_upload_commits(
        &mut self,
        project: ProjectId,
        upload: UploadId,
        commits: &RoaringBitmap,
    ) -> Result<(), StoreError> {
        let blob = self.put_blob(project, &pack_bitmap(commits)?)?;
        self.set_upload_columns(project, upload, Group::Churn, &Columns::from([(ColumnKind::Churn, blob)]))
    }

    pub(crate) fn set_upload_diff_bytes(
        &mut self,
        project: ProjectId,
        upload: UploadId,
        diff: &[u8],
    ) -> Result<(), StoreError> {
        let blob = self.put_blob(project, diff)?;
        self.set_upload_columns(project, upload, Group::Diff, &Columns::from([(ColumnKind::Diff, blob)]))
    }

    pub(crate) fn set_upload_columns(
        &mut self,
        project: ProjectId,
        upload: UploadId,
        group: Group,
        columns: &Columns,
    ) -> Result<(), StoreError> {
        for &kind in group.kinds() {
            let done = match columns.get(&kind) {
                Some(blob) => self.execute(
                    "INSERT INTO upload_column (project, upload, kind, blob) VALUES ($1, $2, $3, $4) \
                     ON CONFLICT (project, upload, kind) DO UPDATE SET blob = excluded.blob",
                    (project, upload, kind as u8, blob),
                ),
                None => self.execute(
                    "DELETE FROM upload_column WHERE project = $1 AND upload = $2 AND kind = $3",
                    (project, upload, kind as u8),
                ),
            };
            done?;
        }
        Ok(())
    }

    pub(crate) fn drop_upload_columns(
        &mut self,
        project: ProjectId,
        upload: UploadId,
    ) -> Result<(), StoreError> {
        self.execute("DELETE FROM upload_column WHERE project = $1 AND upload = $2", (project, upload))?;
        self.execute("DELETE FROM exact_durations WHERE project = $1 AND upload = $2", (project, upload))?;
        Ok(())
    }

    /// Which groups an upload has columns of.
    pub(crate) fn upload_groups(
        &self,
        project: ProjectId,
        upload: UploadId,
    ) -> Result<BTreeSet<Group>, StoreError> {
        Ok(self.columns_of_upload(project, upload)?.into_keys().filter_map(Group::of).collect())
    }

    /// Makes these groups of a run's columns anew from its stored uploads, and then its measures.
    pub(crate) fn refresh_run(
        &mut self,
        project: ProjectId,
        run: RunNumber,
        groups: &BTreeSet<Group>,
    ) -> Result<(), StoreError> {
        let mut parts = Vec::new();
        for upload in self.list_uploads(project, run)? {
            if upload.state == UploadState::Stored {
                parts.push(self.columns_of_upload(project, upload.id)?);
            }
        }
        for &group in groups {
            let of_group: Vec<Columns> = parts
                .iter()
                .map(|columns| {
                    columns
                        .iter()
                        .filter(|(kind, _)| group.kinds().contains(kind))
                        .map(|(k, b)| (*k, *b))
                        .collect()
                })
                .filter(|columns: &Columns| !columns.is_empty())
                .collect();
            let merged = match of_group.as_slice() {
                [] => Columns::new(),
                // One part is its own merge: the run and the upload share the contents.
                [one] => one.clone(),
                several => self.merge(project, group, several)?,
            };
            for &kind in group.kinds() {
                self.set_run_column(project, run, kind, merged.get(&kind).copied())?;
            }
        }
        self.refresh_measures(project, run, groups)
    }

    pub(crate) fn set_run_column(
        &mut self,
        project: ProjectId,
        run: RunNumber,
        kind: ColumnKind,
        blob: Option<BlobId>,
    ) -> Result<(), StoreError> {
        let done = match blob {
            Some(blob) => self.execute(
                "INSERT INTO run_column (project, run, kind, blob) VALUES ($1, $2, $3, $4) \
                 ON CONFLICT (project, run, kind) DO UPDATE SET blob = excluded.blob",
                (project, run, kind as u8, blob),
            ),
            None => self.execute(
                "DELETE FROM run_column WHERE project = $1 AND run = $2 AND kind = $3",
                (project, run, kind as u8),
            ),
        };
        done?;
        Ok(())
    }

    fn merge(&mut self, project: ProjectId, group: Group, parts: &[Columns]) -> Result<Columns, StoreError> {
        match group {
            Group::Tests => {
                let mut results = Vec::new();
                for columns in parts {
                    results.extend(self.decode_tests(project, columns)?.unwrap_or_default().results());
                }
                self.encode_tests(project, &TestColumns::from_results(results))
            }
            Group::Findings => {
                let mut results = Vec::new();
                for columns in parts {
                    results.extend(self.decode_findings(project, columns)?.unwrap_or_default().results());
                }
                self.encode_findings(project, &FindingColumns::from_results(results))
            }
            Group::Coverage => self.merge_coverage(project, parts),
            Group::Files => self.merge_bitmaps(project, ColumnKind::Files, parts),
            Group::Churn => self.merge_bitmaps(project, ColumnKind::Churn, parts),
            Group::Settings => self.merge_settings(project, parts),
            Group::Diff => self.merge_diffs(project, parts),
        }
    }

    fn merge_bitmaps(
        &mut self,
        project: ProjectId,
        kind: ColumnKind,
        parts: &[Columns],
    ) -> Result<Columns, StoreError> {
        let mut union = RoaringBitmap::new();
        for columns in parts {
            union |= self.decode_bitmap(project, columns, kind)?;
        }
        let blob = self.put_blob(project, &pack_bitmap(&union)?)?;
        Ok(Columns::from([(kind, blob)]))
    }

    fn merge_diffs(&mut self, project: ProjectId, parts: &[Columns]) -> Result<Columns, StoreError> {
        let mut merged = DiffColumn::default();
        for columns in parts {
            let Some(&blob) = columns.get(&ColumnKind::Diff) else { continue };
            merged = merged.merge(DiffColumn::unpack(&self.read_blob(project, blob)?)?);
        }
        let blob = self.put_blob(project, &merged.pack())?;
        Ok(Columns::from([(ColumnKind::Diff, blob)]))
    }

    fn merge_coverage(&mut self, project: ProjectId, parts: &[Columns]) -> Result<Columns, StoreError> {
        let mut contents: BTreeMap<PathId, BTreeSet<BlobId>> = BTreeMap::new();
        let mut totals = HashMap::new();
        for columns in parts {
            let Some(&blob) = columns.get(&ColumnKind::Coverage) else { continue };
            for entry in CoverageManifest::unpack(&self.read_blob(project, blob)?)?.files {
                contents.entry(entry.path).or_default().insert(entry.blob);
                totals.insert(entry.blob, entry.totals);
            }
        }
        let mut entries = BTreeMap::new();
        for (path, blobs) in contents {
            let mut blobs = blobs.into_iter();
            let Some(first) = blobs.next() else { continue };
            let mut merged = None;
            for blob in blobs {
                let other = self.read_file_lines(project, blob)?;
                let so_far = match merged {
                    Some(lines) => lines,
                    None => self.read_file_lines(project, first)?,
                };
                merged = Some(so_far.merge(&other));
            }
            let entry = match merged {
                None => (first, totals.get(&first).copied().unwrap_or_default()),
                Some(lines) => (self.put_blob(project, &lines.pack())?, lines.totals()),
            };
            entries.insert(path, entry);
        }
        let blob = self.put_blob(project, &CoverageManifest::from_entries(entries).pack())?;
        Ok(Columns::from([(ColumnKind::Coverage, blob)]))
    }

    fn encode_tests(&mut self, project: ProjectId, tests: &TestColumns) -> Result<Columns, StoreError> {
        let mut columns = Columns::new();
        columns.insert(ColumnKind::TestsPresent, self.put_blob(project, &pack_bitmap(&tests.present)?)?);
        self.encode_bitmap(project, &mut columns, ColumnKind::TestsFailed, &tests.failed)?;
        self.encode_bitmap(project, &mut columns, ColumnKind::TestsErrored, &tests.errored)?;
        self.encode_bitmap(project, &mut columns, ColumnKind::TestsSkipped, &tests.skipped)?;
        self.encode_bitmap(project, &mut columns, ColumnKind::TestsFlaky, &tests.flaky)?;
        let known = tests.durations_us.iter().map(|us| us.map(duration_origin));
        let origins = self.set_origins(project, ColumnKind::TestsDurations, &tests.present, known)?;
        let durations = self.put_blob(project, &pack_steps(&tests.durations_us, &origins))?;
        columns.insert(ColumnKind::TestsDurations, durations);
        if !tests.failures.is_empty() {
            let failures = self.put_blob(project, &pack_failures(&tests.failures))?;
            columns.insert(ColumnKind::TestsFailures, failures);
        }
        Ok(columns)
    }

    fn encode_findings(
        &mut self,
        project: ProjectId,
        findings: &FindingColumns,
    ) -> Result<Columns, StoreError> {
        let mut columns = Columns::new();
        columns
            .insert(ColumnKind::FindingsPresent, self.put_blob(project, &pack_bitmap(&findings.present)?)?);
        self.encode_bitmap(project, &mut columns, ColumnKind::FindingsSuppressed, &findings.suppressed)?;
        let known = findings.lines.iter().map(|line| line.map(line_origin));
        let origins = self.set_origins(project, ColumnKind::FindingsLines, &findings.present, known)?;
        let lines = self.put_blob(project, &pack_lines(&findings.lines, &origins))?;
        columns.insert(ColumnKind::FindingsLines, lines);
        let known = findings.severities.iter().map(|severity| Some(severity_origin(*severity)));
        let origins = self.set_origins(project, ColumnKind::FindingsSeverities, &findings.present, known)?;
        let severities = self.put_blob(project, &pack_severities(&findings.severities, &origins))?;
        columns.insert(ColumnKind::FindingsSeverities, severities);
        Ok(columns)
    }

    fn encode_bitmap(
        &mut self,
        project: ProjectId,
        columns: &mut Columns,
        kind: ColumnKind,
        bitmap: &RoaringBitmap,
    ) -> Result<(), StoreError> {
        if !bitmap.is_empty() {
            columns.insert(kind, self.put_blob(project, &pack_bitmap(bitmap)?)?);
        }
        Ok(())
    }
}

fn by_kind(rows: Vec<(u8, BlobId)>) -> Columns {
    rows.into_iter().filter_map(|(kind, blob)| Some((ColumnKind::from_code(kind)?, blob))).collect()
}

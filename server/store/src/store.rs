use std::path::Path;

use roaring::RoaringBitmap;

use crate::*;

/// How a store is opened.
#[derive(Debug, Clone)]
pub struct Options {
    /// Connections that read at the same time, at most; one more waits.
    pub readers: usize,
    /// Whether a commit is on the disk when it returns. Off only where the store is thrown away afterwards.
    pub is_durable: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { readers: 8, is_durable: true }
    }
}

/// The history of all projects. Cheap to clone; clones share the connections.
#[derive(Clone)]
pub struct Store {}

/// Reads within one transaction: all that it sees is of one moment.
pub struct Reader<'store> {
    _connection: &'store (),
}

/// Reads and writes within one transaction.
pub struct Writer<'store> {
    reader: Reader<'store>,
}

impl<'store> std::ops::Deref for Writer<'store> {
    type Target = Reader<'store>;

    fn deref(&self) -> &Self::Target {
        &self.reader
    }
}

#[expect(
    missing_docs,
    clippy::missing_errors_doc,
    clippy::unimplemented,
    unused_variables,
    reason = "signatures first"
)]
impl Store {
    /// Opens or creates the store in a folder.
    pub fn open(folder: &Path, options: &Options) -> Result<Self, StoreError> {
        unimplemented!()
    }

    /// The folder that it was opened in.
    pub fn folder(&self) -> &Path {
        unimplemented!()
    }

    pub fn read<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&Reader<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        unimplemented!()
    }

    pub fn write<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&mut Writer<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        unimplemented!()
    }

    /// Copies the whole database into a new file while others read and write.
    pub fn backup(&self, to: &Path) -> Result<(), StoreError> {
        unimplemented!()
    }
}

#[expect(
    missing_docs,
    clippy::missing_errors_doc,
    clippy::unimplemented,
    unused_variables,
    reason = "signatures first"
)]
impl Reader<'_> {
    // Projects and tokens.
    pub fn list_projects(&self) -> Result<Vec<Project>, StoreError> {
        unimplemented!()
    }
    pub fn find_project(&self, name: &str) -> Result<Option<Project>, StoreError> {
        unimplemented!()
    }
    pub fn find_token(&self, hash: &[u8; 32]) -> Result<Option<Token>, StoreError> {
        unimplemented!()
    }
    pub fn list_tokens(&self) -> Result<Vec<Token>, StoreError> {
        unimplemented!()
    }

    // Runs.
    pub fn find_run(&self, project: ProjectId, number: RunNumber) -> Result<Option<Run>, StoreError> {
        unimplemented!()
    }
    /// The newest (greatest number) first.
    pub fn list_runs(
        &self,
        project: ProjectId,
        filter: RunFilter<'_>,
        limit: usize,
    ) -> Result<Vec<Run>, StoreError> {
        unimplemented!()
    }
    /// All runs of one commit, the newest first.
    pub fn list_runs_of_commit(&self, project: ProjectId, commit: &str) -> Result<Vec<Run>, StoreError> {
        unimplemented!()
    }
    pub fn count_runs(&self, project: ProjectId, branch: Option<&str>) -> Result<u64, StoreError> {
        unimplemented!()
    }
    /// The most recently used first.
    pub fn list_branches(&self, project: ProjectId, limit: usize) -> Result<Vec<String>, StoreError> {
        unimplemented!()
    }
    /// The first-parent history that the client sent, the newest first; empty where it sent none.
    pub fn list_parents(&self, project: ProjectId, run: RunNumber) -> Result<Vec<String>, StoreError> {
        unimplemented!()
    }

    // Uploads.
    pub fn find_upload(&self, project: ProjectId, id: UploadId) -> Result<Option<Upload>, StoreError> {
        unimplemented!()
    }
    /// Of a run, in the order of their arrival, replaced ones among them.
    pub fn list_uploads(&self, project: ProjectId, run: RunNumber) -> Result<Vec<Upload>, StoreError> {
        unimplemented!()
    }
    /// How many uploads of all projects are queued or being read.
    pub fn count_waiting(&self) -> Result<u64, StoreError> {
        unimplemented!()
    }

    // Dictionaries. Lists by bitmap are in the order of the identifiers; identifiers that are not there are left out.
    pub fn list_modules(&self, project: ProjectId) -> Result<Vec<Module>, StoreError> {
        unimplemented!()
    }
    pub fn find_module(&self, project: ProjectId, path: &str) -> Result<Option<Module>, StoreError> {
        unimplemented!()
    }
    pub fn find_path(&self, project: ProjectId, path: &str) -> Result<Option<PathInfo>, StoreError> {
        unimplemented!()
    }
    pub fn list_paths(&self, project: ProjectId, ids: &RoaringBitmap) -> Result<Vec<PathInfo>, StoreError> {
        unimplemented!()
    }
    pub fn paths_of_module(&self, project: ProjectId, module: ModuleId) -> Result<RoaringBitmap, StoreError> {
        unimplemented!()
    }
    pub fn list_tests(&self, project: ProjectId, ids: &RoaringBitmap) -> Result<Vec<TestInfo>, StoreError> {
        unimplemented!()
    }
    pub fn tests_of_module(&self, project: ProjectId, module: ModuleId) -> Result<RoaringBitmap, StoreError> {
        unimplemented!()
    }
    pub fn tests_of_path(&self, project: ProjectId, path: PathId) -> Result<RoaringBitmap, StoreError> {
        unimplemented!()
    }
    pub fn list_rules(&self, project: ProjectId, ids: &RoaringBitmap) -> Result<Vec<Rule>, StoreError> {
        unimplemented!()
    }
    pub fn list_finding_keys(
        &self,
        project: ProjectId,
        ids: &RoaringBitmap,
    ) -> Result<Vec<FindingKey>, StoreError> {
        unimplemented!()
    }
    pub fn list_findings(
        &self,
        project: ProjectId,
        ids: &RoaringBitmap,
    ) -> Result<Vec<FindingInfo>, StoreError> {
        unimplemented!()
    }
    pub fn findings_of_path(&self, project: ProjectId, path: PathId) -> Result<RoaringBitmap, StoreError> {
        unimplemented!()
    }

    // Columns of a run. `None`: the run has no such report.
    pub fn read_tests(&self, project: ProjectId, run: RunNumber) -> Result<Option<TestColumns>, StoreError> {
        unimplemented!()
    }
    pub fn read_findings(
        &self,
        project: ProjectId,
        run: RunNumber,
    ) -> Result<Option<FindingColumns>, StoreError> {
        unimplemented!()
    }
    pub fn read_coverage(
        &self,
        project: ProjectId,
        run: RunNumber,
    ) -> Result<Option<CoverageManifest>, StoreError> {
        unimplemented!()
    }
    pub fn read_file_lines(&self, project: ProjectId, blob: BlobId) -> Result<FileLines, StoreError> {
        unimplemented!()
    }
    /// The run's file list.
    pub fn read_files(
        &self,
        project: ProjectId,
        run: RunNumber,
    ) -> Result<Option<RoaringBitmap>, StoreError> {
        unimplemented!()
    }
    pub fn read_text(&self, project: ProjectId, blob: BlobId) -> Result<String, StoreError> {
        unimplemented!()
    }
    /// Which content each column of a run has: a key for caches. Equal answers mean equal columns.
    pub fn list_columns(
        &self,
        project: ProjectId,
        run: RunNumber,
    ) -> Result<Vec<(ColumnKind, BlobId)>, StoreError> {
        unimplemented!()
    }
    /// One column of many runs: for a test's history, say, `TestsFailed` of 200 runs. Equal contents are read once.
    pub fn read_bitmaps(
        &self,
        project: ProjectId,
        kind: ColumnKind,
        runs: &[RunNumber],
    ) -> Result<Vec<Option<std::sync::Arc<RoaringBitmap>>>, StoreError> {
        unimplemented!()
    }
    /// What the commits of the run's change log changed, the newest first; `None` where the run has no change log.
    pub fn read_churn(
        &self,
        project: ProjectId,
        run: RunNumber,
    ) -> Result<Option<Vec<ChangeSet>>, StoreError> {
        unimplemented!()
    }

    // Measures. `ModuleId::WHOLE` has the totals.
    pub fn measured(
        &self,
        project: ProjectId,
        run: RunNumber,
        module: ModuleId,
    ) -> Result<Option<Measured>, StoreError> {
        unimplemented!()
    }
    /// Each module of a run, `WHOLE` first.
    pub fn list_measured(
        &self,
        project: ProjectId,
        run: RunNumber,
    ) -> Result<Vec<(ModuleId, Measured)>, StoreError> {
        unimplemented!()
    }
    /// One module in many runs, aligned with `runs`.
    pub fn trend(
        &self,
        project: ProjectId,
        module: ModuleId,
        runs: &[RunNumber],
    ) -> Result<Vec<Option<Measured>>, StoreError> {
        unimplemented!()
    }
}

#[expect(
    missing_docs,
    clippy::missing_errors_doc,
    clippy::unimplemented,
    unused_variables,
    reason = "signatures first"
)]
impl Writer<'_> {
    pub fn insert_project(
        &mut self,
        name: &str,
        title: &str,
        default_branch: &str,
        created_at: i64,
    ) -> Result<ProjectId, StoreError> {
        unimplemented!()
    }
    pub fn update_project(
        &mut self,
        project: ProjectId,
        title: &str,
        default_branch: &str,
    ) -> Result<(), StoreError> {
        unimplemented!()
    }
    pub fn insert_token(
        &mut self,
        project: Option<ProjectId>,
        label: &str,
        hash: &[u8; 32],
        created_at: i64,
    ) -> Result<TokenId, StoreError> {
        unimplemented!()
    }
    pub fn delete_token(&mut self, id: TokenId) -> Result<bool, StoreError> {
        unimplemented!()
    }
    /// Finds the run with this key, or makes it; what is not part of the key is filled in where it was absent.
    pub fn ensure_run(&mut self, project: ProjectId, run: &NewRun) -> Result<RunNumber, StoreError> {
        unimplemented!()
    }
    pub fn set_parents(
        &mut self,
        project: ProjectId,
        run: RunNumber,
        parents: &[String],
    ) -> Result<(), StoreError> {
        unimplemented!()
    }
    /// Puts an upload into the queue. Call it after the spool file and its folder are synced.
    pub fn accept_upload(&mut self, project: ProjectId, upload: &NewUpload) -> Result<Accepted, StoreError> {
        unimplemented!()
    }
    /// What the analysis says of flakiness as of this run.
    pub fn set_flaky(
        &mut self,
        project: ProjectId,
        run: RunNumber,
        counts: &[(ModuleId, u64)],
    ) -> Result<(), StoreError> {
        unimplemented!()
    }
}

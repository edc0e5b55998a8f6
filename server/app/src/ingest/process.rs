use plimsoll_api::{ErrorInfo, UploadResult};
use plimsoll_format::Limits;
use plimsoll_model::ReportKind;
use plimsoll_store::{Project, ProjectId, RunNumber, Store, StoreError, Upload, UploadState};

use super::files::FilesCache;
use super::record::record;
use super::{IngestError, ReadReports, raw, read_reports};
use crate::pages::{self, PageCache, Scope};

/// Takes uploads into the history, one at a time.
pub struct Ingest {
    store: Store,
    limits: Limits,
    files: FilesCache,
    pages: PageCache,
}

impl Ingest {
    /// For this store.
    pub fn new(store: Store, limits: Limits) -> Self {
        Self { store, limits, files: FilesCache::default(), pages: PageCache::default() }
    }

    /// What was computed for pages. Whoever answers requests should use the same: after each upload the newest page is
    /// there already.
    pub fn pages(&self) -> &PageCache {
        &self.pages
    }

    /// The store.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Reads an upload that was claimed, and records it; a report that cannot be read is recorded as such. If it brought
    /// a file list, uploads of the same run that came before it are resolved again.
    ///
    /// # Errors
    /// Where the store fails. The upload then stays claimed, and is read again after the next start.
    pub fn process(&self, upload: &Upload, bytes: &[u8]) -> Result<(), IngestError> {
        let Some(read) = self.read_or_fail(upload, bytes)? else { return Ok(()) };
        let kinds = kinds(&read);
        self.record(upload, read)?;
        if may_be_kept(&kinds)
            && let Err(error) = raw::keep(&self.store, &upload.received.digest, bytes)
        {
            tracing::warn!(%error, "cannot keep an upload for reading it again");
        }
        self.follow(upload, &kinds)
    }

    /// Takes what was read of an upload that was claimed into the history: everything that comes after the parsers.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn process_read(&self, upload: &Upload, read: ReadReports) -> Result<(), IngestError> {
        let kinds = kinds(&read);
        self.record(upload, read)?;
        self.follow(upload, &kinds)
    }

    /// What follows from an upload for the rest of its run.
    fn follow(&self, upload: &Upload, kinds: &[ReportKind]) -> Result<(), IngestError> {
        if kinds.contains(&ReportKind::FileList) {
            self.resolve_again(upload)?;
        }
        // A file list or settings put tests into other modules, so they are counted anew as well.
        let counted = [ReportKind::Tests, ReportKind::FileList, ReportKind::Settings];
        if counted.iter().any(|kind| kinds.contains(kind)) {
            self.find_flaky(upload.project, upload.received.run)?;
        }
        Ok(())
    }

    /// Keeps why an upload cannot be read.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn fail(&self, upload: &Upload, error: &ErrorInfo) -> Result<(), IngestError> {
        let error = serde_json::to_string(error)?;
        self.store.write(|writer| writer.fail_upload(upload.project, upload.id, &error))?;
        Ok(())
    }

    /// The reports of an upload; `None` if it cannot be read, which is then recorded.
    fn read_or_fail(&self, upload: &Upload, bytes: &[u8]) -> Result<Option<ReadReports>, IngestError> {
        let received = &upload.received;
        let read = match read_reports(&received.name, bytes, received.format.as_deref(), &self.limits) {
            Ok(read) => read,
            Err(IngestError::UnknownFormat(format)) => {
                let message = format!("there is no format `{format}`");
                let hint = Some("`plimsoll formats` lists what is read".to_owned());
                self.fail(upload, &ErrorInfo { code: "unknown_format".to_owned(), message, hint })?;
                return Ok(None);
            }
            Err(error) => return Err(error),
        };
        if let Some(unreadable) = read.failure() {
            self.fail(upload, &unreadable.info())?;
            return Ok(None);
        }
        if read.reports.is_empty() {
            let message = "there is no report in the archive".to_owned();
            self.fail(upload, &ErrorInfo { code: "empty_report".to_owned(), message, hint: None })?;
            return Ok(None);
        }
        Ok(Some(read))
    }

    fn record(&self, upload: &Upload, read: ReadReports) -> Result<(), IngestError> {
        let mut uncommitted = Uncommitted { ingest: self, is_committed: false };
        self.store.write(|writer| {
            let project = find_project(&writer.list_projects()?, upload.project)?;
            record(writer, &self.files, &project, upload, read)?;
            // Before the commit, so that nobody who sees the upload has to wait for what follows from it.
            if let Err(error) = pages::prepare_pages(writer, &self.pages, &project, upload.received.run) {
                tracing::warn!(%error, "cannot prepare the project's page");
            }
            Ok::<_, IngestError>(())
        })?;
        uncommitted.is_committed = true;
        Ok(())
    }

    /// Reads again what was read without this file list.
    fn resolve_again(&self, list: &Upload) -> Result<(), IngestError> {
        let uploads = self.store.read(|reader| reader.list_uploads(list.project, list.received.run))?;
        let is_unresolved = |upload: &&Upload| {
            upload.id != list.id
                && upload.state == UploadState::Stored
                && upload
                    .result
                    .as_deref()
                    .and_then(|text| serde_json::from_str::<UploadResult>(text).ok())
                    .and_then(|result| result.paths)
                    .is_some_and(|paths| paths.without_file_list)
        };
        for upload in uploads.iter().filter(is_unresolved) {
            match raw::read(&self.store, &upload.received.digest) {
                Ok(Some(bytes)) => {
                    self.read_again(upload, &bytes)?;
                }
                Ok(None) => {}
                Err(error) => tracing::warn!(%error, "cannot read an upload again"),
            }
        }
        Ok(())
    }

    /// Puts what a stored upload reads as now in the place of what it read as. What could be read once is not given up
    /// when it cannot be read again: then nothing is done, and the answer is `None`; else what it is about.
    ///
    /// # Errors
    /// Where the store fails.
    pub(super) fn read_again(
        &self,
        upload: &Upload,
        bytes: &[u8],
    ) -> Result<Option<Vec<ReportKind>>, IngestError> {
        let received = &upload.received;
        let read = read_reports(&received.name, bytes, received.format.as_deref(), &self.limits)?;
        if read.failure().is_some() || read.reports.is_empty() {
            return Ok(None);
        }
        let kinds = kinds(&read);
        self.record(upload, read)?;
        Ok(Some(kinds))
    }

    /// What the analysis says of flakiness as of this run goes into its measures.
    pub(super) fn find_flaky(&self, project: ProjectId, run: RunNumber) -> Result<(), IngestError> {
        let counted = self.store.read(|reader| {
            let project = find_project(&reader.list_projects()?, project)?;
            let scope = Scope::open(reader, &self.pages, &project.name)?;
            pages::count_flaky(&scope, run.0)
        });
        match counted {
            Ok(counts) if counts.is_empty() => {}
            Ok(counts) => self.store.write(|writer| writer.set_flaky(project, run, &counts))?,
            // The upload is in the history; a figure that is missing beside it is no reason to read it again.
            Err(error) => tracing::warn!(%error, "cannot count flaky tests"),
        }
        Ok(())
    }
}

/// What was remembered of a transaction is forgotten where it does not come to its commit, be it by a panic.
struct Uncommitted<'i> {
    ingest: &'i Ingest,
    is_committed: bool,
}

impl Drop for Uncommitted<'_> {
    fn drop(&mut self) {
        if !self.is_committed {
            self.ingest.files.forget();
            self.ingest.pages.forget();
        }
    }
}

fn kinds(read: &ReadReports) -> Vec<ReportKind> {
    read.reports.iter().map(|report| report.format.kind).collect()
}

/// Change logs come with names of people more often than not, and no name is kept: neither of a change log nor of what was
/// not understood and may be one. Nor is a diff, which may hold source code.
fn may_be_kept(kinds: &[ReportKind]) -> bool {
    !kinds.is_empty() && !kinds.contains(&ReportKind::Churn) && !kinds.contains(&ReportKind::Diff)
}

fn find_project(projects: &[Project], id: ProjectId) -> Result<Project, StoreError> {
    let project = projects.iter().find(|project| project.id == id).cloned();
    project.ok_or_else(|| StoreError::Missing(format!("project {id}")))
}

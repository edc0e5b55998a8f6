//! Reports that lie at hand: the same way into the history, without a server and without a queue.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use plimsoll_api::{Timestamp, UploadInfo};
use plimsoll_format::{Input, Limits};
use plimsoll_model::ReportKind;
use plimsoll_store::{Accepted, NewRun, NewUpload, ProjectId, RunNumber, Shard, Store, StoreError};
use serde::Deserialize;

use super::{Ingest, IngestError, Origin, ensure_project};
use crate::mapped::MappedFile;
use crate::pages;

/// A run's description, as `run.json` beside its reports.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct RunDescription {
    /// The commit's identifier.
    pub commit: String,
    /// The branch.
    pub branch: String,
    /// The pull request's number.
    #[serde(default)]
    pub pull_request: Option<u64>,
    /// The branch that the pull request goes to.
    #[serde(default)]
    pub base_branch: Option<String>,
    /// The CI system's build identifier.
    #[serde(default)]
    pub build: Option<String>,
    /// The CI system's page of the build.
    #[serde(default)]
    pub build_url: Option<String>,
    /// A name that keeps the run, such as a release's.
    #[serde(default)]
    pub tag: Option<String>,
    /// When the build began.
    pub time: Timestamp,
    /// The first-parent history, the newest first.
    #[serde(default)]
    pub parents: Vec<String>,
    /// The reports.
    pub uploads: Vec<DescribedFile>,
}

/// A report in a [`RunDescription`].
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct DescribedFile {
    /// Its name, relative to the description.
    pub file: String,
    /// Tells reports of the same format apart.
    #[serde(default)]
    pub category: Option<String>,
    /// `2/3`
    #[serde(default)]
    pub shard: Option<String>,
    /// What it is of.
    #[serde(default)]
    pub flags: Vec<String>,
    /// Taken off the front of every path in it.
    #[serde(default)]
    pub strip_prefix: Option<String>,
    /// Put before every path in it.
    #[serde(default)]
    pub add_prefix: Option<String>,
}

/// A report that lies at hand.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LocalFile {
    /// Where.
    pub path: PathBuf,
    /// What it is called.
    pub name: String,
    /// Tells reports of the same format apart.
    pub category: Option<String>,
    /// Which part it is.
    pub shard: Option<Shard>,
    /// The format's id, where its content does not tell.
    pub format: Option<String>,
    /// What it is of, as [`super::clean_flags`] leaves them.
    pub flags: Vec<String>,
    /// Taken off the front of every path in it.
    pub strip_prefix: Option<String>,
    /// Put before every path in it.
    pub add_prefix: Option<String>,
}

/// A run that was taken into the history.
#[derive(Debug, Clone, PartialEq)]
pub struct IngestedRun {
    /// Its number.
    pub number: RunNumber,
    /// What became of each file, in their order.
    pub uploads: Vec<UploadInfo>,
}

/// Takes the reports of a folder with a `run.json` into the history.
///
/// # Errors
/// Where the description or a file cannot be read, or the store fails.
pub fn ingest_folder(ingest: &Ingest, project: &str, folder: &Path) -> Result<IngestedRun, IngestError> {
    let path = folder.join("run.json");
    let text =
        std::fs::read_to_string(&path).map_err(|source| IngestError::File { path: path.clone(), source })?;
    let wrong = |reason: String| IngestError::Description { path: path.clone(), reason };
    let run: RunDescription = serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))?;
    let mut files = Vec::with_capacity(run.uploads.len());
    for upload in &run.uploads {
        let shard = match upload.shard.as_deref() {
            Some(text) => {
                Some(Shard::parse(text).ok_or_else(|| wrong(format!("`{text}` is no shard such as 2/3")))?)
            }
            None => None,
        };
        files.push(LocalFile {
            path: folder.join(&upload.file),
            name: upload.file.clone(),
            category: upload.category.clone(),
            shard,
            format: None,
            flags: super::clean_flags(upload.flags.iter().cloned()).map_err(wrong)?,
            strip_prefix: upload.strip_prefix.clone(),
            add_prefix: upload.add_prefix.clone(),
        });
    }
    let new = NewRun {
        commit: run.commit,
        branch: run.branch,
        pull_request: run.pull_request,
        build: run.build,
        base_branch: run.base_branch,
        build_url: run.build_url,
        tag: run.tag,
        created_at: run.time.0,
    };
    ingest_run(ingest, project, &new, &run.parents, &files)
}

/// Takes files into the history as one run. The project is made if it is not there.
///
/// # Errors
/// Where a file cannot be read, or the store fails. A report that cannot be understood is no error: its upload says so.
pub fn ingest_run(
    ingest: &Ingest,
    project: &str,
    run: &NewRun,
    parents: &[String],
    files: &[LocalFile],
) -> Result<IngestedRun, IngestError> {
    let store = ingest.store();
    let (id, number) = store.write(|writer| -> Result<_, StoreError> {
        let origin = Origin {
            pull_request: run.pull_request,
            branch: Some(&run.branch),
            base_branch: run.base_branch.as_deref(),
        };
        let id = ensure_project(writer, project, origin, run.created_at)?.id;
        let number = writer.ensure_run(id, run)?;
        if !parents.is_empty() {
            writer.set_parents(id, number, parents)?;
        }
        Ok((id, number))
    })?;
    let mut accepted = Vec::with_capacity(files.len());
    // What others are read by goes first, the settings and the file lists: then no report has to be read a second time.
    let mut sorted: Vec<(usize, &LocalFile)> = files.iter().enumerate().collect();
    sorted.sort_by_cached_key(|(at, file)| (precedence(file), *at));
    for (at, file) in sorted {
        accepted.push((at, ingest_file(ingest, id, number, run.created_at, file)?));
    }
    accepted.sort_by_key(|(at, _)| *at);
    // Read at the end: a file list that came late has changed what became of those before it.
    let uploads = store.read(|reader| -> Result<_, StoreError> {
        let mut infos = Vec::with_capacity(accepted.len());
        for (_, accepted) in accepted {
            let (upload, is_duplicate) = match accepted {
                Accepted::Queued(upload) => (upload, false),
                Accepted::Duplicate(upload) => (upload, true),
            };
            if let Some(row) = reader.find_upload(id, upload)? {
                infos.push(UploadInfo { is_duplicate, ..pages::upload_info(project, &row) });
            }
        }
        Ok(infos)
    })?;
    Ok(IngestedRun { number, uploads })
}

/// The place of a file among a run's: the settings say how a file list is read, and a list how paths are. Where its kind
/// cannot be told from its beginning, that is found out later.
fn precedence(file: &LocalFile) -> u8 {
    let mut head = Vec::new();
    let read = File::open(&file.path).and_then(|open| open.take(Input::HEAD as u64).read_to_end(&mut head));
    let (text, limits) = (String::from_utf8_lossy(&head), Limits::default());
    let detected = plimsoll_registry::detect(&Input::new(&file.name, &text, &limits));
    match detected.ok().filter(|_| read.is_ok()).map(|format| format.descriptor().kind) {
        Some(ReportKind::Settings) => 0,
        Some(ReportKind::FileList) => 1,
        _ => 2,
    }
}

fn ingest_file(
    ingest: &Ingest,
    project: ProjectId,
    run: RunNumber,
    received_at: i64,
    file: &LocalFile,
) -> Result<Accepted, IngestError> {
    let unreadable = |source| IngestError::File { path: file.path.clone(), source };
    let bytes = MappedFile::open(&file.path).map_err(unreadable)?;
    let store: &Store = ingest.store();
    let digest = *blake3::hash(&bytes).as_bytes();
    // There is no spool file: the file itself is at hand, and should this process end, it is simply ingested again.
    let new = NewUpload {
        run,
        name: file.name.clone(),
        category: file.category.clone(),
        shard: file.shard,
        format: file.format.clone(),
        flags: file.flags.clone(),
        strip_prefix: file.strip_prefix.clone(),
        add_prefix: file.add_prefix.clone(),
        digest,
        bytes: bytes.len() as u64,
        received_at,
        spool: String::new(),
    };
    let (accepted, claimed) = store.write(|writer| -> Result<_, StoreError> {
        let accepted = writer.accept_upload(project, &new)?;
        let claimed = match accepted {
            Accepted::Queued(id) => writer.claim_upload_by_id(project, id)?,
            Accepted::Duplicate(_) => None,
        };
        Ok((accepted, claimed))
    })?;
    if let Some(upload) = claimed {
        ingest.process(&upload, &bytes)?;
    }
    Ok(accepted)
}

//! What became of an upload.

use plimsoll_api::{ErrorInfo, Timestamp, UploadInfo, UploadResult, UploadState, paths};
use plimsoll_store::{Reader, Upload, UploadId};

use crate::pages::PageError;

/// One upload of a project.
///
/// # Errors
/// Where there is no such project or upload.
pub fn find_upload(reader: &Reader<'_>, project: &str, upload: u64) -> Result<UploadInfo, PageError> {
    let found =
        reader.find_project(project)?.ok_or_else(|| PageError::ProjectNotFound(project.to_owned()))?;
    reader
        .find_upload(found.id, UploadId(upload))?
        .map(|row| upload_info(project, &row))
        .ok_or_else(|| PageError::UploadNotFound { project: project.to_owned(), upload })
}

/// An upload as the API shows it; the run's link begins at the server's root.
pub fn upload_info(project: &str, upload: &Upload) -> UploadInfo {
    // What the ingest wrote is read back here; a text that is no JSON shows as an upload without result.
    let result: UploadResult =
        upload.result.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    let error: Option<ErrorInfo> = upload.error.as_deref().and_then(|text| serde_json::from_str(text).ok());
    UploadInfo {
        id: upload.id.0,
        run: upload.received.run.0,
        run_url: paths::run(project, upload.received.run.0),
        state: match upload.state {
            plimsoll_store::UploadState::Queued => UploadState::Queued,
            plimsoll_store::UploadState::Processing => UploadState::Processing,
            plimsoll_store::UploadState::Stored => UploadState::Stored,
            plimsoll_store::UploadState::Failed => UploadState::Failed,
            plimsoll_store::UploadState::Replaced => UploadState::Replaced,
        },
        is_duplicate: false,
        name: upload.received.name.clone(),
        category: upload.received.category.clone(),
        flags: upload.received.flags.clone(),
        shard: upload.received.shard.map(|shard| format!("{}/{}", shard.index, shard.count)),
        bytes: upload.received.bytes,
        received_at: Timestamp(upload.received.received_at),
        reports: result.reports,
        paths: result.paths,
        error,
    }
}

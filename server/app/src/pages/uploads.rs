//! What became of an upload.

use plimsoll_api::{
    ErrorInfo, Page, PathProblem, PathReason, Timestamp, UploadInfo, UploadResult, UploadState, paths,
};
use plimsoll_store::{Reader, Upload, UploadId};
use serde::Deserialize;

use super::{PageError, Scope, listing};

/// The query of `GET /projects/{project}/uploads/{upload}/paths`.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PathProblemParameters {
    /// `not-in-file-list`, `ambiguous` or `outside-repository`; all if absent.
    pub reason: Option<String>,
    /// Where to read on: `next` of the page before.
    pub after: Option<String>,
    /// Rows; 100 if absent, at most 500.
    pub limit: Option<usize>,
}

const REASONS: &[(&str, PathReason)] = &[
    ("not-in-file-list", PathReason::NotInFileList),
    ("ambiguous", PathReason::Ambiguous),
    ("outside-repository", PathReason::OutsideRepository),
];

/// The paths of an upload that are no file of the repository, in the order of its reports.
///
/// # Errors
/// Where there is no such upload, and parameters that say nothing.
pub fn list_path_problems(
    scope: &Scope<'_>,
    upload: u64,
    parameters: &PathProblemParameters,
) -> Result<Page<PathProblem>, PageError> {
    let project = scope.project.id;
    if scope.reader.find_upload(project, UploadId(upload))?.is_none() {
        return Err(PageError::UploadNotFound { project: scope.project.name.clone(), upload });
    }
    let reason = listing::word("reason", parameters.reason.as_deref(), REASONS)?;
    let limit = listing::limit(parameters.limit)?;
    let text = scope.reader.read_path_problems(project, UploadId(upload))?;
    // What the ingest wrote is read back here; a text that is no JSON shows as a list without rows.
    let problems: Vec<PathProblem> =
        text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
    let wanted = |problem: &PathProblem| reason.is_none_or(|reason| problem.reason == reason);
    let numbered: Vec<(u64, &PathProblem)> =
        (1..).zip(&problems).filter(|(_, problem)| wanted(problem)).collect();
    let rows =
        |part: &[(u64, &PathProblem)]| Ok(part.iter().map(|(_, problem)| (*problem).clone()).collect());
    listing::page(&numbered, |(number, _)| *number, parameters.after.as_deref(), limit, rows)
}

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

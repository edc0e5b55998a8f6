use plimsoll_model::ReportKind;
use serde::{Deserialize, Serialize};

use crate::{CoverageCounts, ErrorInfo, FindingCounts, TestCounts, Timestamp};

/// The query of `POST /projects/{project}/uploads`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema, utoipa::IntoParams))]
pub struct UploadParameters {
    /// The commit's identifier.
    pub commit: String,
    /// The branch; the project's default branch if absent.
    pub branch: Option<String>,
    /// The CI system's build identifier. Uploads with the same one belong to the same run.
    pub build: Option<String>,
    /// The CI system's page of the build.
    pub build_url: Option<String>,
    /// The pull request's number.
    pub pull_request: Option<u64>,
    /// The branch that the pull request goes to.
    pub base_branch: Option<String>,
    /// A name such as a release's; a run that has one is kept whatever its age.
    pub tag: Option<String>,
    /// Tells reports of the same format apart (`unit`, `linux`): the same category and shard replaces.
    pub category: Option<String>,
    /// What the reports are of (`unit`, `linux`); may be given several times. In a query each is a parameter `flag`.
    #[serde(default, skip_deserializing)]
    #[cfg_attr(feature = "openapi", param(ignore))]
    pub flag: Vec<String>,
    /// `2/3`: this is the second of three parts.
    pub shard: Option<String>,
    /// The file's name; helps the reader of the run's page.
    pub name: Option<String>,
    /// The format's id, where its content does not tell.
    pub format: Option<String>,
    /// Taken off the front of every path in the report.
    pub strip_prefix: Option<String>,
    /// Put before every path in the report.
    pub add_prefix: Option<String>,
    /// When the build began, RFC 3339; now if absent.
    pub created_at: Option<Timestamp>,
    /// Hold the answer until the report is stored, at most this many seconds (60 at most).
    pub wait: Option<u64>,
}

/// How far an upload is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum UploadState {
    /// Safe on disk, not read yet.
    Queued,
    /// Being read.
    Processing,
    /// In the history.
    Stored,
    /// Could not be read; `error` says why.
    Failed,
    /// Another upload of the same category and shard took its place.
    Replaced,
}

/// What became of an upload: the answer to it, and `GET /projects/{project}/uploads/{upload}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UploadInfo {
    /// Its identifier in the project.
    pub id: u64,
    /// The run that it belongs to.
    pub run: u64,
    /// The run's page in the app.
    pub run_url: String,
    /// How far it is.
    pub state: UploadState,
    /// The very same bytes were there already for this run, category and shard: nothing was done.
    pub is_duplicate: bool,
    /// The file's name.
    pub name: String,
    /// Tells reports of the same format apart.
    pub category: Option<String>,
    /// What its reports are of: letters, digits, `-`, `_`, `.`; sorted.
    #[serde(default)]
    pub flags: Vec<String>,
    /// `2/3`
    pub shard: Option<String>,
    /// Size as received.
    pub bytes: u64,
    /// When it arrived.
    pub received_at: Timestamp,
    /// What was in it: one report, or those of an archive.
    pub reports: Vec<ReportInfo>,
    /// How its paths matched the repository's files; absent before it is stored, and where there were none.
    pub paths: Option<PathMatches>,
    /// Why it could not be read.
    pub error: Option<ErrorInfo>,
}

/// What reading an upload came to; kept with the upload, and a part of [`UploadInfo`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub struct UploadResult {
    /// What was in it.
    #[serde(default)]
    pub reports: Vec<ReportInfo>,
    /// How its paths matched.
    #[serde(default)]
    pub paths: Option<PathMatches>,
}

/// One report of an upload.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReportInfo {
    /// The file's name, or the archive's and the entry's: `reports.zip!junit.xml`.
    pub name: String,
    /// The format's id.
    pub format: String,
    /// What it is about.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub kind: ReportKind,
    /// What was counted.
    pub counted: Counted,
    /// What was skipped or does not add up.
    pub warnings: Vec<WarningInfo>,
}

/// What a report holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Default)]
pub struct Counted {
    /// Tests.
    pub tests: Option<TestCounts>,
    /// Coverage.
    pub coverage: Option<CoverageCounts>,
    /// Findings of any kind, suppressed ones apart.
    pub findings: Option<FindingCounts>,
    /// Changes.
    pub churn: Option<ChurnCounts>,
    /// Files of the repository.
    pub listed_files: Option<u64>,
    /// Changed lines.
    #[serde(default)]
    pub diff: Option<DiffCounts>,
}

/// What a diff holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Copy, Eq, Default)]
pub struct DiffCounts {
    /// Files.
    pub files: u64,
    /// Lines that are new or edited.
    pub changed_lines: u64,
}

/// What a change log holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Copy, Eq, Default)]
pub struct ChurnCounts {
    /// Commits.
    pub commits: u64,
    /// Files in commits.
    pub changes: u64,
}

/// How the paths of a report matched the repository's files.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Default)]
pub struct PathMatches {
    /// Distinct paths that are one file of the repository.
    pub matched: u64,
    /// Distinct paths that the file list does not have.
    pub unmatched: u64,
    /// Distinct paths that could be several.
    pub ambiguous: u64,
    /// Distinct paths that lie outside the repository, as far as can be seen.
    #[serde(default)]
    pub outside: u64,
    /// The first of those that are not matched.
    pub examples: Vec<String>,
    /// There was no file list to match with: paths stand as the report has them.
    pub without_file_list: bool,
    /// What would make those match that do not; absent where all do.
    #[serde(default)]
    pub hint: Option<PathHint>,
}

impl PathMatches {
    /// Distinct paths that are no file of the repository, for whatever reason.
    pub const fn missed(&self) -> u64 {
        self.unmatched + self.ambiguous + self.outside
    }
}

/// What would make paths match.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Default)]
pub struct PathHint {
    /// The prefix to take off.
    pub strip_prefix: Option<String>,
    /// The prefix to put before.
    pub add_prefix: Option<String>,
    /// How many of the paths would match with these prefixes.
    pub mends: u64,
    /// What to do, in words.
    pub message: String,
}

/// Why a path is no file of the repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum PathReason {
    /// The run's file list does not have it.
    NotInFileList,
    /// Several files could be meant.
    Ambiguous,
    /// It lies in foreign code, or in no workspace that other paths show.
    OutsideRepository,
}

/// A path of an upload that is no file of the repository.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PathProblem {
    /// As the report has it.
    pub path: String,
    /// Why.
    pub reason: PathReason,
    /// Files that it may have meant, the first few.
    pub candidates: Vec<String>,
    /// How many such files there are.
    pub candidate_count: u64,
    /// The report's name.
    pub report: String,
}

/// Warnings of one code.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WarningInfo {
    /// Stable, kebab-case.
    pub code: String,
    /// How often.
    pub count: u64,
    /// The first one, in words.
    pub message: String,
}

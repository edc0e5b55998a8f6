use serde::{Deserialize, Serialize};

use crate::{
    CarriedPart, ChangeCounts, Comparison, GatePage, HeadlineItem, Measures, ModuleRow, Timestamp, UploadInfo,
};

/// How far a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum RunState {
    /// Uploads of it are still being read.
    Processing,
    /// Shards are missing: it stays out of trends and gates.
    Partial,
    /// All that was announced is there.
    Complete,
}

/// One CI build of one commit, in a line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RunSummary {
    /// Counts up from 1 in each project.
    pub number: u64,
    /// The commit's identifier, whole.
    pub commit: String,
    /// The branch.
    pub branch: String,
    /// The pull request, by its number on the forge.
    pub pull_request: Option<u64>,
    /// The CI system's build identifier.
    pub build: Option<String>,
    /// The CI system's page of the build; only `http` and `https`.
    pub build_url: Option<String>,
    /// When its first upload arrived, or what the client said.
    pub created_at: Timestamp,
    /// How far it is.
    pub state: RunState,
    /// Shards that were announced and are not there, as `category 2/3` or `2/3`.
    pub missing_shards: Vec<String>,
    /// Somebody said that it stays whatever its age.
    pub is_protected: bool,
    /// A name that keeps it, such as a release's.
    pub tag: Option<String>,
    /// What was measured.
    pub measures: Measures,
    /// The run that it is compared with.
    pub baseline: Option<u64>,
    /// What changed against the baseline; absent without one.
    pub changes: Option<ChangeCounts>,
}

/// `GET /projects/{project}/runs/{run}`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RunPage {
    /// The run.
    pub run: RunSummary,
    /// The run it is compared with.
    pub baseline: Option<RunSummary>,
    /// The state in words, the most important first.
    pub headline: Vec<HeadlineItem>,
    /// The gate: the first hundred answers, those that fail before all others.
    pub gate: GatePage,
    /// What changed. Without a baseline nothing is counted as a change, and the lists hold what fails now and the
    /// worst of what was found.
    pub comparison: Comparison,
    /// Parts that were not uploaded this time and stand as they were; nothing in them counts as changed.
    #[serde(default)]
    pub carried: Vec<CarriedPart>,
    /// Every module of the run.
    pub modules: Vec<ModuleRow>,
    /// What was uploaded.
    pub uploads: Vec<UploadInfo>,
}

/// `POST /projects/{project}/runs`: announces a run before its uploads. Never needed; it adds what a URL cannot hold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewRun {
    /// The commit's identifier.
    pub commit: String,
    /// The branch.
    pub branch: String,
    /// The pull request.
    pub pull_request: Option<u64>,
    /// The branch that the pull request goes to.
    pub base_branch: Option<String>,
    /// A name such as a release's; a run that has one is kept whatever its age.
    pub tag: Option<String>,
    /// The CI system's build identifier.
    pub build: Option<String>,
    /// The CI system's page of the build.
    pub build_url: Option<String>,
    /// When the build began; now if absent.
    pub created_at: Option<Timestamp>,
    /// The commit's first-parent history, the newest first, at most 200.
    #[serde(default)]
    pub parents: Vec<String>,
}

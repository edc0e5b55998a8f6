use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// `GET /admin/storage`: what the data folder is spent on.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StoragePage {
    /// The database's file.
    pub database_bytes: u64,
    /// Of it, pages that are free: used for what comes next, or given back.
    pub free_bytes: u64,
    /// Uploads that are acknowledged and not read yet.
    pub spool_bytes: u64,
    /// Uploads as they came, compressed, kept for reading them again.
    pub raw_bytes: u64,
    /// By project.
    pub projects: Vec<ProjectStorage>,
}

/// What a project's history is spent on.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProjectStorage {
    /// Its name in URLs.
    pub project: String,
    /// Runs.
    pub runs: u64,
    /// Runs that retention would drop now.
    pub runs_to_drop: u64,
    /// All of its contents and names, without indexes.
    pub bytes: u64,
    /// Of these, what retention would free now.
    pub bytes_to_free: u64,
    /// By what they are spent on, the greatest first.
    pub parts: Vec<StoragePart>,
    /// Why runs stay or go: `recent`, `daily`, `thinned`, …
    pub reasons: Vec<ReasonCount>,
    /// The rules that hold for it.
    pub retention: RetentionInfo,
}

/// Bytes that are spent on one thing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StoragePart {
    /// `durations`, `tests`, `texts`, `coverage`, `sources`, `findings`, `lists`, `dictionaries` or `unneeded`.
    pub name: String,
    /// Compressed, as they are stored.
    pub bytes: u64,
    /// Of these, what retention would free now.
    pub bytes_to_free: u64,
}

/// How many runs there are for a reason.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReasonCount {
    /// The reason.
    pub reason: String,
    /// Whether such runs stay.
    pub is_kept: bool,
    /// Runs.
    pub runs: u64,
}

/// How long runs are kept.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RetentionInfo {
    /// All, up to this age in days.
    pub all_days: u32,
    /// One a day, up to this age in days.
    pub daily_days: u32,
    /// One a week, up to this age in days.
    pub weekly_days: u32,
    /// One a month, up to this age in days; for ever if absent.
    pub monthly_days: Option<u32>,
    /// Runs of pull requests and of branches that nobody works on, up to this age in days.
    pub branch_days: u32,
}

/// `GET /admin`: what a server is doing, and who may send it reports.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AdminPage {
    /// How many uploads wait or are being read.
    pub waiting: u64,
    /// The first of them.
    pub queue: Vec<QueuedUpload>,
    /// The tokens, without what they open.
    pub tokens: Vec<TokenInfo>,
    /// What was done last, the newest first. Never by whom.
    pub audit: Vec<AuditInfo>,
}

/// An upload that waits or is being read.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QueuedUpload {
    /// Its project.
    pub project: String,
    /// Its run.
    pub run: u64,
    /// Its identifier.
    pub upload: u64,
    /// The file's name.
    pub name: String,
    /// As it was received.
    pub bytes: u64,
    /// When.
    pub received_at: Timestamp,
    /// It is being read.
    pub is_being_read: bool,
    /// How often its reading was begun.
    pub attempts: u32,
}

/// A token.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenInfo {
    /// Its number.
    pub id: u64,
    /// The project that it opens; all if absent.
    pub project: Option<String>,
    /// What it is for.
    pub label: String,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Something that was done.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditInfo {
    /// When.
    pub at: Timestamp,
    /// What: `project_made`, `token_made`, `token_revoked`, `run_protected`, `run_released`, `pruned`, `reparsed`,
    /// `review_changed`.
    pub action: String,
    /// To what, in words.
    pub subject: String,
}

use plimsoll_model::{FindingKind, Severity};
use serde::{Deserialize, Serialize};

use crate::{FindingRow, PackageInfo, Timestamp};

/// What findings are about: a rule of one tool, or a vulnerability that several tools report.
///
/// `GET /projects/{project}/rule?tool=&rule=` and `GET /projects/{project}/vulnerability?id=`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SubjectPage {
    /// What it is called: the rule, or the vulnerability's CVE, else its GHSA, else another of its names.
    pub name: String,
    /// Its name for people, where a report has one.
    pub title: Option<String>,
    /// Other names of the vulnerability.
    pub aliases: Vec<String>,
    /// What sort of thing.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub kind: FindingKind,
    /// The worst that any tool says of it in the latest run, or said of it when it was last there.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub severity: Severity,
    /// The longest text that a tool has about it; plain text.
    pub text: Option<String>,
    /// Who says more about it: tools with the pages that they name. Only `http` and `https`.
    pub links: Vec<SubjectLink>,
    /// Weakness classes.
    pub cwe: Vec<String>,
    /// The greatest probability of exploitation (EPSS) that a tool gives, 0 to 1.
    pub epss: Option<f32>,
    /// Whether a tool says that it is exploited already (CISA's catalogue).
    pub is_exploited: bool,
    /// The packages that it is in, each with the versions in use and those that mend it.
    pub packages: Vec<PackageInfo>,
    /// The run that `findings` and `modules` are of: the latest complete one of the default branch.
    pub run: Option<u64>,
    /// How often it counts in that run.
    pub total: u64,
    /// The run that brought it in: the first in which it was seen, of those that are kept.
    pub first_seen: Option<SeenIn>,
    /// The newest complete run of the default branch that had it, where the latest one has not.
    pub last_seen: Option<SeenIn>,
    /// Modules by how often it counts there, the most first.
    pub modules: Vec<ModuleFindings>,
    /// How often it was reported in the last complete runs of the default branch, the oldest first.
    pub history: Vec<SubjectPoint>,
    /// What each tool reports, at most 200: of the latest run, or if it is gone, of the last that had it.
    pub findings: Vec<FindingRow>,
}

/// A page about something, elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SubjectLink {
    /// The tool that names it.
    pub tool: String,
    /// The address.
    pub uri: String,
}

/// A run in which something was there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SeenIn {
    /// The run.
    pub run: u64,
    /// Its branch.
    pub branch: String,
    /// Its commit, whole.
    pub commit: String,
    /// When it was made.
    pub created_at: Timestamp,
}

/// How many findings a module has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ModuleFindings {
    /// Its folder.
    pub module: String,
    /// Those that count.
    pub findings: u64,
}

/// How often something was reported in a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SubjectPoint {
    /// The run.
    pub run: u64,
    /// Findings, each tool's own among them, suppressed ones too.
    pub findings: u64,
}

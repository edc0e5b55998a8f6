use plimsoll_model::{FindingKind, Severity};
use serde::{Deserialize, Serialize};

/// A finding against the baseline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum FindingState {
    /// Was not there.
    New,
    /// Was there.
    Existing,
    /// Is gone.
    Fixed,
    /// Reported, but suppressed in the source or by the tool.
    Suppressed,
}

/// A finding in a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FindingRow {
    /// Its identity in the project.
    pub id: u64,
    /// The tool.
    pub tool: String,
    /// The rule or the advisory.
    pub rule: String,
    /// The rule's human name.
    pub rule_name: Option<String>,
    /// Where the rule is explained; only `http` and `https`.
    pub help_uri: Option<String>,
    /// What sort of thing.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub kind: FindingKind,
    /// By the format's table.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub severity: Severity,
    /// Plain text.
    pub message: String,
    /// The file.
    pub path: Option<String>,
    /// The module.
    pub module: Option<String>,
    /// From 1.
    pub line: Option<u32>,
    /// Against the baseline.
    pub state: FindingState,
    /// The package, for vulnerabilities and licences.
    pub package: Option<PackageInfo>,
    /// Other identifiers of the advisory.
    pub aliases: Vec<String>,
    /// Weakness classes.
    pub cwe: Vec<String>,
    /// 0 to 10.
    pub cvss: Option<f32>,
    /// The run in which it was first seen.
    pub first_run: Option<u64>,
    /// Why two findings at different places count as the same, where they do.
    pub matched: Option<String>,
}

/// The package that a finding is about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Default)]
pub struct PackageInfo {
    /// As its ecosystem names it.
    pub name: String,
    /// In use.
    pub version: Option<String>,
    /// Without the vulnerability.
    pub fixed_version: Option<String>,
    /// Package URL.
    pub purl: Option<String>,
    /// `npm`, `pypi`, …
    pub ecosystem: Option<String>,
}

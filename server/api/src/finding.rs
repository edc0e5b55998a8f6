use plimsoll_model::{FindingKind, ReviewState, Severity};
use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// A finding against the baseline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum FindingState {
    /// Was not there.
    New,
    /// Was not there, but was once: it came back. Counted with the new ones.
    Reopened,
    /// Was there.
    Existing,
    /// Is gone.
    Fixed,
    /// Reported, but suppressed in the source or by the tool.
    Suppressed,
    /// Reported, but somebody decided that it does not count.
    Reviewed,
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
    /// The vector of the CVSS score, which names its version.
    #[serde(default)]
    pub cvss_vector: Option<String>,
    /// Who gave the CVSS score.
    #[serde(default)]
    pub cvss_source: Option<String>,
    /// Probability of exploitation, 0 to 1.
    #[serde(default)]
    pub epss: Option<f32>,
    /// Other tools that report the same vulnerability of the same package at the same place: all count once.
    #[serde(default)]
    pub also_reported_by: Vec<String>,
    /// The run in which it was first seen; absent where that run is not kept any more.
    pub first_run: Option<u64>,
    /// Why two findings at different places count as the same, where they do.
    pub matched: Option<String>,
    /// Whether its line is one that the run's diff changed; absent without a diff.
    #[serde(default)]
    pub is_in_changed_lines: Option<bool>,
    /// What was decided about it.
    pub review: Option<ReviewInfo>,
}

/// A decision about a finding. It holds for all findings with the same identity but for the line, in all runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReviewInfo {
    /// `accepted`, `false-positive` or `wont-fix`.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub state: ReviewState,
    /// Why.
    pub reason: String,
    /// The last day on which it holds, `YYYY-MM-DD`, in UTC; for ever if absent.
    pub until: Option<String>,
    /// When it was decided; unknown where it stands in `plimsoll.toml`.
    pub created_at: Option<Timestamp>,
    /// Whether it stands in the repository's `plimsoll.toml`, where alone it can be changed.
    pub is_from_settings: bool,
}

/// What is decided about a finding: the body of `PUT /projects/{project}/findings/{finding}/review`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewReview {
    /// `accepted`, `false-positive` or `wont-fix`.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub state: ReviewState,
    /// Why; required. Names of people do not belong here.
    pub reason: String,
    /// The last day on which it holds, `YYYY-MM-DD`, in UTC. Required for `accepted`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

/// Many findings at once: the body of `POST /projects/{project}/findings/review`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReviewRequest {
    /// What is decided; the decision is taken back if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review: Option<NewReview>,
    /// These findings.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ids: Vec<u64>,
    /// Or all findings of this run that the filter lets through.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<u64>,
    /// What the list of the run's findings takes; without it, all that count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<FindingFilter>,
}

/// The filters of the list of findings.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
#[expect(missing_docs, reason = "each is the parameter of the same name of the list of findings")]
pub struct FindingFilter {
    pub state: Option<String>,
    pub severity: Option<String>,
    pub tool: Option<String>,
    pub rule: Option<String>,
    pub kind: Option<String>,
    pub module: Option<String>,
    pub path: Option<String>,
    pub age: Option<String>,
    pub cwe: Option<String>,
    pub package: Option<String>,
    pub q: Option<String>,
}

/// `GET /projects/{project}/runs/{run}/findings/facets`: what a run's findings can be narrowed down to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FindingFacets {
    /// Findings that all filters let through.
    pub total: u64,
    /// Each facet, counted without its own filter: state, severity, kind, tool, rule, module, age, weakness class, package.
    pub facets: Vec<FindingFacet>,
}

/// What findings differ in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FindingFacet {
    /// The parameter that filters by it.
    pub name: String,
    /// Values that occur, in their own order or the most frequent first; and what is chosen.
    pub values: Vec<FacetValue>,
    /// Values that are not listed.
    pub more: u64,
}

/// A value of a facet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FacetValue {
    /// As the parameter takes it.
    pub value: String,
    /// Findings.
    pub count: u64,
}

/// What became of a [`ReviewRequest`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReviewAnswer {
    /// Findings that were named.
    pub findings: u64,
    /// Decisions that were recorded or taken back: one for all findings that differ only in their line.
    pub reviews: u64,
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

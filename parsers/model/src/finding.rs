use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// How much a finding matters, from least to most. `Unknown` is below all: it is not a judgement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// The tool gave none, or one that is in no table.
    Unknown,
    /// A remark.
    Info,
    /// A nuisance.
    Low,
    /// A defect that should be planned.
    Medium,
    /// A defect that should be mended next.
    High,
    /// A defect that should stop a release.
    Critical,
}

impl Severity {
    /// All, the worst first.
    pub const ALL: [Self; 6] =
        [Self::Critical, Self::High, Self::Medium, Self::Low, Self::Info, Self::Unknown];

    /// The word as it stands in URLs, in the database and on the screen.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
            Self::Info => "info",
            Self::Unknown => "unknown",
        }
    }

    /// The inverse of [`Severity::as_str`].
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|severity| severity.as_str() == word)
    }
}

/// What sort of thing was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FindingKind {
    /// A defect or a style matter in the code: linters, compilers, quality tools.
    Code,
    /// A weakness in the code that a security tool reports.
    Weakness,
    /// A known vulnerability of a dependency.
    Vulnerability,
    /// A credential in the code.
    Secret,
    /// An unsafe configuration.
    Misconfiguration,
    /// A licence that is not allowed.
    Licence,
}

impl FindingKind {
    /// Security as the screens count it: everything but defects and style in code.
    pub fn is_security(self) -> bool {
        !matches!(self, Self::Code)
    }

    /// The word as it stands in URLs, in the database and on the screen.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Weakness => "weakness",
            Self::Vulnerability => "vulnerability",
            Self::Secret => "secret",
            Self::Misconfiguration => "misconfiguration",
            Self::Licence => "licence",
        }
    }
}

/// Why a finding does not count although the tool reported it.
#[derive(Debug, Clone, PartialEq)]
pub struct Suppression<'a> {
    /// Where it was suppressed: `in-source` or `external`.
    pub place: &'static str,
    /// The reason that was given.
    pub reason: Option<Cow<'a, str>>,
}

/// The package that a vulnerability or a licence finding is about.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Package<'a> {
    /// As the ecosystem names it.
    pub name: Cow<'a, str>,
    /// The version in use. Not part of the finding's identity.
    pub version: Option<Cow<'a, str>>,
    /// The first version, or versions, without the vulnerability.
    pub fixed_version: Option<Cow<'a, str>>,
    /// Package URL, `pkg:npm/lodash@4.17.20`.
    pub purl: Option<Cow<'a, str>>,
    /// `npm`, `pypi`, `cargo`, `debian`, …
    pub ecosystem: Option<Cow<'a, str>>,
}

/// One result of a tool.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding<'a> {
    /// The tool's name, in lower case: `ruff`, `trivy`.
    pub tool: Cow<'a, str>,
    /// The rule's identifier, or the advisory's (`CVE-2024-1`).
    pub rule: Cow<'a, str>,
    /// The rule's human name, where the report has one.
    pub rule_name: Option<Cow<'a, str>>,
    /// Where the rule is explained. Never trusted: only `http` and `https` are shown as a link.
    pub help_uri: Option<Cow<'a, str>>,
    /// What sort of thing it is.
    pub kind: FindingKind,
    /// By the format's documented table.
    pub severity: Severity,
    /// One line or more, plain text.
    pub message: Cow<'a, str>,
    /// The path as the report writes it.
    pub path: Option<Cow<'a, str>>,
    /// From 1.
    pub line: Option<u32>,
    /// From 1.
    pub column: Option<u32>,
    /// The last line, where it is another than `line`.
    pub end_line: Option<u32>,
    /// The tool's own identity for it, stable when lines move.
    pub fingerprint: Option<Cow<'a, str>>,
    /// The code it is about; its normalised form is part of the identity.
    pub context: Option<Cow<'a, str>>,
    /// For vulnerabilities and licences.
    pub package: Option<Package<'a>>,
    /// All identifiers of the same advisory: CVE, GHSA, OSV, …
    pub aliases: Vec<Cow<'a, str>>,
    /// `CWE-79`, …
    pub cwe: Vec<Cow<'a, str>>,
    /// CVSS base score, 0 to 10.
    pub cvss: Option<f32>,
    /// The CVSS vector that the score is of; it names its version (`CVSS:3.1/AV:N/…`, without prefix version 2).
    pub cvss_vector: Option<Cow<'a, str>>,
    /// Who gave the CVSS score: `nvd`, `ghsa`, …
    pub cvss_source: Option<Cow<'a, str>>,
    /// EPSS probability, 0 to 1.
    pub epss: Option<f32>,
    /// Whether the report says that it is exploited already: that it is in CISA's catalogue of such vulnerabilities.
    pub is_exploited: bool,
    /// Set where the report itself says that it does not count.
    pub suppression: Option<Suppression<'a>>,
}

impl<'a> Finding<'a> {
    /// A finding of which only these are known.
    pub fn new(
        tool: impl Into<Cow<'a, str>>,
        rule: impl Into<Cow<'a, str>>,
        kind: FindingKind,
        severity: Severity,
        message: impl Into<Cow<'a, str>>,
    ) -> Self {
        Self {
            tool: tool.into(),
            rule: rule.into(),
            rule_name: None,
            help_uri: None,
            kind,
            severity,
            message: message.into(),
            path: None,
            line: None,
            column: None,
            end_line: None,
            fingerprint: None,
            context: None,
            package: None,
            aliases: Vec::new(),
            cwe: Vec::new(),
            cvss: None,
            cvss_vector: None,
            cvss_source: None,
            epss: None,
            is_exploited: false,
            suppression: None,
        }
    }
}

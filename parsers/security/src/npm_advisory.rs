//! An advisory as npm's registry gives it to npm, pnpm and Yarn.

use std::borrow::Cow;

use plimsoll_format::Sink;
use plimsoll_format::json::{Number, Text};
use plimsoll_model::{Finding, FindingKind, Package, Severity};
use serde::Deserialize;

use crate::advisory::{aliases, cwes, score};
use crate::lenient::{List, first, present};
use crate::severity::by_word;

/// The words of npm's registry, <https://docs.npmjs.com/about-audit-reports>.
pub const SEVERITIES: &[(&str, Severity)] = &[
    ("critical", Severity::Critical),
    ("high", Severity::High),
    ("moderate", Severity::Medium),
    ("low", Severity::Low),
    ("info", Severity::Info),
    ("none", Severity::Info),
];

/// Both generations of the report: `source`, `name` and `range` are of the second, most others of the first.
#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub struct Advisory<'a> {
    pub id: Text<'a>,
    pub source: Text<'a>,
    pub name: Text<'a>,
    pub module_name: Text<'a>,
    pub title: Text<'a>,
    pub url: Text<'a>,
    pub severity: Text<'a>,
    pub cwe: List<Text<'a>>,
    pub cves: List<Text<'a>>,
    pub github_advisory_id: Text<'a>,
    pub cvss: Option<Cvss<'a>>,
    pub patched_versions: Text<'a>,
    pub findings: List<Occurrence<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
pub struct Cvss<'a> {
    score: Number,
    vector_string: Text<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub struct Occurrence<'a> {
    version: Text<'a>,
}

impl Advisory<'_> {
    /// What tells it from others in the same report.
    pub fn identity(&self) -> (String, String) {
        let source = if self.source.is_empty() { &self.url } else { &self.source };
        (source.to_string(), self.name.to_string())
    }
}

/// `key` is the advisory's number, where it stands outside of the advisory itself.
pub fn finding<'a>(advisory: Advisory<'a>, key: &str, sink: &mut dyn Sink) -> Finding<'a> {
    let severity = by_word(SEVERITIES, &advisory.severity, sink);
    let ghsa = ghsa_of(&advisory.url.0);
    let number = first([advisory.id, advisory.source, Text(Cow::Owned(key.to_owned()))]);
    let aliases =
        aliases(advisory.cves.into_iter().map(Cow::from).chain([advisory.github_advisory_id.0]).chain(ghsa));
    let rule = aliases.first().cloned().unwrap_or(number);
    let message = first([advisory.title.clone(), Text(rule.clone())]);
    let mut finding = Finding::new("npm-audit", rule, FindingKind::Vulnerability, severity, message);
    finding.rule_name = present(advisory.title);
    finding.help_uri = present(advisory.url);
    finding.cwe = cwes(advisory.cwe.0.iter().map(|id| &**id));
    if let Some(cvss) = advisory.cvss {
        // The registry writes 0 where it has none.
        finding.cvss = score(cvss.score.0).filter(|score| *score > 0.0);
        finding.cvss_vector = present(cvss.vector_string);
    }
    finding.aliases = aliases;
    let versions = crate::advisory::aliases(advisory.findings.into_iter().map(|found| found.version.0));
    finding.package = Some(Package {
        name: first([advisory.module_name, advisory.name]),
        version: (!versions.is_empty()).then(|| versions.join(", ").into()),
        // `<0.0.0` is the registry's word for "there is none".
        fixed_version: present(advisory.patched_versions).filter(|versions| !versions.starts_with("<0.0.0")),
        purl: None,
        ecosystem: Some("npm".into()),
    });
    finding
}

/// The identifier at the end of `https://github.com/advisories/GHSA-…`.
pub fn ghsa_of<'a>(url: &Cow<'a, str>) -> Option<Cow<'a, str>> {
    let is_ghsa = |text: &str| text.starts_with("GHSA-") && text.len() <= 32;
    match url {
        Cow::Borrowed(url) => url.rsplit('/').next().filter(|text| is_ghsa(text)).map(Cow::Borrowed),
        Cow::Owned(url) => {
            url.rsplit('/').next().filter(|text| is_ghsa(text)).map(|text| text.to_owned().into())
        }
    }
}

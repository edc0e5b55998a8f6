//! An advisory of the RustSec database, as cargo-audit and cargo-deny write it.

use std::borrow::Cow;

use plimsoll_format::json::Text;
use plimsoll_model::{Finding, FindingKind, Severity};
use serde::Deserialize;

use crate::advisory::aliases;
use crate::cvss::base_score;
use crate::lenient::{List, first, present};
use crate::severity::by_score;

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub struct Advisory<'a> {
    pub id: Text<'a>,
    pub title: Text<'a>,
    pub description: Text<'a>,
    pub aliases: List<Text<'a>>,
    pub cvss: Text<'a>,
    pub url: Text<'a>,
    pub informational: Text<'a>,
}

/// Severity by the CVSS vector; RustSec knows no words for it.
pub fn finding<'a>(tool: &'static str, advisory: Advisory<'a>) -> Finding<'a> {
    let cvss = base_score(&advisory.cvss);
    let severity = cvss.map_or(Severity::Unknown, |score| by_score(score.into()));
    let message = first([advisory.title.clone(), advisory.description, advisory.id.clone()]);
    let mut finding = Finding::new(tool, advisory.id.clone(), FindingKind::Vulnerability, severity, message);
    finding.rule_name = present(advisory.title);
    finding.help_uri = present(advisory.url).or_else(|| {
        present(advisory.id.clone()).map(|id| format!("https://rustsec.org/advisories/{id}").into())
    });
    finding.cvss = cvss;
    finding.cvss_vector = present(advisory.cvss);
    finding.aliases = aliases([advisory.id.0].into_iter().chain(advisory.aliases.into_iter().map(Cow::from)));
    finding
}

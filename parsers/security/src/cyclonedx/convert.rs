use std::borrow::Cow;
use std::collections::HashMap;

use plimsoll_format::Sink;
use plimsoll_format::json::Text;
use plimsoll_model::{Finding, FindingKind, Package, Severity, Suppression};

use super::wire::{Component, Vulnerability};
use crate::advisory::{aliases, cwes, score};
use crate::lenient::{first, present};
use crate::purl;
use crate::severity::by_word;

/// Components by their reference.
pub type Components<'a> = HashMap<Cow<'a, str>, Component<'a>>;

/// The enumeration `severity` of the schema.
const SEVERITIES: &[(&str, Severity)] = &[
    ("critical", Severity::Critical),
    ("high", Severity::High),
    ("medium", Severity::Medium),
    ("low", Severity::Low),
    ("info", Severity::Info),
    ("none", Severity::Info),
    ("unknown", Severity::Unknown),
    ("", Severity::Unknown),
];

/// States of an analysis after which the vulnerability does not count.
const CLOSED: &[&str] = &["not_affected", "false_positive", "resolved", "resolved_with_pedigree"];

pub fn finding<'a>(wire: Vulnerability<'a>, components: &Components<'a>, sink: &mut dyn Sink) -> Finding<'a> {
    let severity = wire.ratings.0.iter().map(|rating| by_word(SEVERITIES, &rating.severity, sink)).max();
    let message = first([wire.description, wire.detail, wire.id.clone()]);
    let severity = severity.unwrap_or(Severity::Unknown);
    let mut finding =
        Finding::new("cyclonedx", wire.id.clone(), FindingKind::Vulnerability, severity, message);
    finding.help_uri = wire.source.and_then(|source| present(source.url));
    let is_cvss = |method: &str| method.is_empty() || method.starts_with("CVSS");
    let scores = wire.ratings.into_iter().filter(|rating| is_cvss(&rating.method));
    let scored = scores.filter_map(|rating| Some((score(rating.score.0)?, rating)));
    if let Some((cvss, rating)) = scored.reduce(|best, other| if other.0 > best.0 { other } else { best }) {
        finding.cvss = Some(cvss);
        finding.cvss_vector = present(rating.vector);
        finding.cvss_source = rating.source.and_then(|source| present(source.name));
    }
    finding.cwe = cwes(wire.cwes.0.iter().map(|cwe| &**cwe));
    finding.aliases =
        aliases([wire.id.0].into_iter().chain(wire.references.into_iter().map(|other| other.id.0)));
    finding.package = wire.affects.into_iter().find_map(|affected| package(affected.reference, components));
    finding.suppression =
        wire.analysis.filter(|analysis| CLOSED.contains(&&*analysis.state)).map(|analysis| {
            let reason = first([analysis.justification, analysis.detail, analysis.state]);
            Suppression { place: "external", reason: Some(reason) }
        });
    finding
}

/// The component that a reference means. A BOM-Link to another document has the component's name behind `#`.
fn package<'a>(reference: Text<'a>, components: &Components<'a>) -> Option<Package<'a>> {
    if let Some(package) = purl::package(&reference) {
        return Some(package);
    }
    let Some(component) = components.get(&reference.0) else {
        let name = reference.rsplit('#').next().map(str::to_owned)?;
        return purl::package(&name)
            .or_else(|| Some(Package { name: name.into(), ..Package::default() }))
            .filter(|package| !package.name.is_empty());
    };
    purl::package(&component.purl).or_else(|| {
        let name = match present(component.group.clone()) {
            Some(group) => format!("{group}/{}", component.name).into(),
            None => component.name.0.clone(),
        };
        Some(Package { name, version: present(component.version.clone()), ..Package::default() })
    })
}

use std::borrow::Cow;
use std::cmp::Ordering;

use plimsoll_format::json::Text;
use plimsoll_format::{ParseError, Sink, Warning, WarningCode};
use plimsoll_model::{Finding, FindingKind, Package, Severity, Suppression};

use super::wire::{Licence, Misconfiguration, Modified, Scores, Secret, SourceScore, Vulnerability};
use crate::advisory::{aliases, cwes, ecosystem, score};
use crate::lenient::{first, present};
use crate::severity::by_word;

/// Trivy's words, `pkg/types` of its source.
const SEVERITIES: &[(&str, Severity)] = &[
    ("CRITICAL", Severity::Critical),
    ("HIGH", Severity::High),
    ("MEDIUM", Severity::Medium),
    ("LOW", Severity::Low),
    ("UNKNOWN", Severity::Unknown),
    ("", Severity::Unknown),
];

/// Names under which Trivy puts together the packages of one language; no files.
const COLLECTIVE_TARGETS: &[&str] =
    &["Java", "Node.js", "Python", "Ruby", "PHP", "Rust", "Go", "Conda", "C/C++", "Julia"];

/// What a result is about: a file, an image, a language's packages.
#[derive(Default)]
pub struct Target<'a> {
    pub name: Option<Text<'a>>,
    pub class: Text<'a>,
    pub ecosystem: Text<'a>,
}

impl<'a> Target<'a> {
    fn path(&self) -> Option<Cow<'a, str>> {
        self.name.clone().and_then(present)
    }

    /// The target of packages, where it is a file: `alpine:3.19 (alpine 3.19.1)` is none.
    fn package_file(&self) -> Option<Cow<'a, str>> {
        let is_file = |name: &str| !COLLECTIVE_TARGETS.contains(&name) && !name.ends_with(')');
        (&*self.class != "os-pkgs").then(|| self.path()).flatten().filter(|name| is_file(name))
    }

    fn ecosystem(&self) -> Option<Cow<'a, str>> {
        match ecosystem(&self.ecosystem) {
            known if known.is_empty() => None,
            Cow::Borrowed(known) if known == &*self.ecosystem => present(self.ecosystem.clone()),
            other => Some(Cow::Owned(other.into_owned())),
        }
    }
}

fn finding<'a>(
    kind: FindingKind,
    rule: Text<'a>,
    severity: &str,
    message: Cow<'a, str>,
    sink: &mut dyn Sink,
) -> Finding<'a> {
    Finding::new("trivy", rule, kind, by_word(SEVERITIES, severity, sink), message)
}

pub fn vulnerability<'a>(wire: Vulnerability<'a>, target: &Target<'a>, sink: &mut dyn Sink) -> Finding<'a> {
    let message = first([wire.title.clone(), wire.description, wire.vulnerability_id.clone()]);
    let id = wire.vulnerability_id.clone();
    let mut finding = finding(FindingKind::Vulnerability, id, &wire.severity, message, sink);
    finding.rule_name = present(wire.title);
    finding.help_uri = present(wire.primary_url);
    finding.path = present(wire.pkg_path).or_else(|| target.package_file());
    if let Some(best) = best(wire.cvss, &wire.severity_source) {
        finding.cvss = score(Some(best.score));
        finding.cvss_vector = present(best.vector);
        finding.cvss_source = present(best.source);
    }
    finding.cwe = cwes(wire.cwe_ids.0.iter().map(|id| &**id));
    finding.aliases =
        aliases([wire.vulnerability_id.0].into_iter().chain(wire.vendor_ids.into_iter().map(Cow::from)));
    finding.package = Some(Package {
        name: wire.pkg_name.0,
        version: present(wire.installed_version),
        fixed_version: present(wire.fixed_version),
        purl: wire.pkg_identifier.and_then(|identifier| present(identifier.purl)),
        ecosystem: target.ecosystem(),
    });
    finding
}

/// The score of the source that the severity is from, else NVD's, else the highest.
fn best<'a>(scores: Scores<'a>, severity_source: &str) -> Option<SourceScore<'a>> {
    let rank = |score: &SourceScore<'_>| (&*score.source == severity_source, &*score.source == "nvd");
    scores.0.into_iter().reduce(|best, other| {
        let is_better = match rank(&other).cmp(&rank(&best)) {
            Ordering::Equal => other.score > best.score,
            order => order == Ordering::Greater,
        };
        if is_better { other } else { best }
    })
}

/// `None` for a check that passed.
pub fn misconfiguration<'a>(
    wire: Misconfiguration<'a>,
    target: &Target<'a>,
    sink: &mut dyn Sink,
) -> Option<Finding<'a>> {
    if &*wire.status == "PASS" {
        return None;
    }
    let message = first([wire.message, wire.description, wire.title.clone()]);
    let id = if wire.id.is_empty() { wire.avd_id } else { wire.id };
    let mut finding = finding(FindingKind::Misconfiguration, id, &wire.severity, message, sink);
    finding.rule_name = present(wire.title);
    finding.help_uri = present(wire.primary_url);
    finding.path = target.path();
    if let Some(cause) = wire.cause_metadata {
        finding.line = cause.start_line.position();
        finding.end_line = cause.end_line.position().filter(|end| Some(*end) != finding.line);
        finding.context = present(cause.resource);
    }
    if &*wire.status == "EXCEPTION" {
        finding.suppression = Some(Suppression { place: "external", reason: None });
    }
    Some(finding)
}

pub fn secret<'a>(wire: Secret<'a>, target: &Target<'a>, sink: &mut dyn Sink) -> Finding<'a> {
    let message = first([wire.title.clone(), wire.category, wire.rule_id.clone()]);
    let mut finding = finding(FindingKind::Secret, wire.rule_id, &wire.severity, message, sink);
    finding.rule_name = present(wire.title);
    finding.path = target.path();
    finding.line = wire.start_line.position();
    finding.end_line = wire.end_line.position().filter(|end| Some(*end) != finding.line);
    finding
}

pub fn licence<'a>(wire: Licence<'a>, target: &Target<'a>, sink: &mut dyn Sink) -> Finding<'a> {
    let message = match (wire.pkg_name.trim(), wire.category.trim()) {
        ("", category) => format!("licence {} ({category})", wire.name),
        (package, category) => format!("{package} has the licence {} ({category})", wire.name),
    };
    let mut finding = finding(FindingKind::Licence, wire.name, &wire.severity, message.into(), sink);
    finding.help_uri = present(wire.link);
    finding.path = present(wire.file_path).or_else(|| target.package_file());
    finding.package = present(wire.pkg_name).map(|name| Package {
        name,
        ecosystem: target.ecosystem(),
        ..Package::default()
    });
    finding
}

/// A finding that a VEX document or an ignore file took out.
pub fn modified<'a>(wire: Modified<'a>, target: &Target<'a>, sink: &mut dyn Sink) -> Result<(), ParseError> {
    let raw = wire.finding.get();
    let finding = match &*wire.kind {
        "vulnerability" => serde_json::from_str(raw).map(|wire| Some(vulnerability(wire, target, sink))),
        "misconfiguration" => serde_json::from_str(raw).map(|wire| misconfiguration(wire, target, sink)),
        "secret" => serde_json::from_str(raw).map(|wire| Some(secret(wire, target, sink))),
        "license" => serde_json::from_str(raw).map(|wire| Some(licence(wire, target, sink))),
        _ => Ok(None),
    };
    match finding {
        Ok(Some(mut finding)) => {
            let reason = present(wire.statement).or_else(|| present(wire.status));
            finding.suppression = Some(Suppression { place: "external", reason });
            sink.finding(&finding)
        }
        Ok(None) | Err(_) => {
            let kind: String = wire.kind.chars().take(40).collect();
            let message = format!("a suppressed finding of the type `{kind}` could not be read");
            sink.warning(Warning::new(WarningCode::SkippedElement, message));
            Ok(())
        }
    }
}

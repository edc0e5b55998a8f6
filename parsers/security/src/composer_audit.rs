//! # Composer audit JSON
//!
//! *Produced by* Composer, see [`DESCRIPTOR`].
//! *Looks like* `{"advisories": {"vendor/package": [{"advisoryId": "PKSA-…", "cve": "CVE-…"}]}, "abandoned": {…}}`.
//! *Maps to · Not read · Quirks*: see [`DESCRIPTOR`], from which the documentation is made.

use plimsoll_format::json::{self, Kind, Reader, Text};
use plimsoll_format::{Confidence, Descriptor, Docs, Format, Input, ParseError, Sink};
use plimsoll_model::{Finding, FindingKind, Package, ReportKind, Severity, Suppression};
use serde::Deserialize;

use crate::advisory::aliases;
use crate::lenient::{List, element, entries, first, present, report};
use crate::severity::by_word;

/// See the module.
pub struct ComposerAudit;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "composer-audit",
    name: "Composer audit JSON",
    kind: ReportKind::Findings,
    tools: &["Composer"],
    globs: &["composer-audit*.json", "*composer*audit*.json"],
    link: "https://getcomposer.org/doc/03-cli.md#audit",
    version: 1,
    docs: Docs {
        produced_by: "`composer audit --format=json > composer-audit.json`.",
        maps_to: "Each advisory of a package is a vulnerability, each of `ignored-advisories` a suppressed one, each \
            abandoned package a low vulnerability with the rule `abandoned`. The rule is the CVE, else the number of \
            the advisory; the identifiers of all sources are aliases. Findings are in `composer.lock`. Severity: \
            critical, high, medium, low; without one (Composer before 2.6) unknown.",
        not_read: "Affected version ranges, dates, repositories.",
        quirks: "PHP writes an empty map as `[]`. The installed version is not in the report.",
    },
};

/// <https://packagist.org/apidoc#list-security-advisories>
const SEVERITIES: &[(&str, Severity)] = &[
    ("critical", Severity::Critical),
    ("high", Severity::High),
    ("medium", Severity::Medium),
    ("low", Severity::Low),
    ("none", Severity::Info),
    ("", Severity::Unknown),
];

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
struct Advisory<'a> {
    advisory_id: Text<'a>,
    title: Text<'a>,
    cve: Text<'a>,
    link: Text<'a>,
    severity: Text<'a>,
    sources: List<Source<'a>>,
    ignore_reason: Text<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
struct Source<'a> {
    remote_id: Text<'a>,
}

impl Format for ComposerAudit {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        let Some(head) = json::head(input.head()).filter(|head| !head.is_array) else {
            return Confidence::No;
        };
        let is_advisory = |path: &str| path.starts_with("advisories.") && path.ends_with(".advisoryId");
        let is_composer = head.has_all(&["advisories", "abandoned"])
            || head.fields.iter().any(|(path, _)| is_advisory(path));
        if is_composer { Confidence::Certain } else { Confidence::No }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        report(input, "`advisories`", |reader, key| {
            match key {
                "advisories" | "ignored-advisories" => advisories(reader, key != "advisories", sink)?,
                "abandoned" if reader.peek()? == Kind::Object => reader.object(|reader, name| {
                    let replacement = element::<Text<'_>>(reader, sink)?.and_then(present);
                    let message = match replacement.filter(|name| name != "true") {
                        Some(other) => format!("{name} is abandoned; {other} is proposed in its place"),
                        None => format!("{name} is abandoned"),
                    };
                    let kind = FindingKind::Vulnerability;
                    let mut finding =
                        Finding::new("composer-audit", "abandoned", kind, Severity::Low, message);
                    in_package(&mut finding, name);
                    sink.finding(&finding)
                })?,
                _ => {}
            }
            Ok(key == "advisories")
        })
    }
}

/// The advisories by package; those of one package are an array, or a map where some were taken out of the array.
fn advisories(reader: &mut Reader<'_>, is_ignored: bool, sink: &mut dyn Sink) -> Result<(), ParseError> {
    if reader.peek()? != Kind::Object {
        return Ok(());
    }
    reader.object(|reader, name| {
        let push = |sink: &mut dyn Sink, advisory: Advisory<'_>| {
            let finding = finding(advisory, name, is_ignored, sink);
            sink.finding(&finding)
        };
        match reader.peek()? {
            Kind::Object => entries(reader, sink, |sink, _, advisory| push(sink, advisory)),
            _ => crate::lenient::elements(reader, sink, push),
        }
    })
}

fn finding<'a>(advisory: Advisory<'a>, name: &str, is_ignored: bool, sink: &mut dyn Sink) -> Finding<'a> {
    let severity = by_word(SEVERITIES, &advisory.severity, sink);
    let remote = advisory.sources.into_iter().map(|source| source.remote_id.0);
    let remote = remote.filter(|id| id.starts_with("GHSA-") || id.starts_with("CVE-"));
    let aliases = aliases([advisory.cve.0, advisory.advisory_id.0].into_iter().chain(remote));
    let rule = aliases.first().cloned().unwrap_or_default();
    let message = first([advisory.title.clone(), Text(rule.clone())]);
    let mut finding = Finding::new("composer-audit", rule, FindingKind::Vulnerability, severity, message);
    finding.rule_name = present(advisory.title);
    finding.help_uri = present(advisory.link);
    finding.aliases = aliases;
    in_package(&mut finding, name);
    if is_ignored {
        finding.suppression =
            Some(Suppression { place: "external", reason: present(advisory.ignore_reason) });
    }
    finding
}

fn in_package(finding: &mut Finding<'_>, name: &str) {
    finding.path = Some("composer.lock".into());
    finding.package = Some(Package {
        name: name.to_owned().into(),
        ecosystem: Some("composer".into()),
        ..Package::default()
    });
}

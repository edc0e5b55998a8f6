//! # Nuclei JSON
//!
//! *Produced by* Nuclei, see [`DESCRIPTOR`].
//! *Looks like* `{"template-id": "…", "info": {"name": "…", "severity": "info"}, "matched-at": "…"}`, one a line, or an
//! array of them.
//! *Maps to · Not read · Quirks*: see [`DESCRIPTOR`], from which the documentation is made.

use plimsoll_format::json::{self, Kind, Number, Text};
use plimsoll_format::{Confidence, Descriptor, Docs, Format, Input, ParseError, Sink};
use plimsoll_model::{Finding, FindingKind, ReportKind};
use serde::Deserialize;

use crate::advisory::{aliases, cwes, score};
use crate::lenient::{List, element, elements, first, present};
use crate::severity::{USUAL, by_word};

/// See the module.
pub struct Nuclei;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "nuclei",
    name: "Nuclei JSON",
    kind: ReportKind::Findings,
    tools: &["Nuclei"],
    globs: &["nuclei*.json", "nuclei*.jsonl"],
    link: "https://docs.projectdiscovery.io/opensource/nuclei/running#output-format",
    version: 1,
    docs: Docs {
        produced_by: "`nuclei -u URL -jsonl -o nuclei.jsonl`, `-json-export nuclei.json`.",
        maps_to: "Each match is a finding: a vulnerability where the template names a CVE, else a weakness. The rule is \
            the template, the context the address that matched, with the matcher's name. CVE, CWE, CVSS and EPSS of \
            the classification are kept. Severity: critical, high, medium, low, info, unknown.",
        not_read: "Requests, responses, extracted results, curl commands, authors of the templates, times.",
        quirks: "Nuclei writes an empty file, or none, where it found nothing. Before version 2.5 the keys were \
            `templateID` and `matched`.",
    },
};

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Match<'a> {
    #[serde(rename = "template-id", alias = "templateID")]
    template: Text<'a>,
    info: Info<'a>,
    #[serde(rename = "matcher-name", alias = "matcher_name")]
    matcher: Text<'a>,
    #[serde(rename = "matched-at", alias = "matched")]
    matched_at: Text<'a>,
    host: Text<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Info<'a> {
    name: Text<'a>,
    severity: Text<'a>,
    reference: List<Text<'a>>,
    classification: Option<Classification<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "kebab-case", bound(deserialize = "'de: 'a"))]
struct Classification<'a> {
    cve_id: List<Text<'a>>,
    cwe_id: List<Text<'a>>,
    cvss_score: Number,
    epss_score: Number,
}

impl Format for Nuclei {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        let Some(head) = json::head(input.head()) else { return Confidence::No };
        let is_nuclei = head.has_any(&["template-id", "templateID"])
            && head.has_any(&["info.severity", "info.name", "matched-at", "matched"])
            || head.has_all(&["template-url", "info.name"]);
        if is_nuclei { Confidence::Certain } else { Confidence::No }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        if input.text.trim().is_empty() {
            return Ok(());
        }
        json::documents(input, |reader| {
            if reader.peek()? == Kind::Array {
                return elements(reader, sink, |sink, wire| {
                    let finding = finding(wire, sink);
                    sink.finding(&finding)
                });
            }
            match element(reader, sink)? {
                Some(wire) => {
                    let finding = finding(wire, sink);
                    sink.finding(&finding)
                }
                None => Ok(()),
            }
        })
    }
}

fn finding<'a>(wire: Match<'a>, sink: &mut dyn Sink) -> Finding<'a> {
    let severity = by_word(USUAL, &wire.info.severity, sink);
    let class = wire.info.classification.unwrap_or_default();
    let aliases = aliases(class.cve_id.into_iter().map(|id| id.0.to_ascii_uppercase().into()));
    let kind = if aliases.is_empty() { FindingKind::Weakness } else { FindingKind::Vulnerability };
    let place = first([wire.matched_at, wire.host]);
    let name = first([wire.info.name.clone(), wire.template.clone()]);
    let mut finding = Finding::new("nuclei", wire.template, kind, severity, format!("{name} at {place}"));
    finding.rule_name = present(wire.info.name);
    finding.help_uri = wire.info.reference.into_iter().find_map(present);
    finding.context = match present(wire.matcher) {
        Some(matcher) => Some(format!("{place} {matcher}").into()),
        None => Some(place),
    };
    finding.aliases = aliases;
    finding.cwe = cwes(class.cwe_id.0.iter().map(|cwe| &**cwe));
    finding.cvss = score(class.cvss_score.0);
    finding.epss = class.epss_score.0.map(|epss| epss as f32);
    finding
}

//! # Safety JSON
//!
//! *Produced by* Safety, see [`DESCRIPTOR`].
//! *Looks like* `{"report_meta": {…}, "scanned_packages": {…}, "vulnerabilities": [{"vulnerability_id": "…"}]}`.
//! *Maps to · Not read · Quirks*: see [`DESCRIPTOR`], from which the documentation is made.

use plimsoll_format::json::{self, Kind, Number, Reader, Text};
use plimsoll_format::{Confidence, Descriptor, Docs, Format, Input, ParseError, Sink};
use plimsoll_model::{Finding, FindingKind, Package, ReportKind, Severity, Suppression};
use serde::Deserialize;

use crate::advisory::{aliases, score};
use crate::lenient::{List, elements, first, present, report};
use crate::severity::{USUAL, by_score, by_word};

/// See the module.
pub struct Safety;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "safety",
    name: "Safety JSON",
    kind: ReportKind::Findings,
    tools: &["Safety"],
    globs: &["safety*.json", "*safety*.json"],
    link: "https://docs.safetycli.com/safety-docs/output/json-output",
    version: 2,
    docs: Docs {
        produced_by: "`safety check --output json` (`--json` of version 1).",
        maps_to: "Each of `vulnerabilities` is a vulnerability, each of `ignored_vulnerabilities` a suppressed one. The \
            rule is the CVE, else Safety's own number. Severity: the base severity of `cvssv3`, else by its base \
            score (from 9 critical, 7 high, 4 medium, above 0 low), else unknown: most reports give none.",
        not_read: "Scanned and affected packages, remediations, announcements, the report's meta data, the output of \
            `safety scan`, which is another format.",
        quirks: "Version 1 writes an array of arrays: package, specification, version, text, number.",
    },
};

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Vulnerability<'a> {
    vulnerability_id: Text<'a>,
    package_name: Text<'a>,
    ignored: Option<bool>,
    ignored_reason: Text<'a>,
    analyzed_version: Text<'a>,
    advisory: Text<'a>,
    fixed_versions: List<Text<'a>>,
    #[serde(rename = "CVE")]
    cve: Text<'a>,
    severity: Option<Rating<'a>>,
    more_info_url: Text<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Rating<'a> {
    cvssv3: Option<Cvss<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Cvss<'a> {
    base_score: Number,
    base_severity: Text<'a>,
    vector_string: Text<'a>,
}

impl Format for Safety {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        if is_version_1(input.head()) {
            return Confidence::Likely;
        }
        let Some(head) = json::head(input.head()).filter(|head| !head.is_array) else {
            return Confidence::No;
        };
        let is_safety = head.has_any(&["report_meta.safety_version", "report_meta.scan_target"])
            || head.has_all(&["vulnerabilities[].vulnerability_id", "vulnerabilities[].package_name"]);
        if is_safety { Confidence::Certain } else { Confidence::No }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        let mut reader = Reader::new(input);
        if reader.peek()? == Kind::Array {
            elements(&mut reader, sink, |sink, row: List<Text<'_>>| {
                let mut row = row.into_iter();
                let mut next = || row.next().unwrap_or_default();
                let (package_name, _, analyzed_version) = (next(), next(), next());
                let (advisory, vulnerability_id) = (next(), next());
                let wire = Vulnerability {
                    vulnerability_id,
                    package_name,
                    analyzed_version,
                    advisory,
                    ..Default::default()
                };
                let finding = finding(wire, sink);
                sink.finding(&finding)
            })?;
            return reader.finish();
        }
        report(input, "`vulnerabilities`", |reader, key| {
            let is_ignored = match key {
                "vulnerabilities" => false,
                "ignored_vulnerabilities" => true,
                _ => return Ok(false),
            };
            elements(reader, sink, |sink, wire: Vulnerability<'_>| {
                let reason = (is_ignored || wire.ignored == Some(true)).then(|| wire.ignored_reason.clone());
                let mut finding = finding(wire, sink);
                finding.suppression =
                    reason.map(|reason| Suppression { place: "external", reason: present(reason) });
                sink.finding(&finding)
            })?;
            Ok(!is_ignored)
        })
    }
}

/// `[["django", "<2.2", "2.1", "…", "38449", …`
fn is_version_1(head: &str) -> bool {
    let Some(row) = head.trim_start().strip_prefix('[').and_then(|rest| rest.trim_start().strip_prefix('['))
    else {
        return false;
    };
    let mut parts = row.trim_start().splitn(7, '"');
    let (open, _name, comma, range) = (parts.next(), parts.next(), parts.next(), parts.next());
    let is_comma = comma.is_some_and(|comma| comma.trim() == ",");
    open == Some("") && is_comma && range.is_some_and(|range| range.starts_with(['<', '>', '=', '!']))
}

fn finding<'a>(wire: Vulnerability<'a>, sink: &mut dyn Sink) -> Finding<'a> {
    let cvss = wire.severity.and_then(|rating| rating.cvssv3).unwrap_or_default();
    let base = score(cvss.base_score.0);
    let severity = match (cvss.base_severity.trim(), base) {
        ("", None) => Severity::Unknown,
        ("", Some(score)) => by_score(score.into()),
        (word, _) => by_word(USUAL, word, sink),
    };
    let rule = first([wire.cve.clone(), wire.vulnerability_id.clone()]);
    let message = first([wire.advisory, Text(rule.clone())]);
    let mut finding = Finding::new("safety", rule, FindingKind::Vulnerability, severity, message);
    finding.help_uri = present(wire.more_info_url);
    finding.cvss = base;
    finding.cvss_vector = present(cvss.vector_string);
    finding.aliases = aliases([wire.cve.0]);
    let fixed: Vec<_> = wire.fixed_versions.into_iter().filter_map(present).collect();
    finding.package = Some(Package {
        name: wire.package_name.0,
        version: present(wire.analyzed_version),
        fixed_version: (!fixed.is_empty()).then(|| fixed.join(", ").into()),
        purl: None,
        ecosystem: Some("pypi".into()),
    });
    finding
}

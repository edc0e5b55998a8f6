//! # Grype JSON
//!
//! *Produced by* Grype and Xeol, see [`DESCRIPTOR`].
//! *Looks like* `{"matches": [{"vulnerability": {…}, "artifact": {…}}], "source": {…}, "descriptor": {…}}`.
//! *Maps to · Not read · Quirks*: see [`DESCRIPTOR`], from which the documentation is made.

use plimsoll_format::json::{self, Number, Text};
use plimsoll_format::{Confidence, Descriptor, Docs, Format, Input, ParseError, Sink};
use plimsoll_model::{Finding, FindingKind, Package, ReportKind, Severity, Suppression};
use serde::Deserialize;

use crate::advisory::{aliases, cwes, ecosystem, purl_type, score};
use crate::lenient::{List, elements, first, present, report};
use crate::severity::by_word;

/// See the module.
pub struct Grype;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "grype",
    name: "Grype JSON",
    kind: ReportKind::Findings,
    tools: &["Grype", "Xeol"],
    globs: &["grype*.json", "*grype*.json"],
    link: "https://github.com/anchore/grype#output-formats",
    version: 2,
    docs: Docs {
        produced_by: "`grype dir:. -o json --file grype.json`, `xeol -o json`.",
        maps_to: "Each of `matches` is a vulnerability of the package in `artifact`; the path is the first of its \
            locations. Related vulnerabilities are aliases. CVSS is the newest version among the match's own scores, \
            else among the related ones; EPSS and CWE are kept. `ignoredMatches` are suppressed findings, the reason \
            is the VEX status or justification of the rule. Severity: Critical critical, High high, Medium medium, \
            Low low, Negligible and None info, Unknown unknown. Xeol's end of life is a low vulnerability with \
            the rule `end-of-life`.",
        not_read: "Match details, distribution, source, configuration of the scan, further locations, licences of \
            the packages.",
        quirks: "Xeol writes Grype's shape with `Cycle` in the place of `vulnerability`.",
    },
};

/// Grype's words, `grype/vulnerability/severity.go`; `None` is that of the CVSS scale.
const SEVERITIES: &[(&str, Severity)] = &[
    ("Critical", Severity::Critical),
    ("High", Severity::High),
    ("Medium", Severity::Medium),
    ("Low", Severity::Low),
    ("Negligible", Severity::Info),
    ("None", Severity::Info),
    ("Unknown", Severity::Unknown),
    ("", Severity::Unknown),
];

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
struct Match<'a> {
    vulnerability: Option<Vulnerability<'a>>,
    #[serde(rename = "Cycle")]
    cycle: Option<Cycle<'a>>,
    related_vulnerabilities: List<Vulnerability<'a>>,
    artifact: Option<Artifact<'a>>,
    applied_ignore_rules: List<IgnoreRule<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
struct Vulnerability<'a> {
    id: Text<'a>,
    data_source: Text<'a>,
    severity: Text<'a>,
    description: Text<'a>,
    cvss: List<Cvss<'a>>,
    epss: List<Epss>,
    known_exploited: List<serde::de::IgnoredAny>,
    cwes: List<Weakness<'a>>,
    fix: Option<Fix<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Cvss<'a> {
    source: Text<'a>,
    version: Text<'a>,
    vector: Text<'a>,
    metrics: Option<Metrics>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Metrics {
    base_score: Number,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Epss {
    epss: Number,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Weakness<'a> {
    cwe: Text<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Fix<'a> {
    versions: List<Text<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
struct Cycle<'a> {
    product_name: Text<'a>,
    release_cycle: Text<'a>,
    eol: Text<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Artifact<'a> {
    name: Text<'a>,
    version: Text<'a>,
    #[serde(rename = "type")]
    kind: Text<'a>,
    purl: Text<'a>,
    locations: List<Location<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Location<'a> {
    path: Text<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "kebab-case", bound(deserialize = "'de: 'a"))]
struct IgnoreRule<'a> {
    vex_justification: Text<'a>,
    vex_status: Text<'a>,
    reason: Text<'a>,
}

impl Format for Grype {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        let Some(head) = json::head(input.head()).filter(|head| !head.is_array) else {
            return Confidence::No;
        };
        let inside = ["matches[].vulnerability", "matches[].artifact", "matches[].Cycle"];
        let is_match = head.value("matches") == Some("[")
            && (head.has_any(&inside) || head.has_all(&["source", "distro"]) || head.has("descriptor.db"));
        let is_named = matches!(head.value("descriptor.name"), Some("grype" | "xeol"));
        if is_match || is_named { Confidence::Certain } else { Confidence::No }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        report(input, "`matches`", |reader, key| {
            let is_ignored = match key {
                "matches" => false,
                "ignoredMatches" => true,
                _ => return Ok(false),
            };
            elements(reader, sink, |sink, mut wire: Match<'_>| {
                let rules = std::mem::take(&mut wire.applied_ignore_rules);
                let mut finding = finding(wire, sink);
                if is_ignored {
                    let reason = rules
                        .into_iter()
                        .map(|rule| first([rule.reason, rule.vex_justification, rule.vex_status]));
                    let reason = reason.into_iter().find(|reason| !reason.is_empty());
                    finding.suppression = Some(Suppression { place: "external", reason });
                }
                sink.finding(&finding)
            })?;
            Ok(!is_ignored)
        })
    }
}

fn finding<'a>(wire: Match<'a>, sink: &mut dyn Sink) -> Finding<'a> {
    let mut finding = match (wire.vulnerability, wire.cycle) {
        (None, Some(cycle)) => {
            let message = format!(
                "{} {} reaches its end of life on {}",
                cycle.product_name, cycle.release_cycle, cycle.eol
            );
            Finding::new("xeol", "end-of-life", FindingKind::Vulnerability, Severity::Low, message)
        }
        (vulnerability, _) => known(vulnerability.unwrap_or_default(), wire.related_vulnerabilities.0, sink),
    };
    let artifact = wire.artifact.unwrap_or_default();
    finding.path = artifact.locations.into_iter().find_map(|location| present(location.path));
    let kind = purl_type(&artifact.purl).unwrap_or(&artifact.kind);
    let ecosystem = ecosystem(kind).into_owned();
    let fixed_version = finding.package.take().and_then(|package| package.fixed_version);
    finding.package = Some(Package {
        name: artifact.name.0,
        version: present(artifact.version),
        fixed_version,
        purl: present(artifact.purl),
        ecosystem: (!ecosystem.is_empty()).then(|| ecosystem.into()),
    });
    finding
}

fn known<'a>(wire: Vulnerability<'a>, related: Vec<Vulnerability<'a>>, sink: &mut dyn Sink) -> Finding<'a> {
    let severity = by_word(SEVERITIES, &wire.severity, sink);
    let descriptions = related.iter().map(|other| other.description.clone());
    let message = first([wire.description].into_iter().chain(descriptions).chain([wire.id.clone()]));
    let mut finding = Finding::new("grype", wire.id.clone(), FindingKind::Vulnerability, severity, message);
    finding.help_uri = present(wire.data_source);
    let all = std::iter::once(&wire.cvss.0).chain(related.iter().map(|other| &other.cvss.0));
    if let Some((cvss, rating)) = all.into_iter().find_map(|ratings| newest(ratings)) {
        finding.cvss = Some(cvss);
        finding.cvss_vector = present(rating.vector.clone());
        finding.cvss_source = present(rating.source.clone());
    }
    finding.is_exploited = !wire.known_exploited.0.is_empty();
    finding.epss = wire.epss.0.first().and_then(|epss| epss.epss.0).map(|epss| epss as f32);
    finding.cwe = cwes(wire.cwes.0.iter().map(|weakness| &*weakness.cwe));
    finding.aliases = aliases([wire.id.0].into_iter().chain(related.into_iter().map(|other| other.id.0)));
    let versions: Vec<_> =
        wire.fix.map(|fix| fix.versions.into_iter().filter_map(present).collect()).unwrap_or_default();
    let fixed_version = (!versions.is_empty()).then(|| versions.join(", ").into());
    finding.package = Some(Package { fixed_version, ..Package::default() });
    finding
}

/// The score of the newest version of CVSS.
fn newest<'s, 'a>(scores: &'s [Cvss<'a>]) -> Option<(f32, &'s Cvss<'a>)> {
    let scored = scores.iter().filter_map(|cvss| {
        let base = score(cvss.metrics.as_ref()?.base_score.0).filter(|base| *base > 0.0)?;
        Some((base, cvss))
    });
    scored.reduce(|best, other| if *other.1.version > *best.1.version { other } else { best })
}

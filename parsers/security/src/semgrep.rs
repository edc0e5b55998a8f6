//! # Semgrep JSON
//!
//! *Produced by* Semgrep and Opengrep, see [`DESCRIPTOR`].
//! *Looks like* `{"version": "…", "results": [{"check_id": "…", "path": "…", "extra": {…}}], "errors": [], "paths": {…}}`.
//! *Maps to · Not read · Quirks*: see [`DESCRIPTOR`], from which the documentation is made.

use plimsoll_format::json::{self, Number, Text};
use plimsoll_format::{Confidence, Descriptor, Docs, Format, Input, ParseError, Sink, Warning, WarningCode};
use plimsoll_model::{Finding, FindingKind, Package, ReportKind, Severity, Suppression};
use serde::Deserialize;

use crate::advisory::{aliases, cwes, ecosystem};
use crate::lenient::{List, elements, first, present, report};
use crate::severity::by_word;

/// See the module.
pub struct Semgrep;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "semgrep",
    name: "Semgrep JSON",
    kind: ReportKind::Findings,
    tools: &["Semgrep", "Opengrep"],
    globs: &["semgrep*.json", "*semgrep*.json", "opengrep*.json"],
    link: "https://semgrep.dev/docs/semgrep-appsec-platform/json-and-sarif",
    version: 1,
    docs: Docs {
        produced_by: "`semgrep scan --json --output semgrep.json`, `opengrep scan --json`.",
        maps_to: "Each of `results` is a finding: rule `check_id`, message and metadata of `extra`. It is a weakness \
            where the metadata say so (category `security`, a CWE, an OWASP class) or the rule's name holds \
            `security`, a secret where the rule's name holds `secrets`, a vulnerability where Semgrep Supply Chain \
            found a package (`sca_info`), else a code finding. The context is `extra.lines`, the fingerprint \
            `extra.fingerprint`. `is_ignored` (a `nosemgrep` comment) suppresses. Errors of level `error` and \
            `warn` are `tool-error` warnings. Severity, from Semgrep's documentation: CRITICAL critical, ERROR and \
            HIGH high, WARNING and MEDIUM medium, INFO and LOW low, INVENTORY and EXPERIMENT info.",
        not_read: "Data flow traces, metavariables, fixes, timing, scanned and skipped paths, the confidence.",
        quirks: "Without a login, `lines` and `fingerprint` are the words `requires login`, which count as absent.",
    },
};

/// <https://semgrep.dev/docs/kb/rules/understand-severities>; ERROR, WARNING and INFO are the older words.
const SEVERITIES: &[(&str, Severity)] = &[
    ("CRITICAL", Severity::Critical),
    ("ERROR", Severity::High),
    ("HIGH", Severity::High),
    ("WARNING", Severity::Medium),
    ("MEDIUM", Severity::Medium),
    ("INFO", Severity::Low),
    ("LOW", Severity::Low),
    ("INVENTORY", Severity::Info),
    ("EXPERIMENT", Severity::Info),
];

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Match<'a> {
    check_id: Text<'a>,
    path: Text<'a>,
    start: Position,
    end: Position,
    extra: Extra<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Position {
    line: Number,
    col: Number,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Extra<'a> {
    message: Text<'a>,
    severity: Text<'a>,
    metadata: Option<Metadata<'a>>,
    fingerprint: Text<'a>,
    lines: Text<'a>,
    is_ignored: Option<bool>,
    sca_info: Option<ScaInfo<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Metadata<'a> {
    category: Text<'a>,
    cwe: List<Text<'a>>,
    owasp: List<Text<'a>>,
    source: Text<'a>,
    shortlink: Text<'a>,
    #[serde(rename = "sca-vuln-database-identifier")]
    advisory: Text<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct ScaInfo<'a> {
    dependency_match: Option<DependencyMatch<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct DependencyMatch<'a> {
    found_dependency: Option<Dependency<'a>>,
    lockfile: Text<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Dependency<'a> {
    package: Text<'a>,
    version: Text<'a>,
    ecosystem: Text<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct ScanError<'a> {
    level: Text<'a>,
    message: Text<'a>,
    path: Text<'a>,
}

impl Format for Semgrep {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        let Some(head) = json::head(input.head()).filter(|head| !head.is_array) else {
            return Confidence::No;
        };
        let is_semgrep = head.has_all(&["results[].check_id", "results[].path"])
            || head.has_any(&["interfile_languages_used", "engine_requested", "skipped_rules"])
            || head.has_all(&["errors", "paths.scanned"])
            || head.has_all(&["errors", "results", "paths"])
            || head.has_all(&["errors[].code", "errors[].level", "errors[].message"]);
        if is_semgrep { Confidence::Certain } else { Confidence::No }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        report(input, "`results`", |reader, key| {
            match key {
                "results" => elements(reader, sink, |sink, wire| {
                    let finding = finding(wire, sink);
                    sink.finding(&finding)
                })?,
                "errors" => elements(reader, sink, |sink, error: ScanError<'_>| {
                    if matches!(&*error.level, "error" | "warn") {
                        let message = format!("Semgrep: {} {}", error.message.trim(), error.path);
                        sink.warning(Warning::new(WarningCode::ToolError, message.trim_end()));
                    }
                    Ok(())
                })?,
                _ => {}
            }
            Ok(key == "results")
        })
    }
}

fn finding<'a>(wire: Match<'a>, sink: &mut dyn Sink) -> Finding<'a> {
    let extra = wire.extra;
    let metadata = extra.metadata.unwrap_or_default();
    let severity = by_word(SEVERITIES, &extra.severity, sink);
    let dependency = extra.sca_info.and_then(|sca| sca.dependency_match);
    let kind = match () {
        () if dependency.is_some() => FindingKind::Vulnerability,
        () if wire.check_id.contains("secrets") => FindingKind::Secret,
        () if is_weakness(&wire.check_id, &metadata) => FindingKind::Weakness,
        () => FindingKind::Code,
    };
    let message = first([extra.message, wire.check_id.clone()]);
    let mut finding = Finding::new("semgrep", wire.check_id, kind, severity, message);
    finding.help_uri = present(metadata.shortlink).or_else(|| present(metadata.source));
    finding.path = present(wire.path);
    finding.line = wire.start.line.position();
    finding.column = wire.start.col.position();
    finding.end_line = wire.end.line.position().filter(|end| Some(*end) != finding.line);
    let is_given = |text: &std::borrow::Cow<'_, str>| text.trim() != "requires login";
    finding.fingerprint = present(extra.fingerprint).filter(is_given);
    if kind != FindingKind::Secret {
        finding.context = present(extra.lines).filter(is_given);
    }
    finding.cwe = cwes(metadata.cwe.0.iter().map(|cwe| &**cwe));
    if let Some(dependency) = dependency {
        finding.aliases = aliases([metadata.advisory.0]);
        if let Some(lockfile) = present(dependency.lockfile) {
            finding.path = Some(lockfile);
            (finding.line, finding.column, finding.end_line) = (None, None, None);
        }
        finding.package = dependency.found_dependency.map(|found| Package {
            name: found.package.0,
            version: present(found.version),
            ecosystem: Some(ecosystem(&found.ecosystem).into_owned().into()),
            ..Package::default()
        });
    }
    if extra.is_ignored == Some(true) {
        finding.suppression = Some(Suppression { place: "in-source", reason: None });
    }
    finding
}

fn is_weakness(rule: &str, metadata: &Metadata<'_>) -> bool {
    match metadata.category.trim() {
        "" => !metadata.cwe.0.is_empty() || !metadata.owasp.0.is_empty() || rule.contains("security"),
        category => category.eq_ignore_ascii_case("security"),
    }
}

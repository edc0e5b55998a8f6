//! # cargo-audit JSON
//!
//! *Produced by* cargo-audit, see [`DESCRIPTOR`].
//! *Looks like* `{"database": {…}, "lockfile": {…}, "settings": {…}, "vulnerabilities": {"list": [{…}]}, "warnings": {…}}`.
//! *Maps to · Not read · Quirks*: see [`DESCRIPTOR`], from which the documentation is made.

use plimsoll_format::json::{self, Kind, Number, Text};
use plimsoll_format::{Confidence, Descriptor, Docs, Format, Input, ParseError, Sink, Warning, WarningCode};
use plimsoll_model::{Finding, Package, ReportKind, Severity};
use serde::Deserialize;

use crate::lenient::{List, element, elements, is_next, present, report};
use crate::rustsec::{self, Advisory};
use crate::severity::by_word;

/// See the module.
pub struct CargoAudit;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "cargo-audit",
    name: "cargo-audit JSON",
    kind: ReportKind::Findings,
    tools: &["cargo-audit"],
    globs: &["cargo-audit*.json", "*audit*.json"],
    link: "https://docs.rs/rustsec/latest/rustsec/report/struct.Report.html",
    version: 2,
    docs: Docs {
        produced_by: "`cargo audit --json > cargo-audit.json`.",
        maps_to: "Each entry of `vulnerabilities.list` and of `warnings` is a vulnerability of its package; patched \
            versions and aliases are kept. Severity of vulnerabilities: by the score of the CVSS vector (from 9 \
            critical, 7 high, 4 medium, above 0 low), without a vector unknown. Severity of warnings: unsound medium, \
            unmaintained and yanked low, notice info.",
        not_read: "The database's and the lock file's meta data, settings, affected functions and platforms.",
        quirks: "Old versions write `warnings` as an array. A yanked version has no advisory: its rule is `yanked`. \
            The report names no file, so the findings have no path.",
    },
};

/// The kinds of warning, <https://docs.rs/rustsec/latest/rustsec/enum.WarningKind.html>.
const WARNINGS: &[(&str, Severity)] = &[
    ("unsound", Severity::Medium),
    ("unmaintained", Severity::Low),
    ("yanked", Severity::Low),
    ("notice", Severity::Info),
    ("informational", Severity::Info),
];

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Entry<'a> {
    kind: Text<'a>,
    advisory: Option<Advisory<'a>>,
    versions: Option<Versions<'a>>,
    package: Option<Name<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Versions<'a> {
    patched: List<Text<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Name<'a> {
    name: Text<'a>,
    version: Text<'a>,
}

impl Format for CargoAudit {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        let Some(head) = json::head(input.head()).filter(|head| !head.is_array) else {
            return Confidence::No;
        };
        let is_cargo_audit = head.has("database.advisory-count")
            || (head.has_any(&["lockfile.dependency-count", "settings.informational_warnings"])
                && head.has_any(&["database", "settings", "vulnerabilities"]))
            || head.has_all(&["vulnerabilities.found", "vulnerabilities.list"]);
        if is_cargo_audit { Confidence::Certain } else { Confidence::No }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        report(input, "`vulnerabilities`", |reader, key| {
            match key {
                "vulnerabilities" if is_next(reader, Kind::Object, sink)? => {
                    let (mut listed, mut declared) = (0, None);
                    reader.object(|reader, key| match key {
                        "list" => elements(reader, sink, |sink, entry| {
                            listed += 1;
                            sink.finding(&finding(entry))
                        }),
                        "count" => {
                            declared = element::<Number>(reader, sink)?.and_then(Number::count);
                            Ok(())
                        }
                        _ => Ok(()),
                    })?;
                    if let Some(declared) = declared.filter(|declared| *declared != listed) {
                        let message =
                            format!("the count is {declared}, but {listed} vulnerabilities are listed");
                        sink.warning(Warning::new(WarningCode::TotalMismatch, message));
                    }
                }
                "warnings" if reader.peek()? == Kind::Array => {
                    elements(reader, sink, |sink, entry| warning(entry, "", sink))?
                }
                "warnings" => reader.object(|reader, kind| {
                    elements(reader, sink, |sink, entry| warning(entry, kind, sink))
                })?,
                _ => {}
            }
            Ok(key == "vulnerabilities")
        })
    }
}

fn warning(entry: Entry<'_>, group: &str, sink: &mut dyn Sink) -> Result<(), ParseError> {
    let kind = if entry.kind.is_empty() { group.to_owned() } else { entry.kind.to_string() };
    let severity = by_word(WARNINGS, &kind, sink);
    let mut finding = finding(entry);
    finding.severity = severity;
    if finding.rule.is_empty() {
        let package = finding.package.as_ref().map(|package| package.name.clone()).unwrap_or_default();
        finding.message = format!("{package} is {kind}").into();
        finding.rule = kind.into();
    }
    sink.finding(&finding)
}

fn finding(entry: Entry<'_>) -> Finding<'_> {
    let mut finding = rustsec::finding("cargo-audit", entry.advisory.unwrap_or_default());
    let package = entry.package.unwrap_or_default();
    let patched: Vec<_> =
        entry.versions.unwrap_or_default().patched.into_iter().filter_map(present).collect();
    finding.package = Some(Package {
        name: package.name.0,
        version: present(package.version),
        fixed_version: (!patched.is_empty()).then(|| patched.join(", ").into()),
        purl: None,
        ecosystem: Some("cargo".into()),
    });
    finding
}

//! # OWASP Dependency-Check
//!
//! *Produced by* Dependency-Check, see [`DESCRIPTOR`].
//! *Looks like* `<analysis xmlns="https://jeremylong.github.io/DependencyCheck/…"><dependencies><dependency>…`, or
//! `{"reportSchema": "1.1", "scanInfo": {…}, "dependencies": [{"fileName": "…", "vulnerabilities": [{…}]}]}`.
//! *Maps to · Not read · Quirks*: see [`DESCRIPTOR`], from which the documentation is made.

use plimsoll_format::json::{self, Number, Text};
use plimsoll_format::xml::{self, Element, Reader};
use plimsoll_format::{
    Confidence, Descriptor, Docs, Format, Input, ParseError, ParseErrorKind, Sink, parse_number,
};
use plimsoll_model::{Finding, FindingKind, Package, ReportKind, Severity, Suppression};
use serde::Deserialize;

use crate::advisory::{aliases, cwes, ecosystem, purl_type, score};
use crate::lenient::{List, elements, first, present, report};
use crate::severity::{by_score, by_word};

/// See the module.
pub struct DependencyCheck;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "dependency-check",
    name: "OWASP Dependency-Check",
    kind: ReportKind::Findings,
    tools: &["OWASP Dependency-Check"],
    globs: &["dependency-check-report.xml", "dependency-check-report.json"],
    link: "https://dependency-check.github.io/DependencyCheck/general/dependency-check.html",
    version: 2,
    docs: Docs {
        produced_by: "`dependency-check --format XML --format JSON`, the Maven and Gradle plugins with the same formats.",
        maps_to: "Each vulnerability of each dependency is one vulnerability; suppressed ones are suppressed findings, \
            with their notes. The path is that of the dependency's file, the package its package URL, else the file's \
            name. CVSS is version 3, else 4, else 2. Severity: critical, high, medium or moderate, low, info; none or \
            another word, by the score (from 9 critical, 7 high, 4 medium, above 0 low), else unknown.",
        not_read: "Evidence, related dependencies, references, vulnerable software, known exploited details.",
        quirks: "Schemas 1.3 to 4 in XML; before 2.0 the score stands in `cvssScore` and the CWE in `cwe`.",
    },
};

const SEVERITIES: &[(&str, Severity)] = &[
    ("critical", Severity::Critical),
    ("high", Severity::High),
    ("medium", Severity::Medium),
    ("moderate", Severity::Medium),
    ("low", Severity::Low),
    ("info", Severity::Info),
    ("informational", Severity::Info),
    ("none", Severity::Info),
    ("unknown", Severity::Unknown),
    ("", Severity::Unknown),
];

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
struct Dependency<'a> {
    file_name: Text<'a>,
    file_path: Text<'a>,
    packages: List<Identifier<'a>>,
    vulnerabilities: List<Vulnerability<'a>>,
    suppressed_vulnerabilities: List<Vulnerability<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Identifier<'a> {
    id: Text<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Vulnerability<'a> {
    name: Text<'a>,
    severity: Text<'a>,
    description: Text<'a>,
    notes: Text<'a>,
    cwes: List<Text<'a>>,
    cvssv2: Score,
    cvssv3: Score,
    cvssv4: Score,
    #[serde(rename = "knownExploitedVulnerability")]
    known_exploited: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Score {
    #[serde(alias = "baseScore")]
    score: Number,
}

impl Format for DependencyCheck {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        let is_report = match xml::head(input.head()) {
            Some(head) => {
                head.root == "analysis" && head.attributes.to_ascii_lowercase().contains("dependency-check")
            }
            None => json::head(input.head()).is_some_and(|head| {
                head.has_all(&["reportSchema", "scanInfo"])
                    || head.has_all(&["dependencies[].fileName", "dependencies[].vulnerabilities[].source"])
            }),
        };
        if is_report { Confidence::Certain } else { Confidence::No }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        if input.text.trim_start().starts_with('<') {
            return parse_xml(input, sink);
        }
        report(input, "`dependencies`", |reader, key| {
            if key == "dependencies" {
                elements(reader, sink, findings)?;
            }
            Ok(key == "dependencies")
        })
    }
}

fn parse_xml(input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
    let mut reader = Reader::new(input);
    let root = reader.root()?;
    if root.name() != "analysis" {
        return Err(reader.error(ParseErrorKind::Missing("the element `analysis`")));
    }
    while let Some(list) = reader.child(&root)? {
        if list.name() == "dependencies" {
            while let Some(element) = reader.child(&list)? {
                let dependency = read_dependency(&mut reader, &element)?;
                findings(sink, dependency)?;
            }
        }
    }
    reader.finish()
}

fn read_dependency<'a>(reader: &mut Reader<'a>, element: &Element<'a>) -> Result<Dependency<'a>, ParseError> {
    let mut dependency = Dependency::default();
    while let Some(part) = reader.child(element)? {
        match part.name() {
            "fileName" => dependency.file_name = Text(reader.text(&part)?),
            "filePath" => dependency.file_path = Text(reader.text(&part)?),
            "identifiers" => {
                while let Some(identifier) = reader.child(&part)? {
                    let is_package = identifier.name() == "package";
                    while let Some(field) = reader.child(&identifier)? {
                        if is_package && field.name() == "id" {
                            dependency.packages.0.push(Identifier { id: Text(reader.text(&field)?) });
                        }
                    }
                }
            }
            "vulnerabilities" => {
                while let Some(found) = reader.child(&part)? {
                    match found.name() {
                        "vulnerability" => {
                            dependency.vulnerabilities.0.push(read_vulnerability(reader, &found)?)
                        }
                        "suppressedVulnerability" => {
                            dependency.suppressed_vulnerabilities.0.push(read_vulnerability(reader, &found)?);
                        }
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    Ok(dependency)
}

fn read_vulnerability<'a>(
    reader: &mut Reader<'a>,
    element: &Element<'a>,
) -> Result<Vulnerability<'a>, ParseError> {
    let mut wire = Vulnerability::default();
    while let Some(part) = reader.child(element)? {
        match part.name() {
            "name" => wire.name = Text(reader.text(&part)?),
            "severity" => wire.severity = Text(reader.text(&part)?),
            "description" => wire.description = Text(reader.text(&part)?),
            "notes" => wire.notes = Text(reader.text(&part)?),
            "cwe" => wire.cwes.0.push(Text(reader.text(&part)?)),
            "cvssScore" => wire.cvssv2.score = Number(parse_number(&reader.text(&part)?)),
            "cwes" => {
                while let Some(cwe) = reader.child(&part)? {
                    wire.cwes.0.push(Text(reader.text(&cwe)?));
                }
            }
            "cvssV2" => wire.cvssv2 = read_score(reader, &part)?,
            "cvssV3" => wire.cvssv3 = read_score(reader, &part)?,
            "cvssV4" => wire.cvssv4 = read_score(reader, &part)?,
            "knownExploitedVulnerability" => wire.known_exploited = Some(serde::de::IgnoredAny),
            _ => {}
        }
    }
    Ok(wire)
}

fn read_score<'a>(reader: &mut Reader<'a>, element: &Element<'a>) -> Result<Score, ParseError> {
    let mut score = Score::default();
    while let Some(part) = reader.child(element)? {
        if matches!(part.name(), "score" | "baseScore") {
            score.score = Number(parse_number(&reader.text(&part)?));
        }
    }
    Ok(score)
}

fn findings(sink: &mut dyn Sink, dependency: Dependency<'_>) -> Result<(), ParseError> {
    let purl = dependency.packages.into_iter().find(|package| package.id.starts_with("pkg:"));
    let purl = purl.and_then(|package| present(package.id));
    let counting = dependency.vulnerabilities.into_iter().map(|wire| (wire, false));
    for (wire, is_suppressed) in
        counting.chain(dependency.suppressed_vulnerabilities.into_iter().map(|wire| (wire, true)))
    {
        let notes = wire.notes.clone();
        let mut finding = finding(wire, sink);
        finding.path = present(dependency.file_path.clone());
        finding.package = Some(package(purl.as_deref(), &dependency.file_name));
        if is_suppressed {
            finding.suppression = Some(Suppression { place: "external", reason: present(notes) });
        }
        sink.finding(&finding)?;
    }
    Ok(())
}

fn finding<'a>(wire: Vulnerability<'a>, sink: &mut dyn Sink) -> Finding<'a> {
    let scores = [&wire.cvssv3, &wire.cvssv4, &wire.cvssv2];
    let cvss = scores.into_iter().find_map(|rating| score(rating.score.0)).filter(|score| *score > 0.0);
    let severity = match by_word(SEVERITIES, wire.severity.trim(), sink) {
        Severity::Unknown => cvss.map_or(Severity::Unknown, |score| by_score(score.into())),
        known => known,
    };
    let message = first([wire.description, wire.name.clone()]);
    let mut finding =
        Finding::new("dependency-check", wire.name.clone(), FindingKind::Vulnerability, severity, message);
    finding.cvss = cvss;
    finding.is_exploited = wire.known_exploited.is_some();
    finding.cwe = cwes(wire.cwes.0.iter().map(|cwe| &**cwe));
    finding.aliases = aliases([wire.name.0]);
    finding
}

fn package<'a>(purl: Option<&'a str>, file_name: &'a str) -> Package<'a> {
    let Some(purl) = purl else {
        return Package { name: file_name.into(), ..Package::default() };
    };
    crate::purl::package(purl).unwrap_or_else(|| Package {
        name: file_name.into(),
        purl: Some(purl.into()),
        ecosystem: purl_type(purl).map(ecosystem),
        ..Package::default()
    })
}

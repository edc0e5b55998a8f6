//! # GitLab security report
//!
//! *Produced by* GitLab's analyzers and tools that write their format, see [`DESCRIPTOR`].
//! *Looks like* `{"version": "15.0.0", "vulnerabilities": [{"location": {…}, "identifiers": […]}], "scan": {"type": "sast"}}`.
//! *Maps to · Not read · Quirks*: see [`DESCRIPTOR`], from which the documentation is made.

use std::borrow::Cow;

use plimsoll_format::json::{self, Kind, Number, Reader, Text};
use plimsoll_format::{
    Confidence, Descriptor, Docs, Format, Input, ParseError, ParseErrorKind, Sink, Warning, WarningCode,
};
use plimsoll_model::{Finding, FindingKind, Package, ReportKind, Severity, Suppression};
use serde::Deserialize;

use crate::advisory::{aliases, cwes};
use crate::cvss::base_score;
use crate::lenient::{List, elements, first, present};
use crate::severity::by_word;

/// See the module.
pub struct GitlabSecurity;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "gitlab-security",
    name: "GitLab security report",
    kind: ReportKind::Findings,
    tools: &[
        "GitLab SAST",
        "GitLab dependency scanning",
        "GitLab container scanning",
        "GitLab secret detection",
        "GitLab DAST",
        "GitLab fuzzing",
        "Checkmarx One",
    ],
    globs: &["gl-*-report.json"],
    link: "https://gitlab.com/gitlab-org/security-products/security-report-schemas",
    version: 2,
    docs: Docs {
        produced_by: "GitLab's security jobs as artifacts: `gl-sast-report.json`, `gl-dependency-scanning-report.json`, \
            `gl-container-scanning-report.json`, `gl-secret-detection-report.json`, `gl-dast-report.json`.",
        maps_to: "Each of `vulnerabilities` is a finding; its sort follows `scan.type`, else the category, else whether \
            the location names a dependency. The tool is the entry's scanner, else that of the scan. The rule is the \
            CVE where there is one, else the first identifier; CWE identifiers are kept. The flag \
            `flagged-as-likely-false-positive` suppresses. Severity: Critical critical, High high, Medium medium, Low \
            low, Info info, Unknown, Undefined or none unknown.",
        not_read: "Evidence, requests and responses, links, remediations, dependency files, tracking signatures (they \
            may hold line numbers), the extract of the source where it is a secret.",
        quirks: "Schema versions 2 to 15. An empty list alone tells nothing; the file's name must then begin with `gl-` or hold `gitlab`. A report without any list of vulnerabilities is read as empty, with a \
            warning.",
    },
};

/// The enumeration of the schemas.
const SEVERITIES: &[(&str, Severity)] = &[
    ("Critical", Severity::Critical),
    ("High", Severity::High),
    ("Medium", Severity::Medium),
    ("Low", Severity::Low),
    ("Info", Severity::Info),
    ("Unknown", Severity::Unknown),
    ("Undefined", Severity::Unknown),
    ("Experimental", Severity::Unknown),
    ("Ignore", Severity::Info),
    ("", Severity::Unknown),
];

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Entry<'a> {
    category: Text<'a>,
    name: Text<'a>,
    message: Text<'a>,
    description: Text<'a>,
    severity: Text<'a>,
    scanner: Option<Scanner<'a>>,
    location: Option<Location<'a>>,
    identifiers: List<Identifier<'a>>,
    cvss_vectors: List<Vector<'a>>,
    flags: List<Flag<'a>>,
    raw_source_code_extract: Text<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Vector<'a> {
    vendor: Text<'a>,
    vector: Text<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Scanner<'a> {
    id: Text<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Location<'a> {
    file: Text<'a>,
    start_line: Number,
    end_line: Number,
    image: Text<'a>,
    hostname: Text<'a>,
    path: Text<'a>,
    dependency: Option<Dependency<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Dependency<'a> {
    package: Option<Name<'a>>,
    version: Text<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Name<'a> {
    name: Text<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Identifier<'a> {
    #[serde(rename = "type")]
    kind: Text<'a>,
    name: Text<'a>,
    value: Text<'a>,
    url: Text<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Flag<'a> {
    #[serde(rename = "type")]
    kind: Text<'a>,
    description: Text<'a>,
}

/// What `scan` says of all entries; it usually stands behind them.
#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Scan<'a> {
    scanner: Option<Scanner<'a>>,
    #[serde(rename = "type")]
    kind: Text<'a>,
}

impl Format for GitlabSecurity {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        let Some(head) = json::head(input.head()).filter(|head| !head.is_array) else {
            return Confidence::No;
        };
        // DAST reports that hold the whole report of ZAP, too, are left to that format.
        if head.has("bomFormat") || head.has("site") {
            return Confidence::No;
        }
        let is_entry = head.has("vulnerabilities[].identifiers")
            && head.has_any(&[
                "vulnerabilities[].location",
                "vulnerabilities[].category",
                "vulnerabilities[].scanner",
            ])
            || head.has_all(&[
                "vulnerabilities[].location",
                "vulnerabilities[].severity",
                "vulnerabilities[].name",
            ])
            || head.has_all(&["vulnerabilities[].cve", "vulnerabilities[].evidence.request"])
            || head.has_all(&["vulnerabilities[].category", "vulnerabilities[].cve"]);
        let is_scan = head.has_any(&["scan.scanner", "scan.scanner.id", "scan.analyzer"])
            && head.has_any(&["version", "scan.type", "vulnerabilities"]);
        let is_schema =
            head.value("schema").is_some_and(|schema| schema.contains("security/validators/schemas"));
        // An empty list tells nothing; the name must then say whose it is.
        let is_named = || {
            let name = input.name.rsplit(['/', '\\']).next().unwrap_or_default().to_ascii_lowercase();
            head.value("vulnerabilities") == Some("[") && (name.starts_with("gl-") || name.contains("gitlab"))
        };
        match is_entry || is_scan || is_schema {
            true => Confidence::Certain,
            false if is_named() => Confidence::Maybe,
            false => Confidence::No,
        }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        let scan = look_ahead(input)?;
        let mut reader = Reader::new(input);
        let mut has_list = false;
        reader.object(|reader, key| {
            if key == "vulnerabilities" {
                has_list = true;
                elements(reader, sink, |sink, entry| {
                    let finding = finding(entry, scan.as_ref(), sink);
                    sink.finding(&finding)
                })?;
            }
            Ok(())
        })?;
        reader.finish()?;
        match (has_list, scan) {
            (true, _) => Ok(()),
            (false, None) => Err(ParseError::new(ParseErrorKind::Missing("`vulnerabilities`"))),
            (false, Some(_)) => {
                let message = "the report has a scan, but no list of vulnerabilities";
                sink.warning(Warning::new(WarningCode::ToolError, message));
                Ok(())
            }
        }
    }
}

fn look_ahead<'a>(input: &Input<'a>) -> Result<Option<Scan<'a>>, ParseError> {
    let mut scan = None;
    Reader::new(input).object(|reader, key| {
        if key == "scan" && reader.peek()? == Kind::Object {
            scan = reader.read()?;
        }
        Ok(())
    })?;
    Ok(scan)
}

fn finding<'a>(entry: Entry<'a>, scan: Option<&Scan<'a>>, sink: &mut dyn Sink) -> Finding<'a> {
    let severity = by_word(SEVERITIES, &entry.severity, sink);
    let location = entry.location.unwrap_or_default();
    let scan_kind = scan.map(|scan| &*scan.kind).filter(|kind| !kind.is_empty());
    let kind = match scan_kind.unwrap_or(&entry.category) {
        "secret_detection" => FindingKind::Secret,
        "dependency_scanning" | "container_scanning" | "cluster_image_scanning" => FindingKind::Vulnerability,
        _ if location.dependency.is_some() => FindingKind::Vulnerability,
        _ => FindingKind::Weakness,
    };
    let known = |identifier: &&Identifier<'_>| {
        matches!(&*identifier.kind, "cve" | "ghsa" | "osv" | "osvdb" | "gemnasium")
    };
    let is_cve = |identifier: &&Identifier<'_>| &*identifier.kind == "cve";
    let all = &entry.identifiers.0;
    let main = all.iter().find(is_cve).or_else(|| all.first());
    let rule = main.map(|main| first([main.value.clone(), main.name.clone()]));
    let rule = rule.unwrap_or_else(|| first([entry.name.clone(), entry.message.clone()]));
    let message = first([entry.message, entry.name.clone(), entry.description, Text(rule.clone())]);
    let scanner =
        entry.scanner.map(|scanner| scanner.id).or_else(|| Some(scan?.scanner.as_ref()?.id.clone()));
    let tool = scanner.and_then(present).map_or(Cow::Borrowed("gitlab"), |id| id.to_ascii_lowercase().into());
    let mut finding = Finding::new(tool, rule, kind, severity, message);
    finding.rule_name = present(entry.name);
    finding.help_uri = main.and_then(|main| present(main.url.clone()));
    let scored = entry.cvss_vectors.into_iter().map(|wire| (base_score(&wire.vector), wire));
    if let Some((score, wire)) = scored.reduce(|best, other| if other.0 > best.0 { other } else { best }) {
        finding.cvss = score;
        finding.cvss_vector = present(wire.vector);
        finding.cvss_source = present(wire.vendor);
    }
    let ecosystem = location.file.rsplit('/').next().and_then(ecosystem_of);
    finding.path = present(location.file);
    finding.line = location.start_line.position();
    finding.end_line = location.end_line.position().filter(|end| Some(*end) > finding.line);
    finding.cwe = cwes(all.iter().filter(|id| id.kind.eq_ignore_ascii_case("cwe")).map(|id| &*id.value));
    if kind == FindingKind::Vulnerability {
        finding.aliases = aliases(all.iter().filter(known).map(|id| id.value.0.clone()));
    }
    finding.context = match kind {
        FindingKind::Weakness if !location.hostname.is_empty() => {
            Some(format!("{}{}", location.hostname, location.path).into())
        }
        FindingKind::Weakness => present(entry.raw_source_code_extract),
        FindingKind::Vulnerability => present(location.image),
        _ => None,
    };
    finding.package = location.dependency.map(|dependency| Package {
        name: dependency.package.map(|package| package.name.0).unwrap_or_default(),
        version: present(dependency.version),
        ecosystem: ecosystem.map(Cow::Borrowed),
        ..Package::default()
    });
    let flag = entry.flags.into_iter().find(|flag| &*flag.kind == "flagged-as-likely-false-positive");
    finding.suppression =
        flag.map(|flag| Suppression { place: "external", reason: present(flag.description) });
    finding
}

/// Which ecosystem a dependency is of: the report does not say it, but the file that it stands in does.
fn ecosystem_of(file: &str) -> Option<&'static str> {
    Some(match file {
        "package-lock.json" | "npm-shrinkwrap.json" | "yarn.lock" | "pnpm-lock.yaml" => "npm",
        "requirements.txt" | "requirements.pip" | "Pipfile" | "Pipfile.lock" | "poetry.lock" | "uv.lock"
        | "setup.py" => "pypi",
        "Gemfile.lock" | "gems.locked" => "gem",
        "composer.lock" => "composer",
        "go.sum" | "go.mod" => "go",
        "Cargo.lock" => "cargo",
        "packages.lock.json" => "nuget",
        "pom.xml" | "build.gradle" | "build.gradle.kts" | "build.sbt" => "maven",
        _ => return None,
    })
}

//! # Snyk JSON
//!
//! *Produced by* the Snyk CLI, see [`DESCRIPTOR`].
//! *Looks like* `{"vulnerabilities": [{"id": "SNYK-…", "semver": {…}}], "ok": false, "packageManager": "npm", …}`, or an
//! array of them.
//! *Maps to · Not read · Quirks*: see [`DESCRIPTOR`], from which the documentation is made.

use std::borrow::Cow;

use plimsoll_format::json::{self, Kind, Number, Reader, Text};
use plimsoll_format::{
    Confidence, Descriptor, Docs, Format, Input, ParseError, ParseErrorKind, Sink, Warning, WarningCode,
};
use plimsoll_model::{Finding, FindingKind, Package, ReportKind, Severity, Suppression};
use serde::Deserialize;

use crate::advisory::{aliases, cwes, ecosystem, score};
use crate::lenient::{List, element, elements, first, is_next, present};
use crate::severity::by_word;

/// See the module.
pub struct Snyk;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "snyk",
    name: "Snyk JSON",
    kind: ReportKind::Findings,
    tools: &["Snyk Open Source", "Snyk Container", "Snyk IaC"],
    globs: &["snyk*.json", "*snyk*.json"],
    link: "https://docs.snyk.io/developer-tools/snyk-cli/scan-and-maintain-projects-using-the-cli/cli-tools/snyk-json-to-html",
    version: 2,
    docs: Docs {
        produced_by: "`snyk test --json-file-output=snyk.json`, also with `--all-projects`, and the same of \
            `snyk container test` and `snyk iac test`. `snyk code test` writes SARIF.",
        maps_to: "Each of `vulnerabilities` is a vulnerability, or a licence finding where its type is `license`: one \
            for each dependency path, as Snyk lists them. CVE, GHSA and Snyk's own identifier are aliases; CVSS, EPSS, \
            CWE and the versions of `fixedIn` are kept. The path is `displayTargetFile`. Each of \
            `infrastructureAsCodeIssues` is a misconfiguration, suppressed where `isIgnored`. A project's `error` is a \
            `tool-error` warning. Severity: critical, high, medium, low.",
        not_read: "Dependency paths, upgrade paths, patches, the description's text, what a policy filtered out \
            (`filtered`), remediation advice.",
        quirks: "`--all-projects` writes an array where there are several projects, an object where there is one. \
            Where the package manager stands behind the vulnerabilities it is looked up first.",
    },
};

/// <https://docs.snyk.io/manage-risk/prioritize-issues-for-fixing/severity-levels>
const SEVERITIES: &[(&str, Severity)] = &[
    ("critical", Severity::Critical),
    ("high", Severity::High),
    ("medium", Severity::Medium),
    ("low", Severity::Low),
    ("none", Severity::Info),
];

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
struct Issue<'a> {
    id: Text<'a>,
    title: Text<'a>,
    #[serde(rename = "type")]
    kind: Text<'a>,
    severity: Text<'a>,
    severity_with_critical: Text<'a>,
    cvss_score: Number,
    #[serde(rename = "CVSSv3")]
    cvss_v3: Text<'a>,
    epss_details: Option<Epss>,
    fixed_in: List<Text<'a>>,
    identifiers: Option<Identifiers<'a>>,
    language: Text<'a>,
    package_manager: Text<'a>,
    package_name: Text<'a>,
    module_name: Text<'a>,
    #[serde(rename = "version")]
    version: Text<'a>,
    purls: List<Text<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Epss {
    probability: Number,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "UPPERCASE", bound(deserialize = "'de: 'a"))]
struct Identifiers<'a> {
    cve: List<Text<'a>>,
    cwe: List<Text<'a>>,
    ghsa: List<Text<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
struct IacIssue<'a> {
    id: Text<'a>,
    title: Text<'a>,
    severity: Text<'a>,
    issue: Text<'a>,
    impact: Text<'a>,
    documentation: Text<'a>,
    line_number: Number,
    msg: Text<'a>,
    is_ignored: Option<bool>,
}

/// What the issues of one project share.
#[derive(Default)]
struct Project<'a> {
    manager: Text<'a>,
    file: Option<Cow<'a, str>>,
}

impl Format for Snyk {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        let Some(head) = json::head(input.head()) else { return Confidence::No };
        // A CycloneDX document may name Snyk's advisories, too.
        if head.has("bomFormat") {
            return Confidence::No;
        }
        let has_list =
            ["vulnerabilities", "infrastructureAsCodeIssues"].map(|key| head.value(key) == Some("["));
        let project =
            ["ok", "dependencyCount", "packageManager", "isPrivate", "licensesPolicy", "uniqueCount"];
        let issue = [
            "semver",
            "CVSSv3",
            "upgradePath",
            "isUpgradable",
            "exploit",
            "cvssScore",
            "packageName",
            "moduleName",
            "fixedIn",
            "from",
            "severityWithCritical",
        ];
        let known = project.iter().filter(|key| head.has(key)).count()
            + issue.iter().filter(|key| head.has(&format!("vulnerabilities[].{key}"))).count();
        let is_snyk = has_list.contains(&true) && known >= 2
            || head
                .value("vulnerabilities[].id")
                .is_some_and(|id| id.starts_with("SNYK-") || id.starts_with("snyk:"))
            || head
                .has_any(&["infrastructureAsCodeIssues[].publicId", "infrastructureAsCodeIssues[].subType"])
            || head.has_all(&["meta.isPrivate", "infrastructureAsCodeIssues"]);
        if is_snyk { Confidence::Certain } else { Confidence::No }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        let mut reader = Reader::new(input);
        let mut is_snyk = false;
        match reader.peek()? {
            Kind::Array => reader.array(|reader| match is_next(reader, Kind::Object, sink)? {
                true => project(reader, input, &mut is_snyk, sink),
                false => Ok(()),
            })?,
            _ => project(&mut reader, input, &mut is_snyk, sink)?,
        }
        reader.finish()?;
        if is_snyk { Ok(()) } else { Err(ParseError::new(ParseErrorKind::Missing("`vulnerabilities`"))) }
    }
}

fn project<'a>(
    reader: &mut Reader<'a>,
    input: &Input<'a>,
    is_snyk: &mut bool,
    sink: &mut dyn Sink,
) -> Result<(), ParseError> {
    let start = reader.position();
    let mut shared: Option<Project<'a>> = None;
    reader.object(|reader, key| match key {
        "vulnerabilities" | "infrastructureAsCodeIssues" => {
            *is_snyk = true;
            let project = match &mut shared {
                Some(project) => project,
                none => none.insert(look_ahead(start, input)?),
            };
            if key == "vulnerabilities" {
                return elements(reader, sink, |sink, issue| {
                    let finding = vulnerability(issue, project, sink);
                    sink.finding(&finding)
                });
            }
            elements(reader, sink, |sink, issue| {
                let finding = misconfiguration(issue, project, sink);
                sink.finding(&finding)
            })
        }
        "error" => {
            *is_snyk = true;
            if let Some(error) = element::<Text<'_>>(reader, sink)?.and_then(present) {
                sink.warning(Warning::new(WarningCode::ToolError, format!("Snyk: {error}")));
            }
            Ok(())
        }
        _ => Ok(()),
    })
}

fn look_ahead<'a>(start: usize, input: &Input<'a>) -> Result<Project<'a>, ParseError> {
    let rest = Input { text: input.text.get(start..).unwrap_or_default(), ..*input };
    let (mut project, mut shown) = (Project::default(), None);
    Reader::new(&rest).object(|reader, key| {
        match key {
            "packageManager" if reader.peek()? == Kind::String => project.manager = reader.read()?,
            "displayTargetFile" if reader.peek()? == Kind::String => shown = present(reader.read()?),
            "targetFile" if reader.peek()? == Kind::String => project.file = present(reader.read()?),
            _ => {}
        }
        Ok(())
    })?;
    project.file = shown.or(project.file);
    Ok(project)
}

fn vulnerability<'a>(issue: Issue<'a>, project: &Project<'a>, sink: &mut dyn Sink) -> Finding<'a> {
    let word =
        if issue.severity_with_critical.is_empty() { &issue.severity } else { &issue.severity_with_critical };
    let severity = by_word(SEVERITIES, word, sink);
    let is_licence = &*issue.kind == "license" || issue.id.starts_with("snyk:lic:");
    let kind = if is_licence { FindingKind::Licence } else { FindingKind::Vulnerability };
    let name = first([issue.package_name, issue.module_name]);
    let message = first([issue.title.clone(), issue.id.clone()]);
    let mut finding = Finding::new("snyk", issue.id.clone(), kind, severity, message);
    finding.rule_name = present(issue.title);
    finding.help_uri = Some(format!("https://security.snyk.io/vuln/{}", issue.id).into());
    finding.path = project.file.clone();
    let identifiers = issue.identifiers.unwrap_or_default();
    let ids = identifiers.cve.into_iter().chain(identifiers.ghsa).chain([issue.id]);
    finding.aliases = if is_licence { Vec::new() } else { aliases(ids.map(Cow::from)) };
    finding.cwe = cwes(identifiers.cwe.0.iter().map(|cwe| &**cwe));
    finding.cvss = score(issue.cvss_score.0);
    finding.cvss_vector = present(issue.cvss_v3);
    finding.epss = issue.epss_details.and_then(|epss| epss.probability.0).map(|epss| epss as f32);
    let fixed: Vec<_> = issue.fixed_in.into_iter().filter_map(present).collect();
    let manager = first([issue.package_manager, project.manager.clone(), issue.language]);
    finding.package = Some(Package {
        name,
        version: present(issue.version),
        fixed_version: (!fixed.is_empty()).then(|| fixed.join(", ").into()),
        purl: issue.purls.into_iter().find_map(present),
        ecosystem: (!manager.is_empty())
            .then(|| ecosystem(manager.split(':').next().unwrap_or(&manager)).into_owned().into()),
    });
    finding
}

fn misconfiguration<'a>(issue: IacIssue<'a>, project: &Project<'a>, sink: &mut dyn Sink) -> Finding<'a> {
    let severity = by_word(SEVERITIES, &issue.severity, sink);
    let message = first([issue.issue, issue.impact, issue.title.clone(), issue.id.clone()]);
    let mut finding = Finding::new("snyk", issue.id, FindingKind::Misconfiguration, severity, message);
    finding.rule_name = present(issue.title);
    finding.help_uri = present(issue.documentation);
    finding.path = project.file.clone();
    finding.line = issue.line_number.position();
    finding.context = present(issue.msg);
    if issue.is_ignored == Some(true) {
        finding.suppression = Some(Suppression { place: "external", reason: None });
    }
    finding
}

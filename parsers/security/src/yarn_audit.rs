//! # Yarn audit JSON
//!
//! *Produced by* Yarn 1 and 4, see [`DESCRIPTOR`].
//! *Looks like* `{"type": "auditAdvisory", "data": {"resolution": {…}, "advisory": {…}}}`, one a line, or
//! `{"value": "lodash", "children": {"ID": 1065, "Issue": "…", …}}`, one a line.
//! *Maps to · Not read · Quirks*: see [`DESCRIPTOR`], from which the documentation is made.

use std::collections::HashSet;

use plimsoll_format::json::{self, Text};
use plimsoll_format::{Confidence, Descriptor, Docs, Format, Input, ParseError, Sink, Warning, WarningCode};
use plimsoll_model::{Finding, FindingKind, Package, ReportKind};
use serde::Deserialize;

use crate::advisory::aliases;
use crate::lenient::{List, first, present};
use crate::npm_advisory::{self, Advisory, SEVERITIES, ghsa_of};
use crate::severity::by_word;

/// See the module.
pub struct YarnAudit;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "yarn-audit",
    name: "Yarn audit JSON",
    kind: ReportKind::Findings,
    tools: &["Yarn"],
    globs: &["yarn-audit*.json", "yarn-audit*.jsonl", "yarn-audit*.ndjson"],
    link: "https://yarnpkg.com/cli/npm/audit",
    version: 2,
    docs: Docs {
        produced_by: "`yarn audit --json` of Yarn 1, `yarn npm audit --json` of Yarn 4.",
        maps_to: "Each advisory is one vulnerability, whatever the number of dependency paths that lead to it. The \
            rule is the CVE, else the GHSA, else the registry's number. Yarn 4 also lists deprecated packages: they \
            have the rule `deprecation`. Severity, from npm's words: critical critical, high high, moderate medium, \
            low low, info info.",
        not_read: "Dependency paths, dependents, the recommended actions, the summary.",
        quirks: "Yarn 2 and 3 write the document of `npm-audit`. Yarn 1 repeats an advisory for each path.",
    },
};

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Line<'a> {
    #[serde(rename = "type")]
    kind: Text<'a>,
    data: Option<Data<'a>>,
    value: Text<'a>,
    children: Option<Children<'a>>,
}

/// `data` is an object in the lines that matter and a text in others.
#[derive(Default)]
struct Data<'a> {
    advisory: Option<Advisory<'a>>,
    text: Text<'a>,
}

impl<'de: 'a, 'a> Deserialize<'de> for Data<'a> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged, bound(deserialize = "'de: 'a"))]
        enum Either<'a> {
            Object { advisory: Option<Box<Advisory<'a>>> },
            Text(Text<'a>),
        }
        Ok(match Either::deserialize(deserializer)? {
            Either::Object { advisory } => {
                Self { advisory: advisory.map(|advisory| *advisory), text: Text::default() }
            }
            Either::Text(text) => Self { advisory: None, text },
        })
    }
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Children<'a> {
    #[serde(rename = "ID")]
    id: Text<'a>,
    #[serde(rename = "Issue")]
    issue: Text<'a>,
    #[serde(rename = "URL")]
    url: Text<'a>,
    #[serde(rename = "Severity")]
    severity: Text<'a>,
    #[serde(rename = "Tree Versions")]
    versions: List<Text<'a>>,
}

impl Format for YarnAudit {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        let Some(head) = json::head(input.head()).filter(|head| !head.is_array) else {
            return Confidence::No;
        };
        let is_first = matches!(head.value("type"), Some("auditAdvisory" | "auditSummary" | "auditAction"))
            || head.has_all(&["data.resolution", "data.advisory"])
            || (head.value("type") == Some("info") && head.has("data.vulnerabilities"));
        let is_fourth = head.has_all(&["value", "children.ID", "children.Issue"]);
        if is_first || is_fourth { Confidence::Certain } else { Confidence::No }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        let mut seen = HashSet::new();
        json::lines(input, sink, |sink, line: Line<'_>| {
            let data = line.data.unwrap_or_default();
            match (data.advisory, line.children, &*line.kind) {
                (Some(advisory), _, _)
                    if seen.insert((advisory.id.to_string(), advisory.module_name.to_string())) =>
                {
                    let mut finding = npm_advisory::finding(advisory, "", sink);
                    finding.tool = "yarn-audit".into();
                    sink.finding(&finding)
                }
                (_, Some(children), _) if seen.insert((children.id.to_string(), line.value.to_string())) => {
                    let finding = listed(children, line.value, sink);
                    sink.finding(&finding)
                }
                (_, _, "error") => {
                    sink.warning(Warning::new(WarningCode::ToolError, format!("Yarn: {}", data.text)));
                    Ok(())
                }
                _ => Ok(()),
            }
        })
    }
}

fn listed<'a>(children: Children<'a>, package: Text<'a>, sink: &mut dyn Sink) -> Finding<'a> {
    let severity = by_word(SEVERITIES, &children.severity, sink);
    let is_deprecation = children.id.ends_with("(deprecation)");
    let aliases = aliases(ghsa_of(&children.url.0));
    let rule = match aliases.first() {
        Some(ghsa) => ghsa.clone(),
        None if is_deprecation => "deprecation".into(),
        None => children.id.0,
    };
    let message = first([children.issue, Text(rule.clone())]);
    let mut finding = Finding::new("yarn-audit", rule, FindingKind::Vulnerability, severity, message);
    finding.help_uri = present(children.url);
    finding.aliases = aliases;
    let versions: Vec<_> = children.versions.into_iter().filter_map(present).collect();
    finding.package = Some(Package {
        name: package.0,
        version: (!versions.is_empty()).then(|| versions.join(", ").into()),
        ecosystem: Some("npm".into()),
        ..Package::default()
    });
    finding
}

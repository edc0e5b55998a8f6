//! # SonarQube generic issues
//!
//! *Produced by* tools that follow SonarQube's generic format, see [`DESCRIPTOR`].
//! *Looks like* `{"rules": […], "issues": [{"engineId": "…", "ruleId": "…", "primaryLocation": {"message": "…", "filePath": "…", "textRange": {"startLine": 1}}}]}`.
//! *Maps to · Not read · Quirks*: see [`DESCRIPTOR`], from which the documentation is made.

use std::borrow::Cow;

use plimsoll_format::json::{self, Number, Text};
use plimsoll_format::{Confidence, Descriptor, Docs, Format, Input, ParseError, Sink};
use plimsoll_model::{Finding, FindingKind, ReportKind, Severity};
use serde::Deserialize;

use crate::emit::emit;
use crate::lenient::{List, present};
use crate::severity::by_word;

/// See the module.
pub struct SonarGenericIssues;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "sonar-generic-issues",
    name: "SonarQube generic issues",
    kind: ReportKind::Findings,
    tools: &["Hadolint", "Infer", "any tool with a SonarQube report"],
    globs: &["sonar-issues*.json", "*-sonar.json", "sonarqube*.json"],
    link: "https://docs.sonarsource.com/sonarqube-server/analyzing-source-code/importing-external-issues/generic-issue-import-format/",
    version: 1,
    docs: Docs {
        produced_by: "`hadolint -f sonarqube`, converters from SARIF, tools that follow SonarQube's \
            generic format.",
        maps_to: "Each issue is a finding at its `primaryLocation`; the tool is `engineId` in lower case, \
            the rule `ruleId`. The newer format has engine, name, type and severity in `rules`. Severity: \
            BLOCKER critical, CRITICAL high, MAJOR medium, MINOR low, INFO info; of the impacts BLOCKER \
            critical, HIGH high, MEDIUM medium, LOW low, INFO info. Type VULNERABILITY, SECURITY_HOTSPOT \
            and the quality SECURITY are weaknesses.",
        not_read: "Secondary locations, efforts, clean code attributes.",
        quirks: "Columns count from 0. Where `rules` stand behind the issues, they are read ahead. \
            `{\"issues\": []}` is an empty report.",
    },
};

const SEVERITIES: [(&str, Severity); 8] = [
    ("BLOCKER", Severity::Critical),
    ("CRITICAL", Severity::High),
    ("HIGH", Severity::High),
    ("MAJOR", Severity::Medium),
    ("MEDIUM", Severity::Medium),
    ("MINOR", Severity::Low),
    ("LOW", Severity::Low),
    ("INFO", Severity::Info),
];

impl Format for SonarGenericIssues {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        let Some(head) = json::head(input.head()).filter(|head| !head.is_array) else {
            return Confidence::No;
        };
        let has_issue = head.has_any(&["issues[].primaryLocation", "issues[].primaryLocation.filePath"]);
        let has_rule = head.has_all(&["rules[].id", "rules[].engineId"]);
        let is_empty = head.is_whole && head.value("issues") == Some("[") && head.fields.len() == 1
            || head.is_whole && head.fields.len() == 2 && head.has_all(&["issues", "rules"]);
        if has_issue || has_rule {
            Confidence::Certain
        } else if is_empty {
            Confidence::Likely
        } else {
            Confidence::No
        }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        let mut rules = None;
        let mut reader = json::Reader::new(input);
        reader.object(|reader, key| match key {
            "rules" => {
                rules = Some(by_id(reader.read::<List<Rule<'_>>>()?.0));
                Ok(())
            }
            "issues" => {
                if rules.is_none() {
                    rules = Some(rules_ahead(input)?);
                }
                let rules = rules.as_deref().unwrap_or_default();
                reader.array(|reader| {
                    let issue: Issue<'_> = reader.read()?;
                    read(&issue, rules, sink)
                })
            }
            _ => Ok(()),
        })?;
        reader.finish()
    }
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Rule<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    name: Text<'a>,
    engine_id: Text<'a>,
    #[serde(rename = "type")]
    what: Text<'a>,
    severity: Text<'a>,
    impacts: List<Impact<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Impact<'a> {
    #[serde(borrow)]
    software_quality: Text<'a>,
    severity: Text<'a>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Issue<'a> {
    #[serde(borrow)]
    engine_id: Text<'a>,
    rule_id: Text<'a>,
    severity: Text<'a>,
    #[serde(rename = "type")]
    what: Text<'a>,
    primary_location: Option<Location<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Location<'a> {
    #[serde(borrow)]
    message: Text<'a>,
    file_path: Text<'a>,
    text_range: Option<Range>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Range {
    start_line: Number,
    end_line: Number,
    start_column: Number,
}

fn rules_ahead<'a>(input: &Input<'a>) -> Result<Vec<Rule<'a>>, ParseError> {
    let mut rules = Vec::new();
    json::Reader::new(input).object(|reader, key| {
        if key == "rules" {
            rules = reader.read::<List<Rule<'a>>>()?.0;
        }
        Ok(())
    })?;
    Ok(by_id(rules))
}

/// In the order in which [`find`] looks for them.
fn by_id(mut rules: Vec<Rule<'_>>) -> Vec<Rule<'_>> {
    rules.sort_by(|left, right| left.id.cmp(&right.id));
    rules
}

fn find<'r, 'a>(rules: &'r [Rule<'a>], id: &str) -> Option<&'r Rule<'a>> {
    rules.binary_search_by(|rule| (*rule.id).cmp(id)).ok().and_then(|index| rules.get(index))
}

fn read(issue: &Issue<'_>, rules: &[Rule<'_>], sink: &mut dyn Sink) -> Result<(), ParseError> {
    let id = present(&issue.rule_id).unwrap_or(crate::NO_RULE);
    let rule = find(rules, id);
    let impacts = rule.map_or([].as_slice(), |rule| &rule.impacts.0);
    let severity = present(&issue.severity)
        .or_else(|| impacts.iter().find_map(|impact| present(&impact.severity)))
        .or_else(|| present(&rule?.severity));
    let severity = match severity {
        Some(word) => by_word(&SEVERITIES, word, sink),
        None => Severity::Unknown,
    };
    let what = present(&issue.what).or_else(|| present(&rule?.what)).unwrap_or_default();
    let is_weakness = matches!(what, "VULNERABILITY" | "SECURITY_HOTSPOT")
        || impacts.iter().any(|impact| &*impact.software_quality == "SECURITY");
    let kind = if is_weakness { FindingKind::Weakness } else { FindingKind::Code };
    let engine = present(&issue.engine_id).or_else(|| present(&rule?.engine_id)).unwrap_or("sonar");
    let location = issue.primary_location.as_ref();
    let message = location.map_or("", |location| &*location.message);
    let mut finding = Finding::new(engine.to_lowercase(), id, kind, severity, message);
    finding.rule_name = rule.and_then(|rule| present(&rule.name)).map(Cow::Borrowed);
    if let Some(location) = location {
        let range = location.text_range.as_ref();
        finding.path = present(&location.file_path).map(Cow::Borrowed);
        finding.line = range.and_then(|range| range.start_line.position());
        finding.column =
            range.and_then(|range| Number(range.start_column.0.map(|column| column + 1.0)).position());
        let end = range.and_then(|range| range.end_line.position());
        finding.end_line = end.filter(|end| finding.line.is_some_and(|line| *end > line));
    }
    emit(&finding, sink)
}

//! # Checkov JSON
//!
//! *Produced by* Checkov, see [`DESCRIPTOR`].
//! *Looks like* `{"check_type": "terraform", "results": {"failed_checks": [{"check_id": "CKV_AWS_20", …}]}, "summary": {…}}`,
//! or an array of them.
//! *Maps to · Not read · Quirks*: see [`DESCRIPTOR`], from which the documentation is made.

use plimsoll_format::json::{self, Kind, Number, Reader, Text};
use plimsoll_format::{
    Confidence, Descriptor, Docs, Format, Input, ParseError, ParseErrorKind, Sink, Warning, WarningCode,
};
use plimsoll_model::{Finding, FindingKind, Package, ReportKind, Severity, Suppression};
use serde::Deserialize;

use crate::advisory::{aliases, score};
use crate::lenient::{List, element, elements, first, is_next, present};
use crate::severity::by_word;

/// See the module.
pub struct Checkov;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "checkov",
    name: "Checkov JSON",
    kind: ReportKind::Findings,
    tools: &["Checkov"],
    globs: &["checkov*.json", "results_json.json", "*checkov*.json"],
    link: "https://www.checkov.io/2.Basics/Reviewing%20Scan%20Results.html",
    version: 1,
    docs: Docs {
        produced_by: "`checkov -d . -o json --output-file-path .`.",
        maps_to: "Each of `failed_checks` is a finding, each of `skipped_checks` a suppressed one with the comment as \
            reason: a secret in the reports of type `secrets`, a vulnerability where there are \
            `vulnerability_details`, else a misconfiguration. The context is the resource. Files that could not be \
            parsed are `tool-error` warnings. Severity: CRITICAL critical, HIGH high, MEDIUM medium, LOW low, INFO \
            and NONE info; without a platform key Checkov gives none, which is unknown.",
        not_read: "Passed checks, code blocks, evaluated keys, fixes, the summary.",
        quirks: "One framework writes an object, several write an array; nothing at all to check writes the bare \
            counters.",
    },
};

/// Prisma Cloud's words, in upper or lower case.
const SEVERITIES: &[(&str, Severity)] = &[
    ("CRITICAL", Severity::Critical),
    ("HIGH", Severity::High),
    ("MEDIUM", Severity::Medium),
    ("MODERATE", Severity::Medium),
    ("LOW", Severity::Low),
    ("INFO", Severity::Info),
    ("NONE", Severity::Info),
    ("", Severity::Unknown),
];

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Check<'a> {
    check_id: Text<'a>,
    check_name: Text<'a>,
    check_result: Option<CheckResult<'a>>,
    file_path: Text<'a>,
    file_line_range: List<Number>,
    resource: Text<'a>,
    guideline: Text<'a>,
    severity: Option<Text<'a>>,
    short_description: Text<'a>,
    vulnerability_details: Option<Details<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct CheckResult<'a> {
    suppress_comment: Text<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Details<'a> {
    id: Text<'a>,
    package_name: Text<'a>,
    package_version: Text<'a>,
    lowest_fixed_version: Text<'a>,
    link: Text<'a>,
    cvss: Number,
}

impl Format for Checkov {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        let Some(head) = json::head(input.head()) else { return Confidence::No };
        let lists = ["results.passed_checks", "results.failed_checks", "results.skipped_checks"];
        let is_report = head.has_any(&lists) || head.has_all(&["check_type", "results"]);
        let is_empty = head.has_all(&["passed", "failed", "skipped", "checkov_version"]);
        if is_report || is_empty { Confidence::Certain } else { Confidence::No }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        let mut reader = Reader::new(input);
        let mut is_checkov = false;
        match reader.peek()? {
            Kind::Array => reader.array(|reader| match is_next(reader, Kind::Object, sink)? {
                true => framework(reader, &mut is_checkov, sink),
                false => Ok(()),
            })?,
            _ => framework(&mut reader, &mut is_checkov, sink)?,
        }
        reader.finish()?;
        if is_checkov { Ok(()) } else { Err(ParseError::new(ParseErrorKind::Missing("`results`"))) }
    }
}

fn framework(reader: &mut Reader<'_>, is_checkov: &mut bool, sink: &mut dyn Sink) -> Result<(), ParseError> {
    let mut framework = Text::default();
    reader.object(|reader, key| {
        match key {
            "check_type" => framework = element(reader, sink)?.unwrap_or_default(),
            "checkov_version" => *is_checkov = true,
            "results" if is_next(reader, Kind::Object, sink)? => {
                *is_checkov = true;
                return results(reader, &framework, sink);
            }
            _ => {}
        }
        Ok(())
    })
}

fn results(reader: &mut Reader<'_>, framework: &str, sink: &mut dyn Sink) -> Result<(), ParseError> {
    reader.object(|reader, key| match key {
        "failed_checks" | "skipped_checks" => elements(reader, sink, |sink, check: Check<'_>| {
            let reason = check.check_result.as_ref().map(|result| result.suppress_comment.clone());
            let mut finding = finding(check, framework, sink);
            if key == "skipped_checks" {
                finding.suppression =
                    Some(Suppression { place: "in-source", reason: reason.and_then(present) });
            }
            sink.finding(&finding)
        }),
        "parsing_errors" => elements(reader, sink, |sink, file: Text<'_>| {
            sink.warning(Warning::new(WarningCode::ToolError, format!("Checkov could not parse `{file}`")));
            Ok(())
        }),
        _ => Ok(()),
    })
}

fn finding<'a>(check: Check<'a>, framework: &str, sink: &mut dyn Sink) -> Finding<'a> {
    let severity = by_word(SEVERITIES, check.severity.as_deref().unwrap_or_default(), sink);
    let kind = match () {
        () if check.vulnerability_details.is_some() => FindingKind::Vulnerability,
        () if framework == "secrets" || check.check_id.starts_with("CKV_SECRET_") => FindingKind::Secret,
        () if check.check_id.starts_with("BC_LIC") => FindingKind::Licence,
        () => FindingKind::Misconfiguration,
    };
    let message = first([check.short_description, check.check_name.clone(), check.check_id.clone()]);
    let mut finding = Finding::new("checkov", check.check_id, kind, severity, message);
    finding.rule_name = present(check.check_name);
    finding.help_uri = present(check.guideline);
    finding.path = present(check.file_path);
    let mut range = check.file_line_range.into_iter();
    finding.line = range.next().and_then(Number::position);
    finding.end_line = range.next().and_then(Number::position).filter(|end| Some(*end) > finding.line);
    if kind != FindingKind::Secret {
        finding.context = present(check.resource);
    }
    if let Some(details) = check.vulnerability_details {
        finding.rule = first([details.id.clone(), Text(finding.rule)]);
        finding.help_uri = present(details.link).or(finding.help_uri);
        finding.aliases = aliases([details.id.0]);
        finding.cvss = score(details.cvss.0);
        finding.package = Some(Package {
            name: details.package_name.0,
            version: present(details.package_version),
            fixed_version: present(details.lowest_fixed_version),
            ..Package::default()
        });
    }
    finding
}

//! # golangci-lint JSON and text
//!
//! *Produced by* golangci-lint, see [`DESCRIPTOR`].
//! *Looks like* `{"Issues": [{"FromLinter": "errcheck", "Text": "…", "Pos": {"Filename": "main.go", "Line": 1, "Column": 2}}], "Report": {…}}`.
//! *Maps to · Not read · Quirks*: see [`DESCRIPTOR`], from which the documentation is made.

use std::borrow::Cow;

use plimsoll_format::json::{self, Number, Text};
use plimsoll_format::{Confidence, Descriptor, Docs, Format, Input, ParseError, Sink, Warning, WarningCode};
use plimsoll_model::{Finding, FindingKind, ReportKind, Severity};
use serde::Deserialize;

use crate::emit::emit;
use crate::lenient::{List, present};
use crate::severity::by_word;
use crate::text_report::{self, bracketed, has_ending, located};

/// See the module.
pub struct GolangciLint;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "golangci-lint",
    name: "golangci-lint JSON and text",
    kind: ReportKind::Findings,
    tools: &["golangci-lint"],
    globs: &["golangci*.json", "golangci*.txt"],
    link: "https://golangci-lint.run/usage/configuration/#output-configuration",
    version: 1,
    docs: Docs {
        produced_by: "`golangci-lint run --output.json.path golangci.json`, of old `--out-format json`, or \
            its text.",
        maps_to: "Each issue is a finding; the tool is `golangci-lint`, the rule the linter, or the linter \
            and the check where the text begins with one (`staticcheck: SA4006`); the context is the first \
            source line. Severity: error high, warning medium, info low; none, as by default, medium. \
            `gosec` is a weakness.",
        not_read: "Replacements, the list of linters; `Report.Error` and `Report.Warnings` become \
            `tool-error` warnings.",
        quirks: "`Issues` is null or `[]` where there are none. The newer version writes a summary behind \
            the JSON when both go to the standard output: it is passed over. The text output is an empty \
            file where nothing was found.",
    },
};

const SEVERITIES: [(&str, Severity); 8] = [
    ("critical", Severity::Critical),
    ("error", Severity::High),
    ("high", Severity::High),
    ("warning", Severity::Medium),
    ("medium", Severity::Medium),
    ("info", Severity::Low),
    ("low", Severity::Low),
    ("ignored", Severity::Info),
];

impl Format for GolangciLint {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        match json::head(input.head()) {
            Some(head) if head.is_array => Confidence::No,
            Some(head) => {
                let has_issue = head.has_any(&["Issues[].FromLinter", "Report.Linters"]);
                if has_issue && head.has("Issues") { Confidence::Certain } else { Confidence::No }
            }
            None => text_report::sniff(input, |line| text_finding(line).is_some()),
        }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        if !input.text.trim_start().starts_with('{') {
            return text_report::read(input, sink, |line, sink| match text_finding(line) {
                Some(finding) => emit(&finding, sink).map(|()| true),
                None => Ok(false),
            });
        }
        let mut reader = json::Reader::new(input);
        reader.object(|reader, key| match key {
            "Issues" => reader.array(|reader| {
                let issue: Issue<'_> = reader.read()?;
                read(&issue, sink)
            }),
            "Report" => {
                let report: Option<Report<'_>> = reader.read()?;
                let report = report.unwrap_or_default();
                let said = report
                    .warnings
                    .0
                    .iter()
                    .map(|warning| &warning.text)
                    .chain(std::iter::once(&report.error));
                for text in said.filter_map(present) {
                    sink.warning(Warning::new(WarningCode::ToolError, text));
                }
                Ok(())
            }
            _ => Ok(()),
        })?;
        // `3 issues:` and the like may follow where all goes to one stream.
        let rest = input.text.get(reader.position()..).unwrap_or_default();
        if rest.trim_start().starts_with(|c: char| c.is_ascii_digit()) { Ok(()) } else { reader.finish() }
    }
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Issue<'a> {
    #[serde(borrow)]
    from_linter: Text<'a>,
    text: Text<'a>,
    severity: Text<'a>,
    source_lines: List<Text<'a>>,
    pos: Option<Position<'a>>,
    line_range: Option<Range>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Position<'a> {
    #[serde(borrow)]
    filename: Text<'a>,
    line: Number,
    column: Number,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Range {
    to: Number,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Report<'a> {
    #[serde(borrow)]
    error: Text<'a>,
    warnings: List<Said<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Said<'a> {
    #[serde(borrow)]
    text: Text<'a>,
}

fn read(issue: &Issue<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
    let severity = match present(&issue.severity) {
        Some(word) => by_word(&SEVERITIES, word, sink),
        None => Severity::Medium,
    };
    let linter = present(&issue.from_linter).unwrap_or(crate::NO_RULE);
    let mut finding = new(linter, &issue.text, severity);
    if let Some(position) = &issue.pos {
        finding.path = present(&position.filename).map(Cow::Borrowed);
        finding.line = position.line.position();
        finding.column = position.column.position();
    }
    let end = issue.line_range.as_ref().and_then(|range| range.to.position());
    finding.end_line = end.filter(|end| finding.line.is_some_and(|line| *end > line));
    finding.context = issue.source_lines.0.iter().find_map(present).map(Cow::Borrowed);
    emit(&finding, sink)
}

fn new<'i>(linter: &'i str, text: &'i str, severity: Severity) -> Finding<'i> {
    let kind = if linter == "gosec" { FindingKind::Weakness } else { FindingKind::Code };
    // `SA4006: this value is never used`, `G304: …`.
    let (rule, message) = match text.split_once(": ") {
        Some((check, message)) if is_check(check) => (Cow::Owned(format!("{linter}/{check}")), message),
        _ => (Cow::Borrowed(linter), text),
    };
    Finding::new("golangci-lint", rule, kind, severity, message)
}

fn is_check(word: &str) -> bool {
    let letters = word.bytes().take_while(u8::is_ascii_uppercase).count();
    (1..=3).contains(&letters)
        && word.len() > letters + 2
        && word.bytes().skip(letters).all(|byte| byte.is_ascii_digit())
}

/// `main.go:10:2: message (linter)`.
fn text_finding(line: &str) -> Option<Finding<'_>> {
    let place =
        located(line).filter(|place| place.path.contains('.') && has_ending(place.path, &["go", "mod"]))?;
    let (message, linter) = bracketed(place.rest, '(', ')')?;
    // `compile` is Staticcheck's word for what the compiler says.
    let is_linter = linter != "compile"
        && linter.starts_with(|c: char| c.is_ascii_lowercase())
        && linter.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if !is_linter {
        return None;
    }
    let mut finding = new(linter, message, Severity::Medium);
    finding.path = Some(Cow::Borrowed(place.path));
    finding.line = place.line;
    finding.column = place.column;
    Some(finding)
}

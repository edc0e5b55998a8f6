//! # yamllint text
//!
//! *Produced by* yamllint, see [`DESCRIPTOR`].
//! *Looks like* `deploy/values.yaml:2:12: [error] too many spaces after colon (colons)`.
//! *Maps to · Not read · Quirks*: see [`DESCRIPTOR`], from which the documentation is made.

use std::borrow::Cow;

use plimsoll_format::{Confidence, Descriptor, Docs, Format, Input, ParseError, Sink};
use plimsoll_model::{Finding, FindingKind, ReportKind, Severity};

use crate::emit::emit;
use crate::text_report::{self, Located, bracketed, leading_number, located};

/// See the module.
pub struct Yamllint;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "yamllint",
    name: "yamllint text",
    kind: ReportKind::Findings,
    tools: &["yamllint"],
    globs: &["yamllint*.txt", "yamllint*.log"],
    link: "https://yamllint.readthedocs.io/en/stable/quickstart.html",
    version: 1,
    docs: Docs {
        produced_by: "`yamllint -f parsable . > yamllint.txt`, or the default text (`-f standard`, `-f \
            colored`).",
        maps_to: "Each line is a finding; the rule stands in brackets at its end, `syntax` for syntax \
            errors, which have none. Severity: error high, warning medium.",
        not_read: "The formats for CI systems (`-f github`).",
        quirks: "The tool writes an empty file where it finds nothing. In the default text the path stands \
            on a line of its own above its findings.",
    },
};

impl Format for Yamllint {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        text_report::sniff(input, |line| parsable(line).is_some() || standard(line).is_some())
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        let mut file = String::new();
        text_report::read(input, sink, |line, sink| {
            if let Some((place, level, message)) = parsable(line) {
                return emit(&finding(place, level, message), sink).map(|()| true);
            }
            if let Some((line, column, level, message)) = standard(line) {
                let [line, column] = [line, column].map(|number| Some(number).filter(|number| *number > 0));
                let place = Located { path: &file, line, column, rest: "" };
                return emit(&finding(place, level, message), sink).map(|()| true);
            }
            file = line.trim_end().to_owned();
            Ok(false)
        })
    }
}

fn finding<'l>(place: Located<'l>, level: &str, message: &'l str) -> Finding<'l> {
    let (message, rule) = bracketed(message, '(', ')').unwrap_or((message, "syntax"));
    let severity = if level == "error" { Severity::High } else { Severity::Medium };
    let mut finding = Finding::new("yamllint", rule, FindingKind::Code, severity, message.trim());
    finding.path = Some(place.path).filter(|path| !path.is_empty()).map(Cow::Borrowed);
    finding.line = place.line;
    finding.column = place.column;
    finding
}

/// `path:2:12: [error] message (rule)`.
fn parsable(line: &str) -> Option<(Located<'_>, &str, &str)> {
    let place = located(line)?;
    let (level, message) = place.rest.strip_prefix('[')?.split_once("] ")?;
    is_finding(level, message).then_some((place, level, message))
}

/// `  2:12      error    message  (rule)`.
fn standard(line: &str) -> Option<(u32, u32, &str, &str)> {
    let (number, rest) = leading_number(line.strip_prefix("  ")?)?;
    let (column, rest) = leading_number(rest.strip_prefix(':')?)?;
    let (level, message) = rest.trim_start().split_once(' ')?;
    is_finding(level, message).then_some((number, column, level, message.trim()))
}

/// Other linters write the same but for the brackets.
fn is_finding(level: &str, message: &str) -> bool {
    matches!(level, "error" | "warning")
        && (message.trim_start().starts_with("syntax error")
            || bracketed(message, '(', ')').is_some_and(|(_, rule)| {
                !rule.is_empty() && rule.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
            }))
}

//! # PMD XML
//!
//! *Produced by* PMD and PHPMD, see [`DESCRIPTOR`].
//! *Looks like* `<pmd><file name="…"><violation beginline="4" rule="…" ruleset="…" priority="3">…</violation></file></pmd>`.
//! *Maps to · Not read · Quirks*: see [`DESCRIPTOR`], from which the documentation is made.

use std::borrow::Cow;

use plimsoll_format::{
    Confidence, Descriptor, Docs, Format, Input, ParseError, ParseErrorKind, Sink, Warning, WarningCode, xml,
};
use plimsoll_model::{Finding, FindingKind, ReportKind, Severity};

use crate::emit::{emit, position};
use crate::severity::by_word;

/// See the module.
pub struct Pmd;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "pmd",
    name: "PMD XML",
    kind: ReportKind::Findings,
    tools: &["PMD", "PHPMD"],
    globs: &["pmd.xml", "pmd-*.xml", "phpmd*.xml"],
    link: "https://docs.pmd-code.org/latest/pmd_userdocs_report_formats.html#xml",
    version: 1,
    docs: Docs {
        produced_by: "`pmd check -f xml`, Maven's and Gradle's PMD plugins (`target/pmd.xml`), `phpmd src \
            xml …`.",
        maps_to: "Each `violation` is a finding at its `file`; the message is its text, trimmed; the \
            context is class and method. The tool is `phpmd` where the root says so or the file is PHP, \
            else `pmd`. Severity by priority, as PMD's own SARIF has it: 1 and 2 high, 3 medium, 4 low, 5 \
            info.",
        not_read: "`suppressedviolation` names no rule and no line: each is a `skipped-element` warning. \
            `error` and `configerror` become `tool-error` warnings. Package and variable.",
        quirks: "Reports with and without namespace. Line breaks around the message. The attribute `line` \
            of older versions in the place of `beginline`.",
    },
};

const PRIORITIES: [(&str, Severity); 5] = [
    ("1", Severity::High),
    ("2", Severity::High),
    ("3", Severity::Medium),
    ("4", Severity::Low),
    ("5", Severity::Info),
];

impl Format for Pmd {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        match xml::head(input.head()) {
            Some(head) if head.root == "pmd" => Confidence::Certain,
            _ => Confidence::No,
        }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        let mut reader = xml::Reader::new(input);
        let root = reader.root()?;
        if root.name() != "pmd" {
            return Err(ParseError::new(ParseErrorKind::Missing("`pmd`")));
        }
        let is_phpmd = root.attribute("tool")?.is_some_and(|tool| tool == "phpmd");
        while let Some(child) = reader.child(&root)? {
            match child.name() {
                "file" => {
                    let path = child.attribute("name")?.filter(|name| !name.trim().is_empty());
                    let is_php = path.as_ref().is_some_and(|path| path.ends_with(".php"));
                    let tool = if is_phpmd || is_php { "phpmd" } else { "pmd" };
                    while let Some(violation) = reader.child(&child)? {
                        if violation.name() != "violation" {
                            continue;
                        }
                        let mut finding = read_violation(&violation, tool, sink)?;
                        finding.path.clone_from(&path);
                        finding.message = trimmed(reader.shown_text(&violation, sink)?);
                        emit(&finding, sink)?;
                    }
                }
                "suppressedviolation" => {
                    let message = "a suppressed violation names no rule and is not read";
                    sink.warning(Warning::new(WarningCode::SkippedElement, message));
                }
                "error" | "configerror" => {
                    let message = child.attribute("msg")?.unwrap_or_default().into_owned();
                    sink.warning(Warning::new(WarningCode::ToolError, message));
                }
                _ => {}
            }
        }
        reader.finish()
    }
}

fn read_violation<'a>(
    element: &xml::Element<'a>,
    tool: &'static str,
    sink: &mut dyn Sink,
) -> Result<Finding<'a>, ParseError> {
    let mut finding = Finding::new(tool, crate::NO_RULE, FindingKind::Code, Severity::Unknown, "");
    let mut class = None;
    let mut method = None;
    for attribute in element.attributes() {
        let attribute = attribute?;
        let value = attribute.value()?;
        match attribute.name {
            "beginline" | "line" => finding.line = position(&value),
            "endline" => finding.end_line = position(&value),
            "begincolumn" => finding.column = position(&value),
            "rule" => finding.rule = value,
            "priority" => finding.severity = by_word(&PRIORITIES, value.trim(), sink),
            "externalInfoUrl" => finding.help_uri = Some(value).filter(|uri| !uri.is_empty()),
            "class" => class = Some(value),
            "method" => method = Some(value),
            _ => {}
        }
    }
    finding.end_line = finding.end_line.filter(|end| finding.line.is_some_and(|line| *end > line));
    finding.context = match (class, method) {
        (Some(class), Some(method)) => Some(Cow::Owned(format!("{class}.{method}"))),
        (class, method) => class.or(method),
    };
    Ok(finding)
}

fn trimmed(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
        Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
    }
}

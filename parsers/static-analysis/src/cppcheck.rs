//! # Cppcheck XML
//!
//! *Produced by* Cppcheck, see [`DESCRIPTOR`].
//! *Looks like* `<results version="2"><cppcheck/><errors><error id="…" severity="…" msg="…"><location file="…" line="1"/></error></errors></results>`.
//! *Maps to · Not read · Quirks*: see [`DESCRIPTOR`], from which the documentation is made.

use std::borrow::Cow;

use plimsoll_format::{Confidence, Descriptor, Docs, Format, Input, ParseError, ParseErrorKind, Sink, xml};
use plimsoll_model::{Finding, FindingKind, ReportKind, Severity};

use crate::emit::{emit, position};
use crate::severity::by_word;

/// See the module.
pub struct Cppcheck;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "cppcheck",
    name: "Cppcheck XML",
    kind: ReportKind::Findings,
    tools: &["Cppcheck"],
    globs: &["cppcheck*.xml"],
    link: "https://cppcheck.sourceforge.io/manual.html#xml-output",
    version: 1,
    docs: Docs {
        produced_by: "`cppcheck --xml src 2> cppcheck.xml`, `--xml-version=1` of old.",
        maps_to: "Each `error` is a finding at its first `location`; the message is `verbose`, else `msg`; \
            the context is the `symbol`; the CWE is `cwe`. Severity: error high, warning medium, style, \
            performance and portability low, information, debug and none info.",
        not_read: "Further locations, `inconclusive`, `hash`.",
        quirks: "Errors without a location (`missingInclude`) have no file, or that of `file0`. Version 1 \
            has file and line on the `error`, right below `results`.",
    },
};

const SEVERITIES: [(&str, Severity); 10] = [
    ("error", Severity::High),
    ("warning", Severity::Medium),
    ("style", Severity::Low),
    ("performance", Severity::Low),
    ("portability", Severity::Low),
    ("information", Severity::Info),
    ("debug", Severity::Info),
    ("none", Severity::Info),
    // Version 1.
    ("all", Severity::Medium),
    ("possible error", Severity::Medium),
];

impl Format for Cppcheck {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        match xml::head(input.head()) {
            Some(head) if head.root == "results" => {
                let is_named = head.has_element("cppcheck");
                let is_first_version =
                    head.first_element() == Some("error") && head.inside.contains("severity=");
                let is_empty = head.first_element() == Some("errors") && head.attribute("version").is_some();
                if is_named {
                    Confidence::Certain
                } else if is_first_version || is_empty {
                    Confidence::Likely
                } else {
                    Confidence::No
                }
            }
            _ => Confidence::No,
        }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        let mut reader = xml::Reader::new(input);
        let root = reader.root()?;
        if root.name() != "results" {
            return Err(ParseError::new(ParseErrorKind::Missing("`results`")));
        }
        while let Some(child) = reader.child(&root)? {
            match child.name() {
                "error" => read_error(&mut reader, &child, sink)?,
                "errors" => {
                    while let Some(error) = reader.child(&child)? {
                        if error.name() == "error" {
                            read_error(&mut reader, &error, sink)?;
                        }
                    }
                }
                _ => {}
            }
        }
        reader.finish()
    }
}

fn read_error<'a>(
    reader: &mut xml::Reader<'a>,
    error: &xml::Element<'a>,
    sink: &mut dyn Sink,
) -> Result<(), ParseError> {
    let mut finding = Finding::new("cppcheck", crate::NO_RULE, FindingKind::Code, Severity::Unknown, "");
    let mut first_file = None;
    for attribute in error.attributes() {
        let attribute = attribute?;
        let value = attribute.value()?;
        match attribute.name {
            "id" => finding.rule = value,
            "severity" if !value.is_empty() => finding.severity = by_word(&SEVERITIES, &value, sink),
            "msg" if finding.message.is_empty() => finding.message = value,
            "verbose" if !value.is_empty() => finding.message = value,
            "cwe" => finding.cwe.extend(position(&value).map(|cwe| Cow::Owned(format!("CWE-{cwe}")))),
            "file" => finding.path = Some(value).filter(|file| !file.is_empty()),
            "line" => finding.line = position(&value),
            "file0" => first_file = Some(value).filter(|file| !file.is_empty()),
            _ => {}
        }
    }
    let mut has_location = false;
    while let Some(child) = reader.child(error)? {
        match child.name() {
            "location" if !has_location => {
                has_location = true;
                finding.path = child.attribute("file")?.filter(|file| !file.is_empty());
                finding.line = child.attribute("line")?.and_then(|line| position(&line));
                finding.column = child.attribute("column")?.and_then(|column| position(&column));
            }
            "symbol" => finding.context = Some(reader.text(&child)?),
            _ => {}
        }
    }
    finding.path = finding.path.or(first_file);
    emit(&finding, sink)
}

//! # PMD CPD XML
//!
//! *Produced by* PMD's copy-paste detector and tools with the same report, see [`DESCRIPTOR`].
//! *Looks like* `<pmd-cpd><duplication lines="8" tokens="120"><file path="…" line="3"/>…<codefragment>…</codefragment></duplication></pmd-cpd>`.
//! *Maps to · Not read · Quirks*: see [`DESCRIPTOR`], from which the documentation is made.

use std::borrow::Cow;

use plimsoll_format::{
    Confidence, Descriptor, Docs, Format, Input, ParseError, ParseErrorKind, Sink, Warning, WarningCode, xml,
};
use plimsoll_model::{Finding, FindingKind, ReportKind, Severity};

use crate::emit::{emit, position};

/// See the module.
pub struct Cpd;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "cpd",
    name: "PMD CPD XML",
    kind: ReportKind::Findings,
    tools: &["PMD CPD", "PHPCPD", "jscpd"],
    globs: &["cpd.xml", "*cpd*.xml"],
    link: "https://docs.pmd-code.org/latest/pmd_userdocs_cpd_report_formats.html#xml",
    version: 1,
    docs: Docs {
        produced_by: "`pmd cpd --format xml`, `mvn pmd:cpd` (`target/cpd.xml`), `phpcpd --log-pmd`, `jscpd \
            --reporters xml`.",
        maps_to: "Each `duplication` is one finding with the rule `duplication` and severity low, at its \
            first file; the message gives lines and tokens and names the other places. The context is the \
            duplicated code.",
        not_read: "The list of all files that newer versions write before the duplications; columns' ends.",
        quirks: "Declared encodings that are none of the usual ones. `codefragment` may be missing. The \
            attribute `path` of a file may be absolute, with backslashes.",
    },
};

impl Format for Cpd {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        match xml::head(input.head()) {
            Some(head) if head.root == "pmd-cpd" => Confidence::Certain,
            _ => Confidence::No,
        }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        let mut reader = xml::Reader::new(input);
        let root = reader.root()?;
        if root.name() != "pmd-cpd" {
            return Err(ParseError::new(ParseErrorKind::Missing("`pmd-cpd`")));
        }
        while let Some(child) = reader.child(&root)? {
            match child.name() {
                "duplication" => read_duplication(&mut reader, &child, sink)?,
                "error" => {
                    let message = child.attribute("msg")?.unwrap_or_default().into_owned();
                    sink.warning(Warning::new(WarningCode::ToolError, message));
                }
                _ => {}
            }
        }
        reader.finish()
    }
}

fn read_duplication<'a>(
    reader: &mut xml::Reader<'a>,
    duplication: &xml::Element<'a>,
    sink: &mut dyn Sink,
) -> Result<(), ParseError> {
    let mut finding = Finding::new("cpd", "duplication", FindingKind::Code, Severity::Low, "");
    let lines = duplication.attribute("lines")?.unwrap_or_default();
    let tokens = duplication.attribute("tokens")?.unwrap_or_default();
    let mut others = String::new();
    while let Some(child) = reader.child(duplication)? {
        match child.name() {
            "file" if finding.path.is_none() => {
                finding.path = child.attribute("path")?;
                finding.line = child.attribute("line")?.and_then(|line| position(&line));
                finding.column = child.attribute("column")?.and_then(|column| position(&column));
                finding.end_line = match child.attribute("endline")? {
                    Some(end) => position(&end),
                    None => {
                        finding.line.zip(position(&lines)).map(|(line, lines)| line.saturating_add(lines - 1))
                    }
                };
                finding.end_line = finding.end_line.filter(|end| Some(*end) > finding.line);
            }
            "file" => {
                let path = child.attribute("path")?.unwrap_or_default();
                let line = child.attribute("line")?.unwrap_or_default();
                let comma = if others.is_empty() { ": also at " } else { ", " };
                others.push_str(&format!("{comma}{path}:{line}"));
            }
            "codefragment" => {
                let code = reader.shown_text(&child, sink)?;
                finding.context = Some(code).filter(|code| !code.trim().is_empty());
            }
            _ => {}
        }
    }
    finding.message = Cow::Owned(format!("{lines} lines ({tokens} tokens) are repeated{others}"));
    emit(&finding, sink)
}

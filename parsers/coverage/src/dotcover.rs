//! dotCover's detailed XML.
//!
//! # Produced by
//! `dotcover cover --reporttype=DetailedXML`.
//!
//! # Looks like
//! `<Root ReportType="DetailedXml" DotCoverVersion>` with `<FileIndices>` and, below assemblies, namespaces, types and
//! methods, `<Statement FileIndex Line EndLine Covered>`.
//!
//! # Maps to
//! One file for each `<File>`; each line that a statement spans, with 1 hit where it is covered.
//!
//! # Not read
//! Counters, columns, names of members, checksums.
//!
//! # Quirks
//! The report type `XML` has no statements; a warning names the declared total. dotCover knows no branches.

use std::collections::HashMap;

use plimsoll_format::xml::{self, Element, Reader};
use plimsoll_format::{
    Confidence, Descriptor, Docs, Format, Input, ParseError, ParseErrorKind, Sink, Warning, WarningCode,
};
use plimsoll_model::{LineCoverage, ReportKind};

use crate::counts::{hits, line_number, total_mismatch};
use crate::line_buffer::{LineBuffer, Spans, push_in_parts};

/// dotCover's detailed XML.
pub struct Dotcover;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "dotcover",
    name: "dotCover",
    kind: ReportKind::Coverage,
    tools: &["dotCover"],
    globs: &["*dotcover*.xml", "dotCover.Output.xml"],
    link: "https://www.jetbrains.com/help/dotcover/dotCover__Console_Runner_Commands.html",
    version: 1,
    docs: Docs {
        produced_by: "`dotcover cover --reporttype=DetailedXML`.",
        maps_to: "Each `<File>` is a file. Each line from `Line` to `EndLine` of a statement is executable, with 1 \
                  hit where the statement is covered.",
        not_read: "Counters of assemblies, types and methods; columns; checksums.",
        quirks: "The report type `XML` has no statements: a warning names the declared total. Branches and hit \
                 counts are not in the format.",
    },
};

impl Format for Dotcover {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        let Some(head) = xml::head(input.head()) else { return Confidence::No };
        let is_ours = head.root == "Root"
            && (head.attribute("DotCoverVersion").is_some() || head.attribute("CoveredStatements").is_some());
        if is_ours { Confidence::Certain } else { Confidence::No }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        let mut reader = Reader::new(input);
        let root = reader.root()?;
        if root.name() != "Root" {
            return Err(reader.error(ParseErrorKind::Missing("the element `Root`")));
        }
        let declared = root.attribute("TotalStatements")?.as_deref().and_then(hits);
        let mut report = Report {
            files: HashMap::new(),
            current: None,
            buffer: LineBuffer::default(),
            spans: Spans::of(input),
            statements: 0,
        };
        report.container(&mut reader, &root, sink)?;
        report.end_file(sink)?;
        reader.finish()?;
        if let Some(declared) = declared.filter(|declared| *declared != report.statements) {
            total_mismatch(sink, "statements", declared, report.statements);
        }
        Ok(())
    }
}

struct Report {
    files: HashMap<String, String>,
    /// The file of the statements in the buffer.
    current: Option<String>,
    buffer: LineBuffer,
    spans: Spans,
    statements: u64,
}

impl Report {
    /// Types nest to any depth, so every element but the two kinds that matter is looked into.
    fn container<'a>(
        &mut self,
        reader: &mut Reader<'a>,
        parent: &Element<'a>,
        sink: &mut dyn Sink,
    ) -> Result<(), ParseError> {
        while let Some(element) = reader.child(parent)? {
            match element.name() {
                "File" => {
                    let index = element.attribute("Index")?.unwrap_or_default().into_owned();
                    let path = element.attribute("Name")?.unwrap_or_default().into_owned();
                    push_in_parts(sink, &path, &[])?;
                    self.files.insert(index, path);
                }
                "Statement" => self.statement(reader, &element, sink)?,
                _ => self.container(reader, &element, sink)?,
            }
        }
        Ok(())
    }

    fn statement<'a>(
        &mut self,
        reader: &Reader<'a>,
        element: &Element<'a>,
        sink: &mut dyn Sink,
    ) -> Result<(), ParseError> {
        let (mut file, mut first, mut last, mut is_covered) = (None, None, None, false);
        for attribute in element.attributes() {
            let attribute = attribute?;
            match attribute.name {
                "FileIndex" => file = self.files.get(attribute.raw),
                "Line" => first = line_number(attribute.raw),
                "EndLine" => last = line_number(attribute.raw),
                "Covered" => is_covered = attribute.raw.eq_ignore_ascii_case("true"),
                _ => {}
            }
        }
        self.statements += 1;
        let (Some(file), Some(first)) = (file, first) else {
            let message = format!("{} names no listed file or no line", reader.path());
            sink.warning(Warning::new(WarningCode::MissingPath, message));
            return Ok(());
        };
        if self.current.as_ref() != Some(file) {
            let file = file.clone();
            self.end_file(sink)?;
            self.current = Some(file);
        }
        let Some(path) = &self.current else { return Ok(()) };
        for line in self.spans.lines(first, last.unwrap_or(first), path, sink) {
            let hits = u64::from(is_covered);
            self.buffer.push(sink, path, LineCoverage { line, hits, ..LineCoverage::default() })?;
        }
        Ok(())
    }

    fn end_file(&mut self, sink: &mut dyn Sink) -> Result<(), ParseError> {
        match self.current.take() {
            Some(path) => self.buffer.finish(sink, &path),
            None => Ok(()),
        }
    }
}

//! Visual Studio's coverage XML.
//!
//! # Produced by
//! `dotnet-coverage merge -f xml`, `CodeCoverage.exe analyze`, `vstest` with `Format=Xml`; the older `.coveragexml` that
//! Visual Studio exports.
//!
//! # Looks like
//! `<results>` of `<module>` with `<range source_id covered start_line end_line>` and `<source_file id path>`; the older
//! one `<CoverageDSPriv>` with `<Lines>` of child elements and `<SourceFileNames>`.
//!
//! # Maps to
//! One file for each source file; each line that a range spans, with 1 hit where it is covered wholly or in part.
//!
//! # Not read
//! Blocks, columns, names of functions, checksums.
//!
//! # Quirks
//! The files are named after the lines, so that the lines of one module (the older format: of the file) are kept until
//! then. A line that is covered in part counts as covered: which part is not said.

use std::collections::BTreeMap;

use plimsoll_format::xml::{self, Element, Reader};
use plimsoll_format::{
    Confidence, Descriptor, Docs, Format, Input, ParseError, ParseErrorKind, Sink, Warning, WarningCode,
};
use plimsoll_model::{LineCoverage, ReportKind};

use crate::branches::sort_distinct;
use crate::counts::line_number;
use crate::line_buffer::{Spans, push_in_parts};

/// Visual Studio's coverage XML.
pub struct VisualStudioCoverage;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "visual-studio-coverage",
    name: "Visual Studio coverage XML",
    kind: ReportKind::Coverage,
    tools: &["dotnet-coverage", "vstest", "Visual Studio", "OpenCppCoverage"],
    globs: &["*.coveragexml", "*.coverage.xml"],
    link: "https://learn.microsoft.com/dotnet/core/additional-tools/dotnet-coverage",
    version: 1,
    docs: Docs {
        produced_by: "`dotnet-coverage merge -f xml`, `CodeCoverage.exe analyze`, `vstest.console` with the coverage \
                      format `Xml`; Visual Studio's export as `.coveragexml`.",
        maps_to: "Each source file is a file. Each line from `start_line` to `end_line` of a range is executable, \
                  with 1 hit where the range is covered, wholly (`yes`, 0) or in part (`partial`, 1).",
        not_read: "Blocks, columns, names of functions, checksums. The binary `.coverage` file.",
        quirks: "Numbers of source files hold for one module only. A line that is covered in part counts as covered.",
    },
};

impl Format for VisualStudioCoverage {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        let Some(head) = xml::head(input.head()) else { return Confidence::No };
        match head.root {
            "CoverageDSPriv" => Confidence::Certain,
            "results" if head.first_element() == Some("modules") => Confidence::Certain,
            _ => Confidence::No,
        }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        let mut reader = Reader::new(input);
        let root = reader.root()?;
        let mut module = Module { lines: BTreeMap::new(), files: BTreeMap::new(), spans: Spans::of(input) };
        match root.name() {
            "results" => {
                while let Some(modules) = reader.child(&root)? {
                    while let Some(element) = reader.child(&modules)? {
                        module.results(&mut reader, &element, sink)?;
                        module.push(sink)?;
                    }
                }
            }
            "CoverageDSPriv" => {
                module.tables(&mut reader, &root, sink)?;
                module.push(sink)?;
            }
            _ => return Err(reader.error(ParseErrorKind::Missing("the element `results`"))),
        }
        reader.finish()
    }
}

/// The lines of one module by the number of their source file, and the files' names.
struct Module {
    lines: BTreeMap<String, Vec<LineCoverage>>,
    files: BTreeMap<String, String>,
    spans: Spans,
}

impl Module {
    /// `<functions>`, `<ranges>` and so on down to the ranges and the source files.
    fn results<'a>(
        &mut self,
        reader: &mut Reader<'a>,
        parent: &Element<'a>,
        sink: &mut dyn Sink,
    ) -> Result<(), ParseError> {
        while let Some(element) = reader.child(parent)? {
            match element.name() {
                "range" => {
                    let (mut file, mut first, mut last, mut covered) = (String::new(), None, None, false);
                    for attribute in element.attributes() {
                        let attribute = attribute?;
                        match attribute.name {
                            "source_id" => file = attribute.value()?.into_owned(),
                            "start_line" => first = line_number(attribute.raw),
                            "end_line" => last = line_number(attribute.raw),
                            "covered" => covered = matches!(attribute.raw, "yes" | "partial"),
                            _ => {}
                        }
                    }
                    self.add(file, first, last, covered, sink);
                }
                "source_file" => {
                    let id = element.attribute("id")?.unwrap_or_default().into_owned();
                    self.files.insert(id, element.attribute("path")?.unwrap_or_default().into_owned());
                }
                _ => self.results(reader, &element, sink)?,
            }
        }
        Ok(())
    }

    /// The older format writes each value as an element.
    fn tables<'a>(
        &mut self,
        reader: &mut Reader<'a>,
        parent: &Element<'a>,
        sink: &mut dyn Sink,
    ) -> Result<(), ParseError> {
        while let Some(element) = reader.child(parent)? {
            match element.name() {
                "Lines" => {
                    let (mut file, mut first, mut last, mut covered) = (String::new(), None, None, false);
                    while let Some(value) = reader.child(&element)? {
                        match value.name() {
                            "SourceFileID" => file = reader.text(&value)?.trim().to_owned(),
                            "LnStart" => first = line_number(reader.text(&value)?.trim()),
                            "LnEnd" => last = line_number(reader.text(&value)?.trim()),
                            // 0 is covered, 1 in part, 2 not at all.
                            "Coverage" => covered = matches!(reader.text(&value)?.trim(), "0" | "1"),
                            _ => {}
                        }
                    }
                    self.add(file, first, last, covered, sink);
                }
                "SourceFileNames" => {
                    let (mut id, mut path) = (String::new(), String::new());
                    while let Some(value) = reader.child(&element)? {
                        match value.name() {
                            "SourceFileID" => id = reader.text(&value)?.trim().to_owned(),
                            "SourceFileName" => path = reader.text(&value)?.trim().to_owned(),
                            _ => {}
                        }
                    }
                    self.files.insert(id, path);
                }
                "Module" | "NamespaceTable" | "Class" | "Method" => self.tables(reader, &element, sink)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn add(
        &mut self,
        file: String,
        first: Option<u32>,
        last: Option<u32>,
        covered: bool,
        sink: &mut dyn Sink,
    ) {
        let Some(first) = first else { return };
        let lines = self.spans.lines(first, last.unwrap_or(first), &file, sink);
        let hits = u64::from(covered);
        let lines = lines.map(|line| LineCoverage { line, hits, ..LineCoverage::default() });
        self.lines.entry(file).or_default().extend(lines);
    }

    fn push(&mut self, sink: &mut dyn Sink) -> Result<(), ParseError> {
        for (id, path) in &self.files {
            let mut lines = self.lines.remove(id).unwrap_or_default();
            sort_distinct(&mut lines);
            push_in_parts(sink, path, &lines)?;
        }
        for (id, lines) in std::mem::take(&mut self.lines) {
            let message = format!("{} ranges are in the source file {id}, which is not listed", lines.len());
            sink.warning(Warning::new(WarningCode::MissingPath, message));
        }
        self.files.clear();
        Ok(())
    }
}

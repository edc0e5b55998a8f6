//! OpenCover XML.
//!
//! # Produced by
//! OpenCover, coverlet (`--format opencover`), AltCover.
//!
//! # Looks like
//! `<CoverageSession>` of `<Module>`s with `<File uid fullPath>` and `<Method>`s of `<SequencePoint vc sl el>` and
//! `<BranchPoint vc sl>`.
//!
//! # Maps to
//! One file for each `<File>`. Each line that a sequence point spans has its visits; each branch point is a branch on
//! its line.
//!
//! # Not read
//! Summaries of classes and methods, complexity, tracked tests, modules that were skipped, columns.
//!
//! # Quirks
//! Old versions give branch points no line, only an offset in the method's code, which the sequence points have, too.
//! Hidden sequence points have the line 0xFEEFEE.

use std::collections::HashMap;

use plimsoll_format::xml::{self, Element, Reader};
use plimsoll_format::{
    Confidence, Descriptor, Docs, Format, Input, ParseError, ParseErrorKind, Sink, Warning, WarningCode,
};
use plimsoll_model::{LineCoverage, ReportKind};

use crate::branches::{Branches, sort_distinct};
use crate::counts::{hits, line_number, total_mismatch};
use crate::line_buffer::{Spans, push_in_parts};

/// OpenCover XML.
pub struct Opencover;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "opencover",
    name: "OpenCover",
    kind: ReportKind::Coverage,
    tools: &["OpenCover", "coverlet", "AltCover"],
    globs: &["*opencover*.xml", "coverage.opencover.xml"],
    link: "https://github.com/OpenCover/opencover/wiki/Reports",
    version: 1,
    docs: Docs {
        produced_by: "OpenCover, `coverlet --format opencover`, AltCover.",
        maps_to: "Each `<File>` is a file, by its `fullPath`. Each line from `sl` to `el` of a sequence point is \
                  executable with `vc` hits, the greatest where several meet. A branch point is a branch on its \
                  line, taken where its `vc` is above 0.",
        not_read: "Summaries of classes and methods, complexity, tracked tests, skipped modules, columns.",
        quirks: "A branch point without a line is on that of the sequence point before its offset. Compiler-made \
                 points on line 0xFEEFEE are left out.",
    },
};

impl Format for Opencover {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        let is_ours = xml::head(input.head()).is_some_and(|head| head.root == "CoverageSession");
        if is_ours { Confidence::Certain } else { Confidence::No }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        let mut reader = Reader::new(input);
        let root = reader.root()?;
        if root.name() != "CoverageSession" {
            return Err(reader.error(ParseErrorKind::Missing("the element `CoverageSession`")));
        }
        let mut session =
            Session { files: HashMap::new(), declared: None, points: 0, spans: Spans::of(input) };
        while let Some(element) = reader.child(&root)? {
            match element.name() {
                "Summary" => {
                    session.declared = element.attribute("numSequencePoints")?.as_deref().and_then(hits);
                }
                "Modules" => {
                    while let Some(module) = reader.child(&element)? {
                        session.container(&mut reader, &module, sink)?;
                    }
                }
                _ => {}
            }
        }
        reader.finish()?;
        if let Some(declared) = session.declared.filter(|declared| *declared != session.points) {
            total_mismatch(sink, "sequence points", declared, session.points);
        }
        Ok(())
    }
}

struct Session {
    /// By the number under which points name them; the numbers hold for the whole session.
    files: HashMap<String, String>,
    declared: Option<u64>,
    points: u64,
    spans: Spans,
}

impl Session {
    /// A module, its classes and their methods.
    fn container<'a>(
        &mut self,
        reader: &mut Reader<'a>,
        parent: &Element<'a>,
        sink: &mut dyn Sink,
    ) -> Result<(), ParseError> {
        while let Some(element) = reader.child(parent)? {
            match element.name() {
                "Files" => {
                    while let Some(file) = reader.child(&element)? {
                        self.file(&file, sink)?;
                    }
                }
                "Method" => self.method(reader, &element, sink)?,
                "Classes" | "Class" | "Methods" => self.container(reader, &element, sink)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn file(&mut self, file: &Element<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        let uid = file.attribute("uid")?.unwrap_or_default().into_owned();
        let path = file.attribute("fullPath")?.unwrap_or_default().into_owned();
        push_in_parts(sink, &path, &[])?;
        self.files.insert(uid, path);
        Ok(())
    }

    fn method<'a>(
        &mut self,
        reader: &mut Reader<'a>,
        method: &Element<'a>,
        sink: &mut dyn Sink,
    ) -> Result<(), ParseError> {
        let mut own_file = String::new();
        let mut parts: Vec<(String, Part)> = Vec::new();
        let mut offsets: Vec<(u64, Option<String>, Option<u32>)> = Vec::new();
        while let Some(element) = reader.child(method)? {
            match element.name() {
                "FileRef" => own_file = element.attribute("uid")?.unwrap_or_default().into_owned(),
                "SequencePoints" | "BranchPoints" => {
                    let is_branch = element.name() == "BranchPoints";
                    while let Some(element) = reader.child(&element)? {
                        let mut point = Point::read(&element)?;
                        self.points += u64::from(!is_branch);
                        if !is_branch && point.first.is_some() {
                            offsets.push((point.offset, point.file.clone(), point.first));
                        } else if is_branch && point.first.is_none() {
                            let before = offsets.iter().rfind(|(offset, ..)| *offset <= point.offset);
                            if let Some((_, file, line)) = before {
                                (point.file, point.first) = (file.clone(), *line);
                            }
                        }
                        let file = point.file.as_ref().unwrap_or(&own_file);
                        let index = parts.iter().position(|(name, _)| name == file).unwrap_or(parts.len());
                        if index == parts.len() {
                            parts.push((file.clone(), Part::default()));
                        }
                        if let Some((_, part)) = parts.get_mut(index) {
                            part.add(
                                &point,
                                is_branch,
                                self.files.get(file).map_or("", String::as_str),
                                &mut self.spans,
                                sink,
                            );
                        }
                    }
                }
                _ => {}
            }
        }
        for (file, part) in parts {
            match self.files.get(&file) {
                Some(path) => part.push(path, sink)?,
                // A point without a line is not in any source: nothing is lost with it.
                None if part.lines.is_empty() => {}
                None => {
                    let message =
                        format!("{} has points in the file `{file}`, which is not listed", reader.path());
                    sink.warning(Warning::new(WarningCode::MissingPath, message));
                }
            }
        }
        Ok(())
    }
}

/// A sequence point or a branch point.
#[derive(Default)]
struct Point {
    file: Option<String>,
    first: Option<u32>,
    last: Option<u32>,
    visits: u64,
    offset: u64,
}

impl Point {
    fn read(element: &Element<'_>) -> Result<Self, ParseError> {
        /// The line that compilers give to code that is in no source.
        const HIDDEN: u32 = 0xFE_EFEE;
        let mut point = Self::default();
        for attribute in element.attributes() {
            let attribute = attribute?;
            match attribute.name {
                "fileid" => point.file = Some(attribute.value()?.into_owned()),
                "sl" => point.first = line_number(attribute.raw).filter(|line| *line != HIDDEN),
                "el" => point.last = line_number(attribute.raw),
                "vc" => point.visits = hits(attribute.raw).unwrap_or_default(),
                "offset" => point.offset = hits(attribute.raw).unwrap_or_default(),
                _ => {}
            }
        }
        Ok(point)
    }
}

/// What a method has in one file.
#[derive(Default)]
struct Part {
    lines: Vec<LineCoverage>,
    branches: Branches<u64>,
    branch_count: u64,
}

impl Part {
    fn add(&mut self, point: &Point, is_branch: bool, path: &str, spans: &mut Spans, sink: &mut dyn Sink) {
        let Some(first) = point.first else { return };
        if is_branch {
            self.branch_count += 1;
            self.branches.add(first, self.branch_count, point.visits > 0);
            return;
        }
        let last = point.last.unwrap_or(first);
        let lines = spans.lines(first, last, path, sink);
        self.lines.extend(lines.map(|line| LineCoverage {
            line,
            hits: point.visits,
            ..LineCoverage::default()
        }));
    }

    fn push(mut self, path: &str, sink: &mut dyn Sink) -> Result<(), ParseError> {
        sort_distinct(&mut self.lines);
        self.branches.attach(&mut self.lines, path, sink);
        push_in_parts(sink, path, &self.lines)
    }
}

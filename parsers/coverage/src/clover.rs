//! Clover XML.
//!
//! # Produced by
//! PHPUnit `--coverage-clover`, Istanbul's and Jest's `clover` reporter, OpenClover, `gcovr --clover`.
//!
//! # Looks like
//! `<coverage generated="…">` with `<project>` of `<package>`s and `<file>`s of `<line num type count>`.
//!
//! # Maps to
//! One file for each `<file>`: `stmt` and `cond` lines with their hits, the outcomes of a `cond` as its branches.
//!
//! # Not read
//! `method` lines, metrics of classes and files, complexity, names of packages.
//!
//! # Quirks
//! `truecount` and `falsecount` are how often a condition was true and false, but Istanbul writes how many branches
//! were taken and how many were not.

use plimsoll_format::xml::{self, Element, Reader};
use plimsoll_format::{
    Confidence, Descriptor, Docs, Format, Input, ParseError, ParseErrorKind, Sink, Warning, WarningCode,
};
use plimsoll_model::{LineCoverage, ReportKind};

use crate::counts::{bad_number, hits, line_number, saturated, total_mismatch};
use crate::line_buffer::LineBuffer;

/// Clover XML.
pub struct Clover;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "clover",
    name: "Clover",
    kind: ReportKind::Coverage,
    tools: &["PHPUnit", "Istanbul", "Jest", "OpenClover", "gcovr"],
    globs: &["clover.xml", "*clover*.xml"],
    link: "https://bitbucket.org/atlassian/clover/raw/master/etc/schema/clover.xsd",
    version: 1,
    docs: Docs {
        produced_by: "PHPUnit's `--coverage-clover clover.xml`, Istanbul's and Jest's `clover` reporter, OpenClover, \
                      `gcovr --clover`.",
        maps_to: "Each `<file>` is a file, by its `path`, else its `name`. Lines of type `stmt` and `cond` count, \
                  `count` is their hits. A condition has two branches, taken where `truecount` and `falsecount` are \
                  above 0; in Istanbul's files the two are the numbers of branches taken and not taken.",
        not_read: "Lines of type `method`: a declaration is not executed. Metrics, complexity, names of packages.",
        quirks: "The declared number of statements is compared with the lines of that type, except in Istanbul's \
                 files, where several statements share a line.",
    },
};

impl Format for Clover {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        let Some(head) = xml::head(input.head()) else { return Confidence::No };
        if head.root != "coverage" {
            return Confidence::No;
        }
        let is_clover = matches!(head.first_element(), Some("project" | "testproject"))
            || head.attribute("clover").is_some()
            || (head.first_element().is_none() && head.attribute("generated").is_some());
        if is_clover { Confidence::Certain } else { Confidence::No }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        let mut reader = Reader::new(input);
        let root = reader.root()?;
        if root.name() != "coverage" {
            return Err(reader.error(ParseErrorKind::Missing("the element `coverage`")));
        }
        while let Some(project) = reader.child(&root)? {
            if matches!(project.name(), "project" | "testproject") {
                let is_istanbul = project.attribute("name")?.as_deref() == Some("All files");
                let mut report = Report { is_istanbul, ..Report::default() };
                report.container(&mut reader, &project, true, sink)?;
                report.compare_totals(sink);
            }
        }
        reader.finish()
    }
}

#[derive(Default)]
struct Report {
    buffer: LineBuffer,
    is_istanbul: bool,
    statements: u64,
    covered: u64,
    declared: Option<(u64, u64)>,
}

impl Report {
    fn container<'a>(
        &mut self,
        reader: &mut Reader<'a>,
        parent: &Element<'a>,
        is_project: bool,
        sink: &mut dyn Sink,
    ) -> Result<(), ParseError> {
        while let Some(element) = reader.child(parent)? {
            match element.name() {
                "file" => self.file(reader, &element, sink)?,
                "metrics" if is_project => {
                    let number = |name| Ok(element.attribute(name)?.as_deref().and_then(hits));
                    self.declared = number("statements")?.zip(number("coveredstatements")?);
                }
                "package" => self.container(reader, &element, false, sink)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn file<'a>(
        &mut self,
        reader: &mut Reader<'a>,
        file: &Element<'a>,
        sink: &mut dyn Sink,
    ) -> Result<(), ParseError> {
        let path = match file.attribute("path")?.filter(|path| !path.is_empty()) {
            Some(path) => path,
            None => file.attribute("name")?.unwrap_or_default(),
        };
        if path.is_empty() {
            let message = format!("{} has neither a path nor a name", reader.path());
            sink.warning(Warning::new(WarningCode::MissingPath, message));
        }
        self.lines(reader, file, &path, sink)?;
        self.buffer.finish(sink, &path)
    }

    /// OpenClover puts lines beside the classes of a file, other tools into them.
    fn lines<'a>(
        &mut self,
        reader: &mut Reader<'a>,
        parent: &Element<'a>,
        path: &str,
        sink: &mut dyn Sink,
    ) -> Result<(), ParseError> {
        while let Some(element) = reader.child(parent)? {
            match element.name() {
                "line" => self.line(reader, &element, path, sink)?,
                "class" => self.lines(reader, &element, path, sink)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn line<'a>(
        &mut self,
        reader: &Reader<'a>,
        element: &Element<'a>,
        path: &str,
        sink: &mut dyn Sink,
    ) -> Result<(), ParseError> {
        let mut line = LineCoverage::default();
        let (mut kind, mut count, mut outcomes) = ("stmt", None, [None, None]);
        let mut number = |what: &str, raw: &str| {
            let number = hits(raw);
            if number.is_none() {
                bad_number(sink, what, raw, &reader.path());
            }
            number
        };
        for attribute in element.attributes() {
            let attribute = attribute?;
            match attribute.name {
                "num" => line.line = line_number(attribute.raw).unwrap_or_default(),
                "type" => kind = attribute.raw,
                "count" => count = number("the count", attribute.raw),
                "truecount" => outcomes[0] = number("the count", attribute.raw),
                "falsecount" => outcomes[1] = number("the count", attribute.raw),
                _ => {}
            }
        }
        if line.line == 0 {
            bad_number(sink, "the line number", "", &reader.path());
            return Ok(());
        }
        let [when_true, when_false] = outcomes.map(Option::unwrap_or_default);
        match kind {
            "method" => return Ok(()),
            "cond" if self.is_istanbul => {
                line.branches = saturated(when_true.saturating_add(when_false));
                line.branches_covered = saturated(when_true);
            }
            "cond" => {
                line.branches = 2;
                line.branches_covered = u32::from(when_true > 0) + u32::from(when_false > 0);
            }
            _ => {}
        }
        line.hits = count.unwrap_or(if self.is_istanbul { 0 } else { when_true.saturating_add(when_false) });
        if kind == "stmt" {
            self.statements += 1;
            self.covered += u64::from(line.hits > 0);
        }
        self.buffer.push(sink, path, line)
    }

    fn compare_totals(&self, sink: &mut dyn Sink) {
        let Some((statements, covered)) = self.declared.filter(|_| !self.is_istanbul) else { return };
        if statements != self.statements {
            total_mismatch(sink, "statements", statements, self.statements);
        }
        if covered != self.covered {
            total_mismatch(sink, "covered statements", covered, self.covered);
        }
    }
}

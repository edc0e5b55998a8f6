//! JaCoCo's XML report.
//!
//! # Produced by
//! The JaCoCo plugins of Maven, Gradle and Ant, JaCoCo's command line, Kover, Pester and others that write the same.
//!
//! # Looks like
//! `<report>` of `<package name>` with `<sourcefile name>` of `<line nr mi ci mb cb>`, possibly inside `<group>`s.
//!
//! # Maps to
//! One file for each `<sourcefile>`, at its package's path. A line with covered instructions is covered; missed and
//! covered branches are its branches.
//!
//! # Not read
//! Classes, methods, instructions, complexity, sessions, names of groups.
//!
//! # Quirks
//! JaCoCo counts no executions: a covered line has 1 hit. gcovr writes lines without instruction counts.

use std::borrow::Cow;

use plimsoll_format::xml::{self, Element, Reader};
use plimsoll_format::{
    Confidence, Descriptor, Docs, Format, Input, ParseError, ParseErrorKind, Sink, Warning, WarningCode,
};
use plimsoll_model::{LineCoverage, ReportKind};

use crate::counts::{bad_number, count, hits, line_number, total_mismatch};
use crate::line_buffer::LineBuffer;

/// JaCoCo's XML report.
pub struct Jacoco;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "jacoco",
    name: "JaCoCo",
    kind: ReportKind::Coverage,
    tools: &["JaCoCo", "Kover", "Pester", "gcovr"],
    globs: &["jacoco*.xml", "jacocoTestReport.xml", "kover*.xml"],
    link: "https://www.jacoco.org/jacoco/trunk/coverage/report.dtd",
    version: 1,
    docs: Docs {
        produced_by: "The JaCoCo plugins of Maven (`target/site/jacoco/jacoco.xml`), Gradle (`xml.required = true`) \
                      and Ant; Kover; Pester's `-CodeCoverageOutputFileFormat JaCoCo`.",
        maps_to: "Each `<sourcefile>` is a file, at `package/name`. A line is covered (1 hit) where `ci` is above 0; \
                  `mb` and `cb` are its missed and covered branches.",
        not_read: "Classes and methods, instructions, complexity, sessions, the names of groups.",
        quirks: "The same source file in several groups is one file. gcovr writes lines without `mi` and `ci`: they \
                 do not say whether they are covered and count as not covered, with a warning. gcovr's other formats \
                 say more. A package without a slash is read as folders where it has dots, as gcovr has them.",
    },
};

impl Format for Jacoco {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        let Some(head) = xml::head(input.head()) else { return Confidence::No };
        if head.root != "report" {
            return Confidence::No;
        }
        let is_jacoco = head.doctype.to_ascii_lowercase().contains("jacoco")
            || matches!(head.first_element(), Some("sessioninfo" | "group"))
            || (head.first_element() == Some("package") && head.attribute("name").is_some());
        if is_jacoco { Confidence::Certain } else { Confidence::No }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        let mut reader = Reader::new(input);
        let root = reader.root()?;
        if root.name() != "report" {
            return Err(reader.error(ParseErrorKind::Missing("the element `report`")));
        }
        let mut report = Report::default();
        report.container(&mut reader, &root, true, sink)?;
        reader.finish()?;
        report.compare_totals(sink);
        Ok(())
    }
}

#[derive(Default)]
struct Report {
    buffer: LineBuffer,
    lines: u64,
    covered: u64,
    /// Some line says how much of it was executed.
    has_counts: bool,
    /// Missed and covered lines by the report's own counter.
    declared: Option<(u64, u64)>,
}

impl Report {
    fn container<'a>(
        &mut self,
        reader: &mut Reader<'a>,
        parent: &Element<'a>,
        is_root: bool,
        sink: &mut dyn Sink,
    ) -> Result<(), ParseError> {
        while let Some(element) = reader.child(parent)? {
            match element.name() {
                "group" => self.container(reader, &element, false, sink)?,
                "package" => self.package(reader, &element, sink)?,
                "counter" if is_root => self.counter(&element)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn package<'a>(
        &mut self,
        reader: &mut Reader<'a>,
        package: &Element<'a>,
        sink: &mut dyn Sink,
    ) -> Result<(), ParseError> {
        let mut package_name = package.attribute("name")?.unwrap_or_default();
        // gcovr writes folders with dots, where JaCoCo itself has slashes.
        if package_name.contains('.') && !package_name.contains('/') {
            package_name = Cow::Owned(package_name.replace('.', "/"));
        }
        while let Some(file) = reader.child(package)? {
            if file.name() != "sourcefile" {
                continue;
            }
            let name = file.attribute("name")?.unwrap_or_default();
            let path =
                if package_name.is_empty() { name } else { Cow::Owned(format!("{package_name}/{name}")) };
            while let Some(element) = reader.child(&file)? {
                if element.name() == "line" {
                    self.line(&element, reader, &path, sink)?;
                }
            }
            self.buffer.finish(sink, &path)?;
        }
        Ok(())
    }

    #[inline]
    fn line<'a>(
        &mut self,
        element: &Element<'a>,
        reader: &Reader<'a>,
        path: &str,
        sink: &mut dyn Sink,
    ) -> Result<(), ParseError> {
        let mut line = LineCoverage::default();
        let (mut covered, mut missed_branches) = (false, 0);
        for attribute in element.attributes() {
            let attribute = attribute?;
            let value = attribute.raw;
            match attribute.name.as_bytes() {
                b"nr" => match line_number(value) {
                    Some(number) => line.line = number,
                    None => bad_number(sink, "the line number", value, &reader.path()),
                },
                b"ci" => match hits(value) {
                    Some(instructions) => {
                        covered = instructions > 0;
                        self.has_counts = true;
                    }
                    None => bad_number(sink, "the instruction count", value, &reader.path()),
                },
                b"mb" => match count(value) {
                    Some(branches) => missed_branches = branches,
                    None => bad_number(sink, "the branch count", value, &reader.path()),
                },
                b"cb" => match count(value) {
                    Some(branches) => line.branches_covered = branches,
                    None => bad_number(sink, "the branch count", value, &reader.path()),
                },
                _ => {}
            }
        }
        if line.line == 0 {
            return Ok(());
        }
        line.branches = line.branches_covered.saturating_add(missed_branches);
        line.hits = u64::from(covered);
        self.lines += 1;
        self.covered += line.hits;
        self.buffer.push(sink, path, line)
    }

    fn counter(&mut self, element: &Element<'_>) -> Result<(), ParseError> {
        if element.attribute("type")?.as_deref() == Some("LINE") {
            let number = |name| Ok(element.attribute(name)?.as_deref().and_then(hits).unwrap_or_default());
            self.declared = Some((number("missed")?, number("covered")?));
        }
        Ok(())
    }

    fn compare_totals(&self, sink: &mut dyn Sink) {
        let Some((missed, covered)) = self.declared else { return };
        if missed.saturating_add(covered) != self.lines {
            total_mismatch(sink, "lines", missed.saturating_add(covered), self.lines);
        }
        if covered > 0 && self.lines > 0 && !self.has_counts {
            let message = format!(
                "no line says whether it was executed, though {covered} are declared to be: all count as not executed. \
                 gcovr writes the format so; send its Cobertura or LCOV instead"
            );
            sink.warning(Warning::new(WarningCode::TotalMismatch, message));
        } else if covered != self.covered {
            total_mismatch(sink, "covered lines", covered, self.covered);
        }
    }
}

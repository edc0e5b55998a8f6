//! Cobertura XML, the format that most coverage tools can write.
//!
//! # Produced by
//! `coverage xml`, `gcovr --xml`, coverlet, `cargo llvm-cov --cobertura`, Istanbul's `cobertura` reporter, PHPUnit
//! `--coverage-cobertura`, Cobertura itself and many converters.
//!
//! # Looks like
//! `<coverage line-rate="…">` with `<sources>` and `<packages>` of `<class filename="…">` with `<line number hits>`.
//!
//! # Maps to
//! One file for each `<class>`; classes of the same file are parts of it. Lines of the class and of its methods count
//! alike. `condition-coverage="50% (1/2)"` gives the branches. `<source>` is a source root.
//!
//! # Not read
//! Rates, complexity, names of packages, classes and methods, single conditions, VectorCAST's MC/DC attributes.
//!
//! # Quirks
//! The same line stands in a method and in its class, or only in one of both; one file has several classes; packages
//! or classes are missing a level. The `DOCTYPE` is never fetched.

use std::borrow::Cow;

use plimsoll_format::xml::{self, Element, Reader};
use plimsoll_format::{
    Confidence, Descriptor, Docs, Format, Input, ParseError, ParseErrorKind, Sink, Warning, WarningCode,
};
use plimsoll_model::{LineCoverage, ReportKind};

use crate::counts::{bad_number, count, hits, line_number, total_mismatch};
use crate::line_buffer::LineBuffer;

/// Cobertura XML.
pub struct Cobertura;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "cobertura",
    name: "Cobertura",
    kind: ReportKind::Coverage,
    tools: &[
        "coverage.py",
        "gcovr",
        "coverlet",
        "cargo-llvm-cov",
        "Istanbul",
        "PHPUnit",
        "Cobertura",
        "VectorCAST",
    ],
    globs: &["coverage.xml", "cobertura*.xml", "*cobertura*.xml", "coverage.cobertura.xml"],
    link: "https://github.com/cobertura/web/blob/master/htdocs/xml/coverage-04.dtd",
    version: 1,
    docs: Docs {
        produced_by: "`coverage xml`, `gcovr --xml`, coverlet (`--format cobertura`), `cargo llvm-cov --cobertura`, \
                      Istanbul's `cobertura` reporter, PHPUnit's `--coverage-cobertura`.",
        maps_to: "Each `<class>` is its file or a part of it; its lines and those of its methods count alike, each \
                  once. `hits` above 0 covers a line; `condition-coverage=\"50% (1/2)\"` gives its branches. \
                  `<source>` is a folder below which relative names are looked for.",
        not_read: "Rates and complexity; names of packages, classes and methods; single `<condition>`s.",
        quirks: "Where a class has no `filename`, its name stands for it. Declared totals are compared with the lines \
                 directly inside the classes.",
    },
};

impl Format for Cobertura {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        let Some(head) = xml::head(input.head()) else { return Confidence::No };
        if head.root != "coverage" {
            return Confidence::No;
        }
        let is_cobertura = head.attribute("line-rate").is_some()
            || head.attribute("branch-rate").is_some()
            || head.doctype.contains("cobertura")
            || matches!(head.first_element(), Some("sources" | "packages" | "package"));
        if is_cobertura { Confidence::Certain } else { Confidence::No }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        let mut reader = Reader::new(input);
        let root = reader.root()?;
        if root.name() != "coverage" {
            return Err(reader.error(ParseErrorKind::Missing("the element `coverage`")));
        }
        let mut report = Report { buffer: LineBuffer::default(), totals: Totals::default() };
        report.container(&mut reader, &root, sink)?;
        reader.finish()?;
        report.totals.compare(&root, sink)
    }
}

struct Report {
    buffer: LineBuffer,
    totals: Totals,
}

impl Report {
    /// The levels above the classes: some tools leave one of them out, so each is looked for in each.
    fn container<'a>(
        &mut self,
        reader: &mut Reader<'a>,
        parent: &Element<'a>,
        sink: &mut dyn Sink,
    ) -> Result<(), ParseError> {
        while let Some(element) = reader.child(parent)? {
            match element.name() {
                "class" => self.class(reader, &element, sink)?,
                "source" => {
                    let source = reader.text(&element)?;
                    if !source.trim().is_empty() {
                        sink.source_root(source.trim())?;
                    }
                }
                "sources" | "packages" | "package" | "classes" | "coverage" => {
                    self.container(reader, &element, sink)?
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn class<'a>(
        &mut self,
        reader: &mut Reader<'a>,
        class: &Element<'a>,
        sink: &mut dyn Sink,
    ) -> Result<(), ParseError> {
        let path = path_of(class, reader, sink)?;
        while let Some(element) = reader.child(class)? {
            match element.name() {
                "lines" => {
                    while let Some(line) = reader.child(&element)? {
                        if let Some(line) = self.line(&line, reader, &path, sink)? {
                            self.totals.add(&line);
                        }
                    }
                }
                "methods" => self.methods(reader, &element, &path, sink)?,
                _ => {}
            }
        }
        self.buffer.finish(sink, &path)
    }

    fn methods<'a>(
        &mut self,
        reader: &mut Reader<'a>,
        parent: &Element<'a>,
        path: &str,
        sink: &mut dyn Sink,
    ) -> Result<(), ParseError> {
        while let Some(element) = reader.child(parent)? {
            if element.name() == "line" {
                self.line(&element, reader, path, sink)?;
            } else {
                self.methods(reader, &element, path, sink)?;
            }
        }
        Ok(())
    }

    fn line<'a>(
        &mut self,
        element: &Element<'a>,
        reader: &Reader<'a>,
        path: &str,
        sink: &mut dyn Sink,
    ) -> Result<Option<LineCoverage>, ParseError> {
        let mut line = LineCoverage::default();
        for attribute in element.attributes() {
            let attribute = attribute?;
            match attribute.name.as_bytes() {
                b"number" => match line_number(attribute.raw) {
                    Some(number) => line.line = number,
                    None => bad_number(sink, "the line number", attribute.raw, &reader.path()),
                },
                b"hits" => match hits(attribute.raw) {
                    Some(hits) => line.hits = hits,
                    None => bad_number(sink, "the hit count", attribute.raw, &reader.path()),
                },
                b"condition-coverage" => match conditions(attribute.raw) {
                    Some((covered, all)) => (line.branches_covered, line.branches) = (covered, all),
                    None => bad_number(sink, "the condition coverage", attribute.raw, &reader.path()),
                },
                _ => {}
            }
        }
        if line.line == 0 {
            return Ok(None);
        }
        self.buffer.push(sink, path, line)?;
        Ok(Some(line))
    }
}

/// A class without a file keeps its lines under its name, so that they are counted and reported as unmatched.
fn path_of<'a>(
    class: &Element<'a>,
    reader: &Reader<'a>,
    sink: &mut dyn Sink,
) -> Result<Cow<'a, str>, ParseError> {
    let mut name = Cow::Borrowed("");
    for attribute in class.attributes() {
        let attribute = attribute?;
        match attribute.name {
            "filename" if !attribute.raw.is_empty() => return attribute.value(),
            "name" => name = attribute.value()?,
            _ => {}
        }
    }
    let message = format!("{} has no file name; its name `{name}` stands for it", reader.path());
    sink.warning(Warning::new(WarningCode::MissingPath, message));
    Ok(name)
}

/// `50% (1/2)` as (1, 2). A rate without numbers, which some tools write for lines that are all or nothing, has none.
#[inline]
fn conditions(raw: &str) -> Option<(u32, u32)> {
    let at = |wanted: u8| raw.bytes().position(|byte| byte == wanted);
    let Some(open) = at(b'(') else { return raw.ends_with('%').then_some((0, 0)) };
    let (slash, close) = (at(b'/')?, at(b')')?);
    let all = count(raw.get(slash + 1..close)?.trim())?;
    Some((count(raw.get(open + 1..slash)?.trim())?.min(all), all))
}

#[derive(Debug, Default)]
struct Totals {
    lines: u64,
    lines_covered: u64,
}

impl Totals {
    #[inline]
    fn add(&mut self, line: &LineCoverage) {
        self.lines += 1;
        self.lines_covered += u64::from(line.hits > 0);
    }

    fn compare(&self, root: &Element<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        for (name, what, counted) in
            [("lines-valid", "lines", self.lines), ("lines-covered", "covered lines", self.lines_covered)]
        {
            if let Some(declared) = root.attribute(name)?.as_deref().and_then(hits)
                && declared != counted
            {
                total_mismatch(sink, what, declared, counted);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::conditions;

    #[test]
    fn reads_condition_coverage() {
        assert_eq!(conditions("50% (1/2)"), Some((1, 2)));
        assert_eq!(conditions("66.67% (2 / 3)"), Some((2, 3)));
        assert_eq!(conditions("100%(4/4)"), Some((4, 4)));
        assert_eq!(conditions("100%"), Some((0, 0)));
        assert_eq!(conditions("100% (2/2/4)"), None);
        assert_eq!(conditions("100% (a/2)"), None);
        assert_eq!(conditions("150% (3/2)"), Some((2, 2)));
        assert_eq!(conditions("(1/2"), None);
        assert_eq!(conditions(""), None);
    }
}

//! SonarQube's generic coverage format.
//!
//! # Produced by
//! Converters for SonarQube: `gcovr --sonarqube`, `jest-sonar`, ReportGenerator, scripts.
//!
//! # Looks like
//! `<coverage version="1">` of `<file path>` with `<lineToCover lineNumber covered branchesToCover coveredBranches>`.
//!
//! # Maps to
//! One file for each `<file>`, its lines with 1 hit where they are covered, its branches.
//!
//! # Not read
//! Nothing is left out.
//!
//! # Quirks
//! The format counts no executions.

use plimsoll_format::xml::{self, Element, Reader};
use plimsoll_format::{
    Confidence, Descriptor, Docs, Format, Input, ParseError, ParseErrorKind, Sink, Warning, WarningCode,
};
use plimsoll_model::{LineCoverage, ReportKind};

use crate::counts::{bad_number, count, line_number};
use crate::line_buffer::LineBuffer;

/// SonarQube's generic coverage format.
pub struct SonarCoverage;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "sonar-coverage",
    name: "SonarQube generic coverage",
    kind: ReportKind::Coverage,
    tools: &["gcovr", "ReportGenerator", "jest-sonar"],
    globs: &["sonarqube*.xml", "sonar*coverage*.xml"],
    link: "https://docs.sonarsource.com/sonarqube-server/latest/analyzing-source-code/test-coverage/generic-test-data/",
    version: 1,
    docs: Docs {
        produced_by: "`gcovr --sonarqube`, ReportGenerator's `SonarQube` report, and scripts that write SonarQube's \
                      generic coverage.",
        maps_to: "Each `<file>` is a file; a `<lineToCover>` is covered (1 hit) where it says so; `branchesToCover` \
                  and `coveredBranches` are its branches.",
        not_read: "Nothing is left out.",
        quirks: "The format's version is not checked: there has been one only.",
    },
};

impl Format for SonarCoverage {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        let Some(head) = xml::head(input.head()) else { return Confidence::No };
        if head.root != "coverage" {
            return Confidence::No;
        }
        match head.first_element() {
            Some("file") if head.has_element("lineToCover") => Confidence::Certain,
            Some("file") => Confidence::Likely,
            // Without a file there is only the version to go by; Cobertura's is never alone.
            None if head.attribute("version").is_some() && !head.attributes.contains("rate") => {
                Confidence::Likely
            }
            _ => Confidence::No,
        }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        let mut reader = Reader::new(input);
        let root = reader.root()?;
        if root.name() != "coverage" {
            return Err(reader.error(ParseErrorKind::Missing("the element `coverage`")));
        }
        let mut buffer = LineBuffer::default();
        while let Some(file) = reader.child(&root)? {
            if file.name() != "file" {
                continue;
            }
            let path = file.attribute("path")?.unwrap_or_default();
            if path.is_empty() {
                let message = format!("{} has no path", reader.path());
                sink.warning(Warning::new(WarningCode::MissingPath, message));
            }
            while let Some(element) = reader.child(&file)? {
                if element.name() == "lineToCover"
                    && let Some(line) = line_to_cover(&reader, &element, sink)?
                {
                    buffer.push(sink, &path, line)?;
                }
            }
            buffer.finish(sink, &path)?;
        }
        reader.finish()
    }
}

fn line_to_cover<'a>(
    reader: &Reader<'a>,
    element: &Element<'a>,
    sink: &mut dyn Sink,
) -> Result<Option<LineCoverage>, ParseError> {
    let mut line = LineCoverage::default();
    let mut number = |what: &str, raw: &str, read: fn(&str) -> Option<u32>| {
        let number = read(raw);
        if number.is_none() {
            bad_number(sink, what, raw, &reader.path());
        }
        number.unwrap_or_default()
    };
    for attribute in element.attributes() {
        let attribute = attribute?;
        match attribute.name {
            "lineNumber" => line.line = number("the line number", attribute.raw, line_number),
            "covered" => line.hits = u64::from(matches!(attribute.raw.trim(), "true" | "1")),
            "branchesToCover" => line.branches = number("the branch count", attribute.raw, count),
            "coveredBranches" => line.branches_covered = number("the branch count", attribute.raw, count),
            _ => {}
        }
    }
    line.branches_covered = line.branches_covered.min(line.branches);
    Ok((line.line > 0).then_some(line))
}

//! SimpleCov's result set and its JSON report.
//!
//! # Produced by
//! SimpleCov (`coverage/.resultset.json`), its JSON formatter (`coverage.json`), converters that write the same.
//!
//! # Looks like
//! `{"RSpec": {"coverage": {"/path": {"lines": [null, 1, 0], "branches": {…}}}}}`, or `{"meta", "coverage": {…}}`.
//!
//! # Maps to
//! One file for each path and command; the n-th element of `lines` is line n, `null` is no executable one.
//!
//! # Not read
//! Groups, times, methods, and lines marked as ignored.
//!
//! # Quirks
//! Old versions write the array of lines where new ones have an object. Branch names are Ruby code:
//! `[:if, 0, 9, 4, 9, 45]` begins on line 9.

use plimsoll_format::{Confidence, Descriptor, Docs, Format, Input, ParseError, Sink, json};
use plimsoll_model::{LineCoverage, ReportKind};
use serde::Deserialize;

use crate::branches::Branches;
use crate::counts::line_number;
use crate::line_buffer::push_in_parts;

/// SimpleCov's result set and its JSON report.
pub struct Simplecov;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "simplecov",
    name: "SimpleCov",
    kind: ReportKind::Coverage,
    tools: &["SimpleCov"],
    globs: &[".resultset.json", "*.resultset.json", "coverage/coverage.json"],
    link: "https://github.com/simplecov-ruby/simplecov",
    version: 1,
    docs: Docs {
        produced_by: "SimpleCov, which always writes `coverage/.resultset.json`, and its JSON formatter.",
        maps_to: "Each path below `coverage` is a file; the n-th element of its lines is line n with its hits, `null` \
                  is not executable. Each way of a branch is a branch on the line of the condition.",
        not_read: "Groups, times, methods, and lines marked as ignored (`:nocov:`).",
        quirks: "The results of several commands are parts of the same files. Both the array of old and the object \
                 of new versions are read.",
    },
};

impl Format for Simplecov {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        let Some(head) = json::head(input.head()) else { return Confidence::No };
        if head.has_all(&["meta.simplecov_version", "coverage"]) {
            return Confidence::Certain;
        }
        let Some((first, value)) = head.fields.first() else { return Confidence::No };
        // `coverage` itself at the top, or below the name of a command.
        let top = if first == "coverage" { first.clone() } else { format!("{first}.coverage") };
        let has_top = value == "{" && head.value(&top) == Some("{");
        let inside = format!("{top}.");
        let mut files =
            head.fields.iter().filter_map(|(path, value)| Some((path.strip_prefix(&inside)?, value)));
        match files.next() {
            _ if !has_top => Confidence::No,
            // The first path is a file: its lines at once, or an object with its lines.
            Some((path, value)) if value == "[" && path.contains('.') => Confidence::Likely,
            Some((_, value)) if value == "{" && files.any(|(path, _)| path.ends_with(".lines")) => {
                Confidence::Likely
            }
            None if first != "coverage" => Confidence::Maybe,
            _ => Confidence::No,
        }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        let mut reader = json::Reader::new(input);
        reader.object(|reader, key| {
            if reader.peek()? != json::Kind::Object {
                return Ok(());
            }
            match key {
                "coverage" => files(reader, sink),
                "meta" | "groups" | "total" => Ok(()),
                _command => reader.object(|reader, key| match key {
                    "coverage" => files(reader, sink),
                    _ => Ok(()),
                }),
            }
        })?;
        reader.finish()
    }
}

fn files(reader: &mut json::Reader<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
    reader.object(|reader, path| {
        let mut lines = Vec::new();
        let mut branches = Branches::default();
        match reader.peek()? {
            json::Kind::Array => read_lines(reader, &mut lines)?,
            json::Kind::Object => reader.object(|reader, key| match key {
                "lines" => read_lines(reader, &mut lines),
                "branches" if reader.peek()? == json::Kind::Object => read_conditions(reader, &mut branches),
                "branches" => read_branches(reader, &mut branches),
                _ => Ok(()),
            })?,
            _ => return Ok(()),
        }
        branches.attach(&mut lines, path, sink);
        push_in_parts(sink, path, &lines)
    })
}

fn read_lines(reader: &mut json::Reader<'_>, lines: &mut Vec<LineCoverage>) -> Result<(), ParseError> {
    let mut line = 0_u32;
    reader.array(|reader| {
        line = line.saturating_add(1);
        // `null` is no executable line, and so is "ignored".
        let hits = reader.read::<json::Number>()?.count();
        lines.extend(hits.map(|hits| LineCoverage { line, hits, ..LineCoverage::default() }));
        Ok(())
    })
}

/// `{"[:if, 0, 9, 4, 9, 45]": {"[:then, 1, 9, 4, 9, 32]": 0, "[:else, 2, 9, 4, 9, 45]": 1}}`
fn read_conditions(
    reader: &mut json::Reader<'_>,
    branches: &mut Branches<(String, usize)>,
) -> Result<(), ParseError> {
    reader.object(|reader, condition| {
        let line = condition.split(',').nth(2).and_then(|line| line_number(line.trim()));
        let mut way = 0;
        reader.object(|reader, _| {
            let is_taken = reader.read::<json::Number>()?.count().unwrap_or(0) > 0;
            way += 1;
            if let Some(line) = line {
                branches.add(line, (condition.to_owned(), way), is_taken);
            }
            Ok(())
        })
    })
}

#[derive(Deserialize)]
struct Branch {
    #[serde(default)]
    start_line: json::Number,
    #[serde(default)]
    report_line: json::Number,
    #[serde(default)]
    coverage: json::Number,
}

/// `[{"type": "then", "start_line": 9, "end_line": 9, "coverage": 0, "report_line": 9}]`
fn read_branches(
    reader: &mut json::Reader<'_>,
    branches: &mut Branches<(String, usize)>,
) -> Result<(), ParseError> {
    let mut index = 0;
    reader.array(|reader| {
        let branch: Branch = reader.read()?;
        index += 1;
        let line = branch.report_line.position().or_else(|| branch.start_line.position());
        if let (Some(line), Some(hits)) = (line, branch.coverage.count()) {
            branches.add(line, (String::new(), index), hits > 0);
        }
        Ok(())
    })
}

//! LLVM's JSON export.
//!
//! # Produced by
//! `llvm-cov export`, `cargo llvm-cov --json`, `swift test --enable-code-coverage`, `xcrun llvm-cov export`.
//!
//! # Looks like
//! `{"data": [{"files": [{"filename", "segments", "branches", "summary"}]}], "type": "llvm.coverage.json.export"}`.
//!
//! # Maps to
//! One file for each entry of `files`. Lines are made from the segments by LLVM's own rules; each branch region is two
//! branches, true and false, on the line where it begins.
//!
//! # Not read
//! Functions, expansions, MC/DC, regions.
//!
//! # Quirks
//! With `-summary-only` there are no segments: the file is known, its lines are not, and a warning says so.

use std::borrow::Cow;

use plimsoll_format::{
    Confidence, Descriptor, Docs, Format, Input, ParseError, Sink, Warning, WarningCode, json,
};
use plimsoll_model::{LineCoverage, ReportKind};
use serde::Deserialize;

use crate::branches::Branches;
use crate::counts::total_mismatch;
use crate::line_buffer::{Spans, push_in_parts};

/// LLVM's JSON export.
pub struct LlvmCovJson;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "llvm-cov-json",
    name: "llvm-cov JSON",
    kind: ReportKind::Coverage,
    tools: &["llvm-cov", "cargo-llvm-cov", "Swift", "Xcode"],
    globs: &["llvm-cov*.json", "codecov.json", "coverage.llvm.json"],
    link: "https://llvm.org/docs/CommandGuide/llvm-cov.html#llvm-cov-export",
    version: 2,
    docs: Docs {
        produced_by: "`llvm-cov export`, `cargo llvm-cov --json`, `swift test --enable-code-coverage`.",
        maps_to: "Each entry of `files` is a file. A line is executable where a counted region begins on it or goes \
                  on over it; its hits are the greatest count of these regions, as LLVM's own reports have it. A \
                  branch region is two branches, true and false.",
        not_read: "Functions, expansions, MC/DC and regions.",
        quirks: "With `-summary-only` the files have no lines; a warning names the declared totals. Macro bodies may \
                 make LLVM's total differ from the lines.",
    },
};

impl Format for LlvmCovJson {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        let Some(head) = json::head(input.head()) else { return Confidence::No };
        let has_type = head.value("type") == Some("llvm.coverage.json.export");
        let has_files = head.has_any(&[
            "data[].files[].segments",
            "data[].files[].branches",
            "data[].files[].expansions",
        ]) || head.has_all(&["data[].files[].filename", "data[].files[].summary"]);
        if has_type || has_files { Confidence::Certain } else { Confidence::No }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        let mut reader = json::Reader::new(input);
        let mut counted = 0;
        let mut spans = Spans::of(input);
        let mut declared = None;
        let mut declared_covered = 0;
        reader.object(|reader, key| match key {
            "data" => reader.array(|reader| {
                reader.object(|reader, key| match key {
                    "files" => reader.array(|reader| {
                        counted += file(reader, &mut spans, sink)?;
                        Ok(())
                    }),
                    "totals" => {
                        let totals: Totals = reader.read()?;
                        if let Some(lines) = totals.lines.count.count() {
                            *declared.get_or_insert(0) += lines;
                            declared_covered += totals.lines.covered.count().unwrap_or_default();
                        }
                        Ok(())
                    }
                    _ => Ok(()),
                })
            }),
            _ => Ok(()),
        })?;
        reader.finish()?;
        match declared.filter(|declared| *declared != counted) {
            Some(declared) if counted == 0 => {
                let message = format!(
                    "the report has totals only, {declared_covered} of {declared} lines covered, and no lines: export it \
                     without `--summary-only`"
                );
                sink.warning(Warning::new(WarningCode::TotalMismatch, message));
            }
            Some(declared) => total_mismatch(sink, "lines", declared, counted),
            None => {}
        }
        Ok(())
    }
}

#[derive(Deserialize)]
struct Totals {
    #[serde(default, deserialize_with = "json::or_default")]
    lines: Total,
}

#[derive(Deserialize, Default)]
struct Total {
    #[serde(default)]
    count: json::Number,
    #[serde(default)]
    covered: json::Number,
}

/// Numbers and flags stand mixed in one array.
#[derive(Deserialize)]
#[serde(untagged)]
enum Cell {
    Flag(bool),
    Number(f64),
}

impl Cell {
    fn number(&self) -> u64 {
        match self {
            Self::Number(number) => *number as u64,
            Self::Flag(flag) => u64::from(*flag),
        }
    }
}

struct Segment {
    line: u32,
    count: u64,
    has_count: bool,
    is_entry: bool,
    is_gap: bool,
}

impl Segment {
    /// `[line, column, count, has count, is region entry, is gap]`; the last came with LLVM 10.
    fn from_cells(cells: &[Cell]) -> Option<Self> {
        let flag = |index: usize| cells.get(index).is_some_and(|cell| cell.number() > 0);
        let number = |index: usize| cells.get(index).map(Cell::number);
        Some(Self {
            line: u32::try_from(number(0)?).ok().filter(|line| *line > 0)?,
            count: number(2)?,
            has_count: flag(3),
            is_entry: flag(4),
            is_gap: flag(5),
        })
    }

    fn starts_region(&self) -> bool {
        !self.is_gap && self.has_count && self.is_entry
    }
}

/// Gives the number of lines.
fn file(reader: &mut json::Reader<'_>, spans: &mut Spans, sink: &mut dyn Sink) -> Result<u64, ParseError> {
    let mut path: Cow<'_, str> = Cow::Borrowed("");
    let mut segments = Vec::new();
    let mut branches = Branches::default();
    reader.object(|reader, key| {
        match key {
            "filename" => path = reader.read::<json::Text<'_>>()?.into_cow(),
            "segments" => reader.array(|reader| {
                segments.extend(Segment::from_cells(&reader.read::<Vec<Cell>>()?));
                Ok(())
            })?,
            "branches" => reader.array(|reader| {
                let cells: Vec<Cell> = reader.read()?;
                let number = |index: usize| cells.get(index).map_or(0, Cell::number);
                if let Ok(line) = u32::try_from(number(0)) {
                    let place = (number(1), number(2), number(3));
                    branches.add(line, (place, true), number(4) > 0);
                    branches.add(line, (place, false), number(5) > 0);
                }
                Ok(())
            })?,
            _ => {}
        }
        Ok(())
    })?;
    let mut lines = lines_of(&segments, &path, spans, sink);
    branches.attach(&mut lines, &path, sink);
    push_in_parts(sink, &path, &lines)?;
    Ok(lines.len() as u64)
}

/// A segment says from where on which region holds. A line takes the regions that begin on it and the one that goes on
/// from the line before.
fn lines_of(segments: &[Segment], path: &str, spans: &mut Spans, sink: &mut dyn Sink) -> Vec<LineCoverage> {
    let mut lines = Vec::new();
    let mut wrapped: Option<&Segment> = None;
    for here in segments.chunk_by(|a, b| a.line == b.line) {
        let (Some(first), Some(last)) = (here.first(), here.last()) else { continue };
        // The lines between the segment before and this one all lie within the same region.
        if let Some(segment) = wrapped.filter(|segment| segment.has_count && first.line > segment.line + 1) {
            let gap = spans.lines(segment.line + 1, first.line - 1, path, sink);
            lines.extend(gap.map(|line| line_at(line, segment.count)));
        }
        let starts_skipped = !first.has_count && first.is_entry;
        let starts = || here.iter().filter(|segment| segment.starts_region());
        let is_wrapped = wrapped.is_some_and(|segment| segment.has_count);
        let is_entered = here.iter().any(|segment| segment.is_entry && segment.has_count);
        if is_entered || (!starts_skipped && is_wrapped) {
            let inherited = wrapped.map_or(0, |segment| segment.count);
            let count = starts().map(|segment| segment.count).fold(inherited, u64::max);
            lines.push(line_at(first.line, count));
        }
        wrapped = Some(last);
    }
    lines
}

fn line_at(line: u32, hits: u64) -> LineCoverage {
    LineCoverage { line, hits, ..LineCoverage::default() }
}

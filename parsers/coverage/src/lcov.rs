//! LCOV tracefiles.
//!
//! # Produced by
//! `lcov --capture`, `coverage lcov`, Istanbul's `lcovonly`, `cargo llvm-cov --lcov`, `llvm-cov export -format=lcov`,
//! `gcovr --lcov`, coverlet, Dart, Bazel and many others.
//!
//! # Looks like
//! Records of lines that begin with a keyword: `SF:path`, `DA:line,hits`, `BRDA:line,block,branch,taken`,
//! `end_of_record`.
//!
//! # Maps to
//! One file for each record, its `DA` lines with their hits, its distinct `BRDA` branches on their lines.
//!
//! # Not read
//! Functions (`FN`, `FNDA`, `FNL`, `FNA`), MC/DC, checksums, test names: the model knows lines and branches.
//!
//! # Quirks
//! A record may lack its end, a file may have several records, a line several `DA`s; hits may be negative.

use plimsoll_format::{
    Confidence, Descriptor, Docs, Format, Input, ParseError, ParseErrorKind, Sink, Warning, WarningCode, text,
};
use plimsoll_model::{LineCoverage, ReportKind};

use crate::branches::Branches;
use crate::counts::{bad_number, hits, line_number, total_mismatch};
use crate::line_buffer::push_in_parts;

/// LCOV tracefiles.
pub struct Lcov;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "lcov",
    name: "LCOV",
    kind: ReportKind::Coverage,
    tools: &[
        "lcov",
        "coverage.py",
        "Istanbul",
        "cargo-llvm-cov",
        "llvm-cov",
        "gcovr",
        "coverlet",
        "Bazel",
        "Dart",
    ],
    globs: &["lcov.info", "*.lcov", "coverage.dat", "lcov*.info", "*.info"],
    link: "https://github.com/linux-test-project/lcov/blob/master/man/geninfo.1",
    version: 1,
    docs: Docs {
        produced_by: "`lcov --capture`, `coverage lcov`, Istanbul's `lcovonly` reporter, `cargo llvm-cov --lcov`, \
                      `gcovr --lcov`, `bazel coverage`.",
        maps_to: "Each record (`SF:` to `end_of_record`) is a file or a part of it. `DA` gives a line and its hits, \
                  distinct `BRDA`s give the branches of their line; `-` and 0 mean not taken.",
        not_read: "Functions (`FN`, `FNDA`, `FNL`, `FNA`), MC/DC, checksums and test names.",
        quirks: "A branch on a line that has no `DA` counts for the nearest line before it that has one. A record \
                 without its end is read, with a warning. `LF` and `LH` are compared with the lines.",
    },
};

impl Format for Lcov {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        let mut lines =
            input.head().lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let Some(first) = lines.next() else { return Confidence::No };
        let mut all = std::iter::once(first).chain(lines);
        let Some(_) = all.by_ref().find(|line| line.starts_with("SF:")) else {
            // A tracefile without any record has nothing but a test name, often an empty one.
            return if first == "TN:" { Confidence::Maybe } else { Confidence::No };
        };
        let keywords = [
            "DA:",
            "LF:",
            "LH:",
            "FN:",
            "FNDA:",
            "FNF:",
            "FNL:",
            "BRDA:",
            "BRF:",
            "VER:",
            "BA:",
            "end_of_record",
        ];
        let has_record = all.any(|line| keywords.iter().any(|keyword| line.starts_with(keyword)));
        match (first.starts_with("SF:") || first.starts_with("TN:"), has_record) {
            (true, true) => Confidence::Certain,
            (false, true) | (true, false) => Confidence::Likely,
            (false, false) => Confidence::No,
        }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        if input.text.trim().is_empty() {
            return Err(ParseError::new(ParseErrorKind::Empty));
        }
        let mut record = Record::default();
        for line in text::lines(input.text) {
            record.line(&line, sink)?;
        }
        if record.path.is_some() {
            let message = format!("the record of `{}` has no end_of_record", record.path.unwrap_or_default());
            sink.warning(Warning::new(WarningCode::Truncated, message));
            record.finish(sink)?;
        }
        Ok(())
    }
}

/// What is known of the record that is being read. Its buffers are used again for the next one.
#[derive(Default)]
struct Record<'a> {
    path: Option<&'a str>,
    lines: Vec<LineCoverage>,
    /// No line came twice or out of order.
    is_unsorted: bool,
    branches: Branches<&'a str>,
    declared_lines: Option<u64>,
    declared_covered: Option<u64>,
}

impl<'a> Record<'a> {
    #[inline]
    fn line(&mut self, line: &text::Line<'a>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        // Most lines by far are these; they are looked for first.
        if let Some(rest) = line.text.strip_prefix("DA:") {
            self.data(rest, line, sink);
            return Ok(());
        }
        let text = line.text.trim();
        let (keyword, rest) = text.split_once(':').unwrap_or((text, ""));
        match keyword {
            "SF" => {
                if self.path.is_some() {
                    let message =
                        format!("line {}: a record begins before the one before it ended", line.number);
                    sink.warning(Warning::new(WarningCode::SkippedElement, message));
                }
                if self.path.is_some() || !self.lines.is_empty() {
                    self.finish(sink)?;
                }
                self.path = Some(rest);
            }
            "end_of_record" => self.finish(sink)?,
            "DA" => self.data(rest, line, sink),
            "BRDA" => self.branch(rest, line, sink),
            "LF" => self.declared_lines = hits(rest),
            "LH" => self.declared_covered = hits(rest),
            "" | "TN" | "VER" | "FN" | "FNDA" | "FNF" | "FNH" | "FNL" | "FNA" | "BRF" | "BRH" | "BA"
            | "MCDC" | "MCF" | "MCH" => {}
            comment if comment.starts_with('#') => {}
            _ => {
                let message = format!("line {} begins with no keyword of the format", line.number);
                sink.warning(Warning::new(WarningCode::SkippedElement, message));
            }
        }
        Ok(())
    }

    /// `DA:line,hits[,checksum]`.
    #[inline]
    fn data(&mut self, rest: &'a str, line: &text::Line<'a>, sink: &mut dyn Sink) {
        let (number, hit) = match rest.split_once(',') {
            Some((number, rest)) => (number, rest.split_once(',').map_or(rest, |(hits, _)| hits)),
            None => (rest, ""),
        };
        match (line_number(number), hits(hit)) {
            (Some(number), Some(hits)) => {
                self.is_unsorted |= self.lines.last().is_some_and(|last| last.line >= number);
                self.lines.push(LineCoverage { line: number, hits, ..LineCoverage::default() });
            }
            _ => bad_number(sink, "the data", rest, &format!("line {}", line.number)),
        }
    }

    /// `BRDA:line,block,branch,taken`; version 2 writes texts with commas into the middle.
    fn branch(&mut self, rest: &'a str, line: &text::Line<'a>, sink: &mut dyn Sink) {
        let parts = rest.split_once(',').and_then(|(number, rest)| Some((number, rest.rsplit_once(',')?)));
        let Some((number, (branch, taken))) = parts else {
            bad_number(sink, "the branch", rest, &format!("line {}", line.number));
            return;
        };
        match (line_number(number), if taken == "-" { Some(0) } else { hits(taken) }) {
            (Some(number), Some(hits)) => self.branches.add(number, branch, hits > 0),
            _ => bad_number(sink, "the branch", rest, &format!("line {}", line.number)),
        }
    }

    fn finish(&mut self, sink: &mut dyn Sink) -> Result<(), ParseError> {
        if self.is_unsorted {
            self.lines.sort_by_key(|line| line.line);
            self.lines.dedup_by(|next, kept| {
                let is_same = next.line == kept.line;
                if is_same {
                    kept.hits = kept.hits.saturating_add(next.hits);
                }
                is_same
            });
        }
        self.compare_totals(sink);
        self.branches.attach(&mut self.lines, self.path.unwrap_or_default(), sink);
        match self.path.take() {
            Some(path) => push_in_parts(sink, path, &self.lines)?,
            None if self.lines.is_empty() => {}
            None => {
                let message =
                    format!("{} lines of a record that names no file are left out", self.lines.len());
                sink.warning(Warning::new(WarningCode::MissingPath, message));
            }
        }
        self.lines.clear();
        self.is_unsorted = false;
        (self.declared_lines, self.declared_covered) = (None, None);
        Ok(())
    }

    fn compare_totals(&self, sink: &mut dyn Sink) {
        let counted = self.lines.len() as u64;
        if let Some(declared) = self.declared_lines.filter(|declared| *declared != counted) {
            total_mismatch(sink, &format!("lines of `{}`", self.path.unwrap_or_default()), declared, counted);
        }
        if let Some(declared) = self.declared_covered {
            let counted = self.lines.iter().filter(|line| line.hits > 0).count() as u64;
            if declared != counted {
                let what = format!("covered lines of `{}`", self.path.unwrap_or_default());
                total_mismatch(sink, &what, declared, counted);
            }
        }
    }
}

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
//! Functions (`FN`, `FNDA`; `FNL`, `FNA` of lcov 2) are counted and compared with `FNF` and `FNH`.
//!
//! # Not read
//! MC/DC, checksums, test names: the model knows lines and branches.
//!
//! # Quirks
//! A record may lack its end, a file may have several records, a line several `DA`s; hits may be negative.

use plimsoll_format::{
    Confidence, Descriptor, Docs, Format, Input, ParseError, ParseErrorKind, Sink, Warning, WarningCode, text,
};
use plimsoll_model::{LineCoverage, ReportKind};

use crate::branches::Branches;
use crate::counts::{bad_number, hits, line_number, total_mismatch};
use crate::lcov_functions::Functions;
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
    version: 2,
    docs: Docs {
        produced_by: "`lcov --capture`, `coverage lcov`, Istanbul's `lcovonly` reporter, `cargo llvm-cov --lcov`, \
                      `gcovr --lcov`, `bazel coverage`.",
        maps_to: "Each record (`SF:` to `end_of_record`) is a file or a part of it. `DA` gives a line and its hits, \
                  distinct `BRDA`s give the branches of their line; `-` and 0 mean not taken.",
        not_read: "Checksums, test names, and MC/DC (`MCDC`, `MCF`, `MCH`): each of its conditions is a branch already, and would \
                   count twice. Functions (`FN` and `FNDA`, and the `FNL` and `FNA` of lcov 2) are read to compare them with `FNF` \
                   and `FNH`; coverage is kept by line and branch, so they are in no figure of their own.",
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
        let (mut rest, mut number) = (input.text, 0_u32);
        loop {
            number = number.saturating_add(1);
            // Most lines by far are these: they are read without looking for their end first.
            if let Some((line, hits, length)) = plain_data(rest.as_bytes()) {
                record.push(line, hits);
                rest = rest.get(length..).unwrap_or_default();
            } else if let Some(line) = text::lines(rest).next() {
                record.line(&text::Line { number, ..line }, sink)?;
                rest = rest.get(line.text.len()..).map_or("", after_line_end);
            } else {
                break;
            }
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
    functions: Functions<'a>,
    declared_lines: Option<u64>,
    declared_covered: Option<u64>,
}

impl<'a> Record<'a> {
    fn line(&mut self, line: &text::Line<'a>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        let text = line.text.trim();
        let colon = text.bytes().position(|byte| byte == b':').unwrap_or(text.len());
        let keyword = text.get(..colon).unwrap_or_default();
        let rest = text.get(colon + 1..).unwrap_or_default();
        match keyword.as_bytes() {
            b"FN" | b"FNDA" | b"FNL" | b"FNA" => {
                if !self.functions.add(keyword.as_bytes(), rest) {
                    bad_number(sink, "the function", rest, &format!("line {}", line.number));
                }
            }
            b"FNF" => self.functions.declared = hits(rest),
            b"FNH" => self.functions.declared_hit = hits(rest),
            b"BRF" | b"BRH" => {}
            b"BRDA" => self.branch(rest, line, sink),
            b"SF" => {
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
            b"end_of_record" => self.finish(sink)?,
            b"DA" => self.data(rest, line, sink),
            b"LF" => self.declared_lines = hits(rest),
            b"LH" => self.declared_covered = hits(rest),
            b"" | b"TN" | b"VER" | b"BA" | b"MCDC" | b"MCF" | b"MCH" | [b'#', ..] => {}
            _ => {
                let message = format!("line {} begins with no keyword of the format", line.number);
                sink.warning(Warning::new(WarningCode::SkippedElement, message));
            }
        }
        Ok(())
    }

    #[inline]
    fn push(&mut self, number: u32, hits: u64) {
        self.is_unsorted |= self.lines.last().is_some_and(|last| last.line >= number);
        self.lines.push(LineCoverage { line: number, hits, ..LineCoverage::default() });
    }

    /// `DA:line,hits[,checksum]`.
    fn data(&mut self, rest: &'a str, line: &text::Line<'a>, sink: &mut dyn Sink) {
        let (number, hit) = match rest.split_once(',') {
            Some((number, rest)) => (number, rest.split_once(',').map_or(rest, |(hits, _)| hits)),
            None => (rest, ""),
        };
        match (line_number(number), hits(hit)) {
            (Some(number), Some(hits)) => self.push(number, hits),
            _ => bad_number(sink, "the data", rest, &format!("line {}", line.number)),
        }
    }

    /// `BRDA:line,block,branch,taken`; version 2 writes texts with commas into the middle.
    fn branch(&mut self, rest: &'a str, line: &text::Line<'a>, sink: &mut dyn Sink) {
        let bytes = rest.as_bytes();
        let comma = |byte: &u8| *byte == b',';
        let parts =
            bytes.iter().position(comma).zip(bytes.iter().rposition(comma)).and_then(|(first, last)| {
                Some((rest.get(..first)?, rest.get(first + 1..last)?, rest.get(last + 1..)?))
            });
        let Some((number, branch, taken)) = parts else {
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
        self.functions.finish(self.path.unwrap_or_default(), sink);
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

fn after_line_end(rest: &str) -> &str {
    rest.strip_prefix('\r').unwrap_or(rest).strip_prefix('\n').unwrap_or_default()
}

/// A whole line `DA:line,hits` in plain digits: the two numbers and the line's length with its end. `None` for anything
/// else, which the slow way looks at: signs, checksums, decimals, a last line without an end.
#[inline]
fn plain_data(bytes: &[u8]) -> Option<(u32, u64, usize)> {
    let [b'D', b'A', b':', rest @ ..] = bytes else { return None };
    let mut number = 0_u64;
    let mut rest = rest.iter();
    loop {
        match rest.next()? {
            byte @ b'0'..=b'9' => number = number * 10 + u64::from(byte - b'0'),
            b',' => break,
            _ => return None,
        }
        if number > u64::from(u32::MAX) {
            return None;
        }
    }
    let (mut hits, mut digits) = (0_u64, 0);
    loop {
        match rest.next()? {
            byte @ b'0'..=b'9' => hits = hits * 10 + u64::from(byte - b'0'),
            b'\n' if digits > 0 => break,
            b'\r' if digits > 0 && rest.next() == Some(&b'\n') => break,
            _ => return None,
        }
        digits += 1;
        // Eighteen digits always fit.
        if digits > 18 {
            return None;
        }
    }
    let length = bytes.len() - rest.as_slice().len();
    u32::try_from(number).ok().filter(|number| *number > 0).map(|number| (number, hits, length))
}

#[cfg(test)]
mod tests {
    use super::{after_line_end, plain_data};

    #[test]
    fn leaves_what_is_not_plain_to_the_slow_way() {
        assert_eq!(plain_data(b"DA:7,42\nDA:8,1\n"), Some((7, 42, 8)));
        assert_eq!(plain_data(b"DA:7,42\r\n"), Some((7, 42, 9)));
        assert_eq!(
            plain_data(b"DA:4294967295,999999999999999999\n"),
            Some((u32::MAX, 999_999_999_999_999_999, 33))
        );
        for text in [
            "",
            "DA:",
            "7,42\n",
            "DA:7\n",
            "DA:7,\n",
            "DA:,1\n",
            "DA:0,1\n",
            "DA:7,-1\n",
            "DA:7,1,abc\n",
            "DA:7,1.5\n",
            "DA:4294967296,1\n",
            "DA:7,9999999999999999999\n",
            "DA:7,42",
            "DA:7,42\r",
            "DA:7,42\rx",
        ] {
            assert_eq!(plain_data(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn steps_over_one_line_end() {
        assert_eq!(after_line_end("\r\n\nx"), "\nx");
        assert_eq!(after_line_end("\nx"), "x");
        assert_eq!(after_line_end(""), "");
    }
}

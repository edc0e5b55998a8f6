//! # Flake8 text
//!
//! *Produced by* Flake8, pycodestyle, pyflakes, see [`DESCRIPTOR`].
//! *Looks like* `py/prices.py:1:1: F401 'os' imported but unused`.
//! *Maps to · Not read · Quirks*: see [`DESCRIPTOR`], from which the documentation is made.

use std::borrow::Cow;

use plimsoll_format::{Confidence, Descriptor, Docs, Format, Input, ParseError, Sink};
use plimsoll_model::{Finding, FindingKind, ReportKind, Severity};

use crate::emit::emit;
use crate::text_report::{self, has_ending, located};

/// See the module.
pub struct Flake8;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "flake8",
    name: "Flake8 text",
    kind: ReportKind::Findings,
    tools: &["Flake8", "pycodestyle", "pyflakes"],
    globs: &["flake8*.txt", "flake8*.log", "pep8*.txt"],
    link: "https://flake8.pycqa.org/en/latest/user/options.html#cmdoption-flake8-format",
    version: 1,
    docs: Docs {
        produced_by: "`flake8 --output-file flake8.txt`, also with `--format pylint`, `--show-source`; \
            `pycodestyle src`.",
        maps_to: "Each line `path:line:column: CODE message` or `path:line: [CODE] message` is a finding. \
            Severity by the first letter of the code, as there is no other: E9 (syntax) and F (pyflakes) \
            high, S (flake8-bandit, a weakness) medium, E, W, C, B and all others low.",
        not_read: "Lines of source, statistics (`--statistics`, `--count`), other formats of `--format`.",
        quirks: "The tool writes an empty file where it finds nothing. Ruff's `concise` and `pylint` \
            output look the same; where `[*]` or its summary shows that it is Ruff, the format `ruff` \
            takes it. Paths may have backslashes. Only files of Python are taken.",
    },
};

/// The endings of Python's files.
pub const PYTHON: [&str; 5] = ["py", "pyi", "pyx", "ipynb", "pyw"];

impl Format for Flake8 {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        // What shows that Ruff wrote it is left to `ruff`.
        if crate::ruff_text::is_ruff(input) {
            return Confidence::No;
        }
        text_report::sniff(input, |line| finding(line).is_some())
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        text_report::read(input, sink, |line, sink| match finding(line) {
            Some(finding) => emit(&finding, sink).map(|()| true),
            None => Ok(is_count(line)),
        })
    }
}

/// A finding in a line; `None` where there is none.
pub fn finding(line: &str) -> Option<Finding<'_>> {
    let place = located(line).filter(|place| has_ending(place.path, &PYTHON))?;
    let (code, message) = match place.rest.strip_prefix('[') {
        Some(rest) => rest.split_once("] ")?,
        None => place.rest.split_once(' ')?,
    };
    let code = code.strip_suffix(':').filter(|code| is_ruff_syntax_error(code)).unwrap_or(code);
    if !is_code(code) && !is_ruff_syntax_error(code) {
        return None;
    }
    let (kind, severity) = judge(code);
    let mut finding = Finding::new("flake8", code, kind, severity, message.trim());
    finding.path = Some(Cow::Borrowed(place.path));
    finding.line = place.line;
    finding.column = place.column;
    Some(finding)
}

/// What Ruff writes in the place of a code where a file cannot be read as Python.
pub fn is_ruff_syntax_error(code: &str) -> bool {
    matches!(code, "invalid-syntax" | "SyntaxError")
}

/// One to four letters and three digits, or four behind more than one letter. (Pylint has one letter and four digits.)
fn is_code(code: &str) -> bool {
    let letters = code.bytes().take_while(u8::is_ascii_uppercase).count();
    let digits = code.len() - letters;
    code.bytes().skip(letters).all(|byte| byte.is_ascii_digit())
        && ((1..=4).contains(&letters) && digits == 3 || (2..=4).contains(&letters) && digits == 4)
}

fn judge(code: &str) -> (FindingKind, Severity) {
    let digits = code.trim_start_matches(|c: char| c.is_ascii_uppercase());
    match code.strip_suffix(digits) {
        Some("E") if digits.starts_with('9') => (FindingKind::Code, Severity::High),
        Some("F") => (FindingKind::Code, Severity::High),
        Some("S") => (FindingKind::Weakness, Severity::Medium),
        _ => (FindingKind::Code, Severity::Low),
    }
}

/// `--count` ends the report with a number, `--statistics` with counts for each code.
fn is_count(line: &str) -> bool {
    let mut words = line.split_whitespace();
    let is_number = words.next().is_some_and(|word| word.bytes().all(|byte| byte.is_ascii_digit()));
    is_number && words.next().is_none_or(is_code)
}

#[cfg(test)]
mod tests {
    use super::is_code;

    #[test]
    fn knows_its_codes() {
        for code in ["E501", "F401", "SIM102", "PLR0913", "C901"] {
            assert!(is_code(code), "{code}");
        }
        for code in ["C0114", "C0114:", "error:", "E", "401", "EANSIBLE0002"] {
            assert!(!is_code(code), "{code}");
        }
    }
}

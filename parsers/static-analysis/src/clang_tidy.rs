//! # Clang-Tidy text
//!
//! *Produced by* Clang-Tidy, see [`DESCRIPTOR`].
//! *Looks like* `src/a.cpp:8:15: warning: … [bugprone-assignment-in-if-condition]`.
//! *Maps to · Not read · Quirks*: see [`DESCRIPTOR`], from which the documentation is made.

use std::borrow::Cow;

use plimsoll_format::{Confidence, Descriptor, Docs, Format, Input, ParseError, Sink};
use plimsoll_model::{Finding, FindingKind, ReportKind, Severity};

use crate::emit::emit;
use crate::text_report::{self, Located, bracketed, located};

/// See the module.
pub struct ClangTidy;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "clang-tidy",
    name: "Clang-Tidy text",
    kind: ReportKind::Findings,
    tools: &["Clang-Tidy", "run-clang-tidy"],
    globs: &["clang-tidy*.txt", "clang-tidy*.log"],
    link: "https://clang.llvm.org/extra/clang-tidy/",
    version: 2,
    docs: Docs {
        produced_by: "`clang-tidy src/*.cpp > clang-tidy.txt`, `run-clang-tidy > clang-tidy.txt`.",
        maps_to: "Each `warning:` or `error:` line with a check in brackets is a finding; the rule is the \
            first check. Severity: error high, warning medium; `clang-analyzer-security.*` and `cert-*` \
            are weaknesses. Linked to the check's page. A compiler's own warnings between them \
            (`[-Wshadow]`) are findings of the tool `compiler`.",
        not_read: "Notes, source lines, fixes; the YAML of `--export-fixes`.",
        quirks: "The tool writes an empty file where it finds nothing. A header's finding is repeated for \
            each file that includes it: repeated lines count once each time they are written. With \
            `--warnings-as-errors` the brackets also hold `-warnings-as-errors`.",
    },
};

/// The modules whose checks Clang-Tidy has; the compiler's own warnings are `clang-diagnostic-…`.
const MODULES: [&str; 26] = [
    "abseil-",
    "altera-",
    "android-",
    "boost-",
    "bugprone-",
    "cert-",
    "clang-analyzer-",
    "clang-diagnostic-",
    "concurrency-",
    "cppcoreguidelines-",
    "darwin-",
    "fuchsia-",
    "google-",
    "hicpp-",
    "linuxkernel-",
    "llvm-",
    "llvmlibc-",
    "misc-",
    "modernize-",
    "mpi-",
    "objc-",
    "openmp-",
    "performance-",
    "portability-",
    "readability-",
    "zircon-",
];

impl Format for ClangTidy {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        text_report::sniff(input, |line| finding(line).is_some())
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        text_report::read(input, sink, |line, sink| match finding(line).or_else(|| of_compiler(line)) {
            Some(finding) => emit(&finding, sink).map(|()| true),
            None => Ok(false),
        })
    }
}

/// A finding of Clang-Tidy: only such a line is a mark of the format.
fn finding(line: &str) -> Option<Finding<'_>> {
    let (place, severity, message, check) = diagnostic(line)?;
    let module = MODULES.iter().find(|module| check.starts_with(**module))?;
    let is_weakness = *module == "cert-" || check.starts_with("clang-analyzer-security");
    let kind = if is_weakness { FindingKind::Weakness } else { FindingKind::Code };
    let mut finding = Finding::new("clang-tidy", check, kind, severity, message);
    finding.help_uri = help_uri(module, check).map(Cow::Owned);
    Some(at(place, finding))
}

/// A warning of the compiler that was built in the same log.
fn of_compiler(line: &str) -> Option<Finding<'_>> {
    let (place, severity, message, flag) = diagnostic(line).filter(|found| found.3.starts_with("-W"))?;
    Some(at(place, Finding::new("compiler", flag, FindingKind::Code, severity, message)))
}

/// `path:line:column: warning: message [check,…]`
fn diagnostic(line: &str) -> Option<(Located<'_>, Severity, &str, &str)> {
    let place = located(line)?;
    let (level, rest) = place.rest.split_once(": ")?;
    let severity = match level {
        "error" | "fatal error" => Severity::High,
        "warning" => Severity::Medium,
        _ => return None,
    };
    let (message, checks) = bracketed(rest, '[', ']')?;
    Some((place, severity, message, checks.split(',').next()?))
}

fn at<'a>(place: Located<'a>, mut finding: Finding<'a>) -> Finding<'a> {
    finding.path = Some(Cow::Borrowed(place.path));
    finding.line = place.line;
    finding.column = place.column;
    finding
}

fn help_uri(module: &str, check: &str) -> Option<String> {
    if module == "clang-diagnostic-" {
        return None;
    }
    let name = check.strip_prefix(module)?;
    let module = module.trim_end_matches('-');
    Some(format!("https://clang.llvm.org/extra/clang-tidy/checks/{module}/{name}.html"))
}

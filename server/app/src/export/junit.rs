//! Tests as JUnit XML.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

use plimsoll_model::Outcome;

use crate::pages::TestOut;

/// The document: a suite for each suite that there was.
pub fn document(tests: &[TestOut]) -> String {
    let mut by_suite: BTreeMap<&str, Vec<&TestOut>> = BTreeMap::new();
    for test in tests {
        by_suite.entry(&test.suite).or_default().push(test);
    }
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
    for (suite, tests) in by_suite {
        // Writing into a text cannot fail.
        write_suite(&mut out, suite, &tests).ok();
    }
    out.push_str("</testsuites>\n");
    out
}

fn write_suite(out: &mut String, suite: &str, tests: &[&TestOut]) -> fmt::Result {
    let count = |outcome| tests.iter().filter(|test| test.outcome == outcome).count();
    writeln!(
        out,
        "<testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\">",
        Escaped(suite),
        tests.len(),
        count(Outcome::Failed),
        count(Outcome::Errored),
        count(Outcome::Skipped)
    )?;
    for test in tests {
        write_test(out, test)?;
    }
    out.write_str("</testsuite>\n")
}

fn write_test(out: &mut String, test: &TestOut) -> fmt::Result {
    write!(out, "<testcase classname=\"{}\" name=\"{}\"", Escaped(&test.class), Escaped(&test.name))?;
    if let Some(file) = &test.file {
        write!(out, " file=\"{}\"", Escaped(file))?;
    }
    if let Some(us) = test.duration_us {
        write!(out, " time=\"{}.{:06}\"", us / 1_000_000, us % 1_000_000)?;
    }
    let element = match test.outcome {
        Outcome::Passed if test.is_flaky => "flakyFailure",
        Outcome::Passed => return out.write_str("/>\n"),
        Outcome::Failed => "failure",
        Outcome::Errored => "error",
        Outcome::Skipped => "skipped",
    };
    write!(out, "><{element}")?;
    if let Some(message) = &test.message {
        write!(out, " message=\"{}\"", Escaped(message))?;
    }
    match &test.detail {
        Some(detail) => write!(out, ">{}</{element}>", Escaped(detail))?,
        None => out.write_str("/>")?,
    }
    out.write_str("</testcase>\n")
}

/// A text as it may stand in XML, in an attribute or between elements. What XML 1.0 has no way to write is left out.
struct Escaped<'a>(&'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\n' | '\r' | '\t' => write!(f, "&#{};", u32::from(c))?,
                '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
                c => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

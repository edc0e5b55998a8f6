//! Broken and hostile files: whatever is in a file, reading it ends with an answer, in bounded time.
//!
//! The changes are pseudo-random, but the same at each run: bounded by their number, not by the clock. This is the short
//! form of `cargo xtask fuzz`. `PLIMSOLL_MUTATIONS=1000` makes more of each sample.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

mod archives;
mod memory;
mod mutate;
mod texts;

use std::path::Path;

use plimsoll_format::{Input, Limits, ParseError, Sink, Warning};
use plimsoll_model::{FileCoverage, Finding, TestCase};
use plimsoll_registry::{decode, find, formats, inspect, parse};

use mutate::{Random, mutate};

struct Nothing;

impl Sink for Nothing {
    fn warning(&mut self, _: Warning) {}
}

fn samples_of(id: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../sample-reports").join(id);
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| !path.to_string_lossy().ends_with(".golden.json") && !path.ends_with("README.md"));
    paths.sort();
    paths.iter().map(|path| std::fs::read(path).unwrap()).collect()
}

/// What must hold for every item, whatever file it comes from.
struct Checks;

fn position(number: Option<u32>) {
    assert!(number != Some(0), "lines and columns count from 1");
}

impl Sink for Checks {
    fn test_case(&mut self, test: &TestCase<'_>) -> Result<(), ParseError> {
        position(test.line);
        Ok(())
    }

    fn file_coverage(&mut self, file: &FileCoverage<'_>) -> Result<(), ParseError> {
        for line in file.lines {
            position(Some(line.line));
            assert!(line.branches_covered <= line.branches, "more branches covered than there are: {line:?}");
        }
        Ok(())
    }

    fn finding(&mut self, finding: &Finding<'_>) -> Result<(), ParseError> {
        [finding.line, finding.column, finding.end_line].into_iter().for_each(position);
        assert!(finding.cvss.is_none_or(|score| (0.0..=10.0).contains(&score)), "CVSS {:?}", finding.cvss);
        assert!(finding.epss.is_none_or(|score| (0.0..=1.0).contains(&score)), "EPSS {:?}", finding.epss);
        Ok(())
    }

    fn warning(&mut self, warning: Warning) {
        assert!(warning.message.len() < 4096, "a warning of {} bytes", warning.message.len());
    }
}

/// Lines that `cargo xtask fuzz` found: a place whose line is 0.
#[test]
fn line_zero_is_no_line() {
    let limits = Limits::default();
    for (id, text) in [
        ("yamllint", "a.yaml\n  0:0       warning  missing document start  (document-start)\n"),
        ("ruff", "F401 [*] `os` imported but unused\n --> a.py:0:0\n"),
        ("pylint", "a.py:0:0: C0114: Missing module docstring (missing-module-docstring)\n"),
    ] {
        parse(find(id).unwrap(), &Input::new("report", text, &limits), &mut Checks).map_or_else(drop, drop);
    }
}

#[test]
fn damaged_samples_are_answered() {
    let limits = Limits::default();
    let mutations =
        std::env::var("PLIMSOLL_MUTATIONS").ok().and_then(|count| count.parse().ok()).unwrap_or(400);
    for format in formats() {
        let mut random = Random::new(1);
        for sample in samples_of(format.descriptor().id) {
            for _ in 0..mutations {
                let bytes = mutate(&sample, &mut random);
                let (text, _) = decode(&bytes);
                let input = Input::new("report", &text, &limits);
                format.sniff(&input);
                parse(format, &input, &mut Checks).map_or_else(drop, drop);
            }
        }
    }
}

#[test]
fn deep_nesting_is_refused_or_passed_over() {
    let depth = 200_000;
    for (open, close) in [("<a>", "</a>"), ("[", "]"), ("{\"a\":", "}")] {
        let text = format!("{}1{}", open.repeat(depth), close.repeat(depth));
        let limits = Limits::default();
        for format in formats() {
            let input = Input::new("report", &text, &limits);
            format.sniff(&input);
            parse(format, &input, &mut Nothing).map_or_else(drop, drop);
        }
    }
}

#[test]
fn nesting_inside_of_a_report_is_refused_by_name() {
    let suites = format!("{}{}", "<testsuite>".repeat(5000), "</testsuite>".repeat(5000));
    let inspections = inspect("junit.xml", suites.as_bytes(), &Limits::default());
    let error = inspections.first().unwrap().error.clone().unwrap();
    assert!(error.starts_with("limit `depth` is met: more than 128"), "{error}");
}

#[test]
fn entities_are_never_resolved() {
    // Each level of the first one would be ten times the one before: a gigabyte, were it resolved.
    let mut laughs = "<!ENTITY e0 'aaaaaaaaaa'>".to_owned();
    for level in 1..=8 {
        laughs.push_str(&format!("<!ENTITY e{level} '{}'>", format!("&e{};", level - 1).repeat(10)));
    }
    for (entities, name) in [
        (laughs.as_str(), "e8"),
        ("<!ENTITY a SYSTEM 'file:///etc/hostname'>", "a"),
        ("<!ENTITY a SYSTEM 'http://127.0.0.1:9/a'>", "a"),
        ("<!ENTITY % b SYSTEM 'http://127.0.0.1:9/b'> %b; <!ENTITY a 'a'>", "a"),
        ("<!ENTITY a '&a;'>", "a"),
    ] {
        for place in ["<failure>&NAME;</failure>", "<failure message='&NAME;'/>"] {
            let case = place.replace("NAME", name);
            let text = format!(
                "<!DOCTYPE t [{entities}]><testsuite><testcase name='x'>{case}</testcase></testsuite>"
            );
            let inspections = inspect("junit.xml", text.as_bytes(), &Limits::default());
            let error = inspections.first().unwrap().error.clone().unwrap();
            let expect = format!("the entity `&{name};` is not one of the five predefined ones");
            assert!(error.starts_with(&expect), "{error}");
        }
    }
}

#[test]
fn more_items_than_allowed_are_refused_by_name() {
    let limits = Limits { items: 2, ..Limits::default() };
    let text = "<testsuite><testcase name='a'/><testcase name='b'/><testcase name='c'/></testsuite>";
    let inspections = inspect("junit.xml", text.as_bytes(), &limits);
    let error = inspections.first().unwrap().error.clone().unwrap();
    assert!(error.starts_with("limit `items` is met: more than 2, in test 3"), "{error}");
}

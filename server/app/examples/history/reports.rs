//! The reports of a run: what a parser would hand over, and for the server the files themselves.

use std::fmt::Write as _;

use plimsoll_format::{ParseError, Sink, Warning};
use plimsoll_model::{
    FileChange, FileCoverage, Finding, FindingKind, LineCoverage, Outcome, Severity, TestCase,
};

use crate::project::{Run, Sizes};
use crate::random::{below, mix};

/// Commits in a change log.
const LOG: usize = 200;
/// Rules of the linter and of the security scanner.
const RULES: usize = 120;
/// Different texts of failures: what fails together has one cause.
const CAUSES: usize = 2_000;

/// The kinds of report that every run brings, in the order in which they are sent.
pub const REPORTS: [(&str, &str); 5] = [
    ("file-list", "files.txt"),
    ("git-numstat", "numstat.txt"),
    ("lcov", "coverage.info"),
    ("sarif", "lint.sarif"),
    ("junit", "tests.xml"),
];

/// Pushes the items of one report.
pub fn push(format: &str, sizes: &Sizes, run: &Run<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
    match format {
        "file-list" => files(sizes, sink),
        "git-numstat" => changes(sizes, run, sink),
        "lcov" => coverage(sizes, run, sink),
        "sarif" => findings(sizes, run, sink),
        _ => tests(sizes, run, sink),
    }
}

fn source(sizes: &Sizes, file: usize) -> String {
    let module = sizes.module_of(file, sizes.files);
    format!("services/m{module:03}/src/main/java/com/shop/m{module:03}/Part{file}.java")
}

fn files(sizes: &Sizes, sink: &mut dyn Sink) -> Result<(), ParseError> {
    for module in 0..sizes.modules {
        sink.listed_file(&format!("services/m{module:03}/pom.xml"))?;
    }
    for file in 0..sizes.files {
        sink.listed_file(&source(sizes, file))?;
    }
    for class in 0..sizes.classes() {
        let module = sizes.module_of(class, sizes.classes());
        sink.listed_file(&format!(
            "services/m{module:03}/src/test/java/com/shop/m{module:03}/Unit{class}Test.java"
        ))?;
    }
    Ok(())
}

fn changes(sizes: &Sizes, run: &Run<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
    for commit in run.state.commits.iter().rev().take(LOG) {
        let name = commit.name();
        for file in &commit.files {
            sink.file_change(&FileChange {
                commit: name.as_str().into(),
                committed_at: commit.time,
                path: source(sizes, *file as usize).into(),
                renamed_from: None,
                added: Some(3),
                deleted: Some(1),
            })?;
        }
    }
    Ok(())
}

fn tests(sizes: &Sizes, run: &Run<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
    for (at, state) in run.state.tests.iter().enumerate() {
        let class = at / 20;
        let module = sizes.module_of(class, sizes.classes());
        let class = format!("com.shop.m{module:03}.Unit{class}Test");
        let mut name = format!("keepsItsPromise{at}");
        if state.name > 0 {
            name += &format!("InCase{}", state.name);
        }
        let mut test = TestCase::new(class.clone(), class, name);
        test.duration_us = Some(sizes.duration_us(at, run.at));
        if state.fails {
            let cause = below(&[sizes.seed, 10, at as u64 / 20], CAUSES);
            test.outcome = Outcome::Failed;
            test.message = Some(format!("expected: <{cause}> but was: <{}>", cause * 7 % 100).into());
            let mut detail = format!("org.opentest4j.AssertionFailedError: cause {cause}\n");
            for frame in 0..12 {
                detail +=
                    &format!("\tat com.shop.m{cause:03}.Part{}.call(Part.java:{frame})\n", cause * frame);
            }
            test.detail = Some(detail.into());
        } else if at % 97 == 5 {
            test.outcome = Outcome::Skipped;
            test.duration_us = Some(0);
        }
        sink.test_case(&test)?;
    }
    Ok(())
}

fn coverage(sizes: &Sizes, run: &Run<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
    let mut lines = Vec::new();
    for (file, version) in run.state.files.iter().enumerate() {
        lines.clear();
        let seed = mix(&[sizes.seed, 11, file as u64]);
        let mut number = 5;
        for at in 0..sizes.lines {
            number += if below(&[seed, u64::from(at)], 5) == 0 { 3 } else { 1 };
            let is_covered = mix(&[seed, 1, u64::from(at)]) % 100 < 72;
            let branches = if at % 9 == 4 { 2 } else { 0 };
            let branches_covered =
                if is_covered { branches - u32::from(at % 2 == 0).min(branches) } else { 0 };
            lines.push(LineCoverage {
                line: number,
                hits: u64::from(is_covered),
                branches,
                branches_covered,
            });
        }
        // Each version of a file has another line covered or uncovered.
        for version in 1..=u64::from(*version) {
            if let Some(line) = lines.get_mut(below(&[seed, 2, version], sizes.lines as usize)) {
                line.hits = 1 - line.hits.min(1);
                line.branches_covered = line.branches_covered.min(u32::from(line.hits > 0) * line.branches);
            }
        }
        sink.file_coverage(&FileCoverage { path: source(sizes, file).into(), lines: &lines })?;
    }
    Ok(())
}

fn findings(sizes: &Sizes, run: &Run<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
    for (at, state) in run.state.findings.iter().enumerate() {
        let seed = mix(&[sizes.seed, 12, at as u64, u64::from(state.identity)]);
        let rule = below(&[seed, 1], RULES);
        let is_security = rule.is_multiple_of(10);
        let kind = if is_security { FindingKind::Weakness } else { FindingKind::Code };
        let severities = [Severity::Info, Severity::Low, Severity::Medium, Severity::High];
        let severity = severities.get(below(&[seed, 2, u64::from(state.rating)], 4)).copied();
        let severity = severity.unwrap_or(Severity::Low);
        let message = format!("`value{}` is used before it is checked", below(&[seed, 3], 5_000));
        let mut finding = Finding::new("lint", format!("rule-{rule:03}"), kind, severity, message);
        finding.path = Some(source(sizes, below(&[seed, 4], sizes.files)).into());
        finding.line = Some(1 + u32::try_from(below(&[seed, 5], 300)).unwrap_or_default() + state.moved);
        finding.column = Some(5);
        finding.fingerprint = Some(format!("{seed:016x}").into());
        sink.finding(&finding)?;
    }
    Ok(())
}

/// The report as a file, for the server.
pub fn file(format: &str, sizes: &Sizes, run: &Run<'_>) -> Result<Vec<u8>, ParseError> {
    let mut text = Text { out: String::new(), last: String::new(), format: format.to_owned() };
    match format {
        "file-list" => text.out.push_str("# plimsoll file-list\n"),
        "sarif" => text.out.push_str(
            "{\"version\":\"2.1.0\",\"runs\":[{\"tool\":{\"driver\":{\"name\":\"lint\"}},\"results\":[",
        ),
        "junit" => text.out.push_str("<?xml version=\"1.0\"?>\n<testsuites>\n"),
        _ => {}
    }
    push(format, sizes, run, &mut text)?;
    match format {
        "sarif" => text.out.push_str("]}]}"),
        "junit" => text.out.push_str("</testsuite>\n</testsuites>\n"),
        _ => {}
    }
    Ok(text.out.into_bytes())
}

/// Writes what it is handed in the form of a tool. What the generator makes needs no escaping but for angle brackets.
struct Text {
    out: String,
    last: String,
    format: String,
}

impl Text {
    fn write(&mut self, arguments: std::fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        self.out.write_fmt(arguments).ok();
    }
}

impl Sink for Text {
    fn test_case(&mut self, test: &TestCase<'_>) -> Result<(), ParseError> {
        if self.last != test.suite {
            let end = if self.last.is_empty() { "" } else { "</testsuite>\n" };
            self.write(format_args!("{end}<testsuite name=\"{}\">\n", test.suite));
            self.last = test.suite.clone().into_owned();
        }
        let seconds = test.duration_us.unwrap_or(0) as f64 / 1e6;
        self.write(format_args!(
            "<testcase classname=\"{}\" name=\"{}\" time=\"{seconds:.3}\"",
            test.class, test.name
        ));
        let escaped = |text: &str| text.replace('<', "&lt;").replace('>', "&gt;");
        match (&test.message, &test.detail) {
            (Some(message), Some(detail)) => self.write(format_args!(
                "><failure message=\"{}\">{}</failure></testcase>\n",
                escaped(message),
                escaped(detail)
            )),
            _ if test.outcome == Outcome::Skipped => self.out.push_str("><skipped/></testcase>\n"),
            _ => self.out.push_str("/>\n"),
        }
        Ok(())
    }

    fn file_coverage(&mut self, file: &FileCoverage<'_>) -> Result<(), ParseError> {
        self.write(format_args!("SF:{}\n", file.path));
        for line in file.lines {
            self.write(format_args!("DA:{},{}\n", line.line, line.hits));
            for branch in 0..line.branches {
                let taken = u32::from(branch < line.branches_covered);
                self.write(format_args!("BRDA:{},0,{branch},{taken}\n", line.line));
            }
        }
        self.out.push_str("end_of_record\n");
        Ok(())
    }

    fn finding(&mut self, finding: &Finding<'_>) -> Result<(), ParseError> {
        let comma = if self.last.is_empty() { "" } else { "," };
        ",".clone_into(&mut self.last);
        let result = serde_json::json!({
            "ruleId": finding.rule,
            "level": "warning",
            "message": {"text": finding.message},
            "partialFingerprints": {"primaryLocationLineHash": finding.fingerprint},
            "locations": [{"physicalLocation": {
                "artifactLocation": {"uri": finding.path},
                "region": {"startLine": finding.line, "startColumn": finding.column},
            }}],
        });
        self.write(format_args!("{comma}{result}"));
        Ok(())
    }

    fn file_change(&mut self, change: &FileChange<'_>) -> Result<(), ParseError> {
        if self.last != change.commit {
            self.last = change.commit.clone().into_owned();
            self.write(format_args!("\n\u{1}{} {}\n", change.commit, change.committed_at));
        }
        self.write(format_args!(
            "{}\t{}\t{}\n",
            change.added.unwrap_or(0),
            change.deleted.unwrap_or(0),
            change.path
        ));
        Ok(())
    }

    fn listed_file(&mut self, path: &str) -> Result<(), ParseError> {
        self.write(format_args!("{path}\n"));
        Ok(())
    }

    fn warning(&mut self, warning: Warning) {
        // The generator gives none.
        tracing::warn!(format = %self.format, ?warning, "a generated report has a warning");
    }
}

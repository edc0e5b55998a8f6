use plimsoll_format::{Input, Limits, ParseError, Sink, Warning};
use plimsoll_model::{FileChange, FileCoverage, FileDiff, Finding, TestCase};
use plimsoll_registry::{CountingSink, Inspection, Report, decode, find, parse};
use serde_json::{Map, Value, json};

use crate::samples::{Sample, repository};

/// How many items of each report the golden shows in full.
const SHOWN: usize = 6;

/// Compares what is read from a sample with its golden, or writes it where the environment says so.
pub fn check(sample: &Sample) -> Result<(), String> {
    let found = describe(sample);
    let path =
        repository().join("sample-reports").join(&sample.folder).join(format!("{}.golden.json", sample.name));
    if std::env::var_os("PLIMSOLL_ACCEPT").is_some() {
        std::fs::write(&path, &found).map_err(|error| format!("{sample}: {error}"))?;
        return Ok(());
    }
    let golden = std::fs::read_to_string(&path).unwrap_or_default();
    match first_difference(&golden, &found) {
        None => Ok(()),
        Some((line, golden, found)) => Err(format!(
            "{sample}: differs from its golden in line {line}:\n  golden: {golden}\n  found:  {found}\n  \
             (if that is right: run with PLIMSOLL_ACCEPT=1 and review the difference)"
        )),
    }
}

fn first_difference(golden: &str, found: &str) -> Option<(usize, String, String)> {
    let (mut left, mut right) = (golden.lines(), found.lines());
    for line in 1.. {
        match (left.next(), right.next()) {
            (None, None) => return None,
            (a, b) if a == b => {}
            (a, b) => return Some((line, a.unwrap_or("").to_owned(), b.unwrap_or("").to_owned())),
        }
    }
    None
}

fn describe(sample: &Sample) -> String {
    let limits = Limits::default();
    let format = find(&sample.folder).unwrap();
    let (text, warning) = decode(&sample.bytes);
    let mut sink = Shown { counts: CountingSink::default(), items: Vec::new() };
    if let Some(warning) = warning {
        sink.warning(warning);
    }
    let outcome = parse(format, &Input::new(&sample.name, &text, &limits), &mut sink);
    let items = sink.items;
    let inspection = Inspection::of(Report {
        name: sample.name.clone(),
        format: Some(format.descriptor()),
        outcome: outcome.map(|()| sink.counts).map_err(Into::into),
    });
    let items: Vec<String> = items.iter().map(|item| format!("    {item}")).collect();
    format!("{{\n  \"inspection\": {inspection},\n  \"items\": [\n{}\n  ]\n}}\n", items.join(",\n"))
}

struct Shown {
    counts: CountingSink,
    items: Vec<Value>,
}

impl Shown {
    /// Fields without a value are left out, so that a golden is short enough to be reviewed.
    fn push(&mut self, item: Value) {
        if self.items.len() >= SHOWN {
            return;
        }
        let Value::Object(fields) = item else { return };
        let is_something = |value: &Value| match value {
            Value::Null | Value::Bool(false) => false,
            Value::Array(elements) => !elements.is_empty(),
            Value::String(text) => !text.is_empty(),
            _ => true,
        };
        self.items
            .push(fields.into_iter().filter(|(_, value)| is_something(value)).collect::<Map<_, _>>().into());
    }
}

impl Sink for Shown {
    fn test_case(&mut self, test: &TestCase<'_>) -> Result<(), ParseError> {
        self.push(json!({
            "suite": test.suite, "class": test.class, "name": test.name, "file": test.file, "line": test.line,
            "outcome": test.outcome.as_str(), "duration_us": test.duration_us, "message": test.message,
            "detail_lines": test.detail.as_ref().map(|detail| detail.lines().count()),
            "reruns": (test.reruns > 0).then_some(test.reruns), "is_flaky": test.is_flaky, "is_suite": test.is_suite,
        }));
        self.counts.test_case(test)
    }

    fn file_coverage(&mut self, file: &FileCoverage<'_>) -> Result<(), ParseError> {
        let line = |line: &plimsoll_model::LineCoverage| {
            if line.branches == 0 {
                format!("{}:{}", line.line, line.hits)
            } else {
                format!("{}:{} {}/{}", line.line, line.hits, line.branches_covered, line.branches)
            }
        };
        let lines: Vec<String> = file.lines.iter().take(20).map(line).collect();
        self.push(json!({ "path": file.path, "lines": lines.join(", "), "count": file.lines.len() }));
        self.counts.file_coverage(file)
    }

    fn source_root(&mut self, path: &str) -> Result<(), ParseError> {
        self.push(json!({ "source_root": path }));
        Ok(())
    }

    fn finding(&mut self, finding: &Finding<'_>) -> Result<(), ParseError> {
        let package = finding.package.as_ref().map(|package| {
            let of = |text: &Option<std::borrow::Cow<'_, str>>| text.clone().unwrap_or_default().into_owned();
            [
                package.name.to_string(),
                of(&package.version),
                of(&package.fixed_version),
                of(&package.purl),
                of(&package.ecosystem),
            ]
            .join(" | ")
        });
        let aliases: Vec<String> = finding.aliases.iter().map(ToString::to_string).collect();
        let suppression = finding.suppression.as_ref();
        self.push(json!({
            "tool": finding.tool, "rule": finding.rule, "rule_name": finding.rule_name, "help_uri": finding.help_uri,
            "kind": finding.kind.as_str(), "severity": finding.severity.as_str(), "message": finding.message,
            "path": finding.path, "line": finding.line, "column": finding.column, "end_line": finding.end_line,
            "fingerprint": finding.fingerprint, "context": finding.context, "package": package, "aliases": aliases,
            "cwe": finding.cwe, "cvss": finding.cvss, "cvss_vector": finding.cvss_vector,
            "cvss_source": finding.cvss_source, "epss": finding.epss,
            "is_exploited": finding.is_exploited.then_some(true),
            "suppression": suppression.map(|s| format!("{}: {}", s.place, s.reason.as_deref().unwrap_or(""))),
        }));
        self.counts.finding(finding)
    }

    fn file_change(&mut self, change: &FileChange<'_>) -> Result<(), ParseError> {
        self.push(json!({
            "commit": change.commit, "committed_at": change.committed_at, "path": change.path,
            "renamed_from": change.renamed_from, "added": change.added, "deleted": change.deleted,
        }));
        Ok(())
    }

    fn listed_file(&mut self, path: &str) -> Result<(), ParseError> {
        self.push(json!({ "path": path }));
        Ok(())
    }

    fn settings(&mut self, text: &str) -> Result<(), ParseError> {
        self.push(json!({ "first_line": text.lines().next(), "lines": text.lines().count() }));
        Ok(())
    }

    fn diff_base(&mut self, commit: &str) -> Result<(), ParseError> {
        self.push(json!({ "base": commit }));
        Ok(())
    }

    fn file_diff(&mut self, file: &FileDiff<'_>) -> Result<(), ParseError> {
        let hunk = |hunk: &plimsoll_model::Hunk| {
            format!("-{},{} +{},{}", hunk.old_start, hunk.old_lines, hunk.new_start, hunk.new_lines)
        };
        let hunks: Vec<String> = file.hunks.iter().map(hunk).collect();
        self.push(json!({
            "path": file.path, "renamed_from": file.renamed_from, "is_deleted": file.is_deleted, "hunks": hunks,
        }));
        Ok(())
    }

    fn warning(&mut self, warning: Warning) {
        self.counts.warning(warning);
    }
}

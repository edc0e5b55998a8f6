//! `go test -json`.
//!
//! # Produced by
//! `go test -json ./...`, gotestsum (`--jsonfile`).
//!
//! # Looks like
//! One event a line: `{"Time":…,"Action":"pass","Package":"example.com/shop","Test":"TestAdd","Elapsed":0.01}`.
//!
//! # Maps to
//! The last `pass`, `fail` or `skip` of each (package, test) → test; the output of a failed test → detail.
//!
//! # Not read
//! Benchmarks' figures, the output of what passed.
//!
//! # Quirks
//! See [`GO_TEST_JSON`].

use std::borrow::Cow;
use std::collections::HashMap;

use plimsoll_format::{
    Confidence, Descriptor, Docs, Format, Input, ParseError, Sink, Warning, WarningCode, json, seconds_to_us,
};
use plimsoll_model::{Outcome, ReportKind, TestCase};
use serde::Deserialize;

use crate::failure::{describe, suite_failure};

/// Test events of Go.
pub struct GoTestJson;

static GO_TEST_JSON: Descriptor = Descriptor {
    id: "go-test-json",
    name: "go test -json",
    kind: ReportKind::Tests,
    tools: &["go test", "gotestsum"],
    globs: &["*go-test*.json", "*gotest*.json", "*go-test*.out"],
    link: "https://pkg.go.dev/cmd/test2json",
    version: 1,
    docs: Docs {
        produced_by: "`go test -json ./... > go-test.json`, `gotestsum --jsonfile go-test.json`.",
        maps_to: "The last result of each (package, test), subtests and the tests around them each → test: `Package` → class, `Test` → name, \
            `Elapsed` → duration. pass → passed; fail → failed; skip → skipped. Output of a failed test → detail, its first line of \
            the form `file.go:12: text` → message. A package that failed though none of its tests did (it was not built, \
            `TestMain` failed) becomes an entry of its own, with a warning; it is no test case.",
        not_read: "Benchmarks' figures, the output of tests that passed, coverage lines.",
        quirks: "A test that began and never ended counts as errored where its package failed (a panic or a time-out ended both), \
            else it is left out with a warning. With `-count=2` the last result counts. Lines of the build between the events are skipped with \
            a warning. All tests are kept in memory until the end: a test's last result may be the file's last line.",
    },
};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Event<'a> {
    #[serde(borrow)]
    action: json::Text<'a>,
    #[serde(default, borrow)]
    package: Option<json::Text<'a>>,
    #[serde(default, borrow)]
    test: Option<json::Text<'a>>,
    #[serde(default)]
    elapsed: json::Number,
    #[serde(default, borrow)]
    output: Option<json::Text<'a>>,
}

/// More of a failed test's output than this is of no use to anybody.
const MAX_OUTPUT: usize = 64 << 10;

#[derive(Default)]
struct Run {
    outcome: Option<Outcome>,
    duration_us: Option<u64>,
    output: String,
}

#[derive(Default)]
struct Package<'a> {
    has_failed: bool,
    output: String,
    tests: Vec<(Cow<'a, str>, Run)>,
    places: HashMap<Cow<'a, str>, usize>,
}

impl<'a> Package<'a> {
    fn run(&mut self, test: Cow<'a, str>) -> Option<&mut Run> {
        let next = self.tests.len();
        let place = *self.places.entry(test.clone()).or_insert(next);
        if place == next {
            self.tests.push((test, Run::default()));
        }
        self.tests.get_mut(place).map(|(_, run)| run)
    }
}

impl Format for GoTestJson {
    fn descriptor(&self) -> &'static Descriptor {
        &GO_TEST_JSON
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        // The build's own words may stand before the first event.
        for line in plimsoll_format::text::lines(input.head())
            .filter(|line| line.text.trim_start().starts_with('{'))
            .take(4)
        {
            let Some(head) = json::head(line.text) else { continue };
            let is_event =
                head.has("Action") && !head.has("action") && head.has_any(&["Package", "Test", "ImportPath"]);
            if is_event {
                return Confidence::Certain;
            }
        }
        Confidence::No
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        let mut packages: Vec<(Cow<'_, str>, Package<'_>)> = Vec::new();
        let mut places: HashMap<Cow<'_, str>, usize> = HashMap::new();
        json::lines(input, sink, |_, event: Event<'_>| {
            let name = event.package.clone().unwrap_or_default().into_cow();
            let next = packages.len();
            let place = *places.entry(name.clone()).or_insert(next);
            if place == next {
                packages.push((name, Package::default()));
            }
            if let Some((_, package)) = packages.get_mut(place) {
                take(package, event);
            }
            Ok(())
        })?;
        for (name, package) in &packages {
            push_package(name, package, sink)?;
        }
        push_unbuilt(input.text, sink)
    }
}

/// Up to Go 1.23 a package that cannot be built has no event, only a line of its own:
/// `FAIL`, a tab, `example.com/shop [build failed]`.
fn push_unbuilt(text: &str, sink: &mut dyn Sink) -> Result<(), ParseError> {
    for line in plimsoll_format::text::lines(text) {
        let Some((package, reason)) = line.text.strip_prefix("FAIL\t").and_then(|rest| rest.split_once(" ["))
        else {
            continue;
        };
        if matches!(reason, "build failed]" | "setup failed]") {
            let mut test = suite_failure("", package, Outcome::Errored, sink);
            test.message = Some(Cow::Borrowed(reason.trim_end_matches(']')));
            sink.test_case(&test)?;
        }
    }
    Ok(())
}

fn take<'a>(package: &mut Package<'a>, event: Event<'a>) {
    let outcome = match &*event.action {
        "pass" => Some(Outcome::Passed),
        "fail" => Some(Outcome::Failed),
        "skip" => Some(Outcome::Skipped),
        "output" | "run" => None,
        _ => return,
    };
    match event.test.and_then(json::Text::non_empty) {
        None => {
            package.has_failed |= outcome == Some(Outcome::Failed);
            add_output(&mut package.output, event.output.as_deref());
        }
        Some(test) => {
            let Some(run) = package.run(test) else { return };
            add_output(&mut run.output, event.output.as_deref());
            if outcome.is_some() {
                run.outcome = outcome;
                run.duration_us = event.elapsed.0.and_then(seconds_to_us);
                if outcome != Some(Outcome::Failed) {
                    run.output = String::new();
                }
            }
        }
    }
}

fn add_output(kept: &mut String, output: Option<&str>) {
    if let Some(output) = output.filter(|output| !is_frame(output) && kept.len() + output.len() <= MAX_OUTPUT)
    {
        kept.push_str(output);
    }
}

/// `=== RUN   TestAdd`, `--- FAIL: TestAdd (0.00s)`: what the events say better.
fn is_frame(output: &str) -> bool {
    let line = output.trim_start();
    line.starts_with("=== ")
        || line.starts_with("--- PASS")
        || line.starts_with("--- FAIL")
        || line.starts_with("--- SKIP")
}

fn push_package(name: &str, package: &Package<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
    let mut has_bad = false;
    for (test_name, run) in &package.tests {
        let outcome = match run.outcome {
            Some(outcome) => outcome,
            None if package.has_failed => Outcome::Errored,
            None => {
                let message = format!("the test `{test_name}` of `{name}` has no result");
                sink.warning(Warning::new(WarningCode::UnknownOutcome, message));
                continue;
            }
        };
        has_bad |= outcome.is_bad();
        let mut test = TestCase::new("", name, &**test_name);
        test.outcome = outcome;
        test.duration_us = run.duration_us;
        if outcome.is_bad() {
            describe(&mut test, message(&run.output), Some(Cow::Borrowed(&run.output)));
        }
        sink.test_case(&test)?;
    }
    if package.has_failed && !has_bad {
        let mut test = suite_failure("", name, Outcome::Errored, sink);
        describe(&mut test, None, Some(Cow::Borrowed(&package.output)));
        sink.test_case(&test)?;
    }
    Ok(())
}

/// The first line of the form `    cart_test.go:12: want 3, got 4`.
fn message(output: &str) -> Option<Cow<'_, str>> {
    output
        .lines()
        .map(str::trim)
        .find(|line| line.contains(".go:") && !line.starts_with('/'))
        .map(Cow::Borrowed)
}

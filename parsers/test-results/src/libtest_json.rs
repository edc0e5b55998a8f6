//! The JSON of Rust's own test harness.
//!
//! # Produced by
//! `cargo test -- -Z unstable-options --format json`, `cargo nextest run --message-format libtest-json`.
//!
//! # Looks like
//! `{"type":"suite","event":"started","test_count":2}`, `{"type":"test","event":"ok","name":"cart::adds","exec_time":0.01}`.
//!
//! # Maps to
//! Each final event of a test → test.
//!
//! # Not read
//! Benchmarks, the output of what passed.
//!
//! # Quirks
//! See [`LIBTEST_JSON`].

use std::borrow::Cow;

use plimsoll_format::{
    Confidence, Descriptor, Docs, Format, Input, ParseError, Sink, Warning, WarningCode, json, seconds_to_us,
};
use plimsoll_model::{Outcome, ReportKind, TestCase};
use serde::Deserialize;

use crate::failure::describe;

/// Rust's libtest JSON.
pub struct LibtestJson;

static LIBTEST_JSON: Descriptor = Descriptor {
    id: "libtest-json",
    name: "Rust libtest JSON",
    kind: ReportKind::Tests,
    tools: &["cargo test", "cargo-nextest"],
    globs: &["*libtest*.json", "*cargo-test*.json"],
    link: "https://doc.rust-lang.org/rustc/tests/index.html#--format-format",
    version: 1,
    docs: Docs {
        produced_by: "`cargo test -- -Z unstable-options --format json --report-time`, `cargo nextest run --message-format libtest-json`.",
        maps_to: "Each event `ok`, `failed` or `ignored` of type `test` → test: the part of `name` before the last `::` → class, the \
            rest → name, `exec_time` → duration, `message` and `stdout` → message and detail. A `timeout` alone is none of them.",
        not_read: "Benchmarks, `suite` events but for their count, the output of tests that passed.",
        quirks: "nextest writes the binary's name before a `$`. A suite that announces more tests than end is a warning: the process \
            died. Documentation tests have a file and a line for a name.",
    },
};

#[derive(Deserialize)]
struct Event<'a> {
    #[serde(rename = "type", borrow)]
    kind: json::Text<'a>,
    #[serde(default, borrow)]
    event: Option<json::Text<'a>>,
    #[serde(default, borrow)]
    name: Option<json::Text<'a>>,
    #[serde(default)]
    exec_time: json::Number,
    #[serde(default, borrow)]
    stdout: Option<json::Text<'a>>,
    #[serde(default, borrow)]
    message: Option<json::Text<'a>>,
    #[serde(default)]
    test_count: json::Number,
}

impl Format for LibtestJson {
    fn descriptor(&self) -> &'static Descriptor {
        &LIBTEST_JSON
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        for line in
            plimsoll_format::text::lines(input.head()).filter(|line| line.text.starts_with('{')).take(4)
        {
            let Some(head) = json::head(line.text) else { continue };
            let is_suite = head.value("type") == Some("suite") && head.has("event");
            let is_test = head.value("type") == Some("test") && head.has_all(&["event", "name"]);
            if is_suite || is_test {
                return Confidence::Certain;
            }
        }
        Confidence::No
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        let (mut announced, mut ended) = (0_u64, 0_u64);
        json::lines(input, sink, |sink, event: Event<'_>| {
            let outcome = match (&*event.kind, event.event.as_deref().unwrap_or_default()) {
                ("test", "ok") => Outcome::Passed,
                ("test", "failed") => Outcome::Failed,
                ("test", "ignored") => Outcome::Skipped,
                ("suite", "started") => {
                    announced = announced.saturating_add(event.test_count.count().unwrap_or(0));
                    return Ok(());
                }
                _ => return Ok(()),
            };
            ended += 1;
            push(event, outcome, sink)
        })?;
        if announced > ended {
            let message = format!(
                "{announced} tests were announced, but only {ended} ended: a test process may have died"
            );
            sink.warning(Warning::new(WarningCode::TotalMismatch, message));
        }
        Ok(())
    }
}

fn push(event: Event<'_>, outcome: Outcome, sink: &mut dyn Sink) -> Result<(), ParseError> {
    let full = event.name.unwrap_or_default();
    let (suite, path) = full.split_once('$').unwrap_or(("", &full));
    let (class, name) = path.rsplit_once("::").unwrap_or(("", path));
    let mut test = TestCase::new(suite, class, name);
    test.outcome = outcome;
    test.duration_us = event.exec_time.0.and_then(seconds_to_us);
    if outcome != Outcome::Passed {
        let stdout = event.stdout.map(json::Text::into_cow);
        // The harness repeats itself before the first panic; the panic's own words come in the line behind it.
        let panic = stdout.as_deref().and_then(|text| {
            let mut lines = text.lines().skip_while(|line| !line.contains(" panicked at "));
            let place = lines.next()?;
            Some(lines.next().filter(|line| !line.is_empty()).unwrap_or(place).to_owned())
        });
        let message = event.message.map(json::Text::into_cow).or(panic.map(Cow::Owned));
        describe(&mut test, message, stdout);
    }
    sink.test_case(&test)
}

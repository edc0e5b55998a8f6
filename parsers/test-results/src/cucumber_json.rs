//! Cucumber's JSON.
//!
//! # Produced by
//! Cucumber for Ruby, JVM and JavaScript, Behave, pytest-bdd, godog, SpecFlow's converters, Karate.
//!
//! # Looks like
//! `[{"uri","name","elements":[{"type":"scenario","name","line","steps":[{"result":{"status","duration"}}]}]}]`.
//!
//! # Maps to
//! Each scenario → test, by the worst of its steps and hooks; `name` of the feature → suite, `uri` → file.
//!
//! # Not read
//! Tags, comments, tables, embedded files, output.
//!
//! # Quirks
//! See [`CUCUMBER_JSON`].

use std::borrow::Cow;

use plimsoll_format::{Confidence, Descriptor, Docs, Format, Input, ParseError, Sink, json};
use plimsoll_model::{Outcome, ReportKind, TestCase};
use serde::Deserialize;

use crate::failure::{describe, outcome_of};

/// Cucumber JSON.
pub struct CucumberJson;

static CUCUMBER_JSON: Descriptor = Descriptor {
    id: "cucumber-json",
    name: "Cucumber JSON",
    kind: ReportKind::Tests,
    tools: &["Cucumber", "pytest-bdd", "godog", "Karate", "Behave"],
    globs: &["*cucumber*.json"],
    link: "https://github.com/cucumber/cucumber-json-schema",
    version: 2,
    docs: Docs {
        produced_by: "`cucumber-js --format json:cucumber.json`, `cucumber --format json --out cucumber.json`, \
            `--plugin json:cucumber.json` (JVM), `pytest --cucumberjson=cucumber.json`, `godog --format cucumber`.",
        maps_to: "Each element that is no background → test: the feature's `name` → suite, the element's `name` → name, `uri` and \
            `line` → place, the durations of steps and hooks (nanoseconds) → duration, the first `error_message` → \
            message and detail. The worst step or hook counts: failed → failed; undefined, ambiguous, error → errored; skipped, \
            pending, untested → skipped; passed → passed.",
        not_read: "Tags, comments, tables, doc strings, embedded files, output.",
        quirks: "A background's steps stand in an element of their own before each scenario: they count for the scenario that follows. The \
            examples of an outline have the same name. Behave gives durations in seconds and `location` instead of `uri`; its scenarios \
            have a `status` of their own, which counts where it is worse than that of the steps: a hook may have failed.",
    },
};

#[derive(Deserialize)]
struct Feature<'a> {
    #[serde(default, borrow)]
    uri: Option<json::Text<'a>>,
    /// What Behave writes instead of `uri`: `features/cart.feature:1`.
    #[serde(default, borrow)]
    location: Option<json::Text<'a>>,
    #[serde(default, borrow)]
    name: Option<json::Text<'a>>,
    #[serde(default, deserialize_with = "json::or_default", borrow)]
    elements: Vec<Scenario<'a>>,
}

#[derive(Deserialize)]
struct Scenario<'a> {
    #[serde(default, rename = "type", borrow)]
    kind: Option<json::Text<'a>>,
    #[serde(default, borrow)]
    name: Option<json::Text<'a>>,
    #[serde(default)]
    line: json::Number,
    /// Behave's, in the place of `line`.
    #[serde(default, borrow)]
    location: Option<json::Text<'a>>,
    /// Behave's own judgement: it knows of hooks that failed, which are no steps.
    #[serde(default, borrow)]
    status: Option<json::Text<'a>>,
    #[serde(default, deserialize_with = "json::or_default", borrow)]
    steps: Vec<Step<'a>>,
    #[serde(default, deserialize_with = "json::or_default", borrow)]
    before: Vec<Step<'a>>,
    #[serde(default, deserialize_with = "json::or_default", borrow)]
    after: Vec<Step<'a>>,
}

#[derive(Deserialize)]
struct Step<'a> {
    #[serde(default, borrow)]
    result: Option<StepResult<'a>>,
    #[serde(default, deserialize_with = "json::or_default", borrow)]
    before: Vec<Step<'a>>,
    #[serde(default, deserialize_with = "json::or_default", borrow)]
    after: Vec<Step<'a>>,
}

#[derive(Deserialize)]
struct StepResult<'a> {
    #[serde(default, borrow)]
    status: Option<json::Text<'a>>,
    #[serde(default)]
    duration: json::Number,
    #[serde(default, borrow)]
    error_message: Option<Lines<'a>>,
}

/// Behave splits a message at its line ends.
#[derive(Deserialize)]
#[serde(untagged)]
enum Lines<'a> {
    #[serde(borrow)]
    Whole(Cow<'a, str>),
    Split(Vec<String>),
    Other(serde::de::IgnoredAny),
}

impl Lines<'_> {
    fn text(&self) -> Option<String> {
        match self {
            Self::Whole(text) => Some(text.to_string()),
            Self::Split(lines) => Some(lines.join("\n")),
            Self::Other(_) => None,
        }
    }
}

const OUTCOMES: &[(&str, Outcome)] = &[
    ("passed", Outcome::Passed),
    ("failed", Outcome::Failed),
    ("skipped", Outcome::Skipped),
    ("undefined", Outcome::Errored),
    ("ambiguous", Outcome::Errored),
    ("error", Outcome::Errored),
    ("hook_error", Outcome::Errored),
    ("cleanup_error", Outcome::Errored),
    ("pending", Outcome::Skipped),
    ("untested", Outcome::Skipped),
    ("unknown", Outcome::Skipped),
    ("unused", Outcome::Skipped),
    ("untested_pending", Outcome::Skipped),
    ("untested_undefined", Outcome::Skipped),
    ("pending_warn", Outcome::Skipped),
    ("xfailed", Outcome::Skipped),
    ("xpassed", Outcome::Passed),
];

/// What the steps that were looked at so far come to.
#[derive(Default)]
struct Sum {
    outcome: Option<Outcome>,
    duration: f64,
    error: Option<String>,
}

impl Sum {
    fn add(&mut self, steps: &[Step<'_>], sink: &mut dyn Sink) {
        for step in steps {
            self.add(&step.before, sink);
            if let Some(result) = &step.result {
                let outcome = outcome_of(OUTCOMES, result.status.as_deref().unwrap_or("unknown"), sink);
                // A step that undefined steps before it kept from running says less than they do.
                self.outcome = self.outcome.max(Some(outcome));
                self.duration += result.duration.0.filter(|ns| *ns > 0.0).unwrap_or(0.0);
                if self.error.is_none() && outcome.is_bad() {
                    self.error = result.error_message.as_ref().and_then(Lines::text);
                }
            }
            self.add(&step.after, sink);
        }
    }
}

impl Format for CucumberJson {
    fn descriptor(&self) -> &'static Descriptor {
        &CUCUMBER_JSON
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        let Some(head) = json::head(input.head()).filter(|head| head.is_array) else { return Confidence::No };
        if head.has("elements")
            && head.has_any(&["uri", "keyword", "location", "elements[].keyword", "elements[].steps"])
        {
            return Confidence::Certain;
        }
        if head.has_all(&["uri", "keyword", "name"]) { Confidence::Likely } else { Confidence::No }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        let mut reader = json::Reader::new(input);
        reader.array(|reader| push_feature(&reader.read()?, sink))?;
        reader.finish()
    }
}

fn push_feature(feature: &Feature<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
    let behave = feature.location.as_deref().filter(|_| feature.uri.is_none());
    let (file, ns_per_unit) = match behave {
        Some(location) => (Some(location.rsplit_once(':').map_or(location, |(file, _)| file)), 1e9),
        None => (feature.uri.as_deref().map(|uri| uri.strip_prefix("file:").unwrap_or(uri)), 1.0),
    };
    let mut sum = Sum::default();
    for element in &feature.elements {
        for steps in [&element.before, &element.steps, &element.after] {
            sum.add(steps, sink);
        }
        if element.kind.as_deref() == Some("background") {
            continue;
        }
        let Sum { outcome, duration, error } = std::mem::take(&mut sum);
        let suite = feature.name.as_deref().unwrap_or_default();
        let mut test = TestCase::new(suite, "", element.name.as_deref().unwrap_or_default());
        test.file = file.filter(|file| !file.is_empty()).map(Cow::Borrowed);
        let place = element.location.as_deref().and_then(|location| location.rsplit_once(':'));
        let line = place.and_then(|(_, line)| line.parse().ok()).filter(|line| *line > 0);
        test.line = element.line.position().or(line);
        let status = element.status.as_deref().filter(|status| !status.is_empty());
        let judged = status.map(|status| outcome_of(OUTCOMES, status, sink));
        // A scenario without steps ran nothing, unless Behave says that it passed.
        test.outcome = outcome.max(judged).unwrap_or(Outcome::Skipped);
        test.duration_us = (duration > 0.0).then_some((duration * ns_per_unit / 1000.0) as u64);
        describe(&mut test, None, error.map(Cow::Owned));
        sink.test_case(&test)?;
    }
    Ok(())
}

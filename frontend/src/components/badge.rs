//! Badges: a mark, a word and a colour, so that none of them has to be seen.

use leptos::prelude::*;
use plimsoll_api::{FindingState, RunState, RunSummary, TestState, Tone, UploadState};
use plimsoll_model::{Outcome, Severity};

/// A badge.
pub fn badge(tone: Tone, mark: &'static str, text: impl Into<String>) -> AnyView {
    view! {
        <span class=format!("badge {}", tone_class(tone))>
            <span aria-hidden="true">{mark}</span> " " {text.into()}
        </span>
    }
    .into_any()
}

/// The class that colours a tone.
pub fn tone_class(tone: Tone) -> &'static str {
    match tone {
        Tone::Bad => "bad",
        Tone::Warn => "warn",
        Tone::Good => "good",
        Tone::Neutral => "neutral",
    }
}

/// The mark that says a tone without colour.
pub fn tone_mark(tone: Tone) -> &'static str {
    match tone {
        Tone::Bad => "✕",
        Tone::Warn => "◐",
        Tone::Good => "✓",
        Tone::Neutral => "·",
    }
}

/// How a test ended.
pub fn outcome(outcome: Outcome) -> AnyView {
    match outcome {
        Outcome::Passed => badge(Tone::Good, "✓", "passed"),
        Outcome::Skipped => badge(Tone::Neutral, "–", "skipped"),
        Outcome::Failed => badge(Tone::Bad, "✕", "failed"),
        Outcome::Errored => badge(Tone::Bad, "!", "errored"),
    }
}

/// What a test does against the baseline; nothing where it does the same.
pub fn test_state(state: TestState) -> Option<AnyView> {
    Some(match state {
        TestState::NewlyFailing => badge(Tone::Bad, "▲", "newly failing"),
        TestState::StillFailing => badge(Tone::Warn, "=", "still failing"),
        TestState::Fixed => badge(Tone::Good, "✓", "fixed"),
        TestState::New => badge(Tone::Neutral, "+", "new"),
        TestState::Removed => badge(Tone::Neutral, "−", "removed"),
        TestState::Unchanged => return None,
    })
}

/// A flaky test.
pub fn flaky() -> AnyView {
    badge(Tone::Warn, "≈", "flaky")
}

/// How bad a finding is: from pale to strong, with its letter.
pub fn severity(severity: Severity) -> AnyView {
    let word = severity.as_str();
    view! {
        <span class=format!("badge severity {word}")>
            <b aria-hidden="true">{severity_letter(severity)}</b> " " {word}
        </span>
    }
    .into_any()
}

/// The letter of a severity.
pub fn severity_letter(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "C",
        Severity::High => "H",
        Severity::Medium => "M",
        Severity::Low => "L",
        Severity::Info => "I",
        Severity::Unknown => "?",
    }
}

/// A finding against the baseline.
pub fn finding_state(state: FindingState) -> AnyView {
    match state {
        FindingState::New => badge(Tone::Bad, "▲", "new"),
        FindingState::Reopened => badge(Tone::Bad, "↺", "reopened"),
        FindingState::Existing => view! { <span class="quiet">"existing"</span> }.into_any(),
        FindingState::Fixed => badge(Tone::Good, "✓", "fixed"),
        FindingState::Suppressed => badge(Tone::Neutral, "–", "suppressed"),
        FindingState::Reviewed => badge(Tone::Neutral, "☑", "reviewed"),
    }
}

/// How far an upload is.
pub fn upload_state(state: UploadState) -> AnyView {
    match state {
        UploadState::Queued => badge(Tone::Neutral, "…", "queued"),
        UploadState::Processing => badge(Tone::Neutral, "…", "being read"),
        UploadState::Stored => badge(Tone::Good, "✓", "stored"),
        UploadState::Failed => badge(Tone::Bad, "✕", "not readable"),
        UploadState::Replaced => badge(Tone::Neutral, "–", "replaced"),
    }
}

/// What is to be said of a run in one word: the worst thing about it.
pub fn run(run: &RunSummary) -> AnyView {
    match verdict(run) {
        (tone, text) if run.state == RunState::Processing => badge(tone, "…", text),
        (tone, text) => badge(tone, tone_mark(tone), text),
    }
}

/// The worst thing about a run. Without gates a run is judged by its tests and by what is new in it.
pub fn verdict(run: &RunSummary) -> (Tone, String) {
    let failing = run.measures.tests.map_or(0, |tests| tests.failing());
    match run.state {
        RunState::Processing => (Tone::Neutral, "being read".to_owned()),
        RunState::Partial => (Tone::Warn, format!("partial, {} missing", run.missing_shards.len())),
        RunState::Complete if failing > 0 => {
            (Tone::Bad, crate::format::counted(failing, "test fails", "tests fail"))
        }
        RunState::Complete => match run.changes.and_then(|changes| changes.new_security) {
            Some(new) if new > 0 => (Tone::Warn, format!("{} new in security", crate::format::count(new))),
            _ if run.measures.tests.is_some() => (Tone::Good, "tests pass".to_owned()),
            _ => (Tone::Neutral, "no tests".to_owned()),
        },
    }
}

//! `plimsoll.toml`: what the repository says of itself.
//!
//! # Produced by
//! By hand; `plimsoll upload` and `plimsoll ingest` send it with the reports.
//!
//! # Looks like
//! A TOML file of the name `plimsoll.toml`. Other tools' TOML files look the same, so it is recognised by its name only.
//!
//! # Maps to
//! Its text, whole: what it means is read where the run's other reports are known.
//!
//! # Not read
//! Nothing is left out.
//!
//! # Quirks
//! A file that was cut cannot be told from a shorter one here; the reader of the settings says so where it breaks TOML's
//! rules.

use plimsoll_format::{Confidence, Descriptor, Docs, Format, Input, ParseError, ParseErrorKind, Sink};
use plimsoll_model::ReportKind;

/// The settings of a repository.
pub struct PlimsollToml;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "plimsoll-toml",
    name: "plimsoll.toml",
    kind: ReportKind::Settings,
    tools: &["plimsoll"],
    globs: &["plimsoll.toml"],
    link: "https://toml.io/en/v1.0.0",
    version: 1,
    docs: Docs {
        produced_by: "By hand, at the root of the repository; `plimsoll upload` and `plimsoll ingest` send it with the \
                      reports.",
        maps_to: "Modules, the gate's rules, reviews of findings, budgets, retention and defaults of the upload, as \
                  `docs/settings.md` describes them.",
        not_read: "Nothing is left out; a mistake is a warning `bad-setting` that names line and key.",
        quirks: "Recognised by its name only, `plimsoll.toml` or `*.plimsoll.toml`. A file that was cut is told from a \
                 shorter one only where it breaks TOML's rules, and then as a `bad-setting`.",
    },
};

impl Format for PlimsollToml {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        let name = input.name.rsplit(['/', '\\', '!']).next().unwrap_or(input.name);
        let is_named = name == "plimsoll.toml" || name.strip_suffix(".plimsoll.toml").is_some();
        let is_other = input.head().trim_start().starts_with(['<', '{']);
        if is_named && !is_other && !input.head().trim().is_empty() {
            Confidence::Certain
        } else {
            Confidence::No
        }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        if input.text.trim().is_empty() {
            return Err(ParseError::new(ParseErrorKind::Empty));
        }
        sink.settings(input.text)
    }
}

//! gcovr's JSON report.
//!
//! # Produced by
//! `gcovr --json`.
//!
//! # Looks like
//! `gcovr/format_version` and `files`, each with `file` and `lines` of `line_number`, `count`, `branches`.
//!
//! # Maps to
//! One file for each entry of `files`, its lines with their counts and branches.
//!
//! # Not read
//! Functions, calls, conditions and decisions; what gcovr marks as excluded or as no code. The `--json-summary`.
//!
//! # Quirks
//! A line occurs once for each instantiation of a template; the greatest count stays.

use plimsoll_format::{Confidence, Descriptor, Docs, Format, Input, ParseError, Sink, json};
use plimsoll_model::ReportKind;

use crate::gcov_lines;

/// gcovr's JSON report.
pub struct GcovrJson;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "gcovr-json",
    name: "gcovr JSON",
    kind: ReportKind::Coverage,
    tools: &["gcovr"],
    globs: &["gcovr*.json", "coverage.gcovr.json"],
    link: "https://gcovr.com/en/stable/output/json.html",
    version: 1,
    docs: Docs {
        produced_by: "`gcovr --json`.",
        maps_to: "Each entry of `files` is a file; `line_number` and `count` are a line and its hits, `branches` with \
                  a count above 0 are taken.",
        not_read: "Functions, calls, conditions and decisions; lines and branches that gcovr marks as excluded or as \
                   no code. `--json-summary` holds no lines and is not read.",
        quirks: "A line occurs once for each instantiation of a template; the greatest count stays.",
    },
};

impl Format for GcovrJson {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        let is_ours = json::head(input.head())
            .is_some_and(|head| head.has_any(&["gcovr/format_version", "files[].lines[].gcovr/md5"]));
        if is_ours { Confidence::Certain } else { Confidence::No }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        let mut reader = json::Reader::new(input);
        reader.object(|reader, key| if key == "files" { gcov_lines::files(reader, sink) } else { Ok(()) })?;
        reader.finish()
    }
}

//! gcov's own JSON.
//!
//! # Produced by
//! `gcov --json-format`, which writes it compressed: `a.gcov.json.gz`.
//!
//! # Looks like
//! `gcc_version`, `format_version` and `files`, each with `file`, `functions` and `lines` of `line_number`, `count`,
//! `branches`.
//!
//! # Maps to
//! One file for each entry of `files`, its lines with their counts and branches.
//!
//! # Not read
//! Functions, basic blocks, calls, conditions.
//!
//! # Quirks
//! A line of a template or a header occurs once for each instantiation; the greatest count stays.

use plimsoll_format::{Confidence, Descriptor, Docs, Format, Input, ParseError, Sink, json};
use plimsoll_model::ReportKind;

use crate::gcov_lines;

/// gcov's own JSON.
pub struct GcovJson;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "gcov-json",
    name: "gcov JSON",
    kind: ReportKind::Coverage,
    tools: &["gcov"],
    globs: &["*.gcov.json.gz", "*.gcov.json"],
    link: "https://gcc.gnu.org/onlinedocs/gcc/Invoking-Gcov.html",
    version: 1,
    docs: Docs {
        produced_by: "`gcov --json-format --branch-probabilities`; the compressed `.gcov.json.gz` is read as it is.",
        maps_to: "Each entry of `files` is a file or a part of it; `line_number` and `count` are a line and its hits, \
                  `branches` with a count above 0 are taken.",
        not_read: "Functions, basic blocks, calls and conditions.",
        quirks: "A line of a template or a header occurs once for each instantiation; the greatest count stays.",
    },
};

impl Format for GcovJson {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        let Some(head) = json::head(input.head()) else { return Confidence::No };
        if head.has("gcovr/format_version") {
            return Confidence::No;
        }
        let is_ours = head.has("gcc_version")
            || head.has_all(&["files[].lines[].line_number", "files[].lines[].unexecuted_block"])
            || head.has_all(&["files[].functions[].demangled_name", "files[].functions[].blocks_executed"]);
        if is_ours { Confidence::Certain } else { Confidence::No }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        json::documents(input, |reader| {
            reader.object(|reader, key| if key == "files" { gcov_lines::files(reader, sink) } else { Ok(()) })
        })
    }
}

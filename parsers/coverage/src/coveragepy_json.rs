//! coverage.py's JSON report.
//!
//! # Produced by
//! `coverage json`, `pytest --cov-report=json`.
//!
//! # Looks like
//! `meta`, `files` by path with `executed_lines`, `missing_lines`, `executed_branches`, `missing_branches`, and `totals`.
//!
//! # Maps to
//! One file for each entry. An executed line has 1 hit; the report does not count executions. A pair of lines in a
//! branch list is a branch on its first line.
//!
//! # Not read
//! Excluded lines, contexts, and the parts by function and class, which say the same again.
//!
//! # Quirks
//! A branch to a negative line leaves the function.

use plimsoll_format::{Confidence, Descriptor, Docs, Format, Input, ParseError, Sink, json};
use plimsoll_model::{LineCoverage, ReportKind};

use crate::branches::{Branches, sort_distinct};
use crate::counts::total_mismatch;
use crate::line_buffer::push_in_parts;

/// coverage.py's JSON report.
pub struct CoveragepyJson;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "coveragepy-json",
    name: "coverage.py JSON",
    kind: ReportKind::Coverage,
    tools: &["coverage.py", "pytest-cov"],
    globs: &["coverage.json"],
    link: "https://coverage.readthedocs.io/en/latest/commands/cmd_json.html",
    version: 1,
    docs: Docs {
        produced_by: "`coverage json`, `pytest --cov --cov-report=json`.",
        maps_to: "Each entry of `files` is a file. Executed lines have 1 hit, missing lines none; each pair in \
                  `executed_branches` and `missing_branches` is a branch on its first line.",
        not_read: "Excluded lines, contexts, and the parts by function and class, which say the same again.",
        quirks: "How often a line was executed is not in the report.",
    },
};

impl Format for CoveragepyJson {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        let Some(head) = json::head(input.head()) else { return Confidence::No };
        // Where the keys are sorted, the files come before what the report says of itself.
        let has_lines =
            |(path, _): &(String, _)| path.starts_with("files.") && path.ends_with(".executed_lines");
        let is_ours = head.has_all(&["meta.version", "files"])
            && head.has_any(&["meta.branch_coverage", "meta.show_contexts"])
            || head.fields.iter().any(has_lines);
        if is_ours { Confidence::Certain } else { Confidence::No }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        let mut reader = json::Reader::new(input);
        let mut counted = (0, 0);
        let mut declared = (None, None);
        reader.object(|reader, key| match key {
            "files" => reader.object(|reader, path| {
                let (all, covered) = file(reader, path, sink)?;
                counted = (counted.0 + all, counted.1 + covered);
                Ok(())
            }),
            "totals" => reader.object(|reader, key| {
                match key {
                    "num_statements" => declared.0 = reader.read::<json::Number>()?.count(),
                    "covered_lines" => declared.1 = reader.read::<json::Number>()?.count(),
                    _ => {}
                }
                Ok(())
            }),
            _ => Ok(()),
        })?;
        reader.finish()?;
        for (what, declared, counted) in
            [("lines", declared.0, counted.0), ("covered lines", declared.1, counted.1)]
        {
            if let Some(declared) = declared.filter(|declared| *declared != counted) {
                total_mismatch(sink, what, declared, counted);
            }
        }
        Ok(())
    }
}

/// Gives the numbers of lines and of covered lines.
fn file(reader: &mut json::Reader<'_>, path: &str, sink: &mut dyn Sink) -> Result<(u64, u64), ParseError> {
    let mut lines: Vec<LineCoverage> = Vec::new();
    let mut branches = Branches::default();
    reader.object(|reader, key| {
        match key {
            "executed_lines" | "missing_lines" => {
                let hits = u64::from(key == "executed_lines");
                reader.array(|reader| {
                    let line = reader.read::<json::Number>()?.position();
                    lines.extend(line.map(|line| LineCoverage { line, hits, ..LineCoverage::default() }));
                    Ok(())
                })?;
            }
            "executed_branches" | "missing_branches" => {
                let is_taken = key == "executed_branches";
                reader.array(|reader| {
                    let ends: Vec<json::Number> = reader.read()?;
                    if let [from, to] = ends.as_slice()
                        && let Some(line) = from.position()
                    {
                        // The target is the branch's identity only.
                        branches.add(line, to.0.map(|to| to as i64), is_taken);
                    }
                    Ok(())
                })?;
            }
            _ => {}
        }
        Ok(())
    })?;
    sort_distinct(&mut lines);
    branches.attach(&mut lines, path, sink);
    push_in_parts(sink, path, &lines)?;
    Ok((lines.len() as u64, lines.iter().filter(|line| line.hits > 0).count() as u64))
}

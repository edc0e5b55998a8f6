//! Istanbul's JSON (`coverage-final.json`).
//!
//! # Produced by
//! nyc, c8, Jest, Vitest and Karma with Istanbul's `json` reporter; Salesforce's `sf apex run test`.
//!
//! # Looks like
//! An object of files, each with `path`, `statementMap`, `branchMap` and the counts `s`, `b`.
//!
//! # Maps to
//! One file for each entry: a statement is counted on the line where it begins, the most often executed one of a
//! line gives its hits; each way of a branch is a branch on the branch's line.
//!
//! # Not read
//! Functions, columns, source maps. The `json-summary` report, which has no lines, is another format.
//!
//! # Quirks
//! The keys come in any order, the maps may follow the counts; old instrumenters wrap a file into `data`.

use std::collections::HashMap;

use plimsoll_format::{
    Confidence, Descriptor, Docs, Format, Input, ParseError, Sink, Warning, WarningCode, json,
};
use plimsoll_model::{LineCoverage, ReportKind};
use serde::Deserialize;

use crate::branches::{Branches, sort_distinct};
use crate::line_buffer::push_in_parts;

/// Istanbul's JSON.
pub struct IstanbulJson;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "istanbul-json",
    name: "Istanbul JSON",
    kind: ReportKind::Coverage,
    tools: &["nyc", "c8", "Jest", "Vitest", "Karma", "Salesforce CLI"],
    globs: &["coverage-final.json"],
    link: "https://github.com/gotwarlost/istanbul/blob/master/coverage.json.md",
    version: 1,
    docs: Docs {
        produced_by: "Istanbul's `json` reporter: `nyc --reporter=json`, `c8 --reporter=json`, Jest's and Vitest's \
                      `coverageReporters: ['json']`.",
        maps_to: "Each entry is a file, by its `path`. A statement counts on the line where it begins; of several on \
                  a line the most often executed one gives the hits. Each way of a branch is a branch on the line \
                  where the branch begins.",
        not_read: "Functions, columns and source maps. `coverage-summary.json` holds no lines and is not read.",
        quirks: "A branch on a line where no statement begins counts for the nearest line before it. The wrapping \
                 `data` of old instrumenters is looked into.",
    },
};

impl Format for IstanbulJson {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        let Some(head) = json::head(input.head()) else { return Confidence::No };
        let Some((first, _)) = head.fields.first() else { return Confidence::No };
        let inside: Vec<&str> = head
            .fields
            .iter()
            .filter_map(|(path, _)| path.strip_prefix(first.as_str())?.strip_prefix('.'))
            .map(|key| key.strip_prefix("data.").unwrap_or(key))
            .filter(|key| matches!(*key, "path" | "statementMap" | "fnMap" | "branchMap" | "s" | "f" | "b"))
            .collect();
        match inside.len() {
            0 | 1 => Confidence::No,
            _ if inside.iter().any(|key| key.ends_with("Map")) => Confidence::Certain,
            _ => Confidence::Likely,
        }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        let mut reader = json::Reader::new(input);
        reader.object(|reader, key| {
            if reader.peek()? != json::Kind::Object {
                let message = format!("{} is no file", reader.path());
                sink.warning(Warning::new(WarningCode::SkippedElement, message));
                return Ok(());
            }
            let mut entry: File<'_> = reader.read()?;
            if let Some(inner) = entry.data.take() {
                entry = *inner;
            }
            file(key, &entry, sink)
        })?;
        reader.finish()
    }
}

/// One file as it is written, or the wrapping of one.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct File<'a> {
    #[serde(borrow, default)]
    path: Option<json::Text<'a>>,
    #[serde(borrow, default, deserialize_with = "json::or_default")]
    statement_map: HashMap<json::Text<'a>, Span>,
    #[serde(borrow, default, deserialize_with = "json::or_default")]
    branch_map: HashMap<json::Text<'a>, Branch>,
    #[serde(borrow, default, deserialize_with = "json::or_default")]
    s: HashMap<json::Text<'a>, json::Number>,
    #[serde(borrow, default, deserialize_with = "json::or_default")]
    b: HashMap<json::Text<'a>, Option<Vec<json::Number>>>,
    #[serde(borrow, default)]
    data: Option<Box<Self>>,
}

#[derive(Deserialize, Default)]
struct Span {
    #[serde(default, deserialize_with = "json::or_default")]
    start: Place,
}

#[derive(Deserialize, Default)]
struct Place {
    #[serde(default)]
    line: json::Number,
}

#[derive(Deserialize)]
struct Branch {
    #[serde(default)]
    line: json::Number,
    #[serde(default, deserialize_with = "json::or_default")]
    loc: Span,
    #[serde(default, deserialize_with = "json::or_default")]
    locations: Vec<Span>,
}

impl Branch {
    fn line(&self) -> Option<u32> {
        self.loc
            .start
            .line
            .position()
            .or_else(|| self.line.position())
            .or_else(|| self.locations.iter().find_map(|span| span.start.line.position()))
    }
}

fn file(key: &str, file: &File<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
    let path = file.path.as_deref().filter(|path| !path.is_empty()).unwrap_or(key);
    let mut lines = Vec::with_capacity(file.s.len());
    let mut lost = 0_u64;
    for (id, hits) in &file.s {
        match file.statement_map.get(id).and_then(|span| span.start.line.position()) {
            Some(line) => {
                lines.push(LineCoverage { line, hits: hits.count().unwrap_or(0), ..LineCoverage::default() });
            }
            None => lost += 1,
        }
    }
    sort_distinct(&mut lines);
    let mut branches = Branches::default();
    for (id, ways) in &file.b {
        match file.branch_map.get(id).and_then(Branch::line) {
            Some(line) => {
                for (index, hits) in ways.iter().flatten().enumerate() {
                    branches.add(line, (id, index), hits.count().unwrap_or(0) > 0);
                }
            }
            None => lost += 1,
        }
    }
    branches.attach(&mut lines, path, sink);
    if lost > 0 {
        let message = format!("{lost} statements or branches of `{path}` have counts, but no place");
        sink.warning(Warning::new(WarningCode::SkippedElement, message));
    }
    push_in_parts(sink, path, &lines)
}

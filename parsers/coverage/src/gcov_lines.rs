use std::borrow::Cow;

use plimsoll_format::{ParseError, Sink, Warning, WarningCode, json};
use plimsoll_model::LineCoverage;
use serde::Deserialize;

use crate::counts::saturated;
use crate::line_buffer::push_in_parts;

/// A line as gcov writes it, and gcovr after it.
#[derive(Deserialize)]
struct Line {
    #[serde(default)]
    line_number: json::Number,
    #[serde(default)]
    count: json::Number,
    #[serde(default, deserialize_with = "json::or_default")]
    branches: Vec<Branch>,
    #[serde(default, rename = "gcovr/noncode", deserialize_with = "json::or_default")]
    is_no_code: bool,
    #[serde(default, rename = "gcovr/excluded", deserialize_with = "json::or_default")]
    is_excluded: bool,
}

#[derive(Deserialize)]
struct Branch {
    #[serde(default)]
    count: json::Number,
    #[serde(default, rename = "gcovr/excluded", deserialize_with = "json::or_default")]
    is_excluded: bool,
}

/// Reads the array `files` of gcov's and gcovr's JSON: per file its name and its lines, in any order.
pub(crate) fn files(reader: &mut json::Reader<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
    reader.array(|reader| {
        let mut path: Cow<'_, str> = Cow::Borrowed("");
        let mut lines = Vec::new();
        reader.object(|reader, key| {
            match key {
                "file" => path = reader.read::<json::Text<'_>>()?.into_cow(),
                "lines" => reader.array(|reader| {
                    let line: Line = reader.read()?;
                    lines.extend(convert(&line));
                    Ok(())
                })?,
                _ => {}
            }
            Ok(())
        })?;
        if path.is_empty() {
            let message = format!("{} has no name", reader.path());
            sink.warning(Warning::new(WarningCode::MissingPath, message));
        }
        push_in_parts(sink, &path, &lines)
    })
}

fn convert(line: &Line) -> Option<LineCoverage> {
    if line.is_no_code || line.is_excluded {
        return None;
    }
    let branches = || line.branches.iter().filter(|branch| !branch.is_excluded);
    let taken = branches().filter(|branch| branch.count.count().unwrap_or(0) > 0);
    Some(LineCoverage {
        line: line.line_number.position()?,
        hits: line.count.count().unwrap_or(0),
        branches: saturated(branches().count() as u64),
        branches_covered: saturated(taken.count() as u64),
    })
}

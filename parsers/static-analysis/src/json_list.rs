//! What the formats share whose report is one JSON list.

use plimsoll_format::{Confidence, Input, ParseError, json};
use serde::Deserialize;

/// Reads the elements of a list one at a time; `null` is an empty list.
pub fn each<'a, T: Deserialize<'a>>(
    input: &Input<'a>,
    mut item: impl FnMut(T) -> Result<(), ParseError>,
) -> Result<(), ParseError> {
    let mut reader = json::Reader::new(input);
    reader.array(|reader| {
        let element: Option<T> = reader.read()?;
        element.map_or(Ok(()), &mut item)
    })?;
    reader.finish()
}

/// Detection for such a format. Its first elements tell what it is by their keys, all of which must be there. An empty
/// list tells nothing: then, and only then, the file's name decides, which must hold the tool's name.
pub fn sniff(input: &Input<'_>, keys: &[&str], tool: &str) -> Confidence {
    let Some(head) = json::head(input.head()).filter(|head| head.is_array) else { return Confidence::No };
    if head.has_all(keys) {
        return Confidence::Certain;
    }
    let is_empty = input.text.len() < 64 && input.text.split_whitespace().collect::<String>() == "[]";
    if is_empty && input.name.to_ascii_lowercase().contains(tool) {
        Confidence::Maybe
    } else {
        Confidence::No
    }
}

/// The same for a format that shares its keys with others: the first value at `key` must begin with one of `marks`.
pub fn sniff_one_of(input: &Input<'_>, keys: &[&str], key: &str, marks: &[&str], tool: &str) -> Confidence {
    match json::head(input.head()) {
        Some(head) if head.is_array && head.has_all(keys) => {
            let value = head.value(key).unwrap_or_default();
            if marks.iter().any(|mark| value.starts_with(mark)) {
                Confidence::Certain
            } else {
                Confidence::No
            }
        }
        _ => sniff(input, keys, tool),
    }
}

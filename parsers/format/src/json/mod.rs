//! Reading JSON within bounds: the outer shape by hand, one field and one element at a time; the small values in it
//! through serde, borrowed from the input.
//!
//! ```
//! # use std::borrow::Cow;
//! # use plimsoll_format::{Input, Limits, ParseError, json};
//! #[derive(serde::Deserialize)]
//! struct Issue<'a> {
//!     #[serde(borrow)]
//!     rule: json::Text<'a>,
//!     #[serde(default, borrow)]
//!     message: Option<json::Text<'a>>,
//! }
//!
//! # fn read(input: &Input<'_>) -> Result<Vec<String>, ParseError> {
//! let mut rules = Vec::new();
//! let mut reader = json::Reader::new(input);
//! reader.object(|reader, key| match key {
//!     "issues" => reader.array(|reader| {
//!         let issue: Issue = reader.read()?; // one element at a time: memory does not grow with the file
//!         rules.push(issue.rule.to_string());
//!         Ok(())
//!     }),
//!     _ => Ok(()), // what a closure does not read is skipped
//! })?;
//! reader.finish()?;
//! # Ok(rules)
//! # }
//! # let limits = Limits::default();
//! # let text = r#"{"version": 1, "issues": [{"rule": "a", "extra": [1, {}]}, {"rule": 7, "message": null}]}"#;
//! # assert_eq!(read(&Input::new("", text, &limits)), Ok(vec!["a".to_owned(), "7".to_owned()]));
//! ```
//!
//! `null` in the place of an object or an array is an empty one, because tools write it so.

mod cursor;
mod head;
mod lines;
mod mend;
mod plain;
mod reader;
mod values;

use serde::Deserialize;

pub use head::{Head, head};
pub use lines::{documents, lines};
pub use mend::without_trailing_commas;
pub use reader::{Kind, Reader};
pub use values::{Number, Text, or_default, skip_bad};

use crate::{Input, ParseError};

/// Reads a whole small document at once. For files that can be large, see [`Reader`].
///
/// # Errors
/// Where the document is malformed or does not fit `T`.
pub fn document<'a, T: Deserialize<'a>>(input: &Input<'a>) -> Result<T, ParseError> {
    let mut reader = Reader::new(input);
    let value = reader.read()?;
    reader.finish()?;
    Ok(value)
}

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// What a diff says of one file, or a part of it: a long list of hunks may come in several parts, in order. Only where
/// something changed; never what stood there.
#[derive(Debug, Clone, PartialEq)]
pub struct FileDiff<'a> {
    /// The path after the change; of a deleted file the path before.
    pub path: Cow<'a, str>,
    /// The path before, where the file was renamed or copied.
    pub renamed_from: Option<Cow<'a, str>>,
    /// The file is gone.
    pub is_deleted: bool,
    /// In ascending order; none where the file was only renamed.
    pub hunks: &'a [Hunk],
}

/// Lines that were taken out and lines that stand in their place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Hunk {
    /// The first line that was taken out, from 1; where none was, the line after which something was put in.
    pub old_start: u32,
    /// How many were taken out.
    pub old_lines: u32,
    /// The first line that was put in, from 1; where none was, the line after which something was taken out.
    pub new_start: u32,
    /// How many were put in.
    pub new_lines: u32,
}

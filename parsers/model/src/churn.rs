use std::borrow::Cow;

/// One file in one commit. Without a name: who made the change is not read.
#[derive(Debug, Clone, PartialEq)]
pub struct FileChange<'a> {
    /// The commit's identifier.
    pub commit: Cow<'a, str>,
    /// When it was committed, seconds since 1970 UTC.
    pub committed_at: i64,
    /// The path after the change.
    pub path: Cow<'a, str>,
    /// The path before, where the commit renamed the file.
    pub renamed_from: Option<Cow<'a, str>>,
    /// Lines added; `None` for a binary file.
    pub added: Option<u32>,
    /// Lines deleted; `None` for a binary file.
    pub deleted: Option<u32>,
}

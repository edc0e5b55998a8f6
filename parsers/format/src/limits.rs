use serde::{Deserialize, Serialize};

/// The bounds of what is read. Each has a name, under which an error reports it and a setting changes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Bytes of one report as it is received.
    pub file_bytes: u64,
    /// Bytes of one upload after decompression, all files of an archive together. A compressed report is expanded in
    /// memory, so this is also what one may cost there; one that comes uncompressed is mapped, and costs none.
    pub expanded_bytes: u64,
    /// Decompressed size divided by compressed size.
    pub expansion_ratio: u64,
    /// Files in one archive.
    pub archive_entries: u64,
    /// Archives inside archives.
    pub archive_depth: u64,
    /// Nesting of elements or values.
    pub depth: u64,
    /// Attributes of one element.
    pub attributes: u64,
    /// Bytes of one text or attribute value. Texts that are only shown are shortened instead.
    pub text_bytes: u64,
    /// Items (tests, files, findings, changes) of one report.
    pub items: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: 1 << 30,
            expanded_bytes: 1 << 30,
            expansion_ratio: 200,
            archive_entries: 10_000,
            archive_depth: 2,
            depth: 128,
            attributes: 256,
            text_bytes: 16 << 20,
            items: 5_000_000,
        }
    }
}

/// Which limit was met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each is the field of `Limits` of the same name")]
pub enum LimitName {
    FileBytes,
    ExpandedBytes,
    ExpansionRatio,
    ArchiveEntries,
    ArchiveDepth,
    Depth,
    Attributes,
    TextBytes,
    Items,
}

impl LimitName {
    /// The name as settings and errors write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FileBytes => "file_bytes",
            Self::ExpandedBytes => "expanded_bytes",
            Self::ExpansionRatio => "expansion_ratio",
            Self::ArchiveEntries => "archive_entries",
            Self::ArchiveDepth => "archive_depth",
            Self::Depth => "depth",
            Self::Attributes => "attributes",
            Self::TextBytes => "text_bytes",
            Self::Items => "items",
        }
    }
}

//! What is about the repository itself, its changes, files and settings: one file per format.

mod date;
mod file_list;
mod git_numstat;
mod plimsoll_toml;
mod quoted_path;
mod unified_diff;

use plimsoll_format::Format;

/// The formats of this family.
pub fn formats() -> &'static [&'static dyn Format] {
    &[
        &file_list::FileList,
        &git_numstat::GitNumstat,
        &plimsoll_toml::PlimsollToml,
        &unified_diff::UnifiedDiff,
    ]
}

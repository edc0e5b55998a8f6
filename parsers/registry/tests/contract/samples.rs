use std::fmt;
use std::path::{Path, PathBuf};

use plimsoll_format::Format;

/// One file of `sample-reports/<format-id>/`.
pub struct Sample {
    pub folder: String,
    pub name: String,
    pub bytes: Vec<u8>,
}

impl Sample {
    /// The name without its endings: `typical` of `typical.cobertura.xml`.
    pub fn stem(&self) -> &str {
        self.name.split('.').next().unwrap_or_default()
    }

    /// A tool that found nothing may write nothing, or an empty list: such a sample has no format of its own, and whoever
    /// sends it has to name it.
    pub fn is_blank(&self) -> bool {
        matches!(self.bytes.trim_ascii(), b"" | b"[]" | b"{}" | b"null")
    }
}

impl fmt::Display for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sample-reports/{}/{}", self.folder, self.name)
    }
}

pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The folders that ought to be named after formats. `bookstore` is the history that the demo shows.
pub fn sample_folders() -> Vec<String> {
    entries(&repository().join("sample-reports"))
        .into_iter()
        .filter(|path| path.is_dir())
        .map(|path| file_name(&path))
        .filter(|name| name != "bookstore")
        .collect()
}

pub fn samples_of(id: &str) -> Vec<Sample> {
    entries(&repository().join("sample-reports").join(id))
        .into_iter()
        .filter(|path| path.is_file())
        .filter(|path| !path.ends_with("README.md") && !file_name(path).ends_with(".golden.json"))
        .map(|path| Sample {
            folder: id.to_owned(),
            name: file_name(&path),
            bytes: std::fs::read(&path).unwrap(),
        })
        .collect()
}

pub fn all_samples(formats: &[&'static dyn Format]) -> Vec<Sample> {
    formats.iter().flat_map(|format| samples_of(format.descriptor().id)).collect()
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

//! Finding reports among other files.

use std::path::{Path, PathBuf};

use plimsoll_analysis::settings::Glob;
use walkdir::{DirEntry, WalkDir};

/// Folders that hold other people's files or build products that are never reports.
const SKIPPED: &[&str] = &[
    ".git",
    ".hg",
    ".svn",
    "node_modules",
    ".venv",
    "venv",
    "__pycache__",
    ".tox",
    ".nox",
    ".mypy_cache",
    ".ruff_cache",
    ".pytest_cache",
    ".gradle",
    ".idea",
    ".vscode",
    "vendor",
    ".cargo",
    ".terraform",
];

/// Only files with one of these names' ends are looked into.
const ENDS: &[&str] = &[
    ".xml",
    ".json",
    ".jsonl",
    ".ndjson",
    ".sarif",
    ".info",
    ".lcov",
    ".trx",
    ".tap",
    ".txt",
    ".out",
    ".log",
    ".cov",
    ".coverprofile",
    ".coveragexml",
    ".gz",
    ".zst",
    ".zip",
    ".tgz",
    ".vex",
    ".cdx",
];

/// What is looked for.
#[derive(Debug, Default)]
pub struct Found {
    /// Files that may be reports, in the order of their paths.
    pub files: Vec<PathBuf>,
    /// What could not be read.
    pub problems: Vec<String>,
}

/// Walks folders and takes files as they are. A file that was named is always taken; one that was found in a folder
/// only if its name may be that of a report and no pattern of `exclude` fits. Patterns are about the path below `root`.
pub fn find(paths: &[PathBuf], root: &Path, exclude: &[Glob]) -> Found {
    let mut found = Found::default();
    for path in paths {
        if path.is_file() {
            found.files.push(path.clone());
            continue;
        }
        let walk = WalkDir::new(path)
            .sort_by_file_name()
            .into_iter()
            .filter_entry(|entry| entry.depth() == 0 || !is_skipped(entry));
        for entry in walk {
            match entry {
                Ok(entry)
                    if entry.file_type().is_file()
                        && may_be_report(entry.path())
                        && !is_excluded(entry.path(), root, exclude) =>
                {
                    found.files.push(entry.into_path())
                }
                Ok(_) => {}
                Err(error) => found.problems.push(error.to_string()),
            }
        }
    }
    found
}

fn is_excluded(path: &Path, root: &Path, exclude: &[Glob]) -> bool {
    if exclude.is_empty() {
        return false;
    }
    let absolute = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let path = absolute(path);
    let below = path.strip_prefix(absolute(root)).unwrap_or(&path).to_string_lossy().replace('\\', "/");
    exclude.iter().any(|glob| glob.matches(below.trim_start_matches('/')))
}

fn is_skipped(entry: &DirEntry) -> bool {
    entry.file_type().is_dir() && entry.file_name().to_str().is_some_and(|name| SKIPPED.contains(&name))
}

fn may_be_report(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_ascii_lowercase();
    ENDS.iter().any(|end| name.ends_with(end))
}

use std::fmt;

use serde::{Deserialize, Serialize};

/// A path inside the repository: relative, forward slashes, no `.` or `..`, no drive.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RepoPath(String);

impl RepoPath {
    /// Brings a path as a report or a version control system writes it into the repository's form.
    ///
    /// Backslashes become slashes; a drive, a `file:` scheme, leading slashes and `.` parts are dropped; `..` takes
    /// back the part before it. `None` if nothing is left. Whether such a path exists in the repository is another
    /// question, which path resolution answers.
    pub fn normalise(raw: &str) -> Option<Self> {
        let raw = raw.trim();
        let raw = raw.strip_prefix("file:").map_or(raw, |rest| rest.trim_start_matches('/'));
        let mut parts: Vec<&str> = Vec::new();
        for (index, part) in raw.split(['/', '\\']).enumerate() {
            match part {
                "" | "." => {}
                ".." => {
                    parts.pop();
                }
                drive if index == 0 && is_drive(drive) => {}
                part => parts.push(part),
            }
        }
        if parts.is_empty() { None } else { Some(Self(parts.join("/"))) }
    }

    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last part.
    pub fn file_name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }

    /// The folder that holds it; empty at the root.
    pub fn parent(&self) -> &str {
        self.0.rsplit_once('/').map_or("", |(folder, _)| folder)
    }
}

fn is_drive(part: &str) -> bool {
    let mut chars = part.chars();
    matches!((chars.next(), chars.next(), chars.next()), (Some(letter), Some(':'), None) if letter.is_ascii_alphabetic())
}

impl fmt::Display for RepoPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::RepoPath;

    #[track_caller]
    fn check(raw: &str, expect: Option<&str>) {
        assert_eq!(RepoPath::normalise(raw).as_ref().map(RepoPath::as_str), expect, "{raw}");
    }

    #[test]
    fn brings_paths_into_one_form() {
        check("src/lib.rs", Some("src/lib.rs"));
        check("./src//lib.rs", Some("src/lib.rs"));
        check("C:\\work\\app\\a.cs", Some("work/app/a.cs"));
        check("/home/runner/work/x/x/src/a.ts", Some("home/runner/work/x/x/src/a.ts"));
        check("file:///app/a.py", Some("app/a.py"));
        check("a/b/../c.go", Some("a/c.go"));
        check("../c.go", Some("c.go"));
        check("", None);
        check("./", None);
    }
}

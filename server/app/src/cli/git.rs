//! What the repository itself says: its commit, its files and how often they change. No name of a person is asked for.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::git_diff::places_only;

/// How many days of changes are sent.
pub const CHURN_DAYS: u32 = 90;

/// How many commits of the first-parent history are sent.
pub const PARENTS: usize = 200;

/// A git working tree.
#[derive(Debug, Clone)]
pub struct Repository {
    root: PathBuf,
}

impl Repository {
    /// The working tree around a folder; `None` where there is none, or no git.
    pub fn around(folder: &Path) -> Option<Self> {
        let root = git(folder, &["rev-parse", "--show-toplevel"])?;
        Some(Self { root: PathBuf::from(root.trim_end()) })
    }

    /// The folder that holds it.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The commit that is checked out.
    pub fn commit(&self) -> Option<String> {
        git(&self.root, &["rev-parse", "HEAD"]).map(|text| text.trim().to_owned())
    }

    /// The branch that is checked out; `None` on a detached head.
    pub fn branch(&self) -> Option<String> {
        git(&self.root, &["symbolic-ref", "--short", "--quiet", "HEAD"]).map(|text| text.trim().to_owned())
    }

    /// The first-parent history, without the commit itself, the newest first.
    pub fn parents(&self, commit: &str) -> Vec<String> {
        let count = format!("--max-count={}", PARENTS + 1);
        git(&self.root, &["rev-list", "--first-parent", &count, commit])
            .map(|text| text.lines().skip(1).map(str::to_owned).collect())
            .unwrap_or_default()
    }

    /// The report of the repository's files, in the form of the format `file-list`.
    pub fn file_list(&self) -> Option<String> {
        let files = git(&self.root, &["-c", "core.quotePath=false", "ls-files", "--full-name"])?;
        Some(format!("# plimsoll file-list\n{files}"))
    }

    /// The files that git tracks, sorted. What it ignores is not among them, unless somebody added it all the same.
    pub fn tracked_files(&self) -> Option<Vec<String>> {
        let files = git(&self.root, &["ls-files", "-z", "--full-name"])?;
        let mut files: Vec<String> =
            files.split('\0').filter(|file| !file.is_empty()).map(str::to_owned).collect();
        files.sort_unstable();
        Some(files)
    }

    /// The commit that a diff of this commit begins at: where its history left that of the base, else its parent.
    ///
    /// The base is a branch or a commit. Where the history at hand is too short to tell, there is none.
    pub fn base(&self, commit: &str, base: Option<&str>) -> Option<String> {
        let first_line = |text: String| text.lines().next().map(str::to_owned);
        let merge_base = |base: &str| {
            git(&self.root, &["merge-base", "--", base, commit])
                .and_then(first_line)
                .filter(|found| found != commit)
        };
        let named = base.and_then(|base| merge_base(&format!("origin/{base}")).or_else(|| merge_base(base)));
        named.or_else(|| {
            git(&self.root, &["rev-parse", "--verify", "--quiet", &format!("{commit}^1")])
                .and_then(first_line)
        })
    }

    /// The report of what changed between two commits, in the form of the format `unified-diff`: where, not what.
    pub fn diff(&self, base: &str, commit: &str) -> Option<String> {
        let options = ["--unified=0", "--find-renames", "--no-color", "--no-ext-diff", "--no-textconv"];
        let mut arguments = vec!["-c", "core.quotePath=false", "diff", "--src-prefix=a/", "--dst-prefix=b/"];
        arguments.extend(options);
        arguments.extend([base, commit, "--"]);
        git(&self.root, &arguments).map(|diff| places_only(base, &diff))
    }

    /// The report of the changes of the last [`CHURN_DAYS`] days before the commit, in the form of the format
    /// `git-numstat`: for each commit its id and time, then its files.
    pub fn churn(&self, commit: &str) -> Option<String> {
        let time = git(&self.root, &["show", "--no-patch", "--format=%ct", commit])?;
        let since = time.trim().parse::<i64>().ok()? - i64::from(CHURN_DAYS) * 86_400;
        let since = format!("--since={since}");
        git(
            &self.root,
            &[
                "-c",
                "core.quotePath=false",
                "log",
                "--no-merges",
                "--numstat",
                "-M",
                "--pretty=format:%x01%H %ct",
                &since,
                commit,
            ],
        )
    }
}

fn git(folder: &Path, arguments: &[&str]) -> Option<String> {
    let output = Command::new("git")
        .arg("-C")
        .arg(folder)
        .args(arguments)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()
        .filter(|output| output.status.success())?;
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

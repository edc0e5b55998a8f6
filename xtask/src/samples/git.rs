//! The temporary repository, with an identity that is nobody's and dates from the history.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process;

const IDENTITY: (&str, &str) = ("Bookstore CI", "ci@bookstore.example.invalid");

/// The bookstore's working tree.
pub struct Repository {
    folder: PathBuf,
}

impl Repository {
    /// Makes an empty repository.
    ///
    /// # Errors
    /// Where git fails.
    pub fn create(folder: &Path) -> Result<Self, String> {
        super::empty(folder)?;
        let repository = Self { folder: folder.to_owned() };
        repository.git(&["init", "--quiet", "--initial-branch", "main"])?;
        repository.git(&["config", "core.autocrlf", "false"])?;
        Ok(repository)
    }

    /// The working tree.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Checks a branch out, and makes it where it is told from which other one.
    ///
    /// # Errors
    /// Where git fails.
    pub fn switch(&self, branch: &str, from: Option<&str>) -> Result<(), String> {
        let current = self.git(&["symbolic-ref", "--short", "HEAD"])?;
        match from {
            Some(from) => self.git(&["switch", "--quiet", "--create", branch, from])?,
            None if current.trim() == branch => return Ok(()),
            None => self.git(&["switch", "--quiet", branch])?,
        };
        Ok(())
    }

    /// Brings all of a branch into the working tree, as one change.
    ///
    /// # Errors
    /// Where git fails.
    pub fn squash(&self, branch: &str) -> Result<(), String> {
        self.git(&["merge", "--quiet", "--squash", branch]).map(drop)
    }

    /// Renames a file.
    ///
    /// # Errors
    /// Where git fails.
    pub fn rename(&self, old: &str, new: &str) -> Result<(), String> {
        self.git(&["mv", old, new]).map(drop)
    }

    /// Removes a file.
    ///
    /// # Errors
    /// Where git fails.
    pub fn remove(&self, path: &str) -> Result<(), String> {
        self.git(&["rm", "--quiet", path]).map(drop)
    }

    /// Commits everything that stands in the working tree.
    ///
    /// # Errors
    /// Where git fails.
    pub fn commit(&self, message: &str, date: &str) -> Result<(), String> {
        self.git(&["add", "--all"])?;
        let mut command = self.command(&["commit", "--quiet", "--no-gpg-sign", "--message", message]);
        process::output(command.env("GIT_AUTHOR_DATE", date).env("GIT_COMMITTER_DATE", date)).map(drop)
    }

    /// The commit that is checked out and at most 200 before it, along the first parents.
    ///
    /// # Errors
    /// Where git fails.
    pub fn first_parents(&self) -> Result<Vec<String>, String> {
        let text = self.git(&["rev-list", "--first-parent", "--max-count=201", "HEAD"])?;
        Ok(text.lines().map(str::to_owned).collect())
    }

    /// The report of the repository's files.
    ///
    /// # Errors
    /// Where git fails.
    pub fn file_list(&self) -> Result<String, String> {
        Ok(format!("# plimsoll file-list\n{}", self.git(&["-c", "core.quotePath=false", "ls-files"])?))
    }

    /// The report of the changes of the last 90 days before the commit.
    ///
    /// # Errors
    /// Where git fails.
    pub fn churn(&self) -> Result<String, String> {
        let time = self.git(&["show", "--no-patch", "--format=%ct", "HEAD"])?;
        let time: i64 = time.trim().parse().map_err(|_| format!("git's time of the commit: {time}"))?;
        let since = format!("--since={}", time - 90 * 86_400);
        let format = "--pretty=format:%x01%H %ct";
        self.git(&[
            "-c",
            "core.quotePath=false",
            "log",
            "--no-merges",
            "--numstat",
            "-M",
            format,
            &since,
            "HEAD",
        ])
    }

    fn git(&self, arguments: &[&str]) -> Result<String, String> {
        process::output(&mut self.command(arguments))
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("git");
        command
            .current_dir(&self.folder)
            .args(arguments)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_AUTHOR_NAME", IDENTITY.0)
            .env("GIT_AUTHOR_EMAIL", IDENTITY.1)
            .env("GIT_COMMITTER_NAME", IDENTITY.0)
            .env("GIT_COMMITTER_EMAIL", IDENTITY.1);
        command
    }
}

use plimsoll_model::{FileChange, FileCoverage, FileDiff, Finding, TestCase};

use crate::{ParseError, Warning};

/// Takes the items of a report as a parser meets them. An error (a limit that was met, say) ends the parse.
///
/// Each method has a default that takes nothing, so that a sink names only the kinds that it wants.
#[expect(unused_variables, reason = "the names document the methods")]
pub trait Sink {
    /// A test case.
    ///
    /// # Errors
    /// Where the sink takes no more.
    fn test_case(&mut self, test: &TestCase<'_>) -> Result<(), ParseError> {
        Ok(())
    }

    /// A file's coverage, or a part of it.
    ///
    /// # Errors
    /// Where the sink takes no more.
    fn file_coverage(&mut self, file: &FileCoverage<'_>) -> Result<(), ParseError> {
        Ok(())
    }

    /// A folder below which the report's relative paths are to be found (Cobertura's `<source>`).
    ///
    /// # Errors
    /// Where the sink takes no more.
    fn source_root(&mut self, path: &str) -> Result<(), ParseError> {
        Ok(())
    }

    /// A finding.
    ///
    /// # Errors
    /// Where the sink takes no more.
    fn finding(&mut self, finding: &Finding<'_>) -> Result<(), ParseError> {
        Ok(())
    }

    /// A file changed by a commit.
    ///
    /// # Errors
    /// Where the sink takes no more.
    fn file_change(&mut self, change: &FileChange<'_>) -> Result<(), ParseError> {
        Ok(())
    }

    /// A file that the repository holds.
    ///
    /// # Errors
    /// Where the sink takes no more.
    fn listed_file(&mut self, path: &str) -> Result<(), ParseError> {
        Ok(())
    }

    /// The text of the repository's settings.
    ///
    /// # Errors
    /// Where the sink takes no more.
    fn settings(&mut self, text: &str) -> Result<(), ParseError> {
        Ok(())
    }

    /// The commit that a diff begins at.
    ///
    /// # Errors
    /// Where the sink takes no more.
    fn diff_base(&mut self, commit: &str) -> Result<(), ParseError> {
        Ok(())
    }

    /// What a diff says of a file, or a part of it.
    ///
    /// # Errors
    /// Where the sink takes no more.
    fn file_diff(&mut self, file: &FileDiff<'_>) -> Result<(), ParseError> {
        Ok(())
    }

    /// Something that was skipped or that does not add up.
    fn warning(&mut self, warning: Warning);
}

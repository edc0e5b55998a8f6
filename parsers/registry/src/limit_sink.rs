use plimsoll_format::{LimitName, ParseError, Sink, Warning};
use plimsoll_model::{FileChange, FileCoverage, Finding, TestCase};

/// Passes items on until there are more than the limit `items`.
pub struct LimitSink<'s> {
    inner: &'s mut dyn Sink,
    left: u64,
    max: u64,
}

impl<'s> LimitSink<'s> {
    /// A sink that passes at most `max` items on to `inner`.
    pub fn new(inner: &'s mut dyn Sink, max: u64) -> Self {
        Self { inner, left: max, max }
    }

    fn one_more(&mut self) -> Result<(), ParseError> {
        self.left = self.left.checked_sub(1).ok_or_else(|| ParseError::limit(LimitName::Items, self.max))?;
        Ok(())
    }
}

impl Sink for LimitSink<'_> {
    fn test_case(&mut self, test: &TestCase<'_>) -> Result<(), ParseError> {
        self.one_more()?;
        self.inner.test_case(test)
    }

    fn file_coverage(&mut self, file: &FileCoverage<'_>) -> Result<(), ParseError> {
        self.one_more()?;
        self.inner.file_coverage(file)
    }

    fn source_root(&mut self, path: &str) -> Result<(), ParseError> {
        self.one_more()?;
        self.inner.source_root(path)
    }

    fn finding(&mut self, finding: &Finding<'_>) -> Result<(), ParseError> {
        self.one_more()?;
        self.inner.finding(finding)
    }

    fn file_change(&mut self, change: &FileChange<'_>) -> Result<(), ParseError> {
        self.one_more()?;
        self.inner.file_change(change)
    }

    fn listed_file(&mut self, path: &str) -> Result<(), ParseError> {
        self.one_more()?;
        self.inner.listed_file(path)
    }

    fn settings(&mut self, text: &str) -> Result<(), ParseError> {
        self.one_more()?;
        self.inner.settings(text)
    }

    fn warning(&mut self, warning: Warning) {
        self.inner.warning(warning);
    }
}

use std::borrow::Cow;

use plimsoll_format::{LimitName, Limits, ParseError, Sink, Warning, WarningCode};
use plimsoll_model::{FileChange, FileCoverage, FileDiff, Finding, TestCase};

/// Passes items on until there are more than the limit `items`, or one has a text longer than the limit `text_bytes`.
///
/// The XML reader keeps the second limit by itself; here it holds for every syntax. A text that names something is
/// refused; one that is only shown is shortened.
pub struct LimitSink<'s> {
    inner: &'s mut dyn Sink,
    items: u64,
    max_items: u64,
    max_text: usize,
}

impl<'s> LimitSink<'s> {
    /// A sink that passes on to `inner` what is within the limits.
    pub fn new(inner: &'s mut dyn Sink, limits: &Limits) -> Self {
        let max_text = usize::try_from(limits.text_bytes).unwrap_or(usize::MAX);
        Self { inner, items: 0, max_items: limits.items, max_text }
    }

    /// Counts an item, and looks at the texts that name it.
    #[inline]
    fn one_more(&mut self, what: &str, names: &[&str]) -> Result<(), ParseError> {
        self.items += 1;
        let is_over = self.items > self.max_items;
        if is_over || names.iter().any(|name| name.len() > self.max_text) {
            let (name, max) = match is_over {
                true => (LimitName::Items, self.max_items),
                false => (LimitName::TextBytes, self.max_text as u64),
            };
            return Err(ParseError::limit(name, max).in_path(format!("{what} {}", self.items)));
        }
        Ok(())
    }

    fn is_long(&self, text: &Option<Cow<'_, str>>) -> bool {
        text.as_ref().is_some_and(|text| text.len() > self.max_text)
    }

    fn shortened<'a>(&mut self, text: &'a str) -> Cow<'a, str> {
        let kept = text.get(..text.floor_char_boundary(self.max_text)).unwrap_or_default();
        if kept.len() < text.len() {
            let message = format!("a text of {} bytes was shortened to {}", text.len(), kept.len());
            self.inner.warning(Warning::new(WarningCode::ShortenedText, message));
        }
        Cow::Borrowed(kept)
    }
}

impl Sink for LimitSink<'_> {
    fn test_case(&mut self, test: &TestCase<'_>) -> Result<(), ParseError> {
        self.one_more(
            "test",
            &[&test.suite, &test.class, &test.name, test.file.as_deref().unwrap_or_default()],
        )?;
        if !self.is_long(&test.message) && !self.is_long(&test.detail) {
            return self.inner.test_case(test);
        }
        let mut short = test.clone();
        short.message = test.message.as_deref().map(|text| self.shortened(text));
        short.detail = test.detail.as_deref().map(|text| self.shortened(text));
        self.inner.test_case(&short)
    }

    fn file_coverage(&mut self, file: &FileCoverage<'_>) -> Result<(), ParseError> {
        self.one_more("file", &[&file.path])?;
        self.inner.file_coverage(file)
    }

    fn source_root(&mut self, path: &str) -> Result<(), ParseError> {
        self.one_more("source root", &[path])?;
        self.inner.source_root(path)
    }

    fn finding(&mut self, finding: &Finding<'_>) -> Result<(), ParseError> {
        let [path, fingerprint] =
            [&finding.path, &finding.fingerprint].map(|text| text.as_deref().unwrap_or_default());
        let package = finding.package.as_ref().map_or("", |package| &package.name);
        self.one_more("finding", &[&finding.tool, &finding.rule, path, fingerprint, package])?;
        if finding.message.len() <= self.max_text && !self.is_long(&finding.context) {
            return self.inner.finding(finding);
        }
        let mut short = finding.clone();
        short.message = self.shortened(&finding.message);
        short.context = finding.context.as_deref().map(|text| self.shortened(text));
        self.inner.finding(&short)
    }

    fn file_change(&mut self, change: &FileChange<'_>) -> Result<(), ParseError> {
        self.one_more("change", &[&change.path])?;
        self.inner.file_change(change)
    }

    fn listed_file(&mut self, path: &str) -> Result<(), ParseError> {
        self.one_more("file", &[path])?;
        self.inner.listed_file(path)
    }

    fn settings(&mut self, text: &str) -> Result<(), ParseError> {
        self.one_more("settings", &[text])?;
        self.inner.settings(text)
    }

    fn diff_base(&mut self, commit: &str) -> Result<(), ParseError> {
        self.one_more("commit", &[commit])?;
        self.inner.diff_base(commit)
    }

    fn file_diff(&mut self, file: &FileDiff<'_>) -> Result<(), ParseError> {
        self.one_more("file", &[&file.path, file.renamed_from.as_deref().unwrap_or_default()])?;
        self.inner.file_diff(file)
    }

    fn warning(&mut self, warning: Warning) {
        self.inner.warning(warning);
    }
}

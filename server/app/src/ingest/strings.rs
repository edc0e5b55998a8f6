use plimsoll_format::{LimitName, ParseError};

/// Where a text stands in [`Strings`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    start: u32,
    length: u32,
}

/// Many short texts in one allocation.
#[derive(Debug, Default)]
pub struct Strings {
    buffer: String,
}

impl Strings {
    /// Keeps a text.
    pub(super) fn push(&mut self, text: &str) -> Result<Span, ParseError> {
        let full = || ParseError::limit(LimitName::ExpandedBytes, u64::from(u32::MAX));
        let start = u32::try_from(self.buffer.len()).map_err(|_| full())?;
        let length = u32::try_from(text.len()).map_err(|_| full())?;
        self.buffer.push_str(text);
        Ok(Span { start, length })
    }

    /// Keeps a text, unless it is the same as the one at `last`: reports repeat suites, classes and files.
    pub(super) fn push_again(&mut self, text: &str, last: Option<Span>) -> Result<Span, ParseError> {
        match last {
            Some(span) if self.get(span) == text => Ok(span),
            _ => self.push(text),
        }
    }

    /// A text that was kept.
    pub fn get(&self, span: Span) -> &str {
        let start = span.start as usize;
        self.buffer.get(start..start + span.length as usize).unwrap_or_default()
    }
}

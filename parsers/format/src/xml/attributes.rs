use std::borrow::Cow;

use super::escape;
use crate::{LimitName, Limits, ParseError, ParseErrorKind};

/// One attribute.
#[derive(Debug, Clone, Copy)]
pub struct Attribute<'a> {
    /// The local name.
    pub name: &'a str,
    /// The value as it is written, references not resolved.
    pub raw: &'a str,
    offset: usize,
}

impl<'a> Attribute<'a> {
    /// The value: references resolved, line ends and tabs as spaces.
    ///
    /// # Errors
    /// Where it refers to an entity that is not predefined.
    #[inline]
    pub fn value(&self) -> Result<Cow<'a, str>, ParseError> {
        if escape::is_plain(self.raw) {
            return Ok(Cow::Borrowed(self.raw));
        }
        self.resolved_value()
    }

    #[cold]
    fn resolved_value(&self) -> Result<Cow<'a, str>, ParseError> {
        escape::attribute_value(self.raw)
            .map(Cow::Owned)
            .map_err(|kind| ParseError::new(kind).in_path(format!("@{}", self.name)).at(self.offset as u64))
    }
}

/// Goes through the attributes of one start tag.
#[derive(Debug, Clone)]
pub struct Attributes<'a> {
    rest: &'a str,
    offset: usize,
    count: u64,
    limits: &'a Limits,
}

impl<'a> Attributes<'a> {
    pub(super) fn new(rest: &'a str, offset: usize, limits: &'a Limits) -> Self {
        Self { rest, offset, count: 0, limits }
    }

    #[inline(always)]
    fn advance(&mut self) -> Result<Option<Attribute<'a>>, ParseErrorKind> {
        loop {
            let rest = self.rest.trim_ascii_start();
            if rest.is_empty() {
                return Ok(None);
            }
            // Names are short: going through them byte by byte costs less than calling a search that is made for
            // long texts.
            let bytes = rest.as_bytes();
            let equals = bytes.iter().position(|byte| *byte == b'=').ok_or_else(|| no_value(rest))?;
            let name = rest.get(..equals).unwrap_or_default().trim_ascii_end();
            let value = rest.get(equals + 1..).unwrap_or_default().trim_ascii_start();
            let quote = match value.as_bytes().first() {
                Some(quote @ (b'"' | b'\'')) => *quote,
                _ => return Err(no_value(name)),
            };
            let value = value.get(1..).unwrap_or_default();
            let end = find_quote(value.as_bytes(), quote).ok_or_else(|| no_value(name))?;
            let raw = value.get(..end).unwrap_or_default();
            let after = value.get(end + 1..).unwrap_or_default();
            self.offset += self.rest.len() - after.len();
            self.rest = after;
            self.count += 1;
            if self.count > self.limits.attributes {
                return Err(ParseErrorKind::Limit {
                    name: LimitName::Attributes,
                    max: self.limits.attributes,
                });
            }
            if raw.len() as u64 > self.limits.text_bytes {
                return Err(ParseErrorKind::Limit {
                    name: LimitName::TextBytes,
                    max: self.limits.text_bytes,
                });
            }
            let name = match name.bytes().position(|byte| byte == b':') {
                None if name == "xmlns" => continue,
                None => name,
                Some(colon) if name.get(..colon) == Some("xmlns") => continue,
                Some(colon) => name.get(colon + 1..).unwrap_or_default(),
            };
            return Ok(Some(Attribute { name, raw, offset: self.offset - raw.len() - 1 }));
        }
    }
}

/// Most values are numbers and words, some are long messages.
#[inline]
fn find_quote(value: &[u8], quote: u8) -> Option<usize> {
    const SHORT: usize = 16;
    let near = value.get(..SHORT).unwrap_or(value);
    match near.iter().position(|byte| *byte == quote) {
        Some(at) => Some(at),
        None => memchr::memchr(quote, value.get(SHORT..)?).map(|at| at + SHORT),
    }
}

fn no_value(name: &str) -> ParseErrorKind {
    let name: String = name.chars().take(40).collect();
    ParseErrorKind::Syntax(format!("the attribute `{name}` has no quoted value"))
}

impl<'a> Iterator for Attributes<'a> {
    type Item = Result<Attribute<'a>, ParseError>;

    #[inline(always)]
    fn next(&mut self) -> Option<Self::Item> {
        match self.advance() {
            Ok(attribute) => attribute.map(Ok),
            Err(kind) => {
                let error = ParseError::new(kind).at(self.offset as u64);
                self.rest = "";
                Some(Err(error))
            }
        }
    }
}

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

    #[inline]
    fn advance(&mut self) -> Result<Option<Attribute<'a>>, ParseErrorKind> {
        loop {
            let rest = self.rest.trim_ascii_start();
            if rest.is_empty() {
                return Ok(None);
            }
            let equals = memchr::memchr(b'=', rest.as_bytes()).ok_or_else(|| no_value(rest))?;
            let (name, value) = rest.split_at_checked(equals).unwrap_or((rest, ""));
            let name = name.trim_ascii_end();
            let value = value.get(1..).unwrap_or_default().trim_ascii_start();
            let quote = match value.as_bytes().first() {
                Some(quote @ (b'"' | b'\'')) => *quote,
                _ => return Err(no_value(name)),
            };
            let value = value.get(1..).unwrap_or_default();
            let end = memchr::memchr(quote, value.as_bytes()).ok_or_else(|| no_value(name))?;
            let (raw, after) = value.split_at_checked(end).unwrap_or((value, ""));
            self.offset += self.rest.len() - after.len();
            self.rest = after.get(1..).unwrap_or_default();
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
            let name = match name.split_once(':') {
                None if name == "xmlns" => continue,
                None => name,
                Some(("xmlns", _)) => continue,
                Some((_, local)) => local,
            };
            return Ok(Some(Attribute { name, raw, offset: self.offset - raw.len() }));
        }
    }
}

fn no_value(name: &str) -> ParseErrorKind {
    let name: String = name.chars().take(40).collect();
    ParseErrorKind::Syntax(format!("the attribute `{name}` has no quoted value"))
}

impl<'a> Iterator for Attributes<'a> {
    type Item = Result<Attribute<'a>, ParseError>;

    #[inline]
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

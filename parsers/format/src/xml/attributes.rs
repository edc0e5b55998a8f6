use std::borrow::Cow;

use super::escape;
use crate::block;
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
    /// The whole document, so that sixteen bytes can be looked at wherever the tag ends.
    text: &'a str,
    at: usize,
    end: usize,
    count: u64,
    limits: &'a Limits,
}

impl<'a> Attributes<'a> {
    pub(super) fn new(text: &'a str, at: usize, end: usize, limits: &'a Limits) -> Self {
        Self { text, at, end, count: 0, limits }
    }

    #[inline(always)]
    fn advance(&mut self) -> Result<Option<Attribute<'a>>, ParseErrorKind> {
        let bytes = self.text.as_bytes();
        loop {
            let from = skip_white(bytes, self.at, self.end);
            if from == self.end {
                return Ok(None);
            }
            let equals =
                block::find(bytes, from, self.end, b'=').ok_or_else(|| self.no_value(from, self.end))?;
            let open = skip_white(bytes, equals + 1, self.end);
            let quote = match bytes.get(open) {
                Some(quote @ (b'"' | b'\'')) if open < self.end => *quote,
                _ => return Err(self.no_value(from, equals)),
            };
            let close =
                block::find(bytes, open + 1, self.end, quote).ok_or_else(|| self.no_value(from, equals))?;
            let name = self.text.get(from..equals).unwrap_or_default().trim_ascii_end();
            let raw = self.text.get(open + 1..close).unwrap_or_default();
            self.at = close + 1;
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
            if let Some(name) = local_name(name) {
                return Ok(Some(Attribute { name, raw, offset: open + 1 }));
            }
        }
    }

    #[cold]
    fn no_value(&self, from: usize, to: usize) -> ParseErrorKind {
        no_value(self.text.get(from..to).unwrap_or_default().trim_ascii_end())
    }
}

/// Without its prefix; `None` for the declaration of a namespace.
#[inline(always)]
fn local_name(name: &str) -> Option<&str> {
    // Short, and nearly always without a colon: without an early return many bytes are compared at once.
    if name.bytes().fold(true, |plain, byte| plain & (byte != b':')) {
        return (name != "xmlns").then_some(name);
    }
    let (prefix, local) = name.split_once(':').unwrap_or(("", name));
    (prefix != "xmlns").then_some(local)
}

#[inline(always)]
fn skip_white(bytes: &[u8], mut at: usize, end: usize) -> usize {
    while at < end && bytes.get(at).is_some_and(u8::is_ascii_whitespace) {
        at += 1;
    }
    at
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
                let error = ParseError::new(kind).at(self.at as u64);
                self.at = self.end;
                Some(Err(error))
            }
        }
    }
}

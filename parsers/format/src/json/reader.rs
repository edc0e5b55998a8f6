use std::borrow::Cow;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::error::Category;

use super::cursor::Cursor;
use crate::{Input, LimitName, ParseError, ParseErrorKind};

/// What sort of value comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the words of JSON")]
pub enum Kind {
    Null,
    Bool,
    Number,
    String,
    Array,
    Object,
}

#[derive(Debug)]
enum Part<'a> {
    Field(Cow<'a, str>),
    Element(u64),
}

/// Reads a document from the outside inwards. See the module's example.
pub struct Reader<'a> {
    text: &'a str,
    position: usize,
    path: Vec<Part<'a>>,
    max_depth: u64,
    /// See [`Cursor`].
    scratch: Vec<u8>,
}

impl<'a> Reader<'a> {
    /// A reader at the beginning of the document.
    pub fn new(input: &Input<'a>) -> Self {
        Self {
            text: input.text,
            position: 0,
            path: Vec::new(),
            max_depth: input.limits.depth,
            scratch: Vec::new(),
        }
    }

    /// Whether nothing but white space is left.
    pub fn is_at_end(&mut self) -> bool {
        self.skip_white();
        self.position >= self.text.len()
    }

    /// Where the reader is, in bytes.
    pub fn position(&self) -> usize {
        self.position
    }

    /// What sort of value comes next.
    ///
    /// # Errors
    /// Where none does.
    pub fn peek(&mut self) -> Result<Kind, ParseError> {
        match self.next_byte() {
            Some(b'{') => Ok(Kind::Object),
            Some(b'[') => Ok(Kind::Array),
            Some(b'"') => Ok(Kind::String),
            Some(b'n') => Ok(Kind::Null),
            Some(b't' | b'f') => Ok(Kind::Bool),
            Some(b'-' | b'0'..=b'9') => Ok(Kind::Number),
            Some(_) => Err(self.unexpected("a value")),
            None if self.text.trim().is_empty() => Err(ParseError::new(ParseErrorKind::Empty)),
            None => Err(self.ended_early("a value is missing")),
        }
    }

    /// Reads the fields of an object: `field` gets each key and reads the value, or leaves it to be skipped.
    ///
    /// # Errors
    /// Those of `field`, and where the document is malformed or here is no object (or `null`).
    pub fn object(
        &mut self,
        mut field: impl FnMut(&mut Self, &str) -> Result<(), ParseError>,
    ) -> Result<(), ParseError> {
        if !self.open(Kind::Object, "an object")? {
            return Ok(());
        }
        loop {
            match self.next_byte() {
                Some(b'}') => break,
                Some(b'"') => {}
                _ => return Err(self.unexpected("a key or `}`")),
            }
            let key = self.key()?;
            if self.next_byte() != Some(b':') {
                return Err(self.unexpected("`:`"));
            }
            self.position += 1;
            // The key stands in the path for errors while its value is read, and comes back for `field` to look at.
            let shown = key.clone();
            self.path.push(Part::Field(key));
            self.value(|reader| field(reader, &shown))?;
            if !self.next_item(b'}', "`,` or `}`")? {
                break;
            }
        }
        self.position += 1;
        Ok(())
    }

    /// Reads the elements of an array: `element` reads each one, or leaves it to be skipped.
    ///
    /// # Errors
    /// Those of `element`, and where the document is malformed or here is no array (or `null`).
    pub fn array(
        &mut self,
        mut element: impl FnMut(&mut Self) -> Result<(), ParseError>,
    ) -> Result<(), ParseError> {
        if !self.open(Kind::Array, "an array")? {
            return Ok(());
        }
        let mut index = 0;
        while self.next_byte() != Some(b']') {
            self.path.push(Part::Element(index));
            self.value(&mut element)?;
            index += 1;
            if !self.next_item(b']', "`,` or `]`")? {
                break;
            }
        }
        self.position += 1;
        Ok(())
    }

    /// Reads the next value whole.
    ///
    /// # Errors
    /// Where it is malformed or does not fit `T`.
    #[inline]
    pub fn read<T: Deserialize<'a>>(&mut self) -> Result<T, ParseError> {
        let rest = self.text.get(self.position..).unwrap_or_default();
        let mut stream = serde_json::Deserializer::from_str(rest).into_iter::<T>();
        match stream.next() {
            Some(Ok(value)) => {
                self.position += stream.byte_offset();
                Ok(value)
            }
            Some(Err(error)) => Err(self.malformed(rest, &error)),
            None => Err(self.peek().err().unwrap_or_else(|| self.ended_early("a value is missing"))),
        }
    }

    /// Passes over the next value, checking its syntax only.
    ///
    /// # Errors
    /// Where it is malformed.
    pub fn skip(&mut self) -> Result<(), ParseError> {
        let mut cursor = Cursor::new(self.text, self.position, 0, &mut self.scratch);
        if cursor.skip().is_ok() {
            self.position = cursor.at;
            return Ok(());
        }
        self.read::<IgnoredAny>().map(|_| ())
    }

    /// The next value as `T`, read at once if there is nothing unusual in it; otherwise `None`, and [`Reader::read`] has
    /// the answer. Worth its machine code for values of which a report has very many.
    #[inline]
    pub fn read_plain<T: Deserialize<'a>>(&mut self) -> Option<T> {
        let mut cursor = Cursor::new(self.text, self.position, 0, &mut self.scratch);
        let value = T::deserialize(&mut cursor).ok()?;
        self.position = cursor.at;
        Some(value)
    }

    /// Makes sure that nothing follows the document.
    ///
    /// # Errors
    /// Where something does.
    pub fn finish(&mut self) -> Result<(), ParseError> {
        if self.is_at_end() { Ok(()) } else { Err(self.unexpected("the end of the file")) }
    }

    /// Where in the document the reader is: `runs[0].results[12]`.
    pub fn path(&self) -> String {
        let mut path = String::new();
        for part in &self.path {
            match part {
                Part::Element(index) => path.push_str(&format!("[{index}]")),
                Part::Field(key) => {
                    if !path.is_empty() {
                        path.push('.');
                    }
                    // A key is any text at all, and a report of an error is no place for a megabyte of it.
                    path.extend(key.chars().take(80));
                }
            }
        }
        path
    }

    /// An error at the place where the reader is.
    pub fn error(&self, kind: ParseErrorKind) -> ParseError {
        ParseError::new(kind).in_path(self.path()).at(self.position as u64)
    }

    /// Reads one value inside of another, whose path part is already pushed, and skips it if `read` did not.
    fn value(&mut self, mut read: impl FnMut(&mut Self) -> Result<(), ParseError>) -> Result<(), ParseError> {
        if self.path.len() as u64 > self.max_depth {
            let max = self.max_depth;
            self.path.truncate(8);
            return Err(self.error(ParseErrorKind::Limit { name: LimitName::Depth, max }));
        }
        self.skip_white();
        let before = self.position;
        read(self)?;
        if self.position == before {
            self.skip()?;
        }
        self.path.pop();
        Ok(())
    }

    /// Steps into an object or an array; `false` for `null`, which is stepped over.
    fn open(&mut self, kind: Kind, what: &str) -> Result<bool, ParseError> {
        match self.peek()? {
            found if found == kind => {
                self.position += 1;
                Ok(true)
            }
            Kind::Null => self.skip().map(|()| false),
            _ => Err(self.unexpected(what)),
        }
    }

    /// After an item: `true` where another one follows. A comma before the end is tolerated: some tools write it.
    fn next_item(&mut self, close: u8, what: &str) -> Result<bool, ParseError> {
        match self.next_byte() {
            Some(byte) if byte == close => Ok(false),
            Some(b',') => {
                self.position += 1;
                Ok(true)
            }
            _ => Err(self.unexpected(what)),
        }
    }

    /// A key. Most hold no escape and are taken as they stand.
    fn key(&mut self) -> Result<Cow<'a, str>, ParseError> {
        let rest = self.text.get(self.position + 1..).unwrap_or_default();
        if let Some(end) = memchr::memchr2(b'"', b'\\', rest.as_bytes())
            && let Some((key, after)) = rest.split_at_checked(end)
            && after.starts_with('"')
            && !key.bytes().any(|byte| byte < b' ')
        {
            self.position += end + 2;
            return Ok(Cow::Borrowed(key));
        }
        self.read::<String>().map(Cow::Owned)
    }

    #[inline]
    fn next_byte(&mut self) -> Option<u8> {
        self.skip_white();
        self.text.as_bytes().get(self.position).copied()
    }

    #[inline]
    fn skip_white(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.text.as_bytes().get(self.position) {
            self.position += 1;
        }
    }

    #[cold]
    fn unexpected(&self, wanted: &str) -> ParseError {
        match self.text.get(self.position..).and_then(|rest| rest.chars().next()) {
            None => self.ended_early(&format!("{wanted} is missing")),
            Some(found) => self.error(ParseErrorKind::Syntax(format!(
                "expected {wanted}, found `{}`",
                found.escape_debug()
            ))),
        }
    }

    #[cold]
    fn ended_early(&self, what: &str) -> ParseError {
        self.error(ParseErrorKind::Truncated(what.to_owned()))
    }

    #[cold]
    fn malformed(&self, rest: &str, error: &serde_json::Error) -> ParseError {
        let message = error.to_string();
        let message =
            message.rsplit_once(" at line ").map_or(message.as_str(), |(message, _)| message).to_owned();
        let kind = match error.classify() {
            Category::Eof => ParseErrorKind::Truncated(message),
            _ if message.starts_with("recursion limit") => {
                ParseErrorKind::Limit { name: LimitName::Depth, max: self.max_depth.min(128) }
            }
            _ => ParseErrorKind::Syntax(message),
        };
        let offset = self.position + offset_of(rest, error.line(), error.column());
        ParseError::new(kind).in_path(self.path()).at(offset as u64)
    }
}

/// The byte offset of a line and a column, both from 1.
fn offset_of(text: &str, line: usize, column: usize) -> usize {
    let start = match line.checked_sub(2) {
        None => 0,
        Some(nth) => memchr::memchr_iter(b'\n', text.as_bytes()).nth(nth).map_or(0, |newline| newline + 1),
    };
    start + column.saturating_sub(1)
}

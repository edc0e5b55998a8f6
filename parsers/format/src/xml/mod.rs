//! Reading XML element by element, within bounds.
//!
//! ```
//! # use plimsoll_format::{Input, Limits, ParseError, xml};
//! # fn read(input: &Input<'_>) -> Result<usize, ParseError> {
//! let mut reader = xml::Reader::new(input);
//! let root = reader.root()?;
//! let mut cases = 0;
//! while let Some(suite) = reader.child(&root)? {
//!     if suite.name() != "testsuite" {
//!         continue; // whatever is inside is skipped
//!     }
//!     while let Some(case) = reader.child(&suite)? {
//!         cases += usize::from(case.attribute("name")?.is_some());
//!     }
//! }
//! reader.finish()?;
//! # Ok(cases)
//! # }
//! # let limits = Limits::default();
//! # let text = "<s><testsuite><testcase name='a'/></testsuite><x><y/></x></s>";
//! # assert_eq!(read(&Input::new("", text, &limits)), Ok(1));
//! ```
//!
//! Everything borrows from the input; an allocation happens only where a value holds a reference (`&amp;`) or a text
//! has several parts. Names are local names: a namespace prefix is dropped. A `DOCTYPE` is passed over, nothing is
//! ever fetched, and a reference to any entity but the five predefined ones is an error.

mod attributes;
mod escape;
mod head;
mod scan;

use std::borrow::Cow;

pub use attributes::{Attribute, Attributes};
pub use head::{Head, head};

use crate::{Input, LimitName, Limits, ParseError, ParseErrorKind, Sink, Warning, WarningCode};
use scan::{Piece, Scanner, Tag};

/// An element whose start tag was read.
#[derive(Debug, Clone, Copy)]
pub struct Element<'a> {
    /// The whole document.
    text: &'a str,
    name: &'a str,
    /// Where the name ends.
    name_end: usize,
    /// Where `>` or `/>` stands.
    end: usize,
    depth: usize,
    offset: usize,
    limits: &'a Limits,
}

impl<'a> Element<'a> {
    /// The local name.
    pub fn name(&self) -> &'a str {
        self.name
    }

    /// Where its start tag begins, in bytes.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// The attributes in the order of the document.
    pub fn attributes(&self) -> Attributes<'a> {
        Attributes::new(self.text, self.name_end, self.end, self.limits)
    }

    /// The value of one attribute. To read several, go through [`Element::attributes`] once.
    ///
    /// # Errors
    /// Where the attributes are malformed or a limit is met.
    pub fn attribute(&self, name: &str) -> Result<Option<Cow<'a, str>>, ParseError> {
        for attribute in self.attributes() {
            let attribute = attribute?;
            if attribute.name == name {
                return attribute.value().map(Some);
            }
        }
        Ok(None)
    }
}

struct Frame<'a> {
    /// As it is written, with its prefix.
    name: &'a str,
    /// Its place among its parent's elements, from 1.
    index: u32,
    children: u32,
}

/// Reads a document from its root downwards.
pub struct Reader<'a> {
    scanner: Scanner<'a>,
    limits: &'a Limits,
    frames: Vec<Frame<'a>>,
    /// The innermost element was written as `<x/>`: its end is still to be told.
    end_is_due: bool,
}

enum Step<'a> {
    Start(Element<'a>),
    End,
    Text(&'a str),
    CData(&'a str),
    Reference(&'a str),
    Eof,
}

impl<'a> Reader<'a> {
    /// A reader at the beginning of the document.
    pub fn new(input: &Input<'a>) -> Self {
        Self {
            scanner: Scanner { text: input.text, position: 0 },
            limits: input.limits,
            frames: Vec::with_capacity(16),
            end_is_due: false,
        }
    }

    /// The root element.
    ///
    /// # Errors
    /// Where there is none.
    pub fn root(&mut self) -> Result<Element<'a>, ParseError> {
        loop {
            match self.step()? {
                Step::Start(element) => return Ok(element),
                Step::Eof if self.scanner.text.trim().is_empty() => {
                    return Err(ParseError::new(ParseErrorKind::Empty));
                }
                Step::Eof => {
                    return Err(self.error(ParseErrorKind::Truncated("there is no element".to_owned())));
                }
                _ => {}
            }
        }
    }

    /// The next element inside `parent`, at its first level; `None` where it ends. What the caller left unread of
    /// the child before is skipped, and so is text between the children.
    ///
    /// # Errors
    /// Where the document is malformed, ends too early, or a limit is met.
    pub fn child(&mut self, parent: &Element<'a>) -> Result<Option<Element<'a>>, ParseError> {
        while self.frames.len() >= parent.depth {
            if self.end_is_due {
                self.end_is_due = false;
                self.frames.pop();
                continue;
            }
            if !self.scanner.skip_text() {
                return Err(self.ended_early());
            }
            match self.scanner.byte(1) {
                Some(b'/') => self.end()?,
                Some(b'!' | b'?') => {
                    self.scanner.markup().map_err(|kind| self.error(kind))?;
                }
                _ => {
                    let offset = self.scanner.position;
                    let tag = self.scanner.start_tag().map_err(|kind| self.error(kind))?;
                    let element = self.open(&tag, offset)?;
                    if element.depth == parent.depth + 1 {
                        return Ok(Some(element));
                    }
                }
            }
        }
        Ok(None)
    }

    /// The text of an element and of all that it holds: character data, CDATA sections and references, put together.
    /// Line ends are `\n`, white space is kept.
    ///
    /// # Errors
    /// Where the document is malformed, ends too early, or the text is longer than the limit `text_bytes`.
    pub fn text(&mut self, element: &Element<'a>) -> Result<Cow<'a, str>, ParseError> {
        let (text, cut) = self.collect_text(element)?;
        if cut { Err(self.error(limit(LimitName::TextBytes, self.limits.text_bytes))) } else { Ok(text) }
    }

    /// The same for a text that people only look at: one that is too long is shortened with a warning.
    ///
    /// # Errors
    /// Where the document is malformed or ends too early.
    pub fn shown_text(
        &mut self,
        element: &Element<'a>,
        sink: &mut dyn Sink,
    ) -> Result<Cow<'a, str>, ParseError> {
        let (text, cut) = self.collect_text(element)?;
        if cut {
            let message =
                format!("the text in {} was longer than {} bytes", self.path(), self.limits.text_bytes);
            sink.warning(Warning::new(WarningCode::ShortenedText, message));
        }
        Ok(text)
    }

    /// Reads what is left, so that a document which ends too early or is followed by something else is not taken for
    /// whole.
    ///
    /// # Errors
    /// Where the document is malformed or ends too early.
    pub fn finish(&mut self) -> Result<(), ParseError> {
        loop {
            match self.step()? {
                Step::Eof if self.frames.is_empty() => return Ok(()),
                Step::Eof => return Err(self.ended_early()),
                Step::Start(element) if element.depth == 1 => {
                    return Err(self.syntax("a second root element"));
                }
                Step::Text(text) if self.frames.is_empty() && !text.trim_matches(is_ignorable).is_empty() => {
                    return Err(self.syntax("text after the root element"));
                }
                _ => {}
            }
        }
    }

    /// Where in the document the reader is: `testsuites/testsuite[2]/testcase[1]`. The number is the place among all
    /// elements of the parent, from 1.
    pub fn path(&self) -> String {
        let mut path = String::new();
        for frame in &self.frames {
            // A name can be as long as the document, and there are as many as elements are open.
            let name = local_name(frame.name);
            let name = name.get(..name.floor_char_boundary(80)).unwrap_or_default();
            if path.is_empty() {
                path.push_str(name);
            } else {
                path.push_str(&format!("/{name}[{}]", frame.index));
            }
        }
        path
    }

    /// An error at the place where the reader is.
    pub fn error(&self, kind: ParseErrorKind) -> ParseError {
        ParseError::new(kind).in_path(self.path()).at(self.scanner.position as u64)
    }

    fn syntax(&self, message: impl Into<String>) -> ParseError {
        self.error(ParseErrorKind::Syntax(message.into()))
    }

    fn ended_early(&self) -> ParseError {
        let open = self.frames.last().map_or("", |frame| local_name(frame.name));
        self.error(ParseErrorKind::Truncated(format!("`</{open}>` is missing")))
    }

    fn step(&mut self) -> Result<Step<'a>, ParseError> {
        if self.end_is_due {
            self.end_is_due = false;
            self.frames.pop();
            return Ok(Step::End);
        }
        loop {
            let offset = self.scanner.position;
            let piece = self.scanner.next().map_err(|kind| self.error(kind))?;
            return Ok(match piece {
                None => Step::Eof,
                Some(Piece::Start(tag)) => Step::Start(self.open(&tag, offset)?),
                Some(Piece::End(name)) => {
                    self.close(name, offset)?;
                    Step::End
                }
                Some(Piece::Text(text)) => Step::Text(text),
                Some(Piece::CData(text)) => Step::CData(text),
                Some(Piece::Reference(name)) => Step::Reference(name),
                Some(Piece::Other) => continue,
            });
        }
    }

    #[inline(always)]
    fn open(&mut self, tag: &Tag<'a>, offset: usize) -> Result<Element<'a>, ParseError> {
        let index = match self.frames.last_mut() {
            Some(parent) => {
                parent.children = parent.children.saturating_add(1);
                parent.children
            }
            None => 1,
        };
        self.frames.push(Frame { name: tag.name, index, children: 0 });
        self.end_is_due = tag.is_empty;
        let depth = self.frames.len();
        if depth as u64 > self.limits.depth {
            return Err(self.too_deep());
        }
        Ok(Element {
            text: self.scanner.text,
            name: tag.local,
            name_end: tag.name_end,
            end: tag.end,
            depth,
            offset,
            limits: self.limits,
        })
    }

    #[cold]
    fn too_deep(&mut self) -> ParseError {
        // The path of so deep a place would be longer than any reader wants.
        self.frames.truncate(8);
        self.error(limit(LimitName::Depth, self.limits.depth))
    }

    /// Reads the end tag at which the scanner stands.
    #[inline(always)]
    fn end(&mut self) -> Result<(), ParseError> {
        let offset = self.scanner.position;
        // Nearly all are written without a blank, and are the ones that are due.
        if let Some(frame) = self.frames.last()
            && let Some(rest) = self.scanner.text.as_bytes().get(offset + 2..)
            && rest.starts_with(frame.name.as_bytes())
            && rest.get(frame.name.len()) == Some(&b'>')
        {
            self.scanner.position = offset + frame.name.len() + 3;
            self.frames.pop();
            return Ok(());
        }
        let name = self.scanner.end_tag().map_err(|kind| self.error(kind))?;
        self.close(name, offset)
    }

    fn close(&mut self, name: &str, offset: usize) -> Result<(), ParseError> {
        let found: String = name.chars().take(80).collect();
        let message = match self.frames.last() {
            Some(frame) if frame.name == name => {
                self.frames.pop();
                return Ok(());
            }
            Some(frame) => {
                let expected: String = frame.name.chars().take(80).collect();
                format!("expected `</{expected}>`, but `</{found}>` was found")
            }
            None => format!("close tag `</{found}>` does not match any open tag"),
        };
        self.scanner.position = offset;
        // The element itself is not whole; its place is that of its parent.
        self.frames.pop();
        Err(self.syntax(message))
    }

    fn collect_text(&mut self, element: &Element<'a>) -> Result<(Cow<'a, str>, bool), ParseError> {
        let max = usize::try_from(self.limits.text_bytes).unwrap_or(usize::MAX);
        let mut text = Cow::Borrowed("");
        let mut cut = false;
        let mut add = |part: Cow<'a, str>| {
            let room = max - text.len();
            let kept = part.floor_char_boundary(room);
            cut |= kept < part.len();
            match part {
                part if kept == part.len() && text.is_empty() => text = part,
                part => text.to_mut().push_str(part.get(..kept).unwrap_or_default()),
            }
        };
        while self.frames.len() >= element.depth {
            match self.step()? {
                Step::Text(part) | Step::CData(part) => add(escape::with_unix_line_ends(part)),
                Step::Reference(name) => {
                    let mut plain = String::new();
                    if !escape::push_reference(&mut plain, name) {
                        return Err(self.unknown_entity(name));
                    }
                    add(Cow::Owned(plain));
                }
                Step::Eof => return Err(self.ended_early()),
                Step::Start(_) | Step::End => {}
            }
        }
        Ok((text, cut))
    }

    fn unknown_entity(&self, name: &str) -> ParseError {
        self.error(escape::unknown_entity(name))
    }
}

/// What some tools leave after the root element without meaning anything by it.
fn is_ignorable(c: char) -> bool {
    c.is_whitespace() || c == '\0' || c == '\u{feff}' || c == '\u{1a}'
}

fn limit(name: LimitName, max: u64) -> ParseErrorKind {
    ParseErrorKind::Limit { name, max }
}

fn local_name(name: &str) -> &str {
    match name.bytes().position(|byte| byte == b':') {
        None => name,
        Some(colon) => name.get(colon + 1..).unwrap_or(name),
    }
}

#[cfg(test)]
mod tests;

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

use std::borrow::Cow;

use quick_xml::errors::{Error as XmlError, IllFormedError};
use quick_xml::events::Event;

pub use attributes::{Attribute, Attributes};
pub use head::{Head, head};

use crate::{Input, LimitName, Limits, ParseError, ParseErrorKind, Sink, Warning, WarningCode};

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
    name: &'a str,
    /// Its place among its parent's elements, from 1.
    index: u32,
    children: u32,
}

/// Reads a document from its root downwards.
pub struct Reader<'a> {
    text: &'a str,
    xml: quick_xml::Reader<&'a [u8]>,
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
        // White space before the declaration is not allowed, but written by some tools; nothing is lost by it.
        let mut xml = quick_xml::Reader::from_str(input.text);
        xml.config_mut().allow_dangling_amp = true;
        Self {
            text: input.text,
            xml,
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
                Step::Eof if self.text.trim().is_empty() => {
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
            match self.step()? {
                Step::Start(element) if element.depth == parent.depth + 1 => return Ok(Some(element)),
                Step::Eof => return Err(self.ended_early()),
                _ => {}
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
            let name = frame.name.get(..frame.name.floor_char_boundary(80)).unwrap_or_default();
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
        ParseError::new(kind).in_path(self.path()).at(self.xml.buffer_position())
    }

    fn syntax(&self, message: impl Into<String>) -> ParseError {
        self.error(ParseErrorKind::Syntax(message.into()))
    }

    fn ended_early(&self) -> ParseError {
        let open = self.frames.last().map_or("", |frame| frame.name);
        self.error(ParseErrorKind::Truncated(format!("`</{open}>` is missing")))
    }

    /// Always inlined, and `open` with it: between functions an element would go through memory several times, which
    /// costs more than all else that is done for it.
    #[inline(always)]
    fn step(&mut self) -> Result<Step<'a>, ParseError> {
        if self.end_is_due {
            self.end_is_due = false;
            self.frames.pop();
            return Ok(Step::End);
        }
        loop {
            let before = self.xml.buffer_position() as usize;
            // Looked at where it stands: to move the event would read it again before the processor has written it.
            let event = self.xml.read_event();
            // The event borrows from itself; the same span of the input borrows from the input.
            let (is_empty, name_len) = match &event {
                Ok(Event::Start(tag)) => (false, tag.name().0.len()),
                Ok(Event::Empty(tag)) => (true, tag.name().0.len()),
                Ok(Event::End(_)) => {
                    self.frames.pop();
                    return Ok(Step::End);
                }
                Ok(Event::Text(_)) => return Ok(Step::Text(self.span(before, 0, 0))),
                Ok(Event::CData(_)) => {
                    return Ok(Step::CData(self.span(before, "<![CDATA[".len(), "]]>".len())));
                }
                Ok(Event::GeneralRef(_)) => return Ok(Step::Reference(self.span(before, 1, 1))),
                Ok(Event::Eof) => return Ok(Step::Eof),
                Ok(Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_)) => continue,
                Err(error) => return Err(self.malformed(error)),
            };
            let end = (self.xml.buffer_position() as usize).saturating_sub(1 + usize::from(is_empty));
            self.end_is_due = is_empty;
            return self.open(before, name_len, end).map(Step::Start);
        }
    }

    #[inline(always)]
    fn open(&mut self, offset: usize, name_len: usize, end: usize) -> Result<Element<'a>, ParseError> {
        let name_end = offset + 1 + name_len;
        let name = local_name(self.text.get(offset + 1..name_end).unwrap_or_default());
        let index = match self.frames.last_mut() {
            Some(parent) => {
                parent.children = parent.children.saturating_add(1);
                parent.children
            }
            None => 1,
        };
        self.frames.push(Frame { name, index, children: 0 });
        let depth = self.frames.len();
        if depth as u64 > self.limits.depth {
            return Err(self.too_deep());
        }
        Ok(Element { text: self.text, name, name_end, end, depth, offset, limits: self.limits })
    }

    #[cold]
    fn too_deep(&mut self) -> ParseError {
        // The path of so deep a place would be longer than any reader wants.
        self.frames.truncate(8);
        self.error(limit(LimitName::Depth, self.limits.depth))
    }

    #[inline]
    fn span(&self, before: usize, skip: usize, trim: usize) -> &'a str {
        let after = (self.xml.buffer_position() as usize).saturating_sub(trim);
        self.text.get(before + skip..after).unwrap_or_default()
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

    #[cold]
    fn malformed(&self, error: &XmlError) -> ParseError {
        let kind = match error {
            // All of these say that the input ended inside a piece of markup.
            XmlError::Syntax(error) => ParseErrorKind::Truncated(error.to_string()),
            XmlError::IllFormed(IllFormedError::UnclosedReference | IllFormedError::MissingEndTag(_)) => {
                ParseErrorKind::Truncated(error.to_string())
            }
            XmlError::Encoding(_) => ParseErrorKind::Encoding("UTF-8"),
            error => ParseErrorKind::Syntax(error.to_string()),
        };
        ParseError::new(kind).in_path(self.path()).at(self.xml.error_position())
    }
}

/// What some tools leave after the root element without meaning anything by it.
fn is_ignorable(c: char) -> bool {
    c.is_whitespace() || c == '\0' || c == '\u{feff}' || c == '\u{1a}'
}

fn limit(name: LimitName, max: u64) -> ParseErrorKind {
    ParseErrorKind::Limit { name, max }
}

#[inline]
fn local_name(name: &str) -> &str {
    // Names are too short for a call to memchr to pay.
    match name.bytes().position(|byte| byte == b':') {
        None => name,
        Some(colon) => name.get(colon + 1..).unwrap_or(name),
    }
}

#[cfg(test)]
mod tests;

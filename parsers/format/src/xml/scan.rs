//! The pieces of a document: where each begins and ends. What they mean is [`super::Reader`]'s matter.

use crate::ParseErrorKind;
use crate::block;

/// A piece between two others.
#[derive(Debug, Clone, Copy)]
pub(super) enum Piece<'a> {
    /// A start tag.
    Start(Tag<'a>),
    /// The content of an end tag: `a` of `</a>`.
    End(&'a str),
    /// Character data without references.
    Text(&'a str),
    /// The content of a CDATA section.
    CData(&'a str),
    /// `name` of `&name;`.
    Reference(&'a str),
    /// A comment, a processing instruction or a `DOCTYPE`.
    Other,
}

/// A start tag.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tag<'a> {
    /// As it is written, with its prefix.
    pub name: &'a str,
    /// What follows the prefix.
    pub local: &'a str,
    /// Where the name ends.
    pub name_end: usize,
    /// Where `>` or `/>` stands.
    pub end: usize,
    /// It is written `<a/>`.
    pub is_empty: bool,
}

/// Goes through a document piece by piece.
#[derive(Debug, Clone)]
pub(super) struct Scanner<'a> {
    pub text: &'a str,
    /// Where the next piece begins; where a piece is malformed, its beginning.
    pub position: usize,
}

impl<'a> Scanner<'a> {
    #[inline(always)]
    pub fn byte(&self, offset: usize) -> Option<u8> {
        self.text.as_bytes().get(self.position + offset).copied()
    }

    /// Goes on to the next `<`; `false` where there is none.
    #[inline(always)]
    pub fn skip_text(&mut self) -> bool {
        let bytes = self.text.as_bytes();
        if self.byte(0) == Some(b'<') {
            return true;
        }
        let found = block::find(bytes, self.position, bytes.len(), b'<');
        self.position = found.unwrap_or(bytes.len());
        found.is_some()
    }

    /// The next piece; `None` at the end of the document.
    pub fn next(&mut self) -> Result<Option<Piece<'a>>, ParseErrorKind> {
        let piece = match self.byte(0) {
            None => return Ok(None),
            Some(b'<') => self.markup()?,
            Some(b'&') => self.reference(),
            Some(_) => self.text_until(self.position),
        };
        Ok(Some(piece))
    }

    /// The piece that begins with `<`, at which the scanner stands.
    pub fn markup(&mut self) -> Result<Piece<'a>, ParseErrorKind> {
        match self.byte(1) {
            Some(b'/') => self.end_tag().map(Piece::End),
            Some(b'!') => self.bang(),
            // What begins it does not end it.
            Some(b'?') if self.byte(2) == Some(b'>') => Err(unclosed("processing instruction", "?>")),
            Some(b'?') => self.until("<?", "?>", "processing instruction").map(|_| Piece::Other),
            _ => self.start_tag().map(Piece::Start),
        }
    }

    #[inline(always)]
    pub fn start_tag(&mut self) -> Result<Tag<'a>, ParseErrorKind> {
        let bytes = self.text.as_bytes();
        let from = self.position + 1;
        let close = tag_end(bytes, from)?;
        let is_empty = close > from && bytes.get(close - 1) == Some(&b'/');
        let end = close - usize::from(is_empty);
        let (name_end, local) = match block::at(bytes, from) {
            Some(block) => {
                let ends = block::at_most(block, b' ') | !block::below(end - from);
                let length = ends.trailing_zeros() as usize;
                let colons = block::equal(block, b':') & block::below(length);
                if length < block::WIDTH && colons == 0 && is_name_end(bytes, from + length, end) {
                    (from + length, from)
                } else {
                    name_span(bytes, from, end)
                }
            }
            None => name_span(bytes, from, end),
        };
        self.position = close + 1;
        Ok(Tag {
            name: self.text.get(from..name_end).unwrap_or_default(),
            local: self.text.get(local..name_end).unwrap_or_default(),
            name_end,
            end,
            is_empty,
        })
    }

    pub fn end_tag(&mut self) -> Result<&'a str, ParseErrorKind> {
        let from = self.position + 2;
        let close = tag_end(self.text.as_bytes(), from)?;
        self.position = close + 1;
        Ok(self.text.get(from..close).unwrap_or_default().trim_end_matches(WHITE))
    }

    fn bang(&mut self) -> Result<Piece<'a>, ParseErrorKind> {
        let rest = self.text.get(self.position..).unwrap_or_default();
        if rest.starts_with("<!--") {
            self.until("<!--", "-->", "comment").map(|_| Piece::Other)
        } else if rest.starts_with("<![CDATA[") {
            self.until("<![CDATA[", "]]>", "CDATA").map(Piece::CData)
        } else if rest.get(..9).is_some_and(|begin| begin.eq_ignore_ascii_case("<!DOCTYPE")) {
            let length = doctype_length(rest.as_bytes()).ok_or_else(|| unclosed("DOCTYPE", ">"))?;
            self.position += length;
            Ok(Piece::Other)
        } else if ["<!--", "<![CDATA[", "<!DOCTYPE"].iter().any(|begin| begin.starts_with(rest)) {
            Err(unclosed("tag", ">"))
        } else {
            Err(ParseErrorKind::Syntax("unknown or missed symbol in markup".to_owned()))
        }
    }

    /// What stands between `open`, which comes next, and `close`.
    fn until(&mut self, open: &str, close: &str, what: &str) -> Result<&'a str, ParseErrorKind> {
        let rest = self.text.get(self.position + open.len()..).unwrap_or_default();
        let length =
            memchr::memmem::find(rest.as_bytes(), close.as_bytes()).ok_or_else(|| unclosed(what, close))?;
        self.position += open.len() + length + close.len();
        Ok(rest.get(..length).unwrap_or_default())
    }

    /// `&name;`, or a lone `&` with the text after it, which careless tools write.
    fn reference(&mut self) -> Piece<'a> {
        let from = self.position + 1;
        let rest = self.text.get(from..).unwrap_or_default();
        match memchr::memchr3(b';', b'&', b'<', rest.as_bytes()) {
            Some(length) if rest.as_bytes().get(length) == Some(&b';') => {
                self.position = from + length + 1;
                Piece::Reference(rest.get(..length).unwrap_or_default())
            }
            _ => self.text_until(from),
        }
    }

    /// The text up to the next `<` or `&` from `from` on.
    fn text_until(&mut self, from: usize) -> Piece<'a> {
        let rest = self.text.as_bytes().get(from..).unwrap_or_default();
        let end = memchr::memchr2(b'<', b'&', rest).map_or(self.text.len(), |length| from + length);
        let text = self.text.get(self.position..end).unwrap_or_default();
        self.position = end;
        Piece::Text(text)
    }
}

const WHITE: [char; 4] = [' ', '\t', '\r', '\n'];

#[inline(always)]
fn is_white(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

#[inline(always)]
fn is_name_end(bytes: &[u8], at: usize, end: usize) -> bool {
    at == end || bytes.get(at).is_some_and(|byte| is_white(*byte))
}

/// Where the name that begins at `from` ends, and where its local part begins.
fn name_span(bytes: &[u8], from: usize, end: usize) -> (usize, usize) {
    let name = bytes.get(from..end).unwrap_or_default();
    let length = name.iter().position(|byte| is_white(*byte)).unwrap_or(name.len());
    let colon = name.iter().take(length).position(|byte| *byte == b':');
    (from + length, colon.map_or(from, |colon| from + colon + 1))
}

/// The `>` that ends the start tag whose name begins at `from`: none inside of quotes.
#[inline(always)]
fn tag_end(bytes: &[u8], from: usize) -> Result<usize, ParseErrorKind> {
    let mut at = from;
    // Ones where the byte before the block is inside of a value.
    let mut inside = 0_u32;
    while let Some(block) = block::at(bytes, at) {
        let quotes = block::equal(block, b'"');
        if quotes == 0 && inside != 0 {
            // A long value.
            let rest = bytes.get(at..).unwrap_or_default();
            at += memchr::memchr(b'"', rest).ok_or_else(|| unclosed("attribute value", "\""))? + 1;
            inside = 0;
            continue;
        }
        if block::equal(block, b'\'') != 0 {
            break;
        }
        // Each bit becomes the parity of the quotes up to it.
        let mut parity = quotes;
        parity ^= parity << 1;
        parity ^= parity << 2;
        parity ^= parity << 4;
        parity ^= parity << 8;
        parity ^= inside;
        let ends = block::equal(block, b'>') & !parity;
        if ends != 0 {
            return Ok(at + ends.trailing_zeros() as usize);
        }
        inside = if parity & (1 << (block::WIDTH - 1)) == 0 { 0 } else { u32::MAX };
        at += block::WIDTH;
    }
    tag_end_slowly(bytes, at, (inside != 0).then_some(b'"'))
}

/// The same byte by byte, for what is left of a document and for values in apostrophes.
fn tag_end_slowly(bytes: &[u8], mut at: usize, mut quote: Option<u8>) -> Result<usize, ParseErrorKind> {
    loop {
        let rest = bytes.get(at..).unwrap_or_default();
        match quote {
            Some(open) => {
                let close = if open == b'"' { "\"" } else { "'" };
                at += memchr::memchr(open, rest).ok_or_else(|| unclosed("attribute value", close))? + 1;
                quote = None;
            }
            None => {
                let found = rest.iter().position(|byte| matches!(byte, b'"' | b'\'' | b'>'));
                let found = found.ok_or_else(|| unclosed("tag", ">"))?;
                at += found;
                match bytes.get(at) {
                    Some(b'>') => return Ok(at),
                    other => quote = other.copied(),
                }
                at += 1;
            }
        }
    }
}

/// How long a `DOCTYPE` is, its internal subset included. Nothing in it is understood but where it ends.
fn doctype_length(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    let mut is_inside = false;
    loop {
        let rest = bytes.get(at..)?;
        let past = |close: &[u8]| Some(memchr::memmem::find(rest, close)? + close.len());
        at += match rest.first()? {
            quote @ (b'"' | b'\'') => memchr::memchr(*quote, rest.get(1..)?)? + 2,
            b'<' if rest.starts_with(b"<!--") => past(b"-->")?,
            b'<' if rest.starts_with(b"<?") => past(b"?>")?,
            b'[' => {
                is_inside = true;
                1
            }
            b']' => {
                is_inside = false;
                1
            }
            b'>' if !is_inside => return Some(at + 1),
            _ => 1,
        };
    }
}

#[cold]
fn unclosed(what: &str, close: &str) -> ParseErrorKind {
    ParseErrorKind::Truncated(format!("{what} not closed: `{close}` not found before end of input"))
}

#[cfg(test)]
mod tests {
    use quick_xml::events::Event;

    use super::{Piece, Scanner};

    /// The pieces, up to the first error.
    fn ours(text: &str) -> (Vec<String>, bool) {
        let mut scanner = Scanner { text, position: 0 };
        let mut pieces = Vec::new();
        loop {
            pieces.push(match scanner.next() {
                Ok(Some(Piece::Start(tag))) => {
                    let attributes = text.get(tag.name_end..tag.end).expect("a span");
                    assert!(tag.name.ends_with(tag.local));
                    format!("start {} {attributes:?} {}", tag.name, tag.is_empty)
                }
                Ok(Some(Piece::End(name))) => format!("end {name}"),
                Ok(Some(Piece::Text(text))) => format!("text {text:?}"),
                Ok(Some(Piece::CData(text))) => format!("cdata {text:?}"),
                Ok(Some(Piece::Reference(name))) => format!("reference {name:?}"),
                Ok(Some(Piece::Other)) => "other".to_owned(),
                Ok(None) => return (pieces, true),
                Err(_) => return (pieces, false),
            });
        }
    }

    /// The same as quick-xml sees it.
    fn theirs(text: &str) -> (Vec<String>, bool) {
        let mut reader = quick_xml::Reader::from_str(text);
        reader.config_mut().allow_dangling_amp = true;
        reader.config_mut().check_end_names = false;
        reader.config_mut().allow_unmatched_ends = true;
        let mut pieces = Vec::new();
        let start = |tag: &quick_xml::events::BytesStart<'_>, is_empty: bool| {
            let name = tag.name();
            format!("start {} {:?} {is_empty}", name.0, tag.attributes_raw())
        };
        loop {
            pieces.push(match reader.read_event() {
                Ok(Event::Start(tag)) => start(&tag, false),
                Ok(Event::Empty(tag)) => start(&tag, true),
                Ok(Event::End(tag)) => format!("end {}", tag.name().0.trim_ascii_end()),
                Ok(Event::Text(text)) => format!("text {:?}", &*text),
                Ok(Event::CData(text)) => format!("cdata {:?}", &*text),
                Ok(Event::GeneralRef(name)) => format!("reference {:?}", &*name),
                Ok(Event::Eof) => return (pieces, true),
                Ok(_) => "other".to_owned(),
                Err(_) => return (pieces, false),
            });
        }
    }

    #[test]
    fn agrees_with_quick_xml() {
        const PIECES: [&str; 34] = [
            "<",
            ">",
            "/",
            "a",
            "<a",
            "<n:b ",
            "</a>",
            "</b >",
            "<a>",
            "<a/>",
            " x=\"1\"",
            " y='2'",
            "=",
            "\"",
            "'",
            " ",
            "\n    ",
            "&",
            ";",
            "&lt;",
            "&#65;",
            "text of more than sixteen bytes",
            "<!--",
            "-->",
            "<![CDATA[",
            "]]>",
            "<?pi ",
            "?>",
            "é",
            "!",
            "--",
            " message=\"a text of more than sixteen bytes > or not, it's long\"",
            "<testcase classname=\"a.b.C\" name='d' time=\"0.1\">",
            "<!DOCTYPE a SYSTEM \"u>\" [<!ENTITY e 'v]>'><!-- ]> -->]>",
        ];
        let mut state = 11_u64;
        let mut whole = 0;
        let mut different = Vec::new();
        for _ in 0..200_000 {
            let mut text = String::new();
            let mut next = |bound: usize| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (state >> 33) as usize % bound
            };
            for _ in 0..1 + next(9) {
                text.push_str(PIECES[next(PIECES.len())]);
            }
            let (ours, theirs) = (ours(&text), theirs(&text));
            whole += u32::from(ours.1);
            if ours != theirs && different.len() < 10 {
                different.push(format!("{text:?}:\n  {ours:?}\n  {theirs:?}"));
            }
        }
        assert!(different.is_empty(), "{}", different.join("\n"));
        assert!(whole > 50_000, "{whole}");
    }
}

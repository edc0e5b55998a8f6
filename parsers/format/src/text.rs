//! Reading plain text line by line.

/// One line, without its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line<'a> {
    /// From 1.
    pub number: u32,
    /// Where it begins, in bytes.
    pub offset: usize,
    /// Its text, without `\n` or `\r\n`.
    pub text: &'a str,
}

/// The lines of a text. The last one needs no line end; a text that ends with one has no empty line after it.
pub fn lines(text: &str) -> Lines<'_> {
    Lines { text, offset: 0, number: 0 }
}

/// See [`lines`].
#[derive(Debug, Clone)]
pub struct Lines<'a> {
    text: &'a str,
    offset: usize,
    number: u32,
}

impl<'a> Iterator for Lines<'a> {
    type Item = Line<'a>;

    #[inline]
    fn next(&mut self) -> Option<Line<'a>> {
        let rest = self.text.get(self.offset..).filter(|rest| !rest.is_empty())?;
        let length = memchr::memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len());
        let line = rest.get(..length)?;
        let offset = self.offset;
        self.offset += length + 1;
        self.number = self.number.saturating_add(1);
        Some(Line { number: self.number, offset, text: line.strip_suffix('\r').unwrap_or(line) })
    }
}

/// How many bytes of a report's own words an error or a warning repeats.
pub(crate) const SHOWN_BYTES: usize = 1000;

/// Cuts a text that is shown to people after [`SHOWN_BYTES`], between two characters: a name in a hostile report can be
/// as long as the report, and what is said of it is stored, sent and logged.
pub(crate) fn shorten(mut text: String) -> String {
    if text.len() > SHOWN_BYTES {
        text.truncate(text.floor_char_boundary(SHOWN_BYTES));
        text.push('…');
        text.shrink_to_fit();
    }
    text
}

/// Removes the colour codes of a terminal (`ESC [ … letter`), which tools write where they are told to, or by mistake.
pub fn without_colours(text: &str) -> std::borrow::Cow<'_, str> {
    if memchr::memchr(0x1b, text.as_bytes()).is_none() {
        return text.into();
    }
    let mut plain = String::with_capacity(text.len());
    let mut parts = text.split('\u{1b}');
    plain.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let rest = match part.strip_prefix('[') {
            Some(code) => {
                code.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';').get(1..).unwrap_or_default()
            }
            None => part,
        };
        plain.push_str(rest);
    }
    plain.into()
}

#[cfg(test)]
mod tests {
    use super::{lines, without_colours};

    #[test]
    fn splits_lines_with_their_offsets() {
        let all: Vec<_> = lines("a\r\n\nb").map(|line| (line.number, line.offset, line.text)).collect();
        assert_eq!(all, [(1, 0, "a"), (2, 3, ""), (3, 4, "b")]);
        assert_eq!(lines("a\n").count(), 1);
        assert_eq!(lines("").count(), 0);
    }

    #[test]
    fn removes_colour_codes() {
        assert_eq!(without_colours("\u{1b}[1;31mred\u{1b}[0m rest"), "red rest");
        assert_eq!(without_colours("plain"), "plain");
        assert_eq!(without_colours("cut\u{1b}["), "cut");
        assert_eq!(without_colours("odd\u{1b}[1é"), "odd");
    }
}

//! Text that came out of a report, made safe to look at.
//!
//! Markup cannot come through, because report text only ever becomes a text node. What remains are characters that
//! change how the text around them reads: control characters, and the marks that turn the writing direction
//! (`U+202E` can make `exe.txt` of `txt.exe`). They are shown as what they are instead of being obeyed.

use std::borrow::Cow;
use std::fmt::Write;

/// One line of report text: line breaks and tabs become spaces, invisible characters become visible.
pub fn line(text: &str) -> Cow<'_, str> {
    rewrite(text, true)
}

/// Report text of several lines: line breaks and tabs stay.
pub fn block(text: &str) -> Cow<'_, str> {
    rewrite(text, false)
}

/// The first `limit` characters, with an ellipsis where something was cut off.
pub fn shorten(text: &str, limit: usize) -> Cow<'_, str> {
    match text.char_indices().nth(limit) {
        None => Cow::Borrowed(text),
        Some((end, _)) => {
            let mut out = text.get(..end).unwrap_or_default().trim_end().to_owned();
            out.push('…');
            Cow::Owned(out)
        }
    }
}

/// A link from a report, if it is one that a browser may follow: `http` or `https`, nothing else.
pub fn web_link(uri: &str) -> Option<&str> {
    let lower = uri.get(..8).or(uri.get(..7))?.to_ascii_lowercase();
    let has_scheme = lower.starts_with("http://") || lower.starts_with("https://");
    (has_scheme && !uri.chars().any(|c| c.is_control() || is_invisible(c))).then_some(uri)
}

fn rewrite(text: &str, single_line: bool) -> Cow<'_, str> {
    let keeps = |c: char| match c {
        '\n' | '\t' => !single_line,
        c => !c.is_control() && !is_invisible(c),
    };
    if text.chars().all(keeps) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            c if keeps(c) => out.push(c),
            '\n' | '\t' | '\r' if single_line => {
                if !out.ends_with(' ') {
                    out.push(' ');
                }
            }
            // A carriage return before a line break is how some systems end lines: nothing to see.
            '\r' => {}
            // The colour codes of terminals begin with escape; the picture keeps them readable as what they are.
            c @ '\0'..='\x1f' => out.push(char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}')),
            '\x7f' => out.push('\u{2421}'),
            c => {
                if write!(out, "‹U+{:04X}›", u32::from(c)).is_err() {
                    out.push('\u{fffd}');
                }
            }
        }
    }
    Cow::Owned(out)
}

/// Marks of direction, zero-width characters and the like.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{00ad}' | '\u{061c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
    )
}

#[cfg(test)]
mod tests {
    use super::{block, line, shorten, web_link};

    #[test]
    fn plain_text_stays() {
        for text in ["", "assert 1 == 2", "<script>alert(1)</script>", "Grüße, 世界, עברית"] {
            assert_eq!(line(text), text);
            assert_eq!(block(text), text);
        }
    }

    #[test]
    fn what_cannot_be_seen_is_shown() {
        assert_eq!(line("user\u{202e}gpj.exe"), "user‹U+202E›gpj.exe");
        assert_eq!(line("a\0b\x1b[31mc\x7f"), "a␀b␛[31mc␡");
        assert_eq!(line("zero\u{200b}width\u{feff}"), "zero‹U+200B›width‹U+FEFF›");
        assert_eq!(line("\u{85}"), "‹U+0085›");
    }

    #[test]
    fn line_breaks_stay_only_in_blocks() {
        assert_eq!(line("a\r\n\tb"), "a b");
        assert_eq!(block("a\r\n\tb"), "a\n\tb");
    }

    #[test]
    fn shortens_at_characters() {
        assert_eq!(shorten("abc", 3), "abc");
        assert_eq!(shorten("äöü ß", 4), "äöü…");
        assert_eq!(shorten("", 0), "");
    }

    #[test]
    fn only_web_addresses_become_links() {
        for good in ["https://example.org/rule#1", "HTTP://example.org"] {
            assert_eq!(web_link(good), Some(good));
        }
        for bad in [
            "javascript:alert(1)",
            "data:text/html,x",
            " https://example.org",
            "//example.org",
            "",
            "http:",
            "https://a\u{202e}b",
            "java\nscript:alert(1)",
            "file:///etc/passwd",
            "ünïcödé",
        ] {
            assert_eq!(web_link(bad), None, "{bad}");
        }
    }
}

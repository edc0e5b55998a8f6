use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use plimsoll_format::{Warning, WarningCode};

/// Brings bytes to text: by their byte order mark, by the zero bytes that UTF-16 has between ASCII letters, by an XML
/// declaration; else UTF-8. Bytes that are not valid are replaced and counted in a warning.
pub fn decode(bytes: &[u8]) -> (Cow<'_, str>, Option<Warning>) {
    let (encoding, mark) = encoding_of(bytes);
    let body = bytes.get(mark..).unwrap_or_default();
    if encoding == UTF_8
        && let Ok(text) = std::str::from_utf8(body)
    {
        return (Cow::Borrowed(text), None);
    }
    let (text, had_errors) = encoding.decode_without_bom_handling(body);
    let warning = had_errors.then(|| {
        let replaced = text.matches(char::REPLACEMENT_CHARACTER).count();
        let message = format!("{replaced} characters that are not valid {} were replaced", encoding.name());
        Warning::new(WarningCode::ReplacedBytes, message)
    });
    (text, warning)
}

/// Whether the bytes of a text that is valid UTF-8 say that they are to be read as something else.
pub(super) fn declares_other(bytes: &[u8]) -> bool {
    encoding_of(bytes).0 != UTF_8
}

pub(super) fn without_mark(mut text: String) -> String {
    if text.starts_with('\u{feff}') {
        text.drain(..'\u{feff}'.len_utf8());
    }
    text
}

fn encoding_of(bytes: &[u8]) -> (&'static Encoding, usize) {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return (encoding, mark);
    }
    match bytes {
        [0, letter, ..] if *letter != 0 => (UTF_16BE, 0),
        [letter, 0, ..] if *letter != 0 => (UTF_16LE, 0),
        _ => (declared(bytes).unwrap_or(UTF_8), 0),
    }
}

/// The encoding that an XML declaration names, in bytes that are a superset of ASCII. A declaration of UTF-16 in such
/// bytes is wrong (.NET writes it into strings), and they are UTF-8.
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes.get(..bytes.len().min(256))?.trim_ascii_start();
    let declaration = head.strip_prefix(b"<?xml")?;
    let end = memchr::memchr(b'>', declaration)?;
    let declaration = std::str::from_utf8(declaration.get(..end)?).ok()?;
    let (_, value) = declaration.split_once("encoding")?;
    let value = value.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let label = value.get(1..)?.split(quote).next()?;
    Encoding::for_label(label.as_bytes()).filter(|encoding| *encoding != UTF_16LE && *encoding != UTF_16BE)
}

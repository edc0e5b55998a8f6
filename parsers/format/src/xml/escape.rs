use std::borrow::Cow;

use crate::ParseErrorKind;

/// Whether an attribute's text stands for itself: no reference, no white space but blanks.
#[inline]
pub(super) fn is_plain(raw: &str) -> bool {
    // Without an early return, so that the compiler can compare many bytes at once.
    raw.bytes().fold(true, |plain, byte| plain & (byte != b'&') & (byte >= b' '))
}

pub(super) fn attribute_value(raw: &str) -> Result<String, ParseErrorKind> {
    let mut value = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = memchr::memchr(b'&', rest.as_bytes()) {
        let (before, from) = rest.split_at_checked(at).unwrap_or((rest, ""));
        push_blanked(&mut value, before);
        let from = from.get(1..).unwrap_or_default();
        rest = match from.split_once(';') {
            Some((name, after)) if is_name(name) => {
                if !push_reference(&mut value, name) {
                    return Err(unknown_entity(name));
                }
                after
            }
            _ => {
                value.push('&');
                from
            }
        };
    }
    push_blanked(&mut value, rest);
    Ok(value)
}

fn push_blanked(value: &mut String, text: &str) {
    if is_plain(text) {
        return value.push_str(text);
    }
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' if chars.peek() == Some(&'\n') => {}
            '\r' | '\n' | '\t' => value.push(' '),
            c => value.push(c),
        }
    }
}

/// Appends what `&name;` stands for; `false` where it is an entity that is not predefined. A lone ampersand, which
/// careless tools write, stands for itself.
pub(super) fn push_reference(text: &mut String, name: &str) -> bool {
    match name {
        "lt" => text.push('<'),
        "gt" => text.push('>'),
        "amp" => text.push('&'),
        "quot" => text.push('"'),
        "apos" => text.push('\''),
        name if !is_name(name) => {
            text.push('&');
            text.push_str(name);
            text.push(';');
        }
        name => match name.strip_prefix('#').map(character) {
            None => return false,
            // Tools escape control characters and halves of surrogate pairs; the text around them is still of use.
            Some(c) => text.push(c.unwrap_or(char::REPLACEMENT_CHARACTER)),
        },
    }
    true
}

fn character(code: &str) -> Option<char> {
    let number = match code.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16),
        None => code.parse(),
    };
    number.ok().and_then(char::from_u32).filter(|c| *c != '\0')
}

fn is_name(name: &str) -> bool {
    let body = name.strip_prefix('#').unwrap_or(name);
    !body.is_empty()
        && body.len() <= 64
        && body.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':'))
}

pub(super) fn unknown_entity(name: &str) -> ParseErrorKind {
    ParseErrorKind::Unsupported(format!("the entity `&{name};` is not one of the five predefined ones"))
}

/// `\r\n` and `\r` as `\n`, as XML wants it.
pub(super) fn with_unix_line_ends(text: &str) -> Cow<'_, str> {
    if memchr::memchr(b'\r', text.as_bytes()).is_none() {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
}

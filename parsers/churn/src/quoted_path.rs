use std::borrow::Cow;

/// A path as git prints it: as it is, or in double quotes with C escapes where it holds quotes, control characters
/// or (with `core.quotePath`, the default) bytes beyond ASCII.
///
/// A path that begins with a quote but does not end with one is taken as it is.
pub(crate) fn unquote(raw: &str) -> Cow<'_, str> {
    match raw.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(inner) if inner.contains('\\') => Cow::Owned(unescape(inner)),
        Some(inner) => Cow::Borrowed(inner),
        None => Cow::Borrowed(raw),
    }
}

fn unescape(inner: &str) -> String {
    let mut bytes = Vec::with_capacity(inner.len());
    let mut rest = inner.bytes().peekable();
    while let Some(byte) = rest.next() {
        if byte != b'\\' {
            bytes.push(byte);
            continue;
        }
        match rest.next() {
            Some(b'n') => bytes.push(b'\n'),
            Some(b't') => bytes.push(b'\t'),
            Some(b'r') => bytes.push(b'\r'),
            Some(b'a') => bytes.push(7),
            Some(b'b') => bytes.push(8),
            Some(b'f') => bytes.push(12),
            Some(b'v') => bytes.push(11),
            Some(first @ b'0'..=b'7') => {
                let mut value = u32::from(first - b'0');
                for _ in 0..2 {
                    let Some(next) = rest.next_if(|next| (b'0'..=b'7').contains(next)) else { break };
                    value = value * 8 + u32::from(next - b'0');
                }
                bytes.push(u8::try_from(value & 0xff).unwrap_or(b'?'));
            }
            Some(other) => bytes.push(other),
            None => bytes.push(b'\\'),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::unquote;

    #[test]
    fn takes_the_quotes_and_the_escapes_off() {
        assert_eq!(unquote("src/lib.rs"), "src/lib.rs");
        assert_eq!(unquote(r#""a b.txt""#), "a b.txt");
        assert_eq!(unquote(r#""caf\303\251.txt""#), "café.txt");
        assert_eq!(unquote(r#""tab\there \"x\" \\""#), "tab\there \"x\" \\");
        assert_eq!(unquote(r#""open"#), "\"open");
        assert_eq!(unquote(r#""\377""#), "\u{fffd}");
        assert_eq!(unquote("\""), "\"");
    }
}

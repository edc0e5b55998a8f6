//! URIs of files, as SARIF writes them.

use std::borrow::Cow;

/// Resolves `%20` and the like. What does not decode to text stays as it is.
pub fn percent_decoded(uri: Cow<'_, str>) -> Cow<'_, str> {
    if !uri.contains('%') {
        return uri;
    }
    let mut bytes = Vec::with_capacity(uri.len());
    let mut rest = uri.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let decoded = match (*first, after) {
            (b'%', [high, low, ..]) => hex(*high).zip(hex(*low)).map(|(high, low)| high * 16 + low),
            _ => None,
        };
        bytes.push(decoded.unwrap_or(*first));
        rest = if decoded.is_some() { after.get(2..).unwrap_or_default() } else { after };
    }
    match String::from_utf8(bytes) {
        Ok(text) => Cow::Owned(text),
        Err(_) => uri,
    }
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

/// Whether the URI or path needs nothing before it: it has a scheme, a drive or a leading slash.
pub fn is_absolute(uri: &str) -> bool {
    uri.starts_with(['/', '\\'])
        || uri.split_once(':').is_some_and(|(scheme, _)| !scheme.is_empty() && !scheme.contains(['/', '\\']))
}

#[cfg(test)]
mod tests {
    use super::{is_absolute, percent_decoded};

    #[test]
    fn decodes_what_can_be_decoded() {
        assert_eq!(percent_decoded("a%20b/%C3%A9.c".into()), "a b/é.c");
        assert_eq!(percent_decoded("100%".into()), "100%");
        assert_eq!(percent_decoded("%zz%2".into()), "%zz%2");
        assert_eq!(percent_decoded("%ff".into()), "%ff");
    }

    #[test]
    fn knows_absolute_uris() {
        for uri in ["/a", "file:///a", "C:\\a", "c:/a", "\\\\host\\share", "https://x/y"] {
            assert!(is_absolute(uri), "{uri}");
        }
        for uri in ["a/b", "a/b:c", "", ":x"] {
            assert!(!is_absolute(uri), "{uri}");
        }
    }
}

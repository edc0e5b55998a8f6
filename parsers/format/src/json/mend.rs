/// A document without the commas that stand before a closing bracket; `None` where it holds none, or is no JSON at all.
///
/// Some tools join their arrays so carelessly. It takes one pass and one copy, so it is for a document that could not be
/// read as it stands.
pub fn without_trailing_commas(text: &str) -> Option<String> {
    if !text.trim_start().starts_with(['{', '[']) {
        return None;
    }
    let mut mended: Option<String> = None;
    let (mut copied, mut from) = (0, 0);
    let bytes = text.as_bytes();
    while let Some(at) = memchr::memchr2(b'"', b',', bytes.get(from..)?).map(|place| from + place) {
        from = at + 1;
        if bytes.get(at) == Some(&b'"') {
            let Some(end) = string_end(bytes, from) else { break };
            from = end;
            continue;
        }
        let after = bytes.get(from..)?.trim_ascii_start();
        if let [b'}' | b']', ..] = after {
            mended.get_or_insert_default().push_str(text.get(copied..at)?);
            copied = from;
        }
    }
    let mut mended = mended?;
    mended.push_str(text.get(copied..)?);
    Some(mended)
}

/// What follows the quote that ends a text.
fn string_end(bytes: &[u8], mut from: usize) -> Option<usize> {
    loop {
        let at = from + memchr::memchr2(b'"', b'\\', bytes.get(from..)?)?;
        match bytes.get(at) {
            Some(b'"') => return Some(at + 1),
            _ => from = at + 2,
        }
    }
}

/// What detection can know of an XML document from its first bytes.
#[derive(Debug, Clone, Copy)]
pub struct Head<'a> {
    /// The root element's local name.
    pub root: &'a str,
    /// The root's attributes as they are written; may be cut.
    pub attributes: &'a str,
    /// What follows the root's start tag; cut at the end of the head.
    pub inside: &'a str,
    /// The `DOCTYPE` as it is written, without `<!DOCTYPE` and `>`; empty where there is none.
    pub doctype: &'a str,
}

impl<'a> Head<'a> {
    /// The raw value of one of the root's attributes.
    pub fn attribute(&self, name: &str) -> Option<&'a str> {
        let mut rest = self.attributes;
        while let Some((before, after)) = rest.split_once('=') {
            let found = before.trim().rsplit([':', ' ', '\n', '\t']).next() == Some(name);
            let after = after.trim_ascii_start();
            let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
            let (value, next) = after.get(1..)?.split_once(quote)?;
            if found {
                return Some(value);
            }
            rest = next;
        }
        None
    }

    /// Whether an element of this local name is begun inside the root, as far as the head reaches.
    pub fn has_element(&self, name: &str) -> bool {
        self.elements().any(|found| found == name)
    }

    /// The local name of the first element inside the root, as far as the head reaches.
    pub fn first_element(&self) -> Option<&'a str> {
        self.elements().next()
    }

    /// The local names of all elements begun inside the root, at any depth, as far as the head reaches.
    pub fn elements(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        let mut rest = self.inside;
        std::iter::from_fn(move || {
            loop {
                rest = rest.get(memchr::memchr(b'<', rest.as_bytes())?..)?;
                if let Some(after) = skip_non_element(rest) {
                    rest = after?;
                    continue;
                }
                let from = rest.get(1..)?;
                rest = from;
                if !from.starts_with('/') {
                    return Some(super::local_name(tag_name(from)));
                }
            }
        })
    }
}

/// Looks at the beginning of a text; `None` where it is no XML with a root element in sight.
pub fn head(text: &str) -> Option<Head<'_>> {
    let mut rest = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    let mut doctype = "";
    loop {
        if !rest.starts_with('<') {
            return None;
        }
        match skip_non_element(rest) {
            None => break,
            Some(after) => {
                let after = after?;
                if let Some(body) = rest.get(..rest.len() - after.len()).and_then(|markup| markup.get(9..))
                    && rest.as_bytes().get(2).is_some_and(|byte| byte.eq_ignore_ascii_case(&b'd'))
                {
                    doctype = body.trim_end_matches('>').trim();
                }
                rest = after.trim_start();
            }
        }
    }
    let tag = rest.get(1..)?;
    let name = tag_name(tag);
    let after = tag.get(name.len()..)?;
    let (attributes, inside) = match tag_end(after) {
        Some(end) => (after.get(..end)?, after.get(end + 1..)?),
        None => (after, ""),
    };
    (!name.is_empty()).then_some(Head { root: super::local_name(name), attributes, inside, doctype })
}

/// `None` where an element or an end tag begins; otherwise what follows the comment, instruction, CDATA or DOCTYPE,
/// which is `None` in turn where it does not end within the text.
fn skip_non_element(rest: &str) -> Option<Option<&str>> {
    let end = |close: &str| rest.split_once(close).map(|(_, after)| after);
    if rest.starts_with("<!--") {
        Some(end("-->"))
    } else if rest.starts_with("<?") {
        Some(end("?>"))
    } else if rest.starts_with("<![CDATA[") {
        Some(end("]]>"))
    } else if rest.starts_with("<!") {
        let internal = rest.find('[').filter(|bracket| rest.find('>').is_none_or(|close| *bracket < close));
        Some(match internal {
            None => end(">"),
            Some(_) => end("]").and_then(|after| after.split_once('>')).map(|(_, after)| after),
        })
    } else {
        None
    }
}

fn tag_name(tag: &str) -> &str {
    tag.split(|c: char| c.is_ascii_whitespace() || matches!(c, '>' | '/')).next().unwrap_or_default()
}

/// The `>` that ends a start tag, none inside quotes.
fn tag_end(tag: &str) -> Option<usize> {
    let mut quote = None;
    for (index, byte) in tag.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return Some(index),
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
    }
    None
}

use std::borrow::Cow;

/// What detection can know of a JSON document from its first bytes: which keys stand where, as far as they reach.
#[derive(Debug, Clone, Default)]
pub struct Head<'a> {
    /// The outermost value is an array.
    pub is_array: bool,
    /// The outermost value ends within the head.
    pub is_whole: bool,
    /// Path and first bytes of the value of each key, in the order of the document; array elements have no number:
    /// `runs[].tool.driver.name`.
    pub fields: Vec<(String, Cow<'a, str>)>,
}

impl<'a> Head<'a> {
    /// Whether there is a key at this path: `runs[].tool`.
    pub fn has(&self, path: &str) -> bool {
        self.fields.iter().any(|(found, _)| found == path)
    }

    /// Whether there are keys at all of these paths.
    pub fn has_all(&self, paths: &[&str]) -> bool {
        paths.iter().all(|path| self.has(path))
    }

    /// Whether there is a key at one of these paths.
    pub fn has_any(&self, paths: &[&str]) -> bool {
        paths.iter().any(|path| self.has(path))
    }

    /// The first value at this path: a text without its quotes and escapes as they are written, a number or a literal as
    /// written, `{` or `[`; empty where the head ends before it.
    pub fn value(&self, path: &str) -> Option<&str> {
        self.fields.iter().find(|(found, _)| found == path).map(|(_, value)| value.as_ref())
    }
}

/// Looks at the beginning of a text; `None` where it begins with no object or array.
///
/// Several documents one after the other (JSON lines) are looked at as if each were the first.
pub fn head(text: &str) -> Option<Head<'_>> {
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    let mut head = Head { is_array: text.starts_with('['), ..Head::default() };
    if !head.is_array && !text.starts_with('{') {
        return None;
    }
    let mut scan = Scan { rest: text, open: Vec::new(), expects_key: false };
    scan.run(&mut head)?;
    Some(head)
}

struct Scan<'a> {
    rest: &'a str,
    /// For each open value: whether it is an array, and the path of what is inside.
    open: Vec<(bool, String)>,
    expects_key: bool,
}

impl<'a> Scan<'a> {
    /// `None` where the text cannot be JSON.
    fn run(&mut self, head: &mut Head<'a>) -> Option<()> {
        let mut key: Option<String> = None;
        loop {
            self.rest = self.rest.trim_ascii_start();
            let Some(byte) = self.rest.bytes().next() else { return Some(()) };
            match byte {
                b'{' | b'[' => {
                    self.note(head, &key, Cow::Borrowed(if byte == b'{' { "{" } else { "[" }));
                    let mut inside = self.path(key.take().as_deref());
                    if byte == b'[' && !self.open.is_empty() {
                        inside.push_str("[]");
                    }
                    if self.open.len() > 128 {
                        return Some(());
                    }
                    self.open.push((byte == b'[', inside));
                    self.expects_key = byte == b'{';
                    self.advance(1);
                }
                b'}' | b']' => {
                    self.open.pop()?;
                    head.is_whole |= self.open.is_empty();
                    self.expects_key = false;
                    self.advance(1);
                }
                b',' => {
                    self.expects_key = matches!(self.open.last(), Some((false, _)));
                    self.advance(1);
                }
                b':' => self.advance(1),
                b'"' => {
                    let Some(text) = self.string() else {
                        // Cut inside of a text: the key is known, its value in part.
                        if !self.expects_key {
                            self.note(head, &key, Cow::Borrowed(self.rest.get(1..).unwrap_or_default()));
                        }
                        return Some(());
                    };
                    if self.expects_key {
                        key = Some(text.to_owned());
                        self.expects_key = false;
                    } else {
                        self.note(head, &key, Cow::Borrowed(text));
                        key = None;
                    }
                }
                b'-' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => {
                    let end =
                        self.rest.find([',', '}', ']', ' ', '\n', '\r', '\t']).unwrap_or(self.rest.len());
                    let literal = self.rest.get(..end)?;
                    let is_json = matches!(literal, "true" | "false" | "null")
                        || byte == b'-'
                        || byte.is_ascii_digit()
                        || end == self.rest.len();
                    if !is_json && !self.open.is_empty() {
                        return None;
                    }
                    self.note(head, &key, Cow::Borrowed(literal));
                    key = None;
                    self.advance(end);
                }
                _ if self.open.is_empty() => return Some(()),
                _ => return None,
            }
        }
    }

    fn note(&self, head: &mut Head<'a>, key: &Option<String>, value: Cow<'a, str>) {
        if let Some(key) = key {
            head.fields.push((self.path(Some(key)), value));
        }
    }

    fn path(&self, key: Option<&str>) -> String {
        let outside = self.open.last().map_or("", |(_, path)| path.as_str());
        match key {
            None => outside.to_owned(),
            Some(key) if outside.is_empty() => key.to_owned(),
            Some(key) => format!("{outside}.{key}"),
        }
    }

    fn string(&mut self) -> Option<&'a str> {
        let body = self.rest.get(1..)?;
        let mut from = 0;
        loop {
            let at = from + memchr::memchr2(b'"', b'\\', body.as_bytes().get(from..)?)?;
            if body.as_bytes().get(at) == Some(&b'"') {
                self.rest = body.get(at + 1..)?;
                return body.get(..at);
            }
            from = at + 2;
        }
    }

    fn advance(&mut self, bytes: usize) {
        self.rest = self.rest.get(bytes..).unwrap_or_default();
    }
}

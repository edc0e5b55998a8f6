use std::fmt;

use serde::{Deserialize, Serialize};

/// Characters of a pattern, at most: with so many, no path can make matching slow.
const MOST_CHARS: usize = 1_000;

/// A pattern of paths, as in a `.gitignore`.
///
/// * `*` is any part of a name, `?` one character, `[a-z]` one of some, `[!a-z]` one of all others; `\` takes the next
///   character as it is.
/// * `**` is any number of folders.
/// * A pattern with a slash before its end begins at the repository's root; one without fits at any depth.
/// * A pattern that fits a folder fits everything in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Glob {
    text: String,
    parts: Vec<Part>,
    /// It ends with a slash: only what is inside such a folder fits.
    only_folder: bool,
    /// What every fitting path begins with: most paths are told apart by it alone.
    prefix: String,
}

/// Why a pattern cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GlobError(String);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    /// `**`
    AnyFolders,
    /// One folder's or the file's name.
    Name(Vec<Token>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Char(char),
    AnyChar,
    AnyChars,
    Class { ranges: Vec<(char, char)>, is_negated: bool },
}

impl Glob {
    /// Reads a pattern.
    ///
    /// # Errors
    /// Where it is empty, too long, begins with `!`, or a bracket is not closed.
    pub fn new(text: &str) -> Result<Self, GlobError> {
        let wrong = |why: &str| GlobError(format!("the pattern `{text}` {why}"));
        if text.chars().count() > MOST_CHARS {
            return Err(GlobError(format!("a pattern has more than {MOST_CHARS} characters")));
        }
        if text.starts_with('!') {
            return Err(wrong("begins with `!`, which is not understood: list what is meant instead"));
        }
        let trimmed = text.strip_prefix("./").unwrap_or(text);
        let only_folder = trimmed.ends_with('/');
        let inner = trimmed.trim_matches('/');
        if inner.is_empty() {
            return Err(wrong("is empty; everything is `**`"));
        }
        let mut parts = Vec::new();
        if !inner.contains('/') && !trimmed.starts_with('/') {
            parts.push(Part::AnyFolders);
        }
        for name in inner.split('/').filter(|name| !name.is_empty()) {
            if name == "**" {
                if parts.last() != Some(&Part::AnyFolders) {
                    parts.push(Part::AnyFolders);
                }
            } else {
                parts
                    .push(Part::Name(tokens(name).ok_or_else(|| wrong("has a bracket that is not closed"))?));
            }
        }
        let prefix = literal_prefix(&parts);
        Ok(Self { text: text.to_owned(), parts, only_folder, prefix })
    }

    /// The pattern as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether a path of the repository fits: the file itself, or a folder that holds it.
    pub fn matches(&self, path: &str) -> bool {
        if !path.starts_with(&self.prefix) {
            return false;
        }
        let names: Vec<&str> = path.split('/').collect();
        // `reached[n]`: the parts so far can fit the first n names.
        let mut reached = vec![false; names.len() + 1];
        if let Some(first) = reached.first_mut() {
            *first = true;
        }
        let last = self.parts.len().saturating_sub(1);
        for (at, part) in self.parts.iter().enumerate() {
            let mut next = vec![false; reached.len()];
            match part {
                Part::AnyFolders => {
                    let mut any = false;
                    for (from, to) in reached.iter().zip(next.iter_mut()) {
                        any |= *from;
                        *to = any;
                    }
                    if at == last
                        && at > 0
                        && let Some(to) = reached.iter().position(|from| *from).and_then(|n| next.get_mut(n))
                    {
                        // `folder/**` is what is in the folder, not the folder itself.
                        *to = false;
                    }
                }
                Part::Name(tokens) => {
                    let steps = reached.iter().zip(next.iter_mut().skip(1)).zip(&names);
                    for ((from, to), name) in steps {
                        *to = *from && fits(tokens, name);
                    }
                }
            }
            reached = next;
        }
        // All names fit, or the first of them, which are then a folder.
        reached
            .iter()
            .enumerate()
            .skip(1)
            .any(|(count, fits)| *fits && (count < names.len() || !self.only_folder))
    }
}

/// The first names of a pattern, as long as they hold no wildcard.
fn literal_prefix(parts: &[Part]) -> String {
    let mut prefix = String::new();
    for part in parts {
        let Part::Name(tokens) = part else { break };
        if !prefix.is_empty() {
            prefix.push('/');
        }
        for token in tokens {
            let Token::Char(char) = token else { return prefix };
            prefix.push(*char);
        }
    }
    prefix
}

fn tokens(name: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut chars = name.chars();
    while let Some(char) = chars.next() {
        tokens.push(match char {
            '*' if tokens.last() == Some(&Token::AnyChars) => continue,
            '*' => Token::AnyChars,
            '?' => Token::AnyChar,
            '\\' => Token::Char(chars.next().unwrap_or('\\')),
            '[' => class(&mut chars)?,
            char => Token::Char(char),
        });
    }
    Some(tokens)
}

fn class(chars: &mut std::str::Chars<'_>) -> Option<Token> {
    let mut ranges: Vec<(char, char)> = Vec::new();
    let mut rest = chars.clone();
    let is_negated = matches!(rest.next(), Some('!' | '^'));
    if is_negated {
        *chars = rest;
    }
    let mut is_range = false;
    loop {
        let char = match chars.next()? {
            ']' if !ranges.is_empty() => break,
            '-' if !is_range && !ranges.is_empty() => {
                is_range = true;
                continue;
            }
            '\\' => chars.next()?,
            char => char,
        };
        match ranges.last_mut() {
            Some(range) if is_range => range.1 = char,
            _ => ranges.push((char, char)),
        }
        is_range = false;
    }
    if is_range {
        // A hyphen at the end stands for itself.
        ranges.push(('-', '-'));
    }
    Some(Token::Class { ranges, is_negated })
}

/// Whether a name fits. On a mismatch the last `*` takes one character more; an earlier one need never be tried again.
fn fits(tokens: &[Token], name: &str) -> bool {
    let chars: Vec<char> = name.chars().collect();
    let (mut token, mut char) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while let Some(&now) = chars.get(char) {
        match tokens.get(token) {
            Some(Token::AnyChars) => {
                star = Some((token, char));
                token += 1;
            }
            Some(one) if one.fits(now) => {
                token += 1;
                char += 1;
            }
            _ => {
                let Some((at, from)) = star else { return false };
                star = Some((at, from + 1));
                (token, char) = (at + 1, from + 1);
            }
        }
    }
    tokens.iter().skip(token).all(|token| *token == Token::AnyChars)
}

impl Token {
    fn fits(&self, char: char) -> bool {
        match self {
            Self::Char(own) => *own == char,
            Self::AnyChar => true,
            Self::AnyChars => false,
            Self::Class { ranges, is_negated } => {
                ranges.iter().any(|(from, to)| (from..=to).contains(&&char)) != *is_negated
            }
        }
    }
}

impl fmt::Display for GlobError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Glob {
    type Error = GlobError;

    fn try_from(text: String) -> Result<Self, GlobError> {
        Self::new(&text)
    }
}

impl From<Glob> for String {
    fn from(glob: Glob) -> Self {
        glob.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pattern: &str, fitting: &[&str], other: &[&str]) {
        let glob = Glob::new(pattern).unwrap();
        for path in fitting {
            assert!(glob.matches(path), "{pattern} should fit {path}");
        }
        for path in other {
            assert!(!glob.matches(path), "{pattern} should not fit {path}");
        }
    }

    #[test]
    fn patterns_fit_as_in_a_gitignore() {
        check(
            "src/checkout/**",
            &["src/checkout/a.rs", "src/checkout/b/c.rs"],
            &["src/checkout", "a/src/checkout/b"],
        );
        check(
            "src/checkout",
            &["src/checkout/a.rs", "src/checkout"],
            &["src/checkout2/a.rs", "x/src/checkout/a"],
        );
        check("src/checkout/", &["src/checkout/a.rs"], &["src/checkout"]);
        check("*.rs", &["a.rs", "a/b/c.rs"], &["a.rsx", "ars"]);
        check("/*.rs", &["a.rs"], &["a/b.rs"]);
        check("**/test/**", &["test/a", "x/test/a", "x/y/test/z/a"], &["x/tests/a", "test"]);
        check("a/**/b.py", &["a/b.py", "a/x/b.py", "a/x/y/b.py"], &["b.py", "ab.py", "a/b.pyc"]);
        check("**", &["a", "a/b/c"], &[]);
        check("a?c/[x-z]*", &["abc/x1", "adc/z"], &["ac/x", "abc/a", "abcd/x"]);
        check("[!a]b", &["xb", "d/cb"], &["ab"]);
        check("[a-]b", &["-b", "ab"], &["bb"]);
        check("\\[id\\]/page.tsx", &["[id]/page.tsx"], &["i/page.tsx"]);
        check("docs", &["docs/a.md", "x/docs/a.md", "x/docs"], &["docs.md"]);
        check("./lib/*", &["lib/a", "lib/a/b"], &["lib"]);
    }

    #[test]
    fn what_is_no_pattern_is_refused() {
        for pattern in ["", "/", "!src", "[abc", &"a".repeat(1_001)] {
            assert!(Glob::new(pattern).is_err(), "{pattern}");
        }
    }

    #[test]
    fn many_stars_are_not_slow() {
        let glob = Glob::new(&"*a".repeat(400)).unwrap();
        assert!(!glob.matches(&"a".repeat(390)));
        let glob = Glob::new(&"**/a/".repeat(100)).unwrap();
        assert!(!glob.matches(&"b/".repeat(2_000)));
    }
}

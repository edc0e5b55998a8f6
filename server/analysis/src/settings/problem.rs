use std::fmt;

/// What is wrong in `plimsoll.toml`, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The line in the file, from 1.
    pub line: u32,
    /// The key, such as `module[2].paths`; empty where the syntax itself is broken.
    pub key: String,
    /// What is wrong and what would be right, in one sentence.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.key.is_empty() {
            write!(f, "line {}: {}", self.line, self.message)
        } else {
            write!(f, "line {}, `{}`: {}", self.line, self.key, self.message)
        }
    }
}

/// The line of a byte, from 1.
pub(super) fn line_of(text: &str, offset: usize) -> u32 {
    let before = text.as_bytes().iter().take(offset).filter(|byte| **byte == b'\n').count();
    u32::try_from(before).unwrap_or(u32::MAX).saturating_add(1)
}

/// Says of an unknown word what is allowed, and which of these was perhaps meant; fits after the place and a colon.
pub fn unknown(what: &str, word: &str, allowed: &[&str]) -> String {
    let listed = allowed.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
    match nearest(word, allowed) {
        Some(near) => format!("there is no {what} `{word}`; did you mean `{near}`? Allowed are {listed}"),
        None => format!("there is no {what} `{word}`; allowed are {listed}"),
    }
}

/// The word that is at most half of its letters away, and three (Levenshtein's distance), the nearest of them.
fn nearest<'w>(word: &str, allowed: &[&'w str]) -> Option<&'w str> {
    let near = allowed.iter().map(|other| (distance(word, other), *other)).min_by_key(|(far, _)| *far);
    near.filter(|(far, other)| *far <= (other.chars().count() / 2).clamp(1, 3)).map(|(_, other)| other)
}

fn distance(a: &str, b: &str) -> usize {
    // A word that is far longer than any key is none that was mistyped, and need not be compared.
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().take(64).collect(), b.chars().collect());
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.iter().enumerate() {
        let mut diagonal = i;
        let mut last = i + 1;
        let mut next = vec![last];
        for (right, above) in b.iter().zip(row.iter().skip(1)) {
            let changed = diagonal + usize::from(left != right);
            diagonal = *above;
            last = changed.min(above + 1).min(last + 1);
            next.push(last);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_letters_that_differ() {
        for (a, b, expect) in
            [("", "", 0), ("a", "", 1), ("", "abc", 3), ("paths", "pahts", 2), ("gate", "gat", 1)]
        {
            assert_eq!(distance(a, b), expect, "{a} {b}");
            assert_eq!(distance(b, a), expect, "{b} {a}");
        }
    }

    #[test]
    fn suggests_only_what_is_near() {
        let allowed = ["module", "gate", "review"];
        assert_eq!(nearest("modul", &allowed), Some("module"));
        assert_eq!(nearest("reviews", &allowed), Some("review"));
        assert_eq!(nearest("zebra", &allowed), None);
    }
}

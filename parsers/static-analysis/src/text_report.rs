//! What the formats share whose report is one finding a line, as terminals show it.

use plimsoll_format::text::{lines, without_colours};
use plimsoll_format::{Confidence, Input, ParseError, ParseErrorKind, Sink, Warning, WarningCode};

/// A line that begins with a place: `path:line: …` or `path:line:column: …`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Located<'a> {
    pub path: &'a str,
    pub line: Option<u32>,
    pub column: Option<u32>,
    /// What follows the place, without blanks around it.
    pub rest: &'a str,
}

/// Takes the place off the beginning of a line. `None` where it begins otherwise.
pub fn located(line: &str) -> Option<Located<'_>> {
    // The colon of a drive is none behind a path.
    let is_drive =
        matches!(line.as_bytes(), [letter, b':', b'\\' | b'/', ..] if letter.is_ascii_alphabetic());
    let mut from = if is_drive { 2 } else { 0 };
    loop {
        let colon = from + line.get(from..)?.find(':')?;
        let after = line.get(colon + 1..)?;
        if let Some((number, rest)) = leading_number(after) {
            let path = line.get(..colon)?;
            // A time of day is no path either, and no command to GitHub, `::error file=a.py::…`.
            if path.starts_with([' ', '\t'])
                || path.starts_with("::")
                || path.bytes().all(|byte| byte.is_ascii_digit())
            {
                return None;
            }
            let (column, rest) = match rest.strip_prefix(':').and_then(leading_number) {
                Some((column, rest)) => (Some(column).filter(|column| *column > 0), rest),
                None => (None, rest),
            };
            let rest = rest.strip_prefix(':').unwrap_or(rest);
            return Some(Located {
                path,
                line: Some(number).filter(|line| *line > 0),
                column,
                rest: rest.trim(),
            });
        }
        from = colon + 1;
    }
}

/// A number, and what follows it: a colon, a blank or the end.
pub fn leading_number(text: &str) -> Option<(u32, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at_checked(end)?;
    let number = digits.parse().ok()?;
    (rest.is_empty() || rest.starts_with([':', ' '])).then_some((number, rest))
}

/// Whether the path's ending is one of these, or it stands for the standard input.
pub fn has_ending(path: &str, endings: &[&str]) -> bool {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    match name.rsplit_once('.') {
        Some((_, ending)) => endings.contains(&ending),
        None => matches!(name, "stdin" | "-" | "<stdin>"),
    }
}

/// The last part of a line in brackets, and what stands before it.
pub fn bracketed(text: &str, open: char, close: char) -> Option<(&str, &str)> {
    let (before, inside) = text.trim_end().strip_suffix(close)?.rsplit_once(open)?;
    Some((before.trim_end(), inside))
}

/// Whether the text is such a report: one of its first lines is a mark of it, and so is one line in eight. Linters show
/// the code below a finding, so not every line can be one; a log that only quotes some findings is no report.
pub fn sniff(input: &Input<'_>, is_mark: impl Fn(&str) -> bool) -> Confidence {
    sniff_sparse(input, 8, is_mark)
}

/// The same for a format whose reports have few findings among much else: one line in `lines_a_mark` is enough.
pub fn sniff_sparse(input: &Input<'_>, lines_a_mark: usize, is_mark: impl Fn(&str) -> bool) -> Confidence {
    let head = input.head();
    let is_cut = head.len() < input.text.len();
    let mut marks = 0;
    let mut all = 0;
    let mut found = lines(head).peekable();
    while let Some(line) = found.next() {
        if line.text.trim().is_empty() || (is_cut && found.peek().is_none() && all > 0) {
            continue;
        }
        all += 1;
        marks += usize::from(is_mark(&without_colours(line.text)));
        if marks == 0 && all == 12 {
            return Confidence::No;
        }
    }
    if marks > 0 && marks * lines_a_mark >= all { Confidence::Likely } else { Confidence::No }
}

/// Reads the lines: `each` says whether it knew the line.
///
/// A file without a single such line is none of the format; an empty one is what many linters write when they have
/// found nothing. A last line without an end may be cut, and gets a warning.
pub fn read(
    input: &Input<'_>,
    sink: &mut dyn Sink,
    mut each: impl FnMut(&str, &mut dyn Sink) -> Result<bool, ParseError>,
) -> Result<(), ParseError> {
    let mut known = 0_u64;
    let mut last = 0;
    for line in lines(input.text) {
        let plain = without_colours(line.text);
        let is_known = each(&plain, sink).map_err(|error| error.in_path(format!("line {}", line.number)))?;
        known += u64::from(is_known);
        last = line.number;
    }
    if known == 0 && !input.text.trim().is_empty() {
        let message = "no line is a finding of this format".to_owned();
        return Err(ParseError::new(ParseErrorKind::Syntax(message)));
    }
    if known > 0 && !input.text.ends_with('\n') {
        let message = format!("line {last}, the last, has no end: it may be cut");
        sink.warning(Warning::new(WarningCode::Truncated, message));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{bracketed, has_ending, located};

    #[test]
    fn takes_places_off() {
        for (line, expect) in [
            ("a.py:1:2: F401 x", Some(("a.py", Some(1), Some(2), "F401 x"))),
            ("a.py:1: error: x", Some(("a.py", Some(1), None, "error: x"))),
            ("C:\\a b\\c.py:3:0: x", Some(("C:\\a b\\c.py", Some(3), None, "x"))),
            ("Dockerfile:1 DL3006 x", Some(("Dockerfile", Some(1), None, "DL3006 x"))),
            ("a:b.py:7: x", Some(("a:b.py", Some(7), None, "x"))),
            ("a.py: x", None),
            ("  a.py:1: x", None),
            (":1: x", None),
            ("::error file=a.py,line=1::a.py:1:2: F401 x", None),
            ("12:30:01Z x", None),
            ("", None),
        ] {
            let found = located(line).map(|found| (found.path, found.line, found.column, found.rest));
            assert_eq!(found, expect, "{line}");
        }
    }

    #[test]
    fn takes_brackets_off() {
        assert_eq!(bracketed("a (b) (c)", '(', ')'), Some(("a (b)", "c")));
        assert_eq!(bracketed("a", '(', ')'), None);
        assert!(
            has_ending("x/a.py", &["py"]) && has_ending("x.d/stdin", &["py"]) && !has_ending("a.c", &["py"])
        );
    }
}

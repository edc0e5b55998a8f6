//! The lines of TAP, one at a time.

use std::borrow::Cow;

use plimsoll_format::parse_number;
use plimsoll_model::Outcome;

/// `ok 3 - name # directive`.
pub struct TestLine<'a> {
    pub outcome: Outcome,
    pub name: Cow<'a, str>,
    /// Behind `SKIP` or `TODO`.
    pub reason: Option<&'a str>,
    pub duration_us: Option<u64>,
    /// It has a number or a dash, as prose that begins with "ok" has not.
    pub is_marked: bool,
    /// It ends with the brace behind which its subtests stand.
    pub is_opening: bool,
}

/// The number of tests in `1..12`, with what may follow.
pub fn plan(line: &str) -> Option<u64> {
    let rest = line.strip_prefix("1..")?;
    rest.split([' ', '#']).next()?.parse().ok()
}

/// What `# Subtest: name` announces; the name may be missing.
pub fn subtest(line: &str) -> Option<&str> {
    line.strip_prefix("# Subtest").map(|name| name.trim_start_matches(':').trim())
}

/// How many steps of four spaces a line is indented by, and the line without them. `None` for any other indentation:
/// such a line belongs to whatever stands before it.
pub fn depth(line: &str) -> Option<(usize, &str)> {
    let rest = line.trim_start_matches(' ');
    let spaces = line.len() - rest.len();
    spaces.is_multiple_of(4).then_some((spaces / 4, rest))
}

/// Reads a line `ok` or `not ok` without its indentation.
pub fn test_line(line: &str) -> Option<TestLine<'_>> {
    let (is_ok, rest) = match (line.strip_prefix("ok"), line.strip_prefix("not ok")) {
        (Some(rest), _) => (true, rest),
        (None, Some(rest)) => (false, rest),
        _ => return None,
    };
    if !rest.is_empty() && !rest.starts_with(|c: char| c.is_whitespace()) {
        return None;
    }
    let rest = rest.trim_start();
    let unnumbered = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    let is_numbered = unnumbered.len() < rest.len() && (unnumbered.is_empty() || unnumbered.starts_with(' '));
    let rest = if is_numbered { unnumbered.trim_start() } else { rest };
    let undashed = rest.strip_prefix('-').map(str::trim_start);
    let text = undashed.unwrap_or(rest).trim_end();
    let opened = text.strip_suffix('{').filter(|before| before.is_empty() || before.ends_with(' '));
    let (name, directive) = split_directive(opened.unwrap_or(text).trim_end());
    let outcome = match (&directive, is_ok) {
        // What a to-do does, the result does not count, whichever it is.
        (Some(Directive::Skip(_) | Directive::Todo(_)), _) => Outcome::Skipped,
        (_, true) => Outcome::Passed,
        (_, false) => Outcome::Failed,
    };
    let (reason, mut duration_us) = match directive {
        Some(Directive::Skip(reason) | Directive::Todo(reason)) => (Some(reason), None),
        Some(Directive::Time(duration_us)) => (None, Some(duration_us)),
        None => (None, None),
    };
    let mut name = name;
    // Bats puts the time into the name, where it would make another test of it each time.
    if let Some((before, time)) = name.rsplit_once(" in ")
        && let Some(ms) = time.strip_suffix("ms").filter(|ms| ms.bytes().all(|byte| byte.is_ascii_digit()))
        && let Some(ms) = parse_number(ms)
    {
        name = before;
        duration_us = duration_us.or(microseconds(ms));
    }
    Some(TestLine {
        outcome,
        name: unescaped(name),
        reason: reason.filter(|reason| !reason.is_empty()),
        duration_us,
        is_marked: is_numbered || undashed.is_some(),
        is_opening: opened.is_some(),
    })
}

/// Milliseconds in microseconds; a negative time counts as absent.
pub fn microseconds(ms: f64) -> Option<u64> {
    (ms >= 0.0).then_some((ms * 1000.0) as u64)
}

enum Directive<'a> {
    Skip(&'a str),
    Todo(&'a str),
    Time(u64),
}

/// The description, and the directive behind the first `#` that stands for one. Any other `#` is a part of the
/// description: `fixes #12`.
fn split_directive(text: &str) -> (&str, Option<Directive<'_>>) {
    for (at, _) in text.match_indices('#') {
        let Some((name, rest)) = text.split_at_checked(at) else { continue };
        let slashes = name.bytes().rev().take_while(|byte| *byte == b'\\').count();
        if slashes % 2 == 1 {
            continue;
        }
        if let Some(directive) = directive(rest.trim_start_matches('#').trim_start()) {
            return (name.trim_end(), Some(directive));
        }
    }
    (text, None)
}

fn directive(text: &str) -> Option<Directive<'_>> {
    if let Some(time) = text.strip_prefix("time=") {
        let (number, factor) = match time.strip_suffix("ms") {
            Some(number) => (number, 1.0),
            None => (time.trim_end_matches('s'), 1000.0),
        };
        return microseconds(parse_number(number)? * factor).map(Directive::Time);
    }
    let (word, rest) = text.split_at_checked(4)?;
    // `skipped` and `skipping` are written, too.
    let reason = rest.trim_start_matches(|c: char| c.is_ascii_alphabetic()).trim_start_matches(':').trim();
    match () {
        () if word.eq_ignore_ascii_case("skip") => Some(Directive::Skip(reason)),
        () if word.eq_ignore_ascii_case("todo") => Some(Directive::Todo(reason)),
        () => None,
    }
}

/// `\#` and `\\` stand for `#` and `\`.
pub fn unescaped(name: &str) -> Cow<'_, str> {
    if !name.contains('\\') {
        return Cow::Borrowed(name);
    }
    let mut plain = String::with_capacity(name.len());
    let mut characters = name.chars().peekable();
    while let Some(character) = characters.next() {
        let escaped = (character == '\\').then(|| characters.next_if(|next| matches!(next, '#' | '\\')));
        plain.push(escaped.flatten().unwrap_or(character));
    }
    Cow::Owned(plain)
}

#[cfg(test)]
mod tests {
    use super::{Outcome, depth, subtest, test_line};

    #[test]
    fn reads_test_lines() {
        let check = |line: &str, outcome, name: &str| {
            let found = test_line(line).expect(line);
            assert_eq!((found.outcome, &*found.name), (outcome, name), "{line}");
        };
        check("ok 1 - adds", Outcome::Passed, "adds");
        check("not ok 2 divides", Outcome::Failed, "divides");
        check("ok", Outcome::Passed, "");
        check("ok 3 # SKIP no network", Outcome::Skipped, "");
        check("ok 4 - a \\# b # skip", Outcome::Skipped, "a # b");
        check("ok 4 - a \\\\# skip", Outcome::Skipped, "a \\");
        check("ok 4 - fixes #12 # skipped: later", Outcome::Skipped, "fixes #12");
        check("not ok 5 - later # TODO x", Outcome::Skipped, "later");
        check("ok 6 - done # todo x", Outcome::Skipped, "done");
        check("ok 7 - quick # time=1.5ms", Outcome::Passed, "quick");
        check("ok 8 - a.test.js # time=1.5ms {", Outcome::Passed, "a.test.js");
        check("ok 9 shop opens in 12ms", Outcome::Passed, "shop opens");
        check("ok 9 opens in 12 places", Outcome::Passed, "opens in 12 places");
        check("ok 10 - {", Outcome::Passed, "");
        check("ok 11 - a{", Outcome::Passed, "a{");
        assert!(test_line("okay").is_none());
        assert!(test_line("  ok 1").is_none());
    }

    #[test]
    fn reads_what_stands_behind_the_name() {
        for (line, reason, duration_us) in [
            ("ok 3 # SKIP no network", Some("no network"), None),
            ("ok 3 # skipped: no network", Some("no network"), None),
            ("ok 3 # skip", None, None),
            ("ok 7 - quick # time=1.5ms", None, Some(1500)),
            ("ok 7 - slow # time=2s {", None, Some(2_000_000)),
            ("ok 7 - odd # time=-2ms", None, None),
            ("ok 9 shop opens in 12ms", None, Some(12_000)),
        ] {
            let found = test_line(line).expect(line);
            assert_eq!((found.reason, found.duration_us), (reason, duration_us), "{line}");
        }
    }

    #[test]
    fn counts_the_indentation_in_fours() {
        assert_eq!(depth("ok"), Some((0, "ok")));
        assert_eq!(depth("        ok"), Some((2, "ok")));
        assert_eq!(depth("  ---"), None);
        assert_eq!(depth("\tok"), Some((0, "\tok")));
        assert_eq!(subtest("# Subtest: a: b "), Some("a: b"));
        assert_eq!(subtest("# Subtests"), Some("s"));
        assert_eq!(subtest("# tests 3"), None);
    }
}

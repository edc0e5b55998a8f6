//! `git log --numstat`: which commit changed how many lines of which file.
//!
//! # Produced by
//! `git -c core.quotePath=false log --no-merges --numstat -M --pretty=format:'%x01%H %ct'`, and any other
//! `git log --numstat` whose commit line carries a hash and a date.
//!
//! # Looks like
//! A commit line, then one `added TAB deleted TAB path` line for each file, then an empty line.
//!
//! # Maps to
//! One change for each numstat line, with the commit's hash and time.
//!
//! # Not read
//! Names, addresses and messages: of a commit line only the hash and the date are looked for, and all the rest of it
//! is passed over. Merge commits have no numstat lines. The output of `-z`.
//!
//! # Quirks
//! A rename is written into the path (`src/{old => new}/a.rs`), so a file whose name holds ` => ` reads as a rename.

use std::borrow::Cow;

use plimsoll_format::{
    Confidence, Descriptor, Docs, Format, Input, ParseError, ParseErrorKind, Sink, Warning, WarningCode, text,
};
use plimsoll_model::{FileChange, ReportKind};

use crate::{date, quoted_path::unquote};

/// `git log --numstat`.
pub struct GitNumstat;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "git-numstat",
    name: "git log --numstat",
    kind: ReportKind::Churn,
    tools: &["git"],
    globs: &["numstat.txt", "*.numstat", "git.log"],
    link: "https://git-scm.com/docs/git-log#Documentation/git-log.txt---numstat",
    version: 1,
    docs: Docs {
        produced_by: "`git -c core.quotePath=false log --no-merges --numstat -M --pretty=format:'%x01%H %ct'`. Other \
                      `--pretty` forms are read, too, as long as the commit line holds a hash and a date (Unix \
                      seconds, ISO 8601 or git's default), also git's default of a `commit` and a `Date:` line.",
        maps_to: "Each numstat line is one change of one file: the commit's hash and time, lines added and deleted \
                  (none for a binary file), the path after and, for a rename, before.",
        not_read: "Names, addresses and messages, which are passed over unread. The output of `-z`. Merges, which \
                   have no numstat lines.",
        quirks: "A path in quotes is unescaped. A file whose name holds ` => ` reads as a rename.",
    },
};

impl Format for GitNumstat {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        let head = input.head();
        let mut lines = head.lines().filter(|line| !line.trim().is_empty());
        let Some(first) = lines.next() else { return Confidence::No };
        if let Some(mark) = first.strip_prefix('\u{1}') {
            return match commit_line(mark) {
                Some((_, Some(_))) => Confidence::Certain,
                _ => Confidence::No,
            };
        }
        if (first.starts_with("commit ") || commit_line(first).is_some_and(|(_, time)| time.is_some()))
            && lines.any(|line| row(line).is_some())
        {
            return Confidence::Likely;
        }
        Confidence::No
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        if input.text.trim().is_empty() {
            return Err(ParseError::new(ParseErrorKind::Empty));
        }
        let mut commit: Option<&str> = None;
        let mut committed_at: Option<i64> = None;
        let mut has_commit = false;
        let marked = input.text.trim_start().starts_with('\u{1}');
        for (index, line) in text::lines(input.text).enumerate() {
            let (line, offset) = (line.text, line.offset);
            if let Some((added, deleted, path)) = row(line) {
                let (Some(commit), Some(committed_at)) = (commit, committed_at) else {
                    skipped(sink, index, "a numstat line without a commit line that gives a hash and a date");
                    continue;
                };
                let (path, renamed_from) = rename(path);
                let change = FileChange {
                    commit: Cow::Borrowed(commit),
                    committed_at,
                    path,
                    renamed_from,
                    added,
                    deleted,
                };
                sink.file_change(&change)?;
                if line.len() == input.text.len() - offset {
                    let message =
                        format!("line {}, the last, has no line end: its path may be cut", index + 1);
                    sink.warning(Warning::new(WarningCode::Truncated, message));
                }
            } else if let Some((hash, time)) = commit_line(line) {
                (commit, committed_at) = (Some(hash), time);
                has_commit = true;
            } else if let Some(written) =
                line.strip_prefix("Date:").or_else(|| line.strip_prefix("AuthorDate:"))
            {
                committed_at = date::parse(written).or(committed_at);
            } else if let Some(written) = line.strip_prefix("CommitDate:") {
                committed_at = date::parse(written).or(committed_at);
            } else if marked && !line.trim().is_empty() {
                // In the form that we ask for there are no other lines. The text is not repeated: it may be a name.
                skipped(sink, index, "a line that is neither a commit nor a numstat line");
            }
        }
        if has_commit {
            Ok(())
        } else {
            Err(ParseError::new(ParseErrorKind::Missing("a line with a commit's hash and date")))
        }
    }
}

fn skipped(sink: &mut dyn Sink, index: usize, what: &str) {
    sink.warning(Warning::new(WarningCode::SkippedElement, format!("line {}: {what}", index + 1)));
}

/// `12 TAB 3 TAB path`, `- TAB - TAB path`.
fn row(line: &str) -> Option<(Option<u32>, Option<u32>, &str)> {
    let mut parts = line.splitn(3, '\t');
    let (added, deleted, path) = (count(parts.next()?)?, count(parts.next()?)?, parts.next()?);
    (!path.is_empty()).then_some((added, deleted, path))
}

/// The outer `None` is not a count at all, the inner one is git's `-` for a binary file.
fn count(text: &str) -> Option<Option<u32>> {
    if text == "-" {
        return Some(None);
    }
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(Some(text.parse().unwrap_or(u32::MAX)))
}

/// The hash and, where the line has one, the time of a line that begins a commit. The words between are not looked at
/// any closer than to see that they are neither.
fn commit_line(line: &str) -> Option<(&str, Option<i64>)> {
    if let Some(rest) = line.strip_prefix("commit ") {
        let hash = rest.split(' ').next().unwrap_or(rest);
        return is_hash(hash).then_some((hash, None));
    }
    // Messages are indented in git's default form and may well speak of hashes and dates.
    if line.starts_with([' ', '\t']) {
        return None;
    }
    let body = line.trim_start_matches('\u{1}');
    let words = || {
        body.split([' ', '\t', '|', ',', ';', '[', ']', '(', ')', '\'', '"'])
            .flat_map(|word| word.split("--"))
            .filter(|word| !word.is_empty())
    };
    let hash = words().find(|word| is_hash(word) && date::parse(word).is_none())?;
    words().find_map(date::parse).map(|time| (hash, Some(time)))
}

fn is_hash(word: &str) -> bool {
    (7..=64).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Takes `src/{old => new}/a.rs` and `old.rs => new.rs` apart into the path after and the path before.
fn rename(raw: &str) -> (Cow<'_, str>, Option<Cow<'_, str>>) {
    // The brace that opens the changed part is the last one before the arrow that is still open there: names such as
    // `{{name}}/{old => new}` have braces of their own.
    if let Some((left, right)) = raw.split_once(" => ")
        && let Some((before, old)) = left.rsplit_once('{')
        && !old.contains('}')
        && let Some((new, after)) = right.split_once('}')
    {
        let join = |middle: &str| {
            let joined = format!("{before}{middle}{after}");
            // An empty side leaves the slashes of both neighbours: `src/{ => sub}/a.rs`.
            if middle.is_empty() {
                joined.replacen("//", "/", 1).trim_start_matches('/').to_owned()
            } else {
                joined
            }
        };
        return (Cow::Owned(join(new)), Some(Cow::Owned(join(old))));
    }
    match raw.split_once(" => ") {
        Some((old, new)) => (unquote(new), Some(unquote(old))),
        None => (unquote(raw), None),
    }
}

#[cfg(test)]
mod tests {
    use super::{commit_line, rename, row};

    #[track_caller]
    fn check_rename(raw: &str, path: &str, from: Option<&str>) {
        let (now, before) = rename(raw);
        assert_eq!((now.as_ref(), before.as_deref()), (path, from), "{raw}");
    }

    #[test]
    fn reads_renames() {
        check_rename("src/lib.rs", "src/lib.rs", None);
        check_rename("old.rs => new.rs", "new.rs", Some("old.rs"));
        check_rename("src/{old => new}/a.rs", "src/new/a.rs", Some("src/old/a.rs"));
        check_rename("src/{ => sub}/a.rs", "src/sub/a.rs", Some("src/a.rs"));
        check_rename("src/{sub => }/a.rs", "src/a.rs", Some("src/sub/a.rs"));
        check_rename("{src => lib}/a.rs", "lib/a.rs", Some("src/a.rs"));
        check_rename("{src => }/a.rs", "a.rs", Some("src/a.rs"));
        check_rename("\"caf\\303\\251.rs\" => tea.rs", "tea.rs", Some("café.rs"));
        check_rename("a{b}c.rs", "a{b}c.rs", None);
        check_rename("{{name}}/{a => b}/c.rs", "{{name}}/b/c.rs", Some("{{name}}/a/c.rs"));
    }

    #[test]
    fn finds_hash_and_time_and_nothing_else() {
        let hash = "0123456789abcdef0123456789abcdef01234567";
        assert_eq!(commit_line(&format!("\u{1}{hash} 1714972089")), Some((hash, Some(1_714_972_089))));
        assert_eq!(commit_line("--1a2b3c4--2024-05-06--Someone"), Some(("1a2b3c4", Some(1_714_953_600))));
        assert_eq!(
            commit_line("[1a2b3c4] Someone 2024-05-06 a message"),
            Some(("1a2b3c4", Some(1_714_953_600)))
        );
        assert_eq!(commit_line(&format!("commit {hash} (HEAD -> main)")), Some((hash, None)));
        assert_eq!(commit_line("    see 1a2b3c4 of 2024-05-06"), None);
        assert_eq!(commit_line("Author: Someone"), None);
    }

    #[test]
    fn reads_counts() {
        assert_eq!(row("12\t3\ta.rs"), Some((Some(12), Some(3), "a.rs")));
        assert_eq!(row("-\t-\ta.png"), Some((None, None, "a.png")));
        assert_eq!(row("99999999999\t0\ta.rs"), Some((Some(u32::MAX), Some(0), "a.rs")));
        assert_eq!(row("12\t3\t"), None);
        assert_eq!(row("x\t3\ta.rs"), None);
    }
}

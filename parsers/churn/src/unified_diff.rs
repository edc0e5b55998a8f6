//! `git diff`: which lines of which files changed between two commits.
//!
//! # Produced by
//! `plimsoll upload`, which sends the places only; or by hand: `git diff --unified=0 --find-renames BASE...HEAD`, and
//! any other unified diff.
//!
//! # Looks like
//! For each file a line `diff --git a/old b/new`, lines about modes and renames, `--- a/old` and `+++ b/new`, then
//! hunks: `@@ -3,2 +3,4 @@` and the lines themselves. `plimsoll upload` writes `# plimsoll diff COMMIT` first, the
//! commit that the diff begins at; below it hunks are without their lines.
//!
//! # Maps to
//! One file with its hunks for each file of the diff; the path before, where it was renamed.
//!
//! # Not read
//! The lines themselves, which are counted and passed over; modes; binary files; names, dates and messages above the
//! first file; merge diffs (`@@@`).
//!
//! # Quirks
//! The prefixes `a/` and `b/` (or git's mnemonic ones) are taken off only where both sides have one.

use std::borrow::Cow;

use plimsoll_format::{
    Confidence, Descriptor, Docs, Format, Input, ParseError, ParseErrorKind, Sink, Warning, WarningCode, text,
};
use plimsoll_model::{FileDiff, Hunk, ReportKind};

use crate::quoted_path::unquote;

/// A unified diff.
pub struct UnifiedDiff;

/// The beginning of the first line of a diff that holds places only.
const HEADER: &str = "# plimsoll diff ";

/// Hunks of one file that are handed over together, so that memory does not grow with the file.
const HUNKS_AT_ONCE: usize = 4096;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "unified-diff",
    name: "Unified diff",
    kind: ReportKind::Diff,
    tools: &["git", "plimsoll", "diff"],
    globs: &["*.diff", "*.patch"],
    link: "https://git-scm.com/docs/git-diff#generate_patch_text_with_p",
    version: 1,
    docs: Docs {
        produced_by: "`plimsoll upload`, which knows the base of a pull request, or \
                      `git diff --unified=0 --find-renames BASE...HEAD > change.diff`. Diffs with context lines are \
                      read, too.",
        maps_to: "Each file with the places where lines were taken out and put in, and the path before where it was \
                  renamed. The first line `# plimsoll diff COMMIT` says which commit the diff begins at; below it \
                  hunks are without their lines.",
        not_read: "The lines themselves: they are counted and passed over, and nothing of them is kept. Modes, binary \
                   files, whatever stands above the first file, merge diffs (`@@@`).",
        quirks: "The prefixes `a/` and `b/` (or git's mnemonic ones) are taken off only where both sides have one. \
                 A path in quotes is unescaped.",
    },
};

impl Format for UnifiedDiff {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        let head = input.head();
        if head.starts_with(HEADER) {
            return Confidence::Certain;
        }
        let mut lines = head.lines().skip_while(|line| line.trim().is_empty()).peekable();
        match lines.peek() {
            Some(first) if first.starts_with("diff --git ") => Confidence::Certain,
            Some(first) if first.starts_with("--- ") => {
                let second = lines.nth(1).is_some_and(|line| line.starts_with("+++ "));
                if second && lines.next().is_some_and(|line| range(line).is_some()) {
                    Confidence::Likely
                } else {
                    Confidence::No
                }
            }
            // What `git show` and `git format-patch` write.
            Some(first) if first.starts_with("commit ") || first.starts_with("From ") => {
                if lines.any(|line| line.starts_with("diff --git ")) {
                    Confidence::Likely
                } else {
                    Confidence::No
                }
            }
            _ => Confidence::No,
        }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        if input.text.trim().is_empty() {
            return Err(ParseError::new(ParseErrorKind::Empty));
        }
        let base = input.text.lines().next().and_then(|line| line.strip_prefix(HEADER)).map(str::trim);
        if let Some(base) = base {
            if !(7..=64).contains(&base.len()) || !base.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                return Err(ParseError::new(ParseErrorKind::Missing("the commit in the first line")));
            }
            sink.diff_base(base)?;
        }
        let mut reader = Reader { sink, has_lines: base.is_none(), file: File::default(), has_files: false };
        for line in text::lines(input.text).skip(usize::from(base.is_some())) {
            reader.line(line.number, line.text)?;
        }
        reader.end_of_file()?;
        // Every writer ends its last line; a source file that does not is said to in a line of its own.
        if !input.text.ends_with('\n') {
            let message = "the last line has no line end: the diff may be cut";
            reader.sink.warning(Warning::new(WarningCode::Truncated, message));
        }
        let left = reader.file.body.map_or(0, |body| u64::from(body.old_left) + u64::from(body.new_left));
        if left > 0 {
            let message = format!("{left} lines of the last hunk are missing");
            reader.sink.warning(Warning::new(WarningCode::Truncated, message));
        }
        if reader.has_files || base.is_some() {
            Ok(())
        } else {
            Err(ParseError::new(ParseErrorKind::Missing("a file: `diff --git`, or `---` and `+++`")))
        }
    }
}

/// The file that is being read.
#[derive(Default)]
struct File<'a> {
    before: Option<&'a str>,
    after: Option<&'a str>,
    renamed_from: Option<&'a str>,
    renamed_to: Option<&'a str>,
    hunks: Vec<Hunk>,
    /// What is still to come of the hunk that is being read.
    body: Option<Body>,
}

/// A hunk's lines. Context lines divide a hunk into several changes.
#[derive(Clone, Copy)]
struct Body {
    old_left: u32,
    new_left: u32,
    /// The last line of each side that was passed.
    old: u32,
    new: u32,
    change: Option<Hunk>,
}

struct Reader<'a, 's> {
    sink: &'s mut dyn Sink,
    /// Hunks are followed by their lines.
    has_lines: bool,
    file: File<'a>,
    has_files: bool,
}

impl<'a> Reader<'a, '_> {
    fn line(&mut self, number: u32, line: &'a str) -> Result<(), ParseError> {
        if let Some(mut body) = self.file.body {
            if self.body_line(&mut body, line) {
                self.file.body = Some(body).filter(|body| body.old_left > 0 || body.new_left > 0);
                if self.file.body.is_none() {
                    self.file.hunks.extend(body.change);
                }
                return self.flush_some();
            }
            self.skipped(number, "a hunk is shorter than its first line says");
            self.file.hunks.extend(body.change);
            self.file.body = None;
        }
        if line.starts_with("diff --git ") {
            self.end_of_file()?;
            self.has_files = true;
        } else if let Some(path) = line.strip_prefix("--- ") {
            // Without git's line above it, this one begins the next file.
            if self.file.before.is_some() {
                self.end_of_file()?;
            }
            self.has_files = true;
            self.file.before = Some(path);
        } else if let Some(path) = line.strip_prefix("+++ ") {
            self.file.after = Some(path);
        } else if let Some(path) =
            line.strip_prefix("rename from ").or_else(|| line.strip_prefix("copy from "))
        {
            self.file.renamed_from = Some(path);
        } else if let Some(path) = line.strip_prefix("rename to ").or_else(|| line.strip_prefix("copy to ")) {
            self.file.renamed_to = Some(path);
        } else if line.starts_with("@@@") {
            self.skipped(number, "a hunk of a merge");
        } else if line.starts_with("@@ ") {
            match range(line) {
                Some(hunk) if self.file.after.is_some() => self.begin_hunk(hunk),
                _ => self.skipped(number, "a hunk without ranges or without a file"),
            }
            return self.flush_some();
        }
        Ok(())
    }

    fn begin_hunk(&mut self, hunk: Hunk) {
        if !self.has_lines {
            self.file.hunks.push(hunk);
            return;
        }
        // A side without lines names the line before.
        let last = |start: u32, lines: u32| if lines == 0 { start } else { start.saturating_sub(1) };
        self.file.body = Some(Body {
            old_left: hunk.old_lines,
            new_left: hunk.new_lines,
            old: last(hunk.old_start, hunk.old_lines),
            new: last(hunk.new_start, hunk.new_lines),
            change: None,
        })
        .filter(|body| body.old_left > 0 || body.new_left > 0);
    }

    /// Whether the line belongs to the hunk.
    fn body_line(&mut self, body: &mut Body, line: &str) -> bool {
        let fresh = Hunk { old_start: body.old, old_lines: 0, new_start: body.new, new_lines: 0 };
        match line.bytes().next() {
            Some(b'-') if body.old_left > 0 => {
                let change = body.change.get_or_insert(fresh);
                if change.old_lines == 0 {
                    change.old_start = body.old.saturating_add(1);
                }
                change.old_lines += 1;
                body.old_left -= 1;
                body.old = body.old.saturating_add(1);
            }
            Some(b'+') if body.new_left > 0 => {
                let change = body.change.get_or_insert(fresh);
                if change.new_lines == 0 {
                    change.new_start = body.new.saturating_add(1);
                }
                change.new_lines += 1;
                body.new_left -= 1;
                body.new = body.new.saturating_add(1);
            }
            // Some mailers take the blank of an empty context line away.
            Some(b' ') | None if body.old_left > 0 && body.new_left > 0 => {
                self.file.hunks.extend(body.change.take());
                (body.old_left, body.new_left) = (body.old_left - 1, body.new_left - 1);
                (body.old, body.new) = (body.old.saturating_add(1), body.new.saturating_add(1));
            }
            // `\ No newline at end of file`
            Some(b'\\') => {}
            _ => return false,
        }
        true
    }

    fn flush_some(&mut self) -> Result<(), ParseError> {
        if self.file.hunks.len() < HUNKS_AT_ONCE {
            return Ok(());
        }
        self.emit()?;
        self.file.hunks.clear();
        Ok(())
    }

    fn end_of_file(&mut self) -> Result<(), ParseError> {
        if let Some(change) = self.file.body.as_mut().and_then(|body| body.change.take()) {
            self.file.hunks.push(change);
        }
        self.emit()?;
        let body = self.file.body.take();
        self.file = File { body, ..File::default() };
        Ok(())
    }

    fn emit(&mut self) -> Result<(), ParseError> {
        let file = &self.file;
        let before = file.before.map(side);
        let after = file.after.map(side);
        let is_deleted = matches!(after, Some(Side::None));
        let (before, after) = without_prefixes(before, after);
        let renamed_from = file.renamed_from.map(unquote);
        let path = match (file.renamed_to.map(unquote), after, &before) {
            (Some(path), ..) => path,
            (None, Some(path), _) => path,
            (None, None, Some(path)) => path.clone(),
            (None, None, None) => return Ok(()),
        };
        if file.hunks.is_empty() && renamed_from.is_none() && !is_deleted {
            return Ok(());
        }
        self.sink.file_diff(&FileDiff { path, renamed_from, is_deleted, hunks: &file.hunks })
    }

    fn skipped(&mut self, number: u32, what: &str) {
        self.sink.warning(Warning::new(WarningCode::SkippedElement, format!("line {number}: {what}")));
    }
}

enum Side<'a> {
    None,
    Path(Cow<'a, str>),
}

/// `a/path`, `"a/path"`, `a/path TAB date` or `/dev/null`.
fn side(raw: &str) -> Side<'_> {
    let path = if raw.starts_with('"') { raw } else { raw.split('\t').next().unwrap_or(raw) };
    let path = unquote(path.trim_end_matches('\t'));
    if path == "/dev/null" { Side::None } else { Side::Path(path) }
}

/// Takes git's prefixes off, where both sides have one of a pair that git writes.
fn without_prefixes<'a>(
    before: Option<Side<'a>>,
    after: Option<Side<'a>>,
) -> (Option<Cow<'a, str>>, Option<Cow<'a, str>>) {
    const OLD: [&str; 5] = ["a/", "i/", "w/", "c/", "o/"];
    const NEW: [&str; 5] = ["b/", "i/", "w/", "c/", "o/"];
    let has = |side: &Option<Side<'_>>, prefixes: &[&str]| match side {
        Some(Side::Path(path)) => prefixes.iter().any(|prefix| path.starts_with(prefix)),
        _ => true,
    };
    let are_prefixed = has(&before, &OLD) && has(&after, &NEW);
    let take = |side: Option<Side<'a>>| match side {
        Some(Side::Path(path)) if are_prefixed => {
            Some(Cow::Owned(path.get(2..).unwrap_or_default().to_owned()))
        }
        Some(Side::Path(path)) => Some(path),
        _ => None,
    };
    (take(before), take(after))
}

/// `@@ -3,2 +3,4 @@ …`; a count that is left out is 1.
fn range(line: &str) -> Option<Hunk> {
    let mut words = line.strip_prefix("@@ ")?.split(' ');
    let (old, new) = (words.next()?.strip_prefix('-')?, words.next()?.strip_prefix('+')?);
    (words.next()? == "@@").then_some(())?;
    let (old_start, old_lines) = span(old)?;
    let (new_start, new_lines) = span(new)?;
    Some(Hunk { old_start, old_lines, new_start, new_lines })
}

fn span(text: &str) -> Option<(u32, u32)> {
    let number = |text: &str| text.parse::<u32>().ok().filter(|_| !text.starts_with('+'));
    match text.split_once(',') {
        Some((start, lines)) => Some((number(start)?, number(lines)?)),
        None => Some((number(text)?, 1)),
    }
}

#[cfg(test)]
mod tests {
    use plimsoll_format::{Format, Input, Limits, ParseError, Sink, Warning};
    use plimsoll_model::FileDiff;

    use super::UnifiedDiff;

    #[derive(Default)]
    struct Told(Vec<String>);

    impl Sink for Told {
        fn file_diff(&mut self, file: &FileDiff<'_>) -> Result<(), ParseError> {
            let mut text = file.path.to_string();
            if let Some(from) = &file.renamed_from {
                text = format!("{text} from {from}");
            }
            if file.is_deleted {
                text.push_str(" gone");
            }
            for hunk in file.hunks {
                let (o, ol, n, nl) = (hunk.old_start, hunk.old_lines, hunk.new_start, hunk.new_lines);
                text = format!("{text} {o},{ol}>{n},{nl}");
            }
            self.0.push(text);
            Ok(())
        }

        fn diff_base(&mut self, commit: &str) -> Result<(), ParseError> {
            self.0.push(format!("base {commit}"));
            Ok(())
        }

        fn warning(&mut self, warning: Warning) {
            self.0.push(format!("warning {}", warning.code.as_str()));
        }
    }

    #[track_caller]
    fn check(text: &str, expect: &[&str]) {
        let (limits, mut told) = (Limits::default(), Told::default());
        UnifiedDiff.parse(&Input::new("x.diff", text, &limits), &mut told).unwrap();
        assert_eq!(told.0, expect, "{text}");
    }

    const GIT: &str = "diff --git a/a.rs b/a.rs\nindex 1..2 100644\n";

    #[test]
    fn lines_are_counted_and_context_divides_changes() {
        check(&format!("{GIT}--- a/a.rs\n+++ b/a.rs\n@@ -1 +1 @@\n-x\n+y\n"), &["a.rs 1,1>1,1"]);
        check(&format!("{GIT}--- a/a.rs\n+++ b/a.rs\n@@ -4,0 +5,2 @@ fn a\n+x\n+y\n"), &["a.rs 4,0>5,2"]);
        check(&format!("{GIT}--- a/a.rs\n+++ b/a.rs\n@@ -3,2 +2,0 @@\n-x\n-y\n"), &["a.rs 3,2>2,0"]);
        check(
            &format!("{GIT}--- a/a.rs\n+++ b/a.rs\n@@ -1,4 +1,4 @@\n x\n-y\n+z\n\n+w\n-v\n"),
            &["a.rs 2,1>2,1 4,1>4,1"],
        );
    }

    #[test]
    fn lines_that_look_like_heads_are_lines() {
        check(
            &format!(
                "{GIT}--- a/a.rs\n+++ b/a.rs\n@@ -1,2 +1,2 @@\n--- a/b.rs\n-@@ -1 +1 @@\n+++ b/b.rs\n+diff --git a/x b/x\n"
            ),
            &["a.rs 1,2>1,2"],
        );
    }

    #[test]
    fn renames_deletions_and_odd_names() {
        check("diff --git a/o b/n\nsimilarity index 100%\nrename from o\nrename to n\n", &["n from o"]);
        check(
            "diff --git a/o b/o\ndeleted file mode 100644\n--- a/o\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n",
            &["o gone 1,1>0,0"],
        );
        check("--- /dev/null\n+++ \"b/caf\\303\\251 x\"\n@@ -0,0 +1 @@\n+x\n", &["café x 0,0>1,1"]);
        check(
            "--- old/a.c\t2026-01-01\n+++ new/a.c\t2026-01-02\n@@ -1 +1 @@\n-x\n+y\n",
            &["new/a.c 1,1>1,1"],
        );
        check("diff --git a/x.png b/x.png\nBinary files a/x.png and b/x.png differ\n", &[]);
    }

    #[test]
    fn places_only_need_no_lines() {
        check(
            "# plimsoll diff 0123456789abcdef\ndiff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -1 +1 @@\n@@ -9,0 +10,3 @@\n",
            &["base 0123456789abcdef", "a 1,1>1,1 9,0>10,3"],
        );
        check("# plimsoll diff 0123456789abcdef\n", &["base 0123456789abcdef"]);
    }

    #[test]
    fn ranges_beyond_all_measure_are_no_trouble() {
        let most = u32::MAX;
        check(
            &format!("{GIT}--- a/a\n+++ b/a\n@@ -{most},{most} +{most},{most} @@\n-x\n+y\n"),
            &[&format!("a {most},1>{most},1"), "warning truncated"],
        );
        check(&format!("{GIT}--- a/a\n+++ b/a\n@@ -1 +99999999999 @@\n-x\n"), &["warning skipped-element"]);
    }

    #[test]
    fn what_is_cut_says_so() {
        check(&format!("{GIT}--- a/a\n+++ b/a\n@@ -1,3 +1,3 @@\n-x\n"), &["a 1,1>0,0", "warning truncated"]);
        check(
            &format!("{GIT}--- a/a\n+++ b/a\n@@ -1,3 +1,3 @@\n-x\ndiff --git a/b b/b\n"),
            &["warning skipped-element", "a 1,1>0,0"],
        );
    }
}

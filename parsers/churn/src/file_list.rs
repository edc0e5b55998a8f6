//! A file list: the files that the repository holds, one path per line.
//!
//! # Produced by
//! `plimsoll upload`, which sends `git ls-files` below the line `# plimsoll file-list`; or by hand:
//! `(echo '# plimsoll file-list'; git ls-files) > files.txt`.
//!
//! # Looks like
//! The line `# plimsoll file-list`, then a path per line. Paths alone say nothing of what they are, so a list without
//! that line is recognised only by its name, `files.txt` or `*.filelist`.
//!
//! # Maps to
//! One listed file per line.
//!
//! # Not read
//! Empty lines.
//!
//! # Quirks
//! Lists separated by NUL (`git ls-files -z`) and paths in git's quotes are read, too.

use plimsoll_format::{
    Confidence, Descriptor, Docs, Format, Input, ParseError, ParseErrorKind, Sink, Warning, WarningCode, text,
};
use plimsoll_model::ReportKind;

use crate::quoted_path::unquote;

/// A list of the repository's files.
pub struct FileList;

/// The first line, by which a list is recognised.
const HEADER: &str = "# plimsoll file-list";

static DESCRIPTOR: Descriptor = Descriptor {
    id: "file-list",
    name: "File list",
    kind: ReportKind::FileList,
    tools: &["git", "plimsoll"],
    globs: &["files.txt", "*.filelist"],
    link: "https://git-scm.com/docs/git-ls-files",
    version: 1,
    docs: Docs {
        produced_by: "`plimsoll upload`, or `(echo '# plimsoll file-list'; git ls-files) > files.txt`.",
        maps_to: "Each line is the path of one file of the repository, against which the paths of the run's other \
                  reports are matched.",
        not_read: "Empty lines.",
        quirks: "Without the first line `# plimsoll file-list` a list is recognised only under the name `files.txt` \
                 or `*.filelist`. Lists separated by NUL and paths in git's quotes are read, too.",
    },
};

impl Format for FileList {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        if has_header(input.text) {
            return Confidence::Certain;
        }
        let name = input.name.rsplit(['/', '\\', '!']).next().unwrap_or(input.name);
        let is_named = name == "files.txt" || name.strip_suffix(".filelist").is_some();
        let looks_like_paths = input.head().lines().take(50).all(|line| !line.starts_with(['<', '{', '[']));
        if is_named && looks_like_paths && !input.text.trim().is_empty() {
            Confidence::Maybe
        } else {
            Confidence::No
        }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        if input.text.trim().is_empty() {
            return Err(ParseError::new(ParseErrorKind::Empty));
        }
        let first = usize::from(has_header(input.text));
        for line in text::lines(input.text).skip(first) {
            for path in line.text.split('\0').filter(|path| !path.trim().is_empty()) {
                sink.listed_file(&unquote(path))?;
            }
        }
        if !input.text.ends_with(['\n', '\0']) {
            let message = "the last line has no line end: its path may be cut";
            sink.warning(Warning::new(WarningCode::Truncated, message));
        }
        Ok(())
    }
}

fn has_header(text: &str) -> bool {
    text.lines().next().is_some_and(|line| line.trim_end() == HEADER)
}

use crate::LimitName;
use crate::text::shorten;

/// Why a report cannot be read, with the place. The text fits after "cannot read report: ".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{kind}{}", place(.path, *.offset))]
pub struct ParseError {
    /// What went wrong.
    pub kind: ParseErrorKind,
    /// Where in the document: `testsuites/testsuite[2]/testcase[1]@time`, `runs[0].results[12]`; empty where unknown.
    pub path: String,
    /// Where in the bytes; line and column are computed from it once, at the edge.
    pub offset: Option<u64>,
}

/// What went wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseErrorKind {
    /// Nothing but white space.
    #[error("the file is empty")]
    Empty,
    /// The document breaks the rules of its syntax.
    #[error("{0}")]
    Syntax(String),
    /// The document ends before it is whole.
    #[error("the file ends too early: {0}")]
    Truncated(String),
    /// Something that the format must have is missing.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// A version or a variant that is not read.
    #[error("{0}")]
    Unsupported(String),
    /// The bytes are not text in the encoding that they claim.
    #[error("the text is not valid {0}")]
    Encoding(&'static str),
    /// A limit was met.
    #[error("limit `{}` is met: more than {max}", .name.as_str())]
    Limit {
        /// Which.
        name: LimitName,
        /// Its value.
        max: u64,
    },
}

impl ParseError {
    /// An error whose place is not known yet. What it repeats of the report is shortened.
    pub fn new(mut kind: ParseErrorKind) -> Self {
        use ParseErrorKind::{Syntax, Truncated, Unsupported};
        if let Syntax(text) | Truncated(text) | Unsupported(text) = &mut kind {
            *text = shorten(std::mem::take(text));
        }
        Self { kind, path: String::new(), offset: None }
    }

    /// A limit was met.
    pub fn limit(name: LimitName, max: u64) -> Self {
        Self::new(ParseErrorKind::Limit { name, max })
    }

    /// Says where in the document, unless that is known already.
    #[must_use]
    pub fn in_path(mut self, path: impl Into<String>) -> Self {
        if self.path.is_empty() {
            self.path = shorten(path.into());
        }
        self
    }

    /// Says where in the bytes, unless that is known already.
    #[must_use]
    pub fn at(mut self, offset: u64) -> Self {
        self.offset.get_or_insert(offset);
        self
    }
}

fn place(path: &str, offset: Option<u64>) -> String {
    match (path.is_empty(), offset) {
        (true, None) => String::new(),
        (false, None) => format!(", in {path}"),
        (true, Some(offset)) => format!(", at byte {offset}"),
        (false, Some(offset)) => format!(", in {path}, at byte {offset}"),
    }
}

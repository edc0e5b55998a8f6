//! Go's cover profiles.
//!
//! # Produced by
//! `go test -coverprofile=cover.out`, `go tool covdata textfmt`.
//!
//! # Looks like
//! `mode: set`, then a block per line: `example.org/shop/cart/cart.go:9.52,11.26 2 1`.
//!
//! # Maps to
//! One file for each run of lines that name it. Every line from a block's first to its last is executable and has the
//! hits of the most often executed block on it.
//!
//! # Not read
//! Columns and the number of statements, but blocks without any statement are left out.
//!
//! # Quirks
//! Concatenated profiles repeat the mode; `-coverpkg` repeats blocks.

use plimsoll_format::{
    Confidence, Descriptor, Docs, Format, Input, ParseError, ParseErrorKind, Sink, Warning, WarningCode, text,
};
use plimsoll_model::{LineCoverage, ReportKind};

use crate::counts::{hits, line_number};
use crate::line_buffer::{LineBuffer, Spans};

/// Go's cover profiles.
pub struct GoCoverprofile;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "go-coverprofile",
    name: "Go cover profile",
    kind: ReportKind::Coverage,
    tools: &["go test", "go tool covdata"],
    globs: &["cover.out", "coverage.out", "*.coverprofile", "c.out", "cover.profile"],
    link: "https://pkg.go.dev/golang.org/x/tools/cover",
    version: 1,
    docs: Docs {
        produced_by: "`go test -coverprofile=cover.out ./...`, `go tool covdata textfmt`.",
        maps_to: "Each line of a block, from its first to its last, is an executable line; its hits are those of the \
                  most often executed block on it.",
        not_read: "Columns. Blocks without statements.",
        quirks: "Paths begin with the module's name. Profiles may be concatenated.",
    },
};

impl Format for GoCoverprofile {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        let Some(first) = input.head().lines().find(|line| !line.trim().is_empty()) else {
            return Confidence::No;
        };
        match mode(first) {
            Some("set" | "count" | "atomic") => Confidence::Certain,
            Some(_) => Confidence::No,
            None if block(first).is_some() => Confidence::Likely,
            None => Confidence::No,
        }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        if input.text.trim().is_empty() {
            return Err(ParseError::new(ParseErrorKind::Empty));
        }
        let mut buffer = LineBuffer::default();
        let mut spans = Spans::of(input);
        let mut path = None;
        for line in text::lines(input.text) {
            let content = line.text.trim();
            let Some((file, block)) = block(content) else {
                if !content.is_empty() && mode(content).is_none() {
                    let message = format!("line {} is neither a mode nor a block", line.number);
                    sink.warning(Warning::new(WarningCode::SkippedElement, message));
                }
                continue;
            };
            if let Some(before) = path.filter(|before| *before != file) {
                buffer.finish(sink, before)?;
            }
            path = Some(file);
            if block.statements == 0 {
                continue;
            }
            for line in spans.lines(block.first, block.last, file, sink) {
                buffer.push(
                    sink,
                    file,
                    LineCoverage { line, hits: block.hits, ..LineCoverage::default() },
                )?;
            }
        }
        path.map_or(Ok(()), |path| buffer.finish(sink, path))
    }
}

fn mode(line: &str) -> Option<&str> {
    line.trim().strip_prefix("mode:").map(str::trim)
}

#[derive(Debug, PartialEq, Eq)]
struct Block {
    first: u32,
    last: u32,
    statements: u64,
    hits: u64,
}

/// `path:9.52,11.26 2 1`
fn block(line: &str) -> Option<(&str, Block)> {
    let (rest, count) = line.rsplit_once(' ')?;
    let (place, statements) = rest.rsplit_once(' ')?;
    let (path, span) = place.rsplit_once(':')?;
    let (from, to) = span.split_once(',')?;
    let block = Block {
        first: line_number(from.split_once('.')?.0)?,
        last: line_number(to.split_once('.')?.0)?,
        statements: hits(statements)?,
        hits: hits(count)?,
    };
    (!path.is_empty()).then_some((path, block))
}

#[cfg(test)]
mod tests {
    use super::{Block, block};

    #[test]
    fn reads_blocks() {
        let read = block("example.org/shop/a b.go:9.52,11.26 2 1");
        assert_eq!(
            read,
            Some(("example.org/shop/a b.go", Block { first: 9, last: 11, statements: 2, hits: 1 }))
        );
        assert_eq!(block(r"C:\shop\a.go:1.1,1.9 1 0").map(|(path, _)| path), Some(r"C:\shop\a.go"));
        for line in ["", "mode: set", "a.go:9.52 2 1", "a.go:x.1,2.2 1 1", ":1.1,2.2 1 1", "a.go:1.1,2.2 1"] {
            assert_eq!(block(line), None, "{line}");
        }
    }
}

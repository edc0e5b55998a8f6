use plimsoll_format::{Input, ParseError, Sink, Warning, WarningCode};
use plimsoll_model::{FileCoverage, LineCoverage};

use crate::counts::saturated;

/// Collects the lines of one file and pushes them in parts of bounded size, so that one huge file costs no more memory
/// than many small ones. Used again for the next file.
#[derive(Debug, Default)]
pub(crate) struct LineBuffer {
    lines: Vec<LineCoverage>,
    is_begun: bool,
}

/// Lines of one part: 1.5 MiB, more than nearly every source file has.
const PART: usize = 1 << 16;

impl LineBuffer {
    /// Adds a line of the file `path`.
    #[inline]
    pub(crate) fn push(
        &mut self,
        sink: &mut dyn Sink,
        path: &str,
        line: LineCoverage,
    ) -> Result<(), ParseError> {
        self.lines.push(line);
        if self.lines.len() == PART { self.flush(sink, path) } else { Ok(()) }
    }

    /// Ends the file `path`. A file without lines is pushed, too: it is known to the report.
    pub(crate) fn finish(&mut self, sink: &mut dyn Sink, path: &str) -> Result<(), ParseError> {
        if !self.lines.is_empty() || !self.is_begun {
            self.flush(sink, path)?;
        }
        self.is_begun = false;
        Ok(())
    }

    fn flush(&mut self, sink: &mut dyn Sink, path: &str) -> Result<(), ParseError> {
        sink.file_coverage(&FileCoverage { path: path.into(), lines: &self.lines })?;
        self.lines.clear();
        self.is_begun = true;
        Ok(())
    }
}

/// Pushes the lines of a file that was read whole, in parts of bounded size.
pub(crate) fn push_in_parts(
    sink: &mut dyn Sink,
    path: &str,
    lines: &[LineCoverage],
) -> Result<(), ParseError> {
    if lines.is_empty() {
        return sink.file_coverage(&FileCoverage { path: path.into(), lines });
    }
    for part in lines.chunks(PART) {
        sink.file_coverage(&FileCoverage { path: path.into(), lines: part })?;
    }
    Ok(())
}

/// Spreads spans of lines into single ones, which a broken or hostile file could make endless.
#[derive(Debug)]
pub(crate) struct Spans {
    /// How many lines all spans of the report may still have beyond their first.
    left: u32,
}

impl Spans {
    /// More lines than a statement or a block of statements has in any source.
    const MOST: u32 = 20_000;

    /// The more a report says, the more lines it may be about. No tool needs fewer than four bytes for a line.
    pub(crate) fn of(input: &Input<'_>) -> Self {
        Self { left: saturated(input.text.len() as u64 / 4).saturating_add(Self::MOST) }
    }

    /// The lines of a span; only the first where the span is out of all proportion.
    pub(crate) fn lines(
        &mut self,
        first: u32,
        last: u32,
        path: &str,
        sink: &mut dyn Sink,
    ) -> std::ops::RangeInclusive<u32> {
        let end = last.max(first);
        match self.left.checked_sub(end - first) {
            Some(left) if end - first < Self::MOST => {
                self.left = left;
                first..=end
            }
            _ => {
                let message = format!(
                    "lines {first} to {last} of `{path}` are too many for one span; only the first counts"
                );
                sink.warning(Warning::new(WarningCode::BadNumber, message));
                first..=first
            }
        }
    }
}

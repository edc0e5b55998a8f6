use plimsoll_format::{ParseError, Sink, Warning, WarningCode};
use plimsoll_model::{FileCoverage, LineCoverage};

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

/// The lines of a span, which a broken or hostile file may make endless.
pub(crate) fn spanned(
    first: u32,
    last: u32,
    path: &str,
    sink: &mut dyn Sink,
) -> std::ops::RangeInclusive<u32> {
    /// More lines than a statement or a block of statements has in any source.
    const MOST: u32 = 20_000;
    let end = last.max(first);
    if end - first < MOST {
        return first..=end;
    }
    let message =
        format!("lines {first} to {last} of `{path}` are too many for one span; only the first counts");
    sink.warning(Warning::new(WarningCode::BadNumber, message));
    first..=first
}

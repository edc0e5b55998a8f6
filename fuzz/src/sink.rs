//! What must hold for every item, whatever file it comes from.

use plimsoll_format::{Format, Input, ParseError, ParseErrorKind, Sink, Warning};
use plimsoll_model::{FileChange, FileCoverage, Finding, TestCase};

#[derive(Default)]
pub(crate) struct Checks {
    items: u64,
}

/// Reads, and checks the items, their number and the error.
pub(crate) fn read(format: &dyn Format, input: &Input<'_>) {
    let mut sink = Checks::default();
    let outcome = plimsoll_registry::parse(format, input, &mut sink);
    assert!(sink.items <= input.limits.items, "more items than the limit");
    if let Err(error) = outcome {
        if let Some(offset) = error.offset {
            assert!(offset <= input.text.len() as u64, "an error behind the end: {error}");
        }
        if let ParseErrorKind::Empty = error.kind {
            assert!(input.text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}').len() < 64 << 10);
        }
        assert!(error.to_string().len() < 16 << 10, "an error of {} bytes", error.to_string().len());
    }
}

fn position(line: Option<u32>) {
    assert!(line != Some(0), "lines and columns count from 1");
}

impl Sink for Checks {
    fn test_case(&mut self, test: &TestCase<'_>) -> Result<(), ParseError> {
        self.items += 1;
        position(test.line);
        Ok(())
    }

    fn file_coverage(&mut self, file: &FileCoverage<'_>) -> Result<(), ParseError> {
        self.items += 1;
        for line in file.lines {
            position(Some(line.line));
            assert!(line.branches_covered <= line.branches, "more branches covered than there are: {line:?}");
        }
        Ok(())
    }

    fn source_root(&mut self, _: &str) -> Result<(), ParseError> {
        self.items += 1;
        Ok(())
    }

    fn finding(&mut self, finding: &Finding<'_>) -> Result<(), ParseError> {
        self.items += 1;
        position(finding.line);
        position(finding.column);
        position(finding.end_line);
        assert!(finding.cvss.is_none_or(|score| (0.0..=10.0).contains(&score)), "CVSS {:?}", finding.cvss);
        assert!(finding.epss.is_none_or(|score| (0.0..=1.0).contains(&score)), "EPSS {:?}", finding.epss);
        Ok(())
    }

    fn file_change(&mut self, _: &FileChange<'_>) -> Result<(), ParseError> {
        self.items += 1;
        Ok(())
    }

    fn listed_file(&mut self, _: &str) -> Result<(), ParseError> {
        self.items += 1;
        Ok(())
    }

    fn warning(&mut self, warning: Warning) {
        assert!(warning.message.len() < 64 << 10, "a warning of {} bytes", warning.message.len());
    }
}

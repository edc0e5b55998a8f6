use std::io::{ErrorKind, Read};

use plimsoll_format::{LimitName, Limits, ParseError, ParseErrorKind};

/// What may still come out of a file.
pub(super) struct Budget<'l> {
    pub(super) limits: &'l Limits,
    compressed: u64,
    expanded: u64,
    entries: u64,
}

/// Below this size no ratio is looked at: a page of blanks compresses a thousandfold.
const RATIO_FROM: u64 = 4 << 20;

impl<'l> Budget<'l> {
    pub(super) fn new(limits: &'l Limits, compressed: u64) -> Self {
        Self { limits, compressed, expanded: 0, entries: 0 }
    }

    /// Counts one more file in an archive.
    pub(super) fn entry(&mut self) -> Result<(), ParseError> {
        self.entries += 1;
        let max = self.limits.archive_entries;
        if self.entries > max { Err(ParseError::limit(LimitName::ArchiveEntries, max)) } else { Ok(()) }
    }

    /// Reads to the end, or until a limit is met.
    pub(super) fn read(&mut self, reader: &mut impl Read) -> Result<Vec<u8>, ParseError> {
        let mut bytes = Vec::new();
        let mut chunk = vec![0; 64 << 10];
        loop {
            let count = match reader.read(&mut chunk) {
                Ok(0) => return Ok(bytes),
                Ok(count) => count,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) if error.kind() == ErrorKind::UnexpectedEof => {
                    return Err(ParseError::new(ParseErrorKind::Truncated(error.to_string())));
                }
                Err(error) => return Err(super::broken("compression", &error)),
            };
            self.expanded += count as u64;
            if self.expanded > self.limits.expanded_bytes {
                return Err(ParseError::limit(LimitName::ExpandedBytes, self.limits.expanded_bytes));
            }
            let most = self.compressed.saturating_mul(self.limits.expansion_ratio).max(RATIO_FROM);
            if self.expanded > most {
                return Err(ParseError::limit(LimitName::ExpansionRatio, self.limits.expansion_ratio));
            }
            bytes.extend_from_slice(chunk.get(..count).unwrap_or_default());
        }
    }
}

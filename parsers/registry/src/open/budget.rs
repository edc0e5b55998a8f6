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
    pub(super) fn read(&mut self, reader: &mut impl Read, claimed: u64) -> Result<Vec<u8>, ParseError> {
        let mut bytes = Vec::new();
        self.read_more(&mut bytes, reader, claimed)?;
        Ok(bytes)
    }

    /// Reads to the end, behind what was read before. The archive claims how many bytes are to come, which need not be
    /// true: the room for them is taken at once, so that the memory never holds them twice, and never more than the
    /// limits would let through.
    pub(super) fn read_more(
        &mut self,
        bytes: &mut Vec<u8>,
        reader: &mut impl Read,
        claimed: u64,
    ) -> Result<(), ParseError> {
        let left = self.limits.expanded_bytes.min(self.most_by_ratio()).saturating_sub(self.expanded);
        // Where there is no room, or a wrong number was claimed, it grows as it is filled.
        bytes.try_reserve_exact(usize::try_from(claimed.min(left)).unwrap_or_default()).unwrap_or_default();
        self.each_chunk(reader, |chunk| bytes.extend_from_slice(chunk))
    }

    /// Passes over what is left: it counts, but is not kept.
    pub(super) fn skip(&mut self, reader: &mut impl Read) -> Result<(), ParseError> {
        self.each_chunk(reader, |_| {})
    }

    fn each_chunk(&mut self, reader: &mut impl Read, mut take: impl FnMut(&[u8])) -> Result<(), ParseError> {
        let mut chunk = vec![0; 64 << 10];
        loop {
            let count = match reader.read(&mut chunk) {
                Ok(0) => return Ok(()),
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
            if self.expanded > self.most_by_ratio() {
                return Err(ParseError::limit(LimitName::ExpansionRatio, self.limits.expansion_ratio));
            }
            take(chunk.get(..count).unwrap_or_default());
        }
    }

    fn most_by_ratio(&self) -> u64 {
        self.compressed.saturating_mul(self.limits.expansion_ratio).max(RATIO_FROM)
    }
}

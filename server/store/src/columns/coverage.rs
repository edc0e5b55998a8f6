//! Coverage: the lines of one file, and the manifest of all files.

use std::collections::BTreeMap;

use plimsoll_model::LineCoverage;

use super::packed::{Pack, Unpack, damaged};
use super::{CoverageManifest, FileEntry, FileLines, LineBranches};
use crate::{BlobId, CoverageTotals, PathId, StoreError};

impl FileLines {
    /// From lines in any order; a line may occur several times: it was executed if one of them was, and of its branch
    /// counts the greatest stand. Line 0 is no line.
    pub fn from_lines(lines: &[LineCoverage]) -> Self {
        let mut sorted: Vec<&LineCoverage> = lines.iter().filter(|line| line.line > 0).collect();
        if !sorted.is_sorted_by_key(|line| line.line) {
            sorted.sort_by_key(|line| line.line);
        }
        let mut file = Self { lines: Vec::with_capacity(sorted.len()), branches: Vec::new() };
        for line in sorted {
            match file.lines.last_mut() {
                Some((last, covered)) if *last == line.line => *covered |= line.hits > 0,
                _ => file.lines.push((line.line, line.hits > 0)),
            }
            if line.branches == 0 {
                continue;
            }
            let covered = line.branches_covered.min(line.branches);
            match file.branches.last_mut() {
                Some(last) if last.line == line.line => {
                    last.branches = last.branches.max(line.branches);
                    last.covered = last.covered.max(covered);
                }
                _ => file.branches.push(LineBranches { line: line.line, branches: line.branches, covered }),
            }
        }
        file
    }

    /// Both together, by the same rules. Commutative, associative, idempotent.
    #[must_use]
    pub fn merge(&self, other: &Self) -> Self {
        let lines: Vec<LineCoverage> = self.as_lines().chain(other.as_lines()).collect();
        Self::from_lines(&lines)
    }

    fn as_lines(&self) -> impl Iterator<Item = LineCoverage> + '_ {
        let plain = self.lines.iter().map(|&(line, is_covered)| LineCoverage {
            line,
            hits: u64::from(is_covered),
            ..LineCoverage::default()
        });
        let branches = self.branches.iter().map(|branch| LineCoverage {
            line: branch.line,
            hits: 0,
            branches: branch.branches,
            branches_covered: branch.covered,
        });
        plain.chain(branches)
    }

    /// In numbers.
    pub fn totals(&self) -> CoverageTotals {
        CoverageTotals {
            files: u64::from(!self.lines.is_empty()),
            lines: self.lines.len() as u64,
            lines_covered: self.lines.iter().filter(|(_, is_covered)| *is_covered).count() as u64,
            branches: self.branches.iter().map(|branch| u64::from(branch.branches)).sum(),
            branches_covered: self.branches.iter().map(|branch| u64::from(branch.covered)).sum(),
        }
    }

    /// Stretches of executable lines, then a bit for each of them, then the lines with branches by their position.
    pub(crate) fn pack(&self) -> Vec<u8> {
        let mut pack = Pack::default();
        let mut stretches: Vec<(u32, u32)> = Vec::new();
        for &(line, _) in &self.lines {
            match stretches.last_mut() {
                Some((first, length)) if *first + *length == line => *length += 1,
                _ => stretches.push((line, 1)),
            }
        }
        pack.put(stretches.len() as u64);
        let mut next = 0;
        for (first, length) in stretches {
            pack.put(u64::from(first - next));
            pack.put(u64::from(length));
            next = first + length;
        }
        let bits: Vec<bool> = self.lines.iter().map(|(_, is_covered)| *is_covered).collect();
        let bytes: Vec<u8> = bits
            .chunks(8)
            .map(|chunk| chunk.iter().rev().fold(0, |byte, &bit| byte << 1 | u8::from(bit)))
            .collect();
        pack.put_bytes(&bytes);
        let mut position = 0_usize;
        for branch in &self.branches {
            // Lines with branches are executable lines: their positions need fewer bytes than their numbers.
            let at = self.lines.binary_search_by_key(&branch.line, |(line, _)| *line).unwrap_or_default();
            pack.put((at - position) as u64);
            position = at;
            pack.put(u64::from(branch.branches));
            pack.put(u64::from(branch.covered));
        }
        pack.finish()
    }

    pub(crate) fn unpack(bytes: &[u8]) -> Result<Self, StoreError> {
        // Far above every real source file, far below what would hurt: one stretch of two bytes may claim any length.
        const MOST_LINES: usize = 1 << 26;
        let mut unpack = Unpack::new(bytes);
        let stretches = unpack.take_count(2)?;
        let mut numbers = Vec::new();
        let mut next = 0_u32;
        for _ in 0..stretches {
            let first =
                next.checked_add(unpack.take_u32()?).ok_or_else(|| damaged("a line is out of range"))?;
            next = first.checked_add(unpack.take_u32()?).ok_or_else(|| damaged("a line is out of range"))?;
            if numbers.len().saturating_add((next - first) as usize) > MOST_LINES {
                return Err(damaged("a file has too many lines"));
            }
            numbers.extend(first..next);
        }
        let bits = unpack.take_bytes(numbers.len().div_ceil(8))?;
        let is_covered = |at: usize| bits.get(at / 8).is_some_and(|byte| byte >> (at % 8) & 1 == 1);
        let lines: Vec<(u32, bool)> =
            numbers.into_iter().enumerate().map(|(at, line)| (line, is_covered(at))).collect();
        let mut branches = Vec::new();
        let mut position = 0_usize;
        while unpack.end().is_err() {
            position = position
                .checked_add(unpack.take_u32()? as usize)
                .ok_or_else(|| damaged("a line is out of range"))?;
            let &(line, _) = lines.get(position).ok_or_else(|| damaged("a line is out of range"))?;
            branches.push(LineBranches { line, branches: unpack.take_u32()?, covered: unpack.take_u32()? });
        }
        Ok(Self { lines, branches })
    }
}

impl CoverageManifest {
    /// Entries by path, without files that have no executable line.
    pub fn from_entries(entries: BTreeMap<PathId, (BlobId, CoverageTotals)>) -> Self {
        let files = entries
            .into_iter()
            .filter(|(_, (_, totals))| totals.lines > 0)
            .map(|(path, (blob, totals))| FileEntry {
                path,
                blob,
                totals: CoverageTotals { files: 1, ..totals },
            })
            .collect();
        Self { files }
    }

    /// One field after the other, each for all files: like lies by like, which compresses well.
    pub(crate) fn pack(&self) -> Vec<u8> {
        let mut pack = Pack::default();
        pack.put(self.files.len() as u64);
        let (mut path, mut blob) = (0_u32, 0_i64);
        for entry in &self.files {
            pack.put(u64::from(entry.path.0 - path));
            path = entry.path.0;
        }
        for entry in &self.files {
            let value = entry.blob.0.cast_signed();
            pack.put_signed(value.wrapping_sub(blob));
            blob = value;
        }
        for entry in &self.files {
            pack.put(entry.totals.lines);
        }
        for entry in &self.files {
            pack.put(entry.totals.lines - entry.totals.lines_covered);
        }
        for entry in &self.files {
            pack.put(entry.totals.branches);
        }
        for entry in &self.files {
            pack.put(entry.totals.branches - entry.totals.branches_covered);
        }
        pack.finish()
    }

    pub(crate) fn unpack(bytes: &[u8]) -> Result<Self, StoreError> {
        let mut unpack = Unpack::new(bytes);
        let count = unpack.take_count(6)?;
        let mut files = Vec::with_capacity(count);
        let (mut path, mut blob) = (0_u32, 0_i64);
        for _ in 0..count {
            path = path.checked_add(unpack.take_u32()?).ok_or_else(|| damaged("a path is out of range"))?;
            let totals = CoverageTotals { files: 1, ..CoverageTotals::default() };
            files.push(FileEntry { path: PathId(path), blob: BlobId(0), totals });
        }
        for entry in &mut files {
            blob = blob.wrapping_add(unpack.take_signed()?);
            entry.blob = BlobId(blob.cast_unsigned());
        }
        let less = |whole: u64, part: u64| {
            whole.checked_sub(part).ok_or_else(|| damaged("a file has more uncovered lines than lines"))
        };
        for entry in &mut files {
            entry.totals.lines = unpack.take()?;
        }
        for entry in &mut files {
            entry.totals.lines_covered = less(entry.totals.lines, unpack.take()?)?;
        }
        for entry in &mut files {
            entry.totals.branches = unpack.take()?;
        }
        for entry in &mut files {
            entry.totals.branches_covered = less(entry.totals.branches, unpack.take()?)?;
        }
        unpack.end()?;
        Ok(Self { files })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn lines() -> impl Strategy<Value = Vec<LineCoverage>> {
        let line = (0_u32..300, 0_u64..3, 0_u32..4, 0_u32..6).prop_map(
            |(line, hits, branches, branches_covered)| LineCoverage {
                line,
                hits,
                branches,
                branches_covered,
            },
        );
        proptest::collection::vec(line, 0..200)
    }

    proptest! {
        #[test]
        fn merging_is_commutative_associative_and_idempotent(a in lines(), b in lines(), c in lines()) {
            let [a, b, c] = [a, b, c].map(|lines| FileLines::from_lines(&lines));
            prop_assert_eq!(a.merge(&b), b.merge(&a));
            prop_assert_eq!(a.merge(&b).merge(&c), a.merge(&b.merge(&c)));
            prop_assert_eq!(a.merge(&a), a);
        }

        #[test]
        fn parts_give_the_same_as_the_whole(a in lines(), b in lines()) {
            let whole = FileLines::from_lines(&a.iter().chain(&b).copied().collect::<Vec<_>>());
            prop_assert_eq!(FileLines::from_lines(&b).merge(&FileLines::from_lines(&a)), whole);
        }

        #[test]
        fn lines_come_back(lines in lines()) {
            let file = FileLines::from_lines(&lines);
            prop_assert_eq!(FileLines::unpack(&file.pack()).unwrap(), file);
        }

        #[test]
        fn manifests_come_back(entries in proptest::collection::btree_map(
            0_u32..100_000,
            (0_u64..100_000, 0_u64..500, 0_u64..500, 0_u64..90, 0_u64..90),
            0..50,
        )) {
            let entries = entries.into_iter().map(|(path, (blob, lines, covered, branches, taken))| {
                let totals = CoverageTotals {
                    files: 1,
                    lines,
                    lines_covered: covered.min(lines),
                    branches,
                    branches_covered: taken.min(branches),
                };
                (PathId(path), (BlobId(blob), totals))
            });
            let manifest = CoverageManifest::from_entries(entries.collect());
            prop_assert_eq!(CoverageManifest::unpack(&manifest.pack()).unwrap(), manifest);
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
            FileLines::unpack(&bytes).ok();
            CoverageManifest::unpack(&bytes).ok();
        }
    }

    #[test]
    fn a_plain_file_is_small() {
        let lines: Vec<LineCoverage> = (1..=800)
            .map(|line| LineCoverage { line, hits: u64::from(line % 3), ..LineCoverage::default() })
            .collect();
        // One stretch (count, first, length in two bytes) and a bit for each line.
        assert_eq!(FileLines::from_lines(&lines).pack().len(), 1 + 1 + 2 + 100);
    }
}

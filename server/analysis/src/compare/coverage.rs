use std::cmp::Reverse;
use std::collections::BTreeMap;

use plimsoll_api::CoverageCounts;

/// The coverage of one file in one run, as the run's manifest has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileLines {
    /// The file.
    pub path: u32,
    /// Which content: equal numbers mean equal coverage, line by line.
    pub content: u64,
    /// In numbers.
    pub counts: CoverageCounts,
}

impl FileLines {
    fn uncovered(&self) -> i64 {
        signed(self.counts.lines) - signed(self.counts.lines_covered)
    }
}

fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// A file whose coverage is not the same on both sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CoveragePair {
    /// Then; `None` where the file is new.
    pub before: Option<FileLines>,
    /// Now; `None` where it is gone.
    pub after: Option<FileLines>,
}

/// Compares the manifests of two runs. `renames` maps a path now to the path then.
///
/// Listed are files with other coverage, new ones, those that are gone and those that were renamed; first those that
/// gained the most lines that no test executes, and of equals those that lost the most covered lines.
pub fn compare_coverage(
    before: &[FileLines],
    after: &[FileLines],
    renames: &BTreeMap<u32, u32>,
) -> Vec<CoveragePair> {
    let mut left: BTreeMap<u32, FileLines> = before.iter().map(|file| (file.path, *file)).collect();
    let mut pairs = Vec::new();
    let mut unmatched = Vec::new();
    for file in after {
        match left.remove(&file.path) {
            Some(then) if then.content == file.content => {}
            Some(then) => pairs.push(CoveragePair { before: Some(then), after: Some(*file) }),
            None => unmatched.push(*file),
        }
    }
    for file in unmatched {
        let then = renames.get(&file.path).and_then(|old| left.remove(old));
        pairs.push(CoveragePair { before: then, after: Some(file) });
    }
    pairs.extend(left.into_values().map(|gone| CoveragePair { before: Some(gone), after: None }));
    pairs.sort_by_cached_key(|pair| {
        let side = |side: Option<FileLines>| {
            side.map_or((0, 0), |file| (file.uncovered(), signed(file.counts.lines_covered)))
        };
        let ((open_before, covered_before), (open_after, covered_after)) =
            (side(pair.before), side(pair.after));
        let path = pair.after.or(pair.before).map_or(0, |file| file.path);
        // A file that is gone took its uncovered lines and its covered ones with it: that is no loss, so it comes last.
        (
            pair.after.is_none(),
            Reverse(open_after - open_before),
            Reverse(covered_before - covered_after),
            path,
        )
    });
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: u32, content: u64, lines: u64, lines_covered: u64) -> FileLines {
        let counts = CoverageCounts { files: 1, lines, lines_covered, ..CoverageCounts::default() };
        FileLines { path, content, counts }
    }

    #[track_caller]
    fn check(
        before: &[FileLines],
        after: &[FileLines],
        renames: &[(u32, u32)],
        expect: &[(Option<u32>, Option<u32>)],
    ) {
        let pairs = compare_coverage(before, after, &renames.iter().copied().collect());
        let paths: Vec<_> =
            pairs.iter().map(|pair| (pair.before.map(|f| f.path), pair.after.map(|f| f.path))).collect();
        assert_eq!(paths, expect);
    }

    #[test]
    fn lists_what_is_different() {
        let same = file(1, 1, 10, 9);
        check(&[], &[], &[], &[]);
        check(&[same], &[same], &[], &[]);
        check(&[same], &[file(1, 2, 10, 8)], &[], &[(Some(1), Some(1))]);
        check(&[same], &[], &[], &[(Some(1), None)]);
        check(&[], &[same], &[], &[(None, Some(1))]);
    }

    #[test]
    fn a_rename_is_one_row() {
        check(&[file(1, 7, 10, 9)], &[file(2, 7, 10, 9)], &[(2, 1)], &[(Some(1), Some(2))]);
        // The old path still has a file of its own: it is not taken away from it.
        check(&[file(1, 7, 10, 9)], &[file(1, 7, 10, 9), file(2, 7, 10, 9)], &[(2, 1)], &[(None, Some(2))]);
    }

    #[test]
    fn the_greatest_loss_is_first_and_files_that_are_gone_are_last() {
        check(
            &[file(1, 1, 10, 10), file(2, 2, 10, 10), file(3, 3, 90, 0), file(4, 4, 10, 5)],
            &[file(1, 5, 10, 8), file(2, 6, 10, 4), file(4, 7, 10, 9)],
            &[],
            &[(Some(2), Some(2)), (Some(1), Some(1)), (Some(4), Some(4)), (Some(3), None)],
        );
    }
}

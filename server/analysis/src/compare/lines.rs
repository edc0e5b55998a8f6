use std::collections::BTreeSet;

use plimsoll_model::Hunk;

/// Where the lines of a file went from one commit to another, by the hunks of a diff between the two.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LineMap {
    /// In ascending order, none overlapping another.
    hunks: Vec<Hunk>,
}

impl LineMap {
    /// By hunks in any order. Of hunks that overlap, which no diff has, the first counts.
    pub fn new(hunks: impl IntoIterator<Item = Hunk>) -> Self {
        let sorted: BTreeSet<Hunk> = hunks.into_iter().collect();
        let mut map = Self::default();
        let mut end = 0;
        for hunk in sorted {
            let first = first_line(hunk.old_start, hunk.old_lines);
            if first >= end {
                end = first.saturating_add(hunk.old_lines);
                map.hunks.push(hunk);
            }
        }
        map
    }

    /// The line that stood there before; `None` where the line is new or edited.
    pub fn before(&self, line: u32) -> Option<u32> {
        let mut shift = 0_i64;
        for hunk in &self.hunks {
            let first = first_line(hunk.new_start, hunk.new_lines);
            if line < first {
                break;
            }
            if line - first < hunk.new_lines {
                return None;
            }
            shift += i64::from(hunk.old_lines) - i64::from(hunk.new_lines);
        }
        u32::try_from(i64::from(line) + shift).ok()
    }

    /// Where a line that stood there before is now; `None` where it was taken out or edited.
    pub fn after(&self, line: u32) -> Option<u32> {
        let mut shift = 0_i64;
        for hunk in &self.hunks {
            let first = first_line(hunk.old_start, hunk.old_lines);
            if line < first {
                break;
            }
            if line - first < hunk.old_lines {
                return None;
            }
            shift += i64::from(hunk.new_lines) - i64::from(hunk.old_lines);
        }
        u32::try_from(i64::from(line) + shift).ok()
    }

    /// Whether a line, as it stands now, is new or edited.
    pub fn is_changed(&self, line: u32) -> bool {
        self.hunks.iter().any(|hunk| line >= hunk.new_start && line - hunk.new_start < hunk.new_lines)
    }

    /// How many lines are new or edited.
    pub fn changed_lines(&self) -> u64 {
        self.hunks.iter().map(|hunk| u64::from(hunk.new_lines)).sum()
    }
}

/// The first line behind what a range says: a range without lines names the line before it.
fn first_line(start: u32, lines: u32) -> u32 {
    if lines == 0 { start.saturating_add(1) } else { start }
}

/// The lines of one file that a diff changed, and how far tests reach them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PatchLines {
    /// Changed lines that can be executed.
    pub lines: u64,
    /// Those of them that were.
    pub covered: u64,
    /// Those that were not, ascending.
    pub uncovered: Vec<u32>,
}

/// Patch coverage of one file: of the lines that the diff put in, how many can be executed and how many were. `lines`
/// are the executable lines as they stand now, and whether tests executed them.
pub fn patch_lines(map: &LineMap, lines: &[(u32, bool)]) -> PatchLines {
    let mut patch = PatchLines::default();
    for &(line, is_covered) in lines.iter().filter(|(line, _)| map.is_changed(*line)) {
        patch.lines += 1;
        if is_covered {
            patch.covered += 1;
        } else {
            patch.uncovered.push(line);
        }
    }
    patch
}

/// Lines that the diff did not touch, and whose coverage changed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct IndirectLines {
    /// Executed then and not any more, as they stand now; ascending.
    pub lost: Vec<u32>,
    /// Executed now and not then.
    pub gained: Vec<u32>,
}

/// Compares the lines of one file that stand on both sides, each where the diff moved it. A line that can be executed on
/// one side only says nothing.
pub fn indirect_lines(map: &LineMap, before: &[(u32, bool)], after: &[(u32, bool)]) -> IndirectLines {
    let mut indirect = IndirectLines::default();
    for &(line, is_covered) in after {
        let Some(then) = map.before(line) else { continue };
        let Ok(at) = before.binary_search_by_key(&then, |(line, _)| *line) else { continue };
        match (before.get(at).is_some_and(|(_, was_covered)| *was_covered), is_covered) {
            (true, false) => indirect.lost.push(line),
            (false, true) => indirect.gained.push(line),
            _ => {}
        }
    }
    indirect
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn hunk(old_start: u32, old_lines: u32, new_start: u32, new_lines: u32) -> Hunk {
        Hunk { old_start, old_lines, new_start, new_lines }
    }

    #[test]
    fn lines_are_followed_both_ways() {
        // Lines 3 and 4 became one, two were put in after line 7, line 9 was taken out.
        let map = LineMap::new([hunk(3, 2, 3, 1), hunk(7, 0, 7, 2), hunk(9, 1, 9, 0)]);
        let after: Vec<Option<u32>> = (1..=11).map(|line| map.after(line)).collect();
        let expect =
            [Some(1), Some(2), None, None, Some(4), Some(5), Some(6), Some(9), None, Some(10), Some(11)];
        assert_eq!(after, expect);
        let before: Vec<Option<u32>> = (1..=10).map(|line| map.before(line)).collect();
        let expect = [Some(1), Some(2), None, Some(5), Some(6), Some(7), None, None, Some(8), Some(10)];
        assert_eq!(before, expect);
        let changed: Vec<u32> = (1..=11).filter(|line| map.is_changed(*line)).collect();
        assert_eq!((changed, map.changed_lines()), (vec![3, 7, 8], 3));
    }

    #[test]
    fn without_hunks_every_line_stays() {
        let map = LineMap::default();
        assert_eq!((map.before(7), map.after(7), map.is_changed(7)), (Some(7), Some(7), false));
    }

    #[test]
    fn a_patch_is_covered_where_tests_reach_its_lines() {
        let map = LineMap::new([hunk(2, 1, 2, 3)]);
        let lines = [(1, false), (2, true), (3, false), (5, false)];
        assert_eq!(patch_lines(&map, &lines), PatchLines { lines: 2, covered: 1, uncovered: vec![3] });
        assert_eq!(patch_lines(&LineMap::default(), &lines), PatchLines::default());
    }

    #[test]
    fn what_the_diff_did_not_touch_may_change_all_the_same() {
        let map = LineMap::new([hunk(2, 1, 2, 3)]);
        let before = [(1, true), (2, true), (3, true), (4, false)];
        let after = [(1, true), (3, false), (5, false), (6, true), (7, true)];
        assert_eq!(indirect_lines(&map, &before, &after), IndirectLines { lost: vec![5], gained: vec![6] });
        assert_eq!(indirect_lines(&map, &[], &after), IndirectLines::default());
    }

    proptest! {
        #[test]
        fn a_line_that_stays_is_found_again(steps in prop::collection::vec((0_u32..9, 0_u32..4, 0_u32..4), 0..8)) {
            let (mut old, mut new) = (0, 0);
            let mut hunks = Vec::new();
            // As a diff writes them: at least one line stays between two hunks.
            for (same, taken, put) in steps.into_iter().filter(|(_, taken, put)| taken + put > 0) {
                (old, new) = (old + same + 1, new + same + 1);
                let start = |last: u32, lines: u32| if lines == 0 { last } else { last + 1 };
                hunks.push(hunk(start(old, taken), taken, start(new, put), put));
                (old, new) = (old + taken, new + put);
            }
            let map = LineMap::new(hunks);
            for line in 1..=new + 5 {
                match map.before(line) {
                    Some(then) => prop_assert_eq!(map.after(then), Some(line)),
                    None => prop_assert!(map.is_changed(line)),
                }
            }
        }
    }
}

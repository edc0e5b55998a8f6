//! The difference of two texts, line by line.

use plimsoll_api::{DiffKind, DiffLine};

/// Lines of each text that are looked at.
pub const MOST_LINES: usize = 400;
/// Lines that are the same and stand around a difference.
const CONTEXT: usize = 3;

/// What is in one text and not in the other, with three lines around each difference; empty where both are the same. A
/// longest common subsequence, by dynamic programming.
pub fn diff_lines(before: &str, after: &str) -> Vec<DiffLine> {
    let before: Vec<&str> = before.lines().take(MOST_LINES).collect();
    let after: Vec<&str> = after.lines().take(MOST_LINES).collect();
    // Of the lines from `i` and from `j` on, how many are common.
    let width = after.len() + 1;
    let mut common = vec![0_u16; (before.len() + 1) * width];
    let at = |i: usize, j: usize| i * width + j;
    for (i, left) in before.iter().enumerate().rev() {
        for (j, right) in after.iter().enumerate().rev() {
            let value = |i, j| common.get(at(i, j)).copied().unwrap_or_default();
            let best =
                if left == right { value(i + 1, j + 1) + 1 } else { value(i + 1, j).max(value(i, j + 1)) };
            if let Some(slot) = common.get_mut(at(i, j)) {
                *slot = best;
            }
        }
    }
    let value = |i, j| common.get(at(i, j)).copied().unwrap_or_default();
    let (mut i, mut j) = (0, 0);
    let mut lines = Vec::new();
    loop {
        match (before.get(i), after.get(j)) {
            (Some(left), Some(right)) if left == right => {
                lines.push((DiffKind::Same, *left));
                (i, j) = (i + 1, j + 1);
            }
            (Some(left), right) if right.is_none() || value(i + 1, j) >= value(i, j + 1) => {
                lines.push((DiffKind::Removed, *left));
                i += 1;
            }
            (_, Some(right)) => {
                lines.push((DiffKind::Added, *right));
                j += 1;
            }
            _ => break,
        }
    }
    near_differences(&lines)
}

fn near_differences(lines: &[(DiffKind, &str)]) -> Vec<DiffLine> {
    let changed: Vec<usize> =
        lines.iter().enumerate().filter(|(_, (kind, _))| *kind != DiffKind::Same).map(|(at, _)| at).collect();
    let is_near = |at: usize| {
        let next = changed.partition_point(|changed| *changed < at);
        let around = [next.checked_sub(1), Some(next)].into_iter().flatten();
        around.filter_map(|index| changed.get(index)).any(|changed| changed.abs_diff(at) <= CONTEXT)
    };
    let mut shown: Vec<DiffLine> = Vec::new();
    let mut last = None;
    for (at, (kind, text)) in lines.iter().enumerate().filter(|(at, _)| is_near(*at)) {
        if last.is_some_and(|last| last + 1 < at) || (last.is_none() && at > 0) {
            shown.push(DiffLine { kind: DiffKind::Gap, text: String::new() });
        }
        shown.push(DiffLine { kind: *kind, text: (*text).to_owned() });
        last = Some(at);
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn show(before: &str, after: &str) -> String {
        let letter = |kind| match kind {
            DiffKind::Same => ' ',
            DiffKind::Added => '+',
            DiffKind::Removed => '-',
            DiffKind::Gap => '~',
        };
        let lines = diff_lines(before, after);
        lines.iter().map(|line| format!("{}{}", letter(line.kind), line.text)).collect::<Vec<_>>().join("|")
    }

    #[test]
    fn differences_stand_with_three_lines_around_them() {
        assert_eq!(show("", ""), "");
        assert_eq!(show("a\nb", "a\nb"), "");
        assert_eq!(show("a\nb\nc", "a\nx\nc"), " a|-b|+x| c");
        assert_eq!(show("1\n2\n3\n4\n5\n6\n7\n8\n9", "1\n2\n3\n4\n5\n6\n7\n8\nx"), "~| 6| 7| 8|-9|+x");
        assert_eq!(show("x\n1\n2\n3\n4\n5\n6\n7\ny", "1\n2\n3\n4\n5\n6\n7"), "-x| 1| 2| 3|~| 5| 6| 7|-y");
        assert_eq!(show("", "new"), "+new");
    }

    proptest! {
        // Whatever is cut: no line is invented, and none of the first text is called added.
        #[test]
        fn lines_come_from_their_texts(before in "([abc]\n){0,12}", after in "([abc]\n){0,12}") {
            let lines = diff_lines(&before, &after);
            let count = |kind| lines.iter().filter(|line| line.kind == kind).count();
            let (left, right) = (before.lines().count(), after.lines().count());
            prop_assert_eq!(left + count(DiffKind::Added), right + count(DiffKind::Removed));
            prop_assert_eq!(before == after, lines.is_empty());
        }
    }
}

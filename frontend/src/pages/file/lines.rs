//! The rows of a file without its text: ranges of lines in one state, cut where something was found.

use plimsoll_api::{BranchLine, FilePage, FindingRow, LineRange, LineState};

use crate::components::table::order;

/// A row.
#[derive(Debug, Clone, PartialEq)]
pub enum Entry {
    /// Lines that follow each other in the same state, with those of them whose branches were not all taken.
    Lines(LineRange, Vec<BranchLine>),
    /// What was found at a line.
    Finding(Box<FindingRow>),
}

impl Entry {
    /// Whether the row is about a line.
    pub fn holds(&self, line: u32) -> bool {
        match self {
            Self::Lines(range, _) => (range.first..=range.last).contains(&line),
            Self::Finding(finding) => finding.line == Some(line),
        }
    }
}

/// Ranges and findings by line. A finding stands right after the range that holds its line; those without a line
/// come first, because they are about the whole file.
pub fn entries(page: &FilePage) -> Vec<Entry> {
    let mut out: Vec<Entry> = Vec::with_capacity(page.lines.len() + page.findings.len());
    let by_line = order(page.findings.iter().map(|finding| f64::from(finding.line.unwrap_or(0))), false);
    let mut findings = by_line.into_iter().filter_map(|at| page.findings.get(at)).peekable();
    let mut branches = page.branches.iter().copied().peekable();
    for range in &page.lines {
        while let Some(finding) = findings.next_if(|finding| finding.line.unwrap_or(0) < range.first) {
            out.push(Entry::Finding(Box::new(finding.clone())));
        }
        let mut missed = vec![];
        while let Some(branch) = branches.next_if(|branch| branch.line <= range.last) {
            if branch.line >= range.first && branch.covered < branch.branches {
                missed.push(branch);
            }
        }
        out.push(Entry::Lines(*range, missed));
        while let Some(finding) = findings.next_if(|finding| finding.line.unwrap_or(0) <= range.last) {
            out.push(Entry::Finding(Box::new(finding.clone())));
        }
    }
    out.extend(findings.map(|finding| Entry::Finding(Box::new(finding.clone()))));
    out
}

/// The last line that anything is known of.
pub fn last_line(page: &FilePage) -> u32 {
    let covered = page.lines.last().map_or(0, |range| range.last);
    let found = page.findings.iter().filter_map(|finding| finding.line).max().unwrap_or(0);
    covered.max(found)
}

/// How many lines are in a state.
pub fn count(page: &FilePage, state: LineState) -> u64 {
    page.lines
        .iter()
        .filter(|range| range.state == state)
        .map(|range| u64::from(range.last.saturating_sub(range.first)) + 1)
        .sum()
}

/// Ranges drawn as one where they would stand on the same pixel; the worst state of a pixel wins.
pub fn pixels(page: &FilePage, width: u32) -> Vec<(u32, u32, LineState)> {
    let last = u64::from(last_line(page).max(1));
    let rank = |state| match state {
        LineState::Covered => 0,
        LineState::Partial => 1,
        LineState::Uncovered => 2,
    };
    let place = |line: u64| u32::try_from(line * u64::from(width) / last).unwrap_or(width).min(width);
    let mut out: Vec<(u32, u32, LineState)> = vec![];
    for range in &page.lines {
        let from = place(u64::from(range.first).saturating_sub(1));
        let to = place(u64::from(range.last)).max(from + 1).min(width.max(1));
        if let Some((_, end, state)) = out.last_mut()
            && from < *end
        {
            if to <= *end {
                if rank(range.state) > rank(*state) {
                    *state = range.state;
                }
                continue;
            }
            let start = *end;
            out.push((start, to, range.state));
            continue;
        }
        match out.last_mut() {
            Some((_, end, state)) if *state == range.state && *end == from => *end = to,
            _ => out.push((from, to, range.state)),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use plimsoll_api::{BranchLine, LineRange, LineState};

    use super::*;
    use crate::fixtures;

    fn range(first: u32, last: u32, state: LineState) -> LineRange {
        LineRange { first, last, state }
    }

    fn page(lines: Vec<LineRange>, found: &[Option<u32>]) -> FilePage {
        let findings = found.iter().map(|line| FindingRow { line: *line, ..fixtures::finding() }).collect();
        FilePage { lines, findings, branches: vec![], ..fixtures::file() }
    }

    #[test]
    fn findings_stand_after_their_lines() {
        let lines = vec![range(1, 4, LineState::Covered), range(10, 12, LineState::Uncovered)];
        let entries = entries(&page(lines, &[Some(11), None, Some(3), Some(7), Some(40)]));
        let shown: Vec<String> = entries
            .iter()
            .map(|entry| match entry {
                Entry::Lines(range, _) => format!("{}-{}", range.first, range.last),
                Entry::Finding(finding) => format!("!{}", finding.line.unwrap_or(0)),
            })
            .collect();
        assert_eq!(shown, ["!0", "1-4", "!3", "!7", "10-12", "!11", "!40"]);
    }

    #[test]
    fn only_branches_that_were_missed_are_named() {
        let branch = |line, covered| BranchLine { line, branches: 2, covered };
        let mut page = page(vec![range(1, 4, LineState::Covered), range(5, 6, LineState::Partial)], &[]);
        page.branches = vec![branch(2, 2), branch(5, 1), branch(6, 0), branch(99, 0)];
        let entries = entries(&page);
        assert_eq!(entries[0], Entry::Lines(page.lines[0], vec![]));
        assert_eq!(entries[1], Entry::Lines(page.lines[1], vec![branch(5, 1), branch(6, 0)]));
    }

    #[test]
    fn nothing_and_much_can_be_drawn() {
        assert!(pixels(&page(vec![], &[]), 100).is_empty());
        let alternating: Vec<LineRange> = (1..=20_000)
            .map(|line| {
                range(line, line, if line % 2 == 0 { LineState::Covered } else { LineState::Uncovered })
            })
            .collect();
        let drawn = pixels(&page(alternating, &[]), 1000);
        assert!(drawn.len() <= 1000, "{}", drawn.len());
        assert!(
            drawn.iter().all(|(from, to, state)| from < to && *to <= 1000 && *state == LineState::Uncovered)
        );
        let two = vec![range(1, 50, LineState::Covered), range(51, 100, LineState::Uncovered)];
        assert_eq!(
            pixels(&page(two, &[]), 100),
            [(0, 50, LineState::Covered), (50, 100, LineState::Uncovered)]
        );
    }
}

//! Where lines and findings of a file stand in a list that draws only what is in sight: every line is one row high, a
//! finding two, right below its line.

use plimsoll_api::{FilePage, LineState};

/// Rows of a finding.
const FINDING: usize = 2;

/// A piece of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece {
    /// A line, from 1.
    Line(u32),
    /// A finding, by its place in the page's list.
    Finding(usize),
}

/// The list: how many lines there are, and the line of each finding, in order. Findings about the whole file stand at
/// line 0, before the first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    lines: u32,
    findings: Vec<(u32, usize)>,
}

impl Layout {
    /// Of a page.
    pub fn of(page: &FilePage) -> Self {
        let found = page.findings.iter().enumerate();
        let mut findings: Vec<_> = found.map(|(at, finding)| (finding.line.unwrap_or(0), at)).collect();
        findings.sort_unstable();
        Self { lines: page.line_count, findings }
    }

    /// Rows of the whole list.
    pub fn rows(&self) -> usize {
        self.lines as usize + FINDING * self.findings.len()
    }

    /// How many findings stand before a line.
    fn before(&self, line: u32) -> usize {
        self.findings.partition_point(|(at, _)| *at < line)
    }

    /// The row of a line.
    pub fn row_of(&self, line: u32) -> usize {
        (line as usize).saturating_sub(1) + FINDING * self.before(line)
    }

    /// The line that a row belongs to; 0 before the first.
    fn line_at(&self, row: usize) -> u32 {
        let (mut low, mut high) = (0, self.lines);
        while low < high {
            let middle = high - (high - low) / 2;
            if self.row_of(middle) <= row { low = middle } else { high = middle - 1 }
        }
        low
    }

    /// What stands in some rows, and the row that it begins with: whole lines with their findings.
    pub fn pieces(&self, (from, to): (usize, usize)) -> (usize, Vec<Piece>) {
        let first = self.line_at(from);
        let last = self.line_at(to.saturating_sub(1));
        let mut pieces = vec![];
        for line in first..=last {
            if line > 0 {
                pieces.push(Piece::Line(line));
            }
            let found = self.findings.get(self.before(line)..self.before(line + 1)).unwrap_or_default();
            pieces.extend(found.iter().map(|(_, at)| Piece::Finding(*at)));
        }
        (if first == 0 { 0 } else { self.row_of(first) }, pieces)
    }

    /// Rows of some pieces.
    pub fn height(pieces: &[Piece]) -> usize {
        pieces.iter().map(|piece| if matches!(piece, Piece::Line(_)) { 1 } else { FINDING }).sum()
    }

    /// The next line where something is to be done: one that was found, or the first of some that are not covered.
    pub fn next(&self, page: &FilePage, line: u32, forward: bool) -> Option<u32> {
        let found = self.findings.iter().map(|(line, _)| *line);
        let open = page.lines.iter().filter(|range| range.state != LineState::Covered);
        let places = found.chain(open.map(|range| range.first)).filter(|place| *place > 0);
        if forward {
            places.filter(|place| *place > line).min()
        } else {
            places.filter(|place| *place < line).max()
        }
    }
}

/// The last line that anything is known of.
pub fn last_line(page: &FilePage) -> u32 {
    let covered = page.lines.last().map_or(0, |range| range.last);
    let found = page.findings.iter().filter_map(|finding| finding.line).max().unwrap_or(0);
    covered.max(found).max(page.line_count)
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
    use plimsoll_api::{FindingRow, LineRange};

    use super::*;
    use crate::fixtures;

    fn range(first: u32, last: u32, state: LineState) -> LineRange {
        LineRange { first, last, state }
    }

    fn page(lines: Vec<LineRange>, found: &[Option<u32>]) -> FilePage {
        let findings = found.iter().map(|line| FindingRow { line: *line, ..fixtures::finding() }).collect();
        FilePage { lines, findings, branches: vec![], ..fixtures::file() }
    }

    fn words(layout: &Layout, rows: (usize, usize)) -> (usize, String) {
        let (first, pieces) = layout.pieces(rows);
        let words: Vec<String> = pieces
            .iter()
            .map(|piece| match piece {
                Piece::Line(line) => line.to_string(),
                Piece::Finding(at) => format!("!{at}"),
            })
            .collect();
        (first, words.join(" "))
    }

    #[test]
    fn findings_stand_below_their_lines() {
        let page = FilePage { line_count: 6, ..page(vec![], &[Some(3), None, Some(3), Some(6)]) };
        let layout = Layout::of(&page);
        assert_eq!(layout.rows(), 14);
        assert_eq!(words(&layout, (0, 14)), (0, "!1 1 2 3 !0 !2 4 5 6 !3".to_owned()));
        assert_eq!([1, 3, 4, 6].map(|line| layout.row_of(line)), [2, 4, 9, 11]);
        // Wherever it is cut, whole lines are drawn where they belong.
        for from in 0..14 {
            for to in from + 1..=14 {
                let (first, pieces) = layout.pieces((from, to));
                assert!(
                    first <= from && first + Layout::height(&pieces) >= to,
                    "{from} to {to}: {first} {pieces:?}"
                );
                if let Some(Piece::Line(line)) = pieces.first() {
                    assert_eq!(layout.row_of(*line), first);
                }
            }
        }
        let empty = Layout::of(&FilePage { line_count: 0, ..self::page(vec![], &[]) });
        assert_eq!((empty.rows(), words(&empty, (0, 0))), (0, (0, String::new())));
    }

    #[test]
    fn the_next_place_is_a_finding_or_a_stretch_that_is_open() {
        let lines = vec![range(1, 9, LineState::Covered), range(10, 12, LineState::Uncovered)];
        let page = FilePage { line_count: 40, ..page(lines, &[Some(11), Some(30), None]) };
        let layout = Layout::of(&page);
        let next = |line| layout.next(&page, line, true);
        assert_eq!([0, 10, 11, 30].map(next), [Some(10), Some(11), Some(30), None]);
        assert_eq!([40, 30, 10].map(|line| layout.next(&page, line, false)), [Some(30), Some(11), None]);
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

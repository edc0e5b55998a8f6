//! What the grid draws: outcomes as shapes, so that none of them needs its colour to be told from the others.

use std::fmt::Write as _;

/// Pixels of a cell.
pub const CELL: (usize, usize) = (10, 20);

/// Outcomes: the letter of the API, the class that colours it, and the word for it.
pub const OUTCOMES: [(char, &str, &str); 5] = [
    ('p', "passed", "passed"),
    ('r', "again", "passed on another attempt"),
    ('f', "failed", "failed"),
    ('e', "errored", "errored"),
    ('s', "skipped", "skipped"),
];

/// The word for a letter.
pub fn word(letter: char) -> &'static str {
    OUTCOMES.iter().find(|(known, ..)| *known == letter).map_or("not there", |(_, _, word)| word)
}

/// One outcome of a row as the data of a path. `first` is the column of the row's first letter. Empty where the row has
/// none of it. Cells that follow each other are one line where they would look like one.
pub fn shape(cells: &str, first: usize, letter: char) -> String {
    let mut path = String::new();
    let mut begin = None;
    let count = cells.len();
    for (at, cell) in cells.chars().chain(std::iter::once(' ')).enumerate() {
        let x = (first + at) * CELL.0;
        match (cell == letter, begin) {
            (true, None) => begin = Some(x),
            (false, Some(from)) => {
                draw(&mut path, letter, from, x);
                begin = None;
            }
            _ => {}
        }
        if at >= count {
            break;
        }
    }
    path
}

fn draw(path: &mut String, letter: char, from: usize, to: usize) {
    let cells = (from..to).step_by(CELL.0);
    let mut put = |text: std::fmt::Arguments<'_>| path.write_fmt(text).unwrap_or_default();
    match letter {
        // A line: nothing to see here.
        'p' => put(format_args!("M{from} 9h{}v2h-{0}z", to - from)),
        's' => cells.for_each(|x| put(format_args!("M{} 9h3v3h-3z", x + 3))),
        'r' => cells.for_each(|x| put(format_args!("M{} 4l5 6l-5 6l-5 -6z", x + 5))),
        'f' => cells.for_each(|x| put(format_args!("M{} 2h8v16h-8z", x + 1))),
        _ => cells.for_each(|x| put(format_args!("M{0} 2h8v6h-8zM{0} 12h8v6h-8z", x + 1))),
    }
}

/// Where a key moves the cursor: row and column of as many.
pub fn moved(
    key: &str,
    (row, column): (usize, usize),
    (rows, columns): (usize, usize),
) -> Option<(usize, usize)> {
    const PAGE: usize = 20;
    let (last_row, last_column) = (rows.saturating_sub(1), columns.saturating_sub(1));
    Some(match key {
        "ArrowDown" => ((row + 1).min(last_row), column),
        "ArrowUp" => (row.saturating_sub(1), column),
        "ArrowRight" => (row, (column + 1).min(last_column)),
        "ArrowLeft" => (row, column.saturating_sub(1)),
        "PageDown" => ((row + PAGE).min(last_row), column),
        "PageUp" => (row.saturating_sub(PAGE), column),
        "Home" => (row, 0),
        "End" => (row, last_column),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::components::scroll::in_sight;

    #[test]
    fn each_outcome_has_its_own_shape() {
        assert_eq!(shape("ppfp.p", 0, 'p'), "M0 9h20v2h-20zM30 9h10v2h-10zM50 9h10v2h-10z");
        assert_eq!(shape("pff", 4, 'f'), "M51 2h8v16h-8zM61 2h8v16h-8z");
        assert_eq!(shape("pe", 0, 'e'), "M11 2h8v6h-8zM11 12h8v6h-8z");
        assert_eq!(shape("s", 0, 's'), "M3 9h3v3h-3z");
        assert_eq!(shape("r", 0, 'r'), "M5 4l5 6l-5 6l-5 -6z");
        assert_eq!(shape("ppp", 0, 'f'), "");
        assert_eq!(shape("", 7, 'p'), "");
        let drawn: std::collections::BTreeSet<String> =
            OUTCOMES.iter().map(|(letter, ..)| shape(&letter.to_string(), 0, *letter)).collect();
        assert_eq!(drawn.len(), OUTCOMES.len(), "no two look alike");
    }

    #[test]
    fn a_long_steady_row_is_one_line() {
        assert!(shape(&"p".repeat(500), 0, 'p').len() < 30);
    }

    #[test]
    fn only_what_is_in_sight_is_drawn() {
        assert_eq!(in_sight(10_000, 20, 0.0, 800.0), (0, 56));
        let (first, last) = in_sight(10_000, 20, 100_000.0, 800.0);
        assert!(first <= 5_000 && last >= 5_040 && last - first <= 64, "{first}..{last}");
        assert_eq!(in_sight(3, 20, 0.0, 800.0), (0, 3));
        assert_eq!(in_sight(0, 20, -5.0, f64::NAN), (0, 0));
        let (first, last) = in_sight(100, 20, 1e12, 800.0);
        assert!(first <= last && last == 100);
    }

    #[test]
    fn keys_stay_within_the_grid() {
        let size = (3, 2);
        assert_eq!(moved("ArrowDown", (2, 0), size), Some((2, 0)));
        assert_eq!(moved("ArrowRight", (0, 0), size), Some((0, 1)));
        assert_eq!(moved("PageUp", (2, 1), size), Some((0, 1)));
        assert_eq!(moved("End", (1, 0), size), Some((1, 1)));
        assert_eq!(moved("ArrowUp", (0, 0), (0, 0)), Some((0, 0)));
        assert_eq!(moved("x", (0, 0), size), None);
    }

    #[test]
    fn every_letter_has_a_word() {
        assert_eq!(
            (word('p'), word('e'), word('.'), word('?')),
            ("passed", "errored", "not there", "not there")
        );
    }
}

//! A table in plain text, for a terminal and for a CI log.

/// Columns are as wide as their longest cell; numbers stand on the right.
pub fn render(head: &[&str], rows: &[Vec<String>]) -> String {
    let width = |column: usize| {
        rows.iter()
            .filter_map(|row| row.get(column))
            .map(|cell| cell.chars().count())
            .chain(head.get(column).map(|cell| cell.chars().count()))
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<usize> = (0..head.len()).map(width).collect();
    let is_number = |column: usize| {
        let mut cells =
            rows.iter().filter_map(|row| row.get(column)).filter(|cell| !cell.is_empty()).peekable();
        cells.peek().is_some()
            && cells.all(|cell| cell.bytes().all(|byte| byte.is_ascii_digit() || b",.%-".contains(&byte)))
    };
    let on_the_right: Vec<bool> = (0..head.len()).map(is_number).collect();
    let line = |cells: Vec<&str>| {
        let mut line = String::new();
        for ((cell, width), right) in cells.iter().zip(&widths).zip(&on_the_right) {
            let padding = " ".repeat(width.saturating_sub(cell.chars().count()));
            if !line.is_empty() {
                line.push_str("  ");
            }
            if *right {
                line.push_str(&padding);
                line.push_str(cell);
            } else {
                line.push_str(cell);
                line.push_str(&padding);
            }
        }
        line.truncate(line.trim_end().len());
        line.push('\n');
        line
    };
    let mut out = line(head.to_vec());
    for row in rows {
        out.push_str(&line(row.iter().map(String::as_str).collect()));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::render;

    #[test]
    fn numbers_stand_on_the_right_and_nothing_trails() {
        let rows = vec![vec!["a.xml".into(), "7".into()], vec!["long-name.xml".into(), "1,234".into()]];
        assert_eq!(
            render(&["file", "tests"], &rows),
            "file           tests\na.xml              7\nlong-name.xml  1,234\n"
        );
        assert_eq!(render(&["file"], &[]), "file\n");
    }
}

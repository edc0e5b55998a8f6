//! What the diff says: changed lines without a test, lines that lost theirs although nobody touched them, and tests that
//! got slower.

use leptos::prelude::*;
use plimsoll_api::{IndirectChanges, IndirectFile, PatchCoverage, PatchFile, SlowerTest};

use crate::components::table::{Column, Table, table};
use crate::format;
use crate::link::{Scope, link};
use crate::text;

/// Runs of lines, as people write them: `3–5, 9`.
pub fn ranges(lines: &[u32]) -> String {
    let mut ranges: Vec<(u32, u32)> = vec![];
    for &line in lines {
        match ranges.last_mut() {
            Some((_, last)) if line == last.saturating_add(1) => *last = line,
            _ => ranges.push((line, line)),
        }
    }
    let said = |(first, last): &(u32, u32)| match first == last {
        true => first.to_string(),
        false => format!("{first}–{last}"),
    };
    ranges.iter().map(said).collect::<Vec<_>>().join(", ")
}

fn file(path: &str, first: Option<&u32>, scope: &Scope) -> AnyView {
    link(scope.line(path, first.copied()), "", text::line(path).into_owned())
}

fn named<T: 'static>(caption: &'static str, columns: Vec<Column<T>>) -> Table<T> {
    Table { caption, columns, sort_param: "", initial: "", filter: None, near_end: None }
}

/// Changed lines, and those of them that no test executes.
pub fn patch(patch: &PatchCoverage, scope: &Scope) -> AnyView {
    let said = match patch.percent() {
        Some(percent) => format!(
            "{} of {} executed: {}",
            format::count(patch.lines_covered),
            format::counted(patch.lines, "changed line", "changed lines"),
            format::percent(percent)
        ),
        None => format!(
            "{}, none of which can be executed",
            format::counted(patch.changed_lines, "changed line", "changed lines")
        ),
    };
    let rows: Vec<PatchFile> =
        patch.files.iter().filter(|file| file.lines_covered < file.lines).cloned().collect();
    let columns = vec![
        Column::text("file", "File", |row: &PatchFile, scope: &Scope| {
            file(&row.path, row.uncovered.first(), scope)
        }),
        Column::number("missing", "Lines without a test", |row: &PatchFile, _: &Scope| {
            format!(
                "{} of {}",
                format::count(row.lines - row.lines_covered.min(row.lines)),
                format::count(row.lines)
            )
            .into_any()
        }),
        Column::text("lines", "Which", |row: &PatchFile, _: &Scope| ranges(&row.uncovered).into_any())
            .detail(),
    ];
    let files = (!rows.is_empty())
        .then(|| table(named("Files with changed lines that no test executes", columns), rows, scope));
    view! { <p>{said}</p> {files} }.into_any()
}

/// Lines outside the diff whose coverage changed.
pub fn indirect(indirect: &IndirectChanges, scope: &Scope) -> AnyView {
    let columns = vec![
        Column::text("file", "File", |row: &IndirectFile, scope: &Scope| {
            file(&row.path, row.lost_lines.first(), scope)
        }),
        Column::number("lost", "Lost", |row: &IndirectFile, _: &Scope| format::count(row.lost).into_any())
            .hint("Lines that tests executed and do not any more"),
        Column::number("gained", "Gained", |row: &IndirectFile, _: &Scope| {
            format::count(row.gained).into_any()
        })
        .hint("Lines that tests execute now and did not"),
        Column::text("lines", "Lost lines", |row: &IndirectFile, _: &Scope| {
            ranges(&row.lost_lines).into_any()
        })
        .detail(),
    ];
    table(named("Files with such lines, the greatest loss first", columns), indirect.files.clone(), scope)
}

/// Tests that take longer than they used to.
pub fn slower(rows: &[SlowerTest], hidden: u64, scope: &Scope) -> AnyView {
    let columns = vec![
        Column::text("test", "Test", |row: &SlowerTest, scope: &Scope| {
            let name = text::line(&row.test.name).into_owned();
            let class = text::line(&row.test.class).into_owned();
            view! { {link(scope.test(row.test.id), "", name)} <span class="second">{class}</span> }.into_any()
        }),
        Column::number("now", "Now", |row: &SlowerTest, _: &Scope| {
            format::duration(row.test.duration_ms.unwrap_or(0)).into_any()
        }),
        Column::number("usual", "Usually", |row: &SlowerTest, _: &Scope| {
            format::duration(row.typical_ms).into_any()
        })
        .hint("The median of its last runs"),
        Column::number("samples", "Runs", |row: &SlowerTest, _: &Scope| row.samples.to_string().into_any())
            .detail(),
    ];
    let rest = (hidden > 0).then(|| {
        let tests = format::counted(hidden, "test", "tests");
        view! { <p class="quiet">{format!("{tests} took longer by no more than usual, or with too few runs to say.")}</p> }
    });
    view! { {table(named("Tests that are slower", columns), rows.to_vec(), scope)} {rest} }.into_any()
}

#[cfg(test)]
mod tests {
    use super::ranges;

    #[test]
    fn lines_that_follow_each_other_are_one_range() {
        assert_eq!(ranges(&[]), "");
        assert_eq!(ranges(&[7]), "7");
        assert_eq!(ranges(&[1, 2, 3, 7, 9, 10]), "1–3, 7, 9–10");
    }
}

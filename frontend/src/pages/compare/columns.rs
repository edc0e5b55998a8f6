use leptos::prelude::*;
use plimsoll_api::{CoverageChange, CoverageCounts};

use crate::components::change;
use crate::components::table::{Column, SortKey};
use crate::format;
use crate::link::{Scope, link};
use crate::text;

fn percent(counts: Option<CoverageCounts>) -> Option<f64> {
    counts?.line_percent()
}

/// The change in hundredths of a percentage point, where both sides have lines.
pub fn centipoints(change: &CoverageChange) -> Option<i64> {
    let difference = percent(change.after)? - percent(change.before)?;
    #[expect(clippy::cast_possible_truncation, reason = "at most ten thousand")]
    Some((difference * 100.0).round() as i64)
}

/// How many more lines are executed now; negative where some were lost.
pub fn covered_lines(change: &CoverageChange) -> i64 {
    let covered = |counts: Option<CoverageCounts>| {
        i64::try_from(counts.map_or(0, |counts| counts.lines_covered)).unwrap_or(i64::MAX)
    };
    covered(change.after).saturating_sub(covered(change.before))
}

fn side(counts: Option<CoverageCounts>, missing: &'static str) -> AnyView {
    match percent(counts) {
        Some(percent) => format::percent(percent).into_any(),
        None => view! { <span class="quiet">{missing}</span> }.into_any(),
    }
}

pub fn columns() -> Vec<Column<CoverageChange>> {
    vec![
        Column::text("file", "File", |change: &CoverageChange, scope: &Scope| {
            let name = text::line(&change.path).into_owned();
            let file = if change.after.is_some() {
                link(scope.file(&change.path), "", name)
            } else {
                view! { <span>{name}</span> }.into_any()
            };
            let from = change
                .renamed_from
                .as_ref()
                .map(|from| view! { <span class="second">"was " {text::line(from).into_owned()}</span> });
            view! { {file} {from} }.into_any()
        })
        .sort(|change| SortKey::text(&change.path)),
        Column::number("change", "Change", |change: &CoverageChange, _: &Scope| {
            change::coverage(centipoints(change))
                .unwrap_or_else(|| view! { <span class="quiet">"–"</span> }.into_any())
        })
        .sort(|change| {
            #[expect(clippy::cast_precision_loss, reason = "at most ten thousand")]
            SortKey::number(centipoints(change).map(|points| points as f64))
        }),
        Column::number("before", "Before", |change: &CoverageChange, _: &Scope| {
            side(change.before, "new file")
        })
        .detail(),
        Column::number("after", "Now", |change: &CoverageChange, _: &Scope| side(change.after, "gone"))
            .detail(),
        Column::number("lines", "Covered lines", |change: &CoverageChange, _: &Scope| {
            let lines = covered_lines(change);
            let amount = format::count(lines.unsigned_abs());
            match lines {
                0 => "=".to_owned(),
                1.. => format!("+{amount}"),
                _ => format!("−{amount}"),
            }
            .into_any()
        })
        .hint("How many more lines are executed than before")
        .detail()
        .sort(|change| {
            #[expect(clippy::cast_precision_loss, reason = "a number of lines")]
            SortKey::number(Some(covered_lines(change) as f64))
        }),
    ]
}

#[cfg(test)]
mod tests {
    use plimsoll_api::{CoverageChange, CoverageCounts};

    use super::{centipoints, covered_lines};

    #[test]
    fn a_side_that_is_missing_has_no_change() {
        let counts =
            |covered| CoverageCounts { lines: 200, lines_covered: covered, ..CoverageCounts::default() };
        let change = |before: Option<u64>, after: Option<u64>| CoverageChange {
            path: "a".to_owned(),
            renamed_from: None,
            module: ".".to_owned(),
            before: before.map(counts),
            after: after.map(counts),
        };
        assert_eq!(centipoints(&change(Some(100), Some(99))), Some(-50));
        assert_eq!(centipoints(&change(None, Some(99))), None);
        assert_eq!(centipoints(&change(Some(1), None)), None);
        assert_eq!(covered_lines(&change(None, Some(99))), 99);
        assert_eq!(covered_lines(&change(Some(3), None)), -3);
    }
}

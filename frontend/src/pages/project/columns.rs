//! The columns of modules: per kind a sparkline, the value and its change.

use leptos::prelude::*;
use plimsoll_api::{FindingCounts, Measures, ModuleRow, Tone, Trend};

use crate::components::badge::badge;
use crate::components::gauge::gauge;
use crate::components::sparkline::{self, Range, sparkline};
use crate::components::table::{Column, SortKey};
use crate::components::{change, tile};
use crate::format;
use crate::link::{Scope, link};
use crate::text;

/// A sparkline, a value and its change, each in its place so that values stand below each other.
pub fn kind(spark: Option<AnyView>, value: AnyView, change: Option<AnyView>) -> AnyView {
    view! { <span class="kind">{spark}<span class="value">{value}</span><span class="delta">{change}</span></span> }
        .into_any()
}

fn missing() -> AnyView {
    view! { <span class="quiet" title="no report">"–"</span> }.into_any()
}

/// Line coverage.
pub fn coverage_cell(measures: &Measures, change: Option<AnyView>, trend: &Trend) -> AnyView {
    let spark = sparkline(&trend.coverage, Range::AtLeast(4.0), "s1");
    match measures.coverage.and_then(|coverage| coverage.line_percent()) {
        Some(percent) => kind(Some(spark), format::percent(percent).into_any(), change),
        None => kind(None, missing(), None),
    }
}

/// Failing tests, with those that are new.
pub fn failing_cell(measures: &Measures, newly_failing: Option<u64>, trend: &Trend) -> AnyView {
    let Some(tests) = measures.tests else { return kind(None, missing(), None) };
    let new = newly_failing
        .filter(|new| *new > 0)
        .map(|new| badge(Tone::Bad, "▲", format!("{} new", format::count(new))));
    let flaky = measures.flaky.filter(|flaky| *flaky > 0).map(|flaky| {
        view! { <span class="warn" title=format!("{} flaky", format::count(flaky))>"≈"{format::count(flaky)}<span class="sr">" flaky"</span></span> }
    });
    let failing = tests.failing();
    let value = if failing > 0 {
        view! { <b class="bad">{format::count(failing)}</b> }.into_any()
    } else {
        view! { <span>"0"</span> }.into_any()
    };
    let of = format!("{} of {} tests fail", format::count(failing), format::count(tests.total));
    let value = view! { <span title=of>{value}</span> }.into_any();
    let change = view! { <span class="delta">{new} {flaky}</span> };
    let spark = sparkline::of_counts(&trend.failing, "sbad");
    view! { <span class="kind wide">{spark}<span class="value">{value}</span>{change}</span> }.into_any()
}

/// Findings of a group.
pub fn findings_cell(
    counts: Option<FindingCounts>,
    change: Option<AnyView>,
    trend: &[Option<u64>],
    ink: &'static str,
) -> AnyView {
    let Some(counts) = counts else { return kind(None, missing(), None) };
    let value = view! { <span title=tile::worst(&counts)>{format::count(counts.total)}</span> }.into_any();
    kind(Some(sparkline::of_counts(trend, ink)), value, change)
}

fn percent(row: &ModuleRow) -> Option<f64> {
    row.measures.coverage.and_then(|coverage| coverage.line_percent())
}

/// The module's coverage against the baseline's, as a bar with a line.
fn against_baseline(row: &ModuleRow) -> AnyView {
    let Some(now) = percent(row) else { return ().into_any() };
    #[expect(clippy::cast_precision_loss, reason = "hundredths of a point")]
    let line = row
        .changes
        .and_then(|changes| changes.coverage_centipoints)
        .map(|change| now - change as f64 / 100.0);
    gauge(now, line)
}

/// The columns.
pub fn columns() -> Vec<Column<ModuleRow>> {
    vec![
        Column::text("module", "Module", |row: &ModuleRow, scope: &Scope| {
            let name = if row.name.is_empty() { &row.path } else { &row.name };
            let path = (row.path != *name).then(|| {
                let path = if row.path == "." { "the root" } else { row.path.as_str() };
                view! { <span class="path">{text::line(path).into_owned()}</span> }
            });
            view! { {link(scope.module(&row.path), "", text::line(name).into_owned())} " " {path} }.into_any()
        })
        .sort(|row| SortKey::text(&row.path)),
        Column::number("coverage", "Coverage", |row: &ModuleRow, _: &Scope| {
            let change = change::coverage(row.changes.and_then(|changes| changes.coverage_centipoints));
            coverage_cell(&row.measures, change, &row.trend)
        })
        .hint("Executed lines in percent of executable lines; the line shows the last runs")
        .sort(|row| SortKey::number(percent(row))),
        Column::text("line", "Against its line", |row: &ModuleRow, _: &Scope| against_baseline(row))
            .hint("Line coverage; the tick is where it stood in the baseline")
            .detail()
            .sort(|row| {
                #[expect(clippy::cast_precision_loss, reason = "hundredths of a point")]
                let change = row.changes.and_then(|changes| changes.coverage_centipoints).map(|it| it as f64);
                SortKey::number(change)
            }),
        Column::number("failing", "Failing", |row: &ModuleRow, _: &Scope| {
            failing_cell(&row.measures, row.changes.and_then(|changes| changes.newly_failing), &row.trend)
        })
        .hint("Failed and errored tests; ≈ counts flaky ones")
        .sort(|row| SortKey::count(row.measures.tests.map(|tests| tests.failing()))),
        Column::number("code", "Static analysis", |row: &ModuleRow, _: &Scope| {
            let changes = row.changes.unwrap_or_default();
            let change = change::findings(changes.new_code, changes.fixed_code);
            findings_cell(row.measures.code, change, &row.trend.code, "s3")
        })
        .detail()
        .sort(|row| SortKey::count(row.measures.code.map(|counts| counts.total))),
        Column::number("security", "Security", |row: &ModuleRow, _: &Scope| {
            let changes = row.changes.unwrap_or_default();
            let change = change::findings(changes.new_security, changes.fixed_security);
            findings_cell(row.measures.security, change, &row.trend.security, "s2")
        })
        .detail()
        .sort(|row| SortKey::count(row.measures.security.map(|counts| counts.total))),
        Column::number("commits", "Commits", |row: &ModuleRow, _: &Scope| {
            row.commits.map_or_else(missing, |commits| format::count(commits).into_any())
        })
        .hint("Commits that touched it in the last 90 days")
        .detail()
        .sort(|row| SortKey::count(row.commits)),
    ]
}

//! The columns of modules: per kind a sparkline, the value and its change.

use leptos::prelude::*;
use plimsoll_api::{FindingCounts, GateStanding, Measures, ModuleRow, Tone, Trend};

use crate::components::badge::badge;
use crate::components::gauge::{Load, load_line};
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

/// A cell with its load line below it: where the value stands against where it stood in the baseline.
fn loaded(cell: AnyView, load: Option<Load>) -> AnyView {
    view! { <div class="loaded">{cell}{load.map(load_line)}</div> }.into_any()
}

fn coverage_load(row: &ModuleRow) -> Option<Load> {
    let now = percent(row)?;
    let change = row.changes.and_then(|changes| changes.coverage_centipoints);
    let demanded = row.gate.as_ref().and_then(|gate| gate.coverage_at_least);
    #[expect(clippy::cast_precision_loss, reason = "hundredths of a point")]
    let before = change.map(|change| now - change as f64 / 100.0);
    Some(Load::percent(now, demanded.or(before)))
}

fn failing_load(row: &ModuleRow) -> Option<Load> {
    let now = row.measures.tests?.failing();
    let changes = row.changes.unwrap_or_default();
    Some(Load::count(now, before(now, changes.newly_failing, changes.fixed_tests)))
}

fn code_load(row: &ModuleRow) -> Option<Load> {
    let now = row.measures.code?.total;
    let changes = row.changes.unwrap_or_default();
    Some(Load::count(now, before(now, changes.new_code, changes.fixed_code)))
}

fn security_load(row: &ModuleRow) -> Option<Load> {
    let now = row.measures.security?.total;
    let changes = row.changes.unwrap_or_default();
    Some(Load::count(now, before(now, changes.new_security, changes.fixed_security)))
}

/// A count as it was, from what came and what went.
fn before(now: u64, new: Option<u64>, gone: Option<u64>) -> Option<u64> {
    Some(now.saturating_sub(new?) + gone?)
}

/// Whether any measure of the module is on the wrong side of its line.
pub fn is_beyond(row: &ModuleRow) -> bool {
    [coverage_load(row), failing_load(row), code_load(row), security_load(row)]
        .into_iter()
        .flatten()
        .any(|load| load.is_beyond() == Some(true))
        || row.gate.as_ref().is_some_and(|gate| gate.standing == GateStanding::Fail)
}

/// What the gate says of the module, where it fails.
fn gate_badge(row: &ModuleRow) -> Option<AnyView> {
    let gate = row.gate.as_ref().filter(|gate| gate.standing == GateStanding::Fail)?;
    let why = text::line(&gate.failed.join("; ")).into_owned();
    Some(view! { <span title=why>{badge(Tone::Bad, "✕", "gate")}</span> }.into_any())
}

/// Whether anything moved since the baseline.
pub fn is_changed(row: &ModuleRow) -> bool {
    let changes = row.changes.unwrap_or_default();
    let counts = [
        changes.newly_failing,
        changes.fixed_tests,
        changes.new_code,
        changes.fixed_code,
        changes.new_security,
        changes.fixed_security,
    ];
    counts.into_iter().flatten().any(|count| count > 0)
        || changes.coverage_centipoints.is_some_and(|change| change.abs() >= format::COVERAGE_NOISE)
}

/// The folder that a module stands in.
fn folder(row: &ModuleRow) -> String {
    match row.path.rsplit_once('/') {
        Some((folder, _)) => text::line(folder).into_owned(),
        None => "(top level)".to_owned(),
    }
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
            view! { {link(scope.module(&row.path), "", text::line(name).into_owned())} " " {gate_badge(row)} " " {path} }.into_any()
        })
        .sort(|row| SortKey::text(&row.path))
        .group("group", "folder", folder),
        Column::number("coverage", "Coverage", |row: &ModuleRow, _: &Scope| {
            loaded(coverage_cell(&row.measures, None, &row.trend), coverage_load(row))
        })
        .hint("Executed lines in percent of executable lines. The curve shows the last runs, the bar the value and, as its tick, what the gate demands, else where it stood in the baseline")
        .sort(|row| SortKey::number(percent(row))),
        Column::number("change", "Change", |row: &ModuleRow, _: &Scope| {
            change::coverage(row.changes.and_then(|changes| changes.coverage_centipoints))
                .unwrap_or_else(|| ().into_any())
        })
        .hint("Line coverage against the baseline, in percentage points")
        .sort(|row| {
            #[expect(clippy::cast_precision_loss, reason = "hundredths of a point")]
            let change = row.changes.and_then(|changes| changes.coverage_centipoints).map(|it| it as f64);
            SortKey::number(change)
        }),
        Column::number("failing", "Failing", |row: &ModuleRow, _: &Scope| {
            let new = row.changes.and_then(|changes| changes.newly_failing);
            loaded(failing_cell(&row.measures, new, &row.trend), failing_load(row))
        })
        .hint("Failed and errored tests; ≈ counts flaky ones")
        .sort(|row| SortKey::count(row.measures.tests.map(|tests| tests.failing()))),
        Column::number("code", "Static analysis", |row: &ModuleRow, _: &Scope| {
            let changes = row.changes.unwrap_or_default();
            let change = change::findings(changes.new_code, changes.fixed_code);
            loaded(findings_cell(row.measures.code, change, &row.trend.code, "s3"), code_load(row))
        })
        .detail()
        .sort(|row| SortKey::count(row.measures.code.map(|counts| counts.total))),
        Column::number("security", "Security", |row: &ModuleRow, _: &Scope| {
            let changes = row.changes.unwrap_or_default();
            let change = change::findings(changes.new_security, changes.fixed_security);
            loaded(findings_cell(row.measures.security, change, &row.trend.security, "s2"), security_load(row))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures;

    #[test]
    fn a_module_beyond_one_line_is_beyond() {
        let row = fixtures::module("services/search");
        assert!(is_beyond(&row) && is_changed(&row));
        let calm = ModuleRow { changes: Some(plimsoll_api::ChangeCounts::default()), ..row.clone() };
        assert!(!is_changed(&calm));
        assert!(!is_beyond(&ModuleRow { changes: None, gate: None, ..row }));
    }

    #[test]
    fn the_line_of_the_gate_goes_before_the_baseline() {
        let mut row = ModuleRow { gate: None, ..fixtures::module("services/search") };
        let line = |row: &ModuleRow| coverage_load(row).unwrap().line.unwrap();
        let before = line(&row);
        let gate = plimsoll_api::ModuleGate {
            standing: GateStanding::Fail,
            coverage_at_least: Some(99.0),
            failed: vec!["line coverage is 81.4 %, 99 % are demanded".to_owned()],
        };
        row.gate = Some(gate);
        assert!((line(&row) - 99.0).abs() < 1e-9 && (before - 99.0).abs() > 1.0, "{before}");
        assert!(is_beyond(&ModuleRow { changes: None, ..row }), "a failing gate is beyond a line");
    }

    #[test]
    fn modules_stand_in_folders() {
        let of = |path| folder(&fixtures::module(path));
        assert_eq!([of("services/search"), of("web"), of("a/b/c")], ["services", "(top level)", "a/b"]);
    }
}

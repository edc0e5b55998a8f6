//! What changed between two runs, the most urgent first: the same in the app and in the static report.

use leptos::prelude::*;
use plimsoll_api::{Comparison, CoverageChange, FindingRow, TestRow};

use super::{columns, patch};
use crate::components::panels;
use crate::components::table::{Table, table};
use crate::format;
use crate::link::{LinkMode, Scope, link};
use crate::pages::{findings, tests};
use crate::route::ProjectRoute;

/// All that changed.
pub fn changes(comparison: &Comparison, scope: &Scope) -> AnyView {
    let counts = &comparison.counts;
    let mut parts: Vec<AnyView> = vec![];
    if let Some(changes) = &comparison.tests {
        parts.extend(test_section(
            "Newly failing tests",
            "newly-failing",
            &changes.newly_failing,
            counts.newly_failing,
            true,
            scope,
        ));
    }
    if let Some(changes) = &comparison.findings {
        let (security, code): (Vec<_>, Vec<_>) =
            changes.new.iter().cloned().partition(|finding| finding.kind.is_security());
        parts.extend(finding_section(
            "New security findings",
            ("new", "security"),
            security,
            counts.new_security,
            true,
            scope,
        ));
        parts.extend(diff_sections(comparison, scope));
        parts.extend(coverage_section(comparison.coverage.as_deref(), scope));
        parts.extend(finding_section(
            "New findings of static analysis",
            ("new", "code"),
            code,
            counts.new_code,
            true,
            scope,
        ));
    } else {
        parts.extend(diff_sections(comparison, scope));
        parts.extend(coverage_section(comparison.coverage.as_deref(), scope));
    }
    if let Some(changes) = &comparison.tests {
        parts.extend(test_section(
            "Still failing tests",
            "still-failing",
            &changes.still_failing,
            counts.still_failing,
            false,
            scope,
        ));
        if !changes.slower.is_empty() {
            let content = patch::slower(&changes.slower, changes.slower_hidden, scope);
            parts.push(section("Slower tests", changes.slower.len() as u64, false, "", content));
        }
        parts.extend(test_section("Fixed tests", "fixed", &changes.fixed, counts.fixed_tests, false, scope));
    }
    if let Some(changes) = &comparison.findings {
        let fixed = counts.fixed_code.unwrap_or(0) + counts.fixed_security.unwrap_or(0);
        parts.extend(finding_section(
            "Fixed findings",
            ("fixed", ""),
            changes.fixed.clone(),
            Some(fixed),
            false,
            scope,
        ));
    }
    if let Some(changes) = &comparison.tests {
        parts.extend(test_section("New tests", "new", &changes.new, counts.new_tests, false, scope));
        parts.extend(test_section(
            "Removed tests",
            "removed",
            &changes.removed,
            counts.removed_tests,
            false,
            scope,
        ));
    }
    if parts.is_empty() {
        let missing =
            comparison.tests.is_none() && comparison.findings.is_none() && comparison.coverage.is_none();
        return if missing {
            panels::empty("Nothing can be compared.", "The two runs have no kind of report in common.")
        } else {
            panels::empty(
                "Nothing changed.",
                "The same tests fail, the same lines are covered, and the same findings are there.",
            )
        };
    }
    parts.collect_view().into_any()
}

/// A part of the page that opens at once if it is urgent.
fn section(
    title: &'static str,
    count: u64,
    is_urgent: bool,
    anchor: &'static str,
    content: AnyView,
) -> AnyView {
    view! {
        <details class="changes" open=is_urgent id=(!anchor.is_empty()).then_some(anchor)>
            <summary><h3>{title} " " <span class="count">{format::count(count)}</span></h3></summary>
            {content}
        </details>
    }
    .into_any()
}

/// What the list does not show, and where it is.
fn rest(shown: usize, count: u64, href: String) -> Option<AnyView> {
    let rest = count.saturating_sub(shown as u64);
    (rest > 0).then(|| {
        let said = format!("and {} more", format::count(rest));
        view! { <p class="more">{link(href, "", said)}</p> }.into_any()
    })
}

fn test_section(
    title: &'static str,
    state: &'static str,
    rows: &[TestRow],
    count: Option<u64>,
    is_urgent: bool,
    scope: &Scope,
) -> Option<AnyView> {
    let count = count.unwrap_or(0).max(rows.len() as u64);
    if count == 0 {
        return None;
    }
    let spec = Table {
        caption: title,
        columns: tests::columns::columns_with_message(),
        sort_param: "",
        initial: "",
        filter: None,
        near_end: None,
    };
    let href = scope.page(ProjectRoute::Tests(Some(scope.run)), &[("state", state)]);
    let anchor = if is_urgent && !LinkMode::here().is_live() { "tests" } else { "" };
    let content = view! { {table(spec, rows.to_vec(), scope)} {rest(rows.len(), count, href)} };
    Some(section(title, count, is_urgent, anchor, content.into_any()))
}

fn finding_section(
    title: &'static str,
    (state, group): (&'static str, &'static str),
    rows: Vec<FindingRow>,
    count: Option<u64>,
    is_urgent: bool,
    scope: &Scope,
) -> Option<AnyView> {
    let shown = rows.len();
    let count = count.unwrap_or(0).max(shown as u64);
    if count == 0 {
        return None;
    }
    let spec = Table {
        caption: title,
        columns: findings::columns::columns_of_one_state(),
        sort_param: "",
        initial: "",
        filter: None,
        near_end: None,
    };
    let href = scope.page(ProjectRoute::Findings(Some(scope.run)), &[("state", state), ("kind", group)]);
    let anchor = if group == "security" && !LinkMode::here().is_live() { "findings" } else { "" };
    let content = view! { {table(spec, rows, scope)} {rest(shown, count, href)} };
    Some(section(title, count, is_urgent, anchor, content.into_any()))
}

/// What the diff says of coverage.
fn diff_sections(comparison: &Comparison, scope: &Scope) -> Vec<AnyView> {
    let mut parts = vec![];
    if let Some(changed) = comparison.patch.as_ref().filter(|patch| patch.changed_lines > 0) {
        let missing = changed.lines.saturating_sub(changed.lines_covered);
        let content = patch::patch(changed, scope);
        parts.push(section("Changed lines without a test", missing, missing > 0, "", content));
    }
    if let Some(indirect) = comparison.indirect.as_ref().filter(|it| it.lost + it.gained > 0) {
        let content = patch::indirect(indirect, scope);
        let title = "Lines whose coverage changed although nobody touched them";
        parts.push(section(title, indirect.lost + indirect.gained, false, "", content));
    }
    parts
}

fn coverage_section(rows: Option<&[CoverageChange]>, scope: &Scope) -> Option<AnyView> {
    let rows = rows.filter(|rows| !rows.is_empty())?;
    let spec = Table {
        caption: "Files whose coverage changed, the greatest loss first",
        columns: columns::columns(),
        sort_param: "coverage",
        initial: "lines",
        filter: None,
        near_end: None,
    };
    let content = table(spec, rows.to_vec(), scope);
    let has_loss = rows.iter().any(|row| columns::covered_lines(row) < 0);
    Some(section("Files whose coverage changed", rows.len() as u64, has_loss, "", content))
}

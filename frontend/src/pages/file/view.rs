use std::sync::Arc;

use leptos::prelude::*;
use plimsoll_api::{FilePage, LineState};

use super::{lines, source};
use crate::components::gauge::bar;
use crate::components::panels;
use crate::format;
use crate::link::{Scope, link};
use crate::text;

/// What is known of the file, then its lines.
pub fn view(page: &Arc<FilePage>, scope: &Scope) -> AnyView {
    let coverage = page.coverage.map(|coverage| {
        let percent = coverage.line_percent().map(format::percent).unwrap_or_default();
        let branches = coverage.branch_percent().map(|percent| {
            format!(
                " · {} of {} branches ({})",
                format::count(coverage.branches_covered),
                format::count(coverage.branches),
                format::percent(percent)
            )
        });
        format!(
            "{percent} covered: {} of {} lines{}",
            format::count(coverage.lines_covered),
            format::count(coverage.lines),
            branches.unwrap_or_default()
        )
    });
    let found = page.findings.len() as u64;
    let churn = page.churn.map(|churn| {
        let commits = format::counted(churn.commits, "commit", "commits");
        view! { <li title=format!("{} lines added or deleted", format::count(churn.lines))>{commits} " in 90 days"</li> }
    });
    let content = if page.line_count == 0 && page.findings.is_empty() {
        panels::empty(
            "Nothing is known of this file in this run.",
            "No coverage report and no finding names it.",
        )
    } else {
        source::list(page, scope)
    };
    view! {
        <h1 class="path-title">{text::line(&page.path).into_owned()}</h1>
        <ul class="facts">
            <li>{link(scope.module(&page.module), "", text::line(&page.module).into_owned())}</li>
            <li>{text::line(&page.branch).into_owned()}</li>
            <li>{link(scope.run(page.run), "", format!("#{}", page.run))}</li>
            <li>{coverage.unwrap_or_else(|| "no coverage in this run".to_owned())}</li>
            <li>{format::counted(found, "finding", "findings")}</li>
            {churn}
        </ul>
        {hot(page)}
        {overview(page)}
        {content}
    }
    .into_any()
}

fn hot(page: &FilePage) -> Option<AnyView> {
    let hotspot = page.hotspot.as_ref()?;
    let parts = [
        ("churn", Some(hotspot.parts.churn_percentile)),
        ("uncovered", hotspot.parts.uncovered),
        ("findings", hotspot.parts.findings_percentile),
        ("unstable tests", hotspot.parts.test_instability),
    ];
    let parts = parts
        .into_iter()
        .filter_map(|(label, share)| Some(view! { <li>{label} " " {bar(share?, label)}</li> }))
        .collect_view();
    Some(
        view! {
            <p class="hot"><b>"Hotspot score " {format::score(hotspot.score)}</b> ". " {text::line(&hotspot.why).into_owned()}</p>
            <ul class="facts parts">{parts}</ul>
        }
        .into_any(),
    )
}

/// The whole file in a strip, from its first line to its last.
fn overview(page: &FilePage) -> Option<AnyView> {
    const WIDTH: u32 = 1000;
    if page.lines.is_empty() {
        return None;
    }
    let last = lines::last_line(page);
    let bars = lines::pixels(page, WIDTH)
        .into_iter()
        .map(|(from, to, state)| {
            let (y, height) = match state {
                LineState::Covered => ("8", "8"),
                LineState::Partial => ("4", "12"),
                LineState::Uncovered => ("0", "16"),
            };
            view! { <rect class=class_of(state) x=from.to_string() y=y width=(to - from).to_string() height=height /> }
        })
        .collect_view();
    let finds = page
        .findings
        .iter()
        .filter_map(|finding| finding.line)
        .map(|line| {
            let x = u64::from(line) * u64::from(WIDTH) / u64::from(last.max(1));
            view! { <path class="found" d=format!("M{x} 17l4 7h-8z") /> }
        })
        .collect_view();
    let said = format!(
        "{} covered, {} partly covered, {} uncovered lines",
        format::count(lines::count(page, LineState::Covered)),
        format::count(lines::count(page, LineState::Partial)),
        format::count(lines::count(page, LineState::Uncovered))
    );
    Some(
        view! {
            <figure class="chart overview">
                <figcaption>{format!("Lines 1 to {}: ", format::count(u64::from(last)))} {said.clone()}</figcaption>
                <svg viewBox="-4 0 1008 24" preserveAspectRatio="none" height="24" role="img" aria-label=said>{bars}{finds}</svg>
            </figure>
        }
        .into_any(),
    )
}

/// The class that colours a state.
pub fn class_of(state: LineState) -> &'static str {
    match state {
        LineState::Covered => "covered",
        LineState::Partial => "partial",
        LineState::Uncovered => "uncovered",
    }
}

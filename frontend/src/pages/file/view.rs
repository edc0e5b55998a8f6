use leptos::prelude::*;
use plimsoll_api::{FilePage, LineState, Tone};

use super::lines::{self, Entry};
use crate::components::badge::{self, badge};
use crate::components::gauge::bar;
use crate::components::panels;
use crate::components::table::{Column, Filter, Table, table};
use crate::format;
use crate::link::{Scope, link, web};
use crate::pages::findings::columns::remedy;
use crate::text;

/// Coverage, findings, and the rows of both.
pub fn view(page: &FilePage, line: Option<u32>, scope: &Scope) -> AnyView {
    let entries = lines::entries(page);
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
    let content = if entries.is_empty() {
        panels::empty(
            "Nothing is known of this file in this run.",
            "No coverage report and no finding names it.",
        )
    } else {
        table(spec(), entries.clone(), scope)
    };
    view! {
        <h1 class="path-title">{text::line(&page.path).into_owned()}</h1>
        <ul class="facts">
            <li>{link(scope.module(&page.module), "", text::line(&page.module).into_owned())}</li>
            <li>{text::line(&page.branch).into_owned()}</li>
            <li>{link(scope.run(page.run), "", format!("#{}", page.run))}</li>
            <li>{coverage.unwrap_or_else(|| "no coverage in this run".to_owned())}</li>
            <li>{format::counted(found, "finding", "findings")}</li>
        </ul>
        {hot(page)}
        {line.map(|line| asked_for(&entries, line))}
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

/// What a link to a line wanted to show.
fn asked_for(entries: &[Entry], line: u32) -> AnyView {
    let mut said: Vec<String> = entries
        .iter()
        .filter(|entry| entry.holds(line))
        .map(|entry| match entry {
            Entry::Lines(range, _) => state_word(range.state).to_owned(),
            Entry::Finding(finding) => {
                format!("{}: {}", text::line(&finding.rule), text::line(&finding.message))
            }
        })
        .collect();
    if said.is_empty() {
        said.push("nothing is known of it".to_owned());
    }
    view! { <p class="notice"><span><b>{format!("Line {line}")}</b> " · " {said.join(" · ")}</span></p> }
        .into_any()
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

fn class_of(state: LineState) -> &'static str {
    match state {
        LineState::Covered => "covered",
        LineState::Partial => "partial",
        LineState::Uncovered => "uncovered",
    }
}

fn state_word(state: LineState) -> &'static str {
    match state {
        LineState::Covered => "covered",
        LineState::Partial => "partly covered",
        LineState::Uncovered => "not covered",
    }
}

fn spec() -> Table<Entry> {
    let columns = vec![
        Column::text("lines", "Lines", |entry: &Entry, scope: &Scope| {
            let (first, last) = match entry {
                Entry::Lines(range, _) => (range.first, range.last),
                Entry::Finding(finding) => match finding.line {
                    Some(line) => (line, line),
                    None => return view! { <span>"the file"</span> }.into_any(),
                },
            };
            let shown = if first == last { first.to_string() } else { format!("{first}–{last}") };
            let path = crate::place::Place::here().query("path");
            link(scope.line(&path, Some(first)), "", shown)
        }),
        Column::text("state", "State", |entry: &Entry, _: &Scope| match entry {
            Entry::Lines(range, _) => match range.state {
                LineState::Covered => badge(Tone::Good, "✓", "covered"),
                LineState::Partial => badge(Tone::Warn, "◐", "partly covered"),
                LineState::Uncovered => badge(Tone::Bad, "✕", "not covered"),
            },
            Entry::Finding(finding) => badge::severity(finding.severity),
        }),
        Column::number("count", "Number", |entry: &Entry, _: &Scope| match entry {
            Entry::Lines(range, _) => {
                format::count(u64::from(range.last.saturating_sub(range.first)) + 1).into_any()
            }
            Entry::Finding(_) => ().into_any(),
        })
        .detail(),
        Column::text("note", "What", |entry: &Entry, _: &Scope| match entry {
            Entry::Lines(_, missed) => {
                let said: Vec<String> = missed
                    .iter()
                    .take(6)
                    .map(|branch| format!("line {}: {} of {} branches", branch.line, branch.covered, branch.branches))
                    .collect();
                let rest = missed.len().saturating_sub(6);
                let rest = (rest > 0).then(|| format!(" and {rest} more"));
                view! { <span class="quiet">{said.join(", ")}{rest}</span> }.into_any()
            }
            Entry::Finding(finding) => {
                let rule = web(finding.help_uri.as_deref(), text::line(&finding.rule).into_owned());
                let remedy = remedy(finding).map(|remedy| format!(" · {remedy}"));
                let message = text::line(&finding.message).into_owned();
                view! { <span class="message" title=message.clone()>{message.clone()}</span> <span class="second">{rule} " · " {text::line(&finding.tool).into_owned()}{remedy}</span> }.into_any()
            }
        })
        .detail(),
    ];
    Table {
        caption: "Lines and findings of the file",
        columns,
        sort_param: "",
        initial: "",
        filter: Some(Filter {
            param: "q",
            label: "Filter lines: uncovered, a rule, a word",
            text: |entry: &Entry| match entry {
                Entry::Lines(range, _) => match range.state {
                    LineState::Covered => "covered".to_owned(),
                    LineState::Partial => "partial partly".to_owned(),
                    LineState::Uncovered => "uncovered not".to_owned(),
                },
                Entry::Finding(finding) => {
                    format!("{} {} {} finding", finding.rule, finding.message, finding.severity.as_str())
                }
            },
        }),
        near_end: None,
    }
}

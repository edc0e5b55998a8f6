use leptos::prelude::*;
use plimsoll_api::Hotspot;

use crate::components::gauge::bar;
use crate::components::table::{Column, SortKey};
use crate::format;
use crate::link::{Scope, link};
use crate::text;

fn file() -> Column<Hotspot> {
    Column::text("file", "File", |hotspot: &Hotspot, scope: &Scope| {
        link(scope.file(&hotspot.path), "", text::line(&hotspot.path).into_owned())
    })
    .sort(|hotspot| SortKey::text(&hotspot.path))
}

fn score() -> Column<Hotspot> {
    Column::number("score", "Score", |hotspot: &Hotspot, _: &Scope| {
        view! { <b title=text::line(&hotspot.why).into_owned()>{format::score(hotspot.score)}</b> }.into_any()
    })
    .hint("Churn percentile times weakness, 0 to 1")
    .sort(|hotspot| SortKey::number(Some(hotspot.score)))
}

fn commits() -> Column<Hotspot> {
    Column::number("commits", "Commits, 90 d", |hotspot: &Hotspot, _: &Scope| {
        format::count(hotspot.commits).into_any()
    })
    .sort(|hotspot| SortKey::count(Some(hotspot.commits)))
}

fn uncovered() -> Column<Hotspot> {
    Column::number("uncovered", "Uncovered", |hotspot: &Hotspot, _: &Scope| {
        match hotspot.parts.uncovered {
            Some(share) => view! { <span>{format::percent(share * 100.0)}</span> },
            None => view! { <span>{"–".to_owned()}</span> },
        }
        .into_any()
    })
    .sort(|hotspot| SortKey::number(hotspot.parts.uncovered))
}

fn findings() -> Column<Hotspot> {
    Column::number("findings", "Findings", |hotspot: &Hotspot, _: &Scope| {
        format::count(hotspot.findings).into_any()
    })
    .sort(|hotspot| SortKey::count(Some(hotspot.findings)))
}

/// Every part of the score.
pub fn columns() -> Vec<Column<Hotspot>> {
    vec![
        file(),
        score(),
        commits().detail(),
        Column::number("churn", "Churn", |hotspot: &Hotspot, _: &Scope| {
            bar(hotspot.parts.churn_percentile, "Churn percentile")
        })
        .hint("Where its commits stand among all files that changed")
        .detail()
        .sort(|hotspot| SortKey::number(Some(hotspot.parts.churn_percentile))),
        Column::number("weakness", "Weakness", |hotspot: &Hotspot, _: &Scope| {
            bar(hotspot.parts.weakness, "Weakness")
        })
        .hint("The weighted mean of uncovered share, findings and unstable tests")
        .detail()
        .sort(|hotspot| SortKey::number(Some(hotspot.parts.weakness))),
        uncovered().detail(),
        findings().detail(),
        Column::number("instability", "Unstable tests", |hotspot: &Hotspot, _: &Scope| {
            match hotspot.parts.test_instability {
                Some(share) => bar(share, "Unstable tests"),
                None => view! { <span class="quiet">"–"</span> }.into_any(),
            }
        })
        .hint("Share of its tests that fail or are flaky")
        .detail()
        .sort(|hotspot| SortKey::number(hotspot.parts.test_instability)),
        Column::text("why", "Why", |hotspot: &Hotspot, _: &Scope| {
            view! { <span class="why">{text::line(&hotspot.why).into_owned()}</span> }.into_any()
        })
        .detail(),
    ]
}

/// The few that stand on other pages.
pub fn short_columns() -> Vec<Column<Hotspot>> {
    vec![file(), score(), commits(), uncovered().detail(), findings().detail()]
}

//! The state in words.

use leptos::prelude::*;
use plimsoll_api::{HeadlineItem, HeadlinePart, Target};

use crate::components::badge::{tone_class, tone_mark};
use crate::link::{Scope, link};
use crate::route::ProjectRoute;
use crate::text;

/// Where a part of a sentence leads: the address, and the section of a static report.
pub fn address(target: &Target, scope: &Scope) -> (String, &'static str) {
    let some = |value: &Option<String>| value.clone().unwrap_or_default();
    match target {
        Target::Module { path } => (scope.module(path), "modules"),
        Target::File { path } => (scope.file(path), "hotspots"),
        Target::Run { number } => (scope.run(*number), ""),
        Target::Tests { run, state, module } => (
            scope
                .page(ProjectRoute::Tests(Some(*run)), &[("state", &some(state)), ("module", &some(module))]),
            "tests",
        ),
        Target::Findings { run, state, module } => (
            scope.page(
                ProjectRoute::Findings(Some(*run)),
                &[("state", &some(state)), ("module", &some(module))],
            ),
            "findings",
        ),
    }
}

fn part(part: &HeadlinePart, scope: &Scope) -> AnyView {
    let text = text::line(&part.text).into_owned();
    match &part.target {
        Some(target) => {
            let (href, section) = address(target, scope);
            link(href, section, text)
        }
        None => text.into_any(),
    }
}

/// The sentences, the most important first. The first five stand out; the rest can be opened.
pub fn headline(items: &[HeadlineItem], scope: &Scope) -> AnyView {
    const SHOWN: usize = 5;
    let sentence = |item: &HeadlineItem| {
        let parts = item.parts.iter().map(|it| part(it, scope)).collect_view();
        let ends = item.parts.last().is_some_and(|last| last.text.trim_end().ends_with(['.', '!', '?']));
        view! {
            <li class=tone_class(item.tone)>
                <span class="mark" aria-hidden="true">{tone_mark(item.tone)}</span>
                <span>{parts}{(!ends).then_some(".")}</span>
            </li>
        }
    };
    let first = items.iter().take(SHOWN).map(sentence).collect_view();
    let rest = items.len().saturating_sub(SHOWN);
    let more = (rest > 0).then(|| {
        let rest_items = items.iter().skip(SHOWN).map(sentence).collect_view();
        view! {
            <details class="more-state">
                <summary>{format!("and {rest} more")}</summary>
                <ul class="state">{rest_items}</ul>
            </details>
        }
    });
    view! { <ul class="state" aria-label="State in words">{first}</ul> {more} }.into_any()
}

//! The flaky tests of a branch, with what each of them did.

use leptos::prelude::*;
use plimsoll_api::{FlakyEvidence, FlakyTest};

use crate::api;
use crate::components::controls::{fixed_choice, pinned};
use crate::components::listing::{PART, listing};
use crate::components::panels;
use crate::components::table::{Column, Table};
use crate::format;
use crate::link::{Scope, link};
use crate::place::Place;
use crate::text;

/// The list with its filters.
pub fn list(project: &str) -> AnyView {
    let place = Place::here();
    let project = project.to_owned();
    let url = {
        let project = project.clone();
        move || {
            let query = [
                ("branch", place.query("branch")),
                ("state", place.query("flaky")),
                ("module", place.query("module")),
                ("limit", PART.to_owned()),
            ];
            let query: Vec<_> = query.iter().map(|(name, value)| (*name, value.as_str())).collect();
            Some(api::resource(&project, "flaky", &query))
        }
    };
    let states = [("", "flaky"), ("recovered", "recovered"), ("all", "both")];
    let scope = Scope { project, run: 0, branch: place.query("branch") };
    view! {
        <div class="controls">
            {fixed_choice(place, "flaky", "State", &states)}
            {pinned(place, "module", "Module")}
        </div>
        {listing(url, spec, scope, ("test", "tests"), || panels::empty(
            "No flaky test.",
            "A test stands here when it passes and fails without a change that explains it: on the same commit, by itself on the default branch, or on another attempt.",
        ))}
    }
    .into_any()
}

/// The table.
pub fn spec() -> Table<FlakyTest> {
    Table {
        caption: "Flaky tests, those that fail most often first",
        columns: columns(),
        sort_param: "",
        initial: "",
        filter: None,
        near_end: None,
    }
}

fn columns() -> Vec<Column<FlakyTest>> {
    vec![
        Column::text("test", "Test", |test: &FlakyTest, scope: &Scope| {
            let name = text::line(if test.name.is_empty() { &test.class } else { &test.name }).into_owned();
            view! { {link(scope.test(test.id), "", name)} <span class="second">{text::line(&test.class).into_owned()}</span> }
                .into_any()
        }),
        Column::number("failures", "Failed", |test: &FlakyTest, _: &Scope| {
            format!("{} of {}", format::count(test.failures), format::count(test.results)).into_any()
        })
        .hint("Of the runs that were looked at"),
        Column::text("why", "Evidence", |test: &FlakyTest, scope: &Scope| match test.recovered_in {
            Some(run) if test.evidence.is_empty() => {
                view! { "recovered with " {link(scope.run(run), "", format!("#{run}"))} }.into_any()
            }
            _ => {
                test.evidence.iter().map(|evidence| evidence_line(evidence, scope)).collect_view().into_any()
            }
        })
        .detail(),
        Column::text("module", "Module", |test: &FlakyTest, scope: &Scope| match &test.module {
            Some(module) => link(scope.module(module), "modules", text::line(module).into_owned()),
            None => view! { <span class="quiet">"–"</span> }.into_any(),
        })
        .detail(),
        Column::number("last", "Last failure", |test: &FlakyTest, scope: &Scope| match test.last_failure {
            Some(run) => link(scope.run(run), "", format!("#{run}")),
            None => view! { <span class="quiet">"–"</span> }.into_any(),
        })
        .detail(),
        Column::number("clean", "Clean passes", |test: &FlakyTest, _: &Scope| {
            format!("{} of 20", test.clean_passes.min(20)).into_any()
        })
        .hint("20 in a row take it off the list")
        .detail(),
    ]
}

fn evidence_line(evidence: &FlakyEvidence, scope: &Scope) -> AnyView {
    view! { <span class="second">{text::line(&evidence.text).into_owned()} " " {results(evidence, scope)}</span> }.into_any()
}

/// What happened in which run and commit.
pub fn results(evidence: &FlakyEvidence, scope: &Scope) -> AnyView {
    const SHOWN: usize = 8;
    let shown = evidence
        .results
        .iter()
        .take(SHOWN)
        .map(|result| {
            let (mark, word) = if result.is_failed { ("✕", "failed") } else { ("✓", "passed") };
            let commit = text::line(format::commit(&result.commit)).into_owned();
            let title = format!("{word} on commit {commit}");
            view! { <span class="run-links" title=title><span aria-hidden="true">{mark}</span><span class="sr">{word}</span> {link(scope.run(result.run), "", format!("#{}", result.run))} " " <code>{commit}</code> " "</span> }
        })
        .collect_view();
    let rest = evidence.results.len().saturating_sub(SHOWN);
    view! { {shown} {(rest > 0).then(|| format!("and {rest} more"))} }.into_any()
}

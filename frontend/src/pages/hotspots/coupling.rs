//! Modules that change together.

use leptos::prelude::*;
use plimsoll_api::{CoupledModule, Coupling, CouplingPage};

use crate::components::gauge::bar;
use crate::components::panels;
use crate::components::table::{Column, SortKey, Table, table};
use crate::format;
use crate::link::{Scope, link};
use crate::place::Place;
use crate::text;
use crate::{api, state};

/// The section, loaded by itself.
pub fn section(project: &str) -> AnyView {
    let place = Place::here();
    let project = project.to_owned();
    let url = {
        let project = project.clone();
        move || {
            Some(api::resource(&project, "coupling", &[("branch", &place.query("branch")), ("limit", "200")]))
        }
    };
    let remote = api::load::<CouplingPage>(url);
    let content = state::draw(
        remote,
        "the coupling",
        |page| page.pairs.is_empty(),
        || {
            panels::empty(
                "No modules change together.",
                "A pair stands here with at least 5 commits that change both, and 30 % of the commits of each.",
            )
        },
        move |page| view(&page, &project),
    );
    view! {
        <section aria-labelledby="coupling">
            <h2 id="coupling">"Modules that change together"</h2>
            {content}
        </section>
    }
    .into_any()
}

/// The table, and what it is made from.
pub fn view(page: &CouplingPage, project: &str) -> AnyView {
    let scope = Scope { project: project.to_owned(), run: 0, branch: Place::here().query("branch") };
    let spec = Table {
        caption: "Pairs of modules that change together, the strongest first",
        columns: columns(),
        sort_param: "pairs",
        initial: "-degree",
        filter: None,
        near_end: None,
    };
    let left_out = (page.too_large > 0).then(|| {
        format!(" {} of more than 30 files left out.", format::counted(page.too_large, "commit", "commits"))
    });
    view! {
        <p class="quiet">{format!("{} in {} days.", format::counted(page.commits, "commit", "commits"), page.days)} {left_out} " Degree: commits that changed both, divided by the mean of the commits of each."</p>
        {table(spec, page.pairs.clone(), &scope)}
    }
    .into_any()
}

fn side(side: &CoupledModule, scope: &Scope) -> AnyView {
    let commits = format::counted(side.commits, "commit", "commits");
    view! { {link(scope.module(&side.path), "modules", text::line(&side.path).into_owned())} <span class="second">{commits}</span> }.into_any()
}

fn columns() -> Vec<Column<Coupling>> {
    vec![
        Column::text("left", "Module", |pair: &Coupling, scope: &Scope| side(&pair.left, scope))
            .sort(|pair| SortKey::text(&pair.left.path)),
        Column::text("right", "changes with", |pair: &Coupling, scope: &Scope| side(&pair.right, scope))
            .sort(|pair| SortKey::text(&pair.right.path)),
        Column::number("degree", "Degree", |pair: &Coupling, _: &Scope| {
            view! { {bar(pair.degree, "Degree")} " " {format::percent(pair.degree * 100.0)} }.into_any()
        })
        .sort(|pair| SortKey::number(Some(pair.degree))),
        Column::number("shared", "Shared commits", |pair: &Coupling, _: &Scope| {
            format::count(pair.shared_commits).into_any()
        })
        .sort(|pair| SortKey::count(Some(pair.shared_commits))),
    ]
}

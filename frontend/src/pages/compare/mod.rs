//! Any two runs.

mod changes;
mod columns;
mod patch;

use leptos::prelude::*;
use plimsoll_api::{Comparison, Page, RunSummary};

use crate::components::breadcrumbs::breadcrumbs;
use crate::components::controls::choice;
use crate::components::panels;
use crate::format;
use crate::link::{Scope, link};
use crate::place::Place;
use crate::{api, state, text};

pub use changes::changes;

/// The page.
pub fn page(project: String) -> AnyView {
    super::title(&["Compare", &project]);
    let place = Place::here();
    let numbers = move || {
        let number = |name| place.query(name).parse::<u64>().ok();
        Some((number("from")?, number("to")?))
    };
    let url = {
        let project = project.clone();
        move || {
            let (from, to) = numbers()?;
            let (from, to) = (from.to_string(), to.to_string());
            Some(api::resource(&project, "compare", &[("from", &from), ("to", &to)]))
        }
    };
    let remote = api::load::<Comparison>(url);
    let runs = {
        let project = project.clone();
        api::load::<Page<RunSummary>>(move || Some(api::resource(&project, "runs", &[("limit", "100")])))
    };
    let of = project.clone();
    let result = move || match numbers() {
        None => panels::empty(
            "Choose two runs.",
            "The first is what was there before, the second what is there now.",
        ),
        Some((from, to)) => {
            let scope = Scope { project: of.clone(), run: to, branch: String::new() };
            let line = view! { <p class="facts">{link(scope.run(from), "", format!("#{from}"))} " → " {link(scope.run(to), "", format!("#{to}"))}</p> };
            let drawn = state::draw(
                remote,
                "the comparison",
                |_| false,
                || ().into_any(),
                move |comparison| changes(&comparison, &scope),
            );
            view! { {line} <h2>"What changed"</h2> {drawn} }.into_any()
        }
    };
    let choices = move || {
        let page = runs.get();
        let options = |name: &str| {
            let chosen = place.query(name);
            let mut options = vec![(String::new(), "choose a run".to_owned())];
            let known = page.iter().flat_map(|page| page.items.iter());
            options.extend(known.map(|run| {
                let commit = text::line(format::commit(&run.commit)).into_owned();
                let said = format!(
                    "#{} · {} · {commit} · {}",
                    run.number,
                    text::line(&run.branch),
                    format::day(run.created_at)
                );
                (run.number.to_string(), said)
            }));
            if !chosen.is_empty() && !options.iter().any(|(number, _)| *number == chosen) {
                options.push((chosen.clone(), format!("#{chosen}")));
            }
            options
        };
        view! { {choice(place, "from", "From", options("from"))} {choice(place, "to", "To", options("to"))} }
    };
    view! {
        {breadcrumbs(super::way(&project, None))}
        <h1>"Compare two runs"</h1>
        <div class="controls">{choices}</div>
        {result}
    }
    .into_any()
}

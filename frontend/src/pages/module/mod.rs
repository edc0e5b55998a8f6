//! A module: its trends, and what it is made of.

mod view;

use leptos::prelude::*;
use plimsoll_api::{ModuleChange, ModulePage, Page};

use crate::components::breadcrumbs::breadcrumbs;
use crate::components::controls::tabs;
use crate::place::Place;
use crate::route::ProjectRoute;
use crate::{api, state};

pub use view::{charts, view};

const TABS: [(&str, &str); 4] =
    [("files", "Files"), ("findings", "Findings"), ("tests", "Tests"), ("runs", "Runs")];

/// The page.
pub fn page(project: String) -> AnyView {
    let place = Place::here();
    let named = project.clone();
    Effect::new(move |_| super::title(&[&place.query("path"), &named]));
    let url = {
        let project = project.clone();
        move || {
            let path = place.query("path");
            let limit = place.query("runs");
            let limit = if limit.is_empty() { "60".to_owned() } else { limit };
            let query = [("path", path.as_str()), ("branch", &place.query("branch")), ("limit", &limit)];
            (!path.is_empty()).then(|| api::resource(&project, "module", &query))
        }
    };
    let remote = api::load::<ModulePage>(url);
    // Comparisons take longer than the page: it stands before they arrive.
    let changes_url = {
        let project = project.clone();
        move || {
            let path = place.query("path");
            let limit = place.query("runs").parse().unwrap_or(60_u32).min(200).to_string();
            let query = [("path", path.as_str()), ("branch", &place.query("branch")), ("limit", &limit)];
            (!path.is_empty()).then(|| api::resource(&project, "module/changes", &query))
        }
    };
    let changes = api::load::<Page<ModuleChange>>(changes_url);
    let run = Memo::new(move |_| remote.get().map(|page| page.run));
    let module = Signal::derive(move || place.query("path"));
    let tab = Memo::new(move |_| place.query("tab"));
    let parts = {
        let project = project.clone();
        move || {
            let run = run.get()?;
            Some(match tab.get().as_str() {
                "findings" => super::findings::list(&project, run, Some(module)),
                "tests" => super::tests::list(&project, run, Some(module)),
                "runs" => {
                    let project = project.clone();
                    let runs = move || remote.get().map(|page| view::history(&page, &project));
                    view! { {runs} }.into_any()
                }
                _ => view! {
                    {super::files::picture(&project, run, module)}
                    {super::files::list(&project, run, Some(module))}
                }
                .into_any(),
            })
        }
    };
    let of = project.clone();
    let content =
        state::draw(remote, "the module", |_| false, || ().into_any(), move |page| view(&page, changes, &of));
    let mut way = super::way(&project, None);
    way.push((format!("{}#modules", ProjectRoute::Overview.path(&project)), "Modules".to_owned()));
    view! {
        {breadcrumbs(way)}
        {content}
        <section aria-label="What the module is made of">
            {move || run.get().map(|_| tabs(place, "tab", &TABS))}
            {parts}
        </section>
    }
    .into_any()
}

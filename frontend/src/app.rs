//! The frame around every page.

use leptos::prelude::*;

use crate::api::Session;
use crate::browser::{self, Keep};
use crate::pages;
use crate::palette::{self, palette};
use crate::place::Place;
use crate::route::{ProjectRoute, Route};

/// Where the theme is kept.
const THEME: &str = "plimsoll-theme";

/// The app.
pub fn app() -> AnyView {
    let place = Place::of_browser();
    place.follow();
    provide_context(place);
    provide_context(Session(RwSignal::new(0)));
    let route = place.route();
    let is_help_open = RwSignal::new(false);
    let is_search_open = RwSignal::new(false);
    listen(place, is_help_open, is_search_open);
    let project = Memo::new(move |_| match &*route.read() {
        Route::In { project, .. } => project.clone(),
        _ => String::new(),
    });
    view! {
        <a class="skip" href="#main">"Skip to the content"</a>
        <header class="top">
            <a class="home" href="/">{mark()} <b>"Plimsoll"</b></a>
            {move || Some(project.get()).filter(|project| !project.is_empty()).map(|project| menu(project, route))}
            <button type="button" class="search-all" on:click=move |_| open_search(is_search_open)>"Search " <kbd>"/"</kbd></button>
            {theme()}
        </header>
        <main id="main" tabindex="-1">{move || pages::page(route.get())}</main>
        {move || is_help_open.get().then(|| help(is_help_open))}
        {move || is_search_open.get().then(|| palette(is_search_open))}
    }
    .into_any()
}

fn open_search(is_open: RwSignal<bool>) {
    is_open.set(true);
    // The box is there with the next frame.
    set_timeout(
        || {
            browser::focus_on("#palette");
        },
        std::time::Duration::ZERO,
    );
}

/// The keys of the whole app. `g` and a letter go to a page.
fn listen(place: Place, is_help_open: RwSignal<bool>, is_search_open: RwSignal<bool>) {
    let is_going = StoredValue::new(false);
    browser::listen_for_keys(move |key| {
        let was_going = is_going.get_value();
        is_going.set_value(key == "g" && !was_going);
        match key {
            "/" | "Ctrl+K" => open_search(is_search_open),
            "Escape" if is_help_open.get_untracked() => is_help_open.set(false),
            "?" => is_help_open.update(|open| *open = !*open),
            _ if was_going => {
                let page = palette::PAGES.iter().find(|(letter, ..)| *letter == key);
                let (Some((_, _, page)), Route::In { project, .. }) = (page, place.route_now()) else {
                    return false;
                };
                place.go(&page.path(&project));
            }
            "f" => return browser::focus_on("main input[type=search]"),
            _ => return false,
        }
        true
    });
}

/// The mark: a circle and its load line.
pub fn mark() -> AnyView {
    view! {
        <svg class="mark" width="22" height="22" viewBox="0 0 22 22" aria-hidden="true">
            <circle cx="11" cy="11" r="7" />
            <path d="M0 11h22" />
        </svg>
    }
    .into_any()
}

/// Whether a page belongs to an entry of the menu.
pub fn is_under(entry: ProjectRoute, page: ProjectRoute) -> bool {
    match page {
        ProjectRoute::Overview | ProjectRoute::Module => entry == ProjectRoute::Overview,
        ProjectRoute::Hotspots => entry == ProjectRoute::Hotspots,
        ProjectRoute::Tests(_) | ProjectRoute::Test(_) => entry == ProjectRoute::Tests(None),
        ProjectRoute::Findings(_) | ProjectRoute::Rule | ProjectRoute::Vulnerability => {
            entry == ProjectRoute::Findings(None)
        }
        ProjectRoute::Runs
        | ProjectRoute::Run(_)
        | ProjectRoute::Upload(_)
        | ProjectRoute::Compare
        | ProjectRoute::Files(_)
        | ProjectRoute::File(_) => entry == ProjectRoute::Runs,
        ProjectRoute::SetUp => entry == ProjectRoute::SetUp,
    }
}

fn menu(project: String, route: Memo<Route>) -> AnyView {
    let entries = [
        (ProjectRoute::Overview, project.clone()),
        (ProjectRoute::Hotspots, "Hotspots".to_owned()),
        (ProjectRoute::Tests(None), "Tests".to_owned()),
        (ProjectRoute::Findings(None), "Findings".to_owned()),
        (ProjectRoute::Runs, "Runs".to_owned()),
        (ProjectRoute::SetUp, "Set up".to_owned()),
    ];
    let items = entries
        .into_iter()
        .map(|(entry, text)| {
            let current = move || match &*route.read() {
                Route::In { page, .. } if *page == entry => Some("page"),
                Route::In { page, .. } if is_under(entry, *page) => Some("true"),
                _ => None,
            };
            view! { <a href=entry.path(&project) aria-current=current>{text}</a> }
        })
        .collect_view();
    view! { <nav class="menu" aria-label="Project">{items}</nav> }.into_any()
}

fn theme() -> AnyView {
    let chosen = browser::stored(Keep::Local, THEME).unwrap_or_default();
    let choose = move |event| {
        let theme = event_target_value(&event);
        browser::store(Keep::Local, THEME, &theme);
        browser::set_theme(&theme);
    };
    let options = [("", "System"), ("light", "Light"), ("dark", "Dark")]
        .into_iter()
        .map(|(value, text)| view! { <option value=value selected=value == chosen>{text}</option> })
        .collect_view();
    view! {
        <label class="theme">
            <span class="sr">"Theme"</span>
            <select on:change=choose>{options}</select>
        </label>
    }
    .into_any()
}

fn help(is_open: RwSignal<bool>) -> AnyView {
    let keys = [
        ("/ or Ctrl K", "search everything"),
        ("f", "go to the filter of the page"),
        ("g p", "go to the project"),
        ("g h", "go to the hotspots"),
        ("g t", "go to the tests"),
        ("g f", "go to the findings"),
        ("g r", "go to the runs"),
        ("g s", "go to the set-up"),
        ("↑ ↓", "go from row to row in a table"),
        ("← →", "read a chart run by run; Shift and z zoom, Enter opens the run"),
        ("n N", "in a file, go to the next or the last line that needs a look"),
        ("Tab", "go to the next link"),
        ("Esc", "close what is open"),
        ("?", "show or hide this"),
    ]
    .into_iter()
    .map(|(key, what)| view! { <div><dt><kbd>{key}</kbd></dt><dd>{what}</dd></div> })
    .collect_view();
    view! {
        <aside class="help" aria-label="Keys">
            <h2>"Keys"</h2>
            <dl>{keys}</dl>
            <button type="button" on:click=move |_| is_open.set(false)>"Close"</button>
        </aside>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_is_under_one_entry() {
        let entries = [
            ProjectRoute::Overview,
            ProjectRoute::Hotspots,
            ProjectRoute::Tests(None),
            ProjectRoute::Findings(None),
            ProjectRoute::Runs,
            ProjectRoute::SetUp,
        ];
        let pages = [
            ProjectRoute::Module,
            ProjectRoute::Run(1),
            ProjectRoute::Tests(Some(1)),
            ProjectRoute::Findings(Some(1)),
            ProjectRoute::Rule,
            ProjectRoute::Vulnerability,
            ProjectRoute::Files(1),
            ProjectRoute::File(None),
            ProjectRoute::Test(1),
            ProjectRoute::Upload(31),
            ProjectRoute::Compare,
        ];
        for page in pages.into_iter().chain(entries) {
            assert_eq!(entries.into_iter().filter(|entry| is_under(*entry, page)).count(), 1, "{page:?}");
        }
    }
}

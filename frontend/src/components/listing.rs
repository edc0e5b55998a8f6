//! A list that the server filters, sorts and hands out in parts.

use std::sync::Arc;

use leptos::prelude::*;
use plimsoll_api::Page;
use serde::de::DeserializeOwned;

use crate::api;
use crate::components::table::{Table, growing_table};
use crate::format;
use crate::link::Scope;
use crate::route::append;
use crate::state::{self, Problem};

/// Rows of one request.
pub const PART: &str = "200";

/// A list. `url` is its address without `after`; it is loaded anew when that changes.
pub fn listing<T>(
    url: impl Fn() -> Option<String> + Clone + Send + Sync + 'static,
    spec: fn() -> Table<T>,
    scope: Scope,
    words: (&'static str, &'static str),
    empty: impl Fn() -> AnyView + Send + Sync + 'static,
) -> AnyView
where
    T: DeserializeOwned + Clone + PartialEq + Send + Sync + 'static,
{
    let remote = api::load::<Page<T>>(url.clone());
    state::draw(
        remote,
        words.1,
        |page| page.items.is_empty(),
        empty,
        move |page| grow(&page, url.clone(), spec(), &scope, words),
    )
}

/// The first part and whatever is asked for after it.
fn grow<T>(
    page: &Page<T>,
    url: impl Fn() -> Option<String> + Send + Sync + 'static,
    mut spec: Table<T>,
    scope: &Scope,
    (one, many): (&'static str, &'static str),
) -> AnyView
where
    T: DeserializeOwned + Clone + Send + Sync + 'static,
{
    let total = page.total;
    let rows = RwSignal::new(Arc::new(page.items.clone()));
    let next = RwSignal::new(page.next.clone());
    let is_asking = RwSignal::new(false);
    let problem = RwSignal::new(None::<Problem>);
    let more = Callback::new(move |()| {
        let Some(after) = next.get_untracked().filter(|_| !is_asking.get_untracked()) else { return };
        let Some(mut url) = untrack(&url) else { return };
        append(&mut url, &[("after", &after)]);
        is_asking.set(true);
        api::ask::<Page<T>>(url, move |answer| {
            is_asking.try_set(false);
            match answer {
                Ok(page) => {
                    problem.try_set(None);
                    rows.try_update(|rows| Arc::make_mut(rows).extend(page.items));
                    next.try_set(page.next);
                }
                Err(failed) => {
                    problem.try_set(Some(failed));
                }
            }
        });
    });
    // What failed waits for a click; only what goes well goes on by itself.
    spec.near_end = Some(Callback::new(move |()| {
        if problem.read_untracked().is_none() {
            more.run(());
        }
    }));
    let button = move || {
        next.read().is_some().then(|| {
            view! {
                <button type="button" on:click=move |_| more.run(()) disabled=move || is_asking.get()>
                    {move || if is_asking.get() { "Loading…" } else { "Show more" }}
                </button>
            }
        })
    };
    let failed = move || {
        problem
            .get()
            .map(|problem| view! { <span class="bad" role="alert">"✕ " {problem.error.message}</span> })
    };
    view! {
        {growing_table(spec, rows, scope)}
        <div class="more">
            <span class="quiet">{move || format!("{} of {}", format::count(rows.read().len() as u64), format::counted(total, one, many))}</span>
            {button}
            {failed}
        </div>
    }
    .into_any()
}

//! A list that the server filters, sorts and hands out in parts.

use std::sync::Arc;

use leptos::prelude::*;
use plimsoll_api::Page;
use serde::de::DeserializeOwned;

use crate::api::{self, Reading};
use crate::components::table::{Table, growing_table, untyped};
use crate::format;
use crate::link::Scope;
use crate::route::append;
use crate::state::{self, Data, Problem, Remote, Status};

/// Rows of one request.
pub const PART: &str = "200";

/// A part of a list, without the type of its rows.
struct Part {
    items: Vec<Data>,
    next: Option<String>,
    total: u64,
}

fn read_part<T: DeserializeOwned + Send + Sync + 'static>(status: u16, text: &str) -> Result<Data, Problem> {
    let Page { items, next, total } = api::read::<Page<T>>(status, text)?;
    Ok(Arc::new(Part { items: items.into_iter().map(untyped).collect(), next, total }))
}

/// A list. `url` is its address without `after`; it is loaded anew when that changes.
pub fn listing<T: DeserializeOwned + Send + Sync + 'static>(
    url: impl Fn() -> Option<String> + Send + Sync + 'static,
    spec: fn() -> Table<T>,
    scope: Scope,
    words: (&'static str, &'static str),
    empty: impl Fn() -> AnyView + Send + Sync + 'static,
) -> AnyView {
    let table = move |rows, near_end| {
        let spec = Table { near_end: Some(near_end), ..spec() };
        growing_table(spec, rows, &scope)
    };
    list(Arc::new(url), read_part::<T>, Arc::new(table), words, Box::new(empty))
}

type Url = Arc<dyn Fn() -> Option<String> + Send + Sync>;
type DrawTable = Arc<dyn Fn(RwSignal<Vec<Data>>, Callback<()>) -> AnyView + Send + Sync>;

fn list(
    url: Url,
    reading: Reading,
    table: DrawTable,
    words: (&'static str, &'static str),
    empty: Box<dyn Fn() -> AnyView + Send + Sync>,
) -> AnyView {
    let asked = Arc::clone(&url);
    let remote = Remote::<Part>::of(api::request(Box::new(move || asked()), reading));
    state::draw(
        remote,
        words.1,
        |part| part.items.is_empty(),
        empty,
        move |part| grow(&part, Arc::clone(&url), reading, &table, words),
    )
}

/// The first part and whatever is asked for after it.
fn grow(
    part: &Part,
    url: Url,
    reading: Reading,
    table: &DrawTable,
    (one, many): (&'static str, &'static str),
) -> AnyView {
    let total = part.total;
    let rows = RwSignal::new(part.items.clone());
    let next = RwSignal::new(part.next.clone().unwrap_or_default());
    let status = RwSignal::new(Status::Ready);
    let more = Callback::new(move |()| {
        let after = next.get_untracked();
        if after.is_empty() || *status.read_untracked() == Status::Loading {
            return;
        }
        let Some(mut url) = untrack(|| url()) else { return };
        append(&mut url, &[("after", &after)]);
        status.set(Status::Loading);
        let then = move |answer: Result<Data, Problem>| match answer.map(|data| data.downcast::<Part>()) {
            Ok(Ok(part)) => {
                status.try_set(Status::Ready);
                rows.try_update(|rows| rows.extend(part.items.iter().cloned()));
                next.try_set(part.next.clone().unwrap_or_default());
            }
            Ok(Err(_)) => {}
            Err(failed) => {
                status.try_set(Status::Failed(failed));
            }
        };
        api::ask(&url, reading, Box::new(then));
    });
    // What failed waits for a click; only what goes well goes on by itself.
    let near_end = Callback::new(move |()| {
        if *status.read_untracked() == Status::Ready {
            more.run(());
        }
    });
    let is_asking = move || *status.read() == Status::Loading;
    let button = move || {
        (!next.read().is_empty()).then(|| {
            view! {
                <button type="button" on:click=move |_| more.run(()) disabled=is_asking>
                    {move || if is_asking() { "Loading…" } else { "Show more" }}
                </button>
            }
        })
    };
    let failed = move || match &*status.read() {
        Status::Failed(problem) => {
            let said = problem.error.message.clone();
            Some(view! { <span class="bad" role="alert">"✕ " {said}</span> })
        }
        _ => None,
    };
    let shown = move || {
        format!("{} of {}", format::count(rows.read().len() as u64), format::counted(total, one, many))
    };
    view! {
        {table(rows, near_end)}
        <div class="more">
            <span class="quiet">{shown}</span>
            {button}
            {failed}
        </div>
    }
    .into_any()
}

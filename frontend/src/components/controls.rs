//! Filters and tabs. Their state is the address: sharing it shares the view.

use leptos::prelude::*;

use crate::place::Place;

/// A box to search in, whose words stand in the address shortly after the last key.
pub fn search(place: Place, param: &'static str, label: &'static str) -> AnyView {
    let typed = RwSignal::new(0_u32);
    let input = move |event: leptos::ev::Event| {
        let value = event_target_value(&event);
        typed.update(|count| *count = count.wrapping_add(1));
        let mine = typed.get_untracked();
        set_timeout(
            move || {
                if typed.try_get_untracked() == Some(mine) {
                    place.set(param, value.trim());
                }
            },
            std::time::Duration::from_millis(180),
        );
    };
    view! {
        <label class="search">
            <span class="sr">{label}</span>
            <input type="search" placeholder=label prop:value=move || place.query(param) on:input=input
                autocomplete="off" spellcheck="false" />
            <kbd aria-hidden="true">"f"</kbd>
        </label>
    }
    .into_any()
}

/// A choice: pairs of a value in the address and the words for it. The empty value is "all".
pub fn choice(
    place: Place,
    param: &'static str,
    label: &'static str,
    options: Vec<(String, String)>,
) -> AnyView {
    let options = options
        .into_iter()
        .map(|(value, text)| {
            let own = value.clone();
            view! { <option value=value selected=move || place.query(param) == own>{text}</option> }
        })
        .collect_view();
    view! {
        <label class="choice">
            <span>{label}</span>
            <select on:change=move |event| place.set(param, &event_target_value(&event))>{options}</select>
        </label>
    }
    .into_any()
}

/// The same for words that are known beforehand.
pub fn fixed_choice(
    place: Place,
    param: &'static str,
    label: &'static str,
    options: &[(&str, &str)],
) -> AnyView {
    let options = options.iter().map(|(value, text)| ((*value).to_owned(), (*text).to_owned())).collect();
    choice(place, param, label, options)
}

/// A filter that is in the address because a link brought it there: what it is, and a way out of it.
pub fn pinned(place: Place, param: &'static str, label: &'static str) -> AnyView {
    let shown = move || {
        let value = place.query(param);
        (!value.is_empty()).then(|| {
            view! {
                <span class="pinned">
                    {label} " " <b>{crate::text::line(&value).into_owned()}</b>
                    <button type="button" aria-label=format!("Remove the filter by {label}")
                        on:click=move |_| place.set(param, "")>"×"</button>
                </span>
            }
        })
    };
    view! { {shown} }.into_any()
}

/// Tabs, as links: each has an address.
pub fn tabs(place: Place, param: &'static str, tabs: &[(&'static str, &'static str)]) -> AnyView {
    let items = tabs
        .iter()
        .enumerate()
        .map(|(index, (value, text))| {
            let value = *value;
            let is_current = move || {
                let now = place.query(param);
                now == value || (now.is_empty() && index == 0)
            };
            view! {
                <a href=move || place.href_with(param, value)
                    aria-current=move || is_current().then_some("true")>{*text}</a>
            }
        })
        .collect_view();
    view! { <nav class="tabs" aria-label="Parts of this page">{items}</nav> }.into_any()
}

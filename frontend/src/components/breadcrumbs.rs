//! Where a page is.

use leptos::prelude::*;

use crate::link::link;

/// The way to a page: links with their texts; the page itself is not among them.
pub fn breadcrumbs(way: Vec<(String, String)>) -> AnyView {
    let items = way.into_iter().map(|(href, text)| view! { <li>{link(href, "", text)}</li> }).collect_view();
    view! { <nav class="crumbs" aria-label="Breadcrumbs"><ol>{items}</ol></nav> }.into_any()
}

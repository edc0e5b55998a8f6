//! Times: relative for people in the app, exact in its title and in the static report.

use leptos::prelude::*;
use plimsoll_api::Timestamp;

use crate::browser;
use crate::format;

/// When the page is looked at. Tests and reports that must not depend on the clock give their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Now(pub Option<Timestamp>);

/// A time.
pub fn time(at: Timestamp) -> AnyView {
    let now = use_context::<Now>().map_or_else(|| browser::now().map(Timestamp), |now| now.0);
    let exact = format::exact(at);
    let text = now.map_or_else(|| exact.clone(), |now| format::relative(at, now));
    view! { <time datetime=at.to_string() title=exact>{text}</time> }.into_any()
}

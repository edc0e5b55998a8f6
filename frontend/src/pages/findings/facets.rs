//! What the findings differ in, with counts: each value is a link that narrows the list down, or widens it again.

use leptos::prelude::*;
use plimsoll_api::{FindingFacet, FindingFacets};

use crate::browser;
use crate::format;
use crate::place::Place;
use crate::text;

/// The parameters of facets, and what they are called.
pub const NAMES: [(&str, &str); 9] = [
    ("state", "State"),
    ("severity", "Severity"),
    ("kind", "Kind"),
    ("tool", "Tool"),
    ("rule", "Rule"),
    ("module", "Module"),
    ("age", "First seen"),
    ("cwe", "Weakness"),
    ("package", "Package"),
];

/// Values that are shown; the others unfold.
const SHOWN: usize = 6;

/// All facets. On a phone they are folded: the list comes first.
pub fn view(facets: &FindingFacets, place: Place, has_module: bool) -> AnyView {
    let parts = facets
        .facets
        .iter()
        .filter(|facet| !facet.values.is_empty() && (has_module || facet.name != "module"))
        .map(|facet| draw(facet, place))
        .collect::<Vec<_>>();
    view! {
        <details class="facets" open=!browser::is_narrow()>
            <summary>"Narrow down"</summary>
            {parts}
        </details>
    }
    .into_any()
}

fn draw(facet: &FindingFacet, place: Place) -> AnyView {
    let Some((param, title)) = NAMES.iter().find(|(name, _)| *name == facet.name) else {
        return ().into_any();
    };
    let values: Vec<AnyView> = facet
        .values
        .iter()
        .map(|value| {
            let (own, count) = (value.value.clone(), format::count(value.count));
            let chosen = Memo::new(move |_| place.query(param) == own);
            let own = value.value.clone();
            let href = move || place.href_with(param, if chosen.get() { "" } else { &own });
            let shown = words(param, &value.value);
            view! {
                <li><a href=href aria-current=move || chosen.get().then_some("true")>
                    <span>{shown}</span> " " <span class="quiet">{count}</span>
                </a></li>
            }
            .into_any()
        })
        .collect();
    let mut shown = values;
    let rest = shown.split_off(shown.len().min(SHOWN));
    let count = rest.len() as u64 + facet.more;
    let more = (facet.more > 0)
        .then(|| view! { <li class="quiet">{format!("and {} more", format::count(facet.more))}</li> });
    let unfold = (count > 0).then(|| {
        view! { <details><summary>{format!("{} more", format::count(count))}</summary><ul>{rest}{more}</ul></details> }
    });
    view! { <nav aria-label=*title><h3>{*title}</h3><ul>{shown}</ul>{unfold}</nav> }.into_any()
}

/// A value in words.
fn words(param: &str, value: &str) -> String {
    let word = match (param, value) {
        ("age", "day") => "within a day",
        ("age", "week") => "within a week",
        ("age", "month") => "within a month",
        ("age", "quarter") => "within 90 days",
        ("age", "older") => "longer ago",
        ("kind", "code") => "static analysis",
        ("state", "false-positive") => "reviewed: false positive",
        ("state", "wont-fix") => "reviewed: won't fix",
        ("state", "accepted") => "reviewed: accepted",
        _ => return text::line(value).into_owned(),
    };
    word.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures;

    #[test]
    fn values_are_links_with_counts() {
        let html = Owner::new().with(|| {
            let place = Place::of("/p/a/runs/1/findings", "severity=low&q=x");
            view(&fixtures::facets(), place, true).to_html().replace("<!>", "")
        });
        for wanted in [
            "href=\"/p/a/runs/1/findings?q=x&amp;severity=critical\"",
            "href=\"/p/a/runs/1/findings?q=x\" aria-current=\"true\"",
            ">40<",
            "3 more",
        ] {
            assert!(html.contains(wanted), "{wanted} is missing in {html}");
        }
        assert!(!html.contains("Package"), "a facet without values is not there");
    }
}

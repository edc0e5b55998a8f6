use leptos::prelude::*;
use plimsoll_api::Hotspot;

use super::columns::{columns, short_columns};
use crate::browser;
use crate::charts::treemap::{Area, Measure, chosen, treemap};
use crate::components::controls::fixed_choice;
use crate::components::panels;
use crate::components::table::{Filter, Table, table};
use crate::format;
use crate::link::Scope;
use crate::place::Place;
use crate::text;

/// How many of the hottest files the picture shows: more would be too small to see.
const PICTURED: usize = 60;

/// A treemap and a table.
pub fn view(hotspots: &[Hotspot], project: &str) -> AnyView {
    let scope = Scope { project: project.to_owned(), run: 0, branch: Place::here().query("branch") };
    let spec = Table {
        caption: "Hotspots with the parts of their scores",
        columns: columns(),
        sort_param: "sort",
        initial: "-score",
        filter: Some(Filter {
            param: "q",
            label: "Filter files",
            text: |hotspot: &Hotspot| hotspot.path.clone(),
        }),
        near_end: None,
    };
    view! {
        {picture(hotspots, &scope)}
        {table(spec, hotspots.to_vec(), &scope)}
    }
    .into_any()
}

const MEASURES: [Measure<Hotspot>; 5] = [
    Measure { key: "", name: "score", of: |hotspot| Some((hotspot.score, format::score(hotspot.score))) },
    Measure {
        key: "churn",
        name: "churn percentile",
        of: |hotspot| share(Some(hotspot.parts.churn_percentile)),
    },
    Measure {
        key: "uncovered",
        name: "uncovered share of lines",
        of: |hotspot| share(hotspot.parts.uncovered),
    },
    Measure {
        key: "findings",
        name: "findings percentile",
        of: |hotspot| share(hotspot.parts.findings_percentile),
    },
    Measure {
        key: "instability",
        name: "share of unstable tests",
        of: |hotspot| share(hotspot.parts.test_instability),
    },
];

fn share(share: Option<f64>) -> Option<(f64, String)> {
    share.map(|share| (share, format::percent(share * 100.0)))
}

/// The treemap, with the choice of what its shades say.
fn picture(hotspots: &[Hotspot], scope: &Scope) -> AnyView {
    let place = Place::here();
    let shown: Vec<Hotspot> = hotspots.iter().take(PICTURED).cloned().collect();
    let scope = scope.clone();
    let options: Vec<(&str, &str)> = MEASURES.iter().map(|measure| (measure.key, measure.name)).collect();
    let map = move || {
        let key = place.query("shade");
        let measure = chosen(&MEASURES, &key)?;
        let areas: Vec<Area> = shown.iter().map(|hotspot| area(hotspot, measure, &scope)).collect();
        let label =
            format!("Treemap of hotspots. Area: executable lines. Shade and number: {}.", measure.name);
        Some(treemap(&areas, browser::is_narrow(), label))
    };
    view! {
        <figure class="chart">
            <figcaption>"Area: executable lines. " {fixed_choice(place, "shade", "Shade and number:", &options)}</figcaption>
            {map}
        </figure>
    }
    .into_any()
}

fn area(hotspot: &Hotspot, measure: &Measure<Hotspot>, scope: &Scope) -> Area {
    let name = hotspot.path.rsplit('/').next().unwrap_or(&hotspot.path);
    #[expect(clippy::cast_precision_loss, reason = "a number of lines")]
    let size = hotspot.lines.unwrap_or(hotspot.churned_lines).max(1) as f64;
    let (score, value) = (measure.of)(hotspot).unwrap_or((0.0, "–".to_owned()));
    Area {
        size,
        score,
        name: text::line(name).into_owned(),
        title: format!(
            "{}: {} {value}. {}. {}",
            text::line(&hotspot.path),
            measure.name,
            format::counted(hotspot.commits, "commit", "commits"),
            text::line(&hotspot.why)
        ),
        value,
        href: scope.file(&hotspot.path),
    }
}

/// The hottest files in a few columns.
pub fn short(hotspots: &[Hotspot], scope: &Scope) -> AnyView {
    if hotspots.is_empty() {
        return panels::empty(
            "No hotspots yet.",
            "They need to know which files change: `plimsoll upload` sends the output of `git log --numstat` without names.",
        );
    }
    let spec = Table {
        caption: "The hottest files",
        columns: short_columns(),
        sort_param: "",
        initial: "",
        filter: None,
        near_end: None,
    };
    table(spec, hotspots.to_vec(), scope)
}

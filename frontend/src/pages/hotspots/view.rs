use leptos::prelude::*;
use plimsoll_api::Hotspot;

use super::columns::{columns, short_columns};
use crate::browser;
use crate::charts::treemap::{Area, treemap};
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

fn picture(hotspots: &[Hotspot], scope: &Scope) -> AnyView {
    let areas: Vec<Area> = hotspots
        .iter()
        .take(PICTURED)
        .map(|hotspot| {
            let name = hotspot.path.rsplit('/').next().unwrap_or(&hotspot.path);
            #[expect(clippy::cast_precision_loss, reason = "a number of lines")]
            let size = hotspot.lines.unwrap_or(hotspot.churned_lines).max(1) as f64;
            Area {
                size,
                score: hotspot.score,
                name: text::line(name).into_owned(),
                title: format!(
                    "{}: score {}, {}. {}",
                    text::line(&hotspot.path),
                    format::score(hotspot.score),
                    format::counted(hotspot.commits, "commit", "commits"),
                    text::line(&hotspot.why)
                ),
                href: scope.file(&hotspot.path),
            }
        })
        .collect();
    view! {
        <figure class="chart">
            <figcaption>"Area: executable lines. Shade and number: score."</figcaption>
            {treemap(&areas, browser::is_narrow())}
        </figure>
    }
    .into_any()
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

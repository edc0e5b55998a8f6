//! The files of a module as a treemap: its largest ones, shaded by what is chosen.

use leptos::prelude::*;
use plimsoll_api::{FileRow, Page};

use crate::charts::treemap::{Area, Measure, chosen, treemap};
use crate::components::controls::fixed_choice;
use crate::link::Scope;
use crate::place::Place;
use crate::{api, browser, format, text};

/// How many files the picture shows: more would be too small to see.
const PICTURED: &str = "200";

const MEASURES: [Measure<FileRow>; 3] = [
    Measure { key: "", name: "uncovered share of lines", of: uncovered },
    Measure { key: "findings", name: "findings", of: |file| Some(count(file.findings, 20)) },
    Measure { key: "commits", name: "commits in 90 days", of: |file| Some(count(file.commits?, 30)) },
];

fn uncovered(file: &FileRow) -> Option<(f64, String)> {
    let share = 1.0 - file.coverage?.line_percent()? / 100.0;
    Some((share, format::percent(share * 100.0)))
}

/// A count as a share of one that is much.
fn count(value: u64, much: u32) -> (f64, String) {
    #[expect(clippy::cast_precision_loss, reason = "a shade of five")]
    let share = (value as f64 / f64::from(much)).min(1.0);
    (share, format::count(value))
}

/// The treemap; nothing for a module without executable lines, because the table says so.
pub fn picture(project: &str, run: u64, module: Signal<String>) -> AnyView {
    let place = Place::here();
    let url = {
        let project = project.to_owned();
        move || {
            let query =
                [("module", module.get()), ("sort", "lines".to_owned()), ("limit", PICTURED.to_owned())];
            let query: Vec<_> = query.iter().map(|(name, value)| (*name, value.as_str())).collect();
            Some(api::resource(&project, &format!("runs/{run}/files"), &query))
        }
    };
    let remote = api::load::<Page<FileRow>>(url);
    let scope = Scope { project: project.to_owned(), run, branch: String::new() };
    let options: Vec<(&str, &str)> = MEASURES.iter().map(|measure| (measure.key, measure.name)).collect();
    let map = move || {
        let page = remote.get()?;
        let key = place.query("shade");
        let measure = chosen(&MEASURES, &key)?;
        let areas: Vec<Area> = page.items.iter().filter_map(|file| area(file, measure, &scope)).collect();
        let label = format!("Treemap of files. Area: executable lines. Shade and number: {}.", measure.name);
        (!areas.is_empty()).then(|| treemap(&areas, browser::is_narrow(), label))
    };
    view! {
        <figure class="chart files-map">
            <figcaption>"Area: executable lines. " {fixed_choice(place, "shade", "Shade and number:", &options)}</figcaption>
            {map}
        </figure>
    }
    .into_any()
}

fn area(file: &FileRow, measure: &Measure<FileRow>, scope: &Scope) -> Option<Area> {
    let lines = file.coverage.map(|coverage| coverage.lines).filter(|lines| *lines > 0)?;
    let name = file.path.rsplit('/').next().unwrap_or(&file.path);
    let (score, value) = (measure.of)(file).unwrap_or((0.0, "–".to_owned()));
    #[expect(clippy::cast_precision_loss, reason = "a number of lines")]
    let size = lines as f64;
    Some(Area {
        size,
        score,
        name: text::line(name).into_owned(),
        title: format!(
            "{}: {} {value}, {}",
            text::line(&file.path),
            measure.name,
            format::counted(lines, "executable line", "executable lines")
        ),
        value,
        href: scope.file(&file.path),
    })
}

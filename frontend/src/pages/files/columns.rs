use leptos::prelude::*;
use plimsoll_api::FileRow;

use crate::components::change;
use crate::components::gauge::gauge;
use crate::components::table::Column;
use crate::format;
use crate::link::{Scope, link};
use crate::pages::project::columns::kind;
use crate::text;

fn dash() -> AnyView {
    view! { <span class="quiet">"–"</span> }.into_any()
}

pub fn columns() -> Vec<Column<FileRow>> {
    vec![
        Column::text("path", "File", |file: &FileRow, scope: &Scope| {
            link(scope.file(&file.path), "", text::line(&file.path).into_owned())
        })
        .server_sort("path"),
        Column::number("coverage", "Coverage", |file: &FileRow, _: &Scope| {
            let percent = file.coverage.and_then(|coverage| coverage.line_percent());
            let change = change::coverage(file.coverage_centipoints);
            percent.map_or_else(dash, |percent| kind(None, format::percent(percent).into_any(), change))
        })
        .server_sort("coverage"),
        Column::text("bar", "Of its lines", |file: &FileRow, _: &Scope| {
            let percent = file.coverage.and_then(|coverage| coverage.line_percent());
            percent.map_or_else(|| ().into_any(), |percent| gauge(percent, None))
        })
        .detail(),
        Column::number("uncovered", "Uncovered lines", |file: &FileRow, _: &Scope| {
            file.coverage.map_or_else(dash, |coverage| {
                format::count(coverage.lines.saturating_sub(coverage.lines_covered)).into_any()
            })
        })
        .detail(),
        Column::number("findings", "Findings", |file: &FileRow, _: &Scope| {
            let security = (file.security > 0)
                .then(|| view! { <span class="bad" title="security findings among them">{format!(" ({} security)", format::count(file.security))}</span> });
            view! { {format::count(file.findings)} {security} }.into_any()
        })
        .detail()
        .server_sort("findings"),
        Column::number("commits", "Commits, 90 d", |file: &FileRow, _: &Scope| {
            file.commits.map_or_else(dash, |commits| format::count(commits).into_any())
        })
        .detail()
        .server_sort("commits"),
        Column::text("module", "Module", |file: &FileRow, scope: &Scope| {
            link(scope.module(&file.module), "", text::line(&file.module).into_owned())
        })
        .detail(),
    ]
}

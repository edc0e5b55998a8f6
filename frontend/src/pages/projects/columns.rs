use leptos::prelude::*;
use plimsoll_api::{Measures, ProjectSummary};

use crate::components::table::{Column, SortKey};
use crate::components::time::time;
use crate::components::{badge, change};
use crate::format;
use crate::link::{Scope, link};
use crate::pages::project::columns::{coverage_cell, failing_cell, findings_cell};
use crate::route::ProjectRoute;
use crate::text;

fn measures(project: &ProjectSummary) -> Measures {
    project.latest.as_ref().map(|run| run.measures).unwrap_or_default()
}

pub fn columns() -> Vec<Column<ProjectSummary>> {
    vec![
        Column::text("project", "Project", |project: &ProjectSummary, _: &Scope| {
            link(ProjectRoute::Overview.path(&project.project), "", text::line(&project.name).into_owned())
        })
        .sort(|project| SortKey::text(&project.name)),
        Column::text("state", "Latest run", |project: &ProjectSummary, _: &Scope| match &project.latest {
            Some(run) => {
                let scope =
                    Scope { project: project.project.clone(), run: run.number, branch: String::new() };
                view! {
                    {link(scope.run(run.number), "", format!("#{}", run.number))} " "
                    {badge::run(run)} " "
                    <span class="quiet">{time(run.created_at)}</span>
                }
                .into_any()
            }
            None => view! { <span class="quiet">"none yet"</span> }.into_any(),
        })
        .sort(|project| {
            SortKey::count(project.latest.as_ref().and_then(|run| u64::try_from(run.created_at.0).ok()))
        }),
        Column::number("coverage", "Coverage", |project: &ProjectSummary, _: &Scope| {
            let change = project.latest.as_ref().and_then(|run| run.changes?.coverage_centipoints);
            coverage_cell(&measures(project), change::coverage(change), &project.trend)
        })
        .sort(|project| {
            SortKey::number(measures(project).coverage.and_then(|coverage| coverage.line_percent()))
        }),
        Column::number("failing", "Failing", |project: &ProjectSummary, _: &Scope| {
            let new = project.latest.as_ref().and_then(|run| run.changes?.newly_failing);
            failing_cell(&measures(project), new, &project.trend)
        })
        .detail()
        .sort(|project| SortKey::count(measures(project).tests.map(|tests| tests.failing()))),
        Column::number("code", "Static analysis", |project: &ProjectSummary, _: &Scope| {
            let changes = project.latest.as_ref().and_then(|run| run.changes).unwrap_or_default();
            let change = change::findings(changes.new_code, changes.fixed_code);
            findings_cell(measures(project).code, change, &project.trend.code, "s3")
        })
        .detail()
        .sort(|project| SortKey::count(measures(project).code.map(|counts| counts.total))),
        Column::number("security", "Security", |project: &ProjectSummary, _: &Scope| {
            let changes = project.latest.as_ref().and_then(|run| run.changes).unwrap_or_default();
            let change = change::findings(changes.new_security, changes.fixed_security);
            findings_cell(measures(project).security, change, &project.trend.security, "s2")
        })
        .detail()
        .sort(|project| SortKey::count(measures(project).security.map(|counts| counts.total))),
        Column::number("runs", "Runs", |project: &ProjectSummary, _: &Scope| {
            format::count(project.runs).into_any()
        })
        .detail()
        .sort(|project| SortKey::count(Some(project.runs))),
    ]
}

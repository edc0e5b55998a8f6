use leptos::prelude::*;
use plimsoll_api::ProjectSummary;

use super::columns::columns;
use crate::components::table::{Filter, Table, table};
use crate::link::Scope;

/// A table of projects.
pub fn view(projects: &[ProjectSummary]) -> AnyView {
    let spec = Table {
        caption: "Projects with the latest run of their default branch",
        columns: columns(),
        sort_param: "sort",
        initial: "project",
        filter: (projects.len() > 5).then_some(Filter {
            param: "q",
            label: "Filter projects",
            text: |project: &ProjectSummary| format!("{} {}", project.name, project.project),
        }),
        near_end: None,
    };
    table(spec, projects.to_vec(), &Scope::default())
}

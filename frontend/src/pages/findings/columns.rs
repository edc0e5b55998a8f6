//! The columns of findings.

use leptos::prelude::*;
use plimsoll_api::{FindingRow, FindingState};
use plimsoll_model::FindingKind;

use crate::components::badge;
use crate::components::table::Column;
use crate::link::{LinkMode, Scope, link, web};
use crate::route::ProjectRoute;
use crate::text;

/// Where a finding is: its file and line, or the package that it is about.
fn place(finding: &FindingRow, scope: &Scope) -> AnyView {
    match (&finding.path, &finding.package) {
        (Some(path), _) => {
            let line = finding.line.map(|line| format!(":{line}")).unwrap_or_default();
            let shown = format!("{}{line}", text::line(path));
            // What is gone has no place in this run.
            if finding.state == FindingState::Fixed {
                return view! { <span>{shown}</span> }.into_any();
            }
            link(scope.line(path, finding.line), "", shown)
        }
        (None, Some(package)) => {
            view! { <span>{package_name(&package.name, package.version.as_deref())}</span> }.into_any()
        }
        (None, None) => view! { <span class="quiet">"the whole project"</span> }.into_any(),
    }
}

fn package_name(name: &str, version: Option<&str>) -> String {
    let version = version.map(|version| format!(" {}", text::line(version))).unwrap_or_default();
    format!("{}{version}", text::line(name))
}

/// What is to be done about a package.
pub fn remedy(finding: &FindingRow) -> Option<String> {
    let package = finding.package.as_ref()?;
    let name = package_name(&package.name, package.version.as_deref());
    Some(match package.fixed_version.as_deref().filter(|version| !version.is_empty()) {
        Some(fixed) => format!("{name}, fixed in {}", text::line(fixed)),
        None => format!("{name}, no fixed version known"),
    })
}

fn lead(finding: &FindingRow, scope: &Scope) -> AnyView {
    let message = text::line(&finding.message).into_owned();
    let shown = if message.trim().is_empty() { text::line(&finding.rule).into_owned() } else { message };
    // Without a file the remedy already names the package.
    let remedy = remedy(finding);
    let place = (finding.path.is_some() || remedy.is_none()).then(|| place(finding, scope));
    let mut marks = vec![];
    if finding.state == FindingState::Reopened {
        marks.push("came back");
    }
    if finding.is_in_changed_lines == Some(true) {
        marks.push("in a changed line");
    }
    let marks = (!marks.is_empty()).then(|| format!(" · {}", marks.join(" · ")));
    let dot = (place.is_some() && remedy.is_some()).then_some(" · ");
    view! {
        {super::review::choose(finding)}
        <span class="message" title=shown.clone()>{shown.clone()}</span>
        <span class="second">{place}{dot}{remedy}{marks}</span>
    }
    .into_any()
}

fn rule(finding: &FindingRow, scope: &Scope) -> AnyView {
    let mut title: Vec<String> = finding.rule_name.iter().map(|name| text::line(name).into_owned()).collect();
    title.extend(finding.aliases.iter().chain(&finding.cwe).map(|name| text::line(name).into_owned()));
    let name = text::line(&finding.rule).into_owned();
    let name = match LinkMode::here() {
        LinkMode::Report => web(finding.help_uri.as_deref(), name),
        _ if finding.kind == FindingKind::Vulnerability => link(scope.vulnerability(&finding.rule), "", name),
        _ => link(
            scope.page(ProjectRoute::Rule, &[("tool", &finding.tool), ("rule", &finding.rule)]),
            "",
            name,
        ),
    };
    let tools: Vec<_> = std::iter::once(&finding.tool)
        .chain(&finding.also_reported_by)
        .map(|tool| text::line(tool))
        .collect();
    view! {
        <span title=title.join(" · ")>{name}</span>
        <span class="second">{tools.join(", ")}</span>
    }
    .into_any()
}

fn severity() -> Column<FindingRow> {
    Column::text("severity", "Severity", |finding: &FindingRow, _: &Scope| {
        let title = [&finding.cvss_vector, &finding.cvss_source].into_iter().flatten();
        let title = title.map(|text| text::line(text)).collect::<Vec<_>>().join(" · ");
        let cvss = finding
            .cvss
            .map(|cvss| view! { " " <span class="quiet" title=title>{crate::format::fixed(f64::from(cvss), 1)}</span> });
        view! { {badge::severity(finding.severity)} {cvss} }.into_any()
    })
}

fn state() -> Column<FindingRow> {
    Column::text("state", "State", |finding: &FindingRow, _: &Scope| {
        let why = finding.matched.as_ref().map(|why| text::line(why).into_owned());
        let decision = finding.review.as_ref().map(super::review::decision);
        view! { <span title=why>{badge::finding_state(finding.state)}</span> {decision} }.into_any()
    })
    .detail()
}

/// All of them.
pub fn columns() -> Vec<Column<FindingRow>> {
    vec![
        Column::text("finding", "Finding", lead),
        severity(),
        Column::text("rule", "Rule", rule).detail(),
        state(),
        Column::text("module", "Module", |finding: &FindingRow, scope: &Scope| match &finding.module {
            Some(module) => link(scope.module(module), "modules", text::line(module).into_owned()),
            None => view! { <span class="quiet">"–"</span> }.into_any(),
        })
        .detail(),
        Column::number("since", "Since", |finding: &FindingRow, scope: &Scope| match finding.first_run {
            Some(run) => link(scope.run(run), "", format!("#{run}")),
            None => view! { <span class="quiet">"–"</span> }.into_any(),
        })
        .hint("The run in which it was first seen")
        .detail(),
    ]
}

/// Those that matter where all rows have the same state.
pub fn columns_of_one_state() -> Vec<Column<FindingRow>> {
    vec![
        Column::text("finding", "Finding", lead),
        severity(),
        Column::text("rule", "Rule", rule).detail(),
        Column::text("module", "Module", |finding: &FindingRow, scope: &Scope| match &finding.module {
            Some(module) => link(scope.module(module), "modules", text::line(module).into_owned()),
            None => view! { <span class="quiet">"–"</span> }.into_any(),
        })
        .detail(),
    ]
}

//! How to send reports: shown wherever there are none yet.

mod systems;

use leptos::prelude::*;
use plimsoll_api::paths::{API, encode};

use crate::browser;
use crate::components::breadcrumbs::breadcrumbs;
use crate::components::controls;
use crate::link::link;
use crate::place::Place;
use crate::route::ProjectRoute;

use systems::System;

/// The page.
pub fn page(project: String) -> AnyView {
    super::title(&["Set up", &project]);
    view! {
        {breadcrumbs(super::way(&project, None))}
        <h1>"Send reports"</h1>
        {steps(&project)}
    }
    .into_any()
}

/// A project without runs.
pub fn empty_project(project: &str) -> AnyView {
    view! {
        <div class="panel empty">
            <p class="title">"No reports yet."</p>
            <p>"A run appears here as soon as its first report has been sent. " {link(ProjectRoute::SetUp.path(project), "", "This page stays in the menu.")}</p>
        </div>
        {steps(project)}
    }
    .into_any()
}

/// A server without projects.
pub fn empty_server() -> AnyView {
    view! {
        <div class="panel empty">
            <p class="title">"No projects yet."</p>
            <p>"A project comes into being with its first report. Choose its name: lower-case letters, digits, hyphens."</p>
        </div>
        {steps("my-project")}
    }
    .into_any()
}

/// Commands to copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// What it is for.
    pub title: &'static str,
    /// Said before it.
    pub note: &'static str,
    /// The text to copy.
    pub text: String,
}

/// The first steps for a project on a server.
pub fn commands(project: &str) -> Vec<Command> {
    vec![Command {
        title: "1. Make a token",
        note: "On the server, once. It is shown once and stored only as a hash; keep it in your CI system's secrets.",
        text: format!("plimsoll token create --project {project}"),
    }]
}

fn steps(project: &str) -> AnyView {
    let origin = browser::origin();
    let uploads = format!("{origin}{API}/projects/{}/uploads", encode(project));
    let systems = systems::systems(&origin, project, &uploads);
    let place = Place::here();
    let names = systems.iter().map(|system| (system.key.to_owned(), system.name.to_owned())).collect();
    let first = commands(project).into_iter().map(command).collect_view();
    let chosen = move || {
        let key = place.query("ci");
        let system = systems.iter().find(|system| system.key == key).or_else(|| systems.first())?;
        let System { file, note, text, .. } = system.clone();
        Some(view! {
            <p>"Into " <code>{file}</code> ". " {note}</p>
            {copyable(file, text)}
        })
    };
    view! {
        <div class="set-up">
            {first}
            <section class="command">
                <h2>"2. Send reports from CI"</h2>
                <p>"`plimsoll upload` finds the reports of a folder among other files, knows the CI system's variables, sends which files there are and how often they change (no names of people), and tries again where the network fails."</p>
                {controls::choice(place, "ci", "CI system", names)}
                {chosen}
            </section>
            <section class="command">
                <h2>"3. Look"</h2>
                <p>"The answer of the upload names the run's page. " {link(ProjectRoute::Overview.path(project), "", "The project's page")} " fills in by itself as soon as the first report was read."</p>
            </section>
        </div>
    }
    .into_any()
}

fn command(command: Command) -> AnyView {
    let Command { title, note, text } = command;
    view! {
        <section class="command">
            <h2>{title}</h2>
            <p>{note}</p>
            {copyable(title, text)}
        </section>
    }
    .into_any()
}

fn copyable(name: &'static str, text: String) -> AnyView {
    let was_copied = RwSignal::new(false);
    let copied = text.clone();
    let copy = move |_| {
        browser::copy(&copied);
        was_copied.set(true);
    };
    view! {
        <div class="copy">
            <pre tabindex="0" aria-label=name>{text}</pre>
            <button type="button" on:click=copy>{move || if was_copied.get() { "Copied" } else { "Copy" }}</button>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::commands;

    #[test]
    fn the_first_step_names_the_project() {
        let commands = commands("book-store");
        assert_eq!(commands[0].text, "plimsoll token create --project book-store");
    }
}

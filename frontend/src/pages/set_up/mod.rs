//! How to send reports: shown wherever there are none yet.

use leptos::prelude::*;
use plimsoll_api::paths::{API, encode};

use crate::browser;
use crate::components::breadcrumbs::breadcrumbs;
use crate::link::link;
use crate::route::ProjectRoute;

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

/// The commands for a project on a server.
pub fn commands(origin: &str, project: &str) -> Vec<Command> {
    let uploads = format!("{origin}{API}/projects/{}/uploads", encode(project));
    vec![
        Command {
            title: "1. Make a token",
            note: "On the server, once. It is shown once and stored only as a hash; keep it in your CI system's secrets.",
            text: format!("plimsoll token create --project {project}"),
        },
        Command {
            title: "2. Send one report with curl",
            note: "From the CI job, after the tests. The format is found by content; the answer says what was counted, and each warning.",
            text: format!(
                "curl --fail-with-body -H \"Authorization: Bearer $PLIMSOLL_TOKEN\" \\\n  \
                 --data-binary @junit.xml \\\n  \
                 \"{uploads}?commit=$(git rev-parse HEAD)&branch=$(git branch --show-current)&build=$BUILD_ID&wait=30\""
            ),
        },
        Command {
            title: "Or send all reports of a folder",
            note: "Finds the reports among other files, knows the CI system's variables, and sends which files there are and how often they change (no names of people).",
            text: format!("plimsoll upload reports/ --server {origin} --project {project}"),
        },
        Command {
            title: "GitHub Actions",
            note: "As the last step of a job; `if: always()` sends the reports of a job that failed, which are the ones you want.",
            text: format!(
                "- name: Send reports\n  if: always()\n  env:\n    PLIMSOLL_TOKEN: ${{{{ secrets.PLIMSOLL_TOKEN }}}}\n  \
                 run: plimsoll upload reports/ --server {origin} --project {project}"
            ),
        },
        Command {
            title: "GitLab CI",
            note: "In a job that makes reports; `after_script` also runs when it failed.",
            text: format!(
                "after_script:\n  - plimsoll upload reports/ --server {origin} --project {project}"
            ),
        },
    ]
}

fn steps(project: &str) -> AnyView {
    let items = commands(&browser::origin(), project)
        .into_iter()
        .map(|command| {
            let Command { title, note, text } = command;
            let was_copied = RwSignal::new(false);
            let copied = text.clone();
            let copy = move |_| {
                browser::copy(&copied);
                was_copied.set(true);
            };
            view! {
                <section class="command">
                    <h2>{title}</h2>
                    <p>{note}</p>
                    <div class="copy">
                        <pre tabindex="0" aria-label=title>{text}</pre>
                        <button type="button" on:click=copy>{move || if was_copied.get() { "Copied" } else { "Copy" }}</button>
                    </div>
                </section>
            }
        })
        .collect_view();
    view! { <div class="set-up">{items}</div> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::commands;

    #[test]
    fn commands_name_the_project_and_the_server() {
        let commands = commands("https://q.example", "book store");
        let curl = &commands[1].text;
        assert!(curl.contains("https://q.example/api/v1/projects/book%20store/uploads?commit="), "{curl}");
        assert!(curl.contains("Authorization: Bearer $PLIMSOLL_TOKEN"), "{curl}");
        assert!(commands[3].text.contains("${{ secrets.PLIMSOLL_TOKEN }}"), "{}", commands[3].text);
    }
}

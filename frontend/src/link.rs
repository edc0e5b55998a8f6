//! Links that work in the app and in the static report.

use leptos::prelude::*;

use crate::route::ProjectRoute;

/// What a link is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LinkMode {
    /// An address of the app.
    #[default]
    App,
    /// A section of the one page that there is, or plain text.
    Report,
}

impl LinkMode {
    /// Of the component that asks.
    pub fn here() -> Self {
        use_context::<Self>().unwrap_or_default()
    }

    /// Whether there is an app behind the page: addresses, sorting, filters.
    pub fn is_live(self) -> bool {
        self == Self::App
    }
}

/// Where rows stand: what their links need.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scope {
    /// The project.
    pub project: String,
    /// The run that is shown; 0 for the latest.
    pub run: u64,
    /// The branch that is shown; empty for the default branch.
    pub branch: String,
}

impl Scope {
    /// A page of the project.
    pub fn page(&self, page: ProjectRoute, query: &[(&str, &str)]) -> String {
        page.with(&self.project, query)
    }

    /// A module's page.
    pub fn module(&self, path: &str) -> String {
        self.page(ProjectRoute::Module, &[("path", path), ("branch", &self.branch)])
    }

    /// A file's page, in the run or in the latest one.
    pub fn file(&self, path: &str) -> String {
        self.page(self.file_page(), &[("path", path)])
    }

    fn file_page(&self) -> ProjectRoute {
        ProjectRoute::File((self.run > 0).then_some(self.run))
    }

    /// A file's page, at a line.
    pub fn line(&self, path: &str, line: Option<u32>) -> String {
        match line {
            Some(line) => {
                let line = line.to_string();
                self.page(self.file_page(), &[("path", path), ("line", &line)])
            }
            None => self.file(path),
        }
    }

    /// A test's page.
    pub fn test(&self, id: u64) -> String {
        self.page(ProjectRoute::Test(id), &[("branch", &self.branch)])
    }

    /// A vulnerability's page, by any of its names.
    pub fn vulnerability(&self, name: &str) -> String {
        self.page(ProjectRoute::Vulnerability, &[("id", name)])
    }

    /// A run's page.
    pub fn run(&self, number: u64) -> String {
        self.page(ProjectRoute::Run(number), &[])
    }
}

/// A link. `section` is where it leads within a static report; empty where it leads nowhere there.
pub fn link(href: String, section: &str, text: impl IntoView) -> AnyView {
    let text = text.into_view();
    match LinkMode::here() {
        LinkMode::App => view! { <a href=href>{text}</a> }.into_any(),
        LinkMode::Report if section.is_empty() => view! { <span>{text}</span> }.into_any(),
        LinkMode::Report => view! { <a href=format!("#{section}")>{text}</a> }.into_any(),
    }
}

/// A link out of the app, if it is one that a browser may follow; else its text alone.
pub fn web(uri: Option<&str>, text: impl IntoView) -> AnyView {
    let text = text.into_view();
    match uri.and_then(crate::text::web_link) {
        Some(uri) => {
            view! { <a href=uri.to_owned() rel="noreferrer noopener external">{text}</a> }.into_any()
        }
        None => view! { <span>{text}</span> }.into_any(),
    }
}

/// A link inside of an SVG, where it must be an element of SVG's namespace. It stays out of the order of the Tab key:
/// wherever there is a picture there is a table with the same links.
pub fn in_picture(href: String, content: impl IntoView + 'static) -> AnyView {
    if LinkMode::here().is_live() {
        leptos::svg::a().attr("href", href).attr("tabindex", "-1").child(content.into_view()).into_any()
    } else {
        content.into_any()
    }
}

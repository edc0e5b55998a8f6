//! The app's addresses, in both directions: what a path shows, and which path shows it.

use plimsoll_api::paths::encode;

/// A page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route {
    /// All projects.
    Projects,
    /// For whoever runs the server.
    Admin,
    /// A page of a project.
    In {
        /// The project's name in URLs.
        project: String,
        /// The page.
        page: ProjectRoute,
    },
    /// No page has this path.
    Unknown,
}

/// A page of a project. Paths of modules and files stand in the query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProjectRoute {
    /// What an engineer opens every morning.
    Overview,
    /// One module.
    Module,
    /// Where to look first.
    Hotspots,
    /// All runs.
    Runs,
    /// One run.
    Run(u64),
    /// Tests of a run; of the latest one where none is named.
    Tests(Option<u64>),
    /// Findings of a run; of the latest one where none is named.
    Findings(Option<u64>),
    /// Files of a run.
    Files(u64),
    /// One file in a run; in the latest one where none is named.
    File(Option<u64>),
    /// One test.
    Test(u64),
    /// The paths of an upload.
    Upload(u64),
    /// A rule of a tool.
    Rule,
    /// A vulnerability, whoever reports it.
    Vulnerability,
    /// Two runs.
    Compare,
    /// How to send reports.
    SetUp,
}

impl Route {
    /// Reads the path of an address.
    pub fn parse(path: &str) -> Self {
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        let number = |text: &str| text.parse::<u64>().ok();
        let page = match parts.get(2..).unwrap_or_default() {
            [] => Some(ProjectRoute::Overview),
            ["module"] => Some(ProjectRoute::Module),
            ["hotspots"] => Some(ProjectRoute::Hotspots),
            ["runs"] => Some(ProjectRoute::Runs),
            ["runs", run] => number(run).map(ProjectRoute::Run),
            ["runs", run, "tests"] => number(run).map(|run| ProjectRoute::Tests(Some(run))),
            ["runs", run, "findings"] => number(run).map(|run| ProjectRoute::Findings(Some(run))),
            ["runs", run, "files"] => number(run).map(ProjectRoute::Files),
            ["runs", run, "file"] => number(run).map(|run| ProjectRoute::File(Some(run))),
            ["file"] => Some(ProjectRoute::File(None)),
            ["tests"] => Some(ProjectRoute::Tests(None)),
            ["tests", test] => number(test).map(ProjectRoute::Test),
            ["uploads", upload] => number(upload).map(ProjectRoute::Upload),
            ["findings"] => Some(ProjectRoute::Findings(None)),
            ["rule"] => Some(ProjectRoute::Rule),
            ["vulnerability"] => Some(ProjectRoute::Vulnerability),
            ["compare"] => Some(ProjectRoute::Compare),
            ["set-up"] => Some(ProjectRoute::SetUp),
            _ => None,
        };
        match (parts.as_slice(), page) {
            ([], _) => Self::Projects,
            (["admin"], _) => Self::Admin,
            (["p", project, ..], Some(page)) => Self::In { project: decode(project), page },
            _ => Self::Unknown,
        }
    }

    /// The path that `parse` reads as this page.
    pub fn path(&self) -> String {
        match self {
            Self::Projects | Self::Unknown => "/".to_owned(),
            Self::Admin => "/admin".to_owned(),
            Self::In { project, page } => page.path(project),
        }
    }
}

impl ProjectRoute {
    /// The path of this page of a project.
    pub fn path(self, project: &str) -> String {
        let root = plimsoll_api::paths::project(project);
        match self {
            Self::Overview => root,
            Self::Module => format!("{root}/module"),
            Self::Hotspots => format!("{root}/hotspots"),
            Self::Runs => format!("{root}/runs"),
            Self::Run(run) => format!("{root}/runs/{run}"),
            Self::Tests(Some(run)) => format!("{root}/runs/{run}/tests"),
            Self::Tests(None) => format!("{root}/tests"),
            Self::Findings(Some(run)) => format!("{root}/runs/{run}/findings"),
            Self::Findings(None) => format!("{root}/findings"),
            Self::Files(run) => format!("{root}/runs/{run}/files"),
            Self::File(Some(run)) => format!("{root}/runs/{run}/file"),
            Self::File(None) => format!("{root}/file"),
            Self::Test(test) => format!("{root}/tests/{test}"),
            Self::Upload(upload) => format!("{root}/uploads/{upload}"),
            Self::Rule => format!("{root}/rule"),
            Self::Vulnerability => format!("{root}/vulnerability"),
            Self::Compare => format!("{root}/compare"),
            Self::SetUp => format!("{root}/set-up"),
        }
    }

    /// The same with a query; values that are empty are left out.
    pub fn with(self, project: &str, query: &[(&str, &str)]) -> String {
        let mut out = self.path(project);
        append(&mut out, query);
        out
    }
}

/// Appends a query to a path; values that are empty are left out.
pub fn append(path: &mut String, query: &[(&str, &str)]) {
    let mut separator = if path.contains('?') { '&' } else { '?' };
    for (name, value) in query.iter().filter(|(_, value)| !value.is_empty()) {
        path.push(separator);
        path.push_str(name);
        path.push('=');
        path.push_str(&encode(value));
        separator = '&';
    }
}

/// The part of an address after `?`: filters, sort, tab, branch.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Query(Vec<(String, String)>);

impl Query {
    /// Reads `a=1&b=2`, with or without the question mark.
    pub fn parse(text: &str) -> Self {
        let pairs = text.trim_start_matches('?').split('&').filter(|pair| !pair.is_empty()).map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode_query(name), decode_query(value))
        });
        Self(pairs.collect())
    }

    /// A value; empty where the address does not say.
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    /// The same query with one value changed; an empty one takes it out.
    #[must_use]
    pub fn with(&self, name: &str, value: &str) -> Self {
        let mut pairs: Vec<_> = self.0.iter().filter(|(key, _)| key != name).cloned().collect();
        if !value.is_empty() {
            pairs.push((name.to_owned(), value.to_owned()));
        }
        Self(pairs)
    }

    /// A path with this query.
    pub fn after(&self, path: &str) -> String {
        let mut out = path.to_owned();
        let pairs: Vec<_> = self.0.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        append(&mut out, &pairs);
        out
    }
}

fn decode_query(text: &str) -> String {
    decode(&text.replace('+', " "))
}

/// Takes percent-encoding off; what is no valid text becomes replacement characters.
fn decode(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let escaped = (byte == b'%')
            .then(|| after.get(..2))
            .flatten()
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match escaped {
            Some(value) => {
                out.push(value);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                out.push(byte);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_reads_its_own_path() {
        let pages = [
            ProjectRoute::Overview,
            ProjectRoute::Module,
            ProjectRoute::Hotspots,
            ProjectRoute::Runs,
            ProjectRoute::Run(412),
            ProjectRoute::Tests(Some(412)),
            ProjectRoute::Tests(None),
            ProjectRoute::Findings(Some(412)),
            ProjectRoute::Findings(None),
            ProjectRoute::Files(412),
            ProjectRoute::File(Some(412)),
            ProjectRoute::File(None),
            ProjectRoute::Test(7),
            ProjectRoute::Upload(31),
            ProjectRoute::Compare,
            ProjectRoute::SetUp,
        ];
        for page in pages {
            let route = Route::In { project: "book store".to_owned(), page };
            assert_eq!(Route::parse(&route.path()), route);
        }
        assert_eq!(Route::parse("/"), Route::Projects);
        assert_eq!(Route::parse("/admin"), Route::Admin);
        assert_eq!(Route::Admin.path(), "/admin");
        assert_eq!(Route::parse("/p/x/runs/12/"), Route::parse("/p/x/runs/12"));
    }

    #[test]
    fn the_links_of_the_server_are_pages() {
        let page = |path: String| match Route::parse(path.split('?').next().unwrap_or_default()) {
            Route::In { project, page } if project == "p" => page,
            other => panic!("{path}: {other:?}"),
        };
        assert_eq!(page(plimsoll_api::paths::project("p")), ProjectRoute::Overview);
        assert_eq!(page(plimsoll_api::paths::module("p", "a/b")), ProjectRoute::Module);
        assert_eq!(page(plimsoll_api::paths::run("p", 3)), ProjectRoute::Run(3));
        assert_eq!(page(plimsoll_api::paths::file("p", 3, "a b")), ProjectRoute::File(Some(3)));
        assert_eq!(page(plimsoll_api::paths::test("p", 3)), ProjectRoute::Test(3));
    }

    #[test]
    fn other_paths_are_unknown() {
        for path in ["/p", "/x/y", "/p/x/runs/latest", "/p/x/tests/1/2", "/p/x/-1"] {
            assert_eq!(Route::parse(path), Route::Unknown, "{path}");
        }
    }

    #[test]
    fn queries_keep_their_values() {
        let query = Query::parse("?path=a%20b/c%26d&q=x+y&empty=&bad=%zz%");
        assert_eq!(query.get("path"), "a b/c&d");
        assert_eq!(query.get("q"), "x y");
        assert_eq!(query.get("empty"), "");
        assert_eq!(query.get("bad"), "%zz%");
        assert_eq!(query.get("missing"), "");
        let query = Query::parse("a=1").with("b", "ä&=").with("a", "");
        assert_eq!(query.after("/x"), "/x?b=%C3%A4%26%3D");
        assert_eq!(Query::parse("b=%C3%A4%26%3D"), query);
        assert_eq!(query.with("b", "").after("/x"), "/x");
        assert_eq!(Query::default().with("c", "1").after("/x?a=b"), "/x?a=b&c=1");
    }
}

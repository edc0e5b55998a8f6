//! From the paths that a report writes to the files of the repository.
//!
//! Reports write paths as their tool saw them: absolute in the CI system's workspace or in a container, with drives and
//! backslashes, as `file:` URLs, or relative to a source root. With the repository's file list at hand, each of them is
//! matched to one file, or reported as unmatched or ambiguous; it is never guessed. The rules, in this order:
//!
//! 1. The upload's own prefixes: one is taken off the front, one put before.
//! 2. Below each of the report's source roots, where exactly one file results; then as it stands.
//! 3. The file is the path's end: what stands before it is the workspace (`/home/runner/work/shop/shop/`). A file at the
//!    repository's top matches so only if the same workspace leads to other files, too, and nothing matches inside a
//!    folder of foreign code (`node_modules`).
//! 4. The path is the end of one file only: what is missing before it is a source root (`src/main/java/`). Where several
//!    files end so, all other paths of the upload must have one and the same source root missing, and it decides.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use plimsoll_model::RepoPath;

/// Folders of code that is not the repository's own.
const FOREIGN: [&str; 7] =
    ["node_modules", "site-packages", "dist-packages", ".venv", "venv", "bower_components", ".cargo"];

/// Where CI systems and containers put the repository. `*` is one folder of any name.
const WORKSPACES: [&str; 15] = [
    "home/runner/work/*/*/",
    "Users/runner/work/*/*/",
    "github/workspace/",
    "__w/*/*/",
    "a/*/s/",
    "a/*/*/",
    "home/vsts/work/*/s/",
    "builds/*/*/",
    "home/circleci/project/",
    "home/travis/build/*/*/",
    "opt/atlassian/pipelines/agent/build/",
    "var/lib/jenkins/workspace/*/",
    "home/jenkins/agent/workspace/*/",
    "usr/src/app/",
    "app/",
];

/// The files of the repository, to be searched by the end of their path.
#[derive(Debug, Default)]
pub struct FileIndex {
    files: Vec<Box<str>>,
    by_name: HashMap<Box<str>, Vec<u32>>,
    /// Folders with Go test files: the file, where it is the only one.
    go_tests: HashMap<Box<str>, Option<u32>>,
}

/// What a path of a report is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolved {
    /// The file at this place of the file list.
    File(u32),
    /// Several files could be meant; the path in the repository's form.
    Ambiguous(RepoPath),
    /// No file is meant; the path in the repository's form.
    Unmatched(RepoPath),
    /// There is no file list; the path in the repository's form, without a known workspace before it.
    Unchecked(RepoPath),
    /// Nothing is left of it.
    Empty,
}

/// How one upload's paths are to be read.
#[derive(Debug, Clone, Copy, Default)]
pub struct PathRules<'a> {
    /// Taken off the front.
    pub strip_prefix: Option<&'a str>,
    /// Put before.
    pub add_prefix: Option<&'a str>,
    /// Folders below which relative paths are, as the report names them.
    pub source_roots: &'a [String],
}

impl FileIndex {
    /// An index over files in the repository's form.
    pub fn new<'a>(files: impl IntoIterator<Item = &'a str>) -> Self {
        let mut index = Self::default();
        for (at, file) in (0_u32..).zip(files) {
            index.by_name.entry(file_name(file).into()).or_default().push(at);
            if let Some((folder, name)) = file.rsplit_once('/')
                && name.ends_with("_test.go")
            {
                index.go_tests.entry(folder.into()).and_modify(|only| *only = None).or_insert(Some(at));
            }
            index.files.push(file.into());
        }
        index
    }

    /// The file at a place of the list.
    pub fn file(&self, at: u32) -> Option<&str> {
        self.files.get(at as usize).map(AsRef::as_ref)
    }

    /// How many files there are.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// The file with exactly this path.
    pub fn find(&self, path: &str) -> Option<u32> {
        self.named_like(path).find(|at| self.file(*at) == Some(path))
    }

    /// All files whose path ends with this one.
    pub fn ending_with(&self, path: &str) -> Vec<u32> {
        self.named_like(path).filter(|at| self.file(*at).is_some_and(|file| ends_with(file, path))).collect()
    }

    /// The one file whose path ends with this one.
    pub fn only_ending_with(&self, path: &str) -> Option<u32> {
        let mut found =
            self.named_like(path).filter(|at| self.file(*at).is_some_and(|file| ends_with(file, path)));
        found.next().filter(|_| found.next().is_none())
    }

    /// The only Go test file of a folder: `None` where the folder has none at all, `Some(None)` where it has several.
    pub fn go_test_in(&self, folder: &str) -> Option<Option<u32>> {
        self.go_tests.get(folder).copied()
    }

    /// The longest file that this path ends with.
    fn inside(&self, path: &str) -> Option<u32> {
        let ends =
            self.named_like(path).filter(|at| self.file(*at).is_some_and(|file| ends_with(path, file)));
        ends.max_by_key(|at| self.file(*at).map_or(0, str::len))
    }

    fn named_like(&self, path: &str) -> impl Iterator<Item = u32> + '_ {
        self.by_name.get(file_name(path)).into_iter().flatten().copied()
    }
}

/// What the rules say of one path before the upload's other paths are heard.
enum Candidate {
    Done(Resolved),
    /// Rule 3 with a file at the top: the workspace, and the file.
    Top {
        workspace: String,
        file: u32,
        path: RepoPath,
    },
    /// Rule 4 with several files.
    Several {
        files: Vec<u32>,
        path: RepoPath,
    },
}

/// Resolves all paths of an upload together, in their order. Without an index they are only brought into form.
pub fn resolve_paths(index: Option<&FileIndex>, rules: &PathRules<'_>, raws: &[&str]) -> Vec<Resolved> {
    let Some(index) = index else {
        return raws.iter().map(|raw| unchecked(rules, raw)).collect();
    };
    let mut workspaces: BTreeMap<String, u32> = BTreeMap::new();
    let mut roots: BTreeMap<String, u32> = BTreeMap::new();
    let mut candidates = Vec::with_capacity(raws.len());
    for raw in raws {
        candidates.push(candidate(index, rules, raw, &mut workspaces, &mut roots));
    }
    let only_root = match roots.iter().next() {
        Some((root, count)) if roots.len() == 1 && *count >= 2 => Some(root),
        _ => None,
    };
    let resolve = |candidate| match candidate {
        Candidate::Done(resolved) => resolved,
        Candidate::Top { workspace, file, path } => {
            let leads_elsewhere = workspaces.get(&workspace).is_some_and(|count| *count >= 1);
            if leads_elsewhere || is_workspace(&workspace) {
                Resolved::File(file)
            } else {
                Resolved::Unmatched(path)
            }
        }
        Candidate::Several { files, path } => {
            let meant = only_root.and_then(|root| {
                files.into_iter().find(|at| {
                    let file = index.file(*at).unwrap_or_default();
                    file.strip_suffix(path.as_str()).is_some_and(|missing| missing == root)
                })
            });
            meant.map_or(Resolved::Ambiguous(path), Resolved::File)
        }
    };
    candidates.into_iter().map(resolve).collect()
}

fn candidate(
    index: &FileIndex,
    rules: &PathRules<'_>,
    raw: &str,
    workspaces: &mut BTreeMap<String, u32>,
    roots: &mut BTreeMap<String, u32>,
) -> Candidate {
    let Some(path) = with_prefixes(rules, raw) else { return Candidate::Done(Resolved::Empty) };
    if !is_absolute(raw) {
        let below: BTreeSet<u32> = rules
            .source_roots
            .iter()
            .filter_map(|root| RepoPath::normalise(&format!("{root}/{path}")))
            .filter_map(|joined| index.find(joined.as_str()).or_else(|| index.inside(joined.as_str())))
            // A file that is shorter than the path itself lies above the source root.
            .filter(|at| index.file(*at).is_some_and(|file| ends_with(file, path.as_str())))
            .collect();
        if let (1, Some(&file)) = (below.len(), below.first()) {
            return Candidate::Done(Resolved::File(file));
        }
    }
    if let Some(file) = index.find(path.as_str()) {
        return Candidate::Done(Resolved::File(file));
    }
    if path.as_str().split('/').any(|part| FOREIGN.contains(&part)) {
        return Candidate::Done(Resolved::Unmatched(path));
    }
    if let Some(file) = index.inside(path.as_str()) {
        let text = index.file(file).unwrap_or_default();
        let workspace = path.as_str().strip_suffix(text).unwrap_or_default().to_owned();
        if text.contains('/') {
            *workspaces.entry(workspace).or_default() += 1;
            return Candidate::Done(Resolved::File(file));
        }
        return Candidate::Top { workspace, file, path };
    }
    let files = index.ending_with(path.as_str());
    match files.as_slice() {
        [] => Candidate::Done(Resolved::Unmatched(without_workspace(path, raw))),
        [file] => {
            let text = index.file(*file).unwrap_or_default();
            let root = text.strip_suffix(path.as_str()).unwrap_or_default().to_owned();
            *roots.entry(root).or_default() += 1;
            Candidate::Done(Resolved::File(*file))
        }
        _ => Candidate::Several { files, path },
    }
}

/// Without a file list: below the report's only source root, where that leads into the repository.
fn unchecked(rules: &PathRules<'_>, raw: &str) -> Resolved {
    let Some(path) = with_prefixes(rules, raw) else { return Resolved::Empty };
    if !is_absolute(raw)
        && let [root] = rules.source_roots
        && let Some(folder) = RepoPath::normalise(root)
    {
        let inner = if is_absolute(root) { workspace_end(folder.as_str()) } else { Some(folder.as_str()) };
        if let Some(inner) = inner.filter(|inner| !inner.is_empty())
            && !path.as_str().starts_with(&format!("{inner}/"))
            && let Some(joined) = RepoPath::normalise(&format!("{inner}/{path}"))
        {
            return Resolved::Unchecked(joined);
        }
    }
    Resolved::Unchecked(without_workspace(path, raw))
}

fn with_prefixes(rules: &PathRules<'_>, raw: &str) -> Option<RepoPath> {
    let mut path = RepoPath::normalise(raw)?;
    if let Some(prefix) = rules.strip_prefix.and_then(RepoPath::normalise)
        && let Some(rest) =
            path.as_str().strip_prefix(prefix.as_str()).and_then(|rest| rest.strip_prefix('/'))
    {
        path = RepoPath::normalise(rest)?;
    }
    if let Some(prefix) = rules.add_prefix.and_then(RepoPath::normalise) {
        path = RepoPath::normalise(&format!("{prefix}/{path}"))?;
    }
    Some(path)
}

fn without_workspace(path: RepoPath, raw: &str) -> RepoPath {
    if !is_absolute(raw) {
        return path;
    }
    workspace_end(path.as_str()).and_then(RepoPath::normalise).unwrap_or(path)
}

/// What comes after a known workspace; `None` where there is none before it.
fn workspace_end(path: &str) -> Option<&str> {
    WORKSPACES.iter().find_map(|workspace| {
        let mut rest = path;
        for folder in workspace.split_terminator('/') {
            let (first, after) = rest.split_once('/').unwrap_or((rest, ""));
            if folder != "*" && folder != first || first.is_empty() {
                return None;
            }
            rest = after;
        }
        Some(rest)
    })
}

fn is_workspace(prefix: &str) -> bool {
    workspace_end(prefix).is_some_and(str::is_empty)
}

fn is_absolute(raw: &str) -> bool {
    let raw = raw.trim();
    let mut chars = raw.chars();
    raw.starts_with(['/', '\\'])
        || raw.starts_with("file:")
        || matches!((chars.next(), chars.next()), (Some(letter), Some(':')) if letter.is_ascii_alphabetic())
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Whether a path ends with another one, folder by folder.
fn ends_with(path: &str, end: &str) -> bool {
    path.strip_suffix(end).is_some_and(|before| before.is_empty() || before.ends_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILES: [&str; 12] = [
        "README.md",
        "setup.py",
        "src/app.ts",
        "services/catalog/app/__init__.py",
        "services/catalog/app/books.py",
        "services/catalog/app/prices.py",
        "services/search/app/__init__.py",
        "services/search/app/rank.py",
        "core/src/main/java/org/shop/Cart.java",
        "core/src/main/java/org/shop/Item.java",
        "web/src/main/java/org/shop/Item.java",
        "docs/README.md",
    ];

    fn show(index: &FileIndex, resolved: Resolved) -> String {
        match resolved {
            Resolved::File(at) => index.file(at).unwrap().to_owned(),
            Resolved::Ambiguous(path) => format!("ambiguous {path}"),
            Resolved::Unmatched(path) => format!("unmatched {path}"),
            Resolved::Unchecked(path) => format!("unchecked {path}"),
            Resolved::Empty => "empty".to_owned(),
        }
    }

    #[track_caller]
    fn check_with(rules: &PathRules<'_>, raws: &[&str], expect: &[&str]) {
        let index = FileIndex::new(FILES);
        let resolved: Vec<String> = resolve_paths(Some(&index), rules, raws)
            .into_iter()
            .map(|resolved| show(&index, resolved))
            .collect();
        assert_eq!(resolved, expect);
    }

    #[track_caller]
    fn check(raws: &[&str], expect: &[&str]) {
        check_with(&PathRules::default(), raws, expect);
    }

    #[test]
    fn paths_of_every_form_reach_their_file() {
        for raw in [
            "src/app.ts",
            "./src/app.ts",
            "/home/runner/work/shop/shop/src/app.ts",
            "C:\\agent\\work\\1\\s\\src\\app.ts",
            "file:///builds/group/shop/src/app.ts",
            "/app/src/app.ts",
            "app.ts",
        ] {
            check(&[raw], &["src/app.ts"]);
        }
        check(&["org/shop/Cart.java"], &["core/src/main/java/org/shop/Cart.java"]);
        check(&["", "./"], &["empty", "empty"]);
    }

    #[test]
    fn what_could_be_several_is_not_guessed() {
        check(&["org/shop/Item.java"], &["ambiguous org/shop/Item.java"]);
        check(
            &["org/shop/Item.java", "org/shop/Cart.java"],
            &["ambiguous org/shop/Item.java", "core/src/main/java/org/shop/Cart.java"],
        );
        check(&["app/__init__.py"], &["ambiguous app/__init__.py"]);
    }

    #[test]
    fn a_report_of_one_folder_says_which_is_meant() {
        check(
            &["app/__init__.py", "app/books.py", "app/prices.py"],
            &[
                "services/catalog/app/__init__.py",
                "services/catalog/app/books.py",
                "services/catalog/app/prices.py",
            ],
        );
        let mixed = ["app/__init__.py", "app/books.py", "app/prices.py", "app/rank.py"];
        check(
            &mixed,
            &[
                "ambiguous app/__init__.py",
                "services/catalog/app/books.py",
                "services/catalog/app/prices.py",
                "services/search/app/rank.py",
            ],
        );
    }

    #[test]
    fn source_roots_and_prefixes_decide() {
        let source_roots = ["/home/ci/shop/services/search".to_owned()];
        let rules = PathRules { source_roots: &source_roots, ..PathRules::default() };
        check_with(&rules, &["app/__init__.py"], &["services/search/app/__init__.py"]);
        let rules = PathRules { add_prefix: Some("services/search"), ..PathRules::default() };
        check_with(&rules, &["app/__init__.py"], &["services/search/app/__init__.py"]);
        let rules = PathRules { strip_prefix: Some("/build/x"), ..PathRules::default() };
        check_with(&rules, &["/build/x/README.md"], &["README.md"]);
    }

    #[test]
    fn foreign_code_is_not_the_repositorys() {
        check(&["node_modules/lib/src/app.ts"], &["unmatched node_modules/lib/src/app.ts"]);
        check(&["/usr/lib/python3/thing/setup.py"], &["unmatched usr/lib/python3/thing/setup.py"]);
        check(&["/ci/shop/setup.py", "/ci/shop/src/app.ts"], &["setup.py", "src/app.ts"]);
        check(&["/home/runner/work/shop/shop/gone.py"], &["unmatched gone.py"]);
    }

    #[test]
    fn without_a_file_list_only_known_workspaces_go() {
        let rules = PathRules::default();
        for (raw, expect) in [
            ("/home/runner/work/shop/shop/src/app.ts", "src/app.ts"),
            ("D:\\a\\1\\s\\src\\app.ts", "src/app.ts"),
            ("/builds/group/shop/src/app.ts", "src/app.ts"),
            ("/opt/other/src/app.ts", "opt/other/src/app.ts"),
            ("app/src/app.ts", "app/src/app.ts"),
        ] {
            let path = RepoPath::normalise(expect).unwrap();
            assert_eq!(resolve_paths(None, &rules, &[raw]), [Resolved::Unchecked(path)], "{raw}");
        }
        let source_roots = ["/home/runner/work/shop/shop/services/search".to_owned()];
        let rules = PathRules { source_roots: &source_roots, ..rules };
        let path = RepoPath::normalise("services/search/app/rank.py").unwrap();
        assert_eq!(resolve_paths(None, &rules, &["app/rank.py"]), [Resolved::Unchecked(path)]);
    }
}

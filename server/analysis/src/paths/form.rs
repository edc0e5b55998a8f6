//! The form of a path: prefixes, addresses, drives, and the workspaces that are known by their look.

use std::borrow::Cow;

use plimsoll_model::RepoPath;

use super::{PathRules, Resolved};
use crate::percent::percent_decoded;

/// What a known workspace may be besides the place of the whole repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Nothing else: a CI system puts the repository there.
    Checkout,
    /// A container's folder, which may hold one part of the repository only.
    Container,
    /// The same, and it may as well be a folder of a repository that lies at the root.
    Folder,
}

/// A workspace that is known by its form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Workspace {
    /// With the slash at its end.
    pub path: String,
    pub place: Place,
}

/// Where CI systems and containers put the repository. `*` is one folder of any name.
const WORKSPACES: [(&str, Place); 15] = [
    ("home/runner/work/*/*/", Place::Checkout),
    ("Users/runner/work/*/*/", Place::Checkout),
    ("github/workspace/", Place::Checkout),
    ("__w/*/*/", Place::Checkout),
    ("a/*/s/", Place::Checkout),
    ("a/*/*/", Place::Folder),
    ("home/vsts/work/*/s/", Place::Checkout),
    ("builds/*/*/", Place::Checkout),
    ("home/circleci/project/", Place::Checkout),
    ("home/travis/build/*/*/", Place::Checkout),
    ("opt/atlassian/pipelines/agent/build/", Place::Checkout),
    ("var/lib/jenkins/workspace/*/", Place::Checkout),
    ("home/jenkins/agent/workspace/*/", Place::Checkout),
    ("usr/src/app/", Place::Container),
    ("app/", Place::Folder),
];

/// Without a file list: below the report's only source root, where that leads into the repository.
pub(super) fn unchecked(rules: &PathRules<'_>, raw: &str) -> Resolved {
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

pub(super) fn with_prefixes(rules: &PathRules<'_>, raw: &str) -> Option<RepoPath> {
    let mut path = RepoPath::normalise(&decoded(raw))?;
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
    known_workspace(path).and_then(|workspace| path.get(workspace.path.len()..))
}

/// The known workspace that a path begins with.
pub(super) fn known_workspace(path: &str) -> Option<Workspace> {
    WORKSPACES.iter().find_map(|(pattern, place)| {
        let mut rest = path;
        for folder in pattern.split_terminator('/') {
            let (first, after) = rest.split_once('/')?;
            if folder != "*" && folder != first || first.is_empty() {
                return None;
            }
            rest = after;
        }
        let workspace = path.get(..path.len() - rest.len())?.to_owned();
        Some(Workspace { path: workspace, place: *place })
    })
}

/// A `file:` address without its host and its percent-encoding; everything else as it is.
pub(super) fn decoded(raw: &str) -> Cow<'_, str> {
    let Some(address) = raw.trim().strip_prefix("file:") else { return Cow::Borrowed(raw) };
    let address = match address.strip_prefix("//") {
        Some(with_host) => with_host.find('/').and_then(|at| with_host.get(at..)).unwrap_or(with_host),
        None => address,
    };
    Cow::Owned(percent_decoded(address))
}

pub(super) fn is_absolute(raw: &str) -> bool {
    let raw = raw.trim();
    let mut chars = raw.chars();
    raw.starts_with(['/', '\\'])
        || raw.starts_with("file:")
        || matches!((chars.next(), chars.next()), (Some(letter), Some(':')) if letter.is_ascii_alphabetic())
}

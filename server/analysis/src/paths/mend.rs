//! What would make an upload's paths match: the prefixes that most of those that did not match call for.

use std::collections::BTreeMap;

use plimsoll_model::RepoPath;

use super::form::{is_absolute, with_prefixes};
use super::{FileIndex, PathRules, is_foreign};

/// Paths that are looked at, at most.
const LOOKED_AT: usize = 2_000;

/// Files of one name that are looked at, at most.
const SAME_NAME: usize = 32;

/// Prefixes that would make paths match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mend {
    /// To be taken off the front; empty for none.
    pub strip_prefix: String,
    /// To be put before; empty for none.
    pub add_prefix: String,
    /// How many of the paths would be a file of the list.
    pub paths: usize,
}

/// A report's path in the repository's form, below the report's only source root if that is absolute, with no prefix
/// taken off or put before: what other prefixes would be applied to.
pub fn without_prefixes(rules: &PathRules<'_>, raw: &str) -> Option<RepoPath> {
    let none = PathRules::default();
    match rules.source_roots {
        [root] if !is_absolute(raw) && is_absolute(root) => with_prefixes(&none, &format!("{root}/{raw}")),
        _ => with_prefixes(&none, raw),
    }
}

/// Whether the upload's own prefix stands before a path, and is taken off.
pub fn is_stripped(rules: &PathRules<'_>, raw: &str) -> bool {
    let Some(prefix) = rules.strip_prefix.and_then(RepoPath::normalise) else { return false };
    without_prefixes(rules, raw).is_some_and(|path| {
        path.as_str().strip_prefix(prefix.as_str()).is_some_and(|rest| rest.starts_with('/'))
    })
}

/// The prefixes with which most of these paths would be files of the list; `None` where no pair is better than every
/// other one, and where one path has but a file's name to go by.
pub fn mend(index: &FileIndex, paths: &[RepoPath]) -> Option<Mend> {
    let mut votes: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let own = || paths.iter().map(RepoPath::as_str).filter(|path| !is_foreign(path));
    for path in own().take(LOOKED_AT) {
        let files = index.of_the_same_name(path, SAME_NAME);
        let all: Vec<Difference<'_>> =
            files.iter().filter_map(|file| difference(path, index.file(*file)?)).collect();
        let longest = all.iter().map(|difference| difference.shared).max().unwrap_or_default();
        // Two files cannot differ from one path in the same way.
        for Difference { before, missing, .. } in all.iter().filter(|difference| difference.shared == longest)
        {
            *votes.entry((*before, *missing)).or_default() += 1;
        }
    }
    let most = votes.values().copied().max()?;
    let mut best = votes.iter().filter(|(_, votes)| **votes == most).map(|(pair, _)| *pair);
    let (strip_prefix, add_prefix) = best.next().filter(|_| best.next().is_none())?;
    let rules = PathRules {
        strip_prefix: Some(strip_prefix).filter(|prefix| !prefix.is_empty()),
        add_prefix: Some(add_prefix).filter(|prefix| !prefix.is_empty()),
        ..PathRules::default()
    };
    let reach =
        |path: &&str| with_prefixes(&rules, path).is_some_and(|path| index.find(path.as_str()).is_some());
    let mended = own().filter(reach).count();
    Some(Mend { strip_prefix: strip_prefix.to_owned(), add_prefix: add_prefix.to_owned(), paths: mended })
}

/// How a path and a file differ that end alike.
struct Difference<'a> {
    /// What the path has before the part that it shares with the file; without the slash.
    before: &'a str,
    /// What the file has there.
    missing: &'a str,
    /// How many folders they share.
    shared: usize,
}

/// `None` where a path with folders shares nothing but the name.
fn difference<'a>(path: &'a str, file: &'a str) -> Option<Difference<'a>> {
    let (mut before, mut missing) = (parent(path), parent(file));
    let mut shared = 0;
    while let (Some((above, last)), Some((file_above, file_last))) = (cut(before), cut(missing)) {
        if last != file_last {
            break;
        }
        (before, missing) = (above, file_above);
        shared += 1;
    }
    let is_name_only = shared == 0 && !before.is_empty();
    (!is_name_only && before != missing).then_some(Difference { before, missing, shared })
}

fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// A folder's path as what is before its last part, and that.
fn cut(folder: &str) -> Option<(&str, &str)> {
    if folder.is_empty() { None } else { Some(folder.rsplit_once('/').unwrap_or(("", folder))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(paths: &[&str], expect: Option<(&str, &str, usize)>) {
        let index = FileIndex::new([
            "README.md",
            "services/cart/src/app.py",
            "services/cart/src/price.py",
            "services/stock/src/app.py",
            "docs/README.md",
        ]);
        let paths: Vec<RepoPath> = paths.iter().map(|path| RepoPath::normalise(path).unwrap()).collect();
        let found = mend(&index, &paths);
        let found =
            found.as_ref().map(|mend| (mend.strip_prefix.as_str(), mend.add_prefix.as_str(), mend.paths));
        assert_eq!(found, expect);
    }

    #[test]
    fn the_prefixes_that_most_paths_call_for_are_named() {
        check(
            &["/srv/src/app.py", "/srv/src/price.py", "/srv/src/made.py"],
            Some(("srv", "services/cart", 2)),
        );
        check(&["src/price.py"], Some(("", "services/cart", 1)));
        check(&["/x/y/services/stock/src/app.py"], Some(("x/y", "", 1)));
    }

    #[test]
    fn two_that_are_as_good_are_no_answer() {
        check(&["src/app.py"], None);
        check(&["/srv/README.md"], None);
        check(&["/srv/gone.py"], None);
        check(&["other/price.py"], None);
        check(&["node_modules/x/src/price.py"], None);
        check(&[], None);
    }
}

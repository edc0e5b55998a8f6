//! From the paths that a report writes to the files of the repository.
//!
//! Reports write paths as their tool saw them: absolute in the CI system's workspace or in a container, with drives and
//! backslashes, as `file:` URLs, or relative to a source root. With the repository's file list at hand, each of them is
//! matched to one file, or reported as unmatched or ambiguous; it is never guessed. The rules, in this order:
//!
//! 1. The upload's own prefixes: one is taken off the front, one put before.
//! 2. The report's source roots stand before a relative path: the only one, where it is absolute; of several, or of
//!    relative ones, that with which exactly one file results.
//! 3. The **workspace** is what stands before the repository's own path (`/home/runner/work/shop/shop/`). It is known by
//!    its form, or by the paths that only one file of the repository can be: each of them votes for the workspace that
//!    it shows. A path in the workspace is the file that the rest of it names; where the workspace is a container's
//!    (`/app/`), which may hold one part of the repository only, other paths must show that it holds the whole.
//! 4. Where the rest names no file, the end of a file's path may be meant: what is missing before it is a **source
//!    root** (`src/main/java/`). It votes in the same way, and a path that several files end with is the one below the
//!    only source root that at least two others show.
//! 5. What contradicts the votes is not matched: a path that would need a source root of its own, where others lie in the
//!    workspace as they stand, is a file that the list does not have (one that the build made, say). So is a path in a
//!    folder of foreign code (`node_modules`).

use std::collections::BTreeSet;

use plimsoll_model::RepoPath;

mod form;
mod index;
mod mend;
mod votes;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod truth;

pub use index::FileIndex;
pub use mend::{Mend, is_stripped, mend, without_prefixes};

use form::{decoded, is_absolute, known_workspace, with_prefixes};
use index::ends_with;
use votes::{Asked, Votes};

/// Folders of code that is not the repository's own.
const FOREIGN: [&str; 7] =
    ["node_modules", "site-packages", "dist-packages", ".venv", "venv", "bower_components", ".cargo"];

/// What a path of a report is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolved {
    /// The file at this place of the file list.
    File(u32),
    /// Several files could be meant; the path in the repository's form.
    Ambiguous(RepoPath),
    /// The file list has no such file; the path in the repository's form.
    Unmatched(RepoPath),
    /// It lies outside the repository, as far as can be seen: in foreign code, or in no workspace that any other path
    /// shows. The path in the repository's form.
    Outside(RepoPath),
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

/// Resolves all paths of an upload together, in their order. Without an index they are only brought into form.
pub fn resolve_paths(index: Option<&FileIndex>, rules: &PathRules<'_>, raws: &[&str]) -> Vec<Resolved> {
    let Some(index) = index else {
        return raws.iter().map(|raw| form::unchecked(rules, raw)).collect();
    };
    let asked: Vec<Result<Asked, Resolved>> = raws.iter().map(|raw| ask(index, rules, raw)).collect();
    let mut votes = Votes::default();
    for asked in asked.iter().flatten() {
        votes.hear_workspace(index, asked);
    }
    for asked in asked.iter().flatten() {
        votes.hear_root(index, asked);
    }
    let poll = votes.count();
    asked
        .into_iter()
        .map(|asked| asked.map_or_else(|done| done, |asked| poll.resolve(index, asked)))
        .collect()
}

/// Brings a path into form; those that the report itself or its upload settle are done.
fn ask(index: &FileIndex, rules: &PathRules<'_>, raw: &str) -> Result<Asked, Resolved> {
    if !is_absolute(raw) {
        if let [root] = rules.source_roots
            && is_absolute(root)
        {
            return ask_plainly(index, rules, &format!("{root}/{raw}"));
        }
        let below = |root: &String| below_source_root(index, rules, root, raw);
        let below: BTreeSet<u32> = rules.source_roots.iter().filter_map(below).collect();
        if let (1, Some(&file)) = (below.len(), below.first()) {
            return Err(Resolved::File(file));
        }
    }
    ask_plainly(index, rules, raw)
}

fn ask_plainly(index: &FileIndex, rules: &PathRules<'_>, raw: &str) -> Result<Asked, Resolved> {
    let Some(path) = with_prefixes(rules, raw) else { return Err(Resolved::Empty) };
    if is_foreign(path.as_str()) && index.find(path.as_str()).is_none() {
        return Err(Resolved::Outside(path));
    }
    // What is left after a prefix was taken off begins at the repository, or at what the other prefix says.
    let is_changed = RepoPath::normalise(&decoded(raw)).as_ref() != Some(&path);
    let is_absolute = is_absolute(raw) && !is_changed;
    let known = known_workspace(path.as_str()).filter(|_| is_absolute);
    // `../shared/cart.ts` begins above a folder that nobody names.
    let begins_above = !is_changed && raw.trim_start().starts_with("..");
    Ok(Asked { path, is_absolute, begins_above, known })
}

/// Whether a path is in a folder of code that is not the repository's own.
fn is_foreign(path: &str) -> bool {
    path.split('/').any(|part| FOREIGN.contains(&part))
}

/// The file below one of several source roots, or below a relative one. A file that is not longer than the path lies above
/// the source root.
fn below_source_root(index: &FileIndex, rules: &PathRules<'_>, root: &str, raw: &str) -> Option<u32> {
    let joined = with_prefixes(rules, &format!("{root}/{raw}"))?;
    let path = RepoPath::normalise(raw)?;
    let is_below = |at: &u32| {
        index.file(*at).is_some_and(|file| file.len() > path.as_str().len() && ends_with(file, path.as_str()))
    };
    if let Some(file) = index.find(joined.as_str()) {
        return Some(file);
    }
    index.inside(joined.as_str()).first().copied().filter(|at| is_absolute(root) && is_below(at))
}

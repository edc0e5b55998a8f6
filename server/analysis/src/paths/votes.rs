//! What the paths of an upload say together about where its files lie.

use std::collections::BTreeMap;

use plimsoll_model::RepoPath;

use super::form::{Place, Workspace};
use super::{FileIndex, Resolved};

/// Votes that establish a workspace or a source root against a path that speaks for another.
const ESTABLISHED: u32 = 2;

/// A source root with a smaller share of the best one's votes than one in so many is chance: a file that the list does
/// not have, and that another folder has.
const CHANCE: u32 = 20;

/// Maven and Gradle keep the languages of one source set beside each other.
const JVM: [&str; 4] = ["java", "kotlin", "scala", "groovy"];

/// One path before it is resolved.
pub(super) struct Asked {
    pub path: RepoPath,
    pub is_absolute: bool,
    pub begins_above: bool,
    /// The workspace that its form shows.
    pub known: Option<Workspace>,
}

impl Asked {
    /// It may lie at the repository's root although it is absolute.
    fn is_vague(&self) -> bool {
        self.known.as_ref().is_some_and(|known| known.place == Place::Folder)
    }

    fn known_path(&self) -> Option<&str> {
        self.known.as_ref().map(|known| known.path.as_str())
    }
}

/// What the paths of an upload that can be one file only show: how many of them each workspace, and below a workspace
/// each source root, has.
#[derive(Default)]
pub(super) struct Votes {
    workspaces: BTreeMap<String, u32>,
    roots: BTreeMap<String, BTreeMap<String, u32>>,
}

impl Votes {
    /// A path that only one file can be says what stands before that file. A name alone says nothing: it may be the
    /// same by chance.
    pub(super) fn hear_workspace(&mut self, index: &FileIndex, asked: &Asked) {
        let path = asked.path.as_str();
        let inside = index.inside(path);
        let [file] = inside.as_slice() else { return };
        let file = index.file(*file).unwrap_or_default();
        let is_own = file == path && !asked.is_absolute;
        if is_own && (asked.begins_above || index.only_ending_with(path).is_none()) {
            return;
        }
        if let Some(workspace) = path.strip_suffix(file).filter(|_| file.contains('/')) {
            *self.workspaces.entry(workspace.to_owned()).or_default() += 1;
        }
    }

    /// The same for what is missing before a path.
    pub(super) fn hear_root(&mut self, index: &FileIndex, asked: &Asked) {
        let Some(workspace) = workspace(&self.workspaces, asked) else { return };
        let Some(rest) = asked.path.as_str().strip_prefix(workspace) else { return };
        let Some(file) = index.only_ending_with(rest).and_then(|file| index.file(file)) else { return };
        if let Some(root) = file.strip_suffix(rest) {
            if !self.roots.contains_key(workspace) {
                self.roots.insert(workspace.to_owned(), BTreeMap::new());
            }
            if let Some(roots) = self.roots.get_mut(workspace) {
                *roots.entry(root.to_owned()).or_default() += 1;
            }
        }
    }

    /// Closes the vote.
    pub(super) fn count(self) -> Poll {
        let roots = self.roots.into_iter().map(|(workspace, roots)| (workspace, Roots::new(roots))).collect();
        Poll { workspaces: self.workspaces, roots }
    }
}

/// The workspace of a path: of those that are known or shown by others, the one with the most votes. `None` where two are
/// as good as each other, or there is none.
fn workspace<'a>(workspaces: &BTreeMap<String, u32>, asked: &'a Asked) -> Option<&'a str> {
    let path = asked.path.as_str();
    let mut candidates: Vec<(&str, u32)> = Vec::new();
    // Each beginning of the path that ends at a folder.
    let ends = std::iter::once(0).chain(path.match_indices('/').map(|(at, _)| at + 1));
    for workspace in ends.filter_map(|end| path.get(..end)) {
        let votes = workspaces.get(workspace).copied().unwrap_or_default();
        let may_be_at_root = workspace.is_empty() && (!asked.is_absolute || asked.is_vague());
        if votes > 0 || may_be_at_root || asked.known_path() == Some(workspace) {
            candidates.push((workspace, votes));
        }
    }
    let most = candidates.iter().map(|(_, votes)| *votes).max()?;
    candidates.retain(|(_, votes)| *votes == most);
    match candidates.as_slice() {
        [(only, _)] => Some(only),
        // Nothing was voted for: a relative path stands as it is, and a form that leaves no doubt is proof enough.
        _ if most == 0 && !asked.is_absolute => Some(""),
        // Nobody shows anything: the folder is one of those that containers are built in.
        _ if workspaces.is_empty() => asked.known_path(),
        _ if !asked.is_vague() => {
            asked.known_path().filter(|known| candidates.iter().any(|(workspace, _)| workspace == known))
        }
        _ => None,
    }
}

/// The votes, counted.
pub(super) struct Poll {
    workspaces: BTreeMap<String, u32>,
    roots: BTreeMap<String, Roots>,
}

/// The source roots below one workspace.
#[derive(Default)]
struct Roots {
    votes: BTreeMap<String, u32>,
    /// The most that one has.
    top: u32,
    /// The most that an established one has.
    established_top: u32,
    /// The only one that is more than chance.
    only: Option<String>,
    /// The last folders of the established ones, with how many have it.
    last_folders: BTreeMap<String, u32>,
}

impl Roots {
    fn new(votes: BTreeMap<String, u32>) -> Self {
        let top = votes.values().copied().max().unwrap_or_default();
        let mut last_folders: BTreeMap<String, u32> = BTreeMap::new();
        let established = || votes.iter().filter(|(_, votes)| **votes >= ESTABLISHED);
        for last in established().filter_map(|(root, _)| last_folder(root)) {
            *last_folders.entry(last.to_owned()).or_default() += 1;
        }
        let established_top = established().map(|(_, votes)| *votes).max().unwrap_or_default();
        let mut shown = votes.iter().filter(|(_, votes)| **votes > top / CHANCE);
        let only = match (shown.next(), shown.next()) {
            (Some((root, votes)), None) if !root.is_empty() && *votes >= ESTABLISHED => Some(root.clone()),
            _ => None,
        };
        Self { votes, top, established_top, only, last_folders }
    }

    fn of(&self, root: &str) -> u32 {
        self.votes.get(root).copied().unwrap_or_default()
    }

    /// Whether the workspace holds the whole repository: paths in it are files as they stand.
    fn show_the_whole(&self) -> bool {
        self.of("") > self.top / CHANCE
    }

    /// Whether a source root is one, judged by the upload's other paths: they show it, too, or none of them shows anything
    /// else, or those that they show end in the same folder (`…/src/main/java/`).
    fn are_with(&self, root: &str) -> bool {
        if self.of("") > 0 {
            return false;
        }
        let own = self.of(root);
        let is_like = || {
            let last = last_folder(root)?;
            let others = self.last_folders.get(last)?;
            Some(*others > u32::from(own >= ESTABLISHED))
        };
        self.established_top == 0
            || (own >= ESTABLISHED && own >= self.established_top / CHANCE)
            || is_like().unwrap_or_default()
    }
}

/// The last folder of a source root that has several; one name for all languages of the JVM.
fn last_folder(root: &str) -> Option<&str> {
    let (_, last) = root.trim_end_matches('/').rsplit_once('/')?;
    Some(if JVM.contains(&last) { "java" } else { last })
}

impl Poll {
    fn of_workspace(&self, workspace: &str) -> u32 {
        self.workspaces.get(workspace).copied().unwrap_or_default()
    }

    pub(super) fn resolve(&self, index: &FileIndex, asked: Asked) -> Resolved {
        let Some(workspace) = workspace(&self.workspaces, &asked) else {
            return match index.inside(asked.path.as_str()).as_slice() {
                [] | [_] => Resolved::Outside(asked.path),
                _ => Resolved::Ambiguous(asked.path),
            };
        };
        let votes = self.of_workspace(workspace);
        let is_sure = asked.known_path() == Some(workspace) && !asked.is_vague();
        if asked.is_vague() && votes == 0 && index.inside(asked.path.as_str()).len() > 1 {
            return Resolved::Ambiguous(asked.path);
        }
        // One path alone that shows a workspace of its own, beside others that agree on another one, lies elsewhere.
        let is_lone = asked.is_absolute && !is_sure && votes < ESTABLISHED;
        if is_lone && self.workspaces.iter().any(|(other, votes)| other != workspace && *votes >= ESTABLISHED)
        {
            return Resolved::Outside(asked.path);
        }
        let Some(rest) = asked.path.as_str().strip_prefix(workspace).and_then(RepoPath::normalise) else {
            return Resolved::Unmatched(asked.path);
        };
        let none = Roots::default();
        let roots = self.roots.get(workspace).unwrap_or(&none);
        // A container or a folder of unknown kind may hold one part of the repository only.
        let is_checkout = asked
            .known
            .as_ref()
            .is_some_and(|known| known.path == workspace && known.place == Place::Checkout);
        let may_be_part = asked.begins_above || (asked.is_absolute && !is_checkout);
        in_workspace(index, rest, roots, may_be_part && !roots.show_the_whole())
    }
}

/// The file that the rest of a path names. `may_be_part`: nothing says that the rest begins at the repository's root.
fn in_workspace(index: &FileIndex, rest: RepoPath, roots: &Roots, may_be_part: bool) -> Resolved {
    let files = index.ending_with(rest.as_str());
    let below = |root: &str| index.find(&format!("{root}{rest}"));
    let only_root = roots.only.as_deref();
    match (index.find(rest.as_str()), files.as_slice()) {
        (_, []) => Resolved::Unmatched(rest),
        // All others lie below one folder, and so may this one: the file at the top is another one.
        (Some(_), [_, _, ..]) if only_root.is_some() || may_be_part => {
            only_root.and_then(below).map_or(Resolved::Ambiguous(rest), Resolved::File)
        }
        (Some(file), _) => Resolved::File(file),
        (None, [file]) => {
            let file_path = index.file(*file).unwrap_or_default();
            let root = file_path.strip_suffix(rest.as_str()).unwrap_or_default();
            if roots.are_with(root) { Resolved::File(*file) } else { Resolved::Unmatched(rest) }
        }
        (None, _) => only_root.and_then(below).map_or(Resolved::Ambiguous(rest), Resolved::File),
    }
}

//! The repository's files, found by the end of their path.

use std::collections::HashMap;

/// Endings of files that hold tests which are named by a class or a module.
const CLASS_ENDINGS: [&str; 13] =
    ["java", "kt", "scala", "groovy", "py", "cs", "fs", "vb", "ts", "tsx", "js", "jsx", "php"];

/// The files of the repository, to be searched by the end of their path.
#[derive(Debug, Default)]
pub struct FileIndex {
    files: Vec<Box<str>>,
    by_path: HashMap<Box<str>, u32>,
    by_name: HashMap<Box<str>, Vec<u32>>,
    /// By the folder's own name and the file's: a monorepo has hundreds of files of one name.
    by_tail: HashMap<Box<str>, Vec<u32>>,
    /// Files of classes by their path's last folder and name without the ending, and by that name alone.
    by_stem: HashMap<Box<str>, Vec<u32>>,
    /// Go's test files by their folder: a package is named, not a file.
    go_tests: HashMap<Box<str>, Vec<u32>>,
}

impl FileIndex {
    /// An index over files in the repository's form.
    pub fn new<'a>(files: impl IntoIterator<Item = &'a str>) -> Self {
        let mut index = Self::default();
        for (at, file) in (0_u32..).zip(files) {
            index.by_path.entry(file.into()).or_insert(at);
            index.by_name.entry(file_name(file).into()).or_default().push(at);
            if let Some(tail) = tail(file) {
                index.by_tail.entry(tail.into()).or_default().push(at);
            }
            if let Some((stem, ending)) = file.rsplit_once('.')
                && CLASS_ENDINGS.contains(&ending)
            {
                index.by_stem.entry(file_name(stem).into()).or_default().push(at);
                if let Some(tail) = tail(stem) {
                    index.by_stem.entry(tail.into()).or_default().push(at);
                }
            }
            if file.ends_with("_test.go") {
                let folder = file.rsplit_once('/').map_or("", |(folder, _)| folder);
                index.go_tests.entry(folder.into()).or_default().push(at);
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
        self.by_path.get(path).copied()
    }

    /// All files whose path ends with this one.
    pub fn ending_with(&self, path: &str) -> Vec<u32> {
        self.like(path).filter(|at| self.file(*at).is_some_and(|file| ends_with(file, path))).collect()
    }

    /// The one file whose path ends with this one.
    pub fn only_ending_with(&self, path: &str) -> Option<u32> {
        let mut found = self.like(path).filter(|at| self.file(*at).is_some_and(|file| ends_with(file, path)));
        found.next().filter(|_| found.next().is_none())
    }

    /// All files of classes whose path without its ending ends with this one.
    pub fn of_class(&self, stem: &str) -> Vec<u32> {
        let found = self.by_stem.get(tail(stem).unwrap_or(stem));
        let is_of = |at: &&u32| {
            let path = self.file(**at).and_then(|file| file.rsplit_once('.'));
            path.is_some_and(|(path, _)| ends_with(path, stem))
        };
        found.into_iter().flatten().filter(is_of).copied().collect()
    }

    /// The test files of a Go package in this folder.
    pub fn go_tests(&self, folder: &str) -> &[u32] {
        self.go_tests.get(folder).map(Vec::as_slice).unwrap_or_default()
    }

    /// Files of the same name, at most so many.
    pub(super) fn of_the_same_name(&self, path: &str, most: usize) -> Vec<u32> {
        self.by_name.get(file_name(path)).into_iter().flatten().copied().take(most).collect()
    }

    /// The files that a path may have meant, at most so many: those that end with it and those that it ends with; where
    /// there are none, those of the same name. And how many there are.
    pub fn candidates(&self, path: &str, most: usize) -> (Vec<u32>, usize) {
        let mut found = self.ending_with(path);
        for file in self.inside(path) {
            if !found.contains(&file) {
                found.push(file);
            }
        }
        if found.is_empty() {
            found = self.of_the_same_name(path, usize::MAX);
        }
        let all = found.len();
        found.truncate(most);
        (found, all)
    }

    /// All files that this path ends with, the longest first.
    pub(super) fn inside(&self, path: &str) -> Vec<u32> {
        let starts = std::iter::once(0).chain(path.match_indices('/').map(|(at, _)| at + 1));
        starts.filter_map(|start| self.find(path.get(start..)?)).collect()
    }

    /// Files that may end with a path.
    fn like(&self, path: &str) -> impl Iterator<Item = u32> + '_ {
        let found = match tail(path) {
            Some(tail) => self.by_tail.get(tail),
            None => self.by_name.get(file_name(path)),
        };
        found.into_iter().flatten().copied()
    }
}

/// The last folder's name and the file's; `None` for a name alone.
fn tail(path: &str) -> Option<&str> {
    let (folder, _) = path.rsplit_once('/')?;
    path.get(folder.rfind('/').map_or(0, |at| at + 1)..)
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Whether a path ends with another one, folder by folder.
pub(super) fn ends_with(path: &str, end: &str) -> bool {
    path.strip_suffix(end).is_some_and(|before| before.is_empty() || before.ends_with('/'))
}

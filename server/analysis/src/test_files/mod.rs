//! Which file holds a test whose report names none.

use std::collections::{BTreeMap, BTreeSet};

use crate::paths::FileIndex;

#[cfg(test)]
mod tests;

/// Tests that show a source root before it decides between several files.
const ESTABLISHED: u32 = 2;

/// A source root with a smaller share of the best one's votes than one in so many is chance.
const CHANCE: u32 = 20;

/// Go's files are told by their package.
const GO: &str = "go";

/// What a report says of a test; each may be empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TestNames<'a> {
    /// The suite.
    pub suite: &'a str,
    /// The class, or what stands in its place.
    pub class: &'a str,
    /// The test's own name.
    pub name: &'a str,
}

/// The files of the tests of one report, by the conventions of the languages. Never guessed: where several files could
/// hold a test, the report's other tests must show one and only one folder that its classes are below.
///
/// * A class or suite that is a path (`src/cart.test.ts`, also with a title after ` > `): that file. JavaScript.
/// * A dotted class (`org.shop.CartTest`, `tests.test_cart.TestCart`, `Shop.Tests.CartTests+Inner`): the file of the Java,
///   Kotlin, Scala, Groovy, Python or .NET class; a module before its classes in Python.
/// * A namespace, with backslashes or dots (`Shop\Tests\CartTest`): the PHP file below whatever folder stands for the
///   namespace's first parts.
/// * .NET namespaces and folders agree only in part, and Kotlin leaves out the packages that all files share: there the
///   only test file that bears the class's own name.
/// * A Go package: the package's test file, where it has one only.
/// * A Rust module path (`cart::tests::adds`, in the crate `shop-core` or the binary `shop-core::smoke`): the module's
///   file, or the binary's.
pub fn test_files(index: &FileIndex, tests: &[TestNames<'_>]) -> Vec<Option<u32>> {
    let guesses: Vec<Guess> = tests.iter().map(|test| guess(index, test)).collect();
    let mut roots = Roots::default();
    guesses.iter().for_each(|guess| roots.hear(guess));
    let only = roots.count();
    guesses.into_iter().map(|guess| guess.decide(&only)).collect()
}

/// A file that may be meant, and what its path has before the part that the test names; for Go, what the package has
/// before the folder. `file` is `None` where a Go package has several test files.
struct Candidate {
    file: Option<u32>,
    root: String,
    language: String,
}

/// What may be meant.
#[derive(Default)]
struct Guess {
    candidates: Vec<Candidate>,
    /// The Go package of the repository's root: any package may be that, so it counts only where it is shown to be.
    go_root: Option<Candidate>,
}

/// How often the tests of a language that can be in one file only show a source root.
#[derive(Default)]
struct Roots(BTreeMap<String, BTreeMap<String, u32>>);

impl Roots {
    fn hear(&mut self, guess: &Guess) {
        if let [only] = guess.candidates.as_slice() {
            let roots = self.0.entry(only.language.clone()).or_default();
            *roots.entry(only.root.clone()).or_default() += 1;
        }
    }

    /// The languages and their only root that is more than chance.
    fn count(self) -> BTreeSet<(String, String)> {
        let only = |(language, roots): (String, BTreeMap<String, u32>)| {
            let top = roots.values().copied().max().unwrap_or_default();
            let mut shown = roots.into_iter().filter(|(_, votes)| *votes > top / CHANCE);
            match (shown.next(), shown.next()) {
                (Some((root, votes)), None) if votes >= ESTABLISHED => Some((language, root)),
                _ => None,
            }
        };
        self.0.into_iter().filter_map(only).collect()
    }
}

impl Guess {
    fn decide(self, only: &BTreeSet<(String, String)>) -> Option<u32> {
        let is_shown = |candidate: &&Candidate| {
            only.iter().any(|(language, root)| *language == candidate.language && *root == candidate.root)
        };
        if let Some(root) = self.go_root.as_ref().filter(is_shown) {
            return root.file;
        }
        match self.candidates.as_slice() {
            // All packages of a Go module begin alike.
            [one] if one.language == GO && only.iter().any(|(language, _)| language == GO) => {
                Some(one).filter(is_shown)?.file
            }
            [one] => one.file,
            several => {
                let mut shown = several.iter().filter(is_shown);
                shown.next().filter(|_| shown.next().is_none())?.file
            }
        }
    }

    fn settled(file: u32) -> Self {
        let candidate = Candidate { file: Some(file), root: String::new(), language: String::new() };
        Self { candidates: vec![candidate], go_root: None }
    }

    /// Files whose path, or path without its ending, ends with `key`.
    fn of(index: &FileIndex, files: Vec<u32>, key: &str) -> Self {
        let candidate = |at: u32| {
            let file = index.file(at)?;
            let (stem, language) = file.rsplit_once('.').unwrap_or((file, ""));
            let root = file.strip_suffix(key).or_else(|| stem.strip_suffix(key))?.to_owned();
            Some(Candidate { file: Some(at), root, language: language.to_owned() })
        };
        Self { candidates: files.into_iter().filter_map(candidate).collect(), go_root: None }
    }

    fn is_some(&self) -> bool {
        !self.candidates.is_empty() || self.go_root.is_some()
    }
}

fn guess(index: &FileIndex, test: &TestNames<'_>) -> Guess {
    let texts = [test.class, test.suite];
    for text in texts.into_iter().filter(|text| !text.is_empty()) {
        for convention in [by_path, by_php, by_dots] {
            let guess = convention(index, text);
            if guess.is_some() {
                return guess;
            }
        }
    }
    for text in texts {
        let guess = by_go_package(index, text);
        if guess.is_some() {
            return guess;
        }
    }
    let rust = texts.into_iter().find_map(|krate| by_rust_module(index, krate, test.name));
    rust.map(Guess::settled).unwrap_or_default()
}

fn by_path(index: &FileIndex, text: &str) -> Guess {
    // A title may go on after the path: `src/cart.test.ts > adds`.
    let path = text.split(" > ").next().unwrap_or(text).trim();
    let has_ending = path.rsplit('/').next().is_some_and(|name| name.contains('.'));
    if !has_ending || path.contains([' ', '\\']) {
        return Guess::default();
    }
    let path = path.strip_prefix("./").unwrap_or(path);
    Guess::of(index, index.ending_with(path), path)
}

fn by_dots(index: &FileIndex, text: &str) -> Guess {
    // Inner classes, parameters and generic arguments come after the class. Words are a title and no class.
    let class = text.split(['$', '+', '`', '[', '(']).next().unwrap_or_default().trim();
    if class.contains([' ', '/', '\\', ':']) {
        return Guess::default();
    }
    let parts: Vec<&str> = class.split('.').filter(|part| !part.is_empty()).collect();
    // Python reports write the module and then the class in it, so the file may end before the last part.
    for length in (parts.len().min(2)..=parts.len()).rev() {
        let stem = parts.get(..length).unwrap_or_default().join("/");
        let mut files = if stem.is_empty() { Vec::new() } else { index.of_class(&stem) };
        if parts.len() == 1 {
            // A name alone is less than a class: a title or a package may be called like any file.
            files.retain(|at| index.file(*at).is_some_and(looks_like_a_test));
        }
        if !files.is_empty() {
            return Guess::of(index, files, &stem);
        }
    }
    let [_, .., last] = parts.as_slice() else { return Guess::default() };
    // PHPUnit writes namespaces with dots, and autoloading maps their first parts to a folder of another name.
    let guess = by_namespace(index, &parts);
    if guess.is_some() {
        return guess;
    }
    let is_test = |at: &u32| {
        index.file(*at).is_some_and(|file| {
            let ending = file.rsplit('.').next().unwrap_or_default();
            ["cs", "fs", "vb", "kt"].contains(&ending) && looks_like_a_test(file)
        })
    };
    let files: Vec<u32> = index.of_class(last).into_iter().filter(is_test).collect();
    // No folder of theirs says anything: only one that is alone is meant.
    if let [only] = files.as_slice() { Guess::settled(*only) } else { Guess::default() }
}

/// Whether a file or a folder above it says that it is about tests.
fn looks_like_a_test(file: &str) -> bool {
    let file = file.to_ascii_lowercase();
    file.contains("test") || file.contains("spec")
}

fn by_php(index: &FileIndex, text: &str) -> Guess {
    if !text.contains('\\') {
        return Guess::default();
    }
    let class = text.split("::").next().unwrap_or_default();
    let parts: Vec<&str> = class.split('\\').filter(|part| !part.is_empty()).collect();
    by_namespace(index, &parts)
}

/// PHP files whose path ends as the namespace does, by as many parts as possible; by the class alone where its file is
/// one of tests.
fn by_namespace(index: &FileIndex, parts: &[&str]) -> Guess {
    for from in 0..parts.len() {
        let stem = parts.get(from..).unwrap_or_default().join("/");
        let is_alone = from + 1 == parts.len();
        let is_php = |at: &u32| {
            let file = index.file(*at).unwrap_or_default();
            file.ends_with(".php") && (!is_alone || looks_like_a_test(file))
        };
        let files: Vec<u32> = index.of_class(&stem).into_iter().filter(is_php).collect();
        if !files.is_empty() {
            return Guess::of(index, files, &stem);
        }
    }
    Guess::default()
}

/// Folders with Go tests that a package ends with. What stands before is the module's name, which all packages share; one
/// that is the module's name is in the repository's root.
fn by_go_package(index: &FileIndex, package: &str) -> Guess {
    if !package.contains('/') || package.contains([' ', ':', '\\']) {
        return Guess::default();
    }
    let starts = std::iter::once(0).chain(package.match_indices('/').map(|(at, _)| at + 1));
    let candidate = |start: usize| {
        let (root, folder) = (package.get(..start)?, package.get(start..)?);
        let file = match index.go_tests(folder) {
            [] => return None,
            [only] => Some(*only),
            _ => None,
        };
        Some(Candidate { file, root: root.to_owned(), language: GO.to_owned() })
    };
    let go_root = match index.go_tests("") {
        [] => None,
        [only] => Some(Some(*only)),
        _ => Some(None),
    };
    let go_root =
        go_root.map(|file| Candidate { file, root: format!("{package}/"), language: GO.to_owned() });
    Guess { candidates: starts.filter_map(candidate).collect(), go_root }
}

fn by_rust_module(index: &FileIndex, krate: &str, name: &str) -> Option<u32> {
    if krate.is_empty() || krate.contains([' ', '.']) || !(krate.contains("::") || name.contains("::")) {
        return None;
    }
    let mut modules: Vec<&str> = name.split("::").collect();
    modules.pop()?;
    let (krate, target) = krate.split_once("::").unwrap_or((krate, ""));
    let folders = [krate.to_owned(), krate.replace('-', "_"), krate.replace('_', "-")];
    let in_crate = |path: &str| {
        let is_of = |at: &u32| {
            let file = index.file(*at).unwrap_or_default();
            // A crate's folder often bears only the last part of its name.
            file.split('/').any(|part| {
                folders.iter().any(|folder| {
                    folder == part
                        || folder.strip_suffix(part).is_some_and(|before| before.ends_with(['-', '_']))
                })
            })
        };
        let found: Vec<u32> = index.ending_with(path).into_iter().filter(is_of).collect();
        if let [one] = found.as_slice() { Some(*one) } else { None }
    };
    if let Some((kind, target)) = target.split_once('/') {
        let folder = match kind {
            "bin" => "src/bin",
            "example" => "examples",
            "bench" => "benches",
            _ => return None,
        };
        let own = in_crate(&format!("{folder}/{target}.rs"));
        return own.or_else(|| (kind == "bin").then(|| in_crate("src/main.rs")).flatten());
    }
    if !target.is_empty() {
        return in_crate(&format!("tests/{target}.rs"))
            .or_else(|| in_crate(&format!("tests/{target}/main.rs")));
    }
    loop {
        let stem = modules.join("/");
        let found = if stem.is_empty() {
            in_crate("src/lib.rs").or_else(|| in_crate("src/main.rs"))
        } else {
            in_crate(&format!("src/{stem}.rs")).or_else(|| in_crate(&format!("src/{stem}/mod.rs")))
        };
        if found.is_some() {
            return found;
        }
        modules.pop()?;
    }
}

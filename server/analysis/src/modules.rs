//! Which module a file belongs to, and which file a test.

use std::collections::BTreeSet;

use crate::paths::FileIndex;
use crate::settings::{ModuleSetting, Settings};

/// Names of files that make their folder a module.
const MANIFESTS: [&str; 16] = [
    "Cargo.toml",
    "package.json",
    "pyproject.toml",
    "setup.py",
    "go.mod",
    "pom.xml",
    "build.gradle",
    "build.gradle.kts",
    "build.sbt",
    "composer.json",
    "Gemfile",
    "mix.exs",
    "pubspec.yaml",
    "Package.swift",
    "CMakeLists.txt",
    "deno.json",
];

/// Endings of such names.
const MANIFEST_ENDINGS: [&str; 4] = [".csproj", ".fsproj", ".vbproj", ".gemspec"];

/// Folders whose manifests are material, not modules.
const NOT_MODULES: [&str; 6] =
    ["node_modules", "vendor", "third_party", "testdata", "fixtures", "__fixtures__"];

/// The root, as a module's path.
pub const ROOT: &str = ".";

/// The modules of a repository: those that its settings name, then the folders with a build manifest.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ModuleMap {
    declared: Vec<ModuleSetting>,
    folders: BTreeSet<Box<str>>,
}

impl ModuleMap {
    /// From the repository's files.
    pub fn from_files<'a>(files: impl IntoIterator<Item = &'a str>) -> Self {
        let mut folders = BTreeSet::new();
        for file in files {
            let (folder, name) = file.rsplit_once('/').unwrap_or(("", file));
            let is_manifest =
                MANIFESTS.contains(&name) || MANIFEST_ENDINGS.iter().any(|ending| name.ends_with(ending));
            if is_manifest && !folder.split('/').any(|part| NOT_MODULES.contains(&part)) {
                folders.insert(folder.into());
            }
        }
        Self { folders, ..Self::default() }
    }

    /// From the modules' own folders; the root need not be among them.
    pub fn from_folders<'a>(folders: impl IntoIterator<Item = &'a str>) -> Self {
        let folders = folders.into_iter().filter(|folder| *folder != ROOT).map(Box::from).collect();
        Self { folders, ..Self::default() }
    }

    /// With the modules that `plimsoll.toml` names, which come before all others.
    #[must_use]
    pub fn with_settings(self, settings: &Settings) -> Self {
        Self { declared: settings.modules.clone(), ..self }
    }

    /// The module that `plimsoll.toml` says a file belongs to: the first one with a pattern that fits.
    pub fn declared(&self, file: &str) -> Option<&str> {
        let fits = |module: &&ModuleSetting| module.paths.iter().any(|glob| glob.matches(file));
        self.declared.iter().find(fits).map(|module| module.name.as_str())
    }

    /// The module of a file: the one that the settings say, else the nearest folder above it that is one; [`ROOT`]
    /// where there is none.
    pub fn module_of<'a>(&'a self, file: &'a str) -> &'a str {
        if let Some(declared) = self.declared(file) {
            return declared;
        }
        let mut folder = parent(file);
        while !folder.is_empty() {
            if self.folders.contains(folder) {
                return folder;
            }
            folder = parent(folder);
        }
        ROOT
    }
}

/// The module of a file where there is no file list: its top folder.
pub fn module_without_list(file: &str) -> &str {
    file.split_once('/').map_or(ROOT, |(folder, _)| folder)
}

/// What a module is called: its folder's own name.
pub fn module_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The file that holds a test whose report names none: by the conventions of the languages, and only where exactly one
/// file fits.
///
/// * A class or suite that is a path (`src/cart.test.ts`): that file.
/// * A dotted class (`org.shop.CartTest`, `tests.test_cart.TestCart`): the file of the JVM, Python or .NET class.
/// * A class with backslashes (`Shop\Tests\CartTest`): the PHP file.
/// * A Go package: the package's test file, where it has one only.
/// * A Rust module path (`cart::tests::adds`, in the crate `shop-core`): the module's file.
pub fn test_file(index: &FileIndex, suite: &str, class: &str, name: &str) -> Option<u32> {
    [class, suite]
        .into_iter()
        .filter(|text| !text.is_empty())
        .find_map(|text| {
            by_path(index, text).or_else(|| by_php(index, text)).or_else(|| by_dots(index, text))
        })
        .or_else(|| [class, suite].into_iter().find_map(|text| by_go_package(index, text)))
        .or_else(|| [class, suite].into_iter().find_map(|krate| by_rust_module(index, krate, name)))
}

fn by_path(index: &FileIndex, text: &str) -> Option<u32> {
    // A title may go on after the path: `src/cart.test.ts > adds`.
    let path = text.split(" > ").next().unwrap_or(text).trim();
    let has_ending = path.rsplit('/').next()?.contains('.');
    let is_path = has_ending && !path.contains(' ') && !path.contains('\\');
    let path = path.strip_prefix("./").unwrap_or(path);
    if is_path { index.find(path).or_else(|| index.only_ending_with(path)) } else { None }
}

fn by_dots(index: &FileIndex, text: &str) -> Option<u32> {
    let class = text.split(['$', '[', '(', ' ']).next()?;
    let parts: Vec<&str> = class.split('.').filter(|part| !part.is_empty()).collect();
    // Python reports write the module and then the class in it, so the file may end before the last part.
    for length in (1..=parts.len()).rev() {
        let stem = parts.get(..length)?.join("/");
        for ending in ["java", "kt", "scala", "groovy", "py", "cs", "fs", "ts", "js"] {
            let path = format!("{stem}.{ending}");
            if (length > 1 || parts.len() == 1)
                && let Some(file) = index.find(&path).or_else(|| index.only_ending_with(&path))
            {
                return Some(file);
            }
        }
    }
    // .NET namespaces and folders agree only in part: the class's own name, where one file has it.
    let last = parts.last().filter(|_| parts.len() > 1)?;
    index.only_ending_with(&format!("{last}.cs"))
}

fn by_php(index: &FileIndex, text: &str) -> Option<u32> {
    let parts: Vec<&str> = text.split("::").next()?.split('\\').filter(|part| !part.is_empty()).collect();
    if parts.len() < 2 {
        return None;
    }
    // Autoloading maps the first parts of the namespace to a folder of another name.
    (0..parts.len()).find_map(|from| index.only_ending_with(&format!("{}.php", parts.get(from..)?.join("/"))))
}

fn by_go_package(index: &FileIndex, package: &str) -> Option<u32> {
    if !package.contains('/') || package.contains(' ') {
        return None;
    }
    let mut folder = package;
    loop {
        // A folder with test files is the package, be it one file or several.
        if let Some(only) = index.go_test_in(folder) {
            return only;
        }
        folder = folder.split_once('/')?.1;
    }
}

fn by_rust_module(index: &FileIndex, krate: &str, name: &str) -> Option<u32> {
    let mut modules: Vec<&str> = name.split("::").collect();
    modules.pop()?;
    if krate.is_empty() || krate.contains(' ') {
        return None;
    }
    let (krate, target) = krate.split_once("::").unwrap_or((krate, ""));
    let folders = [krate.to_owned(), krate.replace('-', "_"), krate.replace('_', "-")];
    let in_crate = |path: &str| {
        let found = index.ending_with(path).into_iter().filter(|at| {
            let file = index.file(*at).unwrap_or_default();
            // A crate's folder often bears only the last part of its name.
            file.split('/').any(|part| {
                folders.iter().any(|folder| folder == part || folder.ends_with(&format!("-{part}")))
            })
        });
        let found: Vec<u32> = found.collect();
        match found.as_slice() {
            [one] => Some(*one),
            _ => None,
        }
    };
    if !target.is_empty() {
        let found =
            in_crate(&format!("tests/{target}.rs")).or_else(|| in_crate(&format!("tests/{target}/main.rs")));
        return found;
    }
    loop {
        let stem = modules.join("/");
        let found = if stem.is_empty() {
            in_crate("src/lib.rs")
        } else {
            in_crate(&format!("src/{stem}.rs")).or_else(|| in_crate(&format!("src/{stem}/mod.rs")))
        };
        if found.is_some() {
            return found;
        }
        modules.pop()?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_belongs_to_the_nearest_manifest() {
        let files = [
            "package.json",
            "services/catalog/pyproject.toml",
            "services/catalog/vendor/lib/setup.py",
            "tool/Tool.csproj",
            "docs/guide.md",
        ];
        let map = ModuleMap::from_files(files);
        for (file, module) in [
            ("services/catalog/app/books.py", "services/catalog"),
            ("services/catalog/vendor/lib/a.py", "services/catalog"),
            ("services/search/rank.py", "."),
            ("tool/src/Main.cs", "tool"),
            ("docs/guide.md", "."),
            ("README.md", "."),
        ] {
            assert_eq!(map.module_of(file), module, "{file}");
        }
        assert_eq!(module_without_list("services/catalog/a.py"), "services");
        assert_eq!(module_without_list("a.py"), ".");
        assert_eq!(module_name("services/catalog"), "catalog");
    }

    #[test]
    fn a_test_is_in_the_file_that_its_names_say() {
        let index = FileIndex::new([
            "core/src/test/java/org/shop/CartTest.java",
            "services/catalog/tests/test_books.py",
            "services/search/tests/test_rank.py",
            "services/search/tests/conftest.py",
            "apps/web/src/cart.test.ts",
            "store/store_test.go",
            "two/a_test.go",
            "two/b_test.go",
            "crates/shop-core/src/cart.rs",
            "crates/shop-core/src/lib.rs",
            "crates/shop-core/tests/smoke.rs",
            "crates/other/src/cart.rs",
            "Shop.Tests/Carts/CartTests.cs",
            "tests/Unit/CartTest.php",
            "a/test_same.py",
            "b/test_same.py",
        ]);
        for (suite, class, name, expect) in [
            ("", "org.shop.CartTest", "adds", Some("core/src/test/java/org/shop/CartTest.java")),
            ("", "org.shop.CartTest$Inner", "adds", Some("core/src/test/java/org/shop/CartTest.java")),
            ("pytest", "tests.test_books.TestBooks", "test_x", Some("services/catalog/tests/test_books.py")),
            (
                "pytest",
                "services.search.tests.test_rank",
                "test_x",
                Some("services/search/tests/test_rank.py"),
            ),
            ("", "src/cart.test.ts", "adds", Some("apps/web/src/cart.test.ts")),
            ("apps/web/src/cart.test.ts", "cart adds", "adds", Some("apps/web/src/cart.test.ts")),
            ("github.com/shop/shop/store", "store", "TestX", Some("store/store_test.go")),
            ("github.com/shop/shop/two", "two", "TestX", None),
            ("shop-core", "shop-core", "cart::tests::adds", Some("crates/shop-core/src/cart.rs")),
            ("shop-core", "shop-core", "tests::adds", Some("crates/shop-core/src/lib.rs")),
            ("shop-core::smoke", "shop-core::smoke", "adds", Some("crates/shop-core/tests/smoke.rs")),
            ("", "Shop.Tests.Carts.CartTests", "Adds", Some("Shop.Tests/Carts/CartTests.cs")),
            ("", "Shop\\Tests\\Unit\\CartTest", "adds", Some("tests/Unit/CartTest.php")),
            ("", "test_same", "test_x", None),
            ("", "", "", None),
        ] {
            let found = test_file(&index, suite, class, name).and_then(|at| index.file(at));
            assert_eq!(found, expect, "{suite} {class} {name}");
        }
    }
}

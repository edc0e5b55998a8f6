//! Which module a file belongs to.

use std::collections::BTreeSet;

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
}

//! Small cases of each rule.

use plimsoll_model::RepoPath;

use super::{FileIndex, PathRules, Resolved, resolve_paths};

const FILES: [&str; 13] = [
    "README.md",
    "setup.py",
    "src/app.ts",
    "services/catalog/app/__init__.py",
    "services/catalog/app/books.py",
    "services/catalog/app/prices.py",
    "services/search/app/__init__.py",
    "services/search/app/rank.py",
    "services/search/app/sort.py",
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
        Resolved::Outside(path) => format!("outside {path}"),
        Resolved::Unchecked(path) => format!("unchecked {path}"),
        Resolved::Empty => "empty".to_owned(),
    }
}

#[track_caller]
fn check_with(rules: &PathRules<'_>, raws: &[&str], expect: &[&str]) {
    let index = FileIndex::new(FILES);
    let resolved: Vec<String> =
        resolve_paths(Some(&index), rules, raws).into_iter().map(|resolved| show(&index, resolved)).collect();
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
    let mixed = ["app/__init__.py", "app/books.py", "app/prices.py", "app/rank.py", "app/sort.py"];
    check(
        &mixed,
        &[
            "ambiguous app/__init__.py",
            "services/catalog/app/books.py",
            "services/catalog/app/prices.py",
            "services/search/app/rank.py",
            "services/search/app/sort.py",
        ],
    );
    // One alone may be a file that the build made, which another folder has by chance.
    let stray = ["app/books.py", "app/prices.py", "app/rank.py"];
    check(
        &stray,
        &["services/catalog/app/books.py", "services/catalog/app/prices.py", "unmatched app/rank.py"],
    );
}

#[test]
fn source_roots_and_prefixes_decide() {
    let source_roots = ["/home/ci/shop/services/search".to_owned()];
    let rules = PathRules { source_roots: &source_roots, ..PathRules::default() };
    check_with(&rules, &["app/__init__.py"], &["services/search/app/__init__.py"]);
    let source_roots = ["services/search".to_owned(), "core".to_owned()];
    let rules = PathRules { source_roots: &source_roots, ..PathRules::default() };
    check_with(&rules, &["app/__init__.py"], &["services/search/app/__init__.py"]);
    // A container with one part of the repository: its own folder says nothing.
    let source_roots = ["/app".to_owned()];
    let rules = PathRules { source_roots: &source_roots, ..PathRules::default() };
    check_with(&rules, &["README.md"], &["ambiguous README.md"]);
    check_with(
        &PathRules { strip_prefix: Some("/app"), ..rules },
        &["README.md", "src/app.ts"],
        &["README.md", "src/app.ts"],
    );
    let rules = PathRules { add_prefix: Some("services/search"), ..PathRules::default() };
    check_with(&rules, &["app/__init__.py"], &["services/search/app/__init__.py"]);
    let rules = PathRules { strip_prefix: Some("/build/x"), ..PathRules::default() };
    check_with(&rules, &["/build/x/README.md"], &["README.md"]);
}

#[test]
fn languages_of_one_source_set_are_beside_each_other() {
    let index = FileIndex::new([
        "a/src/main/java/org/shop/Cart.java",
        "a/src/main/java/org/shop/Item.java",
        "a/src/main/kotlin/org/shop/Order.kt",
        "tools/org/shop/Made.java",
    ]);
    let raws = ["org/shop/Cart.java", "org/shop/Item.java", "org/shop/Order.kt", "org/shop/Made.java"];
    let shown: Vec<String> = resolve_paths(Some(&index), &PathRules::default(), &raws)
        .into_iter()
        .map(|resolved| show(&index, resolved))
        .collect();
    assert_eq!(
        shown,
        [
            "a/src/main/java/org/shop/Cart.java",
            "a/src/main/java/org/shop/Item.java",
            "a/src/main/kotlin/org/shop/Order.kt",
            "unmatched org/shop/Made.java",
        ]
    );
}

#[test]
fn a_container_must_show_that_it_holds_the_whole() {
    check(&["/app/README.md"], &["ambiguous README.md"]);
    check(&["/app/README.md", "/app/src/app.ts"], &["README.md", "src/app.ts"]);
    check(&["../README.md"], &["ambiguous README.md"]);
    check(&["README.md"], &["README.md"]);
}

#[test]
fn foreign_code_is_not_the_repositorys() {
    check(&["node_modules/lib/src/app.ts"], &["outside node_modules/lib/src/app.ts"]);
    check(&["/usr/lib/python3/thing/setup.py"], &["outside usr/lib/python3/thing/setup.py"]);
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

//! The conventions, language by language.

use super::{TestNames, test_files};
use crate::paths::FileIndex;

const FILES: [&str; 33] = [
    "core/src/test/java/org/shop/CartTest.java",
    "core/src/test/java/org/shop/PriceTest.java",
    "core/src/test/java/org/shop/SameTest.java",
    "web/src/test/java/org/shop/SameTest.java",
    "services/catalog/tests/test_books.py",
    "services/catalog/tests/test_api.py",
    "services/catalog/tests/test_shelf.py",
    "services/search/tests/test_rank.py",
    "services/search/tests/conftest.py",
    "tests/test_api.py",
    "apps/web/src/cart.test.ts",
    "apps/web/src/price.test.ts",
    "apps/web/src/same.test.ts",
    "apps/admin/src/same.test.ts",
    "src/Cart.java",
    "store/store_test.go",
    "shop/store/extra_test.go",
    "two/a_test.go",
    "two/b_test.go",
    "basket/basket_test.go",
    "shop_test.go",
    "crates/shop-core/src/cart.rs",
    "crates/shop-core/src/lib.rs",
    "crates/shop-core/src/main.rs",
    "crates/shop-core/tests/smoke.rs",
    "crates/other/src/cart.rs",
    "Shop.Tests/Carts/CartTests.cs",
    "Shop/Prices/Price.cs",
    "app/src/test/kotlin/BasketTest.kt",
    "web/src/cart.spec.tsx",
    "tests/Unit/CartTest.php",
    "a/test_same.py",
    "b/test_same.py",
];

/// Suite, class and name, and the file.
type Case<'a> = ((&'a str, &'a str, &'a str), Option<&'a str>);

fn names<'a>((suite, class, name): (&'a str, &'a str, &'a str)) -> TestNames<'a> {
    TestNames { suite, class, name }
}

#[track_caller]
fn check(cases: &[Case<'_>]) {
    let index = FileIndex::new(FILES);
    let tests: Vec<TestNames<'_>> = cases.iter().map(|(test, _)| names(*test)).collect();
    let found: Vec<Option<&str>> =
        test_files(&index, &tests).into_iter().map(|at| at.and_then(|at| index.file(at))).collect();
    for ((test, expect), found) in cases.iter().zip(found) {
        assert_eq!(found, *expect, "{test:?}");
    }
}

/// One test a report: nothing beside it speaks for it.
#[track_caller]
fn check_alone(cases: &[Case<'_>]) {
    cases.iter().for_each(|case| check(&[*case]));
}

#[test]
fn java_and_kotlin_classes() {
    let cart = Some("core/src/test/java/org/shop/CartTest.java");
    check_alone(&[
        (("", "org.shop.CartTest", "adds"), cart),
        (("", "org.shop.CartTest$Inner", "adds"), cart),
        (("org.shop.CartTest", "", "adds()"), cart),
        (("", "org.shop.SameTest", "adds"), None),
        (("", "org.shop.basket.BasketTest", "adds"), Some("app/src/test/kotlin/BasketTest.kt")),
        (("", "org.shop.GoneTest", "adds"), None),
    ]);
}

#[test]
fn python_modules_and_classes() {
    let books = Some("services/catalog/tests/test_books.py");
    check_alone(&[
        (("pytest", "tests.test_books.TestBooks", "test_x"), books),
        (("pytest", "tests.test_books", "test_x[1.5 - a]"), books),
        (("pytest", "services.search.tests.test_rank", "test_x"), Some("services/search/tests/test_rank.py")),
        (("", "test_same", "test_x"), None),
        // The root has one of this name, and so has a service: its report looks the same.
        (("pytest", "tests.test_api", "test_x"), None),
    ]);
}

#[test]
fn javascript_paths_and_titles() {
    let cart = Some("apps/web/src/cart.test.ts");
    check_alone(&[
        (("", "src/cart.test.ts", "adds"), cart),
        (("", "./src/cart.test.ts", "adds"), cart),
        (("apps/web/src/cart.test.ts", "cart adds", "adds"), cart),
        (("cart.spec.tsx", "", "adds"), Some("web/src/cart.spec.tsx")),
        (("src/cart.spec.tsx > cart", "", "adds"), Some("web/src/cart.spec.tsx")),
        (("", "src/same.test.ts", "adds"), None),
        // A title that begins like a class.
        (("", "Cart adds", "adds"), None),
    ]);
}

#[test]
fn go_packages() {
    check_alone(&[
        (("github.com/acme/shop/basket", "basket", "TestX"), Some("basket/basket_test.go")),
        (("github.com/acme/shop/two", "two", "TestX"), None),
        (("github.com/acme/shop/store", "store", "TestX"), None),
        (("github.com/acme/shop", "shop", "TestX"), None),
    ]);
    // The packages that can be one folder only say what the module is called, and that decides the others.
    check(&[
        (("github.com/acme/shop/basket", "basket", "TestX"), Some("basket/basket_test.go")),
        (("github.com/acme/shop/two", "two", "TestX"), None),
        (("github.com/acme/shop/store", "store", "TestX"), Some("store/store_test.go")),
        (("github.com/acme/shop", "shop", "TestX"), Some("shop_test.go")),
    ]);
}

#[test]
fn rust_modules_and_binaries() {
    check_alone(&[
        (("shop-core", "shop-core", "cart::tests::adds"), Some("crates/shop-core/src/cart.rs")),
        (("shop-core", "shop-core", "tests::adds"), Some("crates/shop-core/src/lib.rs")),
        (("shop-core::smoke", "shop-core::smoke", "adds"), Some("crates/shop-core/tests/smoke.rs")),
        (("shop-core::bin/shop", "shop-core::bin/shop", "adds"), Some("crates/shop-core/src/main.rs")),
        // A test of another language in a class that is called like a crate.
        (("other", "other", "adds"), None),
    ]);
}

#[test]
fn dotnet_classes() {
    let cart = Some("Shop.Tests/Carts/CartTests.cs");
    check_alone(&[
        (("", "Shop.Tests.Carts.CartTests", "Adds"), cart),
        (("", "Shop.Tests.Carts.CartTests+Inner", "Adds"), cart),
        (("", "Shop.Tests.Carts.CartTests`1[System.Int32]", "Adds"), cart),
        // The only file of this name holds no tests.
        (("", "Shop.Tests.Other.Price", "Adds"), None),
    ]);
}

#[test]
fn php_namespaces() {
    let cart = Some("tests/Unit/CartTest.php");
    check_alone(&[
        (("", "Shop\\Tests\\Unit\\CartTest", "adds"), cart),
        (("", "Shop\\Tests\\Unit\\CartTest::adds", "adds"), cart),
        (("", "Shop.Tests.Unit.CartTest", "adds"), cart),
    ]);
}

#[test]
fn other_tests_of_the_report_say_which_of_several_is_meant() {
    check(&[
        (("pytest", "tests.test_api", "test_x"), Some("services/catalog/tests/test_api.py")),
        (("pytest", "tests.test_books", "test_x"), Some("services/catalog/tests/test_books.py")),
        (("pytest", "tests.test_shelf", "test_x"), Some("services/catalog/tests/test_shelf.py")),
    ]);
    check(&[
        (("", "org.shop.SameTest", "x"), Some("core/src/test/java/org/shop/SameTest.java")),
        (("", "org.shop.CartTest", "x"), Some("core/src/test/java/org/shop/CartTest.java")),
        (("", "org.shop.PriceTest", "x"), Some("core/src/test/java/org/shop/PriceTest.java")),
    ]);
    check(&[
        (("", "src/same.test.ts", "x"), Some("apps/web/src/same.test.ts")),
        (("", "src/cart.test.ts", "x"), Some("apps/web/src/cart.test.ts")),
        (("", "src/price.test.ts", "x"), Some("apps/web/src/price.test.ts")),
    ]);
    // Two services in one report: the name that both could have is neither's.
    check(&[
        (("pytest", "tests.test_api", "test_x"), None),
        (("pytest", "tests.test_books", "test_x"), Some("services/catalog/tests/test_books.py")),
        (("pytest", "tests.test_rank", "test_x"), Some("services/search/tests/test_rank.py")),
    ]);
}

#[test]
fn nothing_is_said_of_nothing() {
    check_alone(&[(("", "", ""), None)]);
    assert_eq!(test_files(&FileIndex::default(), &[names(("a/b", "a.b", "c::d"))]), [None]);
}

/// How a test is named for a test runner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuarantineStyle {
    /// Class and name with a dot between.
    Plain,
    /// A node id, `tests/test_cart.py::TestTotals::test_add`, for `--deselect`.
    Pytest,
    /// A filterset, `(binary_id(=shop) & test(=cart::adds))`, for `-E`.
    Nextest,
    /// A regular expression of the full name, for `--testNamePattern`.
    Jest,
    /// A regular expression of each level, `^TestCart$/^adds$`, for `-skip`.
    Go,
}

impl QuarantineStyle {
    /// The words that stand for them in an address.
    pub const ALL: [(&'static str, Self); 5] = [
        ("text", Self::Plain),
        ("pytest", Self::Pytest),
        ("nextest", Self::Nextest),
        ("jest", Self::Jest),
        ("go", Self::Go),
    ];
}

/// A test's line in a list for a test runner, without the line's end. `file` is the path that holds the test.
pub fn quarantine_line(
    style: QuarantineStyle,
    suite: &str,
    class: &str,
    name: &str,
    file: Option<&str>,
) -> String {
    let line = match style {
        QuarantineStyle::Plain if class.is_empty() => name.to_owned(),
        QuarantineStyle::Plain => format!("{class}.{name}"),
        QuarantineStyle::Pytest => pytest(class, name, file),
        QuarantineStyle::Nextest => nextest(suite, class, name),
        QuarantineStyle::Jest => regular(name),
        QuarantineStyle::Go => {
            let levels: Vec<String> =
                name.split('/').map(|level| format!("^{}$", regular(&go_name(level)))).collect();
            levels.join("/")
        }
    };
    // A name with a line break would be two entries of the list.
    line.replace(['\r', '\n'], " ")
}

// JUnit files of pytest write the module and the class as `tests.test_cart.TestTotals`. Of these the class is what is
// behind the module, or, where the file is not known, what begins like a class.
fn pytest(class: &str, name: &str, file: Option<&str>) -> String {
    let dotted = file.map(|file| file.strip_suffix(".py").unwrap_or(file).replace('/', "."));
    let behind = dotted.as_deref().and_then(|module| {
        // The class may be written from a folder below the repository's root.
        let at = (0..=module.len()).filter(|at| module.is_char_boundary(*at)).find(|at| {
            let tail = module.get(*at..).unwrap_or_default();
            (*at == 0 || module.get(..*at).is_some_and(|before| before.ends_with('.')))
                && !tail.is_empty()
                && class.strip_prefix(tail).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })?;
        class.strip_prefix(module.get(at..)?)
    });
    let (path, classes): (String, Vec<&str>) = match (file, behind) {
        (Some(file), Some(behind)) => {
            (file.to_owned(), behind.split('.').filter(|part| !part.is_empty()).collect())
        }
        (file, _) => {
            let is_class = |part: &&str| part.starts_with(char::is_uppercase);
            let classes = class.split('.').filter(is_class).collect();
            let modules: Vec<&str> =
                class.split('.').filter(|part| !part.is_empty() && !is_class(part)).collect();
            (file.map_or_else(|| format!("{}.py", modules.join("/")), str::to_owned), classes)
        }
    };
    let mut id = path;
    for part in classes.into_iter().chain([name]) {
        id.push_str("::");
        id.push_str(part);
    }
    id
}

fn nextest(suite: &str, class: &str, name: &str) -> String {
    let binary = if suite.is_empty() { class } else { suite };
    // In an exact matcher a comma, a parenthesis and a backslash end the name or escape.
    let exact = |text: &str| {
        let mut out = String::with_capacity(text.len());
        for character in text.chars() {
            if matches!(character, '\\' | '(' | ')' | ',') {
                out.push('\\');
            }
            out.push(character);
        }
        out
    };
    if binary.is_empty() {
        return format!("test(={})", exact(name));
    }
    format!("(binary_id(={}) & test(={}))", exact(binary), exact(name))
}

// `go test` writes blanks of a name as underscores, in reports and in what it matches.
fn go_name(level: &str) -> String {
    level.replace(char::is_whitespace, "_")
}

// Every character stands for itself.
fn regular(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        if character.is_ascii_punctuation()
            && !matches!(character, '_' | '-' | '/' | '#' | '"' | '\'' | ',' | ':')
        {
            out.push('\\');
        }
        out.push(character);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::QuarantineStyle::{Go, Jest, Nextest, Plain, Pytest};
    use super::*;

    #[track_caller]
    fn check(style: QuarantineStyle, parts: [&str; 3], file: Option<&str>, expect: &str) {
        let [suite, class, name] = parts;
        assert_eq!(quarantine_line(style, suite, class, name, file), expect);
    }

    #[test]
    fn each_runner_has_its_own_names() {
        check(Plain, ["", "shop.Cart", "adds"], None, "shop.Cart.adds");
        check(Plain, ["x", "", "adds\nup"], None, "adds up");
        let cart = Some("tests/test_cart.py");
        check(
            Pytest,
            ["pytest", "tests.test_cart.TestTotals", "test_add[a-1]"],
            cart,
            "tests/test_cart.py::TestTotals::test_add[a-1]",
        );
        check(Pytest, ["pytest", "tests.test_cart", "test_add"], cart, "tests/test_cart.py::test_add");
        check(
            Pytest,
            ["pytest", "test_cart.Outer.Inner", "test_add"],
            cart,
            "tests/test_cart.py::Outer::Inner::test_add",
        );
        check(
            Pytest,
            ["pytest", "tests.test_cart.TestTotals", "test_add"],
            None,
            "tests/test_cart.py::TestTotals::test_add",
        );
        check(
            Nextest,
            ["plimsoll-store", "plimsoll-store", "runs::a_run"],
            None,
            "(binary_id(=plimsoll-store) & test(=runs::a_run))",
        );
        check(Nextest, ["", "", "odd(1)"], None, "test(=odd\\(1\\))");
        check(Jest, ["cart", "cart", "cart adds (twice) $1.50"], None, "cart adds \\(twice\\) \\$1\\.50");
        check(Go, ["", "shop/cart", "TestAdd/two items"], None, "^TestAdd$/^two_items$");
    }
}

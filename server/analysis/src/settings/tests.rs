use super::*;
use crate::modules::ModuleMap;

fn module_of(settings: &Settings, path: &str) -> Option<String> {
    ModuleMap::default().with_settings(settings).declared(path).map(str::to_owned)
}

const WHOLE: &str = r#"
# What this repository says of itself.
gate = { rules = ["coverage >= 80%", "newly failing tests = 0"] }

[[module]]
name = "checkout"
paths = ["src/checkout/**", "src/cart/**"]

[[module]]
name = "payment"
paths = "src/pay*/**"

[[review]]
tool = "bandit"
rule = "B101"
path = "tests/**"
state = "false-positive"
reason = "asserts are what tests are made of"

[[review]]
id = "f3a9"
state = "accepted"
until = 2026-12-31
reason = "goes with the old client"

[[budget]]
module = "checkout"
tests = "90 s"

[retention]
days = 30
weeks = 12

[upload]
strip-prefix = "/app"
exclude = ["**/fixtures/**"]
"#;

#[test]
fn a_whole_file_is_understood() {
    let (settings, problems) = Settings::read(WHOLE);
    assert_eq!(problems, []);
    let names: Vec<&str> = settings.modules.iter().map(|module| module.name.as_str()).collect();
    assert_eq!(names, ["checkout", "payment"]);
    assert_eq!(module_of(&settings, "src/cart/sum.rs").as_deref(), Some("checkout"));
    assert_eq!(module_of(&settings, "src/payment/card.rs").as_deref(), Some("payment"));
    assert_eq!(module_of(&settings, "src/main.rs").as_deref(), None);
    let rules: Vec<(&str, u32)> = settings.gate.iter().map(|rule| (rule.text.as_str(), rule.line)).collect();
    assert_eq!(rules, [("coverage >= 80%", 3), ("newly failing tests = 0", 3)]);
    let states: Vec<(ReviewState, u32)> = settings.reviews.iter().map(|it| (it.state, it.line)).collect();
    assert_eq!(states, [(ReviewState::FalsePositive, 13), (ReviewState::Accepted, 20)]);
    let last = settings.reviews.last().unwrap();
    assert!(last.holds_on(Date::parse("2026-12-31").unwrap()));
    assert!(!last.holds_on(Date::parse("2027-01-01").unwrap()));
    assert_eq!(settings.budgets, [Budget { module: "checkout".to_owned(), tests_ms: 90_000, line: 26 }]);
    assert_eq!(settings.retention, Retention { days: Some(30), weeks: Some(12), months: None });
    assert_eq!(settings.upload.strip_prefix.as_deref(), Some("/app"));
    assert!(settings.upload.exclude.iter().any(|glob| glob.matches("a/fixtures/junit.xml")));
}

#[test]
fn the_first_module_that_fits_has_a_path() {
    let text = "[[module]]\nname = \"a\"\npaths = [\"src/a/**\"]\n[[module]]\nname = \"rest\"\npaths = [\"src/**\"]\n";
    let (settings, problems) = Settings::read(text);
    assert_eq!(problems, []);
    assert_eq!(module_of(&settings, "src/a/x.rs").as_deref(), Some("a"));
    assert_eq!(module_of(&settings, "src/b/x.rs").as_deref(), Some("rest"));
}

#[test]
fn a_gate_may_be_written_line_by_line() {
    let text =
        "[gate]\nrules = \"\"\"\n# the line we hold\ncoverage >= baseline\n\n  new findings = 0\n\"\"\"\n";
    let (settings, problems) = Settings::read(text);
    assert_eq!(problems, []);
    let rules: Vec<(&str, u32)> = settings.gate.iter().map(|rule| (rule.text.as_str(), rule.line)).collect();
    assert_eq!(rules, [("coverage >= baseline", 4), ("new findings = 0", 6)]);
}

#[test]
fn settings_survive_as_json() {
    let (settings, _) = Settings::read(WHOLE);
    let json = serde_json::to_string(&settings).unwrap();
    assert_eq!(serde_json::from_str::<Settings>(&json).unwrap(), settings);
    assert_eq!(serde_json::from_str::<Settings>("{}").unwrap(), Settings::default());
}

#[track_caller]
fn check(text: &str, expect: &[&str]) {
    let said: Vec<String> = Settings::read(text).1.iter().map(ToString::to_string).collect();
    assert_eq!(said, expect);
}

#[test]
fn a_mistake_is_named_with_its_place_and_what_is_right() {
    check("", &[]);
    check(
        "\n[modul]\n",
        &[
            "line 2, `modul`: there is no key `modul`; did you mean `module`? Allowed are `module`, `gate`, `review`, \
           `budget`, `retention`, `upload`",
        ],
    );
    check(
        "[[module]]\nname = \"a\"\npahts = [\"a/**\"]\n",
        &[
            "line 1, `module[1].paths`: is missing: a list of patterns such as `src/checkout/**`",
            "line 3, `module[1].pahts`: there is no key `pahts`; did you mean `paths`? Allowed are `name`, `paths`",
        ],
    );
    check(
        "[module]\nname = \"a\"\n",
        &["line 1, `module`: is a TOML table, but must be a list of tables, each headed by `[[module]]`"],
    );
    check(
        "[[module]]\nname = 7\npaths = [\"a/**\", \"[b\"]\n",
        &[
            "line 2, `module[1].name`: is a TOML integer, but must be a text in quotes",
            "line 3, `module[1].paths`: the pattern `[b` has a bracket that is not closed",
        ],
    );
    check(
        "[[module]]\nname = \"a\"\npaths = [\"a\"]\n[[module]]\nname = \"a\"\npaths = [\"b\"]\n",
        &["line 4, `module[2].name`: there is a module `a` already; list all its patterns there"],
    );
    check(
        "[retention]\ndays = 0\n",
        &["line 2, `retention.days`: is a TOML integer, but must be a whole number from 1 on"],
    );
    check(
        "[[budget]]\nmodule = \"a\"\ntests = \"90\"\n",
        &[
            "line 1, `budget[1].tests`: `90` is no duration; write a number and `ms`, `s`, `min` or `h`, such as `90 s`",
        ],
    );
    check("[gate]\n", &["line 1, `gate.rules`: is missing: a list such as `[\"newly failing tests = 0\"]`"]);
}

#[test]
fn broken_syntax_is_named_with_its_line() {
    let (settings, problems) = Settings::read("[[module]]\nname = \"a\"\npaths = [\"a/**\"\n[x]\n");
    assert_eq!(settings, Settings::default());
    let [problem] = problems.as_slice() else { panic!("{problems:?}") };
    assert!(problem.line >= 3, "{problem}");
    assert!(problem.message.starts_with("is no TOML"), "{problem}");
}

#[test]
fn a_review_never_applies_to_more_than_was_meant() {
    for (text, key) in [
        ("rule = \"B1\"\nstate = \"accepted\"\n", "review[1].reason"),
        ("rule = \"B1\"\nstate = \"accepted\"\nreason = \" \"\n", "review[1].reason"),
        ("rule = \"B1\"\nstate = \"ok\"\nreason = \"x\"\n", "review[1].state"),
        ("rule = \"B1\"\nstate = \"accepted\"\nreason = \"x\"\nuntil = \"soon\"\n", "review[1].until"),
        ("rule = \"B1\"\nstate = \"accepted\"\nreason = \"x\"\nuntil = 2026-02-30\n", ""),
        ("rule = \"B1\"\npath = \"\"\nstate = \"accepted\"\nreason = \"x\"\n", "review[1].path"),
        ("rule = \"B1\"\npath = \"[a\"\nstate = \"accepted\"\nreason = \"x\"\n", "review[1].path"),
        ("path = \"a/**\"\nstate = \"accepted\"\nreason = \"x\"\n", "review[1].id"),
        ("id = \"1\"\nrule = \"B1\"\nstate = \"accepted\"\nreason = \"x\"\n", "review[1].rule"),
        ("rule = \"B1\"\nstate = \"accepted\"\nreason = \"x\"\nauthor = \"x\"\n", "review[1].author"),
    ] {
        let (settings, problems) = Settings::read(&format!("[[review]]\n{text}"));
        let keys: Vec<&str> = problems.iter().map(|problem| problem.key.as_str()).collect();
        assert_eq!(keys, [key], "{text}");
        assert_eq!(settings.reviews.is_empty(), key != "review[1].author", "{text}");
    }
}

#[test]
fn no_text_ends_the_reader() {
    for text in [
        "[[",
        "a.b.c = 1\n",
        "gate = 1\nmodule = 2\nreview = 3\n",
        "\u{feff}[gate]",
        "[gate]\nrules = [1, [2]]\n",
    ] {
        let (_, problems) = Settings::read(text);
        assert!(!problems.is_empty(), "{text}");
    }
    let long = "x".repeat(2 << 20);
    assert!(!Settings::read(&long).1.is_empty());
    for end in 0..WHOLE.len() {
        if let Some(prefix) = WHOLE.get(..end) {
            Settings::read(prefix);
        }
    }
}

#[test]
fn the_samples_and_the_example_of_the_page_are_right() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let page = std::fs::read_to_string(root.join("docs/settings.md")).unwrap();
    let example = page.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let sample = |name: &str| {
        std::fs::read_to_string(
            root.join("sample-reports/plimsoll-toml").join(format!("{name}.plimsoll.toml")),
        )
        .unwrap()
    };
    assert_eq!(sample("typical"), example);
    for text in [example, &sample("empty"), &sample("three-of-each")] {
        assert_eq!(Settings::read(text).1, [], "{text}");
    }
    assert!(!Settings::read(&sample("truncated")).1.is_empty());
}

//! From the text to [`Settings`].

use std::collections::BTreeSet;

use toml::de::{DeTable, DeValue};

use crate::gate::parse_rule;

use super::duration::parse_duration_ms;
use super::glob::Glob;
use super::problem::{Problem, line_of, unknown};
use super::value::{Problems, Table, Value};
use super::{
    Budget, GateLine, ModuleSetting, Retention, ReviewSetting, ReviewState, ReviewTarget, Settings,
    UploadDefaults,
};

/// A file that is larger was not written by hand, and is not read.
const MOST_BYTES: usize = 1 << 20;

/// Letters of a module's name, at most: it stands in addresses and in tables.
const MOST_NAME_CHARS: usize = 100;

const SECTIONS: [&str; 6] = ["module", "gate", "review", "budget", "retention", "upload"];

pub(super) fn read(text: &str) -> (Settings, Vec<Problem>) {
    let broken =
        |line, message: String| (Settings::default(), vec![Problem { line, key: String::new(), message }]);
    if text.len() > MOST_BYTES {
        return broken(1, format!("the file has {} bytes; at most {MOST_BYTES} are read", text.len()));
    }
    let document = match DeTable::parse(text) {
        Ok(document) => document,
        Err(error) => {
            let line = error.span().map_or(1, |span| line_of(text, span.start));
            return broken(line, format!("is no TOML: {}; none of the file is used", error.message()));
        }
    };
    let mut problems = Problems::new(text);
    let root = Table { entries: document.get_ref(), key: String::new(), line: 1 };
    problems.only_keys(&root, &SECTIONS);
    let section = |name: &str| root.entries.get(name);
    let settings = Settings {
        modules: section("module").map(|value| modules(&mut problems, value)).unwrap_or_default(),
        gate: section("gate").map(|value| gate(&mut problems, value)).unwrap_or_default(),
        reviews: section("review").map(|value| reviews(&mut problems, value)).unwrap_or_default(),
        budgets: section("budget").map(|value| budgets(&mut problems, value)).unwrap_or_default(),
        retention: section("retention").map(|value| retention(&mut problems, value)).unwrap_or_default(),
        upload: section("upload").map(|value| upload(&mut problems, value)).unwrap_or_default(),
    };
    (settings, problems.finish())
}

fn modules(problems: &mut Problems<'_>, value: &Value<'_>) -> Vec<ModuleSetting> {
    let mut modules = Vec::new();
    let mut names = BTreeSet::new();
    for table in problems.tables(value, "module") {
        problems.only_keys(&table, &["name", "paths"]);
        let name = problems.needed_text(&table, "name");
        if !table.has("paths") {
            problems.add(
                table.line,
                table.path("paths"),
                "is missing: a list of patterns such as `src/checkout/**`",
            );
        }
        let paths = problems.globs(&table, "paths");
        let Some(name) = name else { continue };
        if let Some(why) = bad_name(&name) {
            problems.add(table.line, table.path("name"), format!("`{name}` {why}"));
        } else if !names.insert(name.clone()) {
            let why = format!("there is a module `{name}` already; list all its patterns there");
            problems.add(table.line, table.path("name"), why);
        } else if !paths.is_empty() {
            modules.push(ModuleSetting { name, paths });
        } else if table.has("paths") {
            problems.add(table.line, table.path("paths"), "holds no pattern that can be read");
        }
    }
    modules
}

fn bad_name(name: &str) -> Option<&'static str> {
    if name.chars().count() > MOST_NAME_CHARS {
        Some("is too long: 100 characters at most")
    } else if name.chars().any(char::is_control) {
        Some("holds a character that cannot be shown")
    } else if name == "." || name.trim() != name || name.starts_with('/') || name.ends_with('/') {
        Some("cannot be a name: without spaces or slashes at its ends, and not `.`")
    } else {
        None
    }
}

fn gate(problems: &mut Problems<'_>, value: &Value<'_>) -> Vec<GateLine> {
    let Some(table) = problems.table(value, "gate") else { return Vec::new() };
    problems.only_keys(&table, &["rules"]);
    if !table.has("rules") {
        problems.add(table.line, "gate.rules", "is missing: a list such as `[\"newly failing tests = 0\"]`");
    }
    // Written as one text, each of its lines is a rule.
    let is_text = table.entries.get("rules").filter(|value| matches!(value.get_ref(), DeValue::String(_)));
    let is_below = is_text.is_some_and(|value| problems.begins_on_next_line(&value.span()));
    let mut rules = Vec::new();
    for (text, first) in problems.texts(&table, "rules") {
        for (line, rule) in (first + u32::from(is_below)..).zip(text.lines()) {
            let rule = rule.trim();
            if !rule.is_empty() && !rule.starts_with('#') {
                // It stays among the rules: the gate says of it what is wrong, and does not pass without it.
                if let Err(why) = parse_rule(rule) {
                    problems.add(line, "gate.rules", format!("`{rule}`: {why}"));
                }
                rules.push(GateLine { text: rule.to_owned(), line });
            }
        }
    }
    rules
}

fn reviews(problems: &mut Problems<'_>, value: &Value<'_>) -> Vec<ReviewSetting> {
    let tables = problems.tables(value, "review");
    tables.iter().filter_map(|table| review(problems, table)).collect()
}

fn review(problems: &mut Problems<'_>, table: &Table<'_, '_>) -> Option<ReviewSetting> {
    problems.only_keys(table, &["id", "tool", "rule", "path", "contains", "state", "until", "reason"]);
    let of = review_target(problems, table);
    let words = ReviewState::ALL.map(ReviewState::as_str);
    let state = problems.needed_text(table, "state").and_then(|word| {
        let state = ReviewState::from_word(&word);
        if state.is_none() {
            problems.add(table.line, table.path("state"), unknown("state", &word, &words));
        }
        state
    });
    let reason = problems.needed_text(table, "reason");
    let until = problems.date(table, "until");
    if table.has("until") && until.is_none() {
        // A review without its end would hold for ever.
        return None;
    }
    Some(ReviewSetting { of: of?, state: state?, until, reason: reason?, line: table.line })
}

fn review_target(problems: &mut Problems<'_>, table: &Table<'_, '_>) -> Option<ReviewTarget> {
    const CONDITIONS: [&str; 4] = ["tool", "rule", "path", "contains"];
    if table.has("id") {
        if let Some(other) = CONDITIONS.iter().find(|key| table.has(key)) {
            problems.add(table.line, table.path(other), "cannot stand beside `id`, which names one finding");
            return None;
        }
        return problems.text(table, "id").map(|id| ReviewTarget::Id { id });
    }
    if !table.has("tool") && !table.has("rule") {
        let message =
            "is missing: `id` of a finding, or `tool` or `rule`, which `path` and `contains` may narrow";
        problems.add(table.line, table.path("id"), message);
        return None;
    }
    // A condition that cannot be read must not make the review apply to more than was meant.
    let (tool, rule) = (problems.text(table, "tool"), problems.text(table, "rule"));
    let contains = problems.text(table, "contains");
    let path: Option<Glob> = problems.text(table, "path").and_then(|text| match Glob::new(&text) {
        Ok(glob) => Some(glob),
        Err(error) => {
            problems.add(table.line, table.path("path"), error.to_string());
            None
        }
    });
    let given = [tool.is_some(), rule.is_some(), path.is_some(), contains.is_some()];
    let is_whole = CONDITIONS.iter().zip(given).all(|(key, is_read)| table.has(key) == is_read);
    is_whole.then_some(ReviewTarget::Matching { tool, rule, path, contains })
}

fn budgets(problems: &mut Problems<'_>, value: &Value<'_>) -> Vec<Budget> {
    let mut budgets = Vec::new();
    for table in problems.tables(value, "budget") {
        problems.only_keys(&table, &["module", "tests"]);
        let module = problems.needed_text(&table, "module");
        let tests_ms = problems.needed_text(&table, "tests").and_then(|text| {
            let parsed = parse_duration_ms(&text);
            parsed.map_err(|message| problems.add(table.line, table.path("tests"), message)).ok()
        });
        if let (Some(module), Some(tests_ms)) = (module, tests_ms) {
            budgets.push(Budget { module, tests_ms, line: table.line });
        }
    }
    budgets
}

fn retention(problems: &mut Problems<'_>, value: &Value<'_>) -> Retention {
    let Some(table) = problems.table(value, "retention") else { return Retention::default() };
    problems.only_keys(&table, &["days", "weeks", "months"]);
    Retention {
        days: problems.count(&table, "days"),
        weeks: problems.count(&table, "weeks"),
        months: problems.count(&table, "months"),
    }
}

fn upload(problems: &mut Problems<'_>, value: &Value<'_>) -> UploadDefaults {
    let Some(table) = problems.table(value, "upload") else { return UploadDefaults::default() };
    problems.only_keys(&table, &["strip-prefix", "add-prefix", "exclude"]);
    UploadDefaults {
        strip_prefix: problems.text(&table, "strip-prefix"),
        add_prefix: problems.text(&table, "add-prefix"),
        exclude: problems.globs(&table, "exclude"),
    }
}

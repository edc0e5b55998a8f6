//! # Pylint JSON and text
//!
//! *Produced by* Pylint, see [`DESCRIPTOR`].
//! *Looks like* `py/prices.py:1:0: C0114: Missing module docstring (missing-module-docstring)`.
//! *Maps to · Not read · Quirks*: see [`DESCRIPTOR`], from which the documentation is made.

use std::borrow::Cow;

use plimsoll_format::json::{self, Number, Text};
use plimsoll_format::{Confidence, Descriptor, Docs, Format, Input, ParseError, Sink};
use plimsoll_model::{Finding, FindingKind, ReportKind, Severity};
use serde::Deserialize;

use crate::emit::emit;
use crate::flake8::PYTHON;
use crate::json_list;
use crate::lenient::present;
use crate::severity::by_word;
use crate::text_report::{self, Located, bracketed, has_ending, located};

/// See the module.
pub struct Pylint;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "pylint",
    name: "Pylint JSON and text",
    kind: ReportKind::Findings,
    tools: &["Pylint"],
    globs: &["pylint*.json", "pylint*.txt", "pylint*.log"],
    link: "https://pylint.readthedocs.io/en/stable/user_guide/usage/output.html",
    version: 2,
    docs: Docs {
        produced_by: "`pylint --output-format=json`, `json2`, `text` (the default), `parseable`, \
            `colorized`, `msvs`, `github`.",
        maps_to: "Each message is a finding; the rule is the code (`C0114`), its name the symbol; the \
            context is module and object. Severity by the type or the first letter: fatal critical, error \
            high, warning medium, refactor and convention low, information info.",
        not_read: "The report behind the messages (`--reports`), the score.",
        quirks: "An empty list tells nothing; the file's name must then hold `pylint`. Columns count from \
            0. `json2` has a `messages` list and `statistics`. Old versions write `path:3: [C0111, object] \
            message` or only `[C]`, or `C: 15, 0: message (symbol)` below a module's name, from which the \
            file is guessed. A line about a module that could not be read has another module's file. Text \
            that says nothing but the rating has no findings; with `--score=n` it is an empty file.",
    },
};

const TYPES: [(&str, Severity); 12] = [
    ("fatal", Severity::Critical),
    ("error", Severity::High),
    ("warning", Severity::Medium),
    ("refactor", Severity::Low),
    ("convention", Severity::Low),
    ("info", Severity::Info),
    ("F", Severity::Critical),
    ("E", Severity::High),
    ("W", Severity::Medium),
    ("R", Severity::Low),
    ("C", Severity::Low),
    ("I", Severity::Info),
];

impl Format for Pylint {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        match json::head(input.head()) {
            Some(head) if !head.is_array => {
                let has_message = head.has_all(&["messages[].messageId", "messages[].symbol"]);
                let is_empty = head.has_all(&["messages", "statistics.messageTypeCount"]);
                if has_message || is_empty { Confidence::Certain } else { Confidence::No }
            }
            Some(_) => match json_list::sniff(input, &["message-id", "symbol", "path"], "pylint") {
                Confidence::No => json_list::sniff(input, &["messageId", "symbol", "absolutePath"], "pylint"),
                found => found,
            },
            None => text_report::sniff_sparse(input, 60, |line| {
                finding(line).is_some() || is_frame(line) || finding_for_github(line).is_some()
            }),
        }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        let text = input.text.trim_start();
        if text.starts_with('[') {
            return json_list::each(input, |message: Message<'_>| read(&message, sink));
        }
        if !text.starts_with('{') {
            let mut file = String::new();
            return text_report::read(input, sink, |line, sink| {
                if let Some(module) = module(line) {
                    file = format!("{}.py", module.replace('.', "/"));
                }
                let found = finding(line).or_else(|| finding_for_github(line));
                match found.or_else(|| finding_of_module(line, &file)) {
                    Some((finding, letter)) => {
                        let finding = Finding { severity: by_word(&TYPES, letter, sink), ..finding };
                        emit(&finding, sink).map(|()| true)
                    }
                    None => Ok(is_frame(line)),
                }
            });
        }
        let mut reader = json::Reader::new(input);
        reader.object(|reader, key| match key {
            "messages" => reader.array(|reader| {
                let message: Message<'_> = reader.read()?;
                read(&message, sink)
            }),
            _ => Ok(()),
        })?;
        reader.finish()
    }
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Message<'a> {
    #[serde(borrow, rename = "type")]
    what: Text<'a>,
    module: Text<'a>,
    obj: Text<'a>,
    line: Number,
    column: Number,
    #[serde(alias = "endLine")]
    end_line: Number,
    path: Text<'a>,
    absolute_path: Text<'a>,
    symbol: Text<'a>,
    message: Text<'a>,
    #[serde(alias = "message-id")]
    message_id: Text<'a>,
}

fn read(message: &Message<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
    let severity = match present(&message.what) {
        Some(word) => by_word(&TYPES, word, sink),
        None => Severity::Unknown,
    };
    let rule = present(&message.message_id).or_else(|| present(&message.symbol)).unwrap_or(crate::NO_RULE);
    let mut finding = Finding::new("pylint", rule, FindingKind::Code, severity, &*message.message);
    finding.rule_name = present(&message.symbol).map(Cow::Borrowed);
    finding.path = present(&message.path).or_else(|| present(&message.absolute_path)).map(Cow::Borrowed);
    finding.line = message.line.position();
    finding.column = Number(message.column.0.map(|column| column + 1.0)).position();
    finding.end_line = message.end_line.position().filter(|end| finding.line.is_some_and(|line| *end > line));
    finding.context = match (present(&message.module), present(&message.obj)) {
        (Some(module), Some(object)) => Some(Cow::Owned(format!("{module}.{object}"))),
        (module, object) => module.or(object).map(Cow::Borrowed),
    };
    emit(&finding, sink)
}

/// A finding in a line of text, without its severity, and the letter that tells it.
fn finding(line: &str) -> Option<(Finding<'_>, &str)> {
    let place =
        located(line).or_else(|| in_parentheses(line)).filter(|place| has_ending(place.path, &PYTHON))?;
    let (code, symbol, object, message) = match place.rest.strip_prefix('[') {
        // `[C0111(missing-docstring), object] message`, `[C0111, object] message`, `[C0111] message`.
        Some(rest) => {
            let (inside, message) = rest.split_once("] ")?;
            let (code, object) = inside.split_once(',').unwrap_or((inside, ""));
            // Visual Studio's has the object just behind the symbol.
            let named = code.split_once('(').and_then(|(code, rest)| Some((code, rest.split_once(')')?)));
            match named {
                Some((code, (symbol, ""))) => (code, Some(symbol), object.trim(), message),
                Some((code, (symbol, object))) => (code, Some(symbol), object.trim(), message),
                None => (code, None, object.trim(), message),
            }
        }
        // `C0114: message (missing-module-docstring)`; older: `C0114: (symbol), object: message`.
        None => {
            let (code, rest) = place.rest.split_once(": ")?;
            match bracketed(rest, '(', ')').filter(|(_, symbol)| is_symbol(symbol)) {
                Some((message, symbol)) => (code, Some(symbol), "", message),
                None => (code, None, "", rest),
            }
        }
    };
    let is_named = place.rest.starts_with('[') && symbol.is_some_and(is_symbol);
    if !is_code(code) && !is_named {
        return None;
    }
    // A plug-in's message may have no code, or one with a letter of its own.
    let rule = if code.is_empty() { symbol? } else { code };
    let mut finding = Finding::new("pylint", rule, FindingKind::Code, Severity::Unknown, message.trim());
    finding.rule_name = symbol.map(Cow::Borrowed);
    finding.path = Some(Cow::Borrowed(place.path));
    finding.line = place.line;
    finding.column = place.column.map(|column| column.saturating_add(1));
    finding.context = Some(object).filter(|object| !object.is_empty()).map(Cow::Borrowed);
    Some((finding, code.get(..1).unwrap_or_default()))
}

/// Visual Studio's `path(3): [C0111(missing-docstring), object] message`.
fn in_parentheses(line: &str) -> Option<Located<'_>> {
    let (place, rest) = line.split_once("): [")?;
    let (path, number) = place.rsplit_once('(')?;
    let rest = line.get(line.len() - rest.len() - 1..)?;
    Some(Located { path, line: Some(number.parse().ok()?).filter(|line| *line > 0), column: None, rest })
}

/// `::error file=path,line=3,endline=,col=7,title=E0001::message`.
fn finding_for_github(line: &str) -> Option<(Finding<'_>, &str)> {
    let (fields, message) = line.strip_prefix("::")?.split_once(' ')?.1.split_once("::")?;
    let field = |name: &str| {
        let value = fields.split(',').find_map(|field| field.strip_prefix(name)?.strip_prefix('='))?;
        Some(value).filter(|value| !value.is_empty())
    };
    let number = |name: &str| field(name)?.parse().ok().filter(|number: &u32| *number > 0);
    let code = field("title").filter(|code| code.len() == 5 && is_code(code))?;
    let mut finding = Finding::new("pylint", code, FindingKind::Code, Severity::Unknown, message);
    finding.path = field("file").map(Cow::Borrowed);
    finding.line = number("line");
    finding.column = field("col").and_then(|column| column.parse::<u32>().ok()?.checked_add(1));
    finding.end_line = number("endline").filter(|end| finding.line.is_some_and(|line| *end > line));
    Some((finding, code.get(..1).unwrap_or_default()))
}

/// `C: 15, 0: message (symbol)`, as versions before 2 wrote it below the module's name.
fn finding_of_module<'l>(line: &'l str, file: &'l str) -> Option<(Finding<'l>, &'l str)> {
    let (letter, rest) = line.split_once(':')?;
    let (number, rest) = rest.split_once(',')?;
    let (column, message) = rest.split_once(": ")?;
    if letter.len() != 1 || !is_code(letter) || file.is_empty() {
        return None;
    }
    let (message, symbol) = bracketed(message, '(', ')').unwrap_or((message, crate::NO_RULE));
    let mut finding = Finding::new("pylint", symbol, FindingKind::Code, Severity::Unknown, message);
    finding.path = Some(Cow::Borrowed(file));
    finding.line = Some(number.trim().parse().ok()?).filter(|line| *line > 0);
    finding.column = Some(column.trim().parse::<u32>().ok()?.saturating_add(1));
    Some((finding, letter))
}

fn module(line: &str) -> Option<&str> {
    line.strip_prefix("************* Module ").map(str::trim)
}

/// `C0114`; old versions could be told to write the letter only.
fn is_code(code: &str) -> bool {
    let Some((letter, digits)) = code.split_at_checked(1) else { return false };
    matches!(letter, "C" | "R" | "W" | "E" | "F" | "I")
        && matches!(digits.len(), 0 | 4)
        && digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_symbol(symbol: &str) -> bool {
    !symbol.is_empty()
        && symbol.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

/// What only Pylint writes around its messages.
fn is_frame(line: &str) -> bool {
    module(line).is_some() || line.starts_with("Your code has been rated at ")
}

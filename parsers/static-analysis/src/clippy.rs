//! # Clippy and rustc
//!
//! *Produced by* cargo, Clippy and rustc, see [`DESCRIPTOR`].
//! *Looks like* `{"reason": "compiler-message", "target": {…}, "message": {"code": {"code": "clippy::…"}, "level": "warning", "spans": […]}}`.
//! *Maps to · Not read · Quirks*: see [`DESCRIPTOR`], from which the documentation is made.

use std::borrow::Cow;

use plimsoll_format::json::{self, Number, Text};
use plimsoll_format::{Confidence, Descriptor, Docs, Format, Input, ParseError, Sink};
use plimsoll_model::{Finding, FindingKind, ReportKind, Severity};
use serde::Deserialize;

use crate::clippy_text;
use crate::emit::emit;
use crate::lenient::{List, present};
use crate::severity::by_word;

/// See the module.
pub struct Clippy;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "clippy",
    name: "Clippy and rustc",
    kind: ReportKind::Findings,
    tools: &["Clippy", "rustc", "cargo"],
    globs: &["clippy*.json", "clippy*.txt", "cargo-*.json", "rustc*.json"],
    link: "https://doc.rust-lang.org/cargo/reference/external-tools.html#json-messages",
    version: 2,
    docs: Docs {
        produced_by: "`cargo clippy --message-format=json > clippy.json`, `cargo build \
            --message-format=json`, `rustc --error-format=json`; the lines of `cargo clippy \
            --message-format=short`.",
        maps_to: "Each `compiler-message` is a finding at its primary span; the tool is `clippy` where the \
            code begins with `clippy::`, else `rustc`; the rule is the code. The context is the line of \
            the span, the message has the help of its children behind it. Severity: error and internal \
            error high, warning medium, note and help low. The short form names no lint: such a finding has the \
            rule `no-rule` unless it has an error code.",
        not_read: "The default form for terminals, with frames of code. Artifacts, build scripts, rendered text, further spans. Summaries (`1 warning emitted`, \
            `aborting due to …`), which have neither a code nor a span.",
        quirks: "One object a line, with cargo's own words between them. A target that is built twice \
            (library and tests) repeats its messages; each is counted as it is written. Paths of \
            dependencies are absolute.",
    },
};

const LEVELS: [(&str, Severity); 7] = [
    ("error: internal compiler error", Severity::High),
    ("error", Severity::High),
    ("warning", Severity::Medium),
    ("failure-note", Severity::Low),
    ("note", Severity::Low),
    ("help", Severity::Low),
    ("", Severity::Unknown),
];

impl Format for Clippy {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        // Cargo's own words come first where both of its streams go into one file.
        let text = input.head();
        let start = text.find("{\"reason\":").unwrap_or(0);
        let begins_a_line =
            text.get(..start).is_some_and(|before| before.is_empty() || before.ends_with('\n'));
        let text = text.get(start..).filter(|_| begins_a_line).unwrap_or_default();
        let Some(head) = json::head(text).filter(|head| !head.is_array) else {
            return clippy_text::sniff(input);
        };
        let is_cargo = matches!(
            head.value("reason"),
            Some("compiler-message" | "compiler-artifact" | "build-script-executed" | "build-finished")
        );
        let is_rustc = head.value("$message_type") == Some("diagnostic") && head.has("rendered")
            || head.has_all(&["message", "code", "level", "spans", "children", "rendered"]);
        if is_cargo || is_rustc { Confidence::Certain } else { Confidence::No }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        if clippy_text::sniff(input) != Confidence::No {
            return clippy_text::read(input, sink);
        }
        json::lines(input, sink, |sink, line: Line<'_>| {
            let own = line.is_bare().then_some(&line.bare);
            match line.message.as_ref().or(own) {
                Some(message) => read(message, sink),
                None => Ok(()),
            }
        })
    }
}

/// A line of cargo, or of rustc itself, whose fields are those of the message.
struct Line<'a> {
    reason: Text<'a>,
    message: Option<Diagnostic<'a>>,
    bare: Diagnostic<'a>,
}

impl Line<'_> {
    fn is_bare(&self) -> bool {
        self.reason.is_empty()
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Line<'a> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Message<'a> {
            #[serde(borrow)]
            Object(Box<Diagnostic<'a>>),
            Text(Text<'a>),
        }

        #[derive(Default, Deserialize)]
        #[serde(default)]
        struct Fields<'a> {
            #[serde(borrow)]
            reason: Text<'a>,
            message: Option<Message<'a>>,
            code: Option<Code<'a>>,
            level: Text<'a>,
            spans: List<Span<'a>>,
            children: List<Child<'a>>,
        }

        let fields = Fields::deserialize(deserializer)?;
        let (message, text) = match fields.message {
            Some(Message::Object(message)) => (Some(*message), Text::default()),
            Some(Message::Text(text)) => (None, text),
            None => (None, Text::default()),
        };
        let bare = Diagnostic {
            message: text,
            code: fields.code,
            level: fields.level,
            spans: fields.spans,
            children: fields.children,
        };
        Ok(Self { reason: fields.reason, message, bare })
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Diagnostic<'a> {
    #[serde(borrow)]
    message: Text<'a>,
    code: Option<Code<'a>>,
    level: Text<'a>,
    spans: List<Span<'a>>,
    children: List<Child<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Code<'a> {
    #[serde(borrow)]
    code: Text<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Child<'a> {
    #[serde(borrow)]
    message: Text<'a>,
    level: Text<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Span<'a> {
    #[serde(borrow)]
    file_name: Text<'a>,
    line_start: Number,
    line_end: Number,
    column_start: Number,
    is_primary: bool,
    text: List<SourceLine<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct SourceLine<'a> {
    #[serde(borrow)]
    text: Text<'a>,
}

fn read(message: &Diagnostic<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
    let code = message.code.as_ref().and_then(|code| present(&code.code));
    let spans = &message.spans.0;
    if code.is_none() && spans.is_empty() {
        return Ok(());
    }
    let severity = by_word(&LEVELS, &message.level, sink);
    let rule = code.unwrap_or(crate::NO_RULE);
    let tool = if rule.starts_with("clippy::") { "clippy" } else { "rustc" };
    let mut text = Cow::Borrowed(&*message.message);
    for child in message.children.0.iter().filter(|child| &*child.level == "help") {
        text.to_mut().push_str("\nhelp: ");
        text.to_mut().push_str(&child.message);
    }
    let mut finding = Finding::new(tool, rule, FindingKind::Code, severity, text);
    finding.help_uri = rule
        .strip_prefix("clippy::")
        .map(|lint| Cow::Owned(format!("https://rust-lang.github.io/rust-clippy/master/index.html#{lint}")));
    if let Some(span) = spans.iter().find(|span| span.is_primary).or(spans.first()) {
        finding.path = present(&span.file_name).map(Cow::Borrowed);
        finding.line = span.line_start.position();
        finding.column = span.column_start.position();
        finding.end_line =
            span.line_end.position().filter(|end| finding.line.is_some_and(|line| *end > line));
        finding.context = span.text.0.first().and_then(|line| present(&line.text)).map(Cow::Borrowed);
    }
    emit(&finding, sink)
}

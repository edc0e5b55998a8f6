//! # reviewdog RDFormat
//!
//! *Produced by* reviewdog and linters with its output, see [`DESCRIPTOR`].
//! *Looks like* `{"source": {"name": "…"}, "severity": "WARNING", "diagnostics": [{"message": "…", "location": {"path": "a.py", "range": {"start": {"line": 1, "column": 2}}}, "code": {"value": "…"}}]}`.
//! *Maps to · Not read · Quirks*: see [`DESCRIPTOR`], from which the documentation is made.

use std::borrow::Cow;

use plimsoll_format::json::{self, Number, Text};
use plimsoll_format::{Confidence, Descriptor, Docs, Format, Input, ParseError, Sink};
use plimsoll_model::{Finding, FindingKind, ReportKind, Severity};
use serde::Deserialize;

use crate::emit::emit;
use crate::lenient::present;
use crate::severity::by_word;

/// See the module.
pub struct RdFormat;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "rdformat",
    name: "reviewdog RDFormat",
    kind: ReportKind::Findings,
    tools: &["reviewdog", "Ruff", "Biome", "golangci-lint"],
    globs: &["*.rdjson", "*.rdjsonl", "rdformat*.json"],
    link: "https://github.com/reviewdog/reviewdog/tree/master/proto/rdf",
    version: 1,
    docs: Docs {
        produced_by: "`ruff check --output-format rdjson`, tools with an `rdjson` or `rdjsonl` reporter, \
            `reviewdog -reporter=rdjson`.",
        maps_to: "Each diagnostic is a finding; the tool is `source.name` in lower case (its own, else \
            that of the document), the rule `code.value`, linked to `code.url`. Severity: ERROR high, \
            WARNING medium, INFO low; none or UNKNOWN_SEVERITY unknown; as numbers 1, 2, 3 and 0.",
        not_read: "Suggestions, related locations, original output.",
        quirks: "`rdjson` is one document with `diagnostics`, `rdjsonl` a diagnostic a line.",
    },
};

const SEVERITIES: [(&str, Severity); 8] = [
    ("ERROR", Severity::High),
    ("WARNING", Severity::Medium),
    ("INFO", Severity::Low),
    ("UNKNOWN_SEVERITY", Severity::Unknown),
    ("1", Severity::High),
    ("2", Severity::Medium),
    ("3", Severity::Low),
    ("0", Severity::Unknown),
];

impl Format for RdFormat {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        let Some(head) = json::head(input.head()).filter(|head| !head.is_array) else {
            return Confidence::No;
        };
        let is_document = head.has_all(&["diagnostics[].location.path", "diagnostics[].message"])
            || head.value("diagnostics") == Some("[") && head.has("source.name");
        let is_line = head.has_all(&["message", "location.path"])
            && head.has_any(&["location.range.start.line", "location.range.start", "source.name"]);
        if is_document || is_line { Confidence::Certain } else { Confidence::No }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        let is_document = json::head(input.head()).is_some_and(|head| head.has("diagnostics"));
        if !is_document {
            return json::lines(input, sink, |sink, diagnostic: Diagnostic<'_>| {
                read(&diagnostic, &Source::default(), "", sink)
            });
        }
        let (source, severity) = common(input)?;
        let mut reader = json::Reader::new(input);
        reader.object(|reader, key| match key {
            "diagnostics" => reader.array(|reader| {
                let diagnostic: Diagnostic<'_> = reader.read()?;
                read(&diagnostic, &source, &severity, sink)
            }),
            _ => Ok(()),
        })?;
        reader.finish()
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Source<'a> {
    #[serde(borrow)]
    name: Text<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Diagnostic<'a> {
    #[serde(borrow)]
    message: Text<'a>,
    location: Option<Location<'a>>,
    severity: Text<'a>,
    source: Option<Source<'a>>,
    code: Option<Code<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Location<'a> {
    #[serde(borrow)]
    path: Text<'a>,
    range: Option<Range>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Range {
    start: Option<Position>,
    end: Option<Position>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Position {
    line: Number,
    column: Number,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Code<'a> {
    #[serde(borrow)]
    value: Text<'a>,
    url: Text<'a>,
}

/// What stands once for all diagnostics, often behind them.
fn common<'a>(input: &Input<'a>) -> Result<(Source<'a>, Text<'a>), ParseError> {
    let mut source = Source::default();
    let mut severity = Text::default();
    json::Reader::new(input).object(|reader, key| {
        match key {
            "source" => source = reader.read::<Option<Source<'a>>>()?.unwrap_or_default(),
            "severity" => severity = reader.read()?,
            _ => {}
        }
        Ok(())
    })?;
    Ok((source, severity))
}

fn read(
    diagnostic: &Diagnostic<'_>,
    source: &Source<'_>,
    severity: &str,
    sink: &mut dyn Sink,
) -> Result<(), ParseError> {
    let severity = match present(&diagnostic.severity).unwrap_or(severity) {
        "" => Severity::Unknown,
        word => by_word(&SEVERITIES, word, sink),
    };
    let name = diagnostic.source.as_ref().and_then(|source| present(&source.name));
    let tool = name.or_else(|| present(&source.name)).unwrap_or("reviewdog").to_lowercase();
    let rule = diagnostic.code.as_ref().and_then(|code| present(&code.value)).unwrap_or(crate::NO_RULE);
    let mut finding = Finding::new(tool, rule, FindingKind::Code, severity, &*diagnostic.message);
    finding.help_uri = diagnostic.code.as_ref().and_then(|code| present(&code.url)).map(Cow::Borrowed);
    if let Some(location) = &diagnostic.location {
        let start = location.range.as_ref().and_then(|range| range.start.as_ref());
        let end = location.range.as_ref().and_then(|range| range.end.as_ref()?.line.position());
        finding.path = present(&location.path).map(Cow::Borrowed);
        finding.line = start.and_then(|start| start.line.position());
        finding.column = start.and_then(|start| start.column.position());
        finding.end_line = end.filter(|end| finding.line.is_some_and(|line| *end > line));
    }
    emit(&finding, sink)
}

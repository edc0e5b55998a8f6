//! # govulncheck JSON
//!
//! *Produced by* govulncheck, see [`DESCRIPTOR`].
//! *Looks like* `{"config": {…}} {"progress": {…}} {"osv": {"id": "GO-…"}} {"finding": {"osv": "GO-…", "trace": […]}}`.
//! *Maps to · Not read · Quirks*: see [`DESCRIPTOR`], from which the documentation is made.

use std::borrow::Cow;
use std::collections::BTreeMap;

use plimsoll_format::json::{self, Number, Text};
use plimsoll_format::{Confidence, Descriptor, Docs, Format, Input, ParseError, ParseErrorKind, Sink};
use plimsoll_model::{Finding, FindingKind, Package, ReportKind, Severity};
use serde::Deserialize;

use crate::advisory::aliases;
use crate::lenient::{List, element, first, present};

/// See the module.
pub struct Govulncheck;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "govulncheck",
    name: "govulncheck JSON",
    kind: ReportKind::Findings,
    tools: &["govulncheck"],
    globs: &["govulncheck*.json", "*govulncheck*.json"],
    link: "https://pkg.go.dev/golang.org/x/vuln/internal/govulncheck",
    version: 1,
    docs: Docs {
        produced_by: "`govulncheck -format json ./... > govulncheck.json`.",
        maps_to: "Each pair of advisory and module is one vulnerability, although govulncheck writes a `finding` for \
            the module, for each package and for each symbol: the one that reaches furthest counts. Its place is the \
            last position of the trace, in the caller's own code. Title and aliases are those of the `osv` entry. \
            Severity, as govulncheck's own SARIF levels have it: a vulnerable symbol is called high, a vulnerable \
            package is imported medium, a vulnerable module is only required low.",
        not_read: "Configuration, progress, the bill of materials, the rest of the trace.",
        quirks: "The documents stand one after the other, without an array around them. Go gives advisories no \
            severity of their own.",
    },
};

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Message<'a> {
    config: Option<Config>,
    osv: Option<Osv<'a>>,
    finding: Option<Reached<'a>>,
}

#[derive(Deserialize)]
struct Config {}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Osv<'a> {
    id: Text<'a>,
    aliases: List<Text<'a>>,
    summary: Text<'a>,
    details: Text<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Reached<'a> {
    osv: Text<'a>,
    fixed_version: Text<'a>,
    trace: List<Frame<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Frame<'a> {
    module: Text<'a>,
    version: Text<'a>,
    package: Text<'a>,
    function: Text<'a>,
    position: Option<Position<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Position<'a> {
    filename: Text<'a>,
    line: Number,
    column: Number,
}

impl Reached<'_> {
    fn severity(&self) -> Severity {
        match self.trace.0.first() {
            Some(frame) if !frame.function.is_empty() => Severity::High,
            Some(frame) if !frame.package.is_empty() => Severity::Medium,
            _ => Severity::Low,
        }
    }
}

impl Format for Govulncheck {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        let Some(head) = json::head(input.head()).filter(|head| !head.is_array) else {
            return Confidence::No;
        };
        let is_named = head.value("config.scanner_name") == Some("govulncheck");
        let has_config = head.has_all(&["config.protocol_version", "config.db"]);
        let has_parts = head.has_all(&["osv.schema_version", "osv.id"])
            || head.has_all(&["finding.osv", "finding.trace"]);
        if is_named || has_config || has_parts { Confidence::Certain } else { Confidence::No }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        let mut advisories: BTreeMap<Cow<'_, str>, Osv<'_>> = BTreeMap::new();
        let mut reached: BTreeMap<(Cow<'_, str>, Cow<'_, str>), Reached<'_>> = BTreeMap::new();
        let mut is_govulncheck = false;
        json::documents(input, |reader| {
            let Some(message) = element::<Message<'_>>(reader, sink)? else { return Ok(()) };
            is_govulncheck |= message.config.is_some() || message.osv.is_some() || message.finding.is_some();
            if let Some(osv) = message.osv {
                advisories.insert(osv.id.0.clone(), osv);
            }
            if let Some(found) = message.finding {
                let module = found.trace.0.first().map(|frame| frame.module.0.clone()).unwrap_or_default();
                let key = (found.osv.0.clone(), module);
                let is_better = reached.get(&key).is_none_or(|known| known.severity() < found.severity());
                if is_better {
                    reached.insert(key, found);
                }
            }
            Ok(())
        })?;
        if !is_govulncheck {
            return Err(ParseError::new(ParseErrorKind::Missing("`config`")));
        }
        for (_, found) in reached {
            let finding = finding(&found, advisories.get(&found.osv.0));
            sink.finding(&finding)?;
        }
        Ok(())
    }
}

fn finding<'a>(found: &Reached<'a>, osv: Option<&Osv<'a>>) -> Finding<'a> {
    let id = &found.osv;
    let texts = osv.map(|osv| [osv.summary.clone(), osv.details.clone()]);
    let message = first(texts.into_iter().flatten().chain([id.clone()]));
    let mut finding =
        Finding::new("govulncheck", id.clone(), FindingKind::Vulnerability, found.severity(), message);
    finding.rule_name = osv.and_then(|osv| present(osv.summary.clone()));
    finding.help_uri = Some(format!("https://pkg.go.dev/vuln/{id}").into());
    let others = osv.into_iter().flat_map(|osv| osv.aliases.0.iter().map(|alias| alias.0.clone()));
    finding.aliases = aliases([id.0.clone()].into_iter().chain(others));
    if let Some(position) = found.trace.0.iter().rev().find_map(|frame| frame.position.as_ref()) {
        finding.path = present(position.filename.clone());
        finding.line = position.line.position();
        finding.column = position.column.position();
    }
    finding.package = found.trace.0.first().map(|frame| Package {
        name: frame.module.0.clone(),
        version: present(frame.version.clone()),
        fixed_version: present(found.fixed_version.clone()),
        purl: None,
        ecosystem: Some("go".into()),
    });
    finding
}

//! The mutation testing report of Stryker and others.
//!
//! # Produced by
//! StrykerJS, Stryker.NET and Stryker4s with the reporter `json`; others that write the same schema.
//!
//! # Looks like
//! `{"schemaVersion", "thresholds", "files": {"src/a.js": {"language", "source", "mutants": [{"mutatorName",
//! "replacement", "status", "location"}]}}}`.
//!
//! # Maps to
//! One finding for each mutant that no test noticed: a place where the code could be wrong and the tests would still
//! pass. Mutants that were noticed are none.
//!
//! # Not read
//! Sources, tests, which test killed a mutant, thresholds.
//!
//! # Quirks
//! The source of a file is in the report, often before its mutants.

use plimsoll_format::{
    Confidence, Descriptor, Docs, Format, Input, ParseError, Sink, Warning, WarningCode, json,
};
use plimsoll_model::{Finding, FindingKind, ReportKind, Severity};
use serde::Deserialize;

/// The mutation testing report of Stryker and others.
pub struct Stryker;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "stryker",
    name: "Stryker mutation testing",
    kind: ReportKind::Findings,
    tools: &["StrykerJS", "Stryker.NET", "Stryker4s"],
    globs: &["mutation.json", "mutation-report.json", "*stryker*.json"],
    link: "https://github.com/stryker-mutator/mutation-testing-elements/tree/master/packages/report-schema",
    version: 1,
    docs: Docs {
        produced_by: "StrykerJS, Stryker.NET and Stryker4s with the reporter `json` (`reports/mutation/mutation.json`); \
                      other tools of the same schema.",
        maps_to: "Each mutant that no test noticed is a finding of the rule that its mutator is: `Survived` is low, \
                  `NoCoverage` is info (coverage tells it, too). The table is ours: the schema has no severities. \
                  The replacement is the finding's context.",
        not_read: "Mutants that were noticed (`Killed`, `Timeout`) or not run (`CompileError`, `Ignored`, `Pending`); \
                   sources, tests and thresholds.",
        quirks: "Each `RuntimeError` is a warning: the tool could not tell.",
    },
};

impl Format for Stryker {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        let Some(head) = json::head(input.head()) else { return Confidence::No };
        let inside =
            |end: &str| head.fields.iter().any(|(path, _)| path.starts_with("files.") && path.ends_with(end));
        let has_mutants = inside(".mutants") || inside(".mutants[].mutatorName");
        // The source may fill the head before the first mutant.
        let has_source = inside(".language") && inside(".source");
        match head.has_all(&["schemaVersion", "files"]) {
            _ if has_mutants => Confidence::Certain,
            true if has_source || head.has("thresholds") => Confidence::Certain,
            _ if has_source => Confidence::Likely,
            _ => Confidence::No,
        }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        let mut reader = json::Reader::new(input);
        reader.object(|reader, key| match key {
            "files" => reader.object(|reader, path| {
                reader.object(|reader, key| match key {
                    "mutants" => reader.array(|reader| {
                        let mutant: Mutant<'_> = reader.read()?;
                        convert(mutant, path, &reader.path(), sink)
                    }),
                    _ => Ok(()),
                })
            }),
            _ => Ok(()),
        })?;
        reader.finish()
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Mutant<'a> {
    #[serde(borrow, default)]
    mutator_name: json::Text<'a>,
    #[serde(borrow, default)]
    replacement: Option<json::Text<'a>>,
    #[serde(borrow, default)]
    description: Option<json::Text<'a>>,
    #[serde(borrow, default)]
    status: json::Text<'a>,
    #[serde(default, deserialize_with = "json::or_default")]
    location: Location,
}

#[derive(Deserialize, Default)]
struct Location {
    #[serde(default, deserialize_with = "json::or_default")]
    start: Place,
    #[serde(default, deserialize_with = "json::or_default")]
    end: Place,
}

#[derive(Deserialize, Default)]
struct Place {
    #[serde(default)]
    line: json::Number,
    #[serde(default)]
    column: json::Number,
}

fn convert(mutant: Mutant<'_>, path: &str, place: &str, sink: &mut dyn Sink) -> Result<(), ParseError> {
    let (severity, outcome) = match &*mutant.status {
        "Survived" => (Severity::Low, "survived"),
        "NoCoverage" => (Severity::Info, "is covered by no test"),
        "Killed" | "Timeout" | "CompileError" | "Ignored" | "Pending" => return Ok(()),
        "RuntimeError" => {
            let message = format!("{place}: the mutant could not be run");
            sink.warning(Warning::new(WarningCode::ToolError, message));
            return Ok(());
        }
        other => {
            let message = format!("{place} has the unknown status `{other}`");
            sink.warning(Warning::new(WarningCode::UnknownOutcome, message));
            return Ok(());
        }
    };
    let replacement = mutant.replacement.and_then(json::Text::non_empty);
    let message = match (mutant.description.and_then(json::Text::non_empty), &replacement) {
        (Some(description), _) => format!("{description}: the mutant {outcome}"),
        (None, Some(replacement)) => format!("replaced by `{replacement}`: the mutant {outcome}"),
        (None, None) => format!("mutant of {} {outcome}", mutant.mutator_name),
    };
    let line = mutant.location.start.line.position();
    sink.finding(&Finding {
        path: Some(path.into()),
        line,
        column: mutant.location.start.column.position(),
        end_line: mutant.location.end.line.position().filter(|end| Some(*end) != line),
        context: replacement,
        ..Finding::new("stryker", mutant.mutator_name, FindingKind::Code, severity, message)
    })
}

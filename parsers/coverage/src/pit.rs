//! PIT's mutation report.
//!
//! # Produced by
//! PIT with the output format `XML`.
//!
//! # Looks like
//! `<mutations>` of `<mutation detected status>` with `<sourceFile>`, `<mutatedClass>`, `<mutatedMethod>`,
//! `<lineNumber>`, `<mutator>`, `<description>`.
//!
//! # Maps to
//! One finding for each mutant that no test noticed: a place where the code could be wrong and the tests would still
//! pass. Mutants that were noticed are none.
//!
//! # Not read
//! Which test killed a mutant, how many tests ran, blocks.
//!
//! # Quirks
//! The path is made from the class's package and the name of the source file. Descriptions end with spaces.

use std::borrow::Cow;

use plimsoll_format::xml::{self, Element, Reader};
use plimsoll_format::{
    Confidence, Descriptor, Docs, Format, Input, ParseError, ParseErrorKind, Sink, Warning, WarningCode,
};
use plimsoll_model::{Finding, FindingKind, ReportKind, Severity};

use crate::counts::line_number;

/// PIT's mutation report.
pub struct Pit;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "pit",
    name: "PIT mutation testing",
    kind: ReportKind::Findings,
    tools: &["PIT"],
    globs: &["mutations.xml", "pit-reports/*.xml"],
    link: "https://pitest.org/quickstart/maven/",
    version: 1,
    docs: Docs {
        produced_by: "PIT's Maven, Gradle or command line runner with the output format `XML` \
                      (`target/pit-reports/mutations.xml`).",
        maps_to: "Each mutant that no test noticed is a finding of the rule that its mutator is: `SURVIVED` is low, \
                  `NO_COVERAGE` is info (coverage tells it, too). The table is ours: PIT has no severities. \
                  Class, method, mutator and index are its identity.",
        not_read: "Mutants that were noticed (`KILLED`, `TIMED_OUT`, `MEMORY_ERROR`) or never run (`NON_VIABLE`, \
                   `NOT_STARTED`, `STARTED`); the killing test; blocks.",
        quirks: "Each `RUN_ERROR` is a warning: the tool could not tell. The path is made from the class's package \
                 and the source file's name.",
    },
};

impl Format for Pit {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        let is_ours = xml::head(input.head()).is_some_and(|head| {
            head.root == "mutations" && matches!(head.first_element(), None | Some("mutation"))
        });
        if is_ours { Confidence::Certain } else { Confidence::No }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        let mut reader = Reader::new(input);
        let root = reader.root()?;
        if root.name() != "mutations" {
            return Err(reader.error(ParseErrorKind::Missing("the element `mutations`")));
        }
        while let Some(element) = reader.child(&root)? {
            if element.name() == "mutation" {
                let severity = severity(&element, &reader, sink)?;
                let mutant = Mutant::read(&mut reader, &element, sink)?;
                if let Some(severity) = severity {
                    sink.finding(&mutant.finding(severity))?;
                }
            }
        }
        reader.finish()
    }
}

/// `None` for a mutant that is no finding.
fn severity(
    mutation: &Element<'_>,
    reader: &Reader<'_>,
    sink: &mut dyn Sink,
) -> Result<Option<Severity>, ParseError> {
    let status = mutation.attribute("status")?.unwrap_or_default();
    Ok(match status.as_ref() {
        "SURVIVED" => Some(Severity::Low),
        "NO_COVERAGE" => Some(Severity::Info),
        "KILLED" | "TIMED_OUT" | "MEMORY_ERROR" | "NON_VIABLE" | "NOT_STARTED" | "STARTED" => None,
        "RUN_ERROR" => {
            let message = format!("{}: the mutant could not be run", reader.path());
            sink.warning(Warning::new(WarningCode::ToolError, message));
            None
        }
        other => {
            let message = format!("{} has the unknown status `{other}`", reader.path());
            sink.warning(Warning::new(WarningCode::UnknownOutcome, message));
            None
        }
    })
}

#[derive(Default)]
struct Mutant<'a> {
    file: Cow<'a, str>,
    class: Cow<'a, str>,
    method: Cow<'a, str>,
    signature: Cow<'a, str>,
    line: Option<u32>,
    mutator: Cow<'a, str>,
    index: Cow<'a, str>,
    description: Cow<'a, str>,
}

impl<'a> Mutant<'a> {
    fn read(
        reader: &mut Reader<'a>,
        mutation: &Element<'a>,
        sink: &mut dyn Sink,
    ) -> Result<Self, ParseError> {
        let mut mutant = Self::default();
        while let Some(element) = reader.child(mutation)? {
            match element.name() {
                "sourceFile" => mutant.file = reader.text(&element)?,
                "mutatedClass" => mutant.class = reader.text(&element)?,
                "mutatedMethod" => mutant.method = reader.text(&element)?,
                "methodDescription" => mutant.signature = reader.text(&element)?,
                "lineNumber" => mutant.line = line_number(reader.text(&element)?.trim()),
                "mutator" => mutant.mutator = reader.text(&element)?,
                "index" | "indexes" => mutant.index = reader.text(&element)?,
                "description" => mutant.description = reader.shown_text(&element, sink)?,
                _ => {}
            }
        }
        Ok(mutant)
    }

    fn finding(&self, severity: Severity) -> Finding<'_> {
        let mutator = self.mutator.trim();
        let rule = mutator.rsplit('.').next().unwrap_or(mutator);
        let (class, method) = (self.class.trim(), self.method.trim());
        let outcome = if severity == Severity::Low { "survived" } else { "is covered by no test" };
        let message = match self.description.trim() {
            "" => format!("mutant of {rule} in {class}.{method} {outcome}"),
            description => format!("{description}: the mutant {outcome}"),
        };
        let package = class.rsplit_once('.').map_or("", |(package, _)| package).replace('.', "/");
        let file = self.file.trim();
        let path = if package.is_empty() { file.to_owned() } else { format!("{package}/{file}") };
        let index: Vec<&str> = self.index.split_whitespace().collect();
        Finding {
            path: (!file.is_empty()).then_some(Cow::Owned(path)),
            line: self.line,
            fingerprint: Some(
                format!("{class}.{method}{}#{rule}#{}", self.signature.trim(), index.join(",")).into(),
            ),
            ..Finding::new("pit", rule, FindingKind::Code, severity, message)
        }
    }
}

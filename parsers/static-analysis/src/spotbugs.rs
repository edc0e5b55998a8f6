//! # SpotBugs XML
//!
//! *Produced by* SpotBugs and FindBugs with their plugins, see [`DESCRIPTOR`].
//! *Looks like* `<BugCollection><BugInstance type="…" rank="7" category="…"><Class/><Method/><SourceLine/></BugInstance></BugCollection>`.
//! *Maps to · Not read · Quirks*: see [`DESCRIPTOR`], from which the documentation is made.

use std::borrow::Cow;

use plimsoll_format::{
    Confidence, Descriptor, Docs, Format, Input, ParseError, ParseErrorKind, Sink, Warning, WarningCode, xml,
};
use plimsoll_model::{Finding, FindingKind, ReportKind, Severity, Suppression};

use crate::emit::{emit, position};
use crate::severity::by_word;

/// See the module.
pub struct SpotBugs;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "spotbugs",
    name: "SpotBugs XML",
    kind: ReportKind::Findings,
    tools: &["SpotBugs", "FindBugs", "Find Security Bugs", "fb-contrib"],
    globs: &["spotbugs*.xml", "findbugs*.xml"],
    link: "https://spotbugs.readthedocs.io/en/stable/",
    version: 1,
    docs: Docs {
        produced_by: "`spotbugs -textui -xml:withMessages`, `mvn spotbugs:spotbugs` (`spotbugsXml.xml`), \
            Gradle's `reports { xml }`.",
        maps_to: "Each `BugInstance` is a finding; the rule is its `type`, the fingerprint its \
            `instanceHash`, the context class and method. The message is `LongMessage`, else \
            `ShortMessage`, else the type. The place is its own primary `SourceLine`, else its first one, \
            else the method's, else the class's. `SrcDir`s are source roots. Severity by rank, in \
            SpotBugs' own words: 1 to 4 (scariest) critical, to 9 (scary) high, to 14 (troubling) medium, \
            to 20 (of concern) low; without a rank by priority: 1 high, 2 medium, 3 low, 4 and 5 info. \
            Category SECURITY is a weakness, with its CWE. A `UserAnnotation` that calls it no bug, \
            harmless or not worth mending suppresses it.",
        not_read: "Descriptions of patterns and categories, statistics, jars and classes; properties.",
        quirks: "Files without messages (`-xml`). Paths are relative to a source folder. Lines may be \
            missing or 0.",
    },
};

const PRIORITIES: [(&str, Severity); 5] = [
    ("1", Severity::High),
    ("2", Severity::Medium),
    ("3", Severity::Low),
    ("4", Severity::Info),
    ("5", Severity::Info),
];

impl Format for SpotBugs {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        match xml::head(input.head()) {
            Some(head) if head.root == "BugCollection" => Confidence::Certain,
            _ => Confidence::No,
        }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        let mut reader = xml::Reader::new(input);
        let root = reader.root()?;
        if root.name() != "BugCollection" {
            return Err(ParseError::new(ParseErrorKind::Missing("`BugCollection`")));
        }
        while let Some(child) = reader.child(&root)? {
            match child.name() {
                "BugInstance" => {
                    let finding = read_bug(&mut reader, &child, sink)?;
                    emit(&finding, sink)?;
                }
                "Project" => {
                    while let Some(part) = reader.child(&child)? {
                        if part.name() == "SrcDir" {
                            let folder = reader.text(&part)?;
                            sink.source_root(folder.trim())?;
                        }
                    }
                }
                "Errors" => {
                    while let Some(error) = reader.child(&child)? {
                        if matches!(error.name(), "Error" | "ErrorMessage") {
                            let text = reader.shown_text(&error, sink)?;
                            let first = text.trim().lines().next().unwrap_or_default().to_owned();
                            sink.warning(Warning::new(WarningCode::ToolError, first));
                        }
                    }
                }
                _ => {}
            }
        }
        reader.finish()
    }
}

/// A place in the source, and how well it tells where the bug is: more is better.
#[derive(Default)]
struct Place<'a> {
    rank: u8,
    path: Option<Cow<'a, str>>,
    line: Option<u32>,
    end_line: Option<u32>,
}

fn read_bug<'a>(
    reader: &mut xml::Reader<'a>,
    bug: &xml::Element<'a>,
    sink: &mut dyn Sink,
) -> Result<Finding<'a>, ParseError> {
    let mut finding = Finding::new("spotbugs", crate::NO_RULE, FindingKind::Code, Severity::Unknown, "");
    let mut rank = None;
    for attribute in bug.attributes() {
        let attribute = attribute?;
        let value = attribute.value()?;
        match attribute.name {
            "type" => finding.rule = value,
            "rank" => rank = position(&value),
            "priority" if rank.is_none() => finding.severity = by_word(&PRIORITIES, value.trim(), sink),
            "category" if value == "SECURITY" => finding.kind = FindingKind::Weakness,
            "instanceHash" => finding.fingerprint = Some(value),
            "cweid" => finding.cwe.extend(position(&value).map(|cwe| Cow::Owned(format!("CWE-{cwe}")))),
            _ => {}
        }
    }
    if let Some(rank) = rank {
        finding.severity = by_rank(rank);
    }
    let mut best = Place::default();
    let mut long_message = None;
    while let Some(child) = reader.child(bug)? {
        match child.name() {
            "LongMessage" => long_message = Some(reader.shown_text(&child, sink)?),
            "ShortMessage" => finding.rule_name = Some(reader.shown_text(&child, sink)?),
            "SourceLine" => {
                let is_primary = child.attribute("primary")?.is_some_and(|primary| primary == "true");
                best = better(best, place(&child, if is_primary { 5 } else { 4 })?);
            }
            "Class" | "Method" | "Field" => {
                let name = child.attribute("name")?;
                let class = child.attribute("classname")?;
                if child.name() == "Class" && finding.context.is_none() {
                    finding.context = class;
                } else if let (Some(class), Some(name)) = (class, name)
                    && child.name() == "Method"
                    && !finding.context.as_ref().is_some_and(|context| context.contains('#'))
                {
                    finding.context = Some(Cow::Owned(format!("{class}#{name}")));
                }
                let rank = match child.name() {
                    "Method" => 3,
                    "Field" => 2,
                    _ => 1,
                };
                while let Some(line) = reader.child(&child)? {
                    if line.name() == "SourceLine" {
                        best = better(best, place(&line, rank)?);
                    }
                }
            }
            "UserAnnotation" => finding.suppression = annotation(&child)?,
            _ => {}
        }
    }
    finding.path = best.path;
    finding.line = best.line;
    finding.end_line = best.end_line.filter(|end| finding.line.is_some_and(|line| *end > line));
    finding.message = long_message
        .filter(|message| !message.trim().is_empty())
        .or_else(|| finding.rule_name.clone())
        .unwrap_or_else(|| finding.rule.clone());
    Ok(finding)
}

fn better<'a>(best: Place<'a>, other: Place<'a>) -> Place<'a> {
    // A place without a line is worth less than any with one.
    let worth = |place: &Place<'_>| (place.path.is_some(), place.line.is_some(), place.rank);
    if worth(&other) > worth(&best) { other } else { best }
}

fn place<'a>(element: &xml::Element<'a>, rank: u8) -> Result<Place<'a>, ParseError> {
    let mut place = Place { rank, ..Place::default() };
    let mut file = None;
    for attribute in element.attributes() {
        let attribute = attribute?;
        match attribute.name {
            "sourcepath" => place.path = Some(attribute.value()?).filter(|path| !path.is_empty()),
            "sourcefile" => file = Some(attribute.value()?).filter(|path| !path.is_empty()),
            "start" => place.line = position(&attribute.value()?),
            "end" => place.end_line = position(&attribute.value()?),
            _ => {}
        }
    }
    place.path = place.path.or(file);
    Ok(place)
}

fn by_rank(rank: u32) -> Severity {
    match rank {
        ..=4 => Severity::Critical,
        5..=9 => Severity::High,
        10..=14 => Severity::Medium,
        _ => Severity::Low,
    }
}

fn annotation<'a>(element: &xml::Element<'a>) -> Result<Option<Suppression<'a>>, ParseError> {
    let designation = element.attribute("designation")?.unwrap_or_default();
    let is_accepted =
        ["NOT_A_BUG", "MOSTLY_HARMLESS", "BAD_ANALYSIS", "OBSOLETE_CODE"].contains(&&*designation);
    Ok(is_accepted.then_some(Suppression { place: "external", reason: Some(designation) }))
}

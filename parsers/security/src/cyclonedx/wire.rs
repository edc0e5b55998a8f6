use std::collections::HashMap;

use plimsoll_format::json::{Number, Text};
use plimsoll_format::xml::{Element, Reader};
use plimsoll_format::{Input, ParseError, ParseErrorKind, Sink};
use serde::Deserialize;

use super::convert::{Components, finding};
use crate::lenient::List;

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub struct Component<'a> {
    #[serde(rename = "bom-ref")]
    pub bom_ref: Text<'a>,
    pub group: Text<'a>,
    pub name: Text<'a>,
    pub version: Text<'a>,
    pub purl: Text<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub struct Vulnerability<'a> {
    pub id: Text<'a>,
    pub source: Option<Source<'a>>,
    pub references: List<Reference<'a>>,
    pub ratings: List<Rating<'a>>,
    pub cwes: List<Text<'a>>,
    pub description: Text<'a>,
    pub detail: Text<'a>,
    pub analysis: Option<Analysis<'a>>,
    pub affects: List<Affected<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub struct Source<'a> {
    pub url: Text<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub struct Reference<'a> {
    pub id: Text<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub struct Rating<'a> {
    pub score: Number,
    pub severity: Text<'a>,
    pub method: Text<'a>,
    pub vector: Text<'a>,
    pub source: Option<Named<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub struct Named<'a> {
    pub name: Text<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub struct Analysis<'a> {
    pub state: Text<'a>,
    pub justification: Text<'a>,
    pub detail: Text<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub struct Affected<'a> {
    #[serde(rename = "ref")]
    pub reference: Text<'a>,
}

/// The same document as XML.
pub fn read_xml(input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
    let mut reader = Reader::new(input);
    let root = reader.root()?;
    if root.name() != "bom" {
        return Err(reader.error(ParseErrorKind::Missing("the element `bom`")));
    }
    let mut components = HashMap::new();
    container(&mut reader, &root, &mut components, sink)?;
    reader.finish()
}

/// Lists of components and of vulnerabilities, wherever they stand in each other.
fn container<'a>(
    reader: &mut Reader<'a>,
    parent: &Element<'a>,
    components: &mut Components<'a>,
    sink: &mut dyn Sink,
) -> Result<(), ParseError> {
    while let Some(child) = reader.child(parent)? {
        match child.name() {
            "components" | "vulnerabilities" => container(reader, &child, components, sink)?,
            "component" => component(reader, &child, components, sink)?,
            "vulnerability" => {
                let wire = vulnerability(reader, &child)?;
                let finding = finding(wire, components, sink);
                sink.finding(&finding)?;
            }
            _ => {}
        }
    }
    Ok(())
}

fn component<'a>(
    reader: &mut Reader<'a>,
    element: &Element<'a>,
    components: &mut Components<'a>,
    sink: &mut dyn Sink,
) -> Result<(), ParseError> {
    let bom_ref = Text(element.attribute("bom-ref")?.unwrap_or_default());
    let mut wire = Component { bom_ref, ..Component::default() };
    while let Some(child) = reader.child(element)? {
        match child.name() {
            "group" => wire.group = Text(reader.text(&child)?),
            "name" => wire.name = Text(reader.text(&child)?),
            "version" => wire.version = Text(reader.text(&child)?),
            "purl" => wire.purl = Text(reader.text(&child)?),
            "components" | "vulnerabilities" => container(reader, &child, components, sink)?,
            _ => {}
        }
    }
    if !wire.bom_ref.is_empty() && !wire.bom_ref.starts_with("pkg:") {
        components.insert(wire.bom_ref.0.clone(), wire);
    }
    Ok(())
}

fn vulnerability<'a>(
    reader: &mut Reader<'a>,
    element: &Element<'a>,
) -> Result<Vulnerability<'a>, ParseError> {
    let mut wire = Vulnerability::default();
    if let Some(reference) = element.attribute("ref")? {
        wire.affects.0.push(Affected { reference: Text(reference) });
    }
    while let Some(child) = reader.child(element)? {
        match child.name() {
            "id" => wire.id = Text(reader.text(&child)?),
            "description" => wire.description = Text(reader.text(&child)?),
            "detail" => wire.detail = Text(reader.text(&child)?),
            "source" => {
                while let Some(part) = reader.child(&child)? {
                    if part.name() == "url" {
                        wire.source = Some(Source { url: Text(reader.text(&part)?) });
                    }
                }
            }
            "references" => {
                while let Some(reference) = reader.child(&child)? {
                    while let Some(part) = reader.child(&reference)? {
                        if part.name() == "id" {
                            wire.references.0.push(Reference { id: Text(reader.text(&part)?) });
                        }
                    }
                }
            }
            "ratings" => {
                while let Some(rating) = reader.child(&child)? {
                    wire.ratings.0.push(self::rating(reader, &rating)?);
                }
            }
            "cwes" => {
                while let Some(cwe) = reader.child(&child)? {
                    wire.cwes.0.push(Text(reader.text(&cwe)?));
                }
            }
            "analysis" => wire.analysis = Some(analysis(reader, &child)?),
            "affects" => {
                while let Some(target) = reader.child(&child)? {
                    while let Some(part) = reader.child(&target)? {
                        if part.name() == "ref" {
                            wire.affects.0.push(Affected { reference: Text(reader.text(&part)?) });
                        }
                    }
                }
            }
            _ => {}
        }
    }
    Ok(wire)
}

fn rating<'a>(reader: &mut Reader<'a>, element: &Element<'a>) -> Result<Rating<'a>, ParseError> {
    let mut rating = Rating::default();
    while let Some(part) = reader.child(element)? {
        match part.name() {
            "score" => {
                // The extension of version 1.2 wraps the base score.
                let text = reader.text(&part)?;
                rating.score = Number(text.split_whitespace().next().and_then(plimsoll_format::parse_number));
            }
            "severity" => rating.severity = Text(reader.text(&part)?),
            "method" => rating.method = Text(reader.text(&part)?),
            "vector" => rating.vector = Text(reader.text(&part)?),
            "source" => {
                while let Some(of) = reader.child(&part)? {
                    if of.name() == "name" {
                        rating.source = Some(Named { name: Text(reader.text(&of)?) });
                    }
                }
            }
            _ => {}
        }
    }
    Ok(rating)
}

fn analysis<'a>(reader: &mut Reader<'a>, element: &Element<'a>) -> Result<Analysis<'a>, ParseError> {
    let mut analysis = Analysis::default();
    while let Some(part) = reader.child(element)? {
        match part.name() {
            "state" => analysis.state = Text(reader.text(&part)?),
            "justification" => analysis.justification = Text(reader.text(&part)?),
            "detail" => analysis.detail = Text(reader.text(&part)?),
            _ => {}
        }
    }
    Ok(analysis)
}

//! # ZAP
//!
//! *Produced by* ZAP (Zed Attack Proxy), see [`DESCRIPTOR`].
//! *Looks like* `<OWASPZAPReport><site name="…"><alerts><alertitem>…`, or `{"@version": "…", "site": [{"alerts": [{…}]}]}`.
//! *Maps to · Not read · Quirks*: see [`DESCRIPTOR`], from which the documentation is made.

use plimsoll_format::json::{self, Kind, Text};
use plimsoll_format::xml::{self, Element, Reader};
use plimsoll_format::{Confidence, Descriptor, Docs, Format, Input, ParseError, ParseErrorKind, Sink};
use plimsoll_model::{Finding, FindingKind, ReportKind, Severity, Suppression};
use serde::Deserialize;

use crate::advisory::cwes;
use crate::lenient::{List, element, first, present, report};
use crate::severity::by_word;

/// See the module.
pub struct Zap;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "zap",
    name: "ZAP",
    kind: ReportKind::Findings,
    tools: &["ZAP"],
    globs: &["zap*.xml", "zap*.json", "*zap*.xml", "*zap*.json"],
    link: "https://www.zaproxy.org/docs/desktop/addons/report-generation/",
    version: 1,
    docs: Docs {
        produced_by: "`zap-baseline.py -t URL -x zap.xml -J zap.json`, the reports `traditional-xml` and \
            `traditional-json`, also with requests and responses.",
        maps_to: "Each alert of each site is a weakness, as ZAP counts them: rule `alertRef`, else `pluginid`. The \
            context is the site, for the reports of version 2.3 and before, which have an alert for each address, the \
            address. Confidence 0, false positive, suppresses. Severity, from the risk code: 3 high, 2 medium, 1 low, \
            0 info.",
        not_read: "Instances beyond their number, evidence, requests and responses, solutions, references but the \
            first, statistics.",
        quirks: "Texts hold HTML paragraphs. `site` is an object where there is one. GitLab's DAST reports that hold \
            the whole report of ZAP are read as such.",
    },
};

/// <https://www.zaproxy.org/docs/desktop/start/features/alerts/>
const RISKS: &[(&str, Severity)] = &[
    ("3", Severity::High),
    ("2", Severity::Medium),
    ("1", Severity::Low),
    ("0", Severity::Info),
    ("", Severity::Unknown),
];

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Site<'a> {
    #[serde(rename = "@name")]
    name: Text<'a>,
    alerts: List<Alert<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Alert<'a> {
    pluginid: Text<'a>,
    #[serde(rename = "alertRef")]
    alert_ref: Text<'a>,
    name: Text<'a>,
    alert: Text<'a>,
    riskcode: Text<'a>,
    confidence: Text<'a>,
    desc: Text<'a>,
    reference: Text<'a>,
    cweid: Text<'a>,
    uri: Text<'a>,
}

impl Format for Zap {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        if let Some(head) = xml::head(input.head()) {
            return if head.root == "OWASPZAPReport" { Confidence::Certain } else { Confidence::No };
        }
        let Some(head) = json::head(input.head()).filter(|head| !head.is_array) else {
            return Confidence::No;
        };
        let is_zap =
            head.has("site") && head.has_any(&["@version", "@generated", "@programName", "site[].@name"]);
        if is_zap { Confidence::Certain } else { Confidence::No }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        if input.text.trim_start().starts_with('<') {
            return parse_xml(input, sink);
        }
        report(input, "`site`", |reader, key| {
            if key != "site" {
                return Ok(false);
            }
            let site = |site: Option<Site<'_>>, sink: &mut dyn Sink| {
                let site = site.unwrap_or_default();
                site.alerts.into_iter().try_for_each(|alert| {
                    let finding = finding(alert, site.name.clone(), sink);
                    sink.finding(&finding)
                })
            };
            match reader.peek()? {
                Kind::Array => reader.array(|reader| site(element(reader, sink)?, sink))?,
                _ => site(element(reader, sink)?, sink)?,
            }
            Ok(true)
        })
    }
}

fn parse_xml(input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
    let mut reader = Reader::new(input);
    let root = reader.root()?;
    if root.name() != "OWASPZAPReport" {
        return Err(reader.error(ParseErrorKind::Missing("the element `OWASPZAPReport`")));
    }
    while let Some(site) = reader.child(&root)? {
        let name = Text(site.attribute("name")?.unwrap_or_default());
        while let Some(alerts) = reader.child(&site)? {
            if alerts.name() != "alerts" {
                continue;
            }
            while let Some(item) = reader.child(&alerts)? {
                if item.name() == "alertitem" {
                    let alert = read_alert(&mut reader, &item, sink)?;
                    let finding = finding(alert, name.clone(), sink);
                    sink.finding(&finding)?;
                }
            }
        }
    }
    reader.finish()
}

fn read_alert<'a>(
    reader: &mut Reader<'a>,
    item: &Element<'a>,
    sink: &mut dyn Sink,
) -> Result<Alert<'a>, ParseError> {
    let mut alert = Alert::default();
    while let Some(part) = reader.child(item)? {
        let field = match part.name() {
            "pluginid" => &mut alert.pluginid,
            "alertRef" => &mut alert.alert_ref,
            "name" => &mut alert.name,
            "alert" => &mut alert.alert,
            "riskcode" => &mut alert.riskcode,
            "confidence" => &mut alert.confidence,
            "desc" => &mut alert.desc,
            "reference" => &mut alert.reference,
            "cweid" => &mut alert.cweid,
            "uri" => &mut alert.uri,
            _ => continue,
        };
        *field = Text(reader.shown_text(&part, sink)?);
    }
    Ok(alert)
}

fn finding<'a>(alert: Alert<'a>, site: Text<'a>, sink: &mut dyn Sink) -> Finding<'a> {
    let severity = by_word(RISKS, alert.riskcode.trim(), sink);
    let name = first([alert.name, alert.alert, alert.pluginid.clone()]);
    let about = without_paragraphs(&alert.desc);
    let message = if about.is_empty() { name.to_string() } else { format!("{name}\n{about}") };
    let rule = first([alert.alert_ref, alert.pluginid]);
    let mut finding = Finding::new("zap", rule, FindingKind::Weakness, severity, message);
    finding.rule_name = Some(name);
    finding.help_uri =
        without_paragraphs(&alert.reference).lines().next().map(|line| line.trim().to_owned().into());
    finding.context = present(alert.uri).or_else(|| present(site));
    finding.cwe = cwes([alert.cweid.trim()]);
    if alert.confidence.trim() == "0" {
        let reason = Some("marked as a false positive".into());
        finding.suppression = Some(Suppression { place: "external", reason });
    }
    finding
}

/// `<p>one</p><p>two</p>` as lines.
fn without_paragraphs(text: &str) -> String {
    text.replace("</p>", "\n").replace("<p>", "").trim().to_owned()
}

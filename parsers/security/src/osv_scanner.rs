//! # OSV-Scanner JSON
//!
//! *Produced by* OSV-Scanner, see [`DESCRIPTOR`].
//! *Looks like* `{"results": [{"source": {"path": "…"}, "packages": [{"package": {…}, "vulnerabilities": [{…}]}]}]}`.
//! *Maps to · Not read · Quirks*: see [`DESCRIPTOR`], from which the documentation is made.

use std::borrow::Cow;

use plimsoll_format::json::{self, Kind, Number, Text};
use plimsoll_format::{Confidence, Descriptor, Docs, Format, Input, ParseError, Sink};
use plimsoll_model::{Finding, FindingKind, Package, ReportKind, Severity};
use serde::Deserialize;

use crate::advisory::{aliases, cwes, ecosystem, score};
use crate::cvss::base_score;
use crate::lenient::{List, element, elements, first, is_next, present, report};
use crate::severity::{USUAL, by_score, by_word};

/// See the module.
pub struct OsvScanner;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "osv-scanner",
    name: "OSV-Scanner JSON",
    kind: ReportKind::Findings,
    tools: &["OSV-Scanner"],
    globs: &["osv*.json", "*osv*.json"],
    link: "https://google.github.io/osv-scanner/output/",
    version: 2,
    docs: Docs {
        produced_by: "`osv-scanner scan source -r . --format json --output osv.json`.",
        maps_to: "Each of a package's `vulnerabilities` is a vulnerability; the path is that of the source, usually a \
            lock file. The identifier and its aliases are kept, and the first fixed version of the package. CVSS is \
            computed from the CVSS 3 vector, else it is the group's `max_severity`. `license_violations` are licence \
            findings of medium severity. Severity: by the CVSS score (from 9 critical, 7 high, 4 medium, above 0 \
            low), else the database's own word (CRITICAL, HIGH, MODERATE, LOW), else unknown.",
        not_read: "Groups beyond their score, call analysis, image layers, references, ranges.",
        quirks: "A report without any result, `{\"results\": []}`, looks like that of many tools and has to be named.",
    },
};

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Scanned<'a> {
    package: Option<Name<'a>>,
    vulnerabilities: List<Vulnerability<'a>>,
    groups: List<Group<'a>>,
    license_violations: List<Text<'a>>,
}

#[derive(Deserialize, Default, Clone)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Name<'a> {
    name: Text<'a>,
    version: Text<'a>,
    ecosystem: Text<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Vulnerability<'a> {
    id: Text<'a>,
    aliases: List<Text<'a>>,
    summary: Text<'a>,
    details: Text<'a>,
    severity: List<Score<'a>>,
    affected: List<Affected<'a>>,
    database_specific: Option<Specific<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Score<'a> {
    score: Text<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Affected<'a> {
    package: Option<Name<'a>>,
    ranges: List<Range<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Range<'a> {
    events: List<Event<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Event<'a> {
    fixed: Text<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Specific<'a> {
    severity: Option<Text<'a>>,
    cwe_ids: List<Text<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Group<'a> {
    ids: List<Text<'a>>,
    max_severity: Number,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Source<'a> {
    path: Text<'a>,
}

impl Format for OsvScanner {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        let Some(head) = json::head(input.head()).filter(|head| !head.is_array) else {
            return Confidence::No;
        };
        let is_osv = head.has_all(&["results[].source", "results[].packages"])
            || head.has_all(&["results[].packages[].package", "results[].packages[].vulnerabilities"])
            || (head.has("results")
                && head.has_any(&["experimental_config", "experimental_generic_findings"]));
        if is_osv { Confidence::Certain } else { Confidence::No }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        report(input, "`results`", |reader, key| {
            if key != "results" {
                return Ok(false);
            }
            if is_next(reader, Kind::Array, sink)? {
                reader.array(|reader| {
                    let (mut path, mut has_source, mut waiting) = (None, false, Vec::new());
                    if !is_next(reader, Kind::Object, sink)? {
                        return Ok(());
                    }
                    reader.object(|reader, key| match key {
                        "source" => {
                            path =
                                element::<Source<'_>>(reader, sink)?.and_then(|source| present(source.path));
                            has_source = true;
                            Ok(())
                        }
                        "packages" => elements(reader, sink, |sink, scanned| {
                            if has_source {
                                return package(scanned, path.as_ref(), sink);
                            }
                            waiting.push(scanned);
                            Ok(())
                        }),
                        _ => Ok(()),
                    })?;
                    // Keys may stand in any order: what came before its source waited for it.
                    waiting.into_iter().try_for_each(|scanned| package(scanned, path.as_ref(), sink))
                })?;
            }
            Ok(true)
        })
    }
}

fn package<'a>(
    scanned: Scanned<'a>,
    path: Option<&Cow<'a, str>>,
    sink: &mut dyn Sink,
) -> Result<(), ParseError> {
    let name = scanned.package.unwrap_or_default();
    for vulnerability in scanned.vulnerabilities {
        let group = scanned.groups.0.iter().find(|group| group.ids.0.contains(&vulnerability.id));
        let mut finding = finding(vulnerability, &name, group, sink);
        finding.path = path.cloned();
        sink.finding(&finding)?;
    }
    for licence in scanned.license_violations {
        let message = format!("{} has the licence {licence}", name.name);
        let mut finding =
            Finding::new("osv-scanner", licence, FindingKind::Licence, Severity::Medium, message);
        finding.path = path.cloned();
        finding.package = Some(package_of(&name));
        sink.finding(&finding)?;
    }
    Ok(())
}

fn package_of<'a>(name: &Name<'a>) -> Package<'a> {
    let ecosystem = ecosystem(name.ecosystem.split(':').next().unwrap_or_default()).into_owned();
    Package {
        name: name.name.0.clone(),
        version: present(name.version.clone()),
        ecosystem: (!ecosystem.is_empty()).then(|| ecosystem.into()),
        ..Package::default()
    }
}

fn finding<'a>(
    wire: Vulnerability<'a>,
    name: &Name<'a>,
    group: Option<&Group<'a>>,
    sink: &mut dyn Sink,
) -> Finding<'a> {
    let own = wire.severity.0.iter().find_map(|score| Some((base_score(&score.score)?, score.score.clone())));
    // Without a score that can be computed, whatever vector there is.
    let vector = own.as_ref().map(|(_, vector)| vector.clone());
    let vector = vector.or_else(|| wire.severity.0.first().map(|score| score.score.clone()));
    let own = own.map(|(score, _)| score);
    let cvss = own.or_else(|| score(group.and_then(|group| group.max_severity.0)));
    let specific = wire.database_specific.unwrap_or_default();
    let severity = match (cvss, specific.severity.as_deref()) {
        (Some(score), _) => by_score(score.into()),
        (None, None | Some("")) => Severity::Unknown,
        (None, Some(word)) => by_word(USUAL, word, sink),
    };
    let message = first([wire.summary.clone(), wire.details, wire.id.clone()]);
    let mut finding =
        Finding::new("osv-scanner", wire.id.clone(), FindingKind::Vulnerability, severity, message);
    finding.rule_name = present(wire.summary);
    finding.help_uri = Some(format!("https://osv.dev/vulnerability/{}", wire.id).into());
    finding.cvss = cvss;
    finding.cvss_vector = vector.and_then(present);
    finding.cwe = cwes(specific.cwe_ids.0.iter().map(|cwe| &**cwe));
    finding.aliases = aliases([wire.id.0].into_iter().chain(wire.aliases.into_iter().map(Cow::from)));
    let is_same =
        |affected: &Affected<'_>| affected.package.as_ref().is_some_and(|other| other.name == name.name);
    let fixed = wire.affected.into_iter().filter(is_same).flat_map(|affected| affected.ranges);
    let fixed = fixed.flat_map(|range| range.events).filter_map(|event| present(event.fixed));
    let fixed = aliases(fixed);
    let fixed_version = (!fixed.is_empty()).then(|| fixed.join(", ").into());
    finding.package = Some(Package { fixed_version, ..package_of(name) });
    finding
}

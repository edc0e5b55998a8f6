//! # bundler-audit
//!
//! *Produced by* bundler-audit, see [`DESCRIPTOR`].
//! *Looks like* `{"version": "0.9.2", "results": [{"type": "unpatched_gem", "gem": {…}, "advisory": {…}}]}`, or blocks of
//! `Name: rack`, `Version: 1.6.13`, `CVE: …`, `Solution: …`.
//! *Maps to · Not read · Quirks*: see [`DESCRIPTOR`], from which the documentation is made.

use std::borrow::Cow;

use plimsoll_format::json::{self, Number, Text};
use plimsoll_format::{Confidence, Descriptor, Docs, Format, Input, ParseError, ParseErrorKind, Sink, text};
use plimsoll_model::{Finding, FindingKind, Package, ReportKind, Severity};
use serde::Deserialize;

use crate::advisory::{aliases, score};
use crate::lenient::{List, elements, first, present, report};
use crate::severity::{by_score, by_word};

/// See the module.
pub struct BundlerAudit;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "bundler-audit",
    name: "bundler-audit",
    kind: ReportKind::Findings,
    tools: &["bundler-audit"],
    globs: &["bundler-audit*.json", "bundle-audit*.json", "bundler-audit*.txt", "bundle-audit*.txt"],
    link: "https://github.com/rubysec/bundler-audit",
    version: 1,
    docs: Docs {
        produced_by: "`bundle-audit check --format json --output bundler-audit.json`; the default text is read, too.",
        maps_to: "Each unpatched gem is a vulnerability, with its CVE, GHSA and OSVDB numbers as aliases and the \
            patched versions as fix; each insecure source is a misconfiguration of medium severity, with the rule \
            `insecure-source`. Findings are in `Gemfile.lock`. Severity: the criticality (critical, high, medium, low, \
            none info), else by the CVSS score, else unknown.",
        not_read: "The advisory's dates, description and unaffected versions, the path of the database.",
        quirks: "The text's values are trusted to stand on one line each, as the tool writes them. A text that says \
            only that no vulnerabilities were found could be of many tools and has to be named; a text that is cut \
            between two entries cannot be told from a whole one.",
    },
};

/// The criticalities of ruby-advisory-db.
const SEVERITIES: &[(&str, Severity)] = &[
    ("critical", Severity::Critical),
    ("high", Severity::High),
    ("medium", Severity::Medium),
    ("low", Severity::Low),
    ("none", Severity::Info),
    ("unknown", Severity::Unknown),
    ("", Severity::Unknown),
];

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Entry<'a> {
    source: Text<'a>,
    gem: Gem<'a>,
    advisory: Option<Advisory<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Gem<'a> {
    name: Text<'a>,
    version: Text<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Advisory<'a> {
    id: Text<'a>,
    url: Text<'a>,
    title: Text<'a>,
    cve: Text<'a>,
    ghsa: Text<'a>,
    osvdb: Text<'a>,
    criticality: Text<'a>,
    cvss_v3: Number,
    cvss_v2: Number,
    patched_versions: List<Text<'a>>,
}

impl Format for BundlerAudit {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn sniff(&self, input: &Input<'_>) -> Confidence {
        if let Some(head) = json::head(input.head()) {
            let is_result = matches!(head.value("results[].type"), Some("unpatched_gem" | "insecure_source"))
                || head.has_all(&["results[].gem", "results[].advisory"])
                || (!head.is_array && head.is_whole && head.has_all(&["version", "created_at", "results"]));
            return if is_result { Confidence::Certain } else { Confidence::No };
        }
        let plain = text::without_colours(input.head());
        let mut lines = plain.lines().filter(|line| !line.trim().is_empty());
        let is_source = lines.clone().any(|line| line.starts_with("Insecure Source URI found: "));
        let is_entry = lines.next().is_some_and(|line| line.starts_with("Name: "))
            && lines.next().is_some_and(|line| line.starts_with("Version: "))
            && lines.next().is_some_and(|line| {
                ["CVE: ", "GHSA: ", "Advisory: "].iter().any(|key| line.starts_with(key))
            });
        if is_entry || is_source { Confidence::Certain } else { Confidence::No }
    }

    fn parse(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), ParseError> {
        if input.text.trim_start().starts_with('{') {
            return report(input, "`results`", |reader, key| {
                if key == "results" {
                    elements(reader, sink, |sink, entry| {
                        let finding = finding(entry, sink);
                        sink.finding(&finding)
                    })?;
                }
                Ok(key == "results")
            });
        }
        if input.text.trim().is_empty() {
            return Err(ParseError::new(ParseErrorKind::Empty));
        }
        parse_text(input.text, sink)
    }
}

fn finding<'a>(entry: Entry<'a>, sink: &mut dyn Sink) -> Finding<'a> {
    let Some(advisory) = entry.advisory else {
        let message = format!("the source {} is not encrypted", entry.source);
        let kind = FindingKind::Misconfiguration;
        let mut finding = Finding::new("bundler-audit", "insecure-source", kind, Severity::Medium, message);
        finding.path = Some("Gemfile.lock".into());
        return finding;
    };
    let cvss = score(advisory.cvss_v3.0.or(advisory.cvss_v2.0));
    let severity = match (by_word(SEVERITIES, &advisory.criticality, sink), cvss) {
        (Severity::Unknown, Some(score)) => by_score(score.into()),
        (severity, _) => severity,
    };
    let with_prefix = |prefix: &str, id: Text<'a>| match id.trim() {
        "" => Cow::Borrowed(""),
        number if number.starts_with(prefix) => id.0,
        number => Cow::Owned(format!("{prefix}{number}")),
    };
    let ids = [
        advisory.id.0.clone(),
        with_prefix("CVE-", advisory.cve),
        with_prefix("GHSA-", advisory.ghsa),
        with_prefix("OSVDB-", advisory.osvdb),
    ];
    let aliases = aliases(ids);
    let rule = aliases.first().cloned().unwrap_or_default();
    let message = first([advisory.title.clone(), Text(rule.clone())]);
    let mut finding = Finding::new("bundler-audit", rule, FindingKind::Vulnerability, severity, message);
    finding.rule_name = present(advisory.title);
    finding.help_uri = present(advisory.url);
    finding.path = Some("Gemfile.lock".into());
    finding.cvss = cvss;
    finding.aliases = aliases;
    let patched: Vec<_> = advisory.patched_versions.into_iter().filter_map(present).collect();
    finding.package = Some(Package {
        name: entry.gem.name.0,
        version: present(entry.gem.version),
        fixed_version: (!patched.is_empty()).then(|| patched.join(", ").into()),
        purl: None,
        ecosystem: Some("gem".into()),
    });
    finding
}

fn parse_text(text: &str, sink: &mut dyn Sink) -> Result<(), ParseError> {
    let mut entry: Option<Entry<'_>> = None;
    let push = |entry: Option<Entry<'_>>, sink: &mut dyn Sink| match entry {
        Some(entry) => {
            let finding = finding(entry, sink);
            sink.finding(&finding)
        }
        None => Ok(()),
    };
    let plain = text::without_colours(text);
    for line in text::lines(&plain) {
        let Some((key, value)) = line.text.split_once(':') else { continue };
        let value = Text(value.trim().to_owned().into());
        if key == "Insecure Source URI found" {
            push(Some(Entry { source: value, ..Entry::default() }), sink)?;
            continue;
        }
        if key == "Name" {
            push(entry.take(), sink)?;
            let gem = Gem { name: value, ..Gem::default() };
            entry = Some(Entry { gem, advisory: Some(Advisory::default()), ..Entry::default() });
            continue;
        }
        let Some(open) = &mut entry else { continue };
        let advisory = open.advisory.get_or_insert_default();
        match key {
            "Version" => open.gem.version = value,
            "Advisory" => advisory.id = value,
            "CVE" => advisory.cve = value,
            "GHSA" => advisory.ghsa = value,
            "Criticality" => advisory.criticality = value,
            "URL" => advisory.url = value,
            "Title" => advisory.title = value,
            "Solution" => {
                let fixed = value.strip_prefix("upgrade to ").unwrap_or_default();
                advisory.patched_versions = List(vec![Text(fixed.to_owned().into())]);
            }
            _ => {}
        }
    }
    push(entry.take(), sink)
}

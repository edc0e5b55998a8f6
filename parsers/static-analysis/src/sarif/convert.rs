//! From a result to a finding.

use std::borrow::Cow;

use plimsoll_format::{Sink, Warning, WarningCode};
use plimsoll_model::{Finding, FindingKind, Package, Severity, Suppression};

use super::message::message;
use super::rules::{Rule, index, is_advisory, result_rule_id};
use super::run::Run;
use super::uri::{is_absolute, percent_decoded};
use super::wire::{ArtifactLocation, SarifResult};
use crate::lenient::present;
use crate::severity::{by_score, by_word};

/// What a result means for the reader of the history.
pub fn finding<'r>(result: &'r SarifResult<'_>, run: &'r Run<'_>, sink: &mut dyn Sink) -> Finding<'r> {
    let rule = run.rules.find(result);
    let id = result_rule_id(result).or_else(|| rule.map(|rule| &*rule.id).filter(|id| !id.is_empty()));
    let id = id.unwrap_or(crate::NO_RULE);
    let score = result.rare.as_ref().and_then(|rare| rare.score).or_else(|| rule?.score);
    let severity = severity(result, rule, score, run, sink);
    let kind =
        rule.and_then(|rule| rule.kind).unwrap_or_else(|| kind_of_tool(&run.tool, id, score.is_some()));
    let mut finding = Finding::new(&*run.tool, id, kind, severity, message(result, rule, &run.rules));
    if let Some(rule) = rule {
        finding.rule_name = rule.name.as_deref().map(Cow::Borrowed);
        finding.help_uri = rule.help_uri.as_deref().map(Cow::Borrowed);
        finding.cwe = rule.cwe.iter().map(|cwe| Cow::Borrowed(&**cwe)).collect();
        finding.aliases = rule.aliases.iter().map(|alias| Cow::Borrowed(&**alias)).collect();
    }
    for cwe in run.cwe_of(result, rule) {
        if !finding.cwe.iter().any(|found| *found == cwe) {
            finding.cwe.push(Cow::Owned(cwe));
        }
    }
    if kind == FindingKind::Vulnerability {
        finding.cvss = score.map(|score| score as f32);
        finding.package = package(&result.message.text);
    }
    finding.suppression = suppression(result);
    finding.fingerprint = fingerprint(result);
    locate(&mut finding, result, run, sink);
    if finding.path.is_none() {
        let message = format!("{} names no file for a result of {id}", run.tool);
        sink.warning(Warning::new(WarningCode::MissingPath, message));
    }
    finding
}

fn severity(
    result: &SarifResult<'_>,
    rule: Option<&Rule<'_>>,
    score: Option<f64>,
    run: &Run<'_>,
    sink: &mut dyn Sink,
) -> Severity {
    if let Some(score) = score {
        return by_score(score);
    }
    let level = match present(&result.level) {
        Some(level) => level,
        None if present(&result.kind).is_some_and(|kind| !kind.eq_ignore_ascii_case("fail")) => "none",
        None => rule.and_then(|rule| run.override_of(rule).or(rule.level.as_deref())).unwrap_or("warning"),
    };
    by_word(&LEVELS, level, sink)
}

const LEVELS: [(&str, Severity); 6] = [
    ("error", Severity::High),
    ("warning", Severity::Medium),
    ("note", Severity::Low),
    ("none", Severity::Info),
    // 1.0.0.
    ("pass", Severity::Info),
    ("notApplicable", Severity::Info),
];

/// What a tool's results are about where its rules do not say.
fn kind_of_tool(tool: &str, rule: &str, is_scored: bool) -> FindingKind {
    const TOOLS: [(&str, FindingKind); 18] = [
        ("bandit", FindingKind::Weakness),
        ("brakeman", FindingKind::Weakness),
        ("flawfinder", FindingKind::Weakness),
        ("gosec", FindingKind::Weakness),
        ("mobsfscan", FindingKind::Weakness),
        ("njsscan", FindingKind::Weakness),
        ("snykcode", FindingKind::Weakness),
        ("sobelow", FindingKind::Weakness),
        ("zap", FindingKind::Weakness),
        ("checkov", FindingKind::Misconfiguration),
        ("kics", FindingKind::Misconfiguration),
        ("terrascan", FindingKind::Misconfiguration),
        ("tfsec", FindingKind::Misconfiguration),
        ("detect-secrets", FindingKind::Secret),
        ("gitleaks", FindingKind::Secret),
        ("trufflehog", FindingKind::Secret),
        ("grype", FindingKind::Vulnerability),
        ("osv-scanner", FindingKind::Vulnerability),
    ];
    if is_advisory(rule) {
        return FindingKind::Vulnerability;
    }
    match TOOLS.iter().find(|(name, _)| *name == tool) {
        Some((_, kind)) => *kind,
        None if is_scored => FindingKind::Weakness,
        None => FindingKind::Code,
    }
}

fn suppression<'r>(result: &'r SarifResult<'_>) -> Option<Suppression<'r>> {
    let external = |reason| Some(Suppression { place: "external", reason: Some(Cow::Borrowed(reason)) });
    let passed = |word: &str| word.eq_ignore_ascii_case("pass") || word.eq_ignore_ascii_case("notApplicable");
    if passed(&result.kind) || passed(&result.level) {
        return external("the rule was checked and did not fail");
    }
    if &*result.baseline_state == "absent" {
        return external("absent: found in an earlier run only");
    }
    // One that was rejected, or is still under review, holds all of them up.
    let is_open = |status: &str| matches!(status, "underReview" | "rejected");
    if result.suppressions.iter().any(|suppression| is_open(&suppression.status)) {
        return None;
    }
    if let Some(first) = result.suppressions.first() {
        let place = if &*first.kind == "inSource" { "in-source" } else { "external" };
        return Some(Suppression { place, reason: present(&first.justification).map(Cow::Borrowed) });
    }
    result.rare.iter().flat_map(|rare| &rare.suppression_states).find_map(|state| match &**state {
        "suppressedInSource" => Some(Suppression { place: "in-source", reason: None }),
        "suppressedExternally" => Some(Suppression { place: "external", reason: None }),
        _ => None,
    })
}

fn fingerprint<'r>(result: &'r SarifResult<'_>) -> Option<Cow<'r, str>> {
    let given = result.fingerprints.0.as_deref().or(result.partial_fingerprints.0.as_deref());
    let rare = result.rare.as_deref();
    given
        .or_else(|| present(&rare?.tool_fingerprint_contribution))
        .or_else(|| present(&rare?.correlation_guid))
        .map(Cow::Borrowed)
}

fn locate<'r>(finding: &mut Finding<'r>, result: &'r SarifResult<'_>, run: &'r Run<'_>, sink: &mut dyn Sink) {
    let location = &result.location;
    let region = &location.region;
    finding.path = path(&location.file, run);
    finding.line = region.start_line.position();
    finding.column = region.start_column.position();
    finding.end_line = region.end_line.position().filter(|end| finding.line.is_some_and(|line| *end > line));
    if finding.line.is_none()
        && let Some(line) = region.start_line.0
    {
        sink.warning(Warning::new(WarningCode::BadNumber, format!("line {line} is no line")));
    }
    let logical = || location.logical.first().and_then(|logical| run.logical_name(logical));
    finding.context = present(&region.snippet)
        .or_else(logical)
        .or_else(|| present(&location.logical_name))
        .map(Cow::Borrowed);
}

fn path<'r>(file: &'r ArtifactLocation<'_>, run: &'r Run<'_>) -> Option<Cow<'r, str>> {
    if present(&file.uri).is_some() {
        return place_of(file, run);
    }
    // A file inside of another one, an archive say, is named by both; one that has no name of its own by that one.
    let mut names = Vec::new();
    let mut at = index(file.index);
    for _ in 0..MAX_PARENTS {
        let Some(artifact) = at.and_then(|at| run.artifact(at)) else { break };
        names.extend(artifact.location.as_ref().and_then(|file| place_of(file, run)));
        at = index(artifact.parent);
    }
    names.into_iter().reduce(|path, outer| Cow::Owned(format!("{outer}!{path}")))
}

/// No archive inside of an archive is deeper; an artifact might be its own parent.
const MAX_PARENTS: usize = 8;

fn place_of<'r>(file: &'r ArtifactLocation<'_>, run: &Run<'_>) -> Option<Cow<'r, str>> {
    let uri = present(&file.uri)?;
    let path = percent_decoded(Cow::Borrowed(uri));
    let base = present(&file.uri_base_id).filter(|_| !is_absolute(uri));
    let prefix = base.map(|base| run.prefix(base)).unwrap_or_default();
    Some(if prefix.is_empty() {
        path
    } else {
        Cow::Owned(percent_decoded(Cow::Owned(prefix)).into_owned() + &path)
    })
}

/// Trivy writes the package into the message, one property a line.
fn package<'r>(message: &'r str) -> Option<Package<'r>> {
    let property = |name: &str| {
        let line = message.lines().find_map(|line| line.strip_prefix(name))?;
        Some(line.trim()).filter(|value| !value.is_empty()).map(Cow::Borrowed)
    };
    Some(Package {
        name: property("Package: ")?,
        version: property("Installed Version: "),
        fixed_version: property("Fixed Version: "),
        ..Package::default()
    })
}

//! Findings as SARIF 2.1.0: one run for each tool, with what was decided here as suppressions.
//!
//! Severities are written as levels, and those of security findings as `security-severity`, on the scale of CVSS, as
//! GitHub reads them. SARIF has no level above `error`: a critical finding of static analysis comes back as high, and
//! one of unknown severity as medium.

use std::collections::{BTreeMap, HashMap};

use plimsoll_model::{FindingKind, Severity};
use serde_json::{Map, Value, json};

use crate::pages::FindingOut;

/// The document.
pub fn document(findings: &[FindingOut]) -> Value {
    let mut by_tool: BTreeMap<&str, Vec<&FindingOut>> = BTreeMap::new();
    for finding in findings {
        by_tool.entry(&finding.row.tool).or_default().push(finding);
    }
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": by_tool.into_iter().map(|(tool, findings)| run(tool, &findings)).collect::<Vec<_>>(),
    })
}

fn run(tool: &str, findings: &[&FindingOut]) -> Value {
    let mut rules: Vec<Value> = Vec::new();
    let mut indexes: HashMap<(&str, FindingKind), usize> = HashMap::new();
    let mut results = Vec::with_capacity(findings.len());
    for finding in findings {
        let key = (finding.row.rule.as_str(), finding.row.kind);
        let index = *indexes.entry(key).or_insert_with(|| {
            rules.push(rule(finding));
            rules.len() - 1
        });
        results.push(result(finding, index));
    }
    json!({ "tool": { "driver": { "name": tool, "rules": rules } }, "results": results })
}

fn rule(finding: &FindingOut) -> Value {
    let row = &finding.row;
    let mut rule = Map::new();
    rule.insert("id".to_owned(), row.rule.clone().into());
    if let Some(name) = &row.rule_name {
        rule.insert("shortDescription".to_owned(), json!({ "text": name }));
    }
    if let Some(uri) = &row.help_uri {
        rule.insert("helpUri".to_owned(), uri.clone().into());
    }
    let mut tags: Vec<String> = match row.kind {
        FindingKind::Code => vec![],
        FindingKind::Weakness => vec!["security".to_owned()],
        FindingKind::Vulnerability => vec!["security".to_owned(), "vulnerability".to_owned()],
        FindingKind::Secret => vec!["security".to_owned(), "secret".to_owned()],
        FindingKind::Misconfiguration => vec!["security".to_owned(), "misconfiguration".to_owned()],
        FindingKind::Licence => vec!["security".to_owned(), "license".to_owned()],
    };
    if row.kind.is_security() {
        let number = |cwe: &String| Some(format!("external/cwe/cwe-{}", cwe.strip_prefix("CWE-")?));
        tags.extend(row.cwe.iter().filter_map(number));
    }
    if !tags.is_empty() {
        rule.insert("properties".to_owned(), json!({ "tags": tags }));
    }
    if row.kind == FindingKind::Vulnerability && !row.aliases.is_empty() {
        rule.insert("deprecatedIds".to_owned(), row.aliases.clone().into());
    }
    rule.into()
}

fn result(finding: &FindingOut, rule_index: usize) -> Value {
    let row = &finding.row;
    let mut result = Map::new();
    result.insert("ruleId".to_owned(), row.rule.clone().into());
    result.insert("ruleIndex".to_owned(), rule_index.into());
    result.insert("level".to_owned(), level(row.severity).into());
    result.insert("message".to_owned(), json!({ "text": message(finding) }));
    if let Some(path) = &row.path {
        let mut place = json!({ "artifactLocation": { "uri": percent_encoded(path) } });
        if let (Some(line), Some(place)) = (row.line, place.as_object_mut()) {
            place.insert("region".to_owned(), json!({ "startLine": line }));
        }
        result.insert("locations".to_owned(), json!([{ "physicalLocation": place }]));
    }
    result.insert("partialFingerprints".to_owned(), json!({ "plimsollIdentity/v1": finding.identity }));
    if row.kind.is_security()
        && let Some(score) = score(row.severity, row.cvss)
    {
        result.insert("properties".to_owned(), json!({ "security-severity": score }));
    }
    let suppressions = suppressions(finding);
    if !suppressions.is_empty() {
        result.insert("suppressions".to_owned(), suppressions.into());
    }
    result.into()
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium | Severity::Unknown => "warning",
        Severity::Low => "note",
        Severity::Info => "none",
    }
}

/// The tool's own score where it says the same as the severity, else the middle of the severity's range.
fn score(severity: Severity, cvss: Option<f32>) -> Option<String> {
    let (least, middle, below) = match severity {
        Severity::Critical => (9.0, 9.5, 10.1),
        Severity::High => (7.0, 8.0, 9.0),
        Severity::Medium => (4.0, 5.5, 7.0),
        Severity::Low => (0.1, 2.0, 4.0),
        Severity::Info => (0.0, 0.0, 0.1),
        Severity::Unknown => return None,
    };
    let score = cvss.filter(|score| (least..below).contains(score)).unwrap_or(middle);
    Some(format!("{score:.1}"))
}

/// SARIF has no place for a package; the lines are those that Trivy writes, and readers know.
fn message(finding: &FindingOut) -> String {
    let row = &finding.row;
    let mut text = row.message.clone();
    if let Some(package) = row.package.as_ref().filter(|_| !text.contains("Package: ")) {
        text.push_str(&format!("\nPackage: {}", package.name));
        for (name, value) in
            [("Installed Version", &package.version), ("Fixed Version", &package.fixed_version)]
        {
            if let Some(value) = value {
                text.push_str(&format!("\n{name}: {value}"));
            }
        }
    }
    text
}

fn suppressions(finding: &FindingOut) -> Vec<Value> {
    let mut suppressions = Vec::new();
    if finding.is_suppressed {
        let mut own = json!({ "kind": "external" });
        if let (Some(reason), Some(own)) = (&finding.suppression, own.as_object_mut()) {
            own.insert("justification".to_owned(), reason.clone().into());
        }
        suppressions.push(own);
    }
    if let Some(review) = &finding.row.review {
        let until = review.until.as_ref().map(|day| format!(" until {day}")).unwrap_or_default();
        let justification = format!("{}{until}: {}", review.state.as_str(), review.reason);
        suppressions
            .push(json!({ "kind": "external", "status": "accepted", "justification": justification }));
    }
    suppressions
}

fn percent_encoded(path: &str) -> String {
    plimsoll_api::paths::encode(path)
}

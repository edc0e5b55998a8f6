use std::collections::{BTreeSet, HashMap};

use plimsoll_api::{FindingRow, FindingState, PackageInfo};
use plimsoll_model::Severity;
use plimsoll_store::{FindingColumns, FindingId, FindingInfo, FindingPackage, Rule, RuleId, Run, StoreError};
use roaring::RoaringBitmap;

use super::Scope;
use super::patch::RunDiff;
use super::runs::is_web_address;
use super::scope::Places;
use super::vulnerabilities::groups;

// Rows for some findings, in the order of `findings`, at the lines that the given columns have for them: those of the
// run, or, for findings that are gone, those of the run before.
pub(super) fn finding_rows(
    scope: &Scope<'_>,
    run: &Run,
    columns: &FindingColumns,
    findings: &[FindingId],
    state: impl Fn(FindingId) -> FindingState,
    matched: impl Fn(FindingId, &dyn Fn(u32) -> Option<String>) -> Option<String>,
) -> Result<Vec<FindingRow>, StoreError> {
    let ids: RoaringBitmap = findings.iter().map(|finding| finding.0).collect();
    let infos = scope.reader.list_findings(scope.project.id, &ids)?;
    let rules = rules(scope, infos.iter().map(|info| info.key.rule).collect())?;
    let places = scope.places(&infos.iter().filter_map(|info| info.key.path).map(|path| path.0).collect())?;
    let first_runs = scope.reader.list_first_runs(scope.project.id, &ids)?;
    let reviews = scope.reviews(run)?;
    let tools = other_tools(scope, columns, &ids)?;
    let diff = RunDiff::read(scope, None, run)?;
    let path_of = |path: u32| {
        let found = scope.reader.list_paths(scope.project.id, &RoaringBitmap::from_iter([path])).ok()?;
        found.into_iter().next().map(|info| info.path)
    };
    let rows = findings.iter().filter_map(|finding| {
        let at = infos.binary_search_by_key(finding, |info| info.key.id).ok()?;
        let info = infos.get(at)?;
        let mut row = row(info, rules.get(&info.key.rule), &places, columns.place(*finding));
        row.state = state(*finding);
        row.matched = matched(*finding, &path_of);
        // What is gone is in no line of the run.
        let diff = diff.as_ref().filter(|_| row.state != FindingState::Fixed);
        row.is_in_changed_lines = diff.map(|diff| is_changed(diff, info, row.line));
        row.review = reviews.of(*finding);
        row.first_run = first_runs.get(finding).map(|run| run.0);
        row.also_reported_by = tools.get(&finding.0).cloned().unwrap_or_default();
        if row.review.is_some() && row.state == FindingState::Suppressed {
            row.state = FindingState::Reviewed;
        }
        Some(row)
    });
    Ok(rows.collect())
}

// The other tools that report the same vulnerability, by finding.
fn other_tools(
    scope: &Scope<'_>,
    columns: &FindingColumns,
    findings: &RoaringBitmap,
) -> Result<HashMap<u32, Vec<String>>, StoreError> {
    let mut tools = HashMap::new();
    if columns.joined.is_empty() {
        return Ok(tools);
    }
    let groups = groups(&columns.joined);
    let group = |finding: u32| -> Vec<u32> {
        let leader = columns.joined.get(&finding).copied().unwrap_or(finding);
        groups.get(&leader).map(|others| others.iter().copied().chain([leader]).collect()).unwrap_or_default()
    };
    let all: RoaringBitmap = findings.iter().flat_map(group).collect();
    let keys = scope.reader.list_finding_keys(scope.project.id, &all)?;
    let rules = rules(scope, keys.iter().map(|key| key.rule).collect())?;
    let tool_of: HashMap<u32, &str> =
        keys.iter().filter_map(|key| Some((key.id.0, rules.get(&key.rule)?.tool.as_str()))).collect();
    for finding in findings {
        let own = tool_of.get(&finding);
        let group = group(finding);
        let others: BTreeSet<&str> = group
            .iter()
            .filter_map(|id| tool_of.get(id))
            .filter(|tool| Some(*tool) != own)
            .copied()
            .collect();
        if !others.is_empty() {
            tools.insert(finding, others.into_iter().map(str::to_owned).collect());
        }
    }
    Ok(tools)
}

fn is_changed(diff: &RunDiff, info: &FindingInfo, line: Option<u32>) -> bool {
    info.key.path.zip(line).is_some_and(|(path, line)| diff.is_changed(path, line))
}

fn row(
    info: &FindingInfo,
    rule: Option<&Rule>,
    places: &Places,
    place: Option<(Option<u32>, Severity)>,
) -> FindingRow {
    let (line, severity) = place.unwrap_or((None, Severity::Unknown));
    let detail = &info.detail;
    FindingRow {
        id: u64::from(info.key.id.0),
        tool: rule.map(|rule| rule.tool.clone()).unwrap_or_default(),
        rule: rule.map(|rule| rule.rule.clone()).unwrap_or_default(),
        rule_name: rule.and_then(|rule| rule.name.clone()),
        help_uri: rule.and_then(|rule| rule.help_uri.clone()).filter(|uri| is_web_address(uri)),
        kind: info.key.kind,
        severity,
        message: detail.message.clone(),
        path: places.path(info.key.path),
        module: places.module_path(info.key.path),
        line,
        state: FindingState::Existing,
        package: detail.package.as_ref().map(package),
        aliases: detail.aliases.clone(),
        cwe: detail.cwe.clone(),
        cvss: detail.cvss,
        cvss_vector: detail.cvss_vector.clone(),
        cvss_source: detail.cvss_source.clone(),
        epss: detail.epss,
        also_reported_by: Vec::new(),
        first_run: None,
        matched: None,
        is_in_changed_lines: None,
        review: None,
    }
}

fn package(package: &FindingPackage) -> PackageInfo {
    PackageInfo {
        name: package.name.clone(),
        version: package.version.clone(),
        fixed_version: package.fixed_version.clone(),
        purl: package.purl.clone(),
        ecosystem: package.ecosystem.clone(),
    }
}

pub(super) fn rules(scope: &Scope<'_>, ids: Vec<RuleId>) -> Result<HashMap<RuleId, Rule>, StoreError> {
    let ids: RoaringBitmap = ids.into_iter().map(|rule| rule.0).collect();
    let listed = scope.reader.list_rules(scope.project.id, &ids)?;
    Ok(listed.into_iter().map(|rule| (rule.id, rule)).collect())
}

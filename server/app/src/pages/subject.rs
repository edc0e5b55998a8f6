//! The page of a rule, and that of a vulnerability: both are about some findings.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use plimsoll_api::{
    FindingRow, FindingState, ModuleFindings, PackageInfo, SeenIn, SubjectLink, SubjectPage, SubjectPoint,
    Timestamp,
};
use plimsoll_model::{FindingKind, Severity};
use plimsoll_store::{ColumnKind, FindingColumns, FindingId, FindingInfo, Run, RunNumber, StoreError};
use roaring::RoaringBitmap;
use serde::Deserialize;

use super::changes::changes;
use super::finding_rows::{finding_rows, rules};
use super::findings::state_without_difference;
use super::runs::is_web_address;
use super::vulnerabilities::{find_vulnerability, names_of};
use super::{PageError, Scope};

/// Findings that are listed.
const LISTED: usize = 200;
/// Runs that are looked back at.
const RUNS: usize = 100;

/// The query of `GET /projects/{project}/vulnerability`.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct VulnerabilityParameters {
    /// Any of its names, in any case: `CVE-2019-10744`, `ghsa-jf85-cpcp-j695`.
    pub id: String,
}

/// The query of `GET /projects/{project}/rule`.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RuleParameters {
    /// The tool.
    pub tool: String,
    /// The rule as the tool calls it.
    pub rule: String,
}

/// A vulnerability: what every tool says of it, wherever it is in the project.
///
/// # Errors
/// Where no report of the project names it, or the store fails.
pub fn find_vulnerability_page(
    scope: &Scope<'_>,
    parameters: &VulnerabilityParameters,
) -> Result<SubjectPage, PageError> {
    let unknown = || PageError::VulnerabilityNotFound {
        project: scope.project.name.clone(),
        name: parameters.id.clone(),
    };
    let found = find_vulnerability(scope, &parameters.id)?.ok_or_else(unknown)?;
    let mut names = names_of(scope, &found)?;
    let name = plimsoll_analysis::vulnerabilities::primary_name(names.iter().map(String::as_str));
    let name = name.unwrap_or(&parameters.id).to_owned();
    names.remove(&name);
    let mut page = subject(scope, &found, name)?;
    page.aliases = names.into_iter().collect();
    Ok(page)
}

/// A rule of a tool.
///
/// # Errors
/// Where no report of the project names it, or the store fails.
pub fn find_rule(scope: &Scope<'_>, parameters: &RuleParameters) -> Result<SubjectPage, PageError> {
    let project = scope.project.id;
    let unknown = || PageError::RuleNotFound {
        project: scope.project.name.clone(),
        tool: parameters.tool.clone(),
        rule: parameters.rule.clone(),
    };
    let rule = scope.reader.find_rule(project, &parameters.tool, &parameters.rule)?.ok_or_else(unknown)?;
    let found = scope.reader.findings_of_rule(project, rule.id)?;
    subject(scope, &found, rule.rule)
}

fn subject(scope: &Scope<'_>, found: &RoaringBitmap, name: String) -> Result<SubjectPage, PageError> {
    let runs = scope.complete_runs(&scope.project.default_branch, RUNS)?;
    let latest = runs.first();
    let history = history(scope, found, &runs)?;
    let last = runs.iter().zip(&history).find(|(_, count)| **count > 0).map(|(run, _)| run);
    let has_latest = latest.map(|run| run.number) == last.map(|run| run.number);
    let shown = last.or(latest);
    let columns = shown.map(|run| scope.findings(run)).transpose()?.flatten().unwrap_or_default();
    let mut present = found & &columns.present;
    let first = first_run(scope, found)?;
    // What only another branch has is told as its newest report told it.
    let (mut rows, infos) = match (shown, present.is_empty()) {
        (Some(run), false) => (rows(scope, run, &columns, &present)?, infos(scope, &present)?),
        _ => (Vec::new(), infos(scope, found)?),
    };
    if !has_latest {
        rows.iter_mut().for_each(|row| row.state = FindingState::Fixed);
    }
    let severity = rows.iter().map(|row| row.severity).max().unwrap_or(Severity::Unknown);
    present &= columns.counting();
    let total = if has_latest { present.len() } else { 0 };
    let point = |(run, count): (&Run, &u64)| SubjectPoint { run: run.number.0, findings: *count };
    let rules = rules(scope, infos.iter().map(|info| info.key.rule).collect())?;
    let titles: BTreeSet<&str> = rules.values().filter_map(|rule| rule.name.as_deref()).collect();
    let links: BTreeSet<(&str, &str)> = rules
        .values()
        .filter_map(|rule| Some((rule.tool.as_str(), rule.help_uri.as_deref()?)))
        .filter(|(_, uri)| is_web_address(uri))
        .collect();
    Ok(SubjectPage {
        name,
        title: titles.into_iter().max_by_key(|title| title.len()).map(str::to_owned),
        aliases: Vec::new(),
        kind: infos.first().map_or(FindingKind::Code, |info| info.key.kind),
        severity,
        text: infos.iter().map(|info| &info.detail.message).max_by_key(|text| text.len()).cloned(),
        links: links
            .into_iter()
            .map(|(tool, uri)| SubjectLink { tool: tool.to_owned(), uri: uri.to_owned() })
            .collect(),
        cwe: infos
            .iter()
            .flat_map(|info| &info.detail.cwe)
            .cloned()
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect(),
        epss: infos.iter().filter_map(|info| info.detail.epss).reduce(f32::max),
        is_exploited: infos.iter().any(|info| info.detail.is_exploited),
        packages: packages(&infos),
        run: latest.map(|run| run.number.0),
        total,
        first_seen: first.as_ref().map(seen_in),
        last_seen: last.filter(|_| !has_latest).map(seen_in),
        modules: if has_latest { modules(&rows, &present) } else { Vec::new() },
        history: runs.iter().zip(&history).rev().map(point).collect(),
        findings: rows,
    })
}

// How many of these findings each run has.
fn history(scope: &Scope<'_>, found: &RoaringBitmap, runs: &[Run]) -> Result<Vec<u64>, StoreError> {
    let numbers: Vec<RunNumber> = runs.iter().map(|run| run.number).collect();
    let present = scope.reader.read_bitmaps(scope.project.id, ColumnKind::FindingsPresent, &numbers)?;
    Ok(present
        .iter()
        .map(|present| present.as_ref().map_or(0, |present| present.intersection_len(found)))
        .collect())
}

fn first_run(scope: &Scope<'_>, found: &RoaringBitmap) -> Result<Option<Run>, StoreError> {
    let first = scope.reader.list_first_runs(scope.project.id, found)?.into_values().min();
    Ok(first.map(|number| scope.reader.find_run(scope.project.id, number)).transpose()?.flatten())
}

fn seen_in(run: &Run) -> SeenIn {
    SeenIn {
        run: run.number.0,
        branch: run.branch.clone(),
        commit: run.commit.clone(),
        created_at: Timestamp(run.created_at),
    }
}

fn infos(scope: &Scope<'_>, findings: &RoaringBitmap) -> Result<Vec<FindingInfo>, StoreError> {
    scope.reader.list_findings(scope.project.id, &findings.iter().take(LISTED).collect())
}

// Every tool's own words, the worst first.
fn rows(
    scope: &Scope<'_>,
    run: &Run,
    columns: &FindingColumns,
    findings: &RoaringBitmap,
) -> Result<Vec<FindingRow>, StoreError> {
    let severity = |id: &FindingId| columns.reported_severity(*id).unwrap_or(Severity::Unknown);
    let mut shown: Vec<FindingId> = findings.iter().map(FindingId).collect();
    shown.sort_by_cached_key(|id| (Reverse(severity(id)), *id));
    shown.truncate(LISTED);
    let baseline = scope.baseline(run)?;
    let changes = baseline.as_ref().map(|baseline| changes(scope, baseline, run)).transpose()?;
    let difference = changes.as_ref().and_then(|changes| changes.findings.as_ref());
    let state = |id: FindingId| match difference {
        Some(difference) => difference.state(id, columns),
        None => state_without_difference(id, columns, baseline.is_some()),
    };
    let mut rows = finding_rows(scope, run, columns, &shown, state, |id, path| {
        difference?.moved.get(&id.0)?.words(path)
    })?;
    for (row, id) in rows.iter_mut().zip(&shown) {
        row.severity = severity(id);
    }
    Ok(rows)
}

fn modules(rows: &[FindingRow], counting: &RoaringBitmap) -> Vec<ModuleFindings> {
    let mut modules: BTreeMap<&str, u64> = BTreeMap::new();
    for row in rows.iter().filter(|row| u32::try_from(row.id).is_ok_and(|id| counting.contains(id))) {
        if let Some(module) = &row.module {
            *modules.entry(module).or_default() += 1;
        }
    }
    let mut modules: Vec<ModuleFindings> = modules
        .into_iter()
        .map(|(module, findings)| ModuleFindings { module: module.to_owned(), findings })
        .collect();
    modules.sort_by_key(|module| Reverse(module.findings));
    modules
}

// What tools say of one package.
#[derive(Default)]
struct Said {
    versions: BTreeSet<String>,
    mending: BTreeSet<String>,
    purl: Option<String>,
}

// Each package once, with all versions in use and all that mend it, as the tools write them.
fn packages(infos: &[FindingInfo]) -> Vec<PackageInfo> {
    let mut packages: BTreeMap<(String, String), Said> = BTreeMap::new();
    for package in infos.iter().filter_map(|info| info.detail.package.as_ref()) {
        let ecosystem = package.ecosystem.clone().unwrap_or_default();
        let said = packages.entry((ecosystem, package.name.clone())).or_default();
        said.versions.extend(package.version.clone().filter(|version| !version.is_empty()));
        let mending = package.fixed_version.iter().flat_map(|text| text.split(',')).map(str::trim);
        said.mending.extend(mending.filter(|version| !version.is_empty()).map(str::to_owned));
        said.purl = said.purl.take().or_else(|| package.purl.clone());
    }
    let joined = |versions: BTreeSet<String>| {
        (!versions.is_empty()).then(|| versions.into_iter().collect::<Vec<_>>().join(", "))
    };
    packages
        .into_iter()
        .map(|((ecosystem, name), said)| PackageInfo {
            name,
            version: joined(said.versions),
            fixed_version: joined(said.mending),
            purl: said.purl,
            ecosystem: (!ecosystem.is_empty()).then_some(ecosystem),
        })
        .collect()
}

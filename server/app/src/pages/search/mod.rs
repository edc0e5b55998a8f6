//! Search everything: modules, files, tests, findings and runs of a project.
//!
//! The names of what the newest run holds are kept in memory as one text for each kind ([`names`]); a newer run adds
//! what is new in it. Those of tests are the ones that lists of tests are sorted and searched by. What is found is looked up in the store, so that nothing is shown that is not there any more.

mod names;

use std::sync::Arc;

use plimsoll_api::{HitKind, SearchAnswer, SearchHit};
use plimsoll_store::{FindingId, Run, RunFilter, StoreError};
use roaring::RoaringBitmap;
use serde::Deserialize;

use super::test_names::test_names;
use super::vulnerabilities::names_beginning;
use super::{PageError, Scope};
pub(super) use names::Names;

/// Hits of each kind.
const HITS: usize = 6;
/// Runs that are looked at.
const RUNS: usize = 200;
/// Letters of a query that count.
const LONGEST: usize = 200;

/// The query of `GET /projects/{project}/search`.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SearchParameters {
    /// Words that a name must hold, in any case; `#12` or `12` is also a run.
    pub q: String,
}

/// The names of a project, and which of them are in it.
#[derive(Debug, Clone, Default)]
pub(super) struct SearchIndex {
    files: (RoaringBitmap, Names),
    findings: (RoaringBitmap, Names),
}

/// What fits the words best, the nearest first in each kind: modules, files, tests, findings, runs.
///
/// # Errors
/// Where the store fails.
pub fn search(scope: &Scope<'_>, parameters: &SearchParameters) -> Result<SearchAnswer, PageError> {
    let query: String = parameters.q.chars().take(LONGEST).flat_map(char::to_lowercase).collect();
    let words: Vec<String> = query.split_whitespace().map(str::to_owned).collect();
    let mut hits = Vec::new();
    if words.is_empty() {
        return Ok(SearchAnswer { hits, run: None });
    }
    let run = scope.latest_run(&scope.project.default_branch)?;
    hits.extend(runs_by_number(scope, &words)?);
    hits.extend(vulnerabilities(scope, &words)?);
    hits.extend(modules(scope, &words)?);
    if let Some(run) = &run {
        let index = index(scope, run)?;
        hits.extend(files(scope, &index, &words)?);
        hits.extend(tests(scope, run, &words)?);
        hits.extend(findings(scope, &index, &words)?);
    }
    hits.extend(runs_by_text(scope, &words)?);
    Ok(SearchAnswer { hits, run: run.map(|run| run.number.0) })
}

fn hit(kind: HitKind, title: String, detail: String) -> SearchHit {
    SearchHit { kind, title, detail, path: None, id: None }
}

// By the beginning of one of its names, in whatever run it was.
fn vulnerabilities(scope: &Scope<'_>, words: &[String]) -> Result<Vec<SearchHit>, StoreError> {
    let [word] = words else { return Ok(Vec::new()) };
    let names = names_beginning(scope, word, HITS)?;
    Ok(names.into_iter().map(|name| hit(HitKind::Vulnerability, name, String::new())).collect())
}

fn modules(scope: &Scope<'_>, words: &[String]) -> Result<Vec<SearchHit>, StoreError> {
    let mut names = Names::default();
    let modules = scope.modules()?;
    for module in modules.values().filter(|module| !module.path.is_empty()) {
        names.push(module.id.0, &format!("{} {}", module.path, module.name));
    }
    let found = names.find(words, HITS);
    let rows = found.iter().filter_map(|id| modules.values().find(|module| module.id.0 == *id));
    Ok(rows
        .map(|module| SearchHit {
            path: Some(module.path.clone()),
            ..hit(HitKind::Module, module.name.clone(), module.path.clone())
        })
        .collect())
}

fn files(scope: &Scope<'_>, index: &SearchIndex, words: &[String]) -> Result<Vec<SearchHit>, StoreError> {
    let found = index.files.1.find(words, HITS);
    let places = scope.places(&found.iter().copied().collect())?;
    let rows = found.iter().filter_map(|id| places.get(plimsoll_store::PathId(*id)));
    Ok(rows
        .map(|place| SearchHit {
            path: Some(place.path.clone()),
            ..hit(HitKind::File, place.path.clone(), place.module_path.clone().unwrap_or_default())
        })
        .collect())
}

fn tests(scope: &Scope<'_>, run: &Run, words: &[String]) -> Result<Vec<SearchHit>, StoreError> {
    let kind = plimsoll_store::ColumnKind::TestsPresent;
    let present = scope.reader.read_bitmaps(scope.project.id, kind, &[run.number])?;
    let Some(present) = present.into_iter().next().flatten() else { return Ok(Vec::new()) };
    let found = test_names(scope, &present)?.best(words, HITS);
    let rows = scope.reader.list_tests(scope.project.id, &found.iter().copied().collect())?;
    let in_order = found.iter().filter_map(|id| rows.iter().find(|row| row.id.0 == *id));
    Ok(in_order
        .map(|test| {
            let class = if test.class.is_empty() { &test.suite } else { &test.class };
            SearchHit {
                id: Some(u64::from(test.id.0)),
                ..hit(HitKind::Test, test.name.clone(), class.clone())
            }
        })
        .collect())
}

fn findings(scope: &Scope<'_>, index: &SearchIndex, words: &[String]) -> Result<Vec<SearchHit>, StoreError> {
    let found = index.findings.1.find(words, HITS);
    let ids: RoaringBitmap = found.iter().copied().collect();
    let rows = scope.reader.list_findings(scope.project.id, &ids)?;
    let rules = rows.iter().map(|row| row.key.rule.0).collect();
    let rules = scope.reader.list_rules(scope.project.id, &rules)?;
    let places = scope.places(&rows.iter().filter_map(|row| row.key.path).map(|path| path.0).collect())?;
    let in_order = found.iter().filter_map(|id| rows.iter().find(|row| row.key.id == FindingId(*id)));
    Ok(in_order
        .map(|row| {
            let rule = rules.iter().find(|rule| rule.id == row.key.rule);
            let rule = rule.map_or_else(String::new, |rule| format!("{} {}", rule.tool, rule.rule));
            let path = places.path(row.key.path);
            let detail = path.as_ref().map_or_else(|| rule.clone(), |path| format!("{rule} · {path}"));
            SearchHit {
                id: Some(u64::from(row.key.id.0)),
                path,
                ..hit(HitKind::Finding, row.detail.message.clone(), detail)
            }
        })
        .collect())
}

fn run_hit(run: &Run) -> SearchHit {
    let commit: String = run.commit.chars().take(8).collect();
    let detail = match &run.build {
        Some(build) => format!("{} · {commit} · build {build}", run.branch),
        None => format!("{} · {commit}", run.branch),
    };
    SearchHit { id: Some(run.number.0), ..hit(HitKind::Run, format!("#{}", run.number.0), detail) }
}

// `#412` is meant as a run, so it comes first.
fn runs_by_number(scope: &Scope<'_>, words: &[String]) -> Result<Option<SearchHit>, StoreError> {
    let [word] = words else { return Ok(None) };
    let Ok(number) = word.trim_start_matches('#').parse() else { return Ok(None) };
    let found = scope.reader.find_run(scope.project.id, plimsoll_store::RunNumber(number))?;
    Ok(found.as_ref().map(run_hit))
}

fn runs_by_text(scope: &Scope<'_>, words: &[String]) -> Result<Vec<SearchHit>, StoreError> {
    let runs = scope.reader.list_runs(scope.project.id, RunFilter::default(), RUNS)?;
    let fits = |run: &Run| {
        let build = run.build.as_deref().unwrap_or_default().to_lowercase();
        let branch = run.branch.to_lowercase();
        words.iter().all(|word| {
            branch.contains(word) || build == *word || (word.len() >= 4 && run.commit.starts_with(word))
        })
    };
    Ok(runs.iter().filter(|run| fits(run)).take(HITS).map(run_hit).collect())
}

// The index with all that a run holds in it.
fn index(scope: &Scope<'_>, run: &Run) -> Result<Arc<SearchIndex>, StoreError> {
    let key = scope.key(run)?;
    scope.cache.search(key, |before| {
        let mut index = before.map_or_else(SearchIndex::default, |before| before.as_ref().clone());
        add_files(scope, run, &mut index.files)?;
        add_findings(scope, run, &mut index.findings)?;
        Ok(index)
    })
}

fn add_files(scope: &Scope<'_>, run: &Run, known: &mut (RoaringBitmap, Names)) -> Result<(), StoreError> {
    let mut present = scope.reader.read_files(scope.project.id, run.number)?.unwrap_or_default();
    if let Some(coverage) = scope.reader.read_coverage(scope.project.id, run.number)? {
        present.extend(coverage.files.iter().map(|entry| entry.path.0));
    }
    let new = present - &known.0;
    for path in scope.reader.list_paths(scope.project.id, &new)? {
        known.1.push(path.id.0, &path.path);
    }
    known.0 |= new;
    Ok(())
}

fn add_findings(scope: &Scope<'_>, run: &Run, known: &mut (RoaringBitmap, Names)) -> Result<(), StoreError> {
    let Some(columns) = scope.reader.read_findings(scope.project.id, run.number)? else { return Ok(()) };
    // A finding that is gone is no answer any more: unlike names of tests, there is no page of it.
    if !known.0.is_subset(&columns.present) {
        *known = (RoaringBitmap::new(), Names::default());
    }
    let new = &columns.present - &known.0;
    let rows = scope.reader.list_findings(scope.project.id, &new)?;
    let rules: RoaringBitmap = rows.iter().map(|row| row.key.rule.0).collect();
    let rules = scope.reader.list_rules(scope.project.id, &rules)?;
    let rules: std::collections::HashMap<_, _> = rules.iter().map(|rule| (rule.id, rule)).collect();
    for row in &rows {
        let rule = rules.get(&row.key.rule).map_or("", |rule| rule.rule.as_str());
        let package = row.detail.package.as_ref().map_or("", |package| package.name.as_str());
        let aliases = row.detail.aliases.join(" ");
        known.1.push(row.key.id.0, &format!("{rule} {package} {aliases} {}", row.detail.message));
    }
    known.0 |= new;
    Ok(())
}

//! A run's gate: its rules, judged.

use std::collections::{BTreeMap, HashMap};

use plimsoll_analysis::gate::{Facts, Judged, NewFindings, Standing, Subject, judge, judge_budgets, overall};
use plimsoll_api::{
    ChangeCounts, CoverageCounts, GatePage, GateRule, GateStanding, GateSummary, Measures, ModuleGate,
    ModuleRow, SeverityCounts,
};
use plimsoll_model::Severity;
use plimsoll_store::{ModuleId, Run, RunState, StoreError};

use super::changes::{Changes, changes};
use super::measures::measures;
use super::patch::patch_coverage;
use super::runs::run_state;
use super::{PageError, Scope};

/// What is said where there is no gate.
const HINT: &str = "No gate is set. Write rules into plimsoll.toml at the root of the repository, such as \
                    gate = { rules = [\"coverage >= baseline\", \"newly failing tests = 0\"] }.";

/// Answers on a run's page.
const SHOWN_AT_MOST: usize = 100;

/// The gate of a run: each rule with both sides.
///
/// # Errors
/// Where there is no such run or the store fails.
pub fn find_gate(scope: &Scope<'_>, number: u64) -> Result<GatePage, PageError> {
    let run = scope.run(number)?;
    let judged = judged(scope, &run)?;
    Ok(page(scope, &run, &judged, judged.len())?)
}

fn page(scope: &Scope<'_>, run: &Run, judged: &[Judged], most: usize) -> Result<GatePage, StoreError> {
    let mut shown: Vec<&Judged> = judged.iter().collect();
    if shown.len() > most {
        // What fails is what somebody looks for; in the order of the file otherwise.
        shown.sort_by_key(|answer| match answer.standing {
            Standing::Fail => 0,
            Standing::NotEnoughData => 1,
            Standing::Pass => 2,
        });
        shown.truncate(most);
    }
    Ok(GatePage {
        run: run.number.0,
        state: run_state(run),
        baseline: scope.baseline(run)?.map(|baseline| baseline.number.0),
        summary: summary(judged),
        hint: judged.is_empty().then(|| HINT.to_owned()),
        rules: shown.into_iter().map(row).collect(),
    })
}

// The gate as a run's page shows it, and how each module stands.
pub(super) fn gate_of_run(
    scope: &Scope<'_>,
    run: &Run,
    modules: &mut [ModuleRow],
) -> Result<GatePage, StoreError> {
    let judged = judged(scope, run)?;
    add_standings(&judged, modules);
    page(scope, run, &judged, SHOWN_AT_MOST)
}

fn add_standings(judged: &[Judged], modules: &mut [ModuleRow]) {
    let mut by_module: BTreeMap<&str, Vec<&Judged>> = BTreeMap::new();
    for answer in judged.iter() {
        if let Some(module) = &answer.module {
            by_module.entry(module).or_default().push(answer);
        }
    }
    for module in modules {
        let Some(answers) = by_module.get(module.path.as_str()) else { continue };
        let Some(standing) = overall(answers.iter().map(|answer| answer.standing)) else { continue };
        let lines = answers.iter().filter_map(|answer| answer.coverage_at_least);
        let failed = answers.iter().filter(|answer| answer.standing == Standing::Fail);
        module.gate = Some(ModuleGate {
            standing: standing_word(standing),
            coverage_at_least: lines.reduce(f64::max),
            failed: failed.map(|answer| answer.reason.clone()).collect(),
        });
    }
}

fn judged(scope: &Scope<'_>, run: &Run) -> Result<Vec<Judged>, StoreError> {
    let settings = scope.settings(run)?;
    if settings.gate.is_empty() && settings.budgets.is_empty() {
        return Ok(Vec::new());
    }
    let incomplete = incomplete(run);
    let baseline = if incomplete.is_none() { scope.baseline(run)? } else { None };
    let changes = baseline.as_ref().map(|baseline| changes(scope, baseline, run)).transpose()?;
    let now = all_measures(scope, run)?;
    let then = match &baseline {
        Some(baseline) => all_measures(scope, baseline)?,
        None => HashMap::new(),
    };
    let new_findings = match &changes {
        Some(changes) => new_findings(scope, run, changes)?,
        None => HashMap::new(),
    };
    let known = scope.modules()?;
    let none = Measures::default();
    let changes = changes.as_deref();
    let subject = |id: ModuleId| {
        let (path, name) = match known.get(&id) {
            Some(module) if id != ModuleId::WHOLE => (module.path.as_str(), module.name.as_str()),
            _ => ("", scope.project.name.as_str()),
        };
        Subject {
            path,
            name,
            now: now.get(&id).unwrap_or(&none),
            then: then.get(&id),
            changes: changes.and_then(|changes| of_module(changes, id)),
            new_findings: new_findings.get(&id).copied().unwrap_or_default(),
        }
    };
    let mut modules: Vec<Subject<'_>> = now
        .keys()
        .filter(|id| **id != ModuleId::WHOLE && known.contains_key(id))
        .map(|id| subject(*id))
        .collect();
    modules.sort_by_key(|module| module.path);
    let facts = Facts {
        incomplete: incomplete.as_deref(),
        baseline: baseline.as_ref().map(|baseline| baseline.number.0),
        project: subject(ModuleId::WHOLE),
        modules: &modules,
        patch: patch_coverage(scope, run)?.map(|patch| CoverageCounts {
            lines: patch.lines,
            lines_covered: patch.lines_covered,
            ..CoverageCounts::default()
        }),
    };
    let mut judged = judge(&settings.gate, &facts);
    judged.extend(judge_budgets(&settings.budgets, &facts));
    Ok(judged)
}

fn of_module(changes: &Changes, id: ModuleId) -> Option<&ChangeCounts> {
    if id == ModuleId::WHOLE { Some(&changes.counts) } else { changes.by_module.get(&id) }
}

/// Why a run cannot be judged yet, after "the run".
pub(super) fn incomplete(run: &Run) -> Option<String> {
    match run.state {
        RunState::Complete => None,
        RunState::Processing => Some("is still being read".to_owned()),
        RunState::Partial => {
            let is = if run.missing_shards.len() == 1 { "is" } else { "are" };
            Some(format!("is partial: {} {is} missing", run.missing_shards.join(", ")))
        }
    }
}

pub(super) fn all_measures(scope: &Scope<'_>, run: &Run) -> Result<HashMap<ModuleId, Measures>, StoreError> {
    Ok(scope.measured(run)?.iter().map(|(id, measured)| (*id, measures(measured))).collect())
}

/// New findings by module and severity; a kind that could not be compared is absent.
fn new_findings(
    scope: &Scope<'_>,
    run: &Run,
    changes: &Changes,
) -> Result<HashMap<ModuleId, NewFindings>, StoreError> {
    let has = |counts: &ChangeCounts| NewFindings {
        code: counts.new_code.map(|_| SeverityCounts::default()),
        security: counts.new_security.map(|_| SeverityCounts::default()),
    };
    let mut by_module: HashMap<ModuleId, NewFindings> =
        changes.by_module.iter().map(|(id, counts)| (*id, has(counts))).collect();
    by_module.insert(ModuleId::WHOLE, has(&changes.counts));
    let Some(difference) = &changes.findings else { return Ok(by_module) };
    if difference.new.is_empty() {
        return Ok(by_module);
    }
    let columns = scope.findings(run)?.unwrap_or_default();
    let keys = scope.reader.list_finding_keys(scope.project.id, &difference.new)?;
    let places = scope.places(&keys.iter().filter_map(|key| key.path).map(|path| path.0).collect())?;
    for key in &keys {
        let severity = columns.place(key.id).map_or(Severity::Unknown, |(_, severity)| severity);
        let module = places.module(key.path);
        for id in [Some(ModuleId::WHOLE), module].into_iter().flatten() {
            let of = by_module.entry(id).or_default();
            let side = if key.kind.is_security() { &mut of.security } else { &mut of.code };
            let Some(counts) = side else { continue };
            *match severity {
                Severity::Critical => &mut counts.critical,
                Severity::High => &mut counts.high,
                Severity::Medium => &mut counts.medium,
                Severity::Low => &mut counts.low,
                Severity::Info => &mut counts.info,
                Severity::Unknown => &mut counts.unknown,
            } += 1;
        }
    }
    Ok(by_module)
}

fn summary(judged: &[Judged]) -> GateSummary {
    let count = |wanted| judged.iter().filter(|answer| answer.standing == wanted).count() as u64;
    GateSummary {
        standing: overall(judged.iter().map(|answer| answer.standing)).map(standing_word),
        passed: count(Standing::Pass),
        failed: count(Standing::Fail),
        not_enough_data: count(Standing::NotEnoughData),
    }
}

fn standing_word(standing: Standing) -> GateStanding {
    match standing {
        Standing::Pass => GateStanding::Pass,
        Standing::Fail => GateStanding::Fail,
        Standing::NotEnoughData => GateStanding::NotEnoughData,
    }
}

fn row(judged: &Judged) -> GateRule {
    GateRule {
        rule: judged.rule.clone(),
        line: u64::from(judged.line),
        module: judged.module.clone(),
        standing: standing_word(judged.standing),
        found: judged.found.clone(),
        wanted: judged.wanted.clone(),
        reason: judged.reason.clone(),
    }
}

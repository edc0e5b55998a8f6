use plimsoll_api::{ChangeCounts, CoverageCounts, FindingCounts, Measures, SeverityCounts};
use plimsoll_model::Severity;

use super::{Area, Bound, Metric, Operator, Reach, Rule, Scope, parse_rule, show};
use crate::settings::{Budget, GateLine};

/// What a rule came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Standing {
    /// It holds.
    Pass,
    /// It does not hold, or cannot be read.
    Fail,
    /// It cannot be said.
    NotEnoughData,
}

/// New findings by severity; `None` where they could not be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct NewFindings {
    /// Of static analysis.
    pub code: Option<SeverityCounts>,
    /// Of security.
    pub security: Option<SeverityCounts>,
}

/// What is known of the project or of one module.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// Its folder, or its name in `plimsoll.toml`; empty for the project.
    pub path: &'a str,
    /// Its name for people.
    pub name: &'a str,
    /// In the run.
    pub now: &'a Measures,
    /// In the baseline.
    pub then: Option<&'a Measures>,
    /// Against the baseline.
    pub changes: Option<&'a ChangeCounts>,
    /// Against the baseline.
    pub new_findings: NewFindings,
}

/// What the rules are judged by.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// Why the run is not whole, in words that fit after "the run"; nothing where it is.
    pub incomplete: Option<&'a str>,
    /// The run that it is compared with.
    pub baseline: Option<u64>,
    /// The whole project.
    pub project: Subject<'a>,
    /// Every module of the run.
    pub modules: &'a [Subject<'a>],
    /// Coverage of the changed lines; nothing where the run has no diff or no coverage.
    pub patch: Option<CoverageCounts>,
}

/// The answer to one rule, for one module where it is about each.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// The rule's line in `plimsoll.toml`.
    pub line: u32,
    /// As it is written.
    pub rule: String,
    /// The module that this answer is about.
    pub module: Option<String>,
    /// Pass, fail, or not enough data.
    pub standing: Standing,
    /// What was measured, in words.
    pub found: Option<String>,
    /// What is demanded, in words.
    pub wanted: Option<String>,
    /// The whole in one sentence.
    pub reason: String,
    /// The least line coverage in percent that the rule demands, if it does.
    pub coverage_at_least: Option<f64>,
    /// It is a module's budget and no rule.
    pub is_budget: bool,
}

/// Judges every rule, in their order.
pub fn judge(lines: &[GateLine], facts: &Facts<'_>) -> Vec<Judged> {
    lines
        .iter()
        .flat_map(|line| match parse_rule(&line.text) {
            Ok(rule) => judge_rule(line, &rule, facts),
            Err(problem) => {
                let reason = format!("The rule cannot be read: {problem}.");
                vec![Judged { standing: Standing::Fail, reason, ..blank(line) }]
            }
        })
        .collect()
}

/// Judges every budget, in their order: each is the rule that the tests of its module take no longer.
pub fn judge_budgets(budgets: &[Budget], facts: &Facts<'_>) -> Vec<Judged> {
    budgets
        .iter()
        .flat_map(|budget| {
            #[expect(clippy::cast_precision_loss, reason = "milliseconds of a year are far below 2^52")]
            let most = budget.tests_ms as f64;
            let rule = Rule {
                scope: Scope::Module(budget.module.clone()),
                metric: Metric::Duration,
                operator: Operator::AtMost,
                bound: Bound::Number(most),
            };
            let text =
                format!("budget of {}: tests <= {}", budget.module, show::value(rule.metric, most, None));
            judge_rule(&GateLine { text, line: budget.line }, &rule, facts)
        })
        .map(|judged| Judged { is_budget: true, ..judged })
        .collect()
}

/// Of several answers: one that fails fails all; without any that passes there is not enough data. `None` without rules.
pub fn overall(standings: impl IntoIterator<Item = Standing>) -> Option<Standing> {
    standings.into_iter().reduce(|a, b| match (a, b) {
        (Standing::Fail, _) | (_, Standing::Fail) => Standing::Fail,
        (Standing::Pass, _) | (_, Standing::Pass) => Standing::Pass,
        _ => Standing::NotEnoughData,
    })
}

fn blank(line: &GateLine) -> Judged {
    Judged {
        line: line.line,
        rule: line.text.clone(),
        module: None,
        standing: Standing::NotEnoughData,
        found: None,
        wanted: None,
        reason: String::new(),
        coverage_at_least: None,
        is_budget: false,
    }
}

fn judge_rule(line: &GateLine, rule: &Rule, facts: &Facts<'_>) -> Vec<Judged> {
    let without = |reason: String| vec![Judged { reason, ..blank(line) }];
    if let Some(why) = facts.incomplete {
        return without(format!("The run {why}."));
    }
    match &rule.scope {
        Scope::Project => vec![judge_subject(line, rule, facts, &facts.project)],
        Scope::Patch => {
            let now = Measures { coverage: facts.patch, ..Measures::default() };
            if facts.patch.is_none() {
                return without(
                    "The run has no diff, or no coverage of the lines that it changes.".to_owned(),
                );
            }
            let patch = Subject { now: &now, then: facts.project.then, ..facts.project };
            vec![judge_subject(line, rule, facts, &patch)]
        }
        Scope::Module(wanted) => {
            let is_meant = |subject: &&Subject<'_>| subject.path == wanted || subject.name == wanted;
            let named: Vec<&Subject<'_>> = facts.modules.iter().filter(is_meant).collect();
            // A folder says which module is meant where several have the same name.
            let by_path = named.iter().copied().find(|subject| subject.path == wanted);
            let only = if let [only] = named.as_slice() { Some(*only) } else { None };
            match by_path.or(only) {
                Some(subject) => vec![judge_subject(line, rule, facts, subject)],
                None if named.is_empty() => without(format!("The run has no module `{wanted}`.")),
                None => without(format!("Several modules are called `{wanted}`: name its folder.")),
            }
        }
        Scope::EachModule => {
            let measured = |subject: &&Subject<'_>| measure(rule.metric, subject).is_ok();
            let of_each: Vec<Judged> = facts
                .modules
                .iter()
                .filter(measured)
                .map(|subject| judge_subject(line, rule, facts, subject))
                .collect();
            if of_each.is_empty() {
                let why = measure(rule.metric, &facts.project).err();
                return without(
                    why.unwrap_or_else(|| "The run has no module with such a report.".to_owned()),
                );
            }
            of_each
        }
    }
}

fn judge_subject(line: &GateLine, rule: &Rule, facts: &Facts<'_>, subject: &Subject<'_>) -> Judged {
    let module = (!subject.path.is_empty()).then(|| subject.path.to_owned());
    let blank = Judged { module, ..blank(line) };
    let found = match measure(rule.metric, subject) {
        Ok(found) => found,
        Err(reason) => {
            let reason =
                if facts.baseline.is_none() && rule.metric.is_change() { NO_BASELINE.into() } else { reason };
            return Judged { reason, ..blank };
        }
    };
    let shown = |other| Some(show::value(rule.metric, found, other));
    let (bound, against) = match bound(rule, facts, subject) {
        Ok(bound) => bound,
        Err(reason) => return Judged { found: shown(None), reason, ..blank },
    };
    let holds = rule.operator.holds(found, bound);
    let words = match rule.operator {
        Operator::AtLeast => "at least ",
        Operator::AtMost => "at most ",
        Operator::Less => "less than ",
        Operator::More => "more than ",
        Operator::Equal => "",
    };
    let wanted = format!("{words}{}{against}", show::value(rule.metric, bound, Some(found)));
    let of = blank.module.as_ref().map(|module| format!(" of {module}")).unwrap_or_default();
    let of = if rule.scope == Scope::Patch { " of the changed lines".to_owned() } else { of };
    let is = show::value(rule.metric, found, Some(bound));
    let metric = show::metric(rule.metric);
    let reason = format!("{metric}{of}: {is}, wanted {wanted}.");
    let is_floor = rule.metric == Metric::LineCoverage
        && matches!(rule.operator, Operator::AtLeast | Operator::More | Operator::Equal)
        && rule.scope != Scope::Patch;
    Judged {
        standing: if holds { Standing::Pass } else { Standing::Fail },
        found: shown(Some(bound)),
        wanted: Some(wanted),
        reason: capitalised(&reason),
        coverage_at_least: is_floor.then_some(bound),
        ..blank
    }
}

const NO_BASELINE: &str = "The run has no baseline to be compared with.";

/// The right side in the metric's unit, and in words where it comes from.
fn bound(rule: &Rule, facts: &Facts<'_>, subject: &Subject<'_>) -> Result<(f64, String), String> {
    let (number, is_percent) = match rule.bound {
        Bound::Number(number) => return Ok((number, String::new())),
        Bound::Baseline(offset) => (offset, false),
        Bound::BaselinePercent(percent) => (percent, true),
    };
    let Some(run) = facts.baseline else { return Err(NO_BASELINE.to_owned()) };
    let base = subject.then.and_then(|then| {
        let subject = Subject { now: then, ..*subject };
        measure(rule.metric, &subject).ok()
    });
    let Some(base) = base else {
        let of = if subject.path.is_empty() { String::new() } else { format!(" of {}", subject.path) };
        return Err(format!("The baseline, run #{run}, has no {}{of}.", show::metric(rule.metric)));
    };
    let bound = if is_percent { base * (1.0 + number / 100.0) } else { base + number };
    Ok((bound.max(0.0), format!(" (run #{run} has {})", show::value(rule.metric, base, None))))
}

/// The left side in the metric's unit; else why there is none.
fn measure(metric: Metric, subject: &Subject<'_>) -> Result<f64, String> {
    let tests = subject.now.tests.as_ref();
    let changes = subject.changes;
    #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
    let count =
        |count: Option<u64>, missing: &str| count.map(|count| count as f64).ok_or_else(|| missing.to_owned());
    let no_tests = "The run has no report of tests.";
    match metric {
        Metric::LineCoverage | Metric::BranchCoverage => {
            let of = |counts: CoverageCounts| match metric {
                Metric::BranchCoverage => counts.branch_percent(),
                _ => counts.line_percent(),
            };
            let coverage = subject.now.coverage.ok_or("The run has no report of coverage.")?;
            of(coverage).ok_or_else(|| "Its report of coverage holds none of these.".to_owned())
        }
        Metric::Files => count(subject.now.coverage.map(|it| it.files), "The run has no report of coverage."),
        Metric::Tests => count(tests.map(|it| it.total), no_tests),
        Metric::FailingTests => count(tests.map(|it| it.failing()), no_tests),
        Metric::SkippedTests => count(tests.map(|it| it.skipped), no_tests),
        Metric::Duration => count(tests.map(|it| it.duration_ms), no_tests),
        Metric::FlakyTests => count(subject.now.flaky, no_tests),
        Metric::NewlyFailingTests => count(
            changes.and_then(|it| it.newly_failing),
            if tests.is_none() { no_tests } else { "The baseline has no report of tests." },
        ),
        Metric::Findings { is_new, severity, area } => findings(subject, is_new, severity, area),
    }
}

fn findings(
    subject: &Subject<'_>,
    is_new: bool,
    severity: Option<(Severity, Reach)>,
    area: Option<Area>,
) -> Result<f64, String> {
    let counted = |counts: Option<FindingCounts>| counts.map(|counts| counts.by_severity);
    let now = [counted(subject.now.code), counted(subject.now.security)];
    let sides = if is_new { [subject.new_findings.code, subject.new_findings.security] } else { now };
    let wanted = match area {
        None => [true, true],
        Some(Area::Code) => [true, false],
        Some(Area::Security) => [false, true],
    };
    let of_run = now.iter().zip(wanted).any(|(counts, is_wanted)| is_wanted && counts.is_some());
    let counts: Vec<SeverityCounts> = sides
        .into_iter()
        .zip(wanted)
        .filter_map(|(counts, is_wanted)| counts.filter(|_| is_wanted))
        .collect();
    if counts.is_empty() {
        let kind = match area {
            None => "findings",
            Some(Area::Code) => "static analysis",
            Some(Area::Security) => "security",
        };
        let side = if of_run { "baseline" } else { "run" };
        return Err(format!("The {side} has no report of {kind}."));
    }
    let total: u64 = counts.iter().map(|counts| of_severity(counts, severity)).sum();
    #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
    Ok(total as f64)
}

fn of_severity(counts: &SeverityCounts, wanted: Option<(Severity, Reach)>) -> u64 {
    Severity::ALL
        .into_iter()
        .filter(|severity| match wanted {
            None => true,
            Some((wanted, Reach::Only)) => *severity == wanted,
            Some((wanted, Reach::AndWorse)) => *severity >= wanted,
        })
        .map(|severity| counts.of(severity))
        .sum()
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

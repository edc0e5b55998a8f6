//! Which findings of a run pass the filters, and which one filter alone keeps out: what lists and facets have in common.

use std::collections::HashMap;
use std::sync::Arc;

use plimsoll_api::FindingState;
use plimsoll_model::{ReviewState, Severity};
use plimsoll_store::{FindingKey, FindingTag, Rule, RuleId, Run, RunNumber, StoreError};
use roaring::RoaringBitmap;

use super::finding_rows::rules;
use super::findings::{FindingParameters, Side};
use super::vulnerabilities::names_beginning;
use super::{PageError, Scope, listing};

/// Which state is asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum StateFilter {
    Is(FindingState),
    Review(ReviewState),
}

/// The words for states, in the order in which they are shown.
pub(super) const STATES: &[(&str, StateFilter)] = &[
    ("new", StateFilter::Is(FindingState::New)),
    ("reopened", StateFilter::Is(FindingState::Reopened)),
    ("existing", StateFilter::Is(FindingState::Existing)),
    ("fixed", StateFilter::Is(FindingState::Fixed)),
    ("suppressed", StateFilter::Is(FindingState::Suppressed)),
    ("reviewed", StateFilter::Is(FindingState::Reviewed)),
    ("accepted", StateFilter::Review(ReviewState::Accepted)),
    ("false-positive", StateFilter::Review(ReviewState::FalsePositive)),
    ("wont-fix", StateFilter::Review(ReviewState::WontFix)),
];

/// The words for code and security.
pub(super) const KINDS: &[(&str, bool)] = &[("code", false), ("security", true)];

/// The words for ages: how many days before a run a finding was first seen, at most.
pub(super) const AGES: &[(&str, i64)] =
    &[("day", 1), ("week", 7), ("month", 30), ("quarter", 90), ("older", i64::MAX)];

/// What can be filtered by and counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Facet {
    State,
    Severity,
    Kind,
    Tool,
    Rule,
    Module,
    Age,
    Weakness,
    Package,
}

impl Facet {
    /// Its parameter.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::State => "state",
            Self::Severity => "severity",
            Self::Kind => "kind",
            Self::Tool => "tool",
            Self::Rule => "rule",
            Self::Module => "module",
            Self::Age => "age",
            Self::Weakness => "cwe",
            Self::Package => "package",
        }
    }

    fn bit(self) -> u16 {
        1 << self as u8
    }
}

/// Kept out because another finding stands for it: a tool's list has it all the same.
const JOINED: u16 = 1 << 15;

/// What was asked for, read.
pub(super) struct Filter<'a> {
    pub state: Option<StateFilter>,
    severity: Option<Severity>,
    is_security: Option<bool>,
    tool: Option<&'a str>,
    rule: Option<&'a str>,
    module: Option<&'a str>,
    /// The place in [`AGES`].
    age: Option<usize>,
    cwe: Option<&'a str>,
    package: Option<&'a str>,
    path: Option<&'a str>,
    q: Option<&'a str>,
}

impl<'a> Filter<'a> {
    pub(super) fn read(parameters: &'a FindingParameters) -> Result<Self, PageError> {
        let severities = Severity::ALL.map(|severity| (severity.as_str(), severity));
        let mut ages = Vec::with_capacity(AGES.len());
        ages.extend(AGES.iter().enumerate().map(|(at, (word, _))| (*word, at)));
        Ok(Self {
            state: listing::word("state", parameters.state.as_deref(), STATES)?,
            severity: listing::word("severity", parameters.severity.as_deref(), &severities)?,
            is_security: listing::word("kind", parameters.kind.as_deref(), KINDS)?,
            tool: given(&parameters.tool),
            rule: given(&parameters.rule),
            module: given(&parameters.module),
            age: listing::word("age", parameters.age.as_deref(), &ages)?,
            cwe: given(&parameters.cwe),
            package: given(&parameters.package),
            path: given(&parameters.path),
            q: given(&parameters.q),
        })
    }

    pub(super) fn is_fixed(&self) -> bool {
        self.state == Some(StateFilter::Is(FindingState::Fixed))
    }
}

fn given(value: &Option<String>) -> Option<&str> {
    value.as_deref().map(str::trim).filter(|value| !value.is_empty())
}

/// The findings of one side of a comparison, ready to be asked which filters keep each of them out.
pub(super) struct Choice<'a> {
    side: &'a Side,
    severity: Option<Severity>,
    is_security: Option<bool>,
    in_state: RoaringBitmap,
    /// Who asks for one tool's findings, or one rule's, gets them all; else each vulnerability is listed once.
    lists_joined: bool,
    /// Those that what is no facet lets through: a file, words. Absent where neither was asked for.
    base: Option<RoaringBitmap>,
    keys: Arc<Vec<FindingKey>>,
    tools: Option<RoaringBitmap>,
    rules: Option<RoaringBitmap>,
    paths: Option<RoaringBitmap>,
    aged: Option<RoaringBitmap>,
    weak: Option<RoaringBitmap>,
    packed: Option<RoaringBitmap>,
}

impl<'a> Choice<'a> {
    /// `run` is the run that was asked for, which is not that of the side where findings are gone.
    pub(super) fn prepare(
        scope: &Scope<'_>,
        side: &'a Side,
        run: &Run,
        filter: &Filter<'_>,
    ) -> Result<Self, StoreError> {
        let (reader, project) = (scope.reader, scope.project.id);
        let keys = scope.finding_keys(&side.run, &side.columns)?;
        let known = match (filter.tool, filter.rule) {
            (None, None) => HashMap::new(),
            _ => rules_of(scope, &keys)?,
        };
        let rules_that = |is: &dyn Fn(&Rule) -> bool| {
            known.values().filter(|rule| is(rule)).map(|rule| rule.id.0).collect::<RoaringBitmap>()
        };
        let paths = match filter.module.map(|module| scope.module_id(module)).transpose()? {
            Some(Some(module)) => Some(reader.paths_of_module(project, module)?),
            Some(None) => Some(RoaringBitmap::new()),
            None => None,
        };
        let tagged = |tag, value: Option<&str>| {
            value.map(|value| reader.findings_with_tag(project, tag, value)).transpose()
        };
        let aged = match filter.age {
            Some(age) => {
                let ages = ages(scope, side, run)?;
                let of_age = ages.iter().zip(keys.iter()).filter(|(found, _)| **found == age);
                Some(of_age.map(|(_, key)| key.id.0).collect())
            }
            None => None,
        };
        Ok(Self {
            side,
            severity: filter.severity,
            is_security: filter.is_security,
            in_state: side.of_state(filter.state),
            lists_joined: filter.tool.is_some() || filter.rule.is_some(),
            base: base(scope, side, filter)?,
            tools: filter.tool.map(|tool| rules_that(&|rule| rule.tool == tool)),
            rules: filter.rule.map(|name| rules_that(&|rule| rule.rule == name)),
            paths,
            aged,
            weak: tagged(FindingTag::Weakness, filter.cwe)?,
            packed: tagged(FindingTag::Package, filter.package)?,
            keys,
        })
    }

    /// All findings of the side that the file and the words let through, each with the facets whose filter keeps it out.
    pub(super) fn each(&self) -> impl Iterator<Item = (usize, &FindingKey, u16)> {
        self.keys
            .iter()
            .enumerate()
            .filter(|(_, key)| self.base.as_ref().is_none_or(|base| base.contains(key.id.0)))
            .map(|(at, key)| (at, key, self.kept_out_by(key)))
    }

    /// The findings of the side.
    pub(super) fn keys(&self) -> &[FindingKey] {
        &self.keys
    }

    /// Those that pass all filters.
    pub(super) fn chosen(&self) -> Vec<FindingKey> {
        self.each().filter(|(.., out)| *out == 0).map(|(_, key, _)| *key).collect()
    }

    fn kept_out_by(&self, key: &FindingKey) -> u16 {
        let lacks = |set: &Option<RoaringBitmap>, id: u32| set.as_ref().is_some_and(|set| !set.contains(id));
        let path = key.path.map(|path| path.0);
        let severity = || self.side.columns.place(key.id).map(|(_, severity)| severity);
        let tests = [
            (Facet::State, !self.in_state.contains(key.id.0)),
            (Facet::Severity, self.severity.is_some_and(|wanted| severity() != Some(wanted))),
            (Facet::Kind, self.is_security.is_some_and(|wanted| key.kind.is_security() != wanted)),
            (Facet::Tool, lacks(&self.tools, key.rule.0)),
            (Facet::Rule, lacks(&self.rules, key.rule.0)),
            (Facet::Module, self.paths.is_some() && path.is_none_or(|path| lacks(&self.paths, path))),
            (Facet::Age, lacks(&self.aged, key.id.0)),
            (Facet::Weakness, lacks(&self.weak, key.id.0)),
            (Facet::Package, lacks(&self.packed, key.id.0)),
        ];
        let joined = !self.lists_joined && self.side.columns.joined.contains_key(&key.id.0);
        let out = tests.iter().filter(|(_, is_out)| *is_out).map(|(facet, _)| facet.bit()).sum::<u16>();
        if joined { out | JOINED } else { out }
    }

    /// Whether a finding counts for a facet: no filter keeps it out, or the facet's own alone.
    pub(super) fn counts_for(facet: Facet, kept_out_by: u16) -> bool {
        let own = match facet {
            Facet::Tool | Facet::Rule => facet.bit() | JOINED,
            _ => facet.bit(),
        };
        kept_out_by & !own == 0
    }
}

// Findings with these words; what any tool calls it finds a vulnerability, whichever stands for it.
fn with_words(scope: &Scope<'_>, side: &Side, words: &str) -> Result<Option<RoaringBitmap>, StoreError> {
    const NAMES: usize = 20;
    let (reader, project) = (scope.reader, scope.project.id);
    let Some(mut found) = reader.search_findings(project, words)? else { return Ok(None) };
    for name in names_beginning(scope, words, NAMES)? {
        found |= reader.findings_of_advisory(project, &name)?;
    }
    let leaders = side.columns.joined.iter().filter(|(member, _)| found.contains(**member));
    let leaders: Vec<u32> = leaders.map(|(_, leader)| *leader).collect();
    found.extend(leaders);
    Ok(Some(found))
}

fn base(scope: &Scope<'_>, side: &Side, filter: &Filter<'_>) -> Result<Option<RoaringBitmap>, StoreError> {
    let (reader, project) = (scope.reader, scope.project.id);
    let in_file = match filter.path {
        Some(path) => Some(match reader.find_path(project, path)? {
            Some(path) => reader.findings_of_path(project, path.id)?,
            None => RoaringBitmap::new(),
        }),
        None => None,
    };
    let with_words = filter.q.map(|words| with_words(scope, side, words)).transpose()?.flatten();
    Ok(match (in_file, with_words) {
        (Some(one), Some(other)) => Some(one & other),
        (one, other) => one.or(other),
    })
}

/// The rules of findings.
pub(super) fn rules_of(scope: &Scope<'_>, keys: &[FindingKey]) -> Result<HashMap<RuleId, Rule>, StoreError> {
    rules(scope, keys.iter().map(|key| key.rule).collect())
}

/// The age of each finding of a side when a run was made, as its place in [`AGES`], in the order of the side's findings.
pub(super) fn ages(scope: &Scope<'_>, side: &Side, run: &Run) -> Result<Vec<usize>, StoreError> {
    let first_runs = scope.first_runs(&side.run, &side.columns)?;
    let oldest = AGES.len() - 1;
    let mut known: HashMap<RunNumber, usize> = HashMap::new();
    let mut ages = Vec::with_capacity(first_runs.len());
    for first in first_runs.iter() {
        let age = match known.get(first) {
            Some(age) => *age,
            None => {
                let made = scope.reader.find_run(scope.project.id, *first)?;
                let age = made.map_or(oldest, |made| age(run.created_at - made.created_at));
                known.insert(*first, age);
                age
            }
        };
        ages.push(age);
    }
    Ok(ages)
}

fn age(seconds: i64) -> usize {
    const DAY: i64 = 86_400;
    AGES.iter().position(|(_, days)| seconds <= days.saturating_mul(DAY)).unwrap_or(AGES.len() - 1)
}

#[cfg(test)]
mod tests {
    use super::{AGES, age};

    #[test]
    fn an_age_has_one_word() {
        let word = |days: f64| AGES[age((days * 86_400.0) as i64)].0;
        for (days, expect) in [
            (-3.0, "day"),
            (0.0, "day"),
            (1.0, "day"),
            (1.1, "week"),
            (7.0, "week"),
            (30.0, "month"),
            (31.0, "quarter"),
            (90.5, "older"),
            (1e6, "older"),
        ] {
            assert_eq!(word(days), expect, "{days} days");
        }
    }
}

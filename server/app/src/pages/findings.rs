use std::cmp::Reverse;
use std::sync::Arc;

use plimsoll_api::{FindingFilter, FindingRow, FindingState, Page};
use plimsoll_model::{ReviewState, Severity};
use plimsoll_store::{FindingColumns, FindingId, FindingKey, Run, StoreError};
use roaring::RoaringBitmap;
use serde::Deserialize;

use super::changes::{Changes, changes};
use super::finding_rows::{finding_rows, rules};
use super::reopened::reopened;
use super::reviews::Reviews;
use super::{PageError, Scope, listing};

/// The query of `GET /projects/{project}/runs/{run}/findings`.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FindingParameters {
    /// `new` (those that came back among them), `reopened` (only these), `existing`, `fixed`, `suppressed`, `reviewed` (all that was decided about), `accepted`, `false-positive` or
    /// `wont-fix`; if absent, all that count.
    pub state: Option<String>,
    /// `critical`, `high`, `medium`, `low`, `info` or `unknown`.
    pub severity: Option<String>,
    /// Only findings of this tool.
    pub tool: Option<String>,
    /// Only findings of this rule.
    pub rule: Option<String>,
    /// `code` or `security`.
    pub kind: Option<String>,
    /// Only findings in this module, by its folder.
    pub module: Option<String>,
    /// Only findings in this file.
    pub path: Option<String>,
    /// Only findings with these words in message, rule or path, in any case.
    pub q: Option<String>,
    /// `severity` (new and worst first; the default) or `path`.
    pub sort: Option<String>,
    /// Where to read on: `next` of the page before.
    pub after: Option<String>,
    /// Rows; 100 if absent, at most 500.
    pub limit: Option<usize>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum StateFilter {
    Is(FindingState),
    Review(ReviewState),
}

const STATES: &[(&str, StateFilter)] = &[
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

const KINDS: &[(&str, bool)] = &[("code", false), ("security", true)];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    Severity,
    Path,
}

const SORTS: &[(&str, Sort)] = &[("severity", Sort::Severity), ("path", Sort::Path)];

/// The findings of a run.
///
/// # Errors
/// Where a parameter is wrong, there is no such run, or the store fails.
pub fn list_findings(
    scope: &Scope<'_>,
    run: u64,
    parameters: &FindingParameters,
) -> Result<Page<FindingRow>, PageError> {
    let limit = listing::limit(parameters.limit)?;
    let run = scope.run(run)?;
    let (side, sorted) = select_findings(scope, &run, parameters)?;
    listing::page(
        &sorted,
        |finding| u64::from(finding.0),
        parameters.after.as_deref(),
        limit,
        |part| Ok(side.rows(scope, part)?),
    )
}

// The findings of a run that pass the filters, in the order that was asked for.
pub(super) fn select_findings(
    scope: &Scope<'_>,
    run: &Run,
    parameters: &FindingParameters,
) -> Result<(Side, Vec<FindingId>), PageError> {
    let state = listing::word("state", parameters.state.as_deref(), STATES)?;
    let severities = Severity::ALL.map(|severity| (severity.as_str(), severity));
    let severity = listing::word("severity", parameters.severity.as_deref(), &severities)?;
    let is_security = listing::word("kind", parameters.kind.as_deref(), KINDS)?;
    let sort = listing::word("sort", parameters.sort.as_deref(), SORTS)?.unwrap_or(Sort::Severity);
    let side = Side::read(scope, run, state == Some(StateFilter::Is(FindingState::Fixed)))?;

    let mut findings = side.of_state(state);
    if let Some(severity) = severity {
        let with = side.columns.present.iter().zip(&side.columns.severities);
        findings &=
            with.filter(|(_, other)| **other == severity).map(|(id, _)| id).collect::<RoaringBitmap>();
    }
    if let Some(path) = given(&parameters.path) {
        match scope.reader.find_path(scope.project.id, path)? {
            Some(path) => findings &= scope.reader.findings_of_path(scope.project.id, path.id)?,
            None => findings.clear(),
        }
    }
    let all = scope.finding_keys(&side.run, &side.columns)?;
    let mut keys: Vec<FindingKey> = all.iter().filter(|key| findings.contains(key.id.0)).copied().collect();
    if let Some(is_security) = is_security {
        keys.retain(|key| key.kind.is_security() == is_security);
    }
    retain_module(scope, &mut keys, given(&parameters.module))?;
    retain_rule(scope, &mut keys, given(&parameters.tool), given(&parameters.rule))?;
    if let Some(words) = given(&parameters.q).map(str::to_lowercase) {
        retain_words(scope, &mut keys, &words)?;
    }
    let sorted = side.sort(scope, keys, sort)?;
    Ok((side, sorted))
}

impl From<FindingFilter> for FindingParameters {
    fn from(filter: FindingFilter) -> Self {
        let FindingFilter { state, severity, tool, rule, kind, module, path, q } = filter;
        Self { state, severity, tool, rule, kind, module, path, q, ..Self::default() }
    }
}

fn given(value: &Option<String>) -> Option<&str> {
    value.as_deref().map(str::trim).filter(|value| !value.is_empty())
}

fn retain_module(
    scope: &Scope<'_>,
    keys: &mut Vec<FindingKey>,
    module: Option<&str>,
) -> Result<(), StoreError> {
    let Some(module) = module else { return Ok(()) };
    let paths = match scope.module_id(module)? {
        Some(module) => scope.reader.paths_of_module(scope.project.id, module)?,
        None => RoaringBitmap::new(),
    };
    keys.retain(|key| key.path.is_some_and(|path| paths.contains(path.0)));
    Ok(())
}

fn retain_rule(
    scope: &Scope<'_>,
    keys: &mut Vec<FindingKey>,
    tool: Option<&str>,
    rule: Option<&str>,
) -> Result<(), StoreError> {
    if tool.is_none() && rule.is_none() {
        return Ok(());
    }
    let rules = rules(scope, keys.iter().map(|key| key.rule).collect())?;
    keys.retain(|key| {
        rules.get(&key.rule).is_some_and(|found| {
            tool.is_none_or(|tool| found.tool == tool) && rule.is_none_or(|rule| found.rule == rule)
        })
    });
    Ok(())
}

fn retain_words(scope: &Scope<'_>, keys: &mut Vec<FindingKey>, words: &str) -> Result<(), StoreError> {
    let ids: RoaringBitmap = keys.iter().map(|key| key.id.0).collect();
    let rules = rules(scope, keys.iter().map(|key| key.rule).collect())?;
    let places = scope.places(&keys.iter().filter_map(|key| key.path).map(|path| path.0).collect())?;
    let has_words = |text: &str| text.to_lowercase().contains(words);
    let found: RoaringBitmap = scope
        .reader
        .list_findings(scope.project.id, &ids)?
        .into_iter()
        .filter(|info| {
            has_words(&info.detail.message)
                || rules.get(&info.key.rule).is_some_and(|rule| has_words(&rule.rule))
                || info.key.path.and_then(|path| places.get(path)).is_some_and(|place| has_words(&place.path))
        })
        .map(|info| info.key.id.0)
        .collect();
    keys.retain(|key| found.contains(key.id.0));
    Ok(())
}

// What a finding is where nothing could be compared: without a baseline everything is new, but a baseline without any
// findings report says nothing about what is.
pub(super) fn state_without_difference(
    finding: FindingId,
    columns: &FindingColumns,
    has_baseline: bool,
) -> FindingState {
    if columns.suppressed.contains(finding.0) {
        FindingState::Suppressed
    } else if has_baseline {
        FindingState::Existing
    } else {
        FindingState::New
    }
}

// The findings of a run with what is known of them against the baseline.
pub(super) struct Side {
    // The run that the columns are of.
    run: Run,
    reviews: Arc<Reviews>,
    columns: FindingColumns,
    changes: Option<Arc<Changes>>,
    // Of the new ones, those that were there once.
    reopened: RoaringBitmap,
    has_baseline: bool,
    is_fixed: bool,
}

impl Side {
    // For findings that are gone, the columns are those of the baseline: that is where they are.
    fn read(scope: &Scope<'_>, run: &Run, is_fixed: bool) -> Result<Self, StoreError> {
        let baseline = scope.baseline(run)?;
        let changes = baseline.as_ref().map(|baseline| changes(scope, baseline, run)).transpose()?;
        let reopened = match (&baseline, changes.as_ref().and_then(|changes| changes.findings.as_ref())) {
            (Some(baseline), Some(difference)) => reopened(scope, baseline, run, difference)?,
            _ => RoaringBitmap::new(),
        };
        let has_baseline = baseline.is_some();
        let run = baseline.filter(|_| is_fixed).unwrap_or_else(|| run.clone());
        let columns = scope.findings(&run)?.unwrap_or_default();
        let reviews = scope.reviews(&run)?;
        Ok(Self { run, reviews, columns, changes, reopened, has_baseline, is_fixed })
    }

    fn of_state(&self, state: Option<StateFilter>) -> RoaringBitmap {
        match state {
            None => self.columns.counting(),
            Some(StateFilter::Is(FindingState::Fixed)) => {
                let findings = self.changes.as_ref().and_then(|changes| changes.findings.as_ref());
                findings.map(|findings| findings.fixed.clone()).unwrap_or_default()
            }
            Some(StateFilter::Review(state)) => {
                let is =
                    |id: &u32| self.reviews.of(FindingId(*id)).is_some_and(|review| review.state == state);
                (&self.columns.present & &self.reviews.findings).iter().filter(is).collect()
            }
            Some(StateFilter::Is(FindingState::New)) => {
                self.columns.present.iter().filter(|id| self.is_new(FindingId(*id))).collect()
            }
            Some(StateFilter::Is(state)) => {
                self.columns.present.iter().filter(|id| self.state(FindingId(*id)) == state).collect()
            }
        }
    }

    fn is_new(&self, finding: FindingId) -> bool {
        matches!(self.state(finding), FindingState::New | FindingState::Reopened)
    }

    fn state(&self, finding: FindingId) -> FindingState {
        if self.is_fixed {
            return FindingState::Fixed;
        }
        if self.reviews.findings.contains(finding.0) {
            return FindingState::Reviewed;
        }
        match self.changes.as_ref().and_then(|changes| changes.findings.as_ref()) {
            Some(findings) => match findings.state(finding, &self.columns) {
                FindingState::New if self.reopened.contains(finding.0) => FindingState::Reopened,
                state => state,
            },
            None => state_without_difference(finding, &self.columns, self.has_baseline),
        }
    }

    fn sort(
        &self,
        scope: &Scope<'_>,
        keys: Vec<FindingKey>,
        sort: Sort,
    ) -> Result<Vec<FindingId>, StoreError> {
        let place = |id: FindingId| self.columns.place(id).unwrap_or((None, Severity::Unknown));
        match sort {
            Sort::Severity => {
                let mut keys = keys;
                keys.sort_by_cached_key(|key| {
                    let (line, severity) = place(key.id);
                    let is_new = self.is_new(key.id);
                    (Reverse(is_new), Reverse(severity), key.path, line, key.id)
                });
                Ok(keys.into_iter().map(|key| key.id).collect())
            }
            Sort::Path => {
                let places =
                    scope.places(&keys.iter().filter_map(|key| key.path).map(|path| path.0).collect())?;
                let mut keys = keys;
                keys.sort_by_cached_key(|key| (places.path(key.path), place(key.id).0, key.id));
                Ok(keys.into_iter().map(|key| key.id).collect())
            }
        }
    }

    fn rows(&self, scope: &Scope<'_>, part: &[FindingId]) -> Result<Vec<FindingRow>, StoreError> {
        let findings = self.changes.as_ref().and_then(|changes| changes.findings.as_ref());
        finding_rows(
            scope,
            &self.run,
            &self.columns,
            part,
            |id| self.state(id),
            |id, path| findings?.moved.get(&id.0)?.words(path),
        )
    }
}

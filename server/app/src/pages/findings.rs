use std::cmp::Reverse;
use std::sync::Arc;

use plimsoll_api::{FindingFilter, FindingRow, FindingState, Page};
use plimsoll_model::Severity;
use plimsoll_store::{FindingColumns, FindingId, FindingKey, Run, StoreError};
use roaring::RoaringBitmap;
use serde::Deserialize;

use super::changes::{Changes, changes};
use super::finding_choice::{Choice, Filter, StateFilter};
use super::finding_rows::finding_rows;
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
    /// How long before the run a finding was first seen: `day` (at most a day), `week` (more than that and at most seven
    /// days), `month` (30 days), `quarter` (90 days) or `older` (longer, or not known any more).
    pub age: Option<String>,
    /// Only findings of this weakness class, such as `CWE-79`.
    pub cwe: Option<String>,
    /// Only findings about this package, by its name.
    pub package: Option<String>,
    /// Only findings in whose message, rule, path or package these words occur, each by its beginning and in any case;
    /// between quotation marks, as they stand.
    pub q: Option<String>,
    /// `severity` (new and worst first; the default) or `path`.
    pub sort: Option<String>,
    /// Where to read on: `next` of the page before.
    pub after: Option<String>,
    /// Rows; 100 if absent, at most 500.
    pub limit: Option<usize>,
}

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
    let filter = Filter::read(parameters)?;
    let sort = listing::word("sort", parameters.sort.as_deref(), SORTS)?.unwrap_or(Sort::Severity);
    let side = Side::read(scope, run, filter.is_fixed())?;
    let keys = Choice::prepare(scope, &side, run, &filter)?.chosen();
    let sorted = side.sort(scope, keys, sort)?;
    Ok((side, sorted))
}

impl From<FindingFilter> for FindingParameters {
    fn from(filter: FindingFilter) -> Self {
        let FindingFilter { state, severity, tool, rule, kind, module, path, age, cwe, package, q } = filter;
        Self {
            state,
            severity,
            tool,
            rule,
            kind,
            module,
            path,
            age,
            cwe,
            package,
            q,
            sort: None,
            after: None,
            limit: None,
        }
    }
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
    pub(super) run: Run,
    pub(super) reviews: Arc<Reviews>,
    pub(super) columns: FindingColumns,
    changes: Option<Arc<Changes>>,
    // Of the new ones, those that were there once.
    reopened: RoaringBitmap,
    has_baseline: bool,
    is_fixed: bool,
}

impl Side {
    // For findings that are gone, the columns are those of the baseline: that is where they are.
    pub(super) fn read(scope: &Scope<'_>, run: &Run, is_fixed: bool) -> Result<Self, StoreError> {
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

    // With those that another one stands for, in the state of that one.
    pub(super) fn of_state(&self, state: Option<StateFilter>) -> RoaringBitmap {
        let mut found = self.each_of_state(state);
        for (finding, leader) in &self.columns.joined {
            if found.contains(*leader) {
                found.insert(*finding);
            } else {
                found.remove(*finding);
            }
        }
        found
    }

    fn each_of_state(&self, state: Option<StateFilter>) -> RoaringBitmap {
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

    pub(super) fn state(&self, finding: FindingId) -> FindingState {
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

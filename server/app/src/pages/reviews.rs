//! What was decided about findings, laid over what the store counted.
//!
//! A run's counts are stored when its reports are read and are never touched by a decision: whoever reads them passes
//! here, and what is decided *now* is taken off. So a decision holds at once for every run, and its end needs no work.

use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use plimsoll_analysis::review::last_day;
use plimsoll_api::{ReviewInfo, Timestamp};
use plimsoll_model::Severity;
use plimsoll_store::{
    ColumnKind, FindingColumns, FindingId, FindingTotals, Measured, ModuleId, Run, StoreError,
};
use roaring::RoaringBitmap;

use super::Scope;
use super::cache::{RunKey, digest};
use super::scope::Measurements;

/// The decisions that hold for a run.
#[derive(Debug, Default)]
pub(super) struct Reviews {
    /// Findings that were decided about, of all runs.
    pub findings: RoaringBitmap,
    by_finding: HashMap<u32, Rc<ReviewInfo>>,
    /// Tells one set of decisions from another.
    digest: u64,
}

impl Reviews {
    pub(super) fn of(&self, finding: FindingId) -> Option<ReviewInfo> {
        self.by_finding.get(&finding.0).map(|review| (**review).clone())
    }

    fn add(&mut self, finding: FindingId, review: &Rc<ReviewInfo>) {
        if self.findings.insert(finding.0) {
            self.by_finding.insert(finding.0, Rc::clone(review));
        }
    }

    /// The columns with what was decided about among the suppressed: neither counts.
    pub(super) fn lay_over(&self, mut columns: FindingColumns) -> FindingColumns {
        if !self.findings.is_empty() {
            columns.suppressed |= &self.findings & &columns.present;
        }
        columns
    }
}

/// What decisions take off the counts of a run, by module: static analysis, security.
pub(super) type TakenOff = HashMap<ModuleId, (FindingTotals, FindingTotals)>;

impl Scope<'_> {
    // The decisions that hold now, for a run.
    pub(super) fn reviews(&self, _run: &Run) -> Result<Rc<Reviews>, StoreError> {
        if let Some(reviews) = self.reviews.get() {
            return Ok(Rc::clone(reviews));
        }
        let reviews = Rc::new(self.read_reviews()?);
        Ok(Rc::clone(self.reviews.get_or_init(|| reviews)))
    }

    fn read_reviews(&self) -> Result<Reviews, StoreError> {
        let mut reviews = Reviews::default();
        let mut seen = Vec::new();
        for review in self.reader.list_reviews(self.project.id)? {
            if !review.holds_at(self.now) {
                continue;
            }
            seen.push((review.group, review.state, review.until, review.created_at));
            let info = Rc::new(ReviewInfo {
                state: review.state,
                reason: review.reason.clone(),
                until: review.until.map(last_day),
                created_at: Some(Timestamp(review.created_at)),
                is_from_settings: false,
            });
            for key in self.reader.findings_of_group(self.project.id, review.group)? {
                reviews.add(key.id, &info);
            }
        }
        reviews.digest = digest(&seen);
        Ok(reviews)
    }

    // The findings of a run; those that were decided about are among the suppressed.
    pub(super) fn findings(&self, run: &Run) -> Result<Option<FindingColumns>, StoreError> {
        let reviews = self.reviews(run)?;
        let columns = self.reader.read_findings(self.project.id, run.number)?;
        Ok(columns.map(|columns| reviews.lay_over(columns)))
    }

    // What a run counts as, as a key for the cache: what it holds and what was decided.
    pub(super) fn counted_key(&self, run: &Run) -> Result<RunKey, StoreError> {
        let (project, number, columns) = self.key(run)?;
        Ok((project, number, digest(&(columns, self.reviews(run)?.digest))))
    }

    // What was measured of one module in a run.
    pub(super) fn measured_of(&self, run: &Run, module: ModuleId) -> Result<Option<Measured>, StoreError> {
        let found = self.reader.measured(self.project.id, run.number, module)?;
        let Some(mut measured) = found else { return Ok(None) };
        take_off(&mut measured, self.taken_off(run)?.get(&module));
        Ok(Some(measured))
    }

    // What was measured of each module in a run, the whole project first.
    pub(super) fn list_measured(&self, run: &Run) -> Result<Measurements, StoreError> {
        let mut measured = self.reader.list_measured(self.project.id, run.number)?;
        let taken_off = self.taken_off(run)?;
        if !taken_off.is_empty() {
            for (module, measured) in &mut measured {
                take_off(measured, taken_off.get(module));
            }
        }
        Ok(measured)
    }

    // What was measured of one module in many runs, aligned with them.
    pub(super) fn trend_of(
        &self,
        module: ModuleId,
        runs: &[Run],
    ) -> Result<Vec<Option<Measured>>, StoreError> {
        let numbers: Vec<_> = runs.iter().map(|run| run.number).collect();
        let mut values = self.reader.trend(self.project.id, module, &numbers)?;
        for (run, measured) in runs.iter().zip(&mut values) {
            if let Some(measured) = measured {
                take_off(measured, self.taken_off(run)?.get(&module));
            }
        }
        Ok(values)
    }

    fn taken_off(&self, run: &Run) -> Result<Arc<TakenOff>, StoreError> {
        let reviews = self.reviews(run)?;
        if reviews.findings.is_empty() {
            return Ok(Arc::default());
        }
        self.cache.taken_off(self.counted_key(run)?, || self.count_reviewed(run, &reviews))
    }

    fn count_reviewed(&self, run: &Run, reviews: &Reviews) -> Result<TakenOff, StoreError> {
        let mut counts = TakenOff::new();
        // The bitmap is small and mostly shared between runs; the other columns are read only where it must be.
        let present =
            self.reader.read_bitmaps(self.project.id, ColumnKind::FindingsPresent, &[run.number])?;
        let Some(Some(present)) = present.first() else { return Ok(counts) };
        if present.is_disjoint(&reviews.findings) {
            return Ok(counts);
        }
        let columns = self.reader.read_findings(self.project.id, run.number)?.unwrap_or_default();
        let reviewed = (&columns.present & &reviews.findings) - &columns.suppressed;
        let keys = self.reader.list_finding_keys(self.project.id, &reviewed)?;
        let places = self.places(&keys.iter().filter_map(|key| key.path).map(|path| path.0).collect())?;
        for key in keys {
            let severity = columns.place(key.id).map_or(Severity::Unknown, |(_, severity)| severity);
            for module in [Some(ModuleId::WHOLE), places.module(key.path)].into_iter().flatten() {
                let (code, security) = counts.entry(module).or_default();
                let totals = if key.kind.is_security() { security } else { code };
                *of_severity(totals, severity) += 1;
            }
        }
        Ok(counts)
    }
}

fn take_off(measured: &mut Measured, taken_off: Option<&(FindingTotals, FindingTotals)>) {
    let Some((code, security)) = taken_off else { return };
    for (totals, less) in [(&mut measured.code, code), (&mut measured.security, security)] {
        let Some(totals) = totals else { continue };
        let mut less = *less;
        for severity in Severity::ALL {
            let count = *of_severity(&mut less, severity);
            let left = of_severity(totals, severity);
            *left = left.saturating_sub(count);
            totals.suppressed += count;
        }
    }
}

fn of_severity(totals: &mut FindingTotals, severity: Severity) -> &mut u64 {
    match severity {
        Severity::Critical => &mut totals.critical,
        Severity::High => &mut totals.high,
        Severity::Medium => &mut totals.medium,
        Severity::Low => &mut totals.low,
        Severity::Info => &mut totals.info,
        Severity::Unknown => &mut totals.unknown,
    }
}

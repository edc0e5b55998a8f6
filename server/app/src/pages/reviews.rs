//! What was decided about findings, laid over what the store counted.
//!
//! A run's counts are stored when its reports are read and are never touched by a decision: whoever reads them passes
//! here, and what is decided *now* is taken off. So a decision holds at once for every run, and its end needs no work.

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use std::sync::Arc;

use plimsoll_analysis::review::last_day;
use plimsoll_analysis::settings::{Date, ReviewSetting, ReviewTarget, Settings};
use plimsoll_api::{ReviewInfo, Timestamp};
use plimsoll_model::Severity;
use plimsoll_store::{
    ColumnKind, FindingColumns, FindingId, FindingKey, FindingTotals, Measured, ModuleId, PathId, Review,
    Run, StoreError,
};
use roaring::RoaringBitmap;

use super::Scope;
use super::cache::{RunKey, digest};
use super::churn::read_all_renames;
use super::finding_rows::rules;
use super::scope::Measurements;
use super::vulnerabilities::groups;

/// The decisions that hold for a run.
#[derive(Debug, Default, Clone)]
pub(super) struct Reviews {
    /// Findings that were decided about, of all runs.
    pub findings: RoaringBitmap,
    by_finding: HashMap<u32, Arc<ReviewInfo>>,
    /// Tells one set of decisions from another.
    digest: u64,
}

impl Reviews {
    pub(super) fn of(&self, finding: FindingId) -> Option<ReviewInfo> {
        self.by_finding.get(&finding.0).map(|review| (**review).clone())
    }

    fn add(&mut self, finding: FindingId, review: &Arc<ReviewInfo>) {
        if self.findings.insert(finding.0) {
            self.by_finding.insert(finding.0, Arc::clone(review));
        }
    }

    /// A decision about one report of a vulnerability is one about the vulnerability.
    fn add_joined(&mut self, joined: &BTreeMap<u32, u32>) {
        for (leader, others) in groups(joined) {
            let all: Vec<u32> = others.into_iter().chain([leader]).collect();
            let decided = all.iter().rev().find_map(|finding| self.by_finding.get(finding)).cloned();
            if let Some(review) = decided {
                all.iter().for_each(|finding| self.add(FindingId(*finding), &review));
            }
        }
    }

    /// The columns with what was decided about among the suppressed: neither counts.
    pub(super) fn lay_over(&self, mut columns: FindingColumns) -> FindingColumns {
        if !self.findings.is_empty() {
            columns.suppressed |= &self.findings & &columns.present;
            // A decision about one report of a vulnerability is one about the vulnerability.
            for (leader, others) in groups(&columns.joined) {
                if others.iter().chain([&leader]).any(|finding| self.findings.contains(*finding)) {
                    columns.suppressed.extend(others.into_iter().chain([leader]));
                }
            }
        }
        columns
    }
}

/// The decisions that the server keeps.
#[derive(Debug, Default)]
pub(super) struct ServerReviews {
    reviews: Arc<Reviews>,
    // Those about a file, which may have another name by now.
    moved: Vec<(Review, Arc<ReviewInfo>)>,
}

/// What decisions take off the counts of a run, by module: static analysis, security.
pub(super) type TakenOff = HashMap<ModuleId, (FindingTotals, FindingTotals)>;

impl Scope<'_> {
    // The decisions that hold now, for a run: those of the server, then those of `plimsoll.toml`.
    pub(super) fn reviews(&self, run: &Run) -> Result<Arc<Reviews>, StoreError> {
        if let Some(found) = self.run_reviews.borrow().get(&run.number) {
            return Ok(Arc::clone(found));
        }
        let reviews = self.find_reviews(run)?;
        self.run_reviews.borrow_mut().insert(run.number, Arc::clone(&reviews));
        Ok(reviews)
    }

    fn find_reviews(&self, run: &Run) -> Result<Arc<Reviews>, StoreError> {
        let server = self.server_reviews()?;
        let today = Date::of_unix(self.now);
        let settings = self.review_settings(run)?;
        let entries: Vec<&ReviewSetting> =
            settings.reviews.iter().filter(|entry| entry.holds_on(today)).collect();
        let joined = match server.reviews.findings.is_empty() && entries.is_empty() {
            true => BTreeMap::new(),
            false => self.reader.read_joined(self.project.id, run.number)?,
        };
        if entries.is_empty() && server.moved.is_empty() && joined.is_empty() {
            return Ok(Arc::clone(&server.reviews));
        }
        let others = digest(&(server.reviews.digest, format!("{entries:?}"), &joined));
        self.cache.reviews((self.key(run)?, others), || {
            let mut reviews = (*server.reviews).clone();
            reviews.digest = others;
            let columns = self.reader.read_findings(self.project.id, run.number)?.unwrap_or_default();
            let keys = self.finding_keys(run, &columns)?;
            self.follow_renames(run, &server.moved, &keys, &mut reviews)?;
            for entry in entries {
                self.add_entry(entry, &keys, &mut reviews)?;
            }
            reviews.add_joined(&joined);
            Ok::<_, StoreError>(reviews)
        })
    }

    // A decision that is merged counts for every run of the default branch; that of a branch for its own runs.
    fn review_settings(&self, run: &Run) -> Result<Arc<Settings>, StoreError> {
        if !self.is_on_branch(run, &self.project.default_branch)
            && self.reader.find_settings(self.project.id, run.number)?.is_some()
        {
            return self.settings(run);
        }
        if let Some(settings) = self.merged_settings.get() {
            return Ok(Arc::clone(settings));
        }
        let settings = match self.latest_run(&self.project.default_branch)? {
            Some(latest) => self.settings(&latest)?,
            None => self.settings(run)?,
        };
        Ok(Arc::clone(self.merged_settings.get_or_init(|| settings)))
    }

    fn server_reviews(&self) -> Result<Rc<ServerReviews>, StoreError> {
        if let Some(reviews) = self.reviews.get() {
            return Ok(Rc::clone(reviews));
        }
        let mut reviews = Reviews::default();
        let (mut seen, mut moved) = (Vec::new(), Vec::new());
        for review in self.reader.list_reviews(self.project.id)? {
            if !review.holds_at(self.now) {
                continue;
            }
            seen.push((review.group, review.state, review.until, review.created_at));
            let info = Arc::new(ReviewInfo {
                state: review.state,
                reason: review.reason.clone(),
                until: review.until.map(last_day),
                created_at: Some(Timestamp(review.created_at)),
                is_from_settings: false,
            });
            for key in self.reader.findings_of_group(self.project.id, review.group)? {
                reviews.add(key.id, &info);
            }
            if review.path.is_some() {
                moved.push((review, info));
            }
        }
        reviews.digest = digest(&seen);
        let found = Rc::new(ServerReviews { reviews: Arc::new(reviews), moved });
        Ok(Rc::clone(self.reviews.get_or_init(|| found)))
    }

    // A decision about a file holds for the file under its new name: the same content, in a file that the run's change log
    // says was called so.
    fn follow_renames(
        &self,
        run: &Run,
        moved: &[(Review, Arc<ReviewInfo>)],
        keys: &[FindingKey],
        reviews: &mut Reviews,
    ) -> Result<(), StoreError> {
        let mut renames = None;
        for (review, info) in moved {
            let alike = keys.iter().filter(|key| key.content == review.content && key.group != review.group);
            for key in alike {
                let renames = match &mut renames {
                    Some(renames) => renames,
                    none => none.insert(read_all_renames(self, run)?),
                };
                let origin = key.path.and_then(|path| renames.get(&path.0)).map(|path| PathId(*path));
                if origin.is_some() && origin == review.path {
                    reviews.add(key.id, info);
                }
            }
        }
        Ok(())
    }

    fn add_entry(
        &self,
        entry: &ReviewSetting,
        keys: &[FindingKey],
        reviews: &mut Reviews,
    ) -> Result<(), StoreError> {
        let info = Arc::new(ReviewInfo {
            state: entry.state,
            reason: entry.reason.clone(),
            until: entry.until.map(|day| day.to_string()),
            created_at: None,
            is_from_settings: true,
        });
        for finding in self.findings_of_entry(entry, keys)? {
            reviews.add(FindingId(finding), &info);
        }
        Ok(())
    }

    fn findings_of_entry(
        &self,
        entry: &ReviewSetting,
        keys: &[FindingKey],
    ) -> Result<RoaringBitmap, StoreError> {
        let (tool, rule, path, contains) = match &entry.of {
            ReviewTarget::Id { id } => {
                let named = id.parse::<u32>().ok().and_then(|id| keys.iter().find(|key| key.id.0 == id));
                let group = named.map(|key| key.group);
                let of_group = keys.iter().filter(|key| Some(key.group) == group);
                return Ok(of_group.map(|key| key.id.0).collect());
            }
            ReviewTarget::Matching { tool, rule, path, contains } => (tool, rule, path, contains),
        };
        let rules = rules(self, keys.iter().map(|key| key.rule).collect())?;
        let is_rule = |key: &&FindingKey| {
            rules.get(&key.rule).is_some_and(|found| {
                tool.as_ref().is_none_or(|tool| *tool == found.tool)
                    && rule.as_ref().is_none_or(|rule| *rule == found.rule)
            })
        };
        let mut found: Vec<&FindingKey> = keys.iter().filter(is_rule).collect();
        if let Some(glob) = path {
            let places =
                self.places(&found.iter().filter_map(|key| key.path).map(|path| path.0).collect())?;
            found.retain(|key| places.path(key.path).is_some_and(|path| glob.matches(&path)));
        }
        let mut ids: RoaringBitmap = found.iter().map(|key| key.id.0).collect();
        if let Some(words) = contains {
            let infos = self.reader.list_findings(self.project.id, &ids)?;
            let with = infos.iter().filter(|info| info.detail.message.contains(words.as_str()));
            ids = with.map(|info| info.key.id.0).collect();
        }
        Ok(ids)
    }

    // The findings of a run; those that were decided about are among the suppressed.
    pub(super) fn findings(&self, run: &Run) -> Result<Option<FindingColumns>, StoreError> {
        let reviews = self.reviews(run)?;
        let columns = self.reader.read_findings(self.project.id, run.number)?;
        Ok(columns.map(|columns| reviews.lay_over(columns)))
    }

    // What a run counts as, as a key for the cache: what it holds and what was decided.
    pub(super) fn counted_key(&self, run: &Run) -> Result<RunKey, StoreError> {
        let reviews = self.reviews(run)?;
        self.counted_key_by(run, &reviews)
    }

    pub(super) fn counted_key_by(&self, run: &Run, reviews: &Reviews) -> Result<RunKey, StoreError> {
        let (project, number, columns) = self.key(run)?;
        Ok((project, number, digest(&(columns, reviews.digest))))
    }

    // What was measured of one module in a run.
    pub(super) fn measured_of(&self, run: &Run, module: ModuleId) -> Result<Option<Measured>, StoreError> {
        let found = self.reader.measured(self.project.id, run.number, module)?;
        let Some(mut measured) = found else { return Ok(None) };
        let reviews = self.reviews(run)?;
        take_off(&mut measured, self.taken_off(run, &reviews)?.get(&module));
        Ok(Some(measured))
    }

    // What was measured of each module in a run, the whole project first.
    pub(super) fn list_measured(&self, run: &Run) -> Result<Measurements, StoreError> {
        let reviews = self.reviews(run)?;
        self.list_measured_by(run, &reviews)
    }

    // The same with the decisions of another run: a trend is drawn with those of its newest.
    pub(super) fn list_measured_by(&self, run: &Run, reviews: &Reviews) -> Result<Measurements, StoreError> {
        let mut measured = self.reader.list_measured(self.project.id, run.number)?;
        let taken_off = self.taken_off(run, reviews)?;
        if !taken_off.is_empty() {
            for (module, measured) in &mut measured {
                take_off(measured, taken_off.get(module));
            }
        }
        Ok(measured)
    }

    // What was measured of one module in many runs, aligned with them, with the decisions of the newest.
    pub(super) fn trend_of(
        &self,
        module: ModuleId,
        runs: &[Run],
    ) -> Result<Vec<Option<Measured>>, StoreError> {
        let numbers: Vec<_> = runs.iter().map(|run| run.number).collect();
        let mut values = self.reader.trend(self.project.id, module, &numbers)?;
        let newest = runs.iter().max_by_key(|run| (run.created_at, run.number));
        let Some(reviews) = newest.map(|newest| self.reviews(newest)).transpose()? else { return Ok(values) };
        for (run, measured) in runs.iter().zip(&mut values) {
            if let Some(measured) = measured {
                take_off(measured, self.taken_off(run, &reviews)?.get(&module));
            }
        }
        Ok(values)
    }

    fn taken_off(&self, run: &Run, reviews: &Reviews) -> Result<Arc<TakenOff>, StoreError> {
        if reviews.findings.is_empty() {
            return Ok(Arc::default());
        }
        self.cache.taken_off(self.counted_key_by(run, reviews)?, || self.count_reviewed(run, reviews))
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
        let reviewed = columns.counting() - reviews.lay_over(columns.clone()).counting();
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

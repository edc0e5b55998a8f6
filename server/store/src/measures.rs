//! What was measured of each module in each run.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use plimsoll_model::{Outcome, Severity};
use rusqlite::OptionalExtension as _;

use crate::columns::packed::damaged;
use crate::run_columns::Group;
use crate::series::{Fields, Series, place, stretch};
use crate::{
    CoverageTotals, FindingTotals, Measured, ModuleId, ProjectId, Reader, RunNumber, Scopes, StoreError,
    TestTotals, UploadState, Writer,
};

const STRETCH: &str =
    "SELECT module, content FROM module_measures WHERE project = $1 AND stretch = $2 ORDER BY module";

impl Reader<'_> {
    /// What was measured of a module in a run; [`ModuleId::WHOLE`] for the whole project.
    ///
    /// # Errors
    /// Those of the database.
    pub fn measured(
        &self,
        project: ProjectId,
        run: RunNumber,
        module: ModuleId,
    ) -> Result<Option<Measured>, StoreError> {
        Ok(self.trend(project, module, &[run])?.into_iter().next().flatten())
    }

    /// What was measured of each module in a run, [`ModuleId::WHOLE`] first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn list_measured(
        &self,
        project: ProjectId,
        run: RunNumber,
    ) -> Result<Vec<(ModuleId, Measured)>, StoreError> {
        let mut statement = self.prepare(STRETCH)?;
        let mut rows = statement.query((project, stretch(run)))?;
        let mut measured = Vec::new();
        while let Some(row) = rows.next()? {
            let content = row.get_ref(1)?.as_blob().map_err(|_| damaged("a series is not bytes"))?;
            if let Some(fields) = Series::find(content, place(run))? {
                measured.push((row.get(0)?, from_fields(&fields)));
            }
        }
        Ok(measured)
    }

    /// What was measured of one module in many runs, aligned with them.
    ///
    /// # Errors
    /// Those of the database.
    pub fn trend(
        &self,
        project: ProjectId,
        module: ModuleId,
        runs: &[RunNumber],
    ) -> Result<Vec<Option<Measured>>, StoreError> {
        let mut statement = self.prepare(
            "SELECT content FROM module_measures WHERE project = $1 AND stretch = $2 AND module = $3",
        )?;
        let mut known: HashMap<i64, Series> = HashMap::new();
        let mut trend = Vec::with_capacity(runs.len());
        for &run in runs {
            let series = match known.entry(stretch(run)) {
                Entry::Occupied(series) => series.into_mut(),
                Entry::Vacant(place) => {
                    let content = statement
                        .query_row((project, stretch(run), module), |row| row.get::<_, Vec<u8>>(0))
                        .optional()?;
                    place.insert(
                        content.map(|content| Series::unpack(&content)).transpose()?.unwrap_or_default(),
                    )
                }
            };
            trend.push(series.get(place(run)).map(from_fields));
        }
        Ok(trend)
    }
}

impl Writer<'_> {
    /// What the analysis says of flakiness as of this run. Modules that are not named have none.
    ///
    /// # Errors
    /// Those of the database.
    pub fn set_flaky(
        &mut self,
        project: ProjectId,
        run: RunNumber,
        counts: &[(ModuleId, u64)],
    ) -> Result<(), StoreError> {
        let counts: BTreeMap<ModuleId, u64> = counts.iter().copied().collect();
        let before: BTreeMap<ModuleId, Measured> = self.list_measured(project, run)?.into_iter().collect();
        let mut now = before.clone();
        for (module, measured) in &mut now {
            if measured.tests.is_some() || counts.contains_key(module) {
                measured.flaky = Some(counts.get(module).copied().unwrap_or(0));
            }
        }
        self.put_measured(project, run, &before, &now)
    }

    /// Forgets what was measured in runs that are deleted. To be called with them: nothing else takes it away.
    ///
    /// # Errors
    /// Those of the database.
    pub fn delete_measured(&mut self, project: ProjectId, runs: &[RunNumber]) -> Result<(), StoreError> {
        let stretches: BTreeSet<i64> = runs.iter().map(|run| stretch(*run)).collect();
        for each in stretches {
            for (module, mut series) in self.load_series(project, each)? {
                let is_there = |run: &&RunNumber| stretch(**run) == each;
                if runs.iter().filter(is_there).filter(|run| series.set(place(**run), None)).count() > 0 {
                    self.put_series(project, each, module, &series)?;
                }
            }
        }
        Ok(())
    }

    /// Counts anew what the changed columns say. A new file list may have moved files to other modules, so then
    /// everything is counted.
    pub(crate) fn refresh_measures(
        &mut self,
        project: ProjectId,
        run: RunNumber,
        changed: &BTreeSet<Group>,
    ) -> Result<(), StoreError> {
        let all = changed.contains(&Group::Files) || changed.contains(&Group::Settings);
        let before: BTreeMap<ModuleId, Measured> = self.list_measured(project, run)?.into_iter().collect();
        let mut now = before.clone();
        let columns = self.columns_of_run(project, run)?;
        if all || changed.contains(&Group::Tests) {
            now.values_mut().for_each(|measured| (measured.tests, measured.flaky) = (None, None));
            if let Some(tests) = self.decode_tests(project, &columns)? {
                self.load_tests(project)?;
                let durations = self.exact_durations(project, run, &tests)?;
                let places = &self.caches.project(project).tests.get_or_insert_default().places;
                now.entry(ModuleId::WHOLE).or_default().tests = Some(TestTotals::default());
                for (result, duration_us) in tests.results().zip(durations) {
                    let module = places.get(result.id.0).and_then(|(_, module)| module);
                    for module in [Some(ModuleId::WHOLE), module].into_iter().flatten() {
                        let totals = now.entry(module).or_default().tests.get_or_insert_default();
                        totals.add(result.outcome, duration_us);
                    }
                }
            }
        }
        if all || changed.contains(&Group::Coverage) {
            now.values_mut().for_each(|measured| measured.coverage = None);
            if let Some(manifest) = self.read_coverage(project, run)? {
                self.load_paths(project)?;
                let modules = &self.caches.project(project).paths.get_or_insert_default().modules;
                now.entry(ModuleId::WHOLE).or_default().coverage = Some(CoverageTotals::default());
                for entry in &manifest.files {
                    let module = modules.get(entry.path.0).flatten();
                    for module in [Some(ModuleId::WHOLE), module].into_iter().flatten() {
                        let totals = now.entry(module).or_default().coverage.get_or_insert_default();
                        *totals = totals.plus(&entry.totals);
                    }
                }
            }
        }
        if all || changed.contains(&Group::Findings) {
            now.values_mut().for_each(|measured| (measured.code, measured.security) = (None, None));
            if let Some(findings) = self.decode_findings(project, &columns)? {
                self.count_findings(project, &findings, &mut now)?;
            }
        }
        self.give_each_module_findings(project, run, &mut now)?;
        for (module, measured) in &mut now {
            if *module != ModuleId::WHOLE && *measured == without_scan(measured) {
                // Nothing is left of it in this run: a replaced upload was the only one that knew it.
                *measured = Measured::default();
            }
        }
        self.put_measured(project, run, &before, &now)
    }

    /// Counts the findings of a run anew.
    pub(crate) fn recount_findings(&mut self, project: ProjectId, run: RunNumber) -> Result<(), StoreError> {
        self.refresh_measures(project, run, &BTreeSet::from([Group::Findings]))
    }

    fn put_measured(
        &mut self,
        project: ProjectId,
        run: RunNumber,
        before: &BTreeMap<ModuleId, Measured>,
        now: &BTreeMap<ModuleId, Measured>,
    ) -> Result<(), StoreError> {
        if before == now {
            return Ok(());
        }
        let mut known = self.load_series(project, stretch(run))?;
        for (module, measured) in now {
            let is_left = *module == ModuleId::WHOLE || *measured != Measured::default();
            let series = known.entry(*module).or_default();
            if series.set(place(run), is_left.then(|| to_fields(measured))) {
                self.put_series(project, stretch(run), *module, series)?;
            }
        }
        Ok(())
    }

    fn load_series(
        &self,
        project: ProjectId,
        stretch: i64,
    ) -> Result<BTreeMap<ModuleId, Series>, StoreError> {
        let mut statement = self.prepare(STRETCH)?;
        let mut rows = statement.query((project, stretch))?;
        let mut series = BTreeMap::new();
        while let Some(row) = rows.next()? {
            let content = row.get_ref(1)?.as_blob().map_err(|_| damaged("a series is not bytes"))?;
            series.insert(row.get(0)?, Series::unpack(content)?);
        }
        Ok(series)
    }

    fn put_series(
        &self,
        project: ProjectId,
        stretch: i64,
        module: ModuleId,
        series: &Series,
    ) -> Result<(), StoreError> {
        if series.is_empty() {
            let sql = "DELETE FROM module_measures WHERE project = $1 AND stretch = $2 AND module = $3";
            self.execute(sql, (project, stretch, module))?;
            return Ok(());
        }
        let sql = "INSERT INTO module_measures (project, stretch, module, content) VALUES ($1, $2, $3, $4) \
                   ON CONFLICT (project, stretch, module) DO UPDATE SET content = excluded.content";
        self.execute(sql, (project, stretch, module, series.pack()))?;
        Ok(())
    }

    fn count_findings(
        &mut self,
        project: ProjectId,
        findings: &crate::FindingColumns,
        now: &mut BTreeMap<ModuleId, Measured>,
    ) -> Result<(), StoreError> {
        self.load_paths(project)?;
        self.load_findings(project)?;
        let cache = self.caches.project(project);
        let modules = &cache.paths.get_or_insert_default().modules;
        let places = &cache.findings.get_or_insert_default().places;
        for result in findings.results().filter(|result| !findings.joined.contains_key(&result.id.0)) {
            let Some(place) = places.get(result.id.0) else { continue };
            let module = place.path.and_then(|path| modules.get(path.0).flatten());
            for module in [Some(ModuleId::WHOLE), module].into_iter().flatten() {
                let measured = now.entry(module).or_default();
                let totals =
                    if place.kind.is_security() { &mut measured.security } else { &mut measured.code };
                totals.get_or_insert_default().add(result.severity, result.is_suppressed);
            }
        }
        Ok(())
    }

    /// A module of a run with a scan has a number of findings, be it zero.
    fn give_each_module_findings(
        &mut self,
        project: ProjectId,
        run: RunNumber,
        now: &mut BTreeMap<ModuleId, Measured>,
    ) -> Result<(), StoreError> {
        let mut scopes = Scopes::default();
        for upload in self.list_uploads(project, run)? {
            if upload.state == UploadState::Stored {
                scopes.code |= upload.scopes.code;
                scopes.security |= upload.scopes.security;
            }
        }
        if scopes != Scopes::default() {
            now.entry(ModuleId::WHOLE).or_default();
        }
        for measured in now.values_mut() {
            if scopes.code {
                measured.code.get_or_insert_default();
            }
            if scopes.security {
                measured.security.get_or_insert_default();
            }
        }
        Ok(())
    }
}

impl TestTotals {
    fn add(&mut self, outcome: Outcome, duration_us: Option<u64>) {
        self.total += 1;
        self.duration_us += duration_us.unwrap_or(0);
        *match outcome {
            Outcome::Passed => &mut self.passed,
            Outcome::Failed => &mut self.failed,
            Outcome::Errored => &mut self.errored,
            Outcome::Skipped => &mut self.skipped,
        } += 1;
    }
}

impl FindingTotals {
    fn add(&mut self, severity: Severity, is_suppressed: bool) {
        *match severity {
            _ if is_suppressed => &mut self.suppressed,
            Severity::Critical => &mut self.critical,
            Severity::High => &mut self.high,
            Severity::Medium => &mut self.medium,
            Severity::Low => &mut self.low,
            Severity::Info => &mut self.info,
            Severity::Unknown => &mut self.unknown,
        } += 1;
    }
}

/// Only what a scan gives to modules that it found nothing in.
fn without_scan(measured: &Measured) -> Measured {
    let empty = |totals: &Option<FindingTotals>| totals.filter(|totals| *totals == FindingTotals::default());
    Measured { code: empty(&measured.code), security: empty(&measured.security), ..Measured::default() }
}

fn to_fields(measured: &Measured) -> Fields {
    let mut fields = Fields::default();
    let [duration, passed, failed, errored, skipped, flaky, rest @ ..] = &mut fields;
    if let Some(tests) = &measured.tests {
        *duration = tests.duration_us.saturating_add(1);
        *passed = tests.passed + 1;
        *failed = tests.failed + 1;
        *errored = tests.errored + 1;
        *skipped = tests.skipped + 1;
    }
    *flaky = measured.flaky.map_or(0, |count| count + 1);
    let coverage = measured.coverage.map(|totals| {
        [totals.files, totals.lines, totals.lines_covered, totals.branches, totals.branches_covered]
    });
    let findings = |totals: Option<FindingTotals>| {
        totals.map(|totals| {
            let FindingTotals { critical, high, medium, low, info, unknown, suppressed } = totals;
            [critical, high, medium, low, info, unknown, suppressed]
        })
    };
    let values = coverage
        .map_or([None; 5], |values| values.map(Some))
        .into_iter()
        .chain(findings(measured.code).map_or([None; 7], |values| values.map(Some)))
        .chain(findings(measured.security).map_or([None; 7], |values| values.map(Some)));
    for (field, value) in rest.iter_mut().zip(values) {
        *field = value.map_or(0, |value| value + 1);
    }
    fields
}

fn from_fields(fields: &Fields) -> Measured {
    let [duration, passed, failed, errored, skipped, flaky, rest @ ..] =
        fields.map(|field| field.checked_sub(1));
    let [files, lines, lines_covered, branches, branches_covered, rest @ ..] = rest;
    let [c1, c2, c3, c4, c5, c6, c7, s1, s2, s3, s4, s5, s6, s7] = rest;
    let or_none = Option::unwrap_or_default;
    let findings = |values: [Option<u64>; 7]| {
        let [critical, high, medium, low, info, unknown, suppressed] = values.map(or_none);
        let is_there = values.iter().any(Option::is_some);
        is_there.then_some(FindingTotals { critical, high, medium, low, info, unknown, suppressed })
    };
    let tests = passed.map(|passed| {
        let [failed, errored, skipped] = [failed, errored, skipped].map(or_none);
        TestTotals {
            total: passed + failed + errored + skipped,
            passed,
            failed,
            errored,
            skipped,
            duration_us: duration.unwrap_or_default(),
        }
    });
    let coverage = lines.map(|lines| CoverageTotals {
        files: files.unwrap_or_default(),
        lines,
        lines_covered: lines_covered.unwrap_or_default(),
        branches: branches.unwrap_or_default(),
        branches_covered: branches_covered.unwrap_or_default(),
    });
    Measured {
        tests,
        flaky,
        coverage,
        code: findings([c1, c2, c3, c4, c5, c6, c7]),
        security: findings([s1, s2, s3, s4, s5, s6, s7]),
    }
}

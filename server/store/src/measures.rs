//! What was measured of each module in each run.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_model::{Outcome, Severity};
use rusqlite::{Row, params};

use crate::run_columns::Group;
use crate::{
    CoverageTotals, FindingTotals, Measured, ModuleId, ProjectId, Reader, RunNumber, Scopes, StoreError,
    TestTotals, UploadState, Writer,
};

const STAT: &str = "SELECT module, tests_passed, tests_failed, tests_errored, tests_skipped, tests_duration_us, \
                    tests_flaky, files, lines, lines_covered, branches, branches_covered, \
                    code_critical, code_high, code_medium, code_low, code_info, code_unknown, code_suppressed, \
                    security_critical, security_high, security_medium, security_low, security_info, \
                    security_unknown, security_suppressed FROM module_stat";

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
        let sql = format!("{STAT} WHERE project = $1 AND run = $2 AND module = $3");
        Ok(self.one(&sql, (project, run, module), stat)?.map(|(_, measured)| measured))
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
        self.all(&format!("{STAT} WHERE project = $1 AND run = $2 ORDER BY module"), (project, run), stat)
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
        runs.iter().map(|run| self.measured(project, *run, module)).collect()
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
        let none = "UPDATE module_stat SET tests_flaky = 0 WHERE project = $1 AND run = $2 AND tests_passed IS NOT NULL";
        self.execute(none, (project, run))?;
        for (module, count) in counts {
            let sql =
                "UPDATE module_stat SET tests_flaky = $4 WHERE project = $1 AND run = $2 AND module = $3";
            self.execute(sql, (project, run, module, number(*count)))?;
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
                let places = &self.caches.project(project).tests.get_or_insert_default().places;
                now.entry(ModuleId::WHOLE).or_default().tests = Some(TestTotals::default());
                for result in tests.results() {
                    let module = places.get(result.id.0).and_then(|(_, module)| module);
                    for module in [Some(ModuleId::WHOLE), module].into_iter().flatten() {
                        let totals = now.entry(module).or_default().tests.get_or_insert_default();
                        totals.add(result.outcome, result.duration_us);
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
        for (module, measured) in &now {
            if before.get(module) != Some(measured) {
                self.put_measured(project, run, *module, measured)?;
            }
        }
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
        for result in findings.results() {
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

    fn put_measured(
        &mut self,
        project: ProjectId,
        run: RunNumber,
        module: ModuleId,
        measured: &Measured,
    ) -> Result<(), StoreError> {
        if *measured == without_scan(measured) && module != ModuleId::WHOLE {
            // Nothing is left of it in this run: a replaced upload was the only one that knew it.
            let sql = "DELETE FROM module_stat WHERE project = $1 AND run = $2 AND module = $3";
            self.execute(sql, (project, run, module))?;
            return Ok(());
        }
        let tests =
            |count: fn(&TestTotals) -> u64| measured.tests.as_ref().map(|totals| number(count(totals)));
        let lines = |count: fn(&CoverageTotals) -> u64| {
            measured.coverage.as_ref().map(|totals| number(count(totals)))
        };
        let code =
            |count: fn(&FindingTotals) -> u64| measured.code.as_ref().map(|totals| number(count(totals)));
        let security =
            |count: fn(&FindingTotals) -> u64| measured.security.as_ref().map(|totals| number(count(totals)));
        self.execute(
            "INSERT INTO module_stat VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, \
             $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28) \
             ON CONFLICT (project, run, module) DO UPDATE SET \
             tests_passed = excluded.tests_passed, tests_failed = excluded.tests_failed, \
             tests_errored = excluded.tests_errored, tests_skipped = excluded.tests_skipped, \
             tests_duration_us = excluded.tests_duration_us, tests_flaky = excluded.tests_flaky, \
             files = excluded.files, lines = excluded.lines, lines_covered = excluded.lines_covered, \
             branches = excluded.branches, branches_covered = excluded.branches_covered, \
             code_critical = excluded.code_critical, code_high = excluded.code_high, \
             code_medium = excluded.code_medium, code_low = excluded.code_low, code_info = excluded.code_info, \
             code_unknown = excluded.code_unknown, code_suppressed = excluded.code_suppressed, \
             security_critical = excluded.security_critical, security_high = excluded.security_high, \
             security_medium = excluded.security_medium, security_low = excluded.security_low, \
             security_info = excluded.security_info, security_unknown = excluded.security_unknown, \
             security_suppressed = excluded.security_suppressed",
            params![
                project,
                run,
                module,
                tests(|totals| totals.passed),
                tests(|totals| totals.failed),
                tests(|totals| totals.errored),
                tests(|totals| totals.skipped),
                tests(|totals| totals.duration_us),
                measured.flaky.map(number),
                lines(|totals| totals.files),
                lines(|totals| totals.lines),
                lines(|totals| totals.lines_covered),
                lines(|totals| totals.branches),
                lines(|totals| totals.branches_covered),
                code(|totals| totals.critical),
                code(|totals| totals.high),
                code(|totals| totals.medium),
                code(|totals| totals.low),
                code(|totals| totals.info),
                code(|totals| totals.unknown),
                code(|totals| totals.suppressed),
                security(|totals| totals.critical),
                security(|totals| totals.high),
                security(|totals| totals.medium),
                security(|totals| totals.low),
                security(|totals| totals.info),
                security(|totals| totals.unknown),
                security(|totals| totals.suppressed),
            ],
        )?;
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

fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn stat(row: &Row<'_>) -> rusqlite::Result<(ModuleId, Measured)> {
    let number = |at: usize| -> rusqlite::Result<Option<u64>> {
        Ok(row.get::<_, Option<i64>>(at)?.map(|value| u64::try_from(value).unwrap_or_default()))
    };
    let findings = |at: usize| -> rusqlite::Result<Option<FindingTotals>> {
        let Some(critical) = number(at)? else { return Ok(None) };
        Ok(Some(FindingTotals {
            critical,
            high: number(at + 1)?.unwrap_or_default(),
            medium: number(at + 2)?.unwrap_or_default(),
            low: number(at + 3)?.unwrap_or_default(),
            info: number(at + 4)?.unwrap_or_default(),
            unknown: number(at + 5)?.unwrap_or_default(),
            suppressed: number(at + 6)?.unwrap_or_default(),
        }))
    };
    let tests = match number(1)? {
        None => None,
        Some(passed) => {
            let (failed, errored) = (number(2)?.unwrap_or_default(), number(3)?.unwrap_or_default());
            let skipped = number(4)?.unwrap_or_default();
            Some(TestTotals {
                total: passed + failed + errored + skipped,
                passed,
                failed,
                errored,
                skipped,
                duration_us: number(5)?.unwrap_or_default(),
            })
        }
    };
    let coverage = match number(8)? {
        None => None,
        Some(lines) => Some(CoverageTotals {
            files: number(7)?.unwrap_or_default(),
            lines,
            lines_covered: number(9)?.unwrap_or_default(),
            branches: number(10)?.unwrap_or_default(),
            branches_covered: number(11)?.unwrap_or_default(),
        }),
    };
    let measured =
        Measured { tests, flaky: number(6)?, coverage, code: findings(12)?, security: findings(19)? };
    Ok((row.get(0)?, measured))
}

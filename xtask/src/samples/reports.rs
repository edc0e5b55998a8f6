//! Runs the tools on what is checked out and writes their reports into the run's folder.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use super::advisories::Registry;
use super::git::Repository;
use super::history::{History, Run, Step};
use super::normalise::{self, Setting};
use super::toolbox::Toolbox;
use super::{junit, read_text, run_tool, time};
use crate::process;

/// A report of a run.
pub struct Upload {
    /// Its name in the run's folder.
    pub file: String,
    /// What it is a report of.
    pub category: &'static str,
    /// `1/2`.
    pub shard: Option<String>,
}

/// What every report needs to be written.
struct Writer<'a> {
    history: &'a History,
    toolbox: &'a Toolbox,
    step: &'a Step,
    build: &'a Run,
    setting: Setting<'a>,
    /// Where the tools write, inside the working tree.
    reports: PathBuf,
    folder: &'a Path,
    uploads: Vec<Upload>,
}

/// Runs all tools.
///
/// # Errors
/// Where one fails otherwise than by finding something.
pub fn write(
    history: &History,
    toolbox: &Toolbox,
    repository: &Repository,
    step: &Step,
    build: &Run,
    begun: i64,
    folder: &Path,
) -> Result<Vec<Upload>, String> {
    let reports = toolbox.checkout.join("reports");
    super::empty(&reports)?;
    let setting = Setting { ci: &toolbox.ci, begun, build: &build.build };
    let mut writer = Writer { history, toolbox, step, build, setting, reports, folder, uploads: Vec::new() };
    toolbox.install_dependencies()?;
    writer.python_tests()?;
    writer.web_tests()?;
    writer.ruff()?;
    writer.eslint()?;
    writer.bandit()?;
    writer.npm_audit()?;
    writer.plain("repository.filelist", "files", &repository.file_list()?)?;
    writer.plain("churn.numstat", "churn", &repository.churn()?)?;
    Ok(writer.uploads)
}

impl Writer<'_> {
    /// pytest under coverage.py, one shard after the other.
    fn python_tests(&mut self) -> Result<(), String> {
        let shards = self.history.python_shards.len();
        for (number, folders) in (1_u64..).zip(&self.history.python_shards) {
            if self.build.missing_python_shards.contains(&number) {
                continue;
            }
            let folders: Vec<&str> = folders
                .iter()
                .map(String::as_str)
                .filter(|folder| self.toolbox.checkout.join(folder).is_dir())
                .collect();
            let tests = self.reports.join("tests.xml");
            let coverage = self.reports.join("coverage.xml");
            let mut pytest = self.toolbox.python("coverage");
            pytest.args(["run", "-m", "pytest", "-q", "--junitxml"]).arg(&tests).args(&folders);
            run_tool(pytest.env("PYTHONHASHSEED", self.build.hash_seed.to_string()))?;
            let include: Vec<String> = folders.iter().map(|folder| format!("{folder}/*")).collect();
            let mut xml = self.toolbox.python("coverage");
            run_tool(xml.args(["xml", "-q", "--include", &include.join(","), "-o"]).arg(&coverage))?;

            let shard = Some(format!("{number}/{shards}"));
            let text = self.junit(&tests)?;
            self.write(&format!("tests-python-{number}.xml"), "python-tests", shard.clone(), &text)?;
            let text = self.cobertura(&coverage)?;
            self.packed(&format!("coverage-python-{number}.xml"), "python-coverage", shard, &text)?;
        }
        Ok(())
    }

    /// Vitest, for all workspaces at once.
    fn web_tests(&mut self) -> Result<(), String> {
        // Vitest begins with the tests that were slow or failed the last time, if it is let.
        super::empty(&self.toolbox.checkout.join("node_modules/.vite"))?;
        let tests = self.reports.join("tests-web.xml");
        let mut vitest = self.toolbox.node("vitest/vitest.mjs");
        vitest
            .args(["run", "--coverage", "--reporter=junit"])
            .arg(format!("--outputFile={}", tests.display()));
        run_tool(vitest.env("TEST_SEED", self.build.test_seed.to_string()))?;
        let text = self.junit(&tests)?;
        self.write("tests-web.xml", "web-tests", None, &text)?;
        let text = self.cobertura(&self.reports.join("cobertura-coverage.xml"))?;
        self.packed("coverage-web.xml", "web-coverage", None, &text)
    }

    fn ruff(&mut self) -> Result<(), String> {
        let report = self.reports.join("ruff.sarif");
        let mut ruff = self.toolbox.python("ruff");
        run_tool(
            ruff.args(["check", "--no-cache", "--quiet", "--output-format", "sarif", "--output-file"])
                .arg(&report)
                .arg("."),
        )?;
        let text = self.neutral(&report)?;
        self.packed("ruff.sarif", "ruff", None, &text)
    }

    fn eslint(&mut self) -> Result<(), String> {
        let report = self.reports.join("eslint.sarif");
        let formatter = self.toolbox.ci.join("node_modules/@microsoft/eslint-formatter-sarif/sarif.js");
        let mut eslint = self.toolbox.node("eslint/bin/eslint.js");
        run_tool(eslint.arg("--format").arg(formatter).arg("--output-file").arg(&report).arg("."))?;
        let text = self.neutral(&report)?;
        self.packed("eslint.sarif", "eslint", None, &text)
    }

    fn bandit(&mut self) -> Result<(), String> {
        let report = self.reports.join("bandit.json");
        let mut bandit = self.toolbox.python("bandit");
        bandit.args([
            "--quiet",
            "--recursive",
            "services",
            "--exclude",
            "*/tests/*",
            "--format",
            "json",
            "--output",
        ]);
        run_tool(bandit.arg(&report))?;
        let text =
            normalise::member(&self.neutral(&report)?, "generated_at", &time::rfc3339(self.setting.begun));
        self.packed("bandit.json", "bandit", None, &text)
    }

    fn npm_audit(&mut self) -> Result<(), String> {
        let advisories = process::root().join("sample-reports/bookstore/source/advisories");
        let registry = Registry::serve(&advisories, &self.locked_packages()?)?;
        let mut npm = Command::new("npm");
        npm.current_dir(&self.toolbox.checkout).args(["audit", "--json", "--cache"]);
        // The cache is empty each time: npm keeps there what it made of the registry's answers.
        npm.arg(self.reports.join("npm-cache")).arg("--registry").arg(registry.url());
        let text = run_tool(&mut npm)?;
        let report: Value =
            serde_json::from_str(&text).map_err(|error| format!("npm audit: {error}: {text}"))?;
        if report.get("auditReportVersion").is_none() {
            return Err(format!("npm audit: {text}"));
        }
        self.plain("npm-audit.json", "npm-audit", &text)
    }

    /// The packages that are locked, from whichever registry.
    fn locked_packages(&self) -> Result<Vec<String>, String> {
        let text = read_text(&self.toolbox.checkout.join("package-lock.json"))?;
        let lock: Value =
            serde_json::from_str(&text).map_err(|error| format!("package-lock.json: {error}"))?;
        let packages = lock.get("packages").and_then(Value::as_object);
        Ok(packages
            .into_iter()
            .flatten()
            .filter_map(|(path, _)| path.rsplit_once("node_modules/").map(|(_, name)| name.to_owned()))
            .collect())
    }

    fn neutral(&self, path: &Path) -> Result<String, String> {
        Ok(normalise::neutral(&read_text(path)?, &self.setting))
    }

    fn junit(&self, path: &Path) -> Result<String, String> {
        Ok(junit::normalise(&self.neutral(path)?, self.history, self.step, &self.setting))
    }

    fn cobertura(&self, path: &Path) -> Result<String, String> {
        let milliseconds = format!("{}000", self.setting.begun);
        Ok(normalise::attribute(&self.neutral(path)?, "timestamp", &milliseconds))
    }

    fn plain(&mut self, file: &str, category: &'static str, text: &str) -> Result<(), String> {
        self.write(file, category, None, text)
    }

    fn write(
        &mut self,
        file: &str,
        category: &'static str,
        shard: Option<String>,
        text: &str,
    ) -> Result<(), String> {
        super::write(&self.folder.join(file), text.as_bytes())?;
        self.uploads.push(Upload { file: file.to_owned(), category, shard });
        Ok(())
    }

    /// Writes a report compressed by gzip: the large ones repeat themselves a great deal.
    fn packed(
        &mut self,
        file: &str,
        category: &'static str,
        shard: Option<String>,
        text: &str,
    ) -> Result<(), String> {
        self.write(file, category, shard, text)?;
        let mut gzip = Command::new("gzip");
        process::run(
            gzip.args(["--best", "--no-name", "--force"]).arg(self.folder.join(file)).stdin(Stdio::null()),
        )?;
        if let Some(upload) = self.uploads.last_mut() {
            upload.file.push_str(".gz");
        }
        Ok(())
    }
}

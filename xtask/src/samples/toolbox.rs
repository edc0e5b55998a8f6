//! The tools: a Python environment and a folder of Node packages, each with fixed versions, kept between replays.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process;

/// Where the tools and the working tree stand.
///
/// ```text
/// ci/venv/           pytest, coverage.py, ruff, Bandit
/// ci/node_modules/   Vitest, ESLint; found from the working tree because Node looks through the parent folders
/// ci/bookstore/      the working tree, with its own dependencies in node_modules
/// ```
pub struct Toolbox {
    /// `ci`, which stands in the reports as `/home/ci`.
    pub ci: PathBuf,
    /// The working tree.
    pub checkout: PathBuf,
}

impl Toolbox {
    /// Installs what is not there in the versions asked for.
    ///
    /// # Errors
    /// Where pip or npm fail.
    pub fn prepare(source: &Path, folder: &Path) -> Result<Self, String> {
        let ci = folder.join("ci");
        super::make_folder(&ci)?;
        // Tools print real paths: with a link in the way, these would not be found and replaced.
        let ci = ci.canonicalize().map_err(|error| format!("{}: {error}", ci.display()))?;
        let tools = source.join("tools");
        let toolbox = Self { checkout: ci.join("bookstore"), ci };
        if toolbox.is_outdated(&tools, "requirements.txt") {
            println!("install the Python tools");
            process::run(
                Command::new("python3").args(["-m", "venv", "--clear"]).arg(toolbox.ci.join("venv")),
            )?;
            let mut pip = toolbox.python("pip");
            pip.args(["install", "--quiet", "--disable-pip-version-check", "--requirement"]);
            process::run(pip.arg(tools.join("requirements.txt")))?;
            toolbox.mark(&tools, "requirements.txt")?;
        }
        if toolbox.is_outdated(&tools, "package-lock.json") {
            println!("install the Node tools");
            for name in ["package.json", "package-lock.json"] {
                super::write(&toolbox.ci.join(name), &super::read(&tools.join(name))?)?;
            }
            // Not `npm ci`: the lock file names the binaries of one platform, and npm adds those of this one.
            npm(&toolbox.ci, &["install"])?;
            toolbox.mark(&tools, "package-lock.json")?;
        }
        Ok(toolbox)
    }

    /// A program of the Python environment, to be run in the working tree.
    pub fn python(&self, name: &str) -> Command {
        let mut command = Command::new(self.ci.join("venv/bin").join(name));
        self.at_home(&mut command);
        command
    }

    /// A script of a Node package, to be run in the working tree.
    pub fn node(&self, script: &str) -> Command {
        let mut command = Command::new("node");
        command.arg(self.ci.join("node_modules").join(script));
        self.at_home(&mut command);
        command
    }

    /// Installs what the bookstore itself depends on, where that changed since the last commit.
    ///
    /// # Errors
    /// Where npm fails.
    pub fn install_dependencies(&self) -> Result<(), String> {
        let lock = self.checkout.join("package-lock.json");
        let installed = self.checkout.join("node_modules/installed-lock.json");
        if !super::same(&lock, &installed) {
            npm(&self.checkout, &["ci", "--omit=dev"])?;
            super::write(&installed, &super::read(&lock)?)?;
        }
        Ok(())
    }

    /// What the reports say depends on nothing of the user's own environment.
    fn at_home(&self, command: &mut Command) {
        if self.checkout.is_dir() {
            command.current_dir(&self.checkout);
        }
        for name in ["CI", "GITHUB_ACTIONS", "FORCE_COLOR", "PYTEST_ADDOPTS", "NODE_OPTIONS"] {
            command.env_remove(name);
        }
        command
            .env("TZ", "UTC")
            .env("LC_ALL", "C.UTF-8")
            .env("NO_COLOR", "1")
            .env("COLUMNS", "100")
            .env("PYTHONDONTWRITEBYTECODE", "1");
    }

    fn is_outdated(&self, tools: &Path, name: &str) -> bool {
        !super::same(&tools.join(name), &self.ci.join("installed").join(name))
    }

    /// Remembers what was installed, once it is.
    fn mark(&self, tools: &Path, name: &str) -> Result<(), String> {
        super::make_folder(&self.ci.join("installed"))?;
        super::write(&self.ci.join("installed").join(name), &super::read(&tools.join(name))?)
    }
}

fn npm(folder: &Path, arguments: &[&str]) -> Result<(), String> {
    let mut command = Command::new("npm");
    command.current_dir(folder).args(arguments).args(["--ignore-scripts", "--no-audit", "--no-fund"]);
    process::output(&mut command).map(drop)
}

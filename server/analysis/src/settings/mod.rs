//! `plimsoll.toml`: what a repository says of itself, reviewed like its code.
//!
//! [`Settings::read`] takes the file's text and gives what it says together with what is wrong in it. A mistake in one
//! entry costs that entry and nothing else; a gate's rule that cannot be read stays in the list, so that the gate says
//! so instead of passing without it. The keys are documented in `docs/settings.md`.

mod date;
mod duration;
mod glob;
mod problem;
mod read;
mod value;

use serde::{Deserialize, Serialize};

pub use date::Date;
pub use duration::parse_duration_ms;
pub use glob::{Glob, GlobError};
pub use problem::{Problem, unknown};

pub use plimsoll_model::ReviewState;

/// The file's name, at the root of the repository.
pub const FILE_NAME: &str = "plimsoll.toml";

/// What `plimsoll.toml` says. Without the file, and for each section that it does not have, the default.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Settings {
    /// Modules, in the order of the file: of several that a path belongs to, the first one has it.
    pub modules: Vec<ModuleSetting>,
    /// The gate's rules; without any there is no gate.
    pub gate: Vec<GateLine>,
    /// Findings that somebody looked at.
    pub reviews: Vec<ReviewSetting>,
    /// How long the tests of modules may take.
    pub budgets: Vec<Budget>,
    /// How long runs are kept.
    pub retention: Retention,
    /// What `plimsoll upload` and `plimsoll ingest` do where the command line does not say.
    pub upload: UploadDefaults,
}

/// `[[module]]`: a named part of the code base.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct ModuleSetting {
    /// Its name, which is its identity as well: another name begins another history.
    pub name: String,
    /// Which files belong to it.
    pub paths: Vec<Glob>,
}

/// One rule of the gate, as it stands in the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateLine {
    /// The rule: see `docs/gates.md`.
    pub text: String,
    /// Its line in the file, from 1.
    pub line: u32,
}

/// `[[review]]`: what was decided about findings, and why. Without a name of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewSetting {
    /// Which findings.
    pub of: ReviewTarget,
    /// What was decided.
    pub state: ReviewState,
    /// The last day on which it holds; for ever if absent.
    pub until: Option<Date>,
    /// Why; never empty.
    pub reason: String,
    /// Where the entry begins in the file, from 1.
    pub line: u32,
}

/// Which findings a review is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "kebab-case")]
pub enum ReviewTarget {
    /// The one with this identifier, as the app shows it.
    Id {
        /// The identifier.
        id: String,
    },
    /// All that every given condition holds of; at least `tool` or `rule` is given.
    Matching {
        /// The tool's name.
        tool: Option<String>,
        /// The rule's identifier.
        rule: Option<String>,
        /// The file.
        path: Option<Glob>,
        /// A part of the message.
        contains: Option<String>,
    },
}

/// `[[budget]]`: how long the tests of a module may take together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Budget {
    /// The module's name or path.
    pub module: String,
    /// Milliseconds, at least 1.
    pub tests_ms: u64,
    /// Where the entry begins in the file, from 1.
    pub line: u32,
}

/// `[retention]`: how long runs are kept. What is absent is left to the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Retention {
    /// Every run is kept until it is so many days old.
    pub days: Option<u32>,
    /// Then one run a day, until it is so many weeks old.
    pub weeks: Option<u32>,
    /// Then one run a week, until it is so many months old; older ones are thinned to one a month.
    pub months: Option<u32>,
}

/// `[upload]`: defaults of the command line.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct UploadDefaults {
    /// Taken off the front of every path in the reports.
    pub strip_prefix: Option<String>,
    /// Put before every path in the reports.
    pub add_prefix: Option<String>,
    /// Files that are not looked at when folders are searched for reports.
    pub exclude: Vec<Glob>,
}

impl Settings {
    /// Reads the text of `plimsoll.toml`: what it says, and what is wrong in it, in the order of its lines.
    pub fn read(text: &str) -> (Self, Vec<Problem>) {
        read::read(text)
    }
}

impl ReviewSetting {
    /// Whether it still holds on a day.
    pub fn holds_on(&self, day: Date) -> bool {
        self.until.is_none_or(|until| day <= until)
    }
}

#[cfg(test)]
mod tests;

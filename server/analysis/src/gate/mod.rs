//! The gate: does a run hold the lines that its repository drew?
//!
//! Each rule compares a metric with a number or with the baseline. [`judge`] answers for each of them with both sides
//! and pass, fail or *not enough data*, which is an answer of its own: a run that is partial, has no baseline or no such
//! report neither passes nor fails. The grammar is in `docs/gates.md`.

mod grammar;
mod judge;
mod show;
#[cfg(test)]
mod tests;

use plimsoll_model::Severity;

pub use grammar::parse_rule;
pub use judge::{Facts, Judged, NewFindings, Standing, Subject, judge, judge_budgets, overall};

/// One rule that was understood.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// What it is about.
    pub scope: Scope,
    /// What is measured.
    pub metric: Metric,
    /// How it is compared.
    pub operator: Operator,
    /// With what.
    pub bound: Bound,
}

/// What a rule is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// The whole project.
    Project,
    /// One module, by its name or its folder.
    Module(String),
    /// Every module that has such a report.
    EachModule,
    /// The lines that the run's commits changed.
    Patch,
}

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Metric {
    /// Executed lines in percent of executable ones.
    LineCoverage,
    /// Taken branches in percent of all.
    BranchCoverage,
    /// All tests.
    Tests,
    /// Failed and errored tests.
    FailingTests,
    /// Those that did not fail in the baseline.
    NewlyFailingTests,
    /// Skipped tests.
    SkippedTests,
    /// Tests that are flaky as of the run.
    FlakyTests,
    /// Findings that count.
    Findings {
        /// Only those that the baseline has not.
        is_new: bool,
        /// Only those of this severity, or of this and all worse ones.
        severity: Option<(Severity, Reach)>,
        /// Only those of static analysis or of security.
        area: Option<Area>,
    },
    /// What the tests took together, in milliseconds.
    Duration,
    /// Files with executable lines.
    Files,
}

/// How far a severity reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// It alone.
    Only,
    /// It and all worse ones.
    AndWorse,
}

/// Which findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Area {
    /// Static analysis: defects and style in the code.
    Code,
    /// Vulnerabilities, weaknesses, secrets, misconfigurations, licences.
    Security,
}

/// How the two sides are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// `>=`
    AtLeast,
    /// `<=`
    AtMost,
    /// `=`
    Equal,
    /// `<`
    Less,
    /// `>`
    More,
}

/// What a metric is compared with, in its own unit: percent, a count, or milliseconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Bound {
    /// A number.
    Number(f64),
    /// What the baseline has, and so much more (or less).
    Baseline(f64),
    /// What the baseline has, and so many percent of it more (or less).
    BaselinePercent(f64),
}

/// What a metric is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    Percent,
    Count,
    Milliseconds,
}

impl Metric {
    pub(crate) fn unit(self) -> Unit {
        match self {
            Self::LineCoverage | Self::BranchCoverage => Unit::Percent,
            Self::Duration => Unit::Milliseconds,
            _ => Unit::Count,
        }
    }

    /// Whether it says itself what changed against the baseline.
    pub(crate) fn is_change(self) -> bool {
        matches!(self, Self::NewlyFailingTests | Self::Findings { is_new: true, .. })
    }
}

impl Operator {
    /// As it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AtLeast => ">=",
            Self::AtMost => "<=",
            Self::Equal => "=",
            Self::Less => "<",
            Self::More => ">",
        }
    }

    pub(crate) fn holds(self, left: f64, right: f64) -> bool {
        // Sides that are equal on paper may differ in the last bit: a percentage is a quotient.
        let is_same = (left - right).abs() < 1e-9;
        match self {
            Self::AtLeast => is_same || left > right,
            Self::AtMost => is_same || left < right,
            Self::Equal => is_same,
            Self::Less => !is_same && left < right,
            Self::More => !is_same && left > right,
        }
    }
}

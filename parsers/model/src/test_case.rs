use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// How a test ended. The order is from best to worst: of several outcomes of one test the greatest counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It ran and its assertions held.
    Passed,
    /// It was not run, or its result does not count.
    Skipped,
    /// An assertion did not hold.
    Failed,
    /// It could not be carried out to the end.
    Errored,
}

impl Outcome {
    /// Whether the test needs attention.
    pub fn is_bad(self) -> bool {
        matches!(self, Self::Failed | Self::Errored)
    }

    /// The word as it stands in URLs, in the database and on the screen.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Skipped => "skipped",
            Self::Failed => "failed",
            Self::Errored => "errored",
        }
    }
}

/// One test case of one report.
///
/// `suite`, `class` and `name` are what the tool calls it; together they are the test's identity, so nothing that
/// changes from run to run belongs into them.
#[derive(Debug, Clone, PartialEq)]
pub struct TestCase<'a> {
    /// The innermost suite's name; empty where there is none.
    pub suite: Cow<'a, str>,
    /// The class or the module that holds the test; empty where there is none.
    pub class: Cow<'a, str>,
    /// The test's own name. May be empty: some tools leave it out.
    pub name: Cow<'a, str>,
    /// The file that holds the test, as the report writes it.
    pub file: Option<Cow<'a, str>>,
    /// The line in that file, from 1.
    pub line: Option<u32>,
    /// The worst outcome that the report gives for this case.
    pub outcome: Outcome,
    /// How long it ran, in microseconds.
    pub duration_us: Option<u64>,
    /// The failure's short message.
    pub message: Option<Cow<'a, str>>,
    /// The failure's whole text (stack trace, diff).
    pub detail: Option<Cow<'a, str>>,
    /// How many failed attempts the report itself gives for a test that was run again in the same build.
    pub reruns: u32,
    /// The report itself says that the test passed only on another attempt.
    pub is_flaky: bool,
    /// It stands for a whole suite (or package, or file) that failed apart from its tests: it could not be built, set
    /// up or collected. It needs attention like a failed test, but is no test case of the report.
    pub is_suite: bool,
}

impl<'a> TestCase<'a> {
    /// A passed test with nothing else known.
    pub fn new(
        suite: impl Into<Cow<'a, str>>,
        class: impl Into<Cow<'a, str>>,
        name: impl Into<Cow<'a, str>>,
    ) -> Self {
        Self {
            suite: suite.into(),
            class: class.into(),
            name: name.into(),
            file: None,
            line: None,
            outcome: Outcome::Passed,
            duration_us: None,
            message: None,
            detail: None,
            reruns: 0,
            is_flaky: false,
            is_suite: false,
        }
    }
}

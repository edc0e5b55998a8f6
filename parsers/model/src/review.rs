use serde::{Deserialize, Serialize};

/// What somebody decided about a finding. Who decided it is not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReviewState {
    /// It is right, and it is lived with until a date.
    Accepted,
    /// The tool is wrong.
    FalsePositive,
    /// It is right, and nothing will be done.
    WontFix,
}

impl ReviewState {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Accepted, Self::FalsePositive, Self::WontFix];

    /// The word as it stands in URLs, in `plimsoll.toml` and on the screen.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::FalsePositive => "false-positive",
            Self::WontFix => "wont-fix",
        }
    }

    /// The inverse of [`ReviewState::as_str`].
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

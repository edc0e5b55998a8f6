//! What may be decided about a finding, and until when it holds.
//!
//! A decision holds for an identity (all findings that differ only in their line) and so outlives runs. While it holds,
//! the finding does not count: not in totals, not in comparisons, not in gates. Two runs are always looked at with the
//! same decisions, so that a decision makes nothing new and nothing fixed.

use plimsoll_api::{NewReview, Timestamp};
use plimsoll_model::ReviewState;

/// Characters of a reason at most.
pub const LONGEST_REASON: usize = 2000;

const SECONDS_OF_A_DAY: i64 = 86_400;

/// A decision that can be recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// What.
    pub state: ReviewState,
    /// Why, without blanks around it.
    pub reason: String,
    /// Seconds since 1970: the first in which it holds no more; `None` for no end.
    pub until: Option<i64>,
}

/// Why a decision cannot be recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The field: `reason` or `until`.
    pub field: &'static str,
    /// What is wrong with it, and what to do.
    pub message: String,
}

/// Checks a decision as of `now`, in seconds since 1970.
///
/// # Errors
/// Without a reason, with one that is too long, with a day that is none or has passed, and where something is accepted
/// without an end: that would be "won't fix".
pub fn check_review(review: &NewReview, now: i64) -> Result<Decision, Refusal> {
    let refuse = |field, message: &str| Err(Refusal { field, message: message.to_owned() });
    let reason = review.reason.trim();
    if reason.is_empty() {
        return refuse("reason", "say why; whoever meets this finding next will ask");
    }
    if reason.chars().count() > LONGEST_REASON {
        return refuse("reason", "it is longer than 2000 characters; link to the long version");
    }
    let until = match review.until.as_deref().map(str::trim).filter(|day| !day.is_empty()) {
        Some(day) => match end_of_day(day) {
            Some(end) if end > now => Some(end),
            Some(_) => return refuse("until", &format!("{day} has passed; choose a later day")),
            None => return refuse("until", &format!("`{day}` is not a day; write it as 2026-03-31")),
        },
        None if review.state == ReviewState::Accepted => {
            return refuse(
                "until",
                "what is accepted needs a last day; choose `wont-fix` for something that stays",
            );
        }
        None => None,
    };
    Ok(Decision { state: review.state, reason: reason.to_owned(), until })
}

/// The first second after a day, `YYYY-MM-DD` in UTC; `None` where it is no day.
pub fn end_of_day(day: &str) -> Option<i64> {
    Some(Timestamp::parse_day(day)?.0 + SECONDS_OF_A_DAY)
}

/// The day whose end [`end_of_day`] gave.
pub fn last_day(until: i64) -> String {
    Timestamp(until - 1).day()
}

#[cfg(test)]
mod tests {
    use super::*;

    // 2026-03-01T12:00:00Z
    const NOW: i64 = 1_772_366_400;

    fn check(state: ReviewState, reason: &str, until: Option<&str>) -> Result<Decision, &'static str> {
        let review = NewReview { state, reason: reason.to_owned(), until: until.map(str::to_owned) };
        check_review(&review, NOW).map_err(|refusal| refusal.field)
    }

    #[test]
    fn a_decision_needs_a_reason() {
        assert_eq!(check(ReviewState::WontFix, " \n", None), Err("reason"));
        assert_eq!(check(ReviewState::WontFix, &"ä".repeat(2001), None), Err("reason"));
        assert!(check(ReviewState::WontFix, &"ä".repeat(2000), None).is_ok());
    }

    #[test]
    fn what_is_accepted_ends() {
        assert_eq!(check(ReviewState::Accepted, "later", None), Err("until"));
        assert_eq!(check(ReviewState::Accepted, "later", Some("2026-02-28")), Err("until"));
        assert_eq!(check(ReviewState::Accepted, "later", Some("2026-02-30")), Err("until"));
        assert_eq!(check(ReviewState::Accepted, "later", Some("soon")), Err("until"));
        let today = check(ReviewState::Accepted, " later ", Some("2026-03-01")).unwrap();
        assert_eq!((today.reason.as_str(), today.until), ("later", Some(NOW + 12 * 3600)));
    }

    #[test]
    fn days_come_back() {
        for day in ["2026-03-01", "2028-02-29", "1999-12-31"] {
            assert_eq!(end_of_day(day).map(last_day).as_deref(), Some(day));
        }
        for bad in ["", "2026-3-1", "2026-03-01T00", "2027-02-29", "ä026-03-0"] {
            assert_eq!(end_of_day(bad), None, "{bad}");
        }
    }
}

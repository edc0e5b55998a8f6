//! Numbers, durations and times as a person says them.

use plimsoll_api::Timestamp;

/// A thin space that does not break: between a number and its unit.
pub const NARROW: char = '\u{202f}';

/// `1,284`
pub fn count(value: u64) -> String {
    let digits = value.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 test`, `2 tests`
pub fn counted(value: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(value), if value == 1 { one } else { many })
}

/// A number with so many digits after the point, at most two: `81.4`. Whole numbers do it: the standard library's way
/// to print any float exactly weighs more than all the charts.
pub fn fixed(value: f64, digits: usize) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    let scale: u64 = match digits {
        0 => 1,
        1 => 10,
        _ => 100,
    };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "not negative, and what does not fit becomes the greatest number there is"
    )]
    let scaled = (value.abs() * scale as f64).round() as u64;
    let sign = if value < 0.0 && scaled > 0 { "-" } else { "" };
    let whole = scaled / scale;
    let rest = scaled % scale;
    match digits {
        0 => format!("{sign}{whole}"),
        1 => format!("{sign}{whole}.{rest}"),
        _ => format!("{sign}{whole}.{rest:02}"),
    }
}

/// `81.4 %`. What is not quite everything never reads as 100.0, and what is not quite nothing never as 0.0.
pub fn percent(value: f64) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    let shown = if value < 100.0 && value > 99.9 {
        99.9
    } else if value > 0.0 && value < 0.1 {
        0.1
    } else {
        value
    };
    format!("{}{NARROW}%", fixed(shown, 1))
}

/// `0.87`
pub fn score(value: f64) -> String {
    fixed(value, 2)
}

/// In the unit that a person would say: `840 ms`, `12.3 s`, `4 min 5 s`, `2 h 10 min`.
pub fn duration(milliseconds: u64) -> String {
    let seconds = milliseconds / 1000;
    match milliseconds {
        0..1000 => format!("{milliseconds}{NARROW}ms"),
        1000..10_000 => format!("{}.{:02}{NARROW}s", seconds, milliseconds % 1000 / 10),
        10_000..60_000 => format!("{}.{}{NARROW}s", seconds, milliseconds % 1000 / 100),
        60_000..3_600_000 => format!("{}{NARROW}min {}{NARROW}s", seconds / 60, seconds % 60),
        _ => format!("{}{NARROW}h {}{NARROW}min", count(seconds / 3600), seconds / 60 % 60),
    }
}

/// `412 B`, `1.4 KB`, `23.0 MB`
pub fn bytes(value: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "a size with one digit after the point")]
    let size = value as f64;
    match value {
        0..1000 => format!("{value}{NARROW}B"),
        1000..1_000_000 => format!("{}{NARROW}KB", fixed(size / 1e3, 1)),
        1_000_000..1_000_000_000 => format!("{}{NARROW}MB", fixed(size / 1e6, 1)),
        _ => format!("{}{NARROW}GB", fixed(size / 1e9, 1)),
    }
}

/// `14 minutes ago`; the day where it is longer than a month ago, and `just now` for clocks that are a little off.
pub fn relative(time: Timestamp, now: Timestamp) -> String {
    let seconds = now.0 - time.0;
    let say = |amount: i64, unit: &str| format!("{amount} {unit}{} ago", if amount == 1 { "" } else { "s" });
    match seconds {
        ..-300 => day(time),
        -300..45 => "just now".to_owned(),
        45..3600 => say((seconds / 60).max(1), "minute"),
        3600..86_400 => say(seconds / 3600, "hour"),
        86_400..2_592_000 => say(seconds / 86_400, "day"),
        _ => day(time),
    }
}

/// `2026-03-01 08:15 UTC`
pub fn exact(time: Timestamp) -> String {
    let second = time.0.rem_euclid(86_400);
    format!("{} {:02}:{:02} UTC", day(time), second / 3600, second / 60 % 60)
}

/// `2026-03-01`
pub fn day(time: Timestamp) -> String {
    let (year, month, day) = time.date();
    format!("{year:04}-{month:02}-{day:02}")
}

/// The part of a commit's identifier that people say.
pub fn commit(identifier: &str) -> &str {
    identifier.get(..identifier.floor_char_boundary(8)).unwrap_or(identifier)
}

/// `03-01`, for axes.
pub fn short_day(time: Timestamp) -> String {
    let (_, month, day) = time.date();
    format!("{month:02}-{day:02}")
}

/// Which way a value moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// More than before.
    Up,
    /// Less than before.
    Down,
    /// The same, or a difference that means nothing.
    Flat,
}

impl Direction {
    /// The shape that says it without colour.
    pub fn mark(self) -> &'static str {
        match self {
            Self::Up => "▲",
            Self::Down => "▼",
            Self::Flat => "=",
        }
    }

    /// The words that say it without sight.
    pub fn words(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Down => "down",
            Self::Flat => "unchanged",
        }
    }
}

/// Differences of coverage below this many hundredths of a percentage point are rounding, not news.
pub const COVERAGE_NOISE: i64 = 5;

/// How coverage moved, from hundredths of a percentage point: `▼ 3.1`.
pub fn coverage_change(centipoints: i64) -> (Direction, String) {
    if centipoints.abs() < COVERAGE_NOISE {
        return (Direction::Flat, String::new());
    }
    // Half away from zero, in whole numbers: the same digits on every machine.
    let tenths = (centipoints.unsigned_abs() + 5) / 10;
    let direction = if centipoints > 0 { Direction::Up } else { Direction::Down };
    (direction, format!("{}.{}", count(tenths / 10), tenths % 10))
}

/// How a count moved: `▲ 4`.
pub fn count_change(before: u64, after: u64) -> (Direction, String) {
    match after.cmp(&before) {
        std::cmp::Ordering::Equal => (Direction::Flat, String::new()),
        std::cmp::Ordering::Greater => (Direction::Up, count(after - before)),
        std::cmp::Ordering::Less => (Direction::Down, count(before - after)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_their_digits() {
        for (value, digits, shown) in [
            (81.44, 1, "81.4"),
            (0.875, 2, "0.88"),
            (0.05, 2, "0.05"),
            (-0.04, 1, "0.0"),
            (-3.06, 1, "-3.1"),
            (12.6, 0, "13"),
            (f64::INFINITY, 1, "–"),
        ] {
            assert_eq!(fixed(value, digits), shown);
        }
    }

    #[test]
    fn counts_have_thousands() {
        for (value, shown) in [(0, "0"), (999, "999"), (1284, "1,284"), (1_000_000, "1,000,000")] {
            assert_eq!(count(value), shown);
        }
        assert_eq!(counted(1, "test", "tests"), "1 test");
        assert_eq!(counted(1200, "test", "tests"), "1,200 tests");
    }

    #[test]
    fn percentages_do_not_lie_at_the_ends() {
        for (value, shown) in
            [(81.44, "81.4"), (100.0, "100.0"), (99.97, "99.9"), (0.0, "0.0"), (0.004, "0.1")]
        {
            assert_eq!(percent(value), format!("{shown}{NARROW}%"));
        }
        assert_eq!(percent(f64::NAN), "–");
    }

    #[test]
    fn durations_are_in_the_unit_a_person_says() {
        for (milliseconds, shown) in [
            (0, "0 ms"),
            (999, "999 ms"),
            (1234, "1.23 s"),
            (12_345, "12.3 s"),
            (61_000, "1 min 1 s"),
            (7_800_000, "2 h 10 min"),
        ] {
            assert_eq!(duration(milliseconds).replace(NARROW, " "), shown);
        }
    }

    #[test]
    fn sizes_have_one_digit() {
        for (value, shown) in [(0, "0 B"), (999, "999 B"), (1400, "1.4 KB"), (23_000_000, "23.0 MB")] {
            assert_eq!(bytes(value).replace(NARROW, " "), shown);
        }
    }

    #[test]
    fn times_are_relative_until_they_are_old() {
        let now = Timestamp(1_772_352_900);
        for (ago, shown) in [
            (0, "just now"),
            (-20, "just now"),
            (60, "1 minute ago"),
            (14 * 60, "14 minutes ago"),
            (7200, "2 hours ago"),
            (86_400, "1 day ago"),
            (29 * 86_400, "29 days ago"),
            (40 * 86_400, "2026-01-20"),
            (-86_400, "2026-03-02"),
        ] {
            assert_eq!(relative(Timestamp(now.0 - ago), now), shown, "{ago} s");
        }
        assert_eq!(exact(now), "2026-03-01 08:15 UTC");
    }

    #[test]
    fn noise_is_no_change() {
        assert_eq!(coverage_change(0), (Direction::Flat, String::new()));
        assert_eq!(coverage_change(-4), (Direction::Flat, String::new()));
        assert_eq!(coverage_change(-5), (Direction::Down, "0.1".to_owned()));
        assert_eq!(coverage_change(-310), (Direction::Down, "3.1".to_owned()));
        assert_eq!(coverage_change(45), (Direction::Up, "0.5".to_owned()));
        assert_eq!(count_change(3, 3).0, Direction::Flat);
        assert_eq!(count_change(3, 1203), (Direction::Up, "1,200".to_owned()));
        assert_eq!(count_change(3, 1), (Direction::Down, "2".to_owned()));
    }

    #[test]
    fn commits_are_cut_at_characters() {
        assert_eq!(commit("a3f91c2d77"), "a3f91c2d");
        assert_eq!(commit("abc"), "abc");
        assert_eq!(commit("ööööö"), "öööö");
    }
}

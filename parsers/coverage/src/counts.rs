use plimsoll_format::{Sink, Warning, WarningCode, parse_number};

/// How often something was executed. A negative count, which counters that overflowed leave behind, is none.
#[inline]
pub(crate) fn hits(raw: &str) -> Option<u64> {
    if let Some(number) = digits(raw) {
        return Some(number);
    }
    // The cast saturates in both directions.
    parse_number(raw).map(|number| number as u64)
}

/// A line's number; lines begin at 1.
#[inline]
pub(crate) fn line_number(raw: &str) -> Option<u32> {
    let number = digits(raw).or_else(|| parse_number(raw).map(|number| number as u64))?;
    u32::try_from(number).ok().filter(|number| *number > 0)
}

/// A small count such as that of branches; saturates.
#[inline]
pub(crate) fn count(raw: &str) -> Option<u32> {
    hits(raw).map(saturated)
}

/// A number of things where the model has room for `u32::MAX`.
pub(crate) fn saturated(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// The common spelling, without the detour through floating point. Nineteen digits always fit.
#[inline]
fn digits(raw: &str) -> Option<u64> {
    if raw.is_empty() || raw.len() > 19 {
        return None;
    }
    let mut number = 0_u64;
    for byte in raw.bytes() {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        number = number * 10 + u64::from(digit);
    }
    Some(number)
}

/// Says that a number could not be read.
#[cold]
pub(crate) fn bad_number(sink: &mut dyn Sink, what: &str, raw: &str, place: &str) {
    let raw: String = raw.chars().take(40).collect();
    sink.warning(Warning::new(
        WarningCode::BadNumber,
        format!("{what} `{raw}` in {place} is no number that fits"),
    ));
}

/// Says that a total which the file declares is not what its parts add up to.
#[cold]
pub(crate) fn total_mismatch(sink: &mut dyn Sink, what: &str, declared: u64, counted: u64) {
    let message = format!("the file declares {declared} {what}, its parts add up to {counted}");
    sink.warning(Warning::new(WarningCode::TotalMismatch, message));
}

#[cfg(test)]
mod tests {
    use super::{hits, line_number};

    #[test]
    fn reads_counts_as_tools_write_them() {
        for (raw, expect) in [
            ("0", Some(0)),
            ("42", Some(42)),
            ("9999999999999999999", Some(9_999_999_999_999_999_999)),
            ("99999999999999999999", Some(u64::MAX)),
            ("1.0E3", Some(1000)),
            (" 7 ", Some(7)),
            ("-1", Some(0)),
            ("", None),
            ("x", None),
        ] {
            assert_eq!(hits(raw), expect, "{raw:?}");
        }
    }

    #[test]
    fn lines_begin_at_one() {
        assert_eq!(line_number("1"), Some(1));
        assert_eq!(line_number("0"), None);
        assert_eq!(line_number("-3"), None);
        assert_eq!(line_number("5000000000"), None);
    }
}

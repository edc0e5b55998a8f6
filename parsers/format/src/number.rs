/// A number as tools write it: `12`, `1,234.5`, `0,5`, `1.2e-3`, with white space around it. `None` for anything that
/// is no finite number, the empty text included.
///
/// A comma is a decimal one where it is the only separator and not three digits follow it, or only zero stands before it;
/// otherwise commas group.
pub fn parse_number(text: &str) -> Option<f64> {
    if let Some(whole) = plain_whole(text.as_bytes()) {
        return Some(whole as f64);
    }
    let text = text.trim();
    let number = match text.split_once(',') {
        None => text.parse::<f64>().ok()?,
        Some((whole, rest)) if is_decimal_comma(whole, rest) => format!("{whole}.{rest}").parse().ok()?,
        Some(_) => text.replace(',', "").parse().ok()?,
    };
    number.is_finite().then_some(number)
}

fn is_decimal_comma(whole: &str, rest: &str) -> bool {
    let is_grouping = rest.len() == 3 && whole.trim_start_matches(['-', '+']) != "0";
    !is_grouping && !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit())
}

/// Digits alone, few enough that the number is exact as a floating point one.
fn plain_whole(text: &[u8]) -> Option<u64> {
    if text.is_empty() || text.len() > 15 {
        return None;
    }
    text.iter()
        .try_fold(0, |number, byte| byte.is_ascii_digit().then(|| number * 10 + u64::from(byte - b'0')))
}

/// Seconds, as tools write them, in microseconds. `None` for what is no number, and for negative times, which some
/// tools write when the clock was set back.
pub fn parse_duration_us(seconds: &str) -> Option<u64> {
    if let Some(exact) = plain_decimal_us(seconds.as_bytes()) {
        return Some(exact);
    }
    seconds_to_us(parse_number(seconds)?)
}

/// Seconds in microseconds; `None` where they are negative or not finite.
pub fn seconds_to_us(seconds: f64) -> Option<u64> {
    // The cast saturates; a duration beyond half a million years keeps the greatest value.
    (seconds.is_finite() && seconds >= 0.0).then(|| (seconds * 1e6).round() as u64)
}

/// The usual spelling, `12.345`, without the detour through floating point. Anything else is left to the slow way.
fn plain_decimal_us(text: &[u8]) -> Option<u64> {
    let mut value = 0_u64;
    let mut decimals = None;
    if text.is_empty() || text.len() > 15 || text == b"." {
        return None;
    }
    for byte in text {
        match (byte, decimals) {
            (b'0'..=b'9', Some(6)) => return None,
            (b'0'..=b'9', _) => {
                value = value * 10 + u64::from(byte - b'0');
                decimals = decimals.map(|count| count + 1);
            }
            (b'.', None) => decimals = Some(0),
            _ => return None,
        }
    }
    value.checked_mul(10_u64.pow(6 - decimals.unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::{parse_duration_us, parse_number};

    #[test]
    fn reads_numbers_as_tools_write_them() {
        for (text, expect) in [
            ("12", Some(12.0)),
            ("0", Some(0.0)),
            ("999999999999999", Some(999_999_999_999_999.0)),
            ("123456789012345678", Some(123_456_789_012_345_680.0)),
            (" 1.5\n", Some(1.5)),
            ("1,234.5", Some(1234.5)),
            ("1,234,567", Some(1_234_567.0)),
            ("0,5", Some(0.5)),
            ("1,234", Some(1234.0)),
            ("0,016", Some(0.016)),
            ("1.2e-3", Some(0.0012)),
            ("2E+3", Some(2000.0)),
            ("-3", Some(-3.0)),
            ("", None),
            ("n/a", None),
            ("NaN", None),
            ("inf", None),
            (",", None),
        ] {
            assert_eq!(parse_number(text), expect, "{text:?}");
        }
    }

    #[test]
    fn reads_durations_exactly() {
        for (text, expect) in [
            ("0.001", Some(1000)),
            ("12", Some(12_000_000)),
            ("1.", Some(1_000_000)),
            (".5", Some(500_000)),
            ("0.0000015", Some(2)),
            ("2e-06", Some(2)),
            ("1,134.193", Some(1_134_193_000)),
            ("0.123456", Some(123_456)),
            ("-0.5", None),
            (".", None),
            ("", None),
            ("1.2.3", None),
            ("999999999999999", Some(u64::MAX)),
        ] {
            assert_eq!(parse_duration_us(text), expect, "{text:?}");
        }
    }
}

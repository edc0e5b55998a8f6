/// Units, in milliseconds.
const UNITS: [(&str, f64); 4] = [("ms", 1.0), ("s", 1_000.0), ("min", 60_000.0), ("h", 3_600_000.0)];

/// Reads a duration such as `90 s`, `1.5 min`, `500ms` or `2 h`, in milliseconds; the unit is needed.
///
/// # Errors
/// One sentence that says what is allowed.
pub fn parse_duration_ms(text: &str) -> Result<u64, String> {
    let wrong =
        || format!("`{text}` is no duration; write a number and `ms`, `s`, `min` or `h`, such as `90 s`");
    let text_end = text.trim();
    let (number, factor) = UNITS
        .iter()
        .find_map(|(unit, factor)| {
            let number = text_end.strip_suffix(unit)?.trim_end();
            // `ms` ends with `s`, too: what is left must be a number.
            number.ends_with(|last: char| last.is_ascii_digit()).then_some((number, factor))
        })
        .ok_or_else(wrong)?;
    if !number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return Err(wrong());
    }
    let ms = (number.parse::<f64>().map_err(|_| wrong())? * factor).round();
    // A duration beyond a year is a slip, and far below what a float counts exactly.
    if !(1.0..=366.0 * 24.0 * 3_600_000.0).contains(&ms) {
        return Err(format!("`{text}` is out of range: between 1 ms and a year"));
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 1 and 3.2e10")]
    Ok(ms as u64)
}

#[cfg(test)]
mod tests {
    use super::parse_duration_ms;

    #[test]
    fn a_number_and_a_unit() {
        for (text, expect) in [
            ("90 s", Some(90_000)),
            ("90s", Some(90_000)),
            (" 1.5 min ", Some(90_000)),
            ("250ms", Some(250)),
            ("2 h", Some(7_200_000)),
            ("90", None),
            ("s", None),
            ("-1 s", None),
            ("1e9 h", None),
            ("1.2.3 s", None),
            ("0 s", None),
            ("100000000 h", None),
            ("10 days", None),
        ] {
            assert_eq!(parse_duration_ms(text).ok(), expect, "{text}");
        }
    }
}

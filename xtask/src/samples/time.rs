//! Dates without a clock: everything in the history has its date from `history.json`.

/// Seconds since 1970 of `2026-09-07T08:41:12Z`.
///
/// # Errors
/// Where the text has another form.
pub fn seconds(text: &str) -> Result<i64, String> {
    let wrong = || format!("not a date in UTC: {text}");
    let numbers: Vec<i64> = text
        .strip_suffix('Z')
        .ok_or_else(wrong)?
        .split(['-', 'T', ':'])
        .map(|part| part.parse().map_err(|_| wrong()))
        .collect::<Result<_, _>>()?;
    let &[year, month, day, hour, minute, second] = numbers.as_slice() else { return Err(wrong()) };
    // Days since 1970 by the calendar's 400-year cycle, with years that begin in March so that 29 February is last.
    let year = if month <= 2 { year - 1 } else { year };
    let (cycle, year_of_cycle) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_cycle = year_of_cycle * 365 + year_of_cycle / 4 - year_of_cycle / 100 + day_of_year;
    let days = cycle * 146_097 + day_of_cycle - 719_468;
    Ok(days * 86_400 + hour * 3_600 + minute * 60 + second)
}

/// `2026-09-07T08:41:12Z` of seconds since 1970.
pub fn rfc3339(seconds: i64) -> String {
    let (days, rest) = (seconds.div_euclid(86_400) + 719_468, seconds.rem_euclid(86_400));
    let (cycle, day_of_cycle) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_cycle =
        (day_of_cycle - day_of_cycle / 1_460 + day_of_cycle / 36_524 - day_of_cycle / 146_096) / 365;
    let day_of_year = day_of_cycle - (365 * year_of_cycle + year_of_cycle / 4 - year_of_cycle / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_cycle + cycle * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", rest / 3_600, rest / 60 % 60, rest % 60)
}

#[cfg(test)]
mod tests {
    use super::{rfc3339, seconds};

    #[test]
    fn dates_go_there_and_back() {
        for (text, expected) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2000-02-29T12:00:00Z", 951_825_600),
            ("2026-09-07T08:41:12Z", 1_788_770_472),
            ("2026-12-31T23:59:59Z", 1_798_761_599),
        ] {
            assert_eq!(seconds(text), Ok(expected));
            assert_eq!(rfc3339(expected), text);
        }
    }

    #[test]
    fn another_form_is_refused() {
        assert!(seconds("2026-09-07").is_err());
        assert!(seconds("2026-09-07T08:41:12+02:00").is_err());
    }
}

/// A moment as git's date formats write it, in seconds since 1970 UTC: a bare number (`%ct`, `--date=unix`, also with
/// an offset behind it as in `--date=raw`), `2024-05-06`, `2024-05-06T07:08:09+02:00`, `2024-05-06 07:08:09 +0200`, or
/// git's default `Mon May 6 07:08:09 2024 +0200`. `None` for anything else.
pub(crate) fn parse(text: &str) -> Option<i64> {
    let text = text.trim();
    unix(text).or_else(|| iso(text)).or_else(|| git_default(text))
}

fn unix(text: &str) -> Option<i64> {
    let digits = text.split(' ').next()?;
    // Fewer digits would be 1973 or older: rather a counter than a commit's time.
    if digits.len() < 9 || digits.len() > 12 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok()
}

fn iso(text: &str) -> Option<i64> {
    let date = text.get(..10)?;
    let mut parts = date.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if year.len() != 4 || month.len() != 2 || day.len() != 2 || parts.next().is_some() {
        return None;
    }
    let midnight = midnight(number(year)?, number(month)?, number(day)?)?;
    let rest = text.get(10..).unwrap_or("").trim_start_matches(['T', ' ']);
    match rest.get(..8).and_then(clock) {
        Some(seconds) => Some(midnight + seconds - offset(rest.get(8..).unwrap_or(""))),
        None => Some(midnight),
    }
}

fn git_default(text: &str) -> Option<i64> {
    let mut parts = text.split_ascii_whitespace();
    let weekday = parts.next()?;
    if weekday.len() != 3 {
        return None;
    }
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let name = parts.next()?;
    let month = MONTHS.iter().position(|month| *month == name)?;
    let day = number(parts.next()?)?;
    let seconds = clock(parts.next()?)?;
    let year = number(parts.next()?)?;
    let midnight = midnight(year, i64::try_from(month).ok()? + 1, day)?;
    Some(midnight + seconds - offset(parts.next().unwrap_or("")))
}

fn number(text: &str) -> Option<i64> {
    if text.is_empty() || text.len() > 4 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

/// `07:08:09` in seconds.
fn clock(text: &str) -> Option<i64> {
    let mut parts = text.split(':');
    let (hour, minute, second) = (number(parts.next()?)?, number(parts.next()?)?, number(parts.next()?)?);
    (parts.next().is_none() && hour < 24 && minute < 60 && second < 61)
        .then_some(hour * 3600 + minute * 60 + second)
}

/// `+02:00`, `+0200` or `Z` in seconds; none counts as UTC.
fn offset(text: &str) -> i64 {
    let text = text.trim_start();
    let sign = match text.bytes().next() {
        Some(b'+') => 1,
        Some(b'-') => -1,
        _ => return 0,
    };
    let digits: String = text.chars().skip(1).filter(|letter| *letter != ':').take(4).collect();
    match (digits.get(..2).and_then(number), digits.get(2..4).and_then(number)) {
        (Some(hours), Some(minutes)) => sign * (hours * 3600 + minutes * 60),
        _ => 0,
    }
}

/// Seconds from 1970 to the day's beginning, by counting days in eras of 400 years whose years begin in March, so
/// that the leap day is the last day of a year.
fn midnight(year: i64, month: i64, day: i64) -> Option<i64> {
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let shifted_year = if month > 2 { year } else { year - 1 };
    let era = shifted_year.div_euclid(400);
    let year_of_era = shifted_year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    Some((era * 146_097 + day_of_era - 719_468) * 86_400)
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn reads_the_forms_of_git() {
        assert_eq!(parse("1714972089"), Some(1_714_972_089));
        assert_eq!(parse("1714972089 +0200"), Some(1_714_972_089));
        assert_eq!(parse("2024-05-06"), Some(1_714_953_600));
        assert_eq!(parse("2024-05-06T07:08:09+02:00"), Some(1_714_972_089));
        assert_eq!(parse("2024-05-06 07:08:09 +0200"), Some(1_714_972_089));
        assert_eq!(parse("2024-05-06T05:08:09Z"), Some(1_714_972_089));
        assert_eq!(parse("Mon May 6 07:08:09 2024 +0200"), Some(1_714_972_089));
        assert_eq!(parse("1970-01-01"), Some(0));
        assert_eq!(parse("2000-02-29"), Some(951_782_400));
    }

    #[test]
    fn refuses_what_is_no_date() {
        for text in
            ["", "12345", "2024-13-01", "2024-5-6", "May 6", "yesterday", "0123456789abcdef", "é2024-05-06"]
        {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}

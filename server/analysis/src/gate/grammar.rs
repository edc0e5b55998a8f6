//! `[project|module "x"|each module|patch] METRIC OPERATOR NUMBER|baseline [+|- NUMBER]`

use plimsoll_model::Severity;

use super::{Area, Bound, Metric, Operator, Reach, Rule, Scope, Unit};
use crate::settings::{parse_duration_ms, unknown};

/// The metrics but findings, as they are written.
const METRICS: [(&str, Metric); 11] = [
    ("coverage", Metric::LineCoverage),
    ("line coverage", Metric::LineCoverage),
    ("branch coverage", Metric::BranchCoverage),
    ("failing tests", Metric::FailingTests),
    ("newly failing tests", Metric::NewlyFailingTests),
    ("flaky tests", Metric::FlakyTests),
    ("skipped tests", Metric::SkippedTests),
    ("tests", Metric::Tests),
    ("duration", Metric::Duration),
    ("test duration", Metric::Duration),
    ("files", Metric::Files),
];

/// Longest first, so that `>=` is not read as `>`.
const OPERATORS: [(&str, Operator); 8] = [
    (">=", Operator::AtLeast),
    ("<=", Operator::AtMost),
    ("==", Operator::Equal),
    ("≥", Operator::AtLeast),
    ("≤", Operator::AtMost),
    ("=", Operator::Equal),
    ("<", Operator::Less),
    (">", Operator::More),
];

/// Reads one rule.
///
/// # Errors
/// What is wrong and what would be right, in one sentence.
pub fn parse_rule(text: &str) -> Result<Rule, String> {
    let (scope, rest) = parse_scope(text.trim())?;
    let found = OPERATORS.iter().filter_map(|(word, operator)| Some((rest.find(word)?, *word, *operator)));
    let (at, word, operator) = found
        .min_by_key(|(at, word, _)| (*at, std::cmp::Reverse(word.len())))
        .ok_or("holds no comparison: write `>=`, `<=`, `=`, `<` or `>` between the metric and the number")?;
    let (left, right) = rest.split_at_checked(at).unwrap_or_default();
    let metric = parse_metric(left)?;
    if scope == Scope::Patch && metric.unit() != Unit::Percent {
        return Err("of a patch there is `coverage` and `branch coverage` only".to_owned());
    }
    let bound = parse_bound(metric, right.strip_prefix(word).unwrap_or_default().trim())?;
    Ok(Rule { scope, metric, operator, bound })
}

fn parse_scope(text: &str) -> Result<(Scope, &str), String> {
    if let Some(rest) = after_word(text, "each").and_then(|rest| after_word(rest, "module")) {
        return Ok((Scope::EachModule, rest));
    }
    if let Some(rest) = after_word(text, "patch") {
        return Ok((Scope::Patch, rest));
    }
    let Some(rest) = after_word(text, "module") else {
        return Ok((Scope::Project, after_word(text, "project").unwrap_or(text)));
    };
    let (name, rest) = match rest.strip_prefix('"') {
        Some(quoted) => quoted.split_once('"').ok_or("has a quote that is not closed")?,
        None => rest.split_once(' ').ok_or("names a module and no metric")?,
    };
    if name.trim().is_empty() {
        return Err("names no module: write `module \"checkout\" coverage >= 80%`".to_owned());
    }
    Ok((Scope::Module(name.to_owned()), rest))
}

/// What comes after a word and the space behind it.
fn after_word<'t>(text: &'t str, word: &str) -> Option<&'t str> {
    let rest = text.strip_prefix(word)?;
    rest.starts_with([' ', '\t', '"']).then(|| rest.trim_start())
}

fn parse_metric(text: &str) -> Result<Metric, String> {
    let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    let name = words.join(" ");
    if let Some((_, metric)) = METRICS.iter().find(|(known, _)| *known == name) {
        return Ok(*metric);
    }
    if words.last().is_some_and(|word| word == "findings" || word == "finding") {
        return parse_findings(words.get(..words.len() - 1).unwrap_or_default());
    }
    let mut allowed: Vec<&str> = METRICS.iter().map(|(name, _)| *name).collect();
    allowed.extend(["findings", "new findings", "new high+ security findings"]);
    Err(unknown("metric", &name, &allowed))
}

fn parse_findings(words: &[String]) -> Result<Metric, String> {
    let (mut is_new, mut severity, mut area) = (false, None, None);
    for word in words {
        let (name, reach) = match word.strip_suffix('+') {
            Some(name) => (name, Reach::AndWorse),
            None => (word.as_str(), Reach::Only),
        };
        match word.as_str() {
            "new" => is_new = true,
            "code" => area = Some(Area::Code),
            "security" => area = Some(Area::Security),
            _ => match Severity::ALL.into_iter().find(|severity| severity.as_str() == name) {
                Some(found) => severity = Some((found, reach)),
                None => {
                    let mut allowed = vec!["new", "code", "security"];
                    allowed.extend(Severity::ALL.map(Severity::as_str));
                    return Err(unknown("kind of findings", word, &allowed));
                }
            },
        }
    }
    Ok(Metric::Findings { is_new, severity, area })
}

fn parse_bound(metric: Metric, text: &str) -> Result<Bound, String> {
    let Some(offset) = text.strip_prefix("baseline") else {
        return parse_number(metric, text).map(Bound::Number);
    };
    if metric.is_change() {
        return Err("already counts what changed against the baseline: compare it with a number".to_owned());
    }
    let offset = offset.trim();
    let (sign, amount) = match (offset.strip_prefix('+'), offset.strip_prefix(['-', '−'])) {
        (Some(amount), _) => (1.0, amount.trim()),
        (_, Some(amount)) => (-1.0, amount.trim()),
        _ if offset.is_empty() => return Ok(Bound::Baseline(0.0)),
        _ => return Err(format!("`{offset}` after `baseline`: write `+` or `-` and a number")),
    };
    let relative = amount.strip_suffix('%').map(str::trim);
    match (metric.unit(), relative) {
        (Unit::Percent, Some(number)) => {
            Err(format!("`{number}%` of coverage is not clear: write `{number} points`"))
        }
        (_, Some(number)) => decimal(number)
            .map(|number| Bound::BaselinePercent(sign * number))
            .ok_or_else(|| no_number(amount)),
        (Unit::Percent, None) => {
            let points = amount.trim_end_matches("points").trim_end_matches("point").trim();
            decimal(points).map(|number| Bound::Baseline(sign * number)).ok_or_else(|| no_number(amount))
        }
        (_, None) => parse_number(metric, amount).map(|number| Bound::Baseline(sign * number)),
    }
}

fn parse_number(metric: Metric, text: &str) -> Result<f64, String> {
    match metric.unit() {
        Unit::Percent => {
            let number = decimal(text.strip_suffix('%').unwrap_or(text).trim());
            number
                .filter(|number| *number <= 100.0)
                .ok_or_else(|| format!("`{text}` is no percentage between 0 and 100, such as `80%`"))
        }
        #[expect(
            clippy::cast_precision_loss,
            reason = "counts and milliseconds of a year are far below 2^52"
        )]
        Unit::Milliseconds => parse_duration_ms(text).map(|ms| ms as f64),
        Unit::Count => {
            let number = text.parse::<u32>().ok().map(f64::from);
            number.ok_or_else(|| format!("`{text}` is no whole number, such as `0`, nor `baseline`"))
        }
    }
}

fn decimal(text: &str) -> Option<f64> {
    let is_plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    text.parse().ok().filter(|_| is_plain)
}

fn no_number(text: &str) -> String {
    format!("`{text}` is no number")
}

//! The sides of a rule in words.

use plimsoll_model::Severity;

use super::{Area, Metric, Reach, Unit};

/// A value in the metric's unit. A percentage has as many decimals as it takes to tell it from `other`.
pub(super) fn value(metric: Metric, value: f64, other: Option<f64>) -> String {
    match metric.unit() {
        Unit::Percent => format!("{} %", percent(value, other)),
        Unit::Count => format!("{value:.0}"),
        Unit::Milliseconds => duration(value),
    }
}

fn percent(value: f64, other: Option<f64>) -> String {
    let is_same = |other: f64| (value - other).abs() < 1e-9;
    let mut text = format!("{value:.1}");
    for decimals in 2..=6 {
        match other {
            Some(other) if !is_same(other) && text == format!("{other:.width$}", width = decimals - 1) => {
                text = format!("{value:.decimals$}");
            }
            _ => break,
        }
    }
    text
}

fn duration(ms: f64) -> String {
    if ms < 1_000.0 {
        format!("{ms:.0} ms")
    } else if ms < 120_000.0 {
        format!("{:.1} s", ms / 1_000.0)
    } else {
        format!("{:.1} min", ms / 60_000.0)
    }
}

/// A metric in words, as they stand in a rule.
pub(super) fn metric(metric: Metric) -> String {
    match metric {
        Metric::LineCoverage => "coverage".to_owned(),
        Metric::BranchCoverage => "branch coverage".to_owned(),
        Metric::Tests => "tests".to_owned(),
        Metric::FailingTests => "failing tests".to_owned(),
        Metric::NewlyFailingTests => "newly failing tests".to_owned(),
        Metric::SkippedTests => "skipped tests".to_owned(),
        Metric::FlakyTests => "flaky tests".to_owned(),
        Metric::Duration => "duration of the tests".to_owned(),
        Metric::Files => "files".to_owned(),
        Metric::Findings { is_new, severity, area } => {
            let mut words = Vec::new();
            words.extend(is_new.then(|| "new".to_owned()));
            words.extend(severity.map(|(severity, reach)| severity_words(severity, reach)));
            words.extend(area.map(|area| if area == Area::Code { "code" } else { "security" }.to_owned()));
            words.push("findings".to_owned());
            words.join(" ")
        }
    }
}

fn severity_words(severity: Severity, reach: Reach) -> String {
    match reach {
        Reach::Only => severity.as_str().to_owned(),
        Reach::AndWorse => format!("{}+", severity.as_str()),
    }
}

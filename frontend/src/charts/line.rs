//! Lines over runs: a gap where a run has no value, the last value marked and written.

use super::paint::{Drawing, dot, line, paint};
use super::{Chart, Ink, Series, Unit};

/// Draws lines; nothing where there is no value at all.
pub fn lines(chart: &Chart) -> Option<Drawing> {
    if chart.is_empty() {
        return None;
    }
    let ends = chart.series.iter().filter_map(|series| end(series, chart.unit)).collect();
    Some(paint(chart, range(chart), ends, |_, plot| {
        for series in &chart.series {
            let place = |(at, value): (usize, f64)| (chart.at(at), value);
            for part in parts(&series.values) {
                if let [one] = part.as_slice() {
                    dot(plot, series.ink, place(*one));
                } else {
                    line(plot, series.ink, part.into_iter().map(place).collect());
                }
            }
            let last = series.values.iter().enumerate().rev();
            if let Some(last) = last.filter_map(|(at, value)| Some((at, finite(*value)?))).next() {
                dot(plot, series.ink, place(last));
            }
        }
    }))
}

/// What stands beside the last point of a series.
fn end(series: &Series, unit: Unit) -> Option<(Ink, String, f64)> {
    let last = series.values.iter().rev().find_map(|value| finite(*value))?;
    Some((series.ink, format!("{} {}", series.label, unit.say(last)), last))
}

pub(super) fn finite(value: Option<f64>) -> Option<f64> {
    value.filter(|value| value.is_finite())
}

/// Values that follow each other without a gap.
fn parts(values: &[Option<f64>]) -> Vec<Vec<(usize, f64)>> {
    let mut parts = vec![];
    let mut part = vec![];
    for (at, value) in values.iter().enumerate() {
        match finite(*value) {
            Some(value) => part.push((at, value)),
            None if !part.is_empty() => parts.push(std::mem::take(&mut part)),
            None => {}
        }
    }
    if !part.is_empty() {
        parts.push(part);
    }
    parts
}

/// Counts begin at zero. Percentages show the range that is used, at least ten points of it, and never leave 0 to 100.
fn range(chart: &Chart) -> (f64, f64) {
    let known = || chart.series.iter().flat_map(|series| series.values.iter().copied().filter_map(finite));
    let least = known().fold(f64::INFINITY, f64::min);
    let most = known().fold(f64::NEG_INFINITY, f64::max);
    match chart.unit {
        Unit::Count | Unit::Duration => (0.0, (most * 1.1).max(4.0)),
        Unit::Percent => {
            let low = ((least - 1.0) / 5.0).floor() * 5.0;
            let high = (((most + 1.0) / 5.0).ceil() * 5.0).min(100.0);
            let low = low.min(high - 10.0).max(0.0);
            (low, high.max(low + 10.0))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{chart, check_odd_data};
    use super::*;

    #[test]
    fn odd_data_make_no_odd_pictures() {
        check_odd_data(lines);
    }

    #[test]
    fn a_gap_ends_a_line() {
        let values = vec![Some(1.0), Some(2.0), None, Some(3.0), Some(4.0), None, Some(9.0)];
        let svg = lines(&chart(vec![values], Unit::Count)).unwrap().svg;
        assert_eq!(svg.matches("<path class=\"k-i1\"").count(), 2, "{svg}");
        // The single value, and the mark of the last one, which is the same.
        assert_eq!(svg.matches("<circle").count(), 2, "{svg}");
        assert!(svg.contains("lines 9"), "{svg}");
    }

    #[test]
    fn percentages_state_their_range() {
        let of = |values: Vec<Option<f64>>| range(&chart(vec![values], Unit::Percent));
        assert_eq!(of(vec![Some(81.0), Some(84.0)]), (75.0, 85.0));
        assert_eq!(of(vec![Some(100.0)]), (90.0, 100.0));
        assert_eq!(of(vec![Some(0.0)]), (0.0, 10.0));
        assert_eq!(of(vec![Some(10.0), Some(95.0)]), (5.0, 100.0));
    }
}

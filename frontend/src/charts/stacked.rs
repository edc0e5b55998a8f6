//! Stacked areas over runs: parts of a whole, the worst at the bottom where its changes show best.

use plotters::prelude::*;

use super::line::{finite, index};
use super::paint::{colour, paint};
use super::{Chart, Ink};

/// Draws areas; nothing where there is no value at all. A run without any of the series is a gap.
pub fn areas(chart: &Chart) -> Option<String> {
    if chart.is_empty() {
        return None;
    }
    let length = chart.points.len();
    let value = |series: usize, at: usize| {
        chart.series.get(series).and_then(|series| series.values.get(at)).and_then(|value| finite(*value))
    };
    let is_there = |at: usize| (0..chart.series.len()).any(|series| value(series, at).is_some());
    let sum_below = |series: usize, at: usize| {
        (0..series).filter_map(|below| value(below, at)).map(|it| it.max(0.0)).sum::<f64>()
    };
    let most = (0..length).map(|at| sum_below(chart.series.len(), at)).fold(0.0, f64::max);
    let last = (0..length).rev().find(|at| is_there(*at))?;
    let ends: Vec<(Ink, String, f64)> = chart
        .series
        .iter()
        .enumerate()
        .filter_map(|(at, series)| {
            let end = value(at, last).filter(|end| *end > 0.0)?;
            let middle = sum_below(at, last) + end / 2.0;
            Some((series.ink, format!("{} {}", series.label, chart.unit.say(end)), middle))
        })
        .collect();
    paint(chart, (0.0, (most * 1.1).max(4.0)), ends, |plot| {
        let mut start = 0;
        while start < length {
            if !is_there(start) {
                start += 1;
                continue;
            }
            let end = (start..length).take_while(|at| is_there(*at)).last().unwrap_or(start);
            for (at, series) in chart.series.iter().enumerate() {
                if (start..=end).all(|run| value(at, run).unwrap_or(0.0) <= 0.0) {
                    continue;
                }
                // A single run between two gaps is given the width of half a run, so that it can be seen.
                let wide = if start == end { 0.25 } else { 0.0 };
                let x = |run: usize, side: f64| (index(run) + side * wide).max(0.0);
                let left = (start..=end).map(|run| (x(run, -1.0), sum_below(at + 1, run)));
                let mut outline: Vec<(f64, f64)> = left.collect();
                if wide > 0.0 {
                    outline.push((x(end, 1.0), sum_below(at + 1, end)));
                    outline.push((x(end, 1.0), sum_below(at, end)));
                }
                outline.extend((start..=end).rev().map(|run| (x(run, -1.0), sum_below(at, run))));
                plot.draw_series([Polygon::new(outline, colour(series.ink).filled())]).ok()?;
            }
            start = end + 1;
        }
        Some(())
    })
}

#[cfg(test)]
mod tests {
    use super::super::Unit;
    use super::super::tests::{chart, check_odd_data};
    use super::*;

    #[test]
    fn odd_data_make_no_odd_pictures() {
        check_odd_data(areas);
    }

    #[test]
    fn a_series_of_nothing_is_not_drawn() {
        let data = vec![vec![Some(0.0), Some(0.0)], vec![Some(2.0), Some(1.0)]];
        let svg = areas(&chart(data, Unit::Count)).unwrap();
        assert_eq!(svg.matches("<polygon").count(), 1, "{svg}");
        assert!(!svg.contains("f-i1") && svg.contains("f-i2"), "{svg}");
    }

    #[test]
    fn runs_without_values_are_gaps() {
        let data = vec![vec![Some(2.0), Some(1.0), None, Some(3.0), Some(3.0)]];
        let svg = areas(&chart(data, Unit::Count)).unwrap();
        assert_eq!(svg.matches("<polygon").count(), 2, "{svg}");
    }
}

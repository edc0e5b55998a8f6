//! Stacked areas over runs: parts of a whole, the worst at the bottom where its changes show best.

use super::line::finite;
use super::paint::{Drawing, area, paint};
use super::{Chart, Ink};

/// Draws areas; nothing where there is no value at all. A run without any of the series is a gap.
pub fn areas(chart: &Chart) -> Option<Drawing> {
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
    Some(paint(chart, (0.0, (most * 1.1).max(4.0)), ends, |frame, plot| {
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
                // A single run between two gaps is given some width, so that it can be seen.
                let wide = if start == end { 3.0 / (frame.right - frame.left) } else { 0.0 };
                let place = |run: usize, side: f64, value: f64| (chart.at(run) + side * wide, value);
                let mut outline: Vec<(f64, f64)> =
                    (start..=end).map(|run| place(run, -1.0, sum_below(at + 1, run))).collect();
                if wide > 0.0 {
                    outline.push(place(end, 1.0, sum_below(at + 1, end)));
                    outline.push(place(end, 1.0, sum_below(at, end)));
                }
                outline.extend((start..=end).rev().map(|run| place(run, -1.0, sum_below(at, run))));
                area(plot, series.ink, outline);
            }
            start = end + 1;
        }
    }))
}

/// Bars over runs: the first series upwards from zero, the second downwards. What came and what went.
pub fn bars(chart: &Chart) -> Option<Drawing> {
    if chart.is_empty() {
        return None;
    }
    let value = |series: usize, at: usize| {
        chart.series.get(series).and_then(|series| series.values.get(at)).and_then(|value| finite(*value))
    };
    let length = chart.points.len();
    let most = |series: usize| (0..length).filter_map(|at| value(series, at)).fold(0.0, f64::max);
    let (up, down) = (most(0).max(2.0), most(1).max(2.0));
    let sum = |series: usize| (0..length).filter_map(|at| value(series, at)).sum::<f64>();
    let ends = chart
        .series
        .iter()
        .enumerate()
        .filter(|(at, _)| sum(*at) > 0.0)
        .map(|(at, series)| {
            let side = if at == 0 { up / 2.0 } else { -down / 2.0 };
            (series.ink, format!("{} {}", series.label, chart.unit.say(sum(at))), side)
        })
        .collect();
    Some(paint(chart, (-down, up), ends, |frame, plot| {
        #[expect(clippy::cast_precision_loss, reason = "a number of runs")]
        let half = (0.4 / length.max(1) as f64)
            .clamp(0.8 / (frame.right - frame.left), 6.0 / (frame.right - frame.left));
        for (series, sign) in [(0, 1.0), (1, -1.0)] {
            let Some(ink) = chart.series.get(series).map(|series| series.ink) else { continue };
            for at in 0..length {
                let Some(value) = value(series, at).filter(|value| *value > 0.0) else { continue };
                let (x, end) = (chart.at(at), sign * value);
                area(plot, ink, vec![(x - half, 0.0), (x - half, end), (x + half, end), (x + half, 0.0)]);
            }
        }
    }))
}

#[cfg(test)]
mod tests {
    use super::super::Unit;
    use super::super::tests::{chart, check_odd_data};
    use super::*;

    #[test]
    fn odd_data_make_no_odd_pictures() {
        check_odd_data(areas);
        check_odd_data(bars);
    }

    #[test]
    fn a_series_of_nothing_is_not_drawn() {
        let data = vec![vec![Some(0.0), Some(0.0)], vec![Some(2.0), Some(1.0)]];
        let svg = areas(&chart(data, Unit::Count)).unwrap().svg;
        assert_eq!(svg.matches("<path class=\"f-").count(), 1, "{svg}");
        assert!(!svg.contains("f-i1") && svg.contains("f-i2"), "{svg}");
    }

    #[test]
    fn runs_without_values_are_gaps() {
        let data = vec![vec![Some(2.0), Some(1.0), None, Some(3.0), Some(3.0)]];
        let svg = areas(&chart(data, Unit::Count)).unwrap().svg;
        assert_eq!(svg.matches("<path class=\"f-i1\"").count(), 2, "{svg}");
    }

    #[test]
    fn what_came_stands_above_and_what_went_below() {
        let data = vec![vec![Some(3.0), Some(0.0)], vec![Some(0.0), Some(2.0)]];
        let drawing = bars(&chart(data, Unit::Count)).unwrap();
        let zero = crate::format::fixed(drawing.frame.y(0.0), 1);
        assert_eq!(drawing.svg.matches("<path class=\"f-").count(), 2, "{}", drawing.svg);
        assert!(drawing.svg.contains(&zero) && drawing.svg.contains("lines 3"), "{}", drawing.svg);
    }
}

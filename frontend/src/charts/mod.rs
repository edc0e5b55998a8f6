//! Charts: data in, SVG out, drawn by plotters.
//!
//! Pictures are text made of numbers and of labels that are escaped; [`reader`] lays the reading of values, the way to
//! a run and the choice of a range over them.

mod canvas;
mod line;
mod paint;
pub mod reader;
mod stacked;
pub mod treemap;

pub use line::lines;
pub use paint::{Drawing, Frame, escape};
pub use stacked::{areas, bars};

use leptos::prelude::*;

use crate::format;

/// A series with one value per run; `None` is a gap.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// What stands beside its last value.
    pub label: &'static str,
    /// Its ink.
    pub ink: Ink,
    /// Its values, oldest first.
    pub values: Vec<Option<f64>>,
}

/// What a series is drawn with; the style sheet says which colour that is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ink {
    /// The first series.
    First,
    /// The second.
    Second,
    /// The third.
    Third,
    /// Failing tests.
    Bad,
    /// What was mended.
    Good,
    /// Critical findings.
    Critical,
    /// High.
    High,
    /// Medium.
    Medium,
    /// Low and below.
    Low,
    /// Lines of the grid.
    Grid,
}

/// How values read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// 0 to 100.
    Percent,
    /// From zero.
    Count,
    /// Milliseconds, from zero.
    Duration,
}

impl Unit {
    /// A value in words.
    pub fn say(self, value: f64) -> String {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped at zero")]
        let whole = value.max(0.0).round() as u64;
        match self {
            Self::Percent => format::percent(value),
            Self::Count => format::count(whole),
            Self::Duration => format::duration(whole),
        }
    }
}

/// A run on the horizontal axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    /// Below the axis: `#412`, or a day.
    pub label: String,
    /// From the first (0) to the last (1).
    pub at: f64,
    /// The run's number.
    pub run: u64,
    /// What is said of it before its values: `#412 · 2026-03-01 08:15 UTC`.
    pub said: String,
}

/// Runs in even distances, oldest first.
pub fn points_by_run(runs: &[u64]) -> Vec<Point> {
    #[expect(clippy::cast_precision_loss, reason = "a number of runs")]
    let share = |index: usize| index as f64 / runs.len().saturating_sub(1).max(1) as f64;
    let point = |(index, run): (usize, &u64)| {
        let label = format!("#{run}");
        Point { said: label.clone(), label, at: share(index), run: *run }
    };
    runs.iter().enumerate().map(point).collect()
}

/// A chart.
#[derive(Debug, Clone, PartialEq)]
pub struct Chart {
    /// What it shows.
    pub title: &'static str,
    /// How values read.
    pub unit: Unit,
    /// The runs, oldest first.
    pub points: Vec<Point>,
    /// As long as `points`, each.
    pub series: Vec<Series>,
    /// Drawn for a phone.
    pub is_narrow: bool,
}

impl Chart {
    /// What happened, for those who do not see the picture: each series' first, last, least and greatest value.
    pub fn description(&self) -> String {
        let said: Vec<String> = self
            .series
            .iter()
            .filter_map(|series| {
                let known = || series.values.iter().flatten().copied().filter(|value| value.is_finite());
                let (first, last) = (known().next()?, known().next_back()?);
                let least = known().fold(f64::INFINITY, f64::min);
                let most = known().fold(f64::NEG_INFINITY, f64::max);
                let say = |value| self.unit.say(value);
                Some(format!(
                    "{}: {} at first, {} at last, between {} and {}",
                    series.label,
                    say(first),
                    say(last),
                    say(least),
                    say(most)
                ))
            })
            .collect();
        if said.is_empty() {
            return "No values.".to_owned();
        }
        format!("{} runs. {}.", self.points.len(), said.join(". "))
    }

    /// Where a point stands, from 0 to 1.
    fn at(&self, index: usize) -> f64 {
        self.points.get(index).map_or(0.0, |point| point.at)
    }

    /// A run and its values, in words.
    pub fn reading(&self, index: usize) -> String {
        let Some(point) = self.points.get(index) else { return String::new() };
        let mut said = point.said.clone();
        let before = said.len();
        for series in &self.series {
            let value = series.values.get(index).copied().flatten().filter(|value| value.is_finite());
            if let Some(value) = value {
                said.push_str(" · ");
                if !series.label.is_empty() {
                    said.push_str(series.label);
                    said.push(' ');
                }
                said.push_str(&self.unit.say(value));
            }
        }
        if said.len() == before {
            said.push_str(" · no report");
        }
        said
    }

    /// Whether there is a value at all.
    pub fn is_empty(&self) -> bool {
        !self.series.iter().any(|series| series.values.iter().flatten().any(|value| value.is_finite()))
    }
}

/// How a chart is drawn.
pub type Draw = fn(&Chart) -> Option<Drawing>;

/// A figure with its title and its picture; with a reader where somebody is there to point at it.
pub fn figure(chart: Chart, draw: Draw, pointer: Option<reader::Pointer>) -> AnyView {
    let title = chart.title;
    let Some(Drawing { svg, frame }) = (!chart.is_empty()).then(|| draw(&chart)).flatten() else {
        return without_picture(title, "No values in these runs.");
    };
    let reader = pointer.map(|pointer| reader::reader(chart, frame, pointer));
    view! {
        <figure class="chart">
            <figcaption>{title}</figcaption>
            <div class="box"><div class="picture" inner_html=svg></div>{reader}</div>
        </figure>
    }
    .into_any()
}

/// The place of a figure that has no picture, and why.
pub fn without_picture(title: &'static str, why: &'static str) -> AnyView {
    view! {
        <figure class="chart">
            <figcaption>{title}</figcaption>
            <p class="quiet nothing">{why}</p>
        </figure>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn chart(values: Vec<Vec<Option<f64>>>, unit: Unit) -> Chart {
        let length = values.first().map_or(0, Vec::len);
        let inks = [Ink::First, Ink::Second, Ink::Third, Ink::Bad];
        Chart {
            title: "Coverage",
            unit,
            points: (1..=length)
                .map(|run| Point {
                    label: format!("#{run}"),
                    at: (run - 1) as f64 / (length.max(2) - 1) as f64,
                    run: run as u64,
                    said: format!("#{run}"),
                })
                .collect(),
            series: values
                .into_iter()
                .zip(inks)
                .map(|(values, ink)| Series { label: "lines", ink, values })
                .collect(),
            is_narrow: false,
        }
    }

    /// Each of these once made a chart of somebody panic, spin or come out as `NaN`.
    pub(super) fn check_odd_data(draw: Draw) {
        let odd: Vec<Vec<Option<f64>>> = vec![
            vec![],
            vec![None],
            vec![Some(1.0)],
            vec![Some(f64::NAN), Some(f64::INFINITY)],
            vec![Some(5.0); 9],
            vec![Some(0.0); 9],
            vec![Some(1.0), None, Some(3.0), None, None, Some(2.0)],
            vec![Some(1e15), Some(0.0)],
            vec![Some(f64::NAN), Some(2.0), Some(3.0)],
            (0..1000).map(|at| Some(f64::from(at % 7))).collect(),
        ];
        for values in odd {
            for unit in [Unit::Percent, Unit::Count, Unit::Duration] {
                let chart = chart(vec![values.clone(), values.clone()], unit);
                let drawn = draw(&chart);
                let shown = format!("{unit:?} {values:?}");
                assert_eq!(drawn.is_some(), !chart.is_empty(), "{shown}");
                let Some(Drawing { svg, frame }) = drawn else { continue };
                assert!(frame.right > frame.left, "{shown}");
                assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>"), "{shown}: {svg}");
                for bad in ["NaN", "inf", "style=", "<script"] {
                    assert!(!svg.contains(bad), "{bad} in {shown}: {svg}");
                }
                assert_eq!(draw(&chart).unwrap().svg, svg, "{shown}");
            }
        }
    }

    #[test]
    fn a_reading_names_the_run_and_its_values() {
        let chart = chart(vec![vec![Some(80.0), None], vec![Some(7.0), None]], Unit::Percent);
        assert_eq!(chart.reading(0).replace(format::NARROW, " "), "#1 · lines 80.0 % · lines 7.0 %");
        assert_eq!(chart.reading(1), "#2 · no report");
        assert_eq!(chart.reading(9), "");
    }

    #[test]
    fn the_description_says_what_happened() {
        let chart = chart(vec![vec![Some(80.0), None, Some(70.0), Some(75.0)]], Unit::Percent);
        assert_eq!(
            chart.description().replace(format::NARROW, " "),
            "4 runs. lines: 80.0 % at first, 75.0 % at last, between 70.0 % and 80.0 %."
        );
        assert_eq!(Chart { series: vec![], ..chart }.description(), "No values.");
    }
}

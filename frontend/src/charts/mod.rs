//! Charts: data in, SVG out.
//!
//! Plotters draws with colours; the text it gives is rewritten to classes, so that the same picture works in both
//! themes, in print and in a static report. Only numbers and labels that are escaped by plotters come in.

mod line;
mod paint;
pub use paint::escape;
mod stacked;
pub mod treemap;

pub use line::lines;
pub use stacked::areas;

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
    /// Critical findings.
    Critical,
    /// High.
    High,
    /// Medium.
    Medium,
    /// Low and below.
    Low,
    /// Grid lines.
    Grid,
    /// Labels.
    Text,
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Point {
    /// Below the axis: `#412`.
    pub label: String,
    /// Where a click leads; empty in a static report.
    pub href: String,
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

    /// Whether there is a value at all.
    pub fn is_empty(&self) -> bool {
        !self.series.iter().any(|series| series.values.iter().flatten().any(|value| value.is_finite()))
    }
}

/// A figure with its title and its picture.
pub fn figure(chart: &Chart, draw: fn(&Chart) -> Option<String>) -> AnyView {
    let picture = if chart.is_empty() { None } else { draw(chart) };
    let content = match picture {
        Some(svg) => view! { <div class="picture" inner_html=svg></div> }.into_any(),
        None => view! { <p class="quiet nothing">"No values in these runs."</p> }.into_any(),
    };
    view! { <figure class="chart"><figcaption>{chart.title}</figcaption>{content}</figure> }.into_any()
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
                .map(|run| Point { label: format!("#{run}"), href: format!("/r/{run}") })
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
    pub(super) fn check_odd_data(draw: fn(&Chart) -> Option<String>) {
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
                let Some(svg) = drawn else { continue };
                assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>"), "{shown}: {svg}");
                for bad in ["NaN", "inf", "#0000", "style=", "<script"] {
                    assert!(!svg.contains(bad), "{bad} in {shown}: {svg}");
                }
                assert_eq!(draw(&chart), Some(svg), "{shown}");
            }
        }
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

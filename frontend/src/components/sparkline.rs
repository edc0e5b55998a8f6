//! Sparklines: the last runs in the space of a word.

use std::fmt::Write;

use leptos::prelude::*;

use crate::format::fixed;

const WIDTH: f64 = 64.0;
const HEIGHT: f64 = 20.0;
/// Room for the mark of the last value.
const EDGE: f64 = 3.0;

/// How the height is used.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Range {
    /// From the least to the greatest value, but never less than this many units: a flat line stays flat.
    AtLeast(f64),
    /// From zero.
    FromZero,
}

/// The path of a line with gaps where values are missing, and where its last value is.
pub fn path(values: &[Option<f64>], range: Range) -> Option<(String, (f64, f64))> {
    let known = || values.iter().flatten().copied().filter(|value| value.is_finite());
    let (least, most) = known()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(least, most), value| (least.min(value), most.max(value)));
    if !least.is_finite() {
        return None;
    }
    let (low, high) = match range {
        Range::FromZero => (0.0, most.max(1.0)),
        Range::AtLeast(span) if most - least < span => {
            let middle = f64::midpoint(least, most);
            (middle - span / 2.0, middle + span / 2.0)
        }
        Range::AtLeast(_) => (least, most),
    };
    #[expect(clippy::cast_precision_loss, reason = "a few dozen runs")]
    let step = (WIDTH - 2.0 * EDGE) / (values.len().saturating_sub(1).max(1)) as f64;
    let mut out = String::new();
    let mut last = (WIDTH - EDGE, HEIGHT / 2.0);
    let mut is_down = false;
    for (at, value) in values.iter().enumerate() {
        let Some(value) = value.filter(|value| value.is_finite()) else {
            is_down = false;
            continue;
        };
        #[expect(clippy::cast_precision_loss, reason = "a few dozen runs")]
        let x = if values.len() == 1 { WIDTH - EDGE } else { EDGE + step * at as f64 };
        let y = HEIGHT - EDGE - (value - low) / (high - low) * (HEIGHT - 2.0 * EDGE);
        let command = if is_down { 'L' } else { 'M' };
        if write!(out, "{command}{} {}", fixed(x, 1), fixed(y, 1)).is_err() {
            return None;
        }
        // A single value between two gaps is a point, which a line of no length draws.
        if !is_down && write!(out, "h0").is_err() {
            return None;
        }
        is_down = true;
        last = (x, y);
    }
    Some((out, last))
}

/// A sparkline. The row's value stands beside it, so that it is decoration to those who do not see it.
pub fn sparkline(values: &[Option<f64>], range: Range, series: &'static str) -> AnyView {
    let drawn = path(values, range).map(|(line, (x, y))| {
        view! {
            <path class="line" d=line />
            <circle cx=fixed(x, 1) cy=fixed(y, 1) r="2" />
        }
    });
    view! {
        <svg class=format!("spark {series}") width="64" height="20" viewBox="0 0 64 20" aria-hidden="true">{drawn}</svg>
    }
    .into_any()
}

/// A sparkline of counts.
pub fn of_counts(values: &[Option<u64>], series: &'static str) -> AnyView {
    #[expect(clippy::cast_precision_loss, reason = "a picture of 20 pixels")]
    let values: Vec<_> = values.iter().map(|value| value.map(|value| value as f64)).collect();
    sparkline(&values, Range::FromZero, series)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_draws_nothing() {
        assert_eq!(path(&[], Range::FromZero), None);
        assert_eq!(path(&[None, None], Range::FromZero), None);
        assert_eq!(path(&[Some(f64::NAN)], Range::AtLeast(1.0)), None);
    }

    #[test]
    fn one_value_is_a_point_at_the_end() {
        let (line, last) = path(&[Some(80.0)], Range::AtLeast(2.0)).unwrap();
        assert_eq!((line.as_str(), last), ("M61.0 10.0h0", (61.0, 10.0)));
    }

    #[test]
    fn a_constant_series_is_level() {
        let (line, _) = path(&[Some(3.0), Some(3.0)], Range::AtLeast(2.0)).unwrap();
        assert_eq!(line, "M3.0 10.0h0L61.0 10.0");
        let (line, _) = path(&[Some(0.0), Some(0.0)], Range::FromZero).unwrap();
        assert_eq!(line, "M3.0 17.0h0L61.0 17.0");
    }

    #[test]
    fn missing_runs_are_gaps() {
        let (line, last) = path(&[Some(0.0), None, Some(1.0), Some(2.0)], Range::FromZero).unwrap();
        assert_eq!(line, "M3.0 17.0h0M41.7 10.0h0L61.0 3.0");
        assert_eq!(last, (61.0, 3.0));
    }
}

//! The load-line gauge: how full a value is, and on which side of its line.

use leptos::prelude::*;

use crate::format::fixed;

const WIDTH: f64 = 104.0;

/// A value and the line that it is measured against.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Load {
    /// The value.
    pub value: f64,
    /// Its line: the gate's, else where it stood in the baseline.
    pub line: Option<f64>,
    /// The end of the bar.
    pub full: f64,
    /// Whether it should be above its line (coverage) or not above it (findings).
    pub is_better_above: bool,
}

impl Load {
    /// A percentage that should be high.
    pub fn percent(value: f64, line: Option<f64>) -> Self {
        Self { value, line, full: 100.0, is_better_above: true }
    }

    /// A count that should be low. The bar ends a little beyond the greater of both.
    pub fn count(value: u64, line: Option<u64>) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "a picture of a hundred pixels")]
        let number = |count: u64| count as f64;
        let (value, line) = (number(value), line.map(number));
        Self { value, line, full: (value.max(line.unwrap_or(0.0)) * 1.25).max(1.0), is_better_above: false }
    }

    /// Whether it is on the wrong side of its line; `None` without a line.
    pub fn is_beyond(&self) -> Option<bool> {
        let line = self.line?;
        Some(if self.is_better_above { self.value + 0.05 < line } else { self.value > line })
    }
}

/// A value between 0 and 100 with the line that it is measured against. The row's value stands beside it in words.
pub fn gauge(value: f64, line: Option<f64>) -> AnyView {
    load_line(Load::percent(value, line))
}

/// A bar with the tick of its line. What it shows stands beside it in words.
pub fn load_line(load: Load) -> AnyView {
    let place = |value: f64| (value / load.full).clamp(0.0, 1.0) * WIDTH;
    let class = match load.is_beyond() {
        Some(true) => "gauge beyond",
        Some(false) => "gauge within",
        None => "gauge",
    };
    let tick = load.line.map(|line| {
        let x = place(line).clamp(1.0, WIDTH - 1.0);
        view! { <path class="load-line" d=format!("M{} 3v14", fixed(x, 1)) /> }
    });
    view! {
        <svg class=class width="104" height="20" viewBox="0 0 104 20" preserveAspectRatio="none" aria-hidden="true">
            <rect class="track" x="0" y="8" width="104" height="4" rx="2" />
            <rect class="fill" x="0" y="8" width=fixed(place(load.value), 1) height="4" rx="2" />
            {tick}
        </svg>
    }
    .into_any()
}

/// A share between 0 and 1 as a bar, for the parts of a score.
pub fn bar(share: f64, label: &'static str) -> AnyView {
    let share = if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 };
    view! {
        <span class="part" title=format!("{label}: {} of 100", fixed(share * 100.0, 0))>
            <svg class="bar" width="40" height="8" viewBox="0 0 40 8" aria-hidden="true">
                <rect class="track" x="0" y="2" width="40" height="4" />
                <rect class="fill" x="0" y="2" width=fixed(share * 40.0, 1) height="4" />
            </svg>
            <span class="number">{fixed(share * 100.0, 0)}</span>
        </span>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::Load;

    #[test]
    fn the_wrong_side_depends_on_what_is_measured() {
        assert_eq!(Load::percent(80.0, Some(81.0)).is_beyond(), Some(true));
        assert_eq!(Load::percent(81.0, Some(81.04)).is_beyond(), Some(false));
        assert_eq!(Load::count(3, Some(2)).is_beyond(), Some(true));
        assert_eq!(Load::count(2, Some(2)).is_beyond(), Some(false));
        assert_eq!(Load::count(2, None).is_beyond(), None);
        assert_eq!(Load::count(0, Some(0)).full, 1.0);
    }
}

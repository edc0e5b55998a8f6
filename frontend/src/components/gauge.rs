//! The load-line gauge: how full a value is, and on which side of its line.

use leptos::prelude::*;

const WIDTH: f64 = 104.0;

/// A value between 0 and 100 with the line that it is measured against. The row's value stands beside it in words.
pub fn gauge(value: f64, line: Option<f64>) -> AnyView {
    let place = |value: f64| value.clamp(0.0, 100.0) / 100.0 * WIDTH;
    let class = match line {
        Some(line) if value + 0.05 < line => "gauge below",
        Some(_) => "gauge above",
        None => "gauge",
    };
    let tick = line.map(|line| {
        let x = place(line).clamp(1.0, WIDTH - 1.0);
        view! { <path class="load-line" d=format!("M{x:.1} 3v14") /> }
    });
    view! {
        <svg class=class width="104" height="20" viewBox="0 0 104 20" aria-hidden="true">
            <rect class="track" x="0" y="8" width="104" height="4" rx="2" />
            <rect class="fill" x="0" y="8" width=format!("{:.1}", place(value)) height="4" rx="2" />
            {tick}
        </svg>
    }
    .into_any()
}

/// A share between 0 and 1 as a bar, for the parts of a score.
pub fn bar(share: f64, label: &'static str) -> AnyView {
    let share = if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 };
    view! {
        <span class="part" title=format!("{label}: {:.0} of 100", share * 100.0)>
            <svg class="bar" width="40" height="8" viewBox="0 0 40 8" aria-hidden="true">
                <rect class="track" x="0" y="2" width="40" height="4" />
                <rect class="fill" x="0" y="2" width=format!("{:.1}", share * 40.0) height="4" />
            </svg>
            <span class="number">{format!("{:.0}", share * 100.0)}</span>
        </span>
    }
    .into_any()
}

//! What is printed: one JSON object a line, which `cargo xtask bench history` reads.

use serde_json::json;

/// What must hold.
#[derive(Debug, Clone, Copy)]
pub enum Bar {
    AtMost(f64),
    /// The figure is for the record.
    None,
}

/// Prints a figure beside a reference that was measured in the same run, in the same unit.
pub fn print(name: &str, value: f64, unit: &str, bar: Bar, reference: (f64, &str)) {
    let at_most = match bar {
        Bar::AtMost(most) => Some(most),
        Bar::None => None,
    };
    let line = json!({
        "name": name, "value": value, "unit": unit, "at_most": at_most,
        "reference": reference.0, "reference_name": reference.1,
    });
    println!("{line}");
}

/// The middle of some measurements.
pub fn median(values: &[f64]) -> f64 {
    percentile(values, 50)
}

/// The smallest of some measurements that so many of a hundred do not exceed.
pub fn percentile(values: &[f64], percent: usize) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
    sorted.get(at).copied().unwrap_or(f64::NAN)
}

use serde_json::json;

/// Which side of the bar is the good one, and what is held against it.
#[derive(Debug, Clone, Copy)]
pub enum Bar {
    /// The value must not be greater.
    AtMost(f64),
    /// The value divided by the reference must not be smaller.
    RatioAtLeast(f64),
    /// The value divided by the reference must not be greater.
    RatioAtMost(f64),
    /// There is none; the figure is for the record.
    None,
}

/// One measured figure.
#[derive(Debug)]
pub struct Figure<'a> {
    /// What was measured.
    pub name: String,
    /// How much.
    pub value: f64,
    /// Of what.
    pub unit: &'a str,
    /// What the same machine did in the same run with the reference, in the same unit.
    pub reference: f64,
    /// What the reference is.
    pub reference_name: &'a str,
    /// What must hold.
    pub bar: Bar,
}

impl Figure<'_> {
    /// Prints it: a line for a person, or an object for a program.
    pub fn print(&self, as_json: bool) {
        let ratio = self.value / self.reference;
        let (bar, is_met) = match self.bar {
            Bar::AtMost(most) => (Some(most), self.value <= most),
            Bar::RatioAtLeast(least) => (Some(least), ratio >= least),
            Bar::RatioAtMost(most) => (Some(most), ratio <= most),
            Bar::None => (None, true),
        };
        if as_json {
            let line = json!({
                "name": self.name, "value": self.value, "unit": self.unit, "reference": self.reference,
                "reference_name": self.reference_name, "ratio": ratio, "bar": bar, "ok": is_met,
            });
            println!("{line}");
            return;
        }
        let held = match self.bar {
            Bar::AtMost(most) => format!("bar ≤ {most} {}", self.unit),
            Bar::RatioAtLeast(least) => format!("bar ≥ {least} × reference"),
            Bar::RatioAtMost(most) => format!("bar ≤ {most} × reference"),
            Bar::None => String::new(),
        };
        println!(
            "{} {:52} {:>10.3} {:6} {:>8.2} × {} ({:.3}) {held}",
            if is_met { "ok  " } else { "MISS" },
            self.name,
            self.value,
            self.unit,
            ratio,
            self.reference_name,
            self.reference
        );
    }
}

/// The middle of some measurements.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

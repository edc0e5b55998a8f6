//! What a long history costs: a generated project is stored run by run, its pages are asked for while a writer keeps the
//! server busy, and half of the runs are dropped while others come. `server/app/examples/history` does it and says what is generated.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use serde_json::Value;

use super::figure::Bar;
use super::{Figure, build_example};
use crate::process::{program, target};

/// How large a history is measured. What the bars are meant for is what stands here.
#[derive(clap::Args)]
pub struct Arguments {
    /// history: runs, half of them on the main branch.
    #[arg(long, default_value_t = 2000)]
    runs: u64,
    /// history: repeats of the last run in which only durations change; 64 show what such a run takes in the long term.
    #[arg(long, default_value_t = 64)]
    repeats: u64,
    /// history: tests of the project.
    #[arg(long, default_value_t = 100_000)]
    tests: u64,
    /// history: source files of the project.
    #[arg(long, default_value_t = 5_000)]
    files: u64,
    /// history: findings of the project.
    #[arg(long, default_value_t = 10_000)]
    findings: u64,
    /// history: modules of the project.
    #[arg(long, default_value_t = 500)]
    modules: u64,
    /// history: how often each page is asked for.
    #[arg(long, default_value_t = 300)]
    requests: u64,
    /// history: the profile that the program is built with; figures of others than `dist` mean little.
    #[arg(long, default_value = "dist")]
    profile: String,
}

/// Measures.
///
/// # Errors
/// Where the program cannot be built or does not come to its end.
pub fn measure(arguments: &Arguments, report: &mut dyn FnMut(Figure)) -> Result<(), String> {
    let mut measuring = program(build_example("plimsoll", "history", &arguments.profile)?);
    measuring.arg("--data").arg(target().join("bench-history"));
    for (name, value) in [
        ("--runs", arguments.runs),
        ("--repeats", arguments.repeats),
        ("--tests", arguments.tests),
        ("--files", arguments.files),
        ("--findings", arguments.findings),
        ("--modules", arguments.modules),
        ("--requests", arguments.requests),
    ] {
        measuring.args([name, &value.to_string()]);
    }
    let mut child = measuring
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("cannot start the measurement: {error}"))?;
    let out = child.stdout.take().ok_or("the measurement has no output")?;
    for line in BufReader::new(out).lines() {
        let line = line.map_err(|error| error.to_string())?;
        print(&line, report).ok_or_else(|| format!("not understood: {line}"))?;
    }
    let status = child.wait().map_err(|error| error.to_string())?;
    if status.success() { Ok(()) } else { Err(format!("the measurement ended with {status}")) }
}

fn print(line: &str, report: &mut dyn FnMut(Figure)) -> Option<()> {
    let measured: Value = serde_json::from_str(line).ok()?;
    let text = |name: &str| measured.get(name).and_then(Value::as_str);
    // What could not be measured is not a number, which JSON has no word for.
    let number = |name: &str| measured.get(name).and_then(Value::as_f64).unwrap_or(f64::NAN);
    report(Figure {
        name: text("name")?.to_owned(),
        value: number("value"),
        unit: text("unit")?,
        reference: number("reference"),
        reference_name: text("reference_name")?,
        bar: measured.get("at_most").and_then(Value::as_f64).map_or(Bar::None, Bar::AtMost),
    });
    Some(())
}

//! From a file into the history.

use std::path::Path;

use serde_json::Value;

use super::{CASES, file, number};
use crate::bench::figure::Bar;
use crate::bench::{Figure, build_example};
use crate::process::{output, program};

/// Measures what it takes to store what was parsed.
///
/// # Errors
/// Where the programs cannot be built or do not read their own files.
pub fn measure(report: &mut dyn FnMut(Figure)) -> Result<(), String> {
    let stored = build_example("plimsoll", "stored", "dist")?;
    let rows = build_example("plimsoll-store", "row_per_test", "dist")?;
    measure_coverage(&stored, report)?;
    measure_tests(&stored, &rows, report)
}

fn measured(program_path: &Path, arguments: &[&str], file: &Path) -> Result<Value, String> {
    let line = output(program(program_path).args(arguments).arg(file))?;
    serde_json::from_str(&line).map_err(|error| format!("{line}: {error}"))
}

/// The run with the fewest seconds of several.
fn fastest(runs: Vec<Value>, name: &str) -> Result<Value, String> {
    let mut best: Option<(f64, Value)> = None;
    for run in runs {
        let seconds = number(&run, name)?;
        if best.as_ref().is_none_or(|(least, _)| seconds < *least) {
            best = Some((seconds, run));
        }
    }
    best.map(|(_, run)| run).ok_or_else(|| "nothing was measured".to_owned())
}

fn measure_coverage(stored: &Path, report: &mut dyn FnMut(Figure)) -> Result<(), String> {
    let case = CASES.iter().find(|case| case.format == "cobertura").ok_or("there is no such case")?;
    let path = file(case, 200)?;
    let runs = (0..3).map(|_| measured(stored, &["coverage"], &path)).collect::<Result<Vec<_>, _>>()?;
    let parse = number(&fastest(runs.clone(), "parse_seconds")?, "parse_seconds")?;
    let run = fastest(runs, "store_seconds")?;
    let (lines, files) = (number(&run, "lines")?, number(&run, "files")?);
    report(Figure {
        name: format!("cobertura 200 MB → store: {files} files packed and committed"),
        value: number(&run, "store_seconds")?,
        unit: "s",
        reference: parse,
        reference_name: "the parse to a counting sink",
        bar: Bar::RatioAtMost(0.15),
    });
    report(Figure {
        name: format!("cobertura 200 MB → store: bytes for each of {lines} lines"),
        value: number(&run, "bytes")? / lines,
        unit: "B",
        reference: 1.0,
        reference_name: "line",
        bar: Bar::AtMost(3.0),
    });
    Ok(())
}

fn measure_tests(stored: &Path, rows: &Path, report: &mut dyn FnMut(Figure)) -> Result<(), String> {
    let case = CASES.iter().find(|case| case.format == "junit").ok_or("there is no such case")?;
    let path = file(case, 200)?;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..3 {
        theirs.push(measured(rows, &[], &path)?);
        ours.push(measured(stored, &["tests"], &path)?);
    }
    let reference = number(&fastest(theirs, "seconds")?, "seconds")?;
    let tests = number(&fastest(ours.clone(), "first_seconds")?, "tests")?;
    for (what, name) in [("the first run of a history", "first_seconds"), ("the next run", "next_seconds")] {
        report(Figure {
            name: format!("junit 200 MB, {tests} tests → stored history: {what}"),
            value: tests / number(&fastest(ours.clone(), name)?, name)?,
            unit: "tests/s",
            reference: tests / reference,
            reference_name: "the same parser and one row per test",
            bar: Bar::RatioAtLeast(3.0),
        });
    }
    Ok(())
}

//! How fast the parsers are, and how much memory they take.
//!
//! Files of 1, 20 and 200 MB are made once and are the same every time. Each is measured by a program of its own
//! (`throughput`, an example of the registry), built as the product is shipped, which also measures the reference: the
//! least that any parser of such a file has to do.

mod coverage_files;
mod findings_files;
mod junit_file;
mod peers;
mod random;
mod stored;

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::figure::Bar;
use super::{Figure, build_example};
use crate::process::{self, cargo, output, program, target};

/// Writes records until the file has about so many bytes.
type Generator = fn(&mut Target) -> std::io::Result<()>;

struct Case {
    format: &'static str,
    file: &'static str,
    generate: Generator,
    reference: &'static str,
    /// Our speed divided by that of the reference.
    bar: f64,
}

const XML: &str = "quick-xml's event loop, doing nothing";
const JSON: &str = "serde_json into IgnoredAny";

const CASES: [Case; 6] = [
    Case { format: "junit", file: "junit.xml", generate: junit_file::junit, reference: XML, bar: 0.45 },
    Case {
        format: "cobertura",
        file: "cobertura.xml",
        generate: coverage_files::cobertura,
        reference: XML,
        bar: 0.58,
    },
    Case {
        format: "jacoco",
        file: "jacoco.xml",
        generate: coverage_files::jacoco,
        reference: XML,
        bar: 0.55,
    },
    Case {
        format: "lcov",
        file: "lcov.info",
        generate: coverage_files::lcov,
        reference: "line ends and DA numbers",
        bar: 0.40,
    },
    Case {
        format: "sarif",
        file: "results.sarif",
        generate: findings_files::sarif,
        reference: JSON,
        bar: 0.40,
    },
    Case { format: "trivy", file: "trivy.json", generate: findings_files::trivy, reference: JSON, bar: 0.54 },
];

/// Megabytes, and how often each is measured.
const SIZES: [(u64, &str); 3] = [(1, "101"), (20, "15"), (200, "3")];

/// Measures.
///
/// # Errors
/// Where the program cannot be built or does not read its own files.
pub fn measure(report: &mut dyn FnMut(Figure)) -> Result<(), String> {
    let measuring = build_example("plimsoll-registry", "throughput", "dist")?;
    for case in &CASES {
        let mut peaks = Vec::new();
        for (megabytes, repeats) in SIZES {
            let file = file(case, megabytes)?;
            let line = output(program(&measuring).arg(case.format).arg(&file).arg(repeats))?;
            let measured: Value = serde_json::from_str(&line).map_err(|error| format!("{line}: {error}"))?;
            let number = |name: &str| number(&measured, name);
            let (bytes, items) = (number("bytes")?, number("items")?);
            report(Figure {
                name: format!("{} {megabytes} MB, {items} items: parse to a counting sink", case.format),
                value: bytes / 1e6 / number("seconds")?,
                unit: "MB/s",
                reference: bytes / 1e6 / number("reference_seconds")?,
                reference_name: case.reference,
                bar: Bar::RatioAtLeast(case.bar),
            });
            peaks.push(number("peak_anonymous_bytes")? / f64::from(1 << 20));
        }
        report_memory(case, &peaks, report);
    }
    stored::measure(report)
}

/// Measures other tools on the same files, beside the whole process `plimsoll inspect`.
///
/// # Errors
/// Where the product cannot be built or does not read its own files.
pub fn measure_peers(plimsoll: Option<&Path>, report: &mut dyn FnMut(Figure)) -> Result<(), String> {
    if let Some(plimsoll) = plimsoll {
        return peers::measure(plimsoll, report);
    }
    process::run(cargo().args(["build", "--quiet", "--profile", "dist", "--package", "plimsoll"]))?;
    peers::measure(&target().join("dist/plimsoll"), report)
}

fn number(measured: &Value, name: &str) -> Result<f64, String> {
    measured.get(name).and_then(Value::as_f64).ok_or_else(|| format!("no {name} in {measured}"))
}

/// A parse of 200 MB takes little memory, and hardly more than one of 20 MB.
fn report_memory(case: &Case, peaks: &[f64], report: &mut dyn FnMut(Figure)) {
    let [_, middle, large] = peaks else { return };
    report(Figure {
        name: format!("{} 200 MB: peak anonymous memory", case.format),
        value: *large,
        unit: "MiB",
        reference: middle.max(0.1),
        reference_name: "that of 20 MB",
        bar: Bar::AtMost(16.0),
    });
    // Where both are small change, their ratio says nothing about growth.
    report(Figure {
        name: format!("{} 200 MB: peak beyond 1.25 × that of 20 MB", case.format),
        value: (large - 1.25 * middle.max(1.0)).max(0.0),
        unit: "MiB",
        reference: middle.max(0.1),
        reference_name: "that of 20 MB",
        bar: Bar::AtMost(0.0),
    });
}

/// A file that is being written.
pub struct Target {
    out: BufWriter<File>,
    written: u64,
    wanted: u64,
}

impl Target {
    /// Whether another record is needed.
    fn wants_more(&self) -> bool {
        self.written < self.wanted
    }

    fn write(&mut self, text: &str) -> std::io::Result<()> {
        self.written += text.len() as u64;
        self.out.write_all(text.as_bytes())
    }
}

/// The file of a case, made unless it is there.
fn file(case: &Case, megabytes: u64) -> Result<PathBuf, String> {
    let folder = target().join(format!("bench-parsers/{megabytes}MB"));
    let path = folder.join(case.file);
    if path.exists() {
        return Ok(path);
    }
    write_file(case, megabytes, &folder, &path)
        .map_err(|error| format!("cannot write {}: {error}", path.display()))?;
    Ok(path)
}

fn write_file(case: &Case, megabytes: u64, folder: &Path, path: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    // A file that was left half written must not be taken for a whole one.
    let unfinished = path.with_extension("unfinished");
    let out = BufWriter::with_capacity(1 << 20, File::create(&unfinished)?);
    let mut target = Target { out, written: 0, wanted: megabytes * 1_000_000 };
    (case.generate)(&mut target)?;
    target.out.flush()?;
    std::fs::rename(unfinished, path)
}

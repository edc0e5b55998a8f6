use std::path::PathBuf;
use std::process::ExitCode;

use plimsoll_format::Limits;
use plimsoll_registry::{Inspection, inspect};

use super::{UNREADABLE, print, table};
use crate::mapped::MappedFile;

/// What is inspected, and how the answer is shown.
#[derive(clap::Args)]
pub struct Arguments {
    /// Report files, or archives of them.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// One JSON object a line; its shape is a promise.
    #[arg(long)]
    json: bool,
    /// A JSON file with other limits than the built-in ones.
    #[arg(long, env = "PLIMSOLL_LIMITS")]
    limits: Option<PathBuf>,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode, String> {
    let limits = super::limits(arguments.limits.as_deref())?;
    let mut is_unreadable = false;
    let mut rows = Vec::new();
    for path in &arguments.files {
        for inspection in inspect_file(path, &limits) {
            is_unreadable |= inspection.error.is_some();
            if arguments.json {
                print(&format!("{inspection}\n"))?;
            } else {
                rows.push(row(&inspection));
            }
        }
    }
    if !arguments.json {
        print(&table::render(&["file", "format", "holds", "warnings"], &rows))?;
    }
    Ok(if is_unreadable { ExitCode::from(UNREADABLE) } else { ExitCode::SUCCESS })
}

fn inspect_file(path: &std::path::Path, limits: &Limits) -> Vec<Inspection> {
    let name = path.to_string_lossy();
    match MappedFile::open(path) {
        Ok(bytes) => inspect(&name, &bytes, limits),
        Err(error) => vec![Inspection {
            file: name.into_owned(),
            format: None,
            tests: None,
            coverage: None,
            findings: None,
            warnings: Vec::new(),
            error: Some(error.to_string()),
        }],
    }
}

fn row(inspection: &Inspection) -> Vec<String> {
    let mut holds = Vec::new();
    if let Some(tests) = &inspection.tests {
        let (failing, skipped) = (tests.failed + tests.errored, tests.skipped);
        holds.push(format!("{} tests, {failing} failing, {skipped} skipped", tests.total));
    }
    if let Some(coverage) = &inspection.coverage {
        holds.push(format!(
            "{} of {} lines covered in {} files",
            coverage.lines_covered, coverage.lines, coverage.files
        ));
    }
    if let Some(findings) = &inspection.findings {
        holds.push(format!("{} findings", findings.total));
    }
    if let Some(error) = &inspection.error {
        holds.push(format!("cannot read report: {error}"));
    }
    let warnings: u64 = inspection.warnings.iter().map(|warning| warning.count).sum();
    vec![
        inspection.file.clone(),
        inspection.format.unwrap_or_default().to_owned(),
        holds.join("; "),
        if warnings == 0 { String::new() } else { warnings.to_string() },
    ]
}

//! `cargo xtask demo`: from a clone to the product in the browser.

use std::path::PathBuf;

use crate::app;
use crate::process::{self, Steps, cargo, program, root, target};

/// What can be chosen.
#[derive(clap::Args)]
pub struct Arguments {
    /// Where the product listens.
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: String,
    /// Where the demo keeps its data; made anew each time.
    #[arg(long)]
    data: Option<PathBuf>,
}

/// Builds everything, ingests the sample history and serves it until it is stopped.
///
/// # Errors
/// Where a step fails.
pub fn run(arguments: &Arguments) -> Result<(), String> {
    let mut steps = Steps::new(3);
    let data = arguments.data.clone().unwrap_or_else(|| target().join("demo-data"));
    steps.step("build the browser app for wasm32", app::build)?;
    steps.step("build the server", || {
        process::run(cargo().args(["build", "--quiet", "--profile", "demo", "--package", "plimsoll"]))
    })?;
    let plimsoll = target().join("demo/plimsoll");
    steps.step("ingest sample-reports/bookstore", || {
        if data.exists() {
            std::fs::remove_dir_all(&data).map_err(|error| format!("{}: {error}", data.display()))?;
        }
        process::run(
            program(&plimsoll)
                .args(["ingest", "--quiet", "--project", "bookstore", "--data"])
                .arg(&data)
                .arg(root().join("sample-reports/bookstore/runs")),
        )
    })?;
    println!("ready after {:.0} s; stop with Ctrl-C", steps.seconds());
    process::run(program(&plimsoll).args(["serve", "--listen", &arguments.listen, "--data"]).arg(&data))
}

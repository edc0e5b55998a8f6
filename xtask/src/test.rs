//! `cargo xtask test`: everything that must hold before a change lands.

use crate::process::{self, Steps, cargo, exists, program, target};
use crate::{app, chromium, rules};

/// What can be chosen.
#[derive(clap::Args)]
pub struct Arguments {
    /// Leave out what needs a browser.
    #[arg(long)]
    no_browser: bool,
}

/// Runs every check and every test.
///
/// # Errors
/// At the first step that fails.
pub fn run(arguments: &Arguments) -> Result<(), String> {
    let mut steps = Steps::new(if arguments.no_browser { 8 } else { 9 });
    steps.step("formatting", || process::run(cargo().args(["fmt", "--all", "--check"])))?;
    steps.step("rules of the architecture, wasm32", rules::run)?;
    steps.step("browser app and its size", || {
        app::ensure_optimiser();
        app::build().and_then(rules::check_size)
    })?;
    steps.step("lints", || {
        process::run(cargo().args([
            "clippy",
            "--quiet",
            "--workspace",
            "--exclude",
            "plimsoll-frontend",
            "--all-targets",
            "--",
            "--deny",
            "warnings",
        ]))
    })?;
    steps.step("lints of the browser app", || {
        process::run(cargo().args([
            "clippy",
            "--quiet",
            "--package",
            "plimsoll-frontend",
            "--target",
            "wasm32-unknown-unknown",
            "--",
            "--deny",
            "warnings",
        ]))?;
        process::run(cargo().args([
            "clippy",
            "--quiet",
            "--package",
            "plimsoll-frontend",
            "--features",
            "ssr",
            "--all-targets",
            "--",
            "--deny",
            "warnings",
        ]))
    })?;
    steps.step("tests of the browser app, natively", || {
        tests(&["--package", "plimsoll-frontend", "--features", "ssr"], true)
    })?;
    if !arguments.no_browser {
        steps.step("Chromium and its driver", chromium::ensure)?;
    }
    steps
        .step("tests", || tests(&["--workspace", "--exclude", "plimsoll-frontend"], !arguments.no_browser))?;
    println!("all passed in {:.0} s", steps.seconds());
    Ok(())
}

/// Tests with nextest where it is installed, else with cargo's own runner: the same tests either way. Those that need a
/// browser are called `walk_…`.
fn tests(selection: &[&str], with_browser: bool) -> Result<(), String> {
    if exists("cargo-nextest") {
        let mut command = program("cargo");
        command.args(["nextest", "run", "--no-fail-fast", "--cargo-quiet"]).args(selection);
        if !with_browser {
            command.args(["-E", "not test(walk_)"]);
        }
        process::run(&mut command)
    } else {
        let mut command = cargo();
        command.args(["test", "--quiet", "--no-fail-fast"]).args(selection);
        if !with_browser {
            command.args(["--", "--skip", "walk_"]);
        }
        process::run(&mut command)
    }
    .map_err(|error| format!("{error} (build folder: {})", target().display()))
}

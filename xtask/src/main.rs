//! `cargo xtask …`: builds, demonstrates, tests and measures Plimsoll. Each command does its own set-up.

mod app;
mod audit;
mod bench;
mod chromium;
mod demo;
mod fuzz;
mod process;
mod rules;
mod samples;
mod server;
mod test;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Builds, demonstrates, tests and measures Plimsoll")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build everything, ingest the sample history and serve the product.
    Demo(demo::Arguments),
    /// Run every check and every test, those in the browser included.
    Test(test::Arguments),
    /// Build the browser app into `target/app`, from where the server embeds it.
    App,
    /// Build the binary that is shipped: one file, with the app in it, optimised as a whole.
    Dist,
    /// Make the sample history again from its sources, with the real tools.
    Samples(samples::Arguments),
    /// Measure a part of the product against a reference.
    Bench(bench::Arguments),
    /// Feed the parsers with changed samples, for so long, and say what came of it.
    Fuzz(fuzz::Arguments),
    /// Judge every screen in both themes: axe-core, Lighthouse, the number of elements.
    Audit(audit::Arguments),
    /// Paint every screen in both themes into `docs/screens`.
    Screens(audit::Arguments),
    /// Check the rules of the architecture: who may depend on whom, what compiles for wasm32, how large the app is.
    Rules,
}

fn main() -> ExitCode {
    let result = match Arguments::parse().command {
        Command::Demo(arguments) => demo::run(&arguments),
        Command::Test(arguments) => test::run(&arguments),
        Command::App => app::build().map(drop),
        Command::Dist => dist(),
        Command::Samples(arguments) => samples::run(&arguments),
        Command::Bench(arguments) => bench::run(&arguments),
        Command::Fuzz(arguments) => fuzz::run(&arguments),
        Command::Audit(arguments) => audit::audit(&arguments),
        Command::Screens(arguments) => audit::screens(&arguments),
        Command::Rules => rules::run(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("xtask: {message}");
            ExitCode::FAILURE
        }
    }
}

fn dist() -> Result<(), String> {
    let mut steps = process::Steps::new(2);
    app::ensure_optimiser();
    steps.step("build the browser app for wasm32", app::build)?;
    steps.step("build the binary", || {
        process::run(process::cargo().args([
            "build",
            "--quiet",
            "--profile",
            "dist",
            "--package",
            "plimsoll",
        ]))
    })?;
    println!("{}", process::target().join("dist/plimsoll").display());
    Ok(())
}

//! Measurements. Every figure stands beside a reference that was measured in the same run, because machines are noisy;
//! none of this is a test.

mod app;
mod figure;
mod history;
mod ingest;
mod parsers;
mod server;

use std::path::PathBuf;

pub use figure::Figure;

use crate::process::{self, cargo, target};

/// What is measured, and how it is printed.
// The flattened arguments of a part have the same name, and clap wants a group's to be its alone.
#[derive(clap::Args)]
#[group(skip)]
pub struct Arguments {
    /// The part of the product.
    #[arg(value_enum)]
    part: Part,
    /// One JSON object a line.
    #[arg(long)]
    json: bool,
    /// Of the parsers: other tools on the same files, as whole processes, instead of the parsers alone.
    #[arg(long)]
    peers: bool,
    /// With `--peers`: this binary instead of one that is built now.
    #[arg(long, requires = "peers")]
    plimsoll: Option<std::path::PathBuf>,
    #[command(flatten)]
    history: history::Arguments,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Part {
    /// From an HTTP upload to the stored history.
    Ingest,
    /// The parsers' speed and memory.
    Parsers,
    /// What a long history costs, on disk and in time.
    History,
    /// The browser app's weight and Lighthouse's scores.
    App,
}

/// Measures a part of the product and prints its figures.
///
/// # Errors
/// Where it cannot be measured. A bar that is missed is printed, and is no error.
pub fn run(arguments: &Arguments) -> Result<(), String> {
    match arguments.part {
        Part::Ingest => ingest::measure(&mut |figure: Figure| figure.print(arguments.json)),
        Part::Parsers if arguments.peers => {
            let print = &mut |figure: Figure| figure.print(arguments.json);
            parsers::measure_peers(arguments.plimsoll.as_deref(), print)
        }
        Part::Parsers => parsers::measure(&mut |figure: Figure| figure.print(arguments.json)),
        Part::History => {
            history::measure(&arguments.history, &mut |figure: Figure| figure.print(arguments.json))
        }
        Part::App => app::measure(&mut |figure: Figure| figure.print(arguments.json)),
    }
}

/// Builds a program that measures, an example of a package, and says where it is.
///
/// # Errors
/// Where it cannot be built.
fn build_example(package: &str, example: &str, profile: &str) -> Result<PathBuf, String> {
    let arguments = ["build", "--quiet", "--profile", profile, "--package", package, "--example", example];
    process::run(cargo().args(arguments))?;
    // Cargo's folder for what it calls dev has another name.
    let folder = if profile == "dev" { "debug" } else { profile };
    Ok(target().join(folder).join("examples").join(example))
}

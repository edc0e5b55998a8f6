//! Measures what a long history costs, for `cargo xtask bench history`: a generated project is stored run by run, and
//! then its pages are asked for while a writer keeps the server busy, and at last half of the runs are dropped. Prints one JSON object a line.
//!
//! The project, the changes from run to run and the branches are functions of `--seed`. With `--keep` a store that was
//! filled before is only read.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program that prints what it measured")]

mod figures;
mod filling;
mod project;
mod pruning;
mod random;
mod reading;
mod reports;

use std::error::Error;
use std::path::PathBuf;

use clap::Parser as _;
use plimsoll::http::{ReadAccess, ServeOptions, serve};
use plimsoll_store::{Options, Store};

use crate::project::{History, Sizes};

#[derive(clap::Parser)]
struct Arguments {
    #[command(flatten)]
    sizes: Sizes,
    /// The folder of the store; emptied first.
    #[arg(long)]
    data: PathBuf,
    /// How often each page is asked for.
    #[arg(long, default_value_t = 300)]
    requests: u64,
    /// Read the store of an earlier measurement with the same sizes, instead of filling a new one.
    #[arg(long)]
    keep: bool,
    /// Be the server that is measured.
    #[arg(long, hide = true)]
    serve: bool,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    if arguments.serve {
        serve(ServeOptions {
            data: arguments.data,
            listen: "127.0.0.1:0".to_owned(),
            read_access: ReadAccess::Public,
            limits: plimsoll_format::Limits::default(),
            keep_uploads: plimsoll::ingest::KEEP_UPLOADS,
            retention: plimsoll_analysis::retention::Policy::default(),
        })?;
        return Ok(());
    }
    if !arguments.keep && arguments.data.exists() {
        std::fs::remove_dir_all(&arguments.data)?;
    }
    let store = Store::open(&arguments.data, &Options::default())?;
    let mut history = if arguments.keep {
        let mut history = History::new(arguments.sizes);
        (0..arguments.sizes.runs).for_each(|at| drop(history.run(at)));
        history
    } else {
        filling::fill(&store, &arguments.sizes)?
    };
    reading::compare(&store, &arguments.sizes)?;
    drop(store);
    reading::load(&arguments.data, &mut history, arguments.requests)?;
    let store = Store::open(&arguments.data, &Options::default())?;
    pruning::measure(&store, &arguments.data, &mut history)
}

use std::path::PathBuf;
use std::process::ExitCode;

use plimsoll_store::{Options, Store};

use super::print;
use super::prune::size;

/// What is copied whereto.
#[derive(clap::Args)]
pub struct Arguments {
    /// The file to write; it must not be there yet.
    file: PathBuf,
    /// The data folder.
    #[arg(long, env = "PLIMSOLL_DATA", default_value = "data")]
    data: PathBuf,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode, String> {
    if !arguments.data.is_dir() {
        return Err(format!("there is no data folder {}; give --data", arguments.data.display()));
    }
    if arguments.file.exists() {
        return Err(format!("{} is there already; give another name", arguments.file.display()));
    }
    let store = Store::open(&arguments.data, &Options::default())
        .map_err(|error| format!("cannot open the data in {}: {error}", arguments.data.display()))?;
    store
        .backup(&arguments.file)
        .map_err(|error| format!("cannot write {}: {error}", arguments.file.display()))?;
    let bytes = std::fs::metadata(&arguments.file)
        .map_err(|error| format!("cannot read {}: {error}", arguments.file.display()))?
        .len();
    print(&format!(
        "{} holds the whole history, {}; to restore it, put it into an empty folder as plimsoll.sqlite\n",
        arguments.file.display(),
        size(bytes)
    ))?;
    Ok(ExitCode::SUCCESS)
}

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use plimsoll_store::{Options, Store};

use super::print;
use super::report::find_run;
use crate::export::{OutFormat, write_run};
use crate::pages::{PageCache, PageError, Scope};

/// Which run, and in which format.
#[derive(clap::Args)]
pub struct Arguments {
    /// The format: findings as SARIF, coverage as LCOV, tests as JUnit.
    #[arg(long, value_enum)]
    format: OutFormat,
    /// The run; the newest if absent.
    #[arg(long = "run", value_name = "NUMBER")]
    number: Option<u64>,
    /// The file to write; `-` is standard output.
    #[arg(short, long, default_value = "-")]
    output: PathBuf,
    /// The data folder.
    #[arg(long, env = "PLIMSOLL_DATA", default_value = "data")]
    data: PathBuf,
    /// The project; may be left out where there is only one.
    #[arg(long, env = "PLIMSOLL_PROJECT")]
    project: Option<String>,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode, String> {
    if !arguments.data.is_dir() {
        return Err(format!("there is no data folder {}; give --data", arguments.data.display()));
    }
    let store = Store::open(&arguments.data, &Options::default())
        .map_err(|error| format!("cannot open the data in {}: {error}", arguments.data.display()))?;
    let text = store
        .read(|reader| {
            let (project, number) = find_run(reader, arguments.project.as_deref(), arguments.number)?;
            let cache = PageCache::default();
            write_run(&Scope::open(reader, &cache, &project)?, number, arguments.format)
        })
        .map_err(|error: PageError| error.to_string())?;
    if arguments.output == Path::new("-") {
        print(&text)?;
    } else {
        std::fs::write(&arguments.output, text)
            .map_err(|error| format!("cannot write {}: {error}", arguments.output.display()))?;
    }
    Ok(ExitCode::SUCCESS)
}

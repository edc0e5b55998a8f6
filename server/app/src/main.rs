//! `plimsoll`, the one binary.

use std::process::ExitCode;

fn main() -> ExitCode {
    plimsoll::cli::run()
}

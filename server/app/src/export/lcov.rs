//! Coverage as an LCOV tracefile. How often a line was executed is not kept: it is 1 or 0.

use std::fmt::Write as _;

use plimsoll_store::FileLines;

/// The tracefile of these files.
pub fn tracefile<'a>(files: impl IntoIterator<Item = (&'a str, &'a FileLines)>) -> String {
    let mut out = String::new();
    for (path, lines) in files {
        // Writing into a text cannot fail.
        record(&mut out, path, lines).ok();
    }
    out
}

fn record(out: &mut String, path: &str, file: &FileLines) -> std::fmt::Result {
    writeln!(out, "TN:\nSF:{}", path.replace(['\n', '\r'], " "))?;
    for branch in &file.branches {
        for at in 0..branch.branches {
            writeln!(out, "BRDA:{},0,{at},{}", branch.line, u8::from(at < branch.covered))?;
        }
    }
    let totals = file.totals();
    if totals.branches > 0 {
        writeln!(out, "BRF:{}\nBRH:{}", totals.branches, totals.branches_covered)?;
    }
    for (line, is_covered) in &file.lines {
        writeln!(out, "DA:{line},{}", u8::from(*is_covered))?;
    }
    writeln!(out, "LF:{}\nLH:{}\nend_of_record", totals.lines, totals.lines_covered)
}

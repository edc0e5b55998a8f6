use std::borrow::Cow;
use std::io::Cursor;

use memchr::memmem;
use plimsoll_format::{LimitName, ParseError};
use zip::ZipArchive;

use super::{Budget, Entry, broken, inner_name, leads_outside, refused_name, unwrap};

pub(super) fn entries(
    outer: &str,
    bytes: &[u8],
    depth: u64,
    budget: &mut Budget<'_>,
    each: &mut dyn FnMut(Entry<'_>),
) -> Result<(), ParseError> {
    refuse_huge_directory(bytes, budget.limits.archive_entries)?;
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| broken("zip", &error))?;
    for index in 0..archive.len() {
        let name = archive.name_for_index(index).unwrap_or_default().to_owned();
        let mut file = match archive.by_index(index) {
            Ok(file) => file,
            Err(error) => {
                budget.entry()?;
                each(Err((inner_name(outer, &name), broken("zip", &error))));
                continue;
            }
        };
        // What macOS adds beside each file is no report.
        if file.is_dir() || name.starts_with("__MACOSX/") {
            continue;
        }
        budget.entry()?;
        let full = inner_name(outer, &name);
        if leads_outside(&name) {
            each(Err((full, refused_name())));
            continue;
        }
        let claimed = file.size();
        let bytes = budget.read(&mut file, claimed)?;
        drop(file);
        unwrap(&full, Cow::Owned(bytes), depth + 1, budget, each);
    }
    Ok(())
}

/// The directory is read whole before the first entry. Its records are counted first, so that one with millions of them
/// costs no memory. Archives stored inside have such records, too: hence the generous factor.
fn refuse_huge_directory(bytes: &[u8], max: u64) -> Result<(), ParseError> {
    let most = usize::try_from(max.saturating_mul(8)).unwrap_or(usize::MAX);
    match memmem::find_iter(bytes, b"PK\x01\x02").nth(most) {
        Some(_) => Err(ParseError::limit(LimitName::ArchiveEntries, max)),
        None => Ok(()),
    }
}

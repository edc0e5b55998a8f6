//! Vulnerabilities across tools: what is the same is decided by `plimsoll_analysis::vulnerabilities`; here it gets what the
//! store knows.

mod difference;
mod find;
mod reported;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use plimsoll_analysis::vulnerabilities::join;
use plimsoll_store::{FindingColumns, ProjectId, Reader, StoreError};

pub(super) use difference::join_difference;
pub(super) use find::{find_vulnerability, names_beginning, names_of};
pub(super) use reported::Reported;

/// Which findings of a run others stand for, as `Writer::set_joined` takes it. A function of the run's findings alone, so
/// the order in which its uploads came has no part in it.
///
/// # Errors
/// Those of the store.
pub fn joined_findings(
    reader: &Reader<'_>,
    project: ProjectId,
    columns: &FindingColumns,
) -> Result<BTreeMap<u32, u32>, StoreError> {
    let reported = Reported::read(reader, project, &columns.present)?;
    let units = join(&reported.reports(|id| !columns.suppressed.contains(id)));
    let pairs = units.iter().flat_map(|unit| unit.members.iter().map(|member| (*member, unit.leader)));
    Ok(pairs.filter(|(member, leader)| member != leader).collect())
}

/// The findings that each one stands for, by the one that stands for them.
pub(super) fn groups(joined: &BTreeMap<u32, u32>) -> BTreeMap<u32, Vec<u32>> {
    let mut groups: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for (member, leader) in joined {
        groups.entry(*leader).or_default().push(*member);
    }
    groups
}

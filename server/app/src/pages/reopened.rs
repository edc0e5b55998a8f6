//! Findings that were there once, went away and came back.

use std::collections::HashMap;

use plimsoll_store::{ColumnKind, FindingKey, GroupKey, Run, RunNumber, StoreError};
use roaring::RoaringBitmap;

use super::Scope;
use super::changes::FindingDifference;

/// Complete runs before the older one that are looked into.
const RUNS: usize = 50;

/// Which of the new findings were there in one of the older run's last predecessors on its branch.
///
/// What came is known by identity; which of several equal findings is the new one, the lines said already. So the
/// identities are counted by group, and as many of the group's new ones are reopened, the first ones.
pub(super) fn reopened(
    scope: &Scope<'_>,
    before: &Run,
    after: &Run,
    difference: &FindingDifference,
) -> Result<RoaringBitmap, StoreError> {
    let mut reopened = RoaringBitmap::new();
    if difference.new.is_empty() {
        return Ok(reopened);
    }
    let sides = [before.number, after.number];
    let sides = scope.reader.read_bitmaps(scope.project.id, ColumnKind::FindingsPresent, &sides)?;
    let [Some(then), Some(now)] = sides.as_slice() else { return Ok(reopened) };
    let mut open = &**now - &**then;
    let keys = scope.reader.list_finding_keys(scope.project.id, &(&open | &difference.new))?;
    let keys: HashMap<u32, FindingKey> = keys.into_iter().map(|key| (key.id.0, key)).collect();
    let earlier: Vec<RunNumber> = scope
        .complete_runs_before(&before.branch, Some(before.number), RUNS)?
        .iter()
        .map(|run| run.number)
        .collect();
    let mut came_back: HashMap<GroupKey, usize> = HashMap::new();
    // A step at a time: most often the first few runs settle it.
    for run in earlier {
        let present = scope.reader.read_bitmaps(scope.project.id, ColumnKind::FindingsPresent, &[run])?;
        let Some(present) = present.into_iter().flatten().next() else { continue };
        let known = &open & &*present;
        for key in known.iter().filter_map(|id| keys.get(&id)) {
            *came_back.entry(key.group).or_default() += 1;
        }
        open -= known;
        if open.is_empty() {
            break;
        }
    }
    for id in &difference.new {
        let Some(count) = keys.get(&id).and_then(|key| came_back.get_mut(&key.group)) else { continue };
        if let Some(left) = count.checked_sub(1) {
            *count = left;
            reopened.insert(id);
        }
    }
    Ok(reopened)
}

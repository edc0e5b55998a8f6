use std::collections::{BTreeMap, BTreeSet, HashMap};

use plimsoll_analysis::vulnerabilities::join;
use plimsoll_model::FindingKind;
use plimsoll_store::{FindingColumns, FindingKey, StoreError};
use roaring::RoaringBitmap;

use super::{Reported, groups};
use crate::pages::Scope;
use crate::pages::changes::FindingDifference;

/// Counts new and fixed vulnerabilities once each, and neither where another tool reports the same one on the other side.
///
/// What belongs together *between* the runs is decided over the findings of both. A vulnerability that counts in one run is
/// new or fixed if all of its reports that count there are, and none of them has its like in the other run.
pub fn join_difference(
    scope: &Scope<'_>,
    then: &FindingColumns,
    now: &FindingColumns,
    keys: &HashMap<u32, FindingKey>,
    difference: &mut FindingDifference,
) -> Result<(), StoreError> {
    let is_vulnerability = |id: &u32| keys.get(id).is_some_and(|key| key.kind == FindingKind::Vulnerability);
    let changed: RoaringBitmap =
        (&difference.new | &difference.fixed).iter().filter(is_vulnerability).collect();
    if changed.is_empty() {
        return Ok(());
    }
    let known = scope.reader.list_advisories(scope.project.id, &changed)?;
    let packages: BTreeSet<&str> = known.values().map(|advisory| advisory.package.as_str()).collect();
    let both = &then.present | &now.present;
    let reported = Reported::of_packages(scope.reader, scope.project.id, packages, Some(&both))?;
    let units = join(&reported.reports(|_| true));
    let like = |other: &RoaringBitmap| -> RoaringBitmap {
        let has_like = units.iter().filter(|unit| unit.members.iter().any(|member| other.contains(*member)));
        has_like.flat_map(|unit| unit.members.iter().copied()).collect()
    };
    difference.new = once(&difference.new, &changed, now, &like(&then.present));
    difference.fixed = once(&difference.fixed, &changed, then, &like(&now.present));
    Ok(())
}

// Of the findings that came or went, those that stand for a vulnerability that did, and all that are about something else.
fn once(
    findings: &RoaringBitmap,
    vulnerabilities: &RoaringBitmap,
    columns: &FindingColumns,
    on_other_side: &RoaringBitmap,
) -> RoaringBitmap {
    let groups: BTreeMap<u32, Vec<u32>> = groups(&columns.joined);
    let is_gone_or_new = |id: &u32| {
        columns.suppressed.contains(*id) || (findings.contains(*id) && !on_other_side.contains(*id))
    };
    let candidates = findings & vulnerabilities;
    let leaders: RoaringBitmap =
        candidates.iter().map(|id| columns.joined.get(&id).copied().unwrap_or(id)).collect();
    let whole = leaders.iter().filter(|leader| {
        let others = groups.get(leader).map_or(&[][..], Vec::as_slice);
        !columns.suppressed.contains(*leader) && others.iter().chain([leader]).all(is_gone_or_new)
    });
    (findings - vulnerabilities) | whole.collect::<RoaringBitmap>()
}

use std::collections::BTreeSet;

use plimsoll_analysis::vulnerabilities::{advisory_name, join};
use plimsoll_store::StoreError;
use roaring::RoaringBitmap;

use super::Reported;
use crate::pages::Scope;

/// The findings of all runs that are about the vulnerability with this name, by whatever name a tool calls it, in each of
/// its packages. `None` where no report names it.
pub fn find_vulnerability(scope: &Scope<'_>, id: &str) -> Result<Option<RoaringBitmap>, StoreError> {
    let Some(name) = advisory_name(id) else { return Ok(None) };
    let project = scope.project.id;
    let named = scope.reader.findings_of_advisory(project, &name)?;
    if named.is_empty() {
        return Ok(None);
    }
    let advisories = scope.reader.list_advisories(project, &named)?;
    let packages: BTreeSet<&str> = advisories.values().map(|advisory| advisory.package.as_str()).collect();
    let reported = Reported::of_packages(scope.reader, project, packages, None)?;
    let mut found = named.clone();
    // Wherever it is: a vulnerability of a package is one at all of its places.
    let mut reports = reported.reports(|_| true);
    reports.iter_mut().for_each(|report| report.path = None);
    for unit in join(&reports) {
        if unit.members.iter().any(|member| named.contains(*member)) {
            found.extend(unit.members);
        }
    }
    Ok(Some(found))
}

/// All names under which findings are reported.
pub fn names_of(scope: &Scope<'_>, findings: &RoaringBitmap) -> Result<BTreeSet<String>, StoreError> {
    let advisories = scope.reader.list_advisories(scope.project.id, findings)?;
    Ok(advisories.into_values().flat_map(|advisory| advisory.names).collect())
}

/// Names of vulnerabilities that begin so, in any case, at most `most`. A word that is none, such as `search`, has none.
pub fn names_beginning(scope: &Scope<'_>, word: &str, most: usize) -> Result<Vec<String>, StoreError> {
    match advisory_name(word).filter(|name| name.len() >= 4 && name.contains('-')) {
        Some(name) => scope.reader.advisory_names(scope.project.id, &name, most),
        None => Ok(Vec::new()),
    }
}

use std::collections::{BTreeMap, BTreeSet};

use super::name::{is_cve, is_of_one_vulnerability};

/// What one tool says of one vulnerability of one package at one place: a finding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Report<'r> {
    /// The finding's identity in the project.
    pub id: u32,
    /// The tool.
    pub tool: &'r str,
    /// Its rule: what the tool calls the advisory.
    pub rule: &'r str,
    /// As [`super::package_key`] writes it; empty where it is not known.
    pub package: &'r str,
    /// All names of the advisory, as [`super::advisory_name`] spells them.
    pub names: Vec<&'r str>,
    /// The file; absent where the tool names none.
    pub path: Option<&'r str>,
    /// Whether the report counts: it is not suppressed.
    pub counts: bool,
}

/// Reports of one vulnerability of one package at one place: it counts once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// The finding that stands for all: one that counts, where there is one; then one with a file; then by file, tool,
    /// rule and identity.
    pub leader: u32,
    /// All findings, the leader among them, ascending.
    pub members: Vec<u32>,
}

/// Puts together what is the same.
///
/// 1. Reports of one package are of one **vulnerability** if they share a name that stands for one vulnerability, or are
///    connected by such names through other reports of that package. The same advisory of the same tool is the same.
/// 2. No vulnerability has two CVEs. Where names connect two of them (an advisory that covers several, or a wrong alias),
///    only reports with the same single CVE are put together, and every other one only with those of its own advisory.
/// 3. The **place** is the file. In a folder where no tool names more than one file for it, the files are one place: one
///    tool names `package.json` and another the lock file beside it. Reports without a file belong to the place if there
///    is only one.
/// 4. A report of an unknown package is never put together with another.
///
/// Every report is in exactly one unit. Units are in the order of their leaders.
pub fn join(reports: &[Report<'_>]) -> Vec<Unit> {
    let mut sorted: Vec<&Report<'_>> = reports.iter().collect();
    sorted.sort_unstable();
    sorted.dedup_by_key(|report| report.id);
    let mut units: Vec<Unit> = vulnerabilities(&sorted)
        .into_iter()
        .flat_map(|reports| {
            places(&reports).into_iter().filter_map(|reports| unit(&reports)).collect::<Vec<_>>()
        })
        .collect();
    units.sort_unstable_by_key(|unit| unit.leader);
    units
}

// What connects reports: a name that is known everywhere, or the tool's own advisory.
#[derive(PartialEq, Eq, PartialOrd, Ord, Clone, Copy)]
enum Link<'r> {
    Name(&'r str, &'r str),
    Own(&'r str, &'r str, &'r str),
    Nothing(u32),
}

fn own<'r>(report: &Report<'r>) -> Link<'r> {
    match report.package {
        "" => Link::Nothing(report.id),
        package => Link::Own(package, report.tool, report.rule),
    }
}

fn cves<'r>(report: &Report<'r>) -> BTreeSet<&'r str> {
    report.names.iter().copied().filter(|name| is_cve(name)).collect()
}

fn vulnerabilities<'a, 'r>(reports: &[&'a Report<'r>]) -> Vec<Vec<&'a Report<'r>>> {
    let by_names = connect(reports, |report| {
        let names =
            report.names.iter().filter(|name| !report.package.is_empty() && is_of_one_vulnerability(name));
        names.map(|name| Link::Name(report.package, name)).chain([own(report)]).collect()
    });
    by_names
        .into_iter()
        .flat_map(|group| {
            let all: BTreeSet<&str> = group.iter().flat_map(|report| cves(report)).collect();
            if all.len() < 2 {
                return vec![group];
            }
            connect(&group, |report| {
                let cves = cves(report);
                let only = cves.first().filter(|_| cves.len() == 1);
                vec![only.map_or_else(|| own(report), |cve| Link::Name(report.package, cve))]
            })
        })
        .collect()
}

// The connected parts, by union and find; each in the order of the reports.
fn connect<'a, 'r>(
    reports: &[&'a Report<'r>],
    links: impl Fn(&Report<'r>) -> Vec<Link<'r>>,
) -> Vec<Vec<&'a Report<'r>>> {
    let mut parents: Vec<usize> = (0..reports.len()).collect();
    let mut known: BTreeMap<Link<'r>, usize> = BTreeMap::new();
    for (at, report) in reports.iter().enumerate() {
        for link in links(report) {
            let other = *known.entry(link).or_insert(at);
            let (a, b) = (root(&mut parents, at), root(&mut parents, other));
            if let Some(parent) = parents.get_mut(a.max(b)) {
                *parent = a.min(b);
            }
        }
    }
    let mut parts: BTreeMap<usize, Vec<&'a Report<'r>>> = BTreeMap::new();
    for (at, report) in reports.iter().enumerate() {
        parts.entry(root(&mut parents, at)).or_default().push(report);
    }
    parts.into_values().collect()
}

fn root(parents: &mut [usize], mut at: usize) -> usize {
    while let Some(&parent) = parents.get(at)
        && parent != at
    {
        let above = parents.get(parent).copied().unwrap_or(parent);
        if let Some(own) = parents.get_mut(at) {
            *own = above;
        }
        at = parent;
    }
    at
}

fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

// The reports of one vulnerability by their places.
fn places<'a, 'r>(reports: &[&'a Report<'r>]) -> Vec<Vec<&'a Report<'r>>> {
    let mut files: BTreeMap<&str, BTreeMap<&str, BTreeSet<&str>>> = BTreeMap::new();
    for report in reports {
        if let Some(path) = report.path {
            files.entry(folder(path)).or_default().entry(report.tool).or_default().insert(path);
        }
    }
    let is_one =
        |folder: &str| files.get(folder).is_some_and(|tools| tools.values().all(|files| files.len() == 1));
    let mut places: BTreeMap<Option<&str>, Vec<&'a Report<'r>>> = BTreeMap::new();
    for report in reports {
        let place = report.path.map(|path| if is_one(folder(path)) { folder(path) } else { path });
        places.entry(place).or_default().push(report);
    }
    if places.len() == 2
        && let Some(without_file) = places.remove(&None)
        && let Some(only) = places.values_mut().next()
    {
        only.extend(without_file);
    }
    places.into_values().collect()
}

fn unit(reports: &[&Report<'_>]) -> Option<Unit> {
    let leader = reports.iter().min_by_key(|report| {
        (!report.counts, report.path.is_none(), report.path, report.tool, report.rule, report.id)
    })?;
    let mut members: Vec<u32> = reports.iter().map(|report| report.id).collect();
    members.sort_unstable();
    Some(Unit { leader: leader.id, members })
}

#[cfg(test)]
#[path = "join_tests.rs"]
mod tests;

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

const LODASH: &str = "pkg:npm/lodash";
const LOCK: Option<&str> = Some("web/package-lock.json");

fn report<'r>(
    id: u32,
    tool: &'r str,
    package: &'r str,
    names: &[&'r str],
    path: Option<&'r str>,
) -> Report<'r> {
    let rule = names.first().copied().unwrap_or("118");
    Report { id, tool, rule, package, names: names.to_vec(), path, counts: true }
}

#[track_caller]
fn check(reports: &[Report<'_>], expect: &[&[u32]]) {
    let found: Vec<Vec<u32>> = join(reports).into_iter().map(|unit| unit.members).collect();
    let mut sorted = found.clone();
    sorted.sort();
    assert_eq!(sorted, expect);
}

#[test]
fn three_tools_report_one_vulnerability() {
    let reports = [
        report(1, "trivy", LODASH, &["CVE-2019-10744"], LOCK),
        report(2, "npm-audit", LODASH, &["GHSA-jf85-cpcp-j695"], None),
        report(3, "osv-scanner", LODASH, &["GHSA-jf85-cpcp-j695", "CVE-2019-10744"], LOCK),
    ];
    check(&reports, &[&[1, 2, 3]]);
    // Without the one that knows both names nothing says that they are the same.
    check(&reports[..2], &[&[1], &[2]]);
}

#[test]
fn a_cve_of_several_packages_stays_several() {
    let names = &["CVE-2021-44228"];
    check(
        &[
            report(1, "trivy", "pkg:maven/org.apache.logging.log4j/log4j-core", names, LOCK),
            report(2, "grype", "pkg:maven/org.apache.logging.log4j/log4j-api", names, LOCK),
        ],
        &[&[1], &[2]],
    );
}

#[test]
fn an_unknown_package_is_nobody_elses() {
    let names = &["CVE-2024-1"];
    let of = |id, tool| report(id, tool, "", names, None);
    check(&[of(1, "zap"), of(2, "nuclei"), of(3, "nuclei")], &[&[1], &[2], &[3]]);
}

#[test]
fn a_notice_that_covers_several_joins_nothing() {
    check(
        &[
            report(1, "trivy", "pkg:deb/debian/openssl", &["CVE-2024-1", "DSA-5-1"], None),
            report(2, "trivy", "pkg:deb/debian/openssl", &["CVE-2024-2", "DSA-5-1"], None),
        ],
        &[&[1], &[2]],
    );
}

#[test]
fn no_vulnerability_has_two_cves() {
    // 3 covers both, 4 is an alias of either: neither may tie 1 and 2 together.
    let reports = [
        report(1, "trivy", LODASH, &["CVE-2024-1"], LOCK),
        report(2, "trivy", LODASH, &["CVE-2024-2"], LOCK),
        report(3, "grype", LODASH, &["GHSA-a", "CVE-2024-1", "CVE-2024-2"], LOCK),
        report(4, "osv-scanner", LODASH, &["CVE-2024-1", "GHSA-a"], LOCK),
        report(5, "npm-audit", LODASH, &["GHSA-a"], LOCK),
    ];
    check(&reports, &[&[1, 4], &[2], &[3], &[5]]);
}

#[test]
fn places_are_files_unless_tools_name_the_two_of_one_folder() {
    let names = &["CVE-2024-1"];
    let at = |id, tool, path| report(id, tool, LODASH, names, path);
    check(&[at(1, "trivy", LOCK), at(2, "snyk", Some("web/package.json"))], &[&[1, 2]]);
    check(&[at(1, "trivy", LOCK), at(2, "trivy", Some("admin/package-lock.json"))], &[&[1], &[2]]);
    let two = [at(1, "trivy", Some("a.txt")), at(2, "trivy", Some("b.txt")), at(3, "grype", Some("b.txt"))];
    check(&two, &[&[1], &[2, 3]]);
    // Which of two places a report without a file means, nobody knows.
    let three =
        [at(1, "trivy", LOCK), at(2, "trivy", Some("admin/package-lock.json")), at(3, "npm-audit", None)];
    check(&three, &[&[1], &[2], &[3]]);
    // Two versions in one lock file are one vulnerability.
    check(&[at(1, "trivy", LOCK), at(2, "trivy", LOCK)], &[&[1, 2]]);
}

#[test]
fn the_leader_counts_and_has_a_file() {
    let names = &["CVE-2024-1"];
    let suppressed = Report { counts: false, ..report(1, "a", LODASH, names, LOCK) };
    let reports = [suppressed, report(2, "b", LODASH, names, None), report(3, "c", LODASH, names, LOCK)];
    assert_eq!(join(&reports), [Unit { leader: 3, members: vec![1, 2, 3] }]);
    assert_eq!(join(&reports[..2])[0].leader, 2);
}

#[derive(Debug, Clone)]
struct Drawn(u32, &'static str, &'static str, Vec<&'static str>, Option<&'static str>, bool);

impl Drawn {
    fn report(&self) -> Report<'static> {
        Report { counts: self.5, ..report(self.0, self.1, self.2, &self.3, self.4) }
    }
}

fn drawn() -> impl Strategy<Value = Vec<Drawn>> {
    let names = ["CVE-2024-1", "CVE-2024-2", "GHSA-a", "GHSA-b", "PYSEC-2024-1", "DSA-1-1", "118"];
    let one = (
        prop::sample::select(vec!["grype", "npm-audit", "osv-scanner", "trivy"]),
        prop::sample::select(vec!["", LODASH, "pkg:npm/minimist"]),
        prop::sample::subsequence(names.to_vec(), 0..4).prop_shuffle(),
        prop::sample::select(vec![None, LOCK, Some("web/package.json"), Some("api/package-lock.json")]),
        any::<bool>(),
    );
    prop::collection::vec(one, 0..14).prop_map(|all| {
        let numbered = (1..).zip(all);
        numbered
            .map(|(id, (tool, package, names, path, counts))| Drawn(id, tool, package, names, path, counts))
            .collect()
    })
}

proptest! {
    #[test]
    fn neither_order_nor_repetition_matters(drawn in drawn(), seed in any::<u64>()) {
        let reports: Vec<Report<'_>> = drawn.iter().map(Drawn::report).collect();
        let expect = join(&reports);
        let mut shuffled = reports.clone();
        shuffled.sort_by_key(|report| (u64::from(report.id) ^ seed).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        shuffled.extend(reports.iter().cloned());
        prop_assert_eq!(&join(&shuffled), &expect);
        // What was joined is joined again as it was.
        for unit in &expect {
            let own: Vec<_> = reports.iter().filter(|report| unit.members.contains(&report.id)).cloned().collect();
            let again: usize = join(&own).iter().map(|unit| unit.members.len()).sum();
            prop_assert_eq!(again, unit.members.len());
        }
    }

    #[test]
    fn every_report_is_in_one_unit_of_one_package_and_one_cve(drawn in drawn()) {
        let reports: BTreeMap<u32, Report<'_>> = drawn.iter().map(|drawn| (drawn.0, drawn.report())).collect();
        let all: Vec<Report<'_>> = reports.values().cloned().collect();
        let units = join(&all);
        let mut seen: Vec<u32> = units.iter().flat_map(|unit| unit.members.clone()).collect();
        seen.sort_unstable();
        prop_assert_eq!(seen, reports.keys().copied().collect::<Vec<_>>());
        for unit in units {
            prop_assert!(unit.members.contains(&unit.leader));
            let members: Vec<_> = unit.members.iter().map(|id| &reports[id]).collect();
            prop_assert!(members.iter().all(|report| report.package == members[0].package));
            prop_assert!(members.len() == 1 || !members[0].package.is_empty());
            let own = |report: &Report<'_>| (report.tool.to_owned(), report.rule.to_owned());
            if members.iter().any(|report| own(report) != own(members[0])) {
                let cves: BTreeSet<&str> = members.iter().flat_map(|report| cves(report)).collect();
                prop_assert!(cves.len() < 2, "{cves:?}");
            }
            let counting = members.iter().any(|report| report.counts);
            prop_assert_eq!(reports[&unit.leader].counts, counting);
        }
    }
}

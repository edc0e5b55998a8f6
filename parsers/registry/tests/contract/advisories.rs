//! What the formats that report known vulnerabilities keep of them: a vulnerability is told from others, and joined with
//! what other tools report of it, by nothing else.

use std::collections::BTreeSet;

use plimsoll_format::{Input, Limits, ParseError, Sink, Warning};
use plimsoll_model::{Finding, FindingKind};
use plimsoll_registry::{decode, find, parse};

use crate::samples::samples_of;

/// By format, what its samples hold of:
/// `C` a CVE, `G` a GHSA, `O` another database's identifier (PYSEC, RUSTSEC, GO, SNYK), `p` a package URL, `e` an ecosystem,
/// `v` the version in use, `f` a version that mends it, `w` a weakness class, `s` a CVSS score, `x` its vector, `q` the
/// score's source, `E` EPSS, `K` that it is exploited.
const KEPT: [(&str, &str); 13] = [
    ("bundler-audit", "CGevfs"),
    ("cargo-audit", "CGOevfsx"),
    ("composer-audit", "CGe"),
    ("cyclonedx", "CGpevwsq"),
    ("dependency-check", "CGpevws"),
    ("gitlab-security", "Cevw"),
    ("govulncheck", "CGOevf"),
    ("grype", "CGpevfwsxE"),
    ("npm-audit", "CGevfwsx"),
    ("osv-scanner", "CGOevfwsx"),
    ("pip-audit", "CGOevf"),
    ("snyk", "CGOevfwsxE"),
    ("trivy", "Cpevfwsxq"),
];

#[derive(Default)]
struct Seen {
    kept: BTreeSet<char>,
    /// Vulnerabilities that nothing tells from others.
    nameless: usize,
}

impl Sink for Seen {
    fn finding(&mut self, finding: &Finding<'_>) -> Result<(), ParseError> {
        if finding.kind != FindingKind::Vulnerability {
            return Ok(());
        }
        let names: Vec<&str> = finding.aliases.iter().map(|alias| &**alias).chain([&*finding.rule]).collect();
        self.nameless += usize::from(names.iter().all(|name| name.trim().is_empty()));
        let has = |prefixes: &[&str]| {
            names.iter().any(|name| prefixes.iter().any(|prefix| name.starts_with(prefix)))
        };
        let package = finding.package.clone().unwrap_or_default();
        let facts = [
            ('C', has(&["CVE-"])),
            ('G', has(&["GHSA-"])),
            ('O', has(&["PYSEC-", "RUSTSEC-", "GO-", "SNYK-"])),
            ('p', package.purl.is_some()),
            ('e', package.ecosystem.is_some()),
            ('v', package.version.is_some()),
            ('f', package.fixed_version.is_some()),
            ('w', !finding.cwe.is_empty()),
            ('s', finding.cvss.is_some()),
            ('x', finding.cvss_vector.is_some()),
            ('q', finding.cvss_source.is_some()),
            ('E', finding.epss.is_some()),
            ('K', finding.is_exploited),
        ];
        self.kept.extend(facts.into_iter().filter(|(_, is_there)| *is_there).map(|(letter, _)| letter));
        Ok(())
    }

    fn warning(&mut self, _: Warning) {}
}

#[test]
fn advisories_keep_what_they_are_told_and_joined_by() {
    let mut problems = Vec::new();
    for (id, expect) in KEPT {
        let mut seen = Seen::default();
        for sample in samples_of(id) {
            let (text, _) = decode(&sample.bytes);
            let limits = Limits::default();
            // Samples that are cut off say so; what stands before that counts.
            parse(find(id).unwrap(), &Input::new(&sample.name, &text, &limits), &mut seen).ok();
        }
        let expect: BTreeSet<char> = expect.chars().collect();
        let word = |letters: Vec<&char>| letters.into_iter().collect::<String>();
        let lost = word(expect.difference(&seen.kept).collect());
        let found = word(seen.kept.difference(&expect).collect());
        if !lost.is_empty() || !found.is_empty() || seen.nameless > 0 {
            problems
                .push(format!("{id}: lost `{lost}`, also has `{found}`, {} without a name", seen.nameless));
        }
    }
    crate::report(problems);
}

//! What a finding calls the vulnerability that it is about.

use std::collections::BTreeSet;

use plimsoll_analysis::vulnerabilities::{advisory_name, package_key};
use plimsoll_model::{Finding, FindingKind};

/// The package (empty where it is not known) and the names of the advisory, each in its one spelling, separated by line
/// feeds. `None` for a finding that is about something else than a known vulnerability.
pub(super) fn advisory(finding: &Finding<'_>) -> Option<(String, String)> {
    if finding.kind != FindingKind::Vulnerability {
        return None;
    }
    let ids = finding.aliases.iter().chain([&finding.rule]);
    let names: BTreeSet<String> =
        ids.filter_map(|id| advisory_name(id)).map(|name| name.replace('\n', " ")).collect();
    let package = finding.package.as_ref().and_then(|package| {
        package_key(package.purl.as_deref(), package.ecosystem.as_deref(), &package.name)
    });
    let names: Vec<String> = names.into_iter().collect();
    (!names.is_empty()).then(|| (package.unwrap_or_default(), names.join("\n")))
}

#[cfg(test)]
mod tests {
    use plimsoll_model::{Package, Severity};

    use super::*;

    #[test]
    fn only_vulnerabilities_have_an_advisory() {
        let of = |kind| {
            let mut finding = Finding::new("trivy", "CVE-2019-10744", kind, Severity::High, "x");
            finding.aliases = vec!["ghsa-JF85-cpcp-j695".into(), "CVE-2019-10744".into()];
            finding.package =
                Some(Package { name: "lodash".into(), ecosystem: Some("npm".into()), ..Package::default() });
            advisory(&finding)
        };
        assert_eq!(of(FindingKind::Licence), None);
        let names = "CVE-2019-10744\nGHSA-jf85-cpcp-j695".to_owned();
        assert_eq!(of(FindingKind::Vulnerability), Some(("pkg:npm/lodash".to_owned(), names)));
    }
}

use std::borrow::Cow;
use std::cmp::Reverse;

/// Databases in which one identifier is one vulnerability, so that a common identifier says "the same". The notices of
/// distributions (`DSA-`, `RHSA-`, `USN-`, `ALAS-`, …) are not among them: one of those covers many vulnerabilities.
/// The prefixes of the OSV schema's databases, <https://ossf.github.io/osv-schema/#id-modified-fields>, and Snyk's.
const DATABASES: [&str; 15] = [
    "CVE", "GHSA", "OSV", "PYSEC", "RUSTSEC", "GO", "MAL", "GMS", "HSEC", "RSEC", "EEF", "JLSEC", "PSF",
    "SNYK", "NSWG",
];

/// Databases whose identifiers hold a CVE's: `DEBIAN-CVE-2024-1` is Debian's record of it.
const RECORDS_OF_CVES: [&str; 5] = ["ALPINE", "CURL", "DEBIAN", "ECHO", "UBUNTU"];

/// The one spelling of an advisory's identifier: without blanks around it, `CVE-2024-1`, `GHSA-` with small letters behind
/// it as GitHub writes them, anything else in capitals. `None` for a blank one.
pub fn advisory_name(id: &str) -> Option<String> {
    let upper = id.trim().to_ascii_uppercase();
    if upper.is_empty() {
        return None;
    }
    if let Some(rest) = upper.strip_prefix("GHSA-") {
        return Some(format!("GHSA-{}", rest.to_ascii_lowercase()));
    }
    let cve = RECORDS_OF_CVES.iter().find_map(|database| upper.strip_prefix(database)?.strip_prefix('-'));
    match cve.filter(|rest| is_cve(rest)) {
        Some(cve) => Some(cve.to_owned()),
        None => Some(upper),
    }
}

/// Whether a name, as [`advisory_name`] spells it, is a CVE's: `CVE-`, a year, `-`, a number.
pub fn is_cve(name: &str) -> bool {
    let number =
        |text: &str, least: usize| text.len() >= least && text.bytes().all(|byte| byte.is_ascii_digit());
    name.strip_prefix("CVE-")
        .and_then(|rest| rest.split_once('-'))
        .is_some_and(|(year, serial)| year.len() == 4 && number(year, 4) && number(serial, 1))
}

/// Whether two reports of one package with this name are of one vulnerability.
pub(super) fn is_of_one_vulnerability(name: &str) -> bool {
    name.split_once('-').is_some_and(|(database, rest)| {
        DATABASES.contains(&database) && !rest.is_empty() && (database != "CVE" || is_cve(name))
    })
}

/// By which of its names a vulnerability is called: its CVE, else its GHSA, else the first of the others that stands for
/// one vulnerability, else the first; each by the alphabet.
pub fn primary_name<'n>(names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    names.into_iter().min_by_key(|name| {
        (
            Reverse(is_cve(name)),
            Reverse(name.starts_with("GHSA-")),
            Reverse(is_of_one_vulnerability(name)),
            *name,
        )
    })
}

/// A text in lower case, borrowed where it is so already.
pub(super) fn lower(text: &str) -> Cow<'_, str> {
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(text.to_ascii_lowercase())
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_one_spelling() {
        for (id, expect) in [
            (" cve-2019-10744", Some("CVE-2019-10744")),
            ("ghsa-JF85-cpcp-J695", Some("GHSA-jf85-cpcp-j695")),
            ("DEBIAN-CVE-2024-1", Some("CVE-2024-1")),
            ("UBUNTU-CVE-2024-1", Some("CVE-2024-1")),
            ("DEBIAN-CVE-draft", Some("DEBIAN-CVE-DRAFT")),
            ("pysec-2021-9", Some("PYSEC-2021-9")),
            ("118", Some("118")),
            ("  ", None),
        ] {
            assert_eq!(advisory_name(id).as_deref(), expect, "{id:?}");
        }
    }

    #[test]
    fn notices_and_numbers_do_not_say_the_same() {
        for name in
            ["CVE-2019-10744", "GHSA-jf85-cpcp-j695", "GO-2024-1", "RUSTSEC-2020-1", "SNYK-JS-LODASH-1"]
        {
            assert!(is_of_one_vulnerability(name), "{name}");
        }
        for name in ["DSA-4371-1", "RHSA-2024:1", "USN-1-1", "118", "CVE-", "CVE-2024-X", "GHSA-", "TEMP-1-2"]
        {
            assert!(!is_of_one_vulnerability(name), "{name}");
        }
    }

    #[test]
    fn a_vulnerability_is_called_by_its_cve() {
        let of = |names: &[&'static str]| primary_name(names.iter().copied());
        assert_eq!(of(&["GHSA-a", "CVE-2024-2", "CVE-2024-1"]), Some("CVE-2024-1"));
        assert_eq!(of(&["118", "PYSEC-2024-1", "GHSA-b"]), Some("GHSA-b"));
        assert_eq!(of(&["118", "PYSEC-2024-1"]), Some("PYSEC-2024-1"));
        assert_eq!(of(&["118"]), Some("118"));
        assert_eq!(of(&[]), None);
    }
}

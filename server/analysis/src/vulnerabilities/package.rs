use super::name::lower;
use crate::percent::percent_decoded;

/// Ecosystems by the type that package URLs have for them,
/// <https://github.com/package-url/purl-spec/blob/main/PURL-TYPES.rst>; distributions with their namespace.
const TYPES: [(&str, &str); 22] = [
    ("go", "golang"),
    ("crates.io", "cargo"),
    ("packagist", "composer"),
    ("rubygems", "gem"),
    ("alpine", "apk/alpine"),
    ("wolfi", "apk/wolfi"),
    ("chainguard", "apk/chainguard"),
    ("debian", "deb/debian"),
    ("ubuntu", "deb/ubuntu"),
    ("redhat", "rpm/redhat"),
    ("red hat", "rpm/redhat"),
    ("rhel", "rpm/redhat"),
    ("centos", "rpm/centos"),
    ("rocky", "rpm/rocky"),
    ("rocky linux", "rpm/rocky"),
    ("alma", "rpm/almalinux"),
    ("almalinux", "rpm/almalinux"),
    ("fedora", "rpm/fedora"),
    ("amazon", "rpm/amazon"),
    ("amzn", "rpm/amazon"),
    ("oracle", "rpm/oracle"),
    ("suse", "rpm/suse"),
];

/// Types whose names are the same in any case, as the package URL's specification says or the registry itself.
const IN_ANY_CASE: [&str; 10] =
    ["npm", "pypi", "nuget", "composer", "golang", "github", "bitbucket", "apk", "deb", "hex"];

/// Which package it is, as a package URL without version, qualifiers and subpath: `pkg:npm/@babel/core`. Two reports are
/// of one package where this is equal. From the package URL where the report has one, else from ecosystem and name;
/// `None` where the ecosystem is not known, because a name alone may be anything's.
///
/// Names are compared as their ecosystem compares them; of PyPI, `_`, `.` and `-` are one
/// (<https://peps.python.org/pep-0503/#normalized-names>). Percent signs are decoded, so this is a key and no address.
pub fn package_key(purl: Option<&str>, ecosystem: Option<&str>, name: &str) -> Option<String> {
    purl.and_then(of_purl).or_else(|| of_name(ecosystem?, name))
}

fn of_purl(purl: &str) -> Option<String> {
    let rest = purl.trim().strip_prefix("pkg:")?.trim_start_matches('/');
    let rest = rest.split(['?', '#']).next()?;
    let (kind, path) = rest.split_once('/')?;
    // A scope's `@` stands at the beginning of a part, a version's behind a name.
    let path = match path.rsplit_once('@') {
        Some((before, _)) if !before.is_empty() && !before.ends_with('/') => before,
        _ => path,
    };
    key(&lower(kind), &percent_decoded(path.trim_matches('/')))
}

fn of_name(ecosystem: &str, name: &str) -> Option<String> {
    // `Debian:11` is Debian.
    let ecosystem = ecosystem.split(':').next().unwrap_or_default().trim();
    let ecosystem = lower(ecosystem);
    let kind = TYPES.iter().find(|(known, _)| *known == ecosystem).map_or(&*ecosystem, |(_, kind)| *kind);
    match kind.split_once('/') {
        Some((kind, namespace)) => key(kind, &format!("{namespace}/{}", name.trim())),
        None if kind == "maven" => key(kind, &name.trim().replacen(':', "/", 1)),
        None => key(kind, name.trim()),
    }
}

fn key(kind: &str, path: &str) -> Option<String> {
    if kind.is_empty() || path.is_empty() {
        return None;
    }
    let path = if IN_ANY_CASE.contains(&kind) { lower(path) } else { path.into() };
    if kind != "pypi" {
        return Some(format!("pkg:{kind}/{path}"));
    }
    let parts: Vec<&str> = path.split(['-', '_', '.']).filter(|part| !part.is_empty()).collect();
    Some(format!("pkg:pypi/{}", parts.join("-")))
}

#[cfg(test)]
mod tests {
    use super::package_key;

    #[test]
    fn package_urls_and_names_lead_to_one_key() {
        for (purl, ecosystem, name, expect) in [
            (Some("pkg:npm/lodash@4.17.15"), None, "", Some("pkg:npm/lodash")),
            (None, Some("npm"), "lodash", Some("pkg:npm/lodash")),
            (Some("pkg:npm/%40babel/core@7.0.0"), None, "", Some("pkg:npm/@babel/core")),
            (Some("pkg:npm/@babel/core"), None, "", Some("pkg:npm/@babel/core")),
            (None, Some("npm"), "@babel/core", Some("pkg:npm/@babel/core")),
            (
                Some("pkg:maven/org.apache/commons@1.0?type=jar"),
                None,
                "",
                Some("pkg:maven/org.apache/commons"),
            ),
            (None, Some("maven"), "org.apache:commons", Some("pkg:maven/org.apache/commons")),
            (Some("pkg:deb/debian/zlib1g@1%3A1.2?arch=amd64#x"), None, "", Some("pkg:deb/debian/zlib1g")),
            (None, Some("debian"), "zlib1g", Some("pkg:deb/debian/zlib1g")),
            (None, Some("Debian:11"), "zlib1g", Some("pkg:deb/debian/zlib1g")),
            (None, Some("Alpine:v3.10"), "musl", Some("pkg:apk/alpine/musl")),
            (Some("pkg:pypi/Ruamel_Yaml@1"), None, "", Some("pkg:pypi/ruamel-yaml")),
            (None, Some("pypi"), "ruamel.yaml", Some("pkg:pypi/ruamel-yaml")),
            (Some("pkg:golang/golang.org/x/text@v0.3.7"), None, "", Some("pkg:golang/golang.org/x/text")),
            (None, Some("go"), "golang.org/x/text", Some("pkg:golang/golang.org/x/text")),
            (None, Some("cargo"), "smallvec", Some("pkg:cargo/smallvec")),
            (None, None, "lodash", None),
            (None, Some(""), "lodash", None),
            (None, Some("npm"), " ", None),
            (Some("lodash"), Some("npm"), "lodash", Some("pkg:npm/lodash")),
        ] {
            assert_eq!(
                package_key(purl, ecosystem, name).as_deref(),
                expect,
                "{purl:?} {ecosystem:?} {name:?}"
            );
        }
    }

    #[test]
    fn names_that_differ_in_case_differ_where_the_ecosystem_says_so() {
        assert_ne!(package_key(None, Some("maven"), "a:B"), package_key(None, Some("maven"), "a:b"));
        assert_eq!(package_key(None, Some("nuget"), "Log4Net"), package_key(None, Some("nuget"), "log4net"));
    }
}

//! Package URLs.

use std::borrow::Cow;

use plimsoll_model::Package;

use crate::advisory::{ecosystem, purl_type};

/// The package that a package URL names, <https://github.com/package-url/purl-spec>.
pub fn package<'a>(purl: &str) -> Option<Package<'a>> {
    let kind = purl_type(purl)?;
    let rest = purl.split_once('/')?.1;
    let rest = rest.split(['?', '#']).next().unwrap_or(rest);
    let (path, version) = match rest.rsplit_once('@') {
        Some((path, version)) if !path.is_empty() => (path, Some(version)),
        _ => (rest, None),
    };
    let path = decoded(path);
    let name = match kind {
        "maven" => path.replacen('/', ":", 1),
        "deb" | "rpm" | "apk" => path.rsplit('/').next().unwrap_or_default().to_owned(),
        _ => path,
    };
    Some(Package {
        name: name.into(),
        version: version.map(|version| decoded(version).into()),
        fixed_version: None,
        purl: Some(Cow::Owned(purl.to_owned())),
        ecosystem: Some(ecosystem(kind).into_owned().into()),
    })
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        let hex = after.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        match hex.filter(|_| *byte == b'%').and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(decoded) => {
                bytes.push(decoded);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*byte);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::package;

    #[test]
    fn package_urls_name_packages() {
        for (purl, name, version) in [
            ("pkg:npm/lodash@4.17.15", "lodash", Some("4.17.15")),
            ("pkg:npm/%40babel/core@7.0.0", "@babel/core", Some("7.0.0")),
            ("pkg:npm/lodash", "lodash", None),
            ("pkg:maven/org.apache/commons@1.0?type=jar", "org.apache:commons", Some("1.0")),
            ("pkg:deb/debian/zlib1g@1%3A1.2?arch=amd64#x", "zlib1g", Some("1:1.2")),
            ("pkg:golang/golang.org/x/text@v0.3.7", "golang.org/x/text", Some("v0.3.7")),
        ] {
            let found = package(purl).expect(purl);
            assert_eq!((&*found.name, found.version.as_deref()), (name, version), "{purl}");
        }
        assert!(package("urn:cdx:1/1#a").is_none());
    }
}

//! What the formats that report known vulnerabilities have in common.

use std::borrow::Cow;

/// The identifiers of one advisory: without blanks and repetitions, in the order given.
pub fn aliases<'a>(ids: impl IntoIterator<Item = Cow<'a, str>>) -> Vec<Cow<'a, str>> {
    let mut all: Vec<Cow<'a, str>> = Vec::new();
    for id in ids {
        if !id.trim().is_empty() && !all.contains(&id) {
            all.push(id);
        }
    }
    all
}

/// `CWE-79` of `79`, `CWE-79`, `cwe-79` and `CWE-79: Improper Neutralization …`.
pub fn cwe(text: &str) -> Option<Cow<'static, str>> {
    let text = text.trim();
    let number = match text.get(..4) {
        Some(prefix) if prefix.eq_ignore_ascii_case("CWE-") || prefix.eq_ignore_ascii_case("CWE:") => {
            text.get(4..)?
        }
        _ => text,
    };
    let digits = number.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, rest) = number.split_at_checked(digits)?;
    let is_number =
        !digits.is_empty() && digits.len() <= 6 && !rest.starts_with(|c: char| c.is_alphanumeric());
    (is_number && digits.bytes().any(|digit| digit != b'0')).then(|| format!("CWE-{digits}").into())
}

/// The weaknesses named by these texts, without repetitions.
pub fn cwes<'t>(texts: impl IntoIterator<Item = &'t str>) -> Vec<Cow<'static, str>> {
    aliases(texts.into_iter().filter_map(cwe))
}

/// A CVSS base score; anything outside of 0 to 10 is none.
pub fn score(number: Option<f64>) -> Option<f32> {
    number.filter(|score| (0.0..=10.0).contains(score)).map(|score| score as f32)
}

/// The type of a package URL: `npm` of `pkg:npm/lodash@4.17.20`.
pub fn purl_type(purl: &str) -> Option<&str> {
    let kind = purl.strip_prefix("pkg:")?.trim_start_matches('/').split('/').next()?;
    (!kind.is_empty()).then_some(kind)
}

/// Package managers by the ecosystem that they serve; any other word is kept as it is, in lower case.
pub fn ecosystem(manager: &str) -> Cow<'_, str> {
    let lower = manager.trim().to_ascii_lowercase();
    let known = match lower.as_str() {
        "pip" | "pipenv" | "poetry" | "uv" | "pylock" | "python-pkg" | "python" | "conda-pkg" => "pypi",
        "yarn" | "pnpm" | "node-pkg" | "bun" | "nodejs" | "javascript" => "npm",
        "gomod" | "gobinary" | "golang" | "gomodules" | "go-module" => "go",
        "crates.io" | "rust" | "rustbinary" | "rust-crate" => "cargo",
        "pom" | "jar" | "gradle" | "sbt" | "java" | "java-archive" => "maven",
        "bundler" | "gemspec" | "rubygems" | "ruby" => "gem",
        "packagist" | "composer-vendor" | "php" => "composer",
        "packages-props" | "dotnet-core" | "packages-config" | "dotnet" => "nuget",
        "deb" => "debian",
        _ => return if lower == manager { Cow::Borrowed(manager) } else { Cow::Owned(lower) },
    };
    Cow::Borrowed(known)
}

#[cfg(test)]
mod tests {
    use super::{cwe, ecosystem, purl_type, score};

    #[test]
    fn weaknesses_have_one_spelling() {
        for (text, expect) in [
            ("79", Some("CWE-79")),
            ("CWE-79", Some("CWE-79")),
            ("cwe-79", Some("CWE-79")),
            ("CWE-79: Improper Neutralization", Some("CWE-79")),
            (" CWE-020 ", Some("CWE-020")),
            ("NVD-CWE-noinfo", None),
            ("CWE-", None),
            ("-1", None),
            ("0", None),
            ("", None),
            ("7é", None),
        ] {
            assert_eq!(cwe(text).as_deref(), expect, "{text:?}");
        }
    }

    #[test]
    fn ecosystems_have_one_name() {
        assert_eq!(ecosystem("pnpm"), "npm");
        assert_eq!(ecosystem("PyPI"), "pypi");
        assert_eq!(ecosystem("alpine"), "alpine");
        assert_eq!(purl_type("pkg:npm/lodash@4.17.20"), Some("npm"));
        assert_eq!(purl_type("lodash"), None);
    }

    #[test]
    fn scores_stay_on_their_scale() {
        assert_eq!(score(Some(7.5)), Some(7.5));
        assert_eq!(score(Some(11.0)), None);
        assert_eq!(score(Some(f64::NAN)), None);
    }
}

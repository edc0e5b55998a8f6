//! What makes two findings the same.
//!
//! Findings of one *group* have the same tool, rule and file, and the same evidence: the tool's own fingerprint, else
//! the code they are about with its white space taken out. Of a vulnerability the evidence is the package's name and
//! ecosystem. The line, the severity, the message and the version are never part of it: they change while the finding
//! stays.

use plimsoll_model::{Finding, FindingKind};
use plimsoll_store::GroupKey;

/// The evidence of a finding.
pub(super) fn evidence(finding: &Finding<'_>) -> [u8; 16] {
    let mut hasher = Hasher::default();
    match (&finding.package, &finding.fingerprint, &finding.context) {
        (Some(package), ..) => {
            hasher.part("package");
            hasher.part(package.ecosystem.as_deref().unwrap_or_default());
            hasher.part(&package.name);
        }
        (None, Some(fingerprint), _) => {
            hasher.part("fingerprint");
            hasher.part(fingerprint);
        }
        (None, None, Some(context)) => {
            hasher.part("context");
            let dense: String = context.chars().filter(|c| !c.is_whitespace()).collect();
            hasher.part(&dense);
        }
        (None, None, None) => hasher.part("none"),
    }
    hasher.finish()
}

/// The group of a finding in a file, and the same without the file: equal where a file was renamed.
pub(super) fn group(
    tool: &str,
    rule: &str,
    kind: FindingKind,
    evidence: &[u8; 16],
    path: Option<&str>,
) -> (GroupKey, GroupKey) {
    let mut hasher = Hasher::default();
    hasher.part(tool);
    hasher.part(rule);
    hasher.part(if kind.is_security() { "security" } else { "code" });
    hasher.0.update(evidence);
    let content = GroupKey(hasher.finish());
    match path {
        Some(path) => {
            hasher.part("path");
            hasher.part(path);
        }
        None => hasher.part("no path"),
    }
    (GroupKey(hasher.finish()), content)
}

#[derive(Default)]
struct Hasher(blake3::Hasher);

impl Hasher {
    /// Each part ends with a byte that no UTF-8 text holds, so that parts cannot run into each other.
    fn part(&mut self, text: &str) {
        self.0.update(text.as_bytes());
        self.0.update(&[0xff]);
    }

    fn finish(&self) -> [u8; 16] {
        let mut key = [0; 16];
        self.0.finalize_xof().fill(&mut key);
        key
    }
}

#[cfg(test)]
mod tests {
    use plimsoll_model::{Package, Severity};

    use super::*;

    fn finding() -> Finding<'static> {
        let mut finding =
            Finding::new("ruff", "E501", FindingKind::Code, Severity::Low, "line too long (99)");
        finding.line = Some(7);
        finding.context = Some("x = 1".into());
        finding
    }

    #[test]
    fn what_may_change_is_no_evidence() {
        let mut moved = finding();
        (moved.line, moved.severity, moved.message) =
            (Some(90), Severity::High, "line too long (120)".into());
        moved.context = Some("\tx  =  1\n".into());
        assert_eq!(evidence(&moved), evidence(&finding()));
        let mut other = finding();
        other.context = Some("x = 2".into());
        assert_ne!(evidence(&other), evidence(&finding()));
    }

    #[test]
    fn a_package_is_told_by_its_name_and_not_by_its_version() {
        let package = |name: &'static str, version: &'static str| {
            let package = Package { name: name.into(), version: Some(version.into()), ..Package::default() };
            Finding { package: Some(package), fingerprint: Some(version.into()), ..finding() }
        };
        assert_eq!(evidence(&package("lodash", "4.17.20")), evidence(&package("lodash", "4.17.21")));
        assert_ne!(evidence(&package("lodash", "4.17.20")), evidence(&package("minimist", "4.17.20")));
    }

    #[test]
    fn groups_differ_by_file_and_contents_do_not() {
        let of = |path| group("ruff", "E501", FindingKind::Code, &[0; 16], path);
        let ((a, content_a), (b, content_b)) = (of(Some("a.py")), of(Some("b.py")));
        assert_ne!(a, b);
        assert_eq!(content_a, content_b);
        assert_ne!(of(None).0, of(Some("")).0);
    }
}

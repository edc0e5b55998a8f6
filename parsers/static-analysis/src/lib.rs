//! Static analysis: one file per format.

mod checkstyle;
mod cpd;
mod cppcheck;
mod emit;
mod eslint;
mod gitlab_codequality;
mod hadolint;
mod json_list;
mod ktlint;
mod lenient;
mod markdownlint;
mod pmd;
mod psalm;
mod ruff;
mod sarif;
mod severity;
mod shellcheck;
mod spotbugs;
mod stylelint;
mod swiftlint;

use plimsoll_format::Format;

/// The rule of a finding whose report names none.
pub(crate) const NO_RULE: &str = "no-rule";

/// All formats of this family.
pub fn formats() -> &'static [&'static dyn Format] {
    &[
        &sarif::Sarif,
        &checkstyle::Checkstyle,
        &cpd::Cpd,
        &cppcheck::Cppcheck,
        &eslint::Eslint,
        &gitlab_codequality::GitlabCodeQuality,
        &hadolint::Hadolint,
        &ktlint::Ktlint,
        &markdownlint::Markdownlint,
        &pmd::Pmd,
        &psalm::Psalm,
        &ruff::Ruff,
        &shellcheck::ShellCheck,
        &spotbugs::SpotBugs,
        &stylelint::Stylelint,
        &swiftlint::SwiftLint,
    ]
}

//! Static analysis: one file per format.

mod checkstyle;
mod clang_tidy;
mod clippy;
mod clippy_text;
mod cpd;
mod cppcheck;
mod emit;
mod eslint;
mod flake8;
mod gitlab_codequality;
mod golangci_lint;
mod hadolint;
mod json_list;
mod ktlint;
mod lenient;
mod markdownlint;
mod mypy;
mod phpstan;
mod pmd;
mod psalm;
mod pylint;
mod rdformat;
mod rubocop;
mod ruff;
mod ruff_text;

mod sarif;
mod severity;
mod shellcheck;
mod sonar_generic_issues;
mod spotbugs;
mod staticcheck;
mod stylelint;
mod swiftlint;
mod text_report;
mod yamllint;

use plimsoll_format::Format;

/// The rule of a finding whose report names none.
pub(crate) const NO_RULE: &str = "no-rule";

/// All formats of this family.
pub fn formats() -> &'static [&'static dyn Format] {
    &[
        &sarif::Sarif,
        &checkstyle::Checkstyle,
        &clang_tidy::ClangTidy,
        &clippy::Clippy,
        &cpd::Cpd,
        &cppcheck::Cppcheck,
        &eslint::Eslint,
        &flake8::Flake8,
        &gitlab_codequality::GitlabCodeQuality,
        &golangci_lint::GolangciLint,
        &hadolint::Hadolint,
        &ktlint::Ktlint,
        &markdownlint::Markdownlint,
        &mypy::Mypy,
        &phpstan::PhpStan,
        &pmd::Pmd,
        &psalm::Psalm,
        &pylint::Pylint,
        &rdformat::RdFormat,
        &rubocop::RuboCop,
        &ruff::Ruff,
        &shellcheck::ShellCheck,
        &sonar_generic_issues::SonarGenericIssues,
        &spotbugs::SpotBugs,
        &staticcheck::Staticcheck,
        &stylelint::Stylelint,
        &swiftlint::SwiftLint,
        &yamllint::Yamllint,
    ]
}

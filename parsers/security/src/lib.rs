//! Security: one file per format.

mod advisory;
mod bandit;
mod bundler_audit;
mod cargo_audit;
mod cargo_deny;
mod composer_audit;
mod cvss;
mod govulncheck;
mod grype;
mod lenient;
mod npm_advisory;
mod npm_audit;
mod osv_scanner;
mod pip_audit;
mod rustsec;
mod safety;
mod semgrep;
mod severity;
mod snyk;
mod trivy;
mod yarn_audit;

use plimsoll_format::Format;

/// The formats of this family.
pub fn formats() -> &'static [&'static dyn Format] {
    &[
        &trivy::Trivy,
        &grype::Grype,
        &snyk::Snyk,
        &osv_scanner::OsvScanner,
        &npm_audit::NpmAudit,
        &yarn_audit::YarnAudit,
        &pip_audit::PipAudit,
        &safety::Safety,
        &cargo_audit::CargoAudit,
        &cargo_deny::CargoDeny,
        &govulncheck::Govulncheck,
        &bundler_audit::BundlerAudit,
        &composer_audit::ComposerAudit,
        &bandit::Bandit,
        &semgrep::Semgrep,
    ]
}

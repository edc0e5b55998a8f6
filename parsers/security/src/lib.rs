//! Security: one file per format.

mod advisory;
mod bandit;
mod brakeman;
mod bundler_audit;
mod cargo_audit;
mod cargo_deny;
mod checkov;
mod composer_audit;
mod cvss;
mod cyclonedx;
mod dependency_check;
mod detect_secrets;
mod gitlab_security;
mod gitleaks;
mod gosec;
mod govulncheck;
mod grype;
mod kics;
mod kube_bench;
mod lenient;
mod npm_advisory;
mod npm_audit;
mod nuclei;
mod osv_scanner;
mod pip_audit;
mod purl;
mod rustsec;
mod safety;
mod semgrep;
mod severity;
mod snyk;
mod terrascan;
mod tfsec;
mod trivy;
mod trufflehog;
mod yarn_audit;
mod zap;

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
        &dependency_check::DependencyCheck,
        &bandit::Bandit,
        &semgrep::Semgrep,
        &gosec::Gosec,
        &brakeman::Brakeman,
        &gitleaks::Gitleaks,
        &trufflehog::TruffleHog,
        &detect_secrets::DetectSecrets,
        &checkov::Checkov,
        &tfsec::Tfsec,
        &kics::Kics,
        &terrascan::Terrascan,
        &kube_bench::KubeBench,
        &nuclei::Nuclei,
        &zap::Zap,
        &cyclonedx::CycloneDx,
        &gitlab_security::GitlabSecurity,
    ]
}

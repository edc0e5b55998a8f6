//! Security: one file per format.

mod advisory;
mod bandit;
mod lenient;
mod npm_advisory;
mod npm_audit;
mod severity;
mod trivy;

use plimsoll_format::Format;

/// The formats of this family.
pub fn formats() -> &'static [&'static dyn Format] {
    &[&trivy::Trivy, &npm_audit::NpmAudit, &bandit::Bandit]
}

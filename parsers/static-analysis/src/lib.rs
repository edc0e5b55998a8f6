//! Static analysis: one file per format.

mod lenient;
mod sarif;
mod severity;

use plimsoll_format::Format;

/// The rule of a finding whose report names none.
pub(crate) const NO_RULE: &str = "no-rule";

/// All formats of this family.
pub fn formats() -> &'static [&'static dyn Format] {
    &[&sarif::Sarif]
}

//! Test results: one file per format.

mod junit;

use plimsoll_format::Format;

/// The formats of this family.
pub fn formats() -> &'static [&'static dyn Format] {
    &[&junit::Junit]
}

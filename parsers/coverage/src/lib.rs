//! Coverage: one file per format.

mod cobertura;
mod counts;
mod line_buffer;

use plimsoll_format::Format;

/// The formats of this family.
pub fn formats() -> &'static [&'static dyn Format] {
    &[&cobertura::Cobertura]
}

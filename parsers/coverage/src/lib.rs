//! Coverage: one file per format.

mod branches;
mod clover;
mod cobertura;
mod counts;
mod jacoco;
mod lcov;
mod line_buffer;
mod sonar_coverage;

use plimsoll_format::Format;

/// The formats of this family.
pub fn formats() -> &'static [&'static dyn Format] {
    &[&clover::Clover, &cobertura::Cobertura, &jacoco::Jacoco, &lcov::Lcov, &sonar_coverage::SonarCoverage]
}

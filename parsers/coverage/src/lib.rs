//! Coverage: one file per format.

mod branches;
mod clover;
mod cobertura;
mod counts;
mod coveragepy_json;
mod gcov_json;
mod gcov_lines;
mod gcovr_json;
mod go_coverprofile;
mod istanbul_json;
mod jacoco;
mod lcov;
mod line_buffer;
mod llvm_cov_json;
mod simplecov;
mod sonar_coverage;

use plimsoll_format::Format;

/// The formats of this family.
pub fn formats() -> &'static [&'static dyn Format] {
    &[
        &clover::Clover,
        &cobertura::Cobertura,
        &coveragepy_json::CoveragepyJson,
        &gcov_json::GcovJson,
        &gcovr_json::GcovrJson,
        &go_coverprofile::GoCoverprofile,
        &istanbul_json::IstanbulJson,
        &jacoco::Jacoco,
        &lcov::Lcov,
        &llvm_cov_json::LlvmCovJson,
        &simplecov::Simplecov,
        &sonar_coverage::SonarCoverage,
    ]
}

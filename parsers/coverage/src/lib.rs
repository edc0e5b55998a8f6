//! Coverage, and mutation testing, which asks the same question more sharply: one file per format.

mod branches;
mod clover;
mod cobertura;
mod counts;
mod coveragepy_json;
mod dotcover;
mod gcov_json;
mod gcov_lines;
mod gcovr_json;
mod go_coverprofile;
mod istanbul_json;
mod jacoco;
mod lcov;
mod lcov_functions;
mod line_buffer;
mod llvm_cov_json;
mod opencover;
mod pit;
mod simplecov;
mod sonar_coverage;
mod stryker;
mod visual_studio_coverage;

use plimsoll_format::Format;

/// The formats of this family.
pub fn formats() -> &'static [&'static dyn Format] {
    &[
        &clover::Clover,
        &cobertura::Cobertura,
        &coveragepy_json::CoveragepyJson,
        &dotcover::Dotcover,
        &gcov_json::GcovJson,
        &gcovr_json::GcovrJson,
        &go_coverprofile::GoCoverprofile,
        &istanbul_json::IstanbulJson,
        &jacoco::Jacoco,
        &lcov::Lcov,
        &llvm_cov_json::LlvmCovJson,
        &opencover::Opencover,
        &pit::Pit,
        &simplecov::Simplecov,
        &sonar_coverage::SonarCoverage,
        &stryker::Stryker,
        &visual_studio_coverage::VisualStudioCoverage,
    ]
}

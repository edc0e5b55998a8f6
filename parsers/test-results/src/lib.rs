//! Test results: one file per format.

mod allure;
mod bazel_bep;
mod ctest;
mod ctrf;
mod cucumber_json;
mod failure;
mod go_test_json;
mod jest_json;
mod junit;
mod libtest_json;
mod mocha_json;
mod nunit2;
mod nunit3;
mod playwright_json;
mod pytest_json;
mod robot;
mod tap;
mod testng;
mod trx;
mod xunit_net;

use plimsoll_format::Format;

/// The formats of this family.
pub fn formats() -> &'static [&'static dyn Format] {
    &[
        &junit::Junit,
        &trx::Trx,
        &nunit3::Nunit3,
        &nunit2::Nunit2,
        &xunit_net::XunitNet,
        &testng::TestNg,
        &tap::Tap,
        &go_test_json::GoTestJson,
        &jest_json::JestJson,
        &mocha_json::MochaJson,
        &cucumber_json::CucumberJson,
        &robot::Robot,
        &ctrf::Ctrf,
        &libtest_json::LibtestJson,
        &pytest_json::PytestJson,
        &playwright_json::PlaywrightJson,
        &allure::Allure,
        &ctest::Ctest,
        &bazel_bep::BazelBep,
    ]
}

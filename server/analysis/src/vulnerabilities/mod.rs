//! Which reports of several tools are one vulnerability.
//!
//! Trivy says `CVE-2019-10744`, npm says `GHSA-jf85-cpcp-j695`, OSV-Scanner says both: one vulnerability of one package.
//! What is joined is decided by [`join`], a function of the reports alone: neither their order nor what was joined before
//! has a part in it.

mod join;
mod name;
mod package;

pub use join::{Report, Unit, join};
pub use name::{advisory_name, is_cve, primary_name};
pub use package::package_key;

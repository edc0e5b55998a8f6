//! The static report.

//! What a report leaves out when it must be small, in order: first what is long, last what is important.

use plimsoll_api::{Comparison, TestRow};

use super::ReportData;
use crate::text;

/// One step of shortening.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// Whole texts of failures keep their first 2,000 characters.
    LongTexts,
    /// Whole texts of failures go; messages stay.
    Texts,
    /// Lists of what is no news (still failing, fixed, new, removed) keep 20 rows.
    OldNews,
    /// Every list keeps 50 rows.
    Lists,
    /// Charts go.
    Charts,
    /// Every list keeps 10 rows.
    ShortLists,
    /// Details of uploads and hotspots go.
    Details,
    /// Modules keep 20 rows, and lists go: what stays are the numbers.
    Rows,
}

impl Cut {
    /// All steps, in the order in which they are taken.
    pub const ORDER: [Self; 8] = [
        Self::LongTexts,
        Self::Texts,
        Self::OldNews,
        Self::Lists,
        Self::Charts,
        Self::ShortLists,
        Self::Details,
        Self::Rows,
    ];

    /// What was left out, in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::LongTexts => "long failure texts were cut",
            Self::Texts => "failure texts were left out",
            Self::OldNews => "lists of old news were cut at 20 rows",
            Self::Lists => "lists were cut at 50 rows",
            Self::Charts => "charts were left out",
            Self::ShortLists => "lists were cut at 10 rows",
            Self::Details => "uploads and hotspots were left out",
            Self::Rows => "lists were left out and modules cut at 20 rows",
        }
    }

    /// Shortens; says whether there was anything to shorten.
    pub(super) fn apply(self, data: &mut ReportData) -> bool {
        let before = weight(data);
        match self {
            Self::LongTexts => texts(&mut data.page.comparison, 2000),
            Self::Texts => texts(&mut data.page.comparison, 0),
            Self::OldNews => {
                if let Some(tests) = &mut data.page.comparison.tests {
                    for list in
                        [&mut tests.still_failing, &mut tests.fixed, &mut tests.new, &mut tests.removed]
                    {
                        list.truncate(20);
                    }
                }
                if let Some(findings) = &mut data.page.comparison.findings {
                    findings.fixed.truncate(20);
                }
            }
            Self::Lists => lists(&mut data.page.comparison, 50),
            Self::Charts => data.history.clear(),
            Self::ShortLists => lists(&mut data.page.comparison, 10),
            Self::Details => {
                data.page.uploads.clear();
                data.hotspots.clear();
            }
            Self::Rows => {
                lists(&mut data.page.comparison, 0);
                data.page.modules.truncate(20);
            }
        }
        weight(data) != before
    }
}

fn test_lists(comparison: &mut Comparison) -> Vec<&mut Vec<TestRow>> {
    comparison.tests.as_mut().map_or_else(Vec::new, |tests| {
        vec![
            &mut tests.newly_failing,
            &mut tests.still_failing,
            &mut tests.fixed,
            &mut tests.new,
            &mut tests.removed,
        ]
    })
}

fn texts(comparison: &mut Comparison, limit: usize) {
    for test in test_lists(comparison).into_iter().flatten() {
        test.detail = match test.detail.take() {
            Some(detail) if limit > 0 => Some(text::shorten(&detail, limit).into_owned()),
            _ => None,
        };
    }
}

fn lists(comparison: &mut Comparison, limit: usize) {
    for list in test_lists(comparison) {
        list.truncate(limit);
    }
    if let Some(coverage) = &mut comparison.coverage {
        coverage.truncate(limit);
    }
    if let Some(findings) = &mut comparison.findings {
        findings.new.truncate(limit);
        findings.fixed.truncate(limit);
    }
    if let Some(tests) = &mut comparison.tests {
        tests.slower.truncate(limit);
    }
    if let Some(patch) = &mut comparison.patch {
        patch.files.truncate(limit);
    }
    if let Some(indirect) = &mut comparison.indirect {
        indirect.files.truncate(limit);
    }
}

/// Rows of the lists that a diff and durations add.
fn further_rows(comparison: &Comparison) -> usize {
    comparison.tests.as_ref().map_or(0, |tests| tests.slower.len())
        + comparison.patch.as_ref().map_or(0, |patch| patch.files.len())
        + comparison.indirect.as_ref().map_or(0, |indirect| indirect.files.len())
}

/// Changes whenever something is shortened.
fn weight(data: &mut ReportData) -> (usize, usize) {
    let tests = test_lists(&mut data.page.comparison);
    let texts =
        tests.iter().flat_map(|list| list.iter()).map(|test| test.detail.as_ref().map_or(0, String::len));
    let texts = texts.sum();
    let rows: usize = tests.iter().map(|list| list.len()).sum();
    let comparison = &data.page.comparison;
    let findings =
        comparison.findings.as_ref().map_or(0, |findings| findings.new.len() + findings.fixed.len());
    let coverage = comparison.coverage.as_ref().map_or(0, Vec::len);
    let others = data.history.len() + data.page.uploads.len() + data.hotspots.len() + data.page.modules.len();
    (texts, rows + findings + coverage + further_rows(comparison) + others)
}

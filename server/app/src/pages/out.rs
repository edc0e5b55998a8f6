//! Everything of a run, to be written in the formats of other tools.

use plimsoll_api::{FindingRow, FindingState};
use plimsoll_model::Outcome;
use plimsoll_store::{BlobId, FileLines, FindingId, StoreError};

use super::finding_rows::finding_rows;
use super::{PageError, Scope};

/// A finding with what only an export needs.
#[derive(Debug, Clone, PartialEq)]
pub struct FindingOut {
    /// As lists show it, with the decision about it.
    pub row: FindingRow,
    /// Its group's identity, in hexadecimal digits.
    pub identity: String,
    /// The report itself said that it does not count.
    pub is_suppressed: bool,
    /// Why, as the report said.
    pub suppression: Option<String>,
}

/// A test with its texts.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "each is the field of the same name of the model's test case")]
pub struct TestOut {
    pub suite: String,
    pub class: String,
    pub name: String,
    pub file: Option<String>,
    pub outcome: Outcome,
    pub duration_us: Option<u64>,
    pub is_flaky: bool,
    pub message: Option<String>,
    pub detail: Option<String>,
}

/// All findings of a run, suppressed and reviewed ones among them, by their identifiers.
///
/// # Errors
/// Where there is no such run, or the store fails.
pub fn findings_out(scope: &Scope<'_>, run: u64) -> Result<Vec<FindingOut>, PageError> {
    let run = scope.run(run)?;
    let project = scope.project.id;
    let Some(columns) = scope.reader.read_findings(project, run.number)? else { return Ok(Vec::new()) };
    let ids: Vec<FindingId> = columns.present.iter().map(FindingId).collect();
    let rows = finding_rows(scope, &run, &columns, &ids, |_| FindingState::Existing, |_, _| None)?;
    let infos = scope.reader.list_findings(project, &columns.present)?;
    Ok(rows
        .into_iter()
        .zip(infos)
        .map(|(mut row, info)| {
            // Every tool's own words go out.
            row.severity = columns.reported_severity(info.key.id).unwrap_or(row.severity);
            (row, info)
        })
        .map(|(row, info)| FindingOut {
            identity: info.key.group.0.iter().map(|byte| format!("{byte:02x}")).collect(),
            is_suppressed: columns.suppressed.contains(info.key.id.0),
            suppression: info.detail.suppression,
            row,
        })
        .collect())
}

/// All tests of a run, by their identifiers.
///
/// # Errors
/// Where there is no such run, or the store fails.
pub fn tests_out(scope: &Scope<'_>, run: u64) -> Result<Vec<TestOut>, PageError> {
    let run = scope.run(run)?;
    let project = scope.project.id;
    let Some(columns) = scope.reader.read_tests(project, run.number)? else { return Ok(Vec::new()) };
    let infos = scope.reader.list_tests(project, &columns.present)?;
    let places = scope.places(&infos.iter().filter_map(|info| info.path).map(|path| path.0).collect())?;
    let text = |blob: Option<BlobId>| -> Result<Option<String>, StoreError> {
        blob.map(|blob| scope.reader.read_text(project, blob)).transpose()
    };
    let mut tests = Vec::with_capacity(infos.len());
    for (info, result) in infos.into_iter().zip(columns.results()) {
        tests.push(TestOut {
            suite: info.suite,
            class: info.class,
            name: info.name,
            file: places.path(info.path),
            outcome: result.outcome,
            duration_us: result.duration_us,
            is_flaky: result.is_flaky,
            message: text(result.failure.message)?,
            detail: text(result.failure.detail)?,
        });
    }
    Ok(tests)
}

/// The lines of all files of a run, by path.
///
/// # Errors
/// Where there is no such run, or the store fails.
pub fn coverage_out(scope: &Scope<'_>, run: u64) -> Result<Vec<(String, FileLines)>, PageError> {
    let run = scope.run(run)?;
    let project = scope.project.id;
    let Some(manifest) = scope.reader.read_coverage(project, run.number)? else { return Ok(Vec::new()) };
    let places = scope.places(&manifest.files.iter().map(|file| file.path.0).collect())?;
    let mut files = Vec::with_capacity(manifest.files.len());
    for file in &manifest.files {
        if let Some(path) = places.path(Some(file.path)) {
            files.push((path, scope.reader.read_file_lines(project, file.blob)?));
        }
    }
    files.sort_by(|(a, _), (b, _)| a.cmp(b));
    Ok(files)
}

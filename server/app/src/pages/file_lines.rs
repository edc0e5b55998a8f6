//! A window of a file's lines: what a screen that shows a long file asks for.

use plimsoll_api::{FileLine, FileLines};
use serde::Deserialize;

use super::file::{known_of, line_count, source_text};
use super::{PageError, Scope};

/// Lines of a window, where nothing is said and at most.
const LINES: u32 = 500;
const MOST_LINES: u32 = 2000;
/// Letters of a line that are shown; a line that is longer was not written by anybody.
const LONGEST: usize = 2000;

/// The query of `GET /projects/{project}/runs/{run}/file/lines`.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LineParameters {
    /// The file, inside the repository.
    pub path: String,
    /// The first line; 1 if absent.
    pub from: Option<u32>,
    /// How many lines; 500 if absent, at most 2,000.
    pub limit: Option<u32>,
}

/// Some lines of a file. Without a source text and beyond the last line that a coverage report names there are none.
///
/// # Errors
/// Where there is no such run or file, a parameter is wrong, or the store fails.
pub fn list_lines(scope: &Scope<'_>, run: u64, parameters: &LineParameters) -> Result<FileLines, PageError> {
    let bad = |name, message: &str| Err(PageError::BadParameter { name, message: message.to_owned() });
    let limit = parameters.limit.unwrap_or(LINES);
    if !(1..=MOST_LINES).contains(&limit) {
        return bad("limit", &format!("{limit} is not between 1 and {MOST_LINES}"));
    }
    let from = parameters.from.unwrap_or(1);
    if from == 0 {
        return bad("from", "lines begin at 1");
    }
    let run = scope.run(run)?;
    let path = &parameters.path;
    let missing = || PageError::FileNotFound { run: run.number.0, path: path.clone() };
    let file = scope.reader.find_path(scope.project.id, path)?.ok_or_else(missing)?;
    let coverage = scope.reader.read_coverage(scope.project.id, run.number)?;
    let entry = coverage.as_ref().and_then(|coverage| coverage.find(file.id)).copied();
    let covered = match entry {
        Some(entry) => scope.reader.read_file_lines(scope.project.id, entry.blob)?,
        None => plimsoll_store::FileLines::default(),
    };
    let text = source_text(scope, &run, file.id)?;
    let last = line_count(&covered, text.as_deref());
    let skipped = usize::try_from(from - 1).unwrap_or(usize::MAX);
    let mut texts = text.as_deref().map(|text| text.lines().skip(skipped));
    let window = from..=last.min(from.saturating_add(limit - 1));
    let lines = window.map(|number| {
        let (state, branches, branches_covered) = known_of(&covered, number);
        let text =
            texts.as_mut().map(|texts| texts.next().unwrap_or_default().chars().take(LONGEST).collect());
        FileLine { number, text, state, branches, branches_covered }
    });
    let lines = lines.collect();
    Ok(FileLines { path: file.path, line_count: last, has_source: text.is_some(), lines })
}

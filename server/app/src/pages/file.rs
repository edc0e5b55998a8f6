use plimsoll_api::{BranchLine, FileChurn, FilePage, FindingRow, LineRange, LineState};
use plimsoll_store::{FileLines, FindingId, LineBranches, PathId, PathInfo, Run, StoreError};

use super::changes::changes;
use super::churn::read_churn;
use super::finding_rows::finding_rows;
use super::hotspots::heat_of_file;
use super::measures::coverage_counts;
use super::{PageError, Scope};

/// A file in a run: which lines are covered, and its findings.
///
/// # Errors
/// Where there is no such run, the run knows nothing of the file, or the store fails.
pub fn find_file(scope: &Scope<'_>, run: u64, path: &str) -> Result<FilePage, PageError> {
    let run = scope.run(run)?;
    let missing = || PageError::FileNotFound { run: run.number.0, path: path.to_owned() };
    let file = scope.reader.find_path(scope.project.id, path)?.ok_or_else(missing)?;
    let coverage = scope.reader.read_coverage(scope.project.id, run.number)?;
    let entry = coverage.as_ref().and_then(|coverage| coverage.find(file.id)).copied();
    let lines = match entry {
        Some(entry) => scope.reader.read_file_lines(scope.project.id, entry.blob)?,
        None => FileLines::default(),
    };
    let findings = findings(scope, &run, &file)?;
    let is_listed = || -> Result<bool, StoreError> {
        let files = scope.reader.read_files(scope.project.id, run.number)?;
        Ok(files.is_some_and(|files| files.contains(file.id.0)))
    };
    if entry.is_none() && findings.is_empty() && !is_listed()? {
        return Err(missing());
    }
    let text = source_text(scope, &run, file.id)?;
    let churn = read_churn(scope, &run)?.and_then(|churn| churn.files.get(&file.id).copied());
    Ok(FilePage {
        line_count: line_count(&lines, text.as_deref())
            .max(findings.iter().filter_map(|row| row.line).max().unwrap_or(0)),
        has_source: text.is_some(),
        churn: churn.map(|changed| FileChurn { commits: changed.commits, lines: changed.lines }),
        module: scope.module_path(file.module)?.unwrap_or_else(|| ".".to_owned()),
        run: run.number.0,
        branch: run.branch.clone(),
        coverage: entry.map(|entry| coverage_counts(&entry.totals)),
        lines: ranges(&lines),
        branches: lines
            .branches
            .iter()
            .map(|line| BranchLine { line: line.line, branches: line.branches, covered: line.covered })
            .collect(),
        findings,
        hotspot: heat_of_file(scope, &run, file.id)?,
        path: file.path,
    })
}

// The source text of a file, where it was sent.
pub(super) fn source_text(scope: &Scope<'_>, run: &Run, file: PathId) -> Result<Option<String>, StoreError> {
    let sources = scope.reader.read_sources(scope.project.id, run.number)?;
    let entry = sources.files.get(&file);
    entry.map(|entry| scope.reader.read_text(scope.project.id, entry.blob)).transpose()
}

// The lines of the text, or up to the last executable one.
pub(super) fn line_count(lines: &FileLines, text: Option<&str>) -> u32 {
    let of_text = text.map_or(0, |text| u32::try_from(text.lines().count()).unwrap_or(u32::MAX));
    of_text.max(lines.lines.last().map_or(0, |(line, _)| *line))
}

// All findings in the file, suppressed ones among them, by line.
fn findings(scope: &Scope<'_>, run: &Run, file: &PathInfo) -> Result<Vec<FindingRow>, StoreError> {
    let Some(columns) = scope.findings(run)? else {
        return Ok(Vec::new());
    };
    let here = scope.reader.findings_of_path(scope.project.id, file.id)? & &columns.present;
    let ids: Vec<FindingId> = here.iter().map(FindingId).collect();
    let baseline = scope.baseline(run)?;
    let changes = baseline.as_ref().map(|baseline| changes(scope, baseline, run)).transpose()?;
    let difference = changes.as_ref().and_then(|changes| changes.findings.as_ref());
    let state = |id: FindingId| match difference {
        Some(difference) => difference.state(id, &columns),
        None => super::findings::state_without_difference(id, &columns, baseline.is_some()),
    };
    let mut rows = finding_rows(scope, run, &columns, &ids, state, |id, path| {
        difference?.moved.get(&id.0)?.words(path)
    })?;
    rows.sort_by_key(|row| (row.line, std::cmp::Reverse(row.severity), row.id));
    Ok(rows)
}

// Lines that follow each other in the same state as one range. Lines between that are not executable end a range, so
// that a range never claims a line that no report names.
fn ranges(lines: &FileLines) -> Vec<LineRange> {
    let mut ranges: Vec<LineRange> = Vec::new();
    for (line, is_covered) in &lines.lines {
        let state = state_of(lines, *line, *is_covered);
        match ranges.last_mut() {
            Some(range) if range.state == state && range.last + 1 == *line => range.last = *line,
            _ => ranges.push(LineRange { first: *line, last: *line, state }),
        }
    }
    ranges
}

fn state_of(lines: &FileLines, line: u32, is_covered: bool) -> LineState {
    let is_partial = || branches_of(lines, line).is_some_and(|branches| branches.covered < branches.branches);
    match is_covered {
        false => LineState::Uncovered,
        true if is_partial() => LineState::Partial,
        true => LineState::Covered,
    }
}

// The branches of a line, where it has any.
fn branches_of(lines: &FileLines, line: u32) -> Option<LineBranches> {
    let found = lines.branches.binary_search_by_key(&line, |branches| branches.line);
    found.ok().and_then(|at| lines.branches.get(at)).copied()
}

// What is known of a line: its state, its branches, and those of them that were taken.
pub(super) fn known_of(lines: &FileLines, line: u32) -> (Option<LineState>, u32, u32) {
    let found = lines.lines.binary_search_by_key(&line, |(line, _)| *line).ok();
    let state =
        found.and_then(|at| lines.lines.get(at)).map(|(_, is_covered)| state_of(lines, line, *is_covered));
    let branches = branches_of(lines, line);
    let (all, covered) = branches.map_or((0, 0), |branches| (branches.branches, branches.covered));
    (state, all, covered)
}

#[cfg(test)]
mod tests {
    use super::*;

    // `c` covered, `u` uncovered, `p` partial, ` ` not executable.
    #[track_caller]
    fn check(lines: &str, expect: &str) {
        let mut file = FileLines::default();
        for (letter, line) in lines.chars().zip(1_u32..) {
            match letter {
                'c' | 'p' => file.lines.push((line, true)),
                'u' => file.lines.push((line, false)),
                _ => {}
            }
            if letter == 'p' {
                file.branches.push(LineBranches { line, branches: 2, covered: 1 });
            }
        }
        let found: Vec<String> = ranges(&file)
            .iter()
            .map(|range| {
                let state = match range.state {
                    LineState::Covered => 'c',
                    LineState::Partial => 'p',
                    LineState::Uncovered => 'u',
                };
                format!("{state}{}-{}", range.first, range.last)
            })
            .collect();
        assert_eq!(found.join(" "), expect);
    }

    #[test]
    fn lines_in_the_same_state_are_one_range() {
        check("", "");
        check("c", "c1-1");
        check("ccuupc", "c1-2 u3-4 p5-5 c6-6");
        check("cc c", "c1-2 c4-4");
    }
}

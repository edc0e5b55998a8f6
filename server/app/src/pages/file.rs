use plimsoll_api::{BranchLine, FilePage, FindingRow, LineRange, LineState};
use plimsoll_store::{FileLines, FindingId, PathInfo, Run, StoreError};

use super::changes::changes;
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
    Ok(FilePage {
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
        let state = match is_covered {
            false => LineState::Uncovered,
            true if is_partial(lines, *line) => LineState::Partial,
            true => LineState::Covered,
        };
        match ranges.last_mut() {
            Some(range) if range.state == state && range.last + 1 == *line => range.last = *line,
            _ => ranges.push(LineRange { first: *line, last: *line, state }),
        }
    }
    ranges
}

fn is_partial(lines: &FileLines, line: u32) -> bool {
    let found = lines.branches.binary_search_by_key(&line, |branches| branches.line);
    found
        .ok()
        .and_then(|at| lines.branches.get(at))
        .is_some_and(|branches| branches.covered < branches.branches)
}

#[cfg(test)]
mod tests {
    use super::*;
    use plimsoll_store::LineBranches;

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

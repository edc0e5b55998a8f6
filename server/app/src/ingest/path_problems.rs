//! Which paths of an upload are no file of the repository, why, and what would make them match.

use plimsoll_analysis::paths::{FileIndex, PathRules, Resolved, is_stripped, mend, without_prefixes};
use plimsoll_api::{PathHint, PathMatches, PathProblem, PathReason};
use plimsoll_format::WarningCode;
use plimsoll_model::RepoPath;
use plimsoll_store::Upload;

use super::collect::Warnings;

/// Paths that the answer to the upload names, at most.
const EXAMPLES: usize = 10;

/// Files that a path may have meant, at most, that are kept with it.
const CANDIDATES: usize = 5;

/// Paths that are kept of an upload, at most. More are only counted.
const KEPT: usize = 2_000;

/// What is gathered while an upload's reports are recorded.
#[derive(Debug, Default)]
pub(super) struct PathProblems {
    matches: PathMatches,
    problems: Vec<PathProblem>,
    /// The paths of the problems as they were before any prefix was taken off or put before.
    plain: Vec<RepoPath>,
    /// The upload's own prefix stood before one path at least.
    strips: bool,
}

impl PathProblems {
    /// Counts what became of a report's distinct paths, and warns of those that are no file.
    pub(super) fn note(
        &mut self,
        report: &str,
        index: Option<&FileIndex>,
        rules: &PathRules<'_>,
        raws: &[&str],
        resolved: &[Resolved],
        warnings: &mut Warnings,
    ) {
        let (mut missed, mut ambiguous) = ((0, ""), (0, ""));
        for (resolved, raw) in resolved.iter().zip(raws) {
            self.strips = self.strips || is_stripped(rules, raw);
            let (reason, path) = match resolved {
                Resolved::File(_) => {
                    self.matches.matched += 1;
                    continue;
                }
                Resolved::Empty | Resolved::Unchecked(_) => continue,
                Resolved::Unmatched(path) => (PathReason::NotInFileList, path),
                Resolved::Outside(path) => (PathReason::OutsideRepository, path),
                Resolved::Ambiguous(path) => (PathReason::Ambiguous, path),
            };
            let (count, first) = if reason == PathReason::Ambiguous { &mut ambiguous } else { &mut missed };
            *count += 1;
            if first.is_empty() {
                *first = raw;
            }
            self.plain.extend(without_prefixes(rules, raw));
            self.add(report, index, raw, reason, path);
        }
        for (code, (count, first), what) in [
            (WarningCode::UnmatchedPath, missed, "is no file of the repository"),
            (WarningCode::AmbiguousPath, ambiguous, "could be several files of the repository"),
        ] {
            warnings.add(code.as_str(), count, || format!("`{first}` {what}"));
        }
    }

    fn add(
        &mut self,
        report: &str,
        index: Option<&FileIndex>,
        raw: &str,
        reason: PathReason,
        path: &RepoPath,
    ) {
        *match reason {
            PathReason::NotInFileList => &mut self.matches.unmatched,
            PathReason::Ambiguous => &mut self.matches.ambiguous,
            PathReason::OutsideRepository => &mut self.matches.outside,
        } += 1;
        if self.matches.examples.len() < EXAMPLES {
            self.matches.examples.push(raw.to_owned());
        }
        if self.problems.len() >= KEPT {
            return;
        }
        let (files, count) =
            index.map(|index| index.candidates(path.as_str(), CANDIDATES)).unwrap_or_default();
        let name = |at: &u32| index.and_then(|index| index.file(*at)).map(str::to_owned);
        self.problems.push(PathProblem {
            path: raw.to_owned(),
            reason,
            candidates: files.iter().filter_map(name).collect(),
            candidate_count: count as u64,
            report: report.to_owned(),
        });
    }

    /// What is kept with the upload; `None` where all paths matched.
    pub(super) fn text(&self) -> Result<Option<String>, serde_json::Error> {
        if self.problems.is_empty() { Ok(None) } else { serde_json::to_string(&self.problems).map(Some) }
    }

    /// What the answer to the upload says.
    pub(super) fn into_matches(self, upload: &Upload, index: Option<&FileIndex>) -> PathMatches {
        let hint = index.filter(|_| !self.problems.is_empty()).map(|index| self.hint(upload, index));
        PathMatches { without_file_list: index.is_none(), hint, ..self.matches }
    }

    fn hint(&self, upload: &Upload, index: &FileIndex) -> PathHint {
        let missed = self.matches.missed();
        if let Some(mend) = mend(index, &self.plain).filter(|mend| mend.paths > 0) {
            let some = |prefix: &String| Some(prefix.clone()).filter(|prefix| !prefix.is_empty());
            let (strip_prefix, add_prefix) = (some(&mend.strip_prefix), some(&mend.add_prefix));
            let named = |option: &str, prefix: &Option<String>| {
                prefix.as_ref().map(|prefix| format!("{option} `{prefix}`"))
            };
            let with: Vec<String> =
                [named("--strip-prefix", &strip_prefix), named("--add-prefix", &add_prefix)]
                    .into_iter()
                    .flatten()
                    .collect();
            let mends = mend.paths as u64;
            let message =
                format!("upload with {}: {mends} of these {missed} would match", with.join(" and "));
            return PathHint { strip_prefix, add_prefix, mends, message };
        }
        let message = match upload.received.strip_prefix.as_deref() {
            Some(prefix) if !self.strips => {
                format!("the prefix `{prefix}` that is to be taken off stands before none of the paths")
            }
            _ if self.matches.ambiguous > 0 => {
                "say with --add-prefix which folder the report is of, or have the tool write paths from the \
                 repository's root"
                    .to_owned()
            }
            _ => "no prefix would help: these files are made by the build, or not in the commit that the file list is of"
                .to_owned(),
        };
        PathHint { message, ..PathHint::default() }
    }
}

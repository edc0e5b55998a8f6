//! The report files that CI tools would write of a repository, and the same as plain data, which is the truth about
//! what was sent.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::random::Random;
use crate::repository::{Hunk, Repository, hunks};

/// How a test ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Passed,
    Failed,
    Errored,
    Skipped,
}

/// A finding as it stands in a report.
#[derive(Debug, Clone, PartialEq)]
pub struct Reported {
    /// The truth; in no report.
    pub defect: u64,
    /// The truth about copies; in no report.
    pub kin: u64,
    pub tool: &'static str,
    pub rule: String,
    pub path: String,
    pub line: u32,
    /// Empty where the tool tells nothing of the code.
    pub context: String,
}

/// What was sent for one run.
#[derive(Debug, Clone, Default)]
pub struct Raw {
    /// By class and name.
    pub tests: BTreeMap<(String, String), (Outcome, u64)>,
    pub findings: Vec<Reported>,
    /// By path: whether each executable line was executed.
    pub coverage: BTreeMap<String, BTreeMap<u32, bool>>,
    /// The commits of its change log, and the renames in each, the oldest first.
    pub log: Vec<(String, Vec<(String, String)>)>,
    /// What changed since another commit, where that was sent.
    pub diff: Option<RawDiff>,
}

/// A diff.
#[derive(Debug, Clone, Default)]
pub struct RawDiff {
    /// The commit that it begins at.
    pub base: String,
    /// By the path now: the path then, and what changed.
    pub files: BTreeMap<String, (String, Vec<Hunk>)>,
}

/// What changed since the repository was as it is in `base`.
pub fn changes_since(base: &Repository, repository: &Repository) -> RawDiff {
    let mut diff = RawDiff { base: base.commits.last().unwrap().id.clone(), ..RawDiff::default() };
    for (id, file) in &repository.files {
        let Some(old) = base.files.get(id) else { continue };
        let hunks = hunks(&old.lines, &file.lines);
        if !hunks.is_empty() || old.path != file.path {
            diff.files.insert(file.path.clone(), (old.path.clone(), hunks));
        }
    }
    diff
}

/// As `plimsoll upload` sends it.
pub fn places(diff: &RawDiff) -> String {
    let mut text = format!("# plimsoll diff {}\n", diff.base);
    for (path, (from, hunks)) in &diff.files {
        writeln!(text, "diff --git a/{from} b/{path}").unwrap();
        if from != path {
            writeln!(text, "rename from {from}\nrename to {path}").unwrap();
        }
        writeln!(text, "--- a/{from}\n+++ b/{path}").unwrap();
        for hunk in hunks {
            let Hunk { old_start, old_count, new_start, new_count } = hunk;
            writeln!(text, "@@ -{old_start},{old_count} +{new_start},{new_count} @@").unwrap();
        }
    }
    text
}

/// Rules of the linter that quotes the code; the others are of one that gives a line and nothing else.
pub const QUOTED_RULES: usize = 4;

/// Carries the tests out and looks for defects.
pub fn observe(repository: &Repository, random: &mut Random) -> Raw {
    let mut raw = Raw::default();
    for test in &repository.tests {
        let fails = test.is_broken || random.share() < test.flaky_share;
        let outcome = match test.id % 7 {
            0 if fails => Outcome::Errored,
            _ if fails => Outcome::Failed,
            _ if test.id % 23 == 0 => Outcome::Skipped,
            _ => Outcome::Passed,
        };
        let jitter = 1.0 + (random.share() - 0.5) / 5.0;
        let duration = (test.duration_ms as f64 * jitter) as u64;
        raw.tests.insert((test.class.clone(), test.name.clone()), (outcome, duration));
    }
    for defect in &repository.defects {
        let Some((file, line)) = repository.place(defect.line) else { continue };
        let is_quoted = defect.rule < QUOTED_RULES;
        raw.findings.push(Reported {
            defect: defect.id,
            kin: defect.kin,
            tool: if is_quoted { "quoter" } else { "checkstyle" },
            rule: format!("R{}", defect.rule),
            path: file.path.clone(),
            line: line as u32,
            context: if is_quoted { file.lines[line - 1].text() } else { String::new() },
        });
    }
    for file in repository.files.values() {
        let lines = (1_u32..).zip(&file.lines).filter(|(_, line)| line.is_executable());
        raw.coverage.insert(file.path.clone(), lines.map(|(at, line)| (at, line.is_covered)).collect());
    }
    for commit in newest(repository).iter().rev() {
        let renames = commit.changes.iter();
        let renames = renames.filter_map(|(path, from, ..)| Some((path.clone(), from.clone()?)));
        raw.log.push((commit.id.clone(), renames.collect()));
    }
    raw
}

/// The commits that the change log holds, the newest first.
fn newest(repository: &Repository) -> Vec<&crate::repository::Commit> {
    repository.commits.iter().rev().take(25).collect()
}

pub fn file_list(repository: &Repository) -> String {
    let mut text = "# plimsoll file-list\napi/Cargo.toml\nshop/Cargo.toml\nweb/Cargo.toml\n".to_owned();
    for path in repository.files.values().map(|file| &file.path).collect::<BTreeSet<_>>() {
        writeln!(text, "{path}").unwrap();
    }
    text
}

pub fn numstat(repository: &Repository) -> String {
    let mut text = String::new();
    for commit in newest(repository) {
        writeln!(text, "\u{1}{} {}", commit.id, commit.time).unwrap();
        for (path, from, added, deleted) in &commit.changes {
            match from {
                Some(from) => writeln!(text, "{added}\t{deleted}\t{from} => {path}").unwrap(),
                None => writeln!(text, "{added}\t{deleted}\t{path}").unwrap(),
            }
        }
        text.push('\n');
    }
    text
}

/// The tests whose number in the report leaves this remainder: one shard.
pub fn junit(raw: &Raw, shard: usize, shards: usize) -> String {
    let mut text = "<testsuites><testsuite name=\"all\">\n".to_owned();
    let tests = raw.tests.iter().enumerate().filter(|(at, _)| at % shards == shard);
    for (_, ((class, name), (outcome, duration))) in tests {
        let seconds = *duration as f64 / 1000.0;
        write!(text, "<testcase classname=\"{class}\" name=\"{name}\" time=\"{seconds:.3}\">").unwrap();
        text.push_str(match outcome {
            Outcome::Passed => "",
            Outcome::Failed => "<failure message=\"expected 1, got 2\">at line 7</failure>",
            Outcome::Errored => "<error message=\"no connection\">at line 9</error>",
            Outcome::Skipped => "<skipped/>",
        });
        text.push_str("</testcase>\n");
    }
    text.push_str("</testsuite></testsuites>\n");
    text
}

pub fn lcov(raw: &Raw) -> String {
    let mut text = "TN:\n".to_owned();
    for (path, lines) in &raw.coverage {
        writeln!(text, "SF:{path}").unwrap();
        for (line, is_covered) in lines {
            writeln!(text, "DA:{line},{}", u8::from(*is_covered)).unwrap();
        }
        text.push_str("end_of_record\n");
    }
    text
}

/// The findings of the linter that quotes the code, in an order that says nothing.
pub fn sarif(raw: &Raw, repository: &Repository, random: &mut Random) -> String {
    let mut results: Vec<String> = raw
        .findings
        .iter()
        .filter(|finding| finding.tool == "quoter")
        .map(|finding| {
            let defect = repository.defects.iter().find(|defect| defect.id == finding.defect).unwrap();
            let level = ["note", "warning", "error"][defect.severity];
            serde_json::json!({
                "ruleId": finding.rule,
                "level": level,
                "message": {"text": format!("value is not checked, as of edition {}", defect.wording)},
                "locations": [{"physicalLocation": {
                    "artifactLocation": {"uri": finding.path},
                    "region": {"startLine": finding.line, "snippet": {"text": finding.context}},
                }}],
            })
            .to_string()
        })
        .collect();
    random.shuffle(&mut results);
    format!(
        "{{\"version\":\"2.1.0\",\"runs\":[{{\"tool\":{{\"driver\":{{\"name\":\"quoter\"}}}},\"results\":[{}]}}]}}",
        results.join(",\n")
    )
}

/// The findings of the linter that gives lines only.
pub fn checkstyle(raw: &Raw) -> String {
    let mut text = "<?xml version=\"1.0\"?>\n<checkstyle version=\"9.3\">\n".to_owned();
    for finding in raw.findings.iter().filter(|finding| finding.tool == "checkstyle") {
        writeln!(
            text,
            "<file name=\"{}\"><error line=\"{}\" severity=\"warning\" message=\"not good\" source=\"{}\"/></file>",
            finding.path, finding.line, finding.rule
        )
        .unwrap();
    }
    text.push_str("</checkstyle>\n");
    text
}

//! With which run a run is compared.

/// What the choice depends on, of the run and of each candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate<'a> {
    /// Counts up from 1 in the project.
    pub number: u64,
    /// The commit's identifier.
    pub commit: &'a str,
    /// The branch.
    pub branch: &'a str,
    /// The run belongs to a pull request, whatever its branch is called.
    pub is_pull_request: bool,
    /// Seconds since 1970.
    pub created_at: i64,
    /// All that was announced is there.
    pub is_complete: bool,
}

/// The run whose baseline is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// Itself.
    pub run: Candidate<'a>,
    /// The branch that it will be merged into, where the client said so.
    pub base_branch: Option<&'a str>,
    /// The commit's first-parent history, the newest first; empty where the client sent none.
    pub parents: &'a [&'a str],
}

/// Chooses the baseline among complete runs of the base branch.
///
/// The base branch is the one that the client named, else the project's default branch; a run of the default branch
/// is compared within it. The nearest ancestor that has a run wins, and of its runs the newest; without any known
/// ancestor, the newest run before this one. Another build of the same commit is no baseline within the same branch:
/// nothing changed between the two, and the comparison with what was there before would be lost.
pub fn choose_baseline(
    subject: &Subject<'_>,
    default_branch: &str,
    candidates: &[Candidate<'_>],
) -> Option<u64> {
    let run = &subject.run;
    let usable = || candidates.iter().filter(|other| is_usable(subject, default_branch, other));
    // The commit itself is contained in the commit: a branch that has nothing of its own yet equals its base.
    for commit in std::iter::once(&run.commit).chain(subject.parents) {
        let newest = usable().filter(|other| other.commit == *commit).max_by_key(|other| order(other));
        if let Some(found) = newest {
            return Some(found.number);
        }
    }
    usable()
        .filter(|other| order(other) < order(run))
        .max_by_key(|other| order(other))
        .map(|found| found.number)
}

/// Whether a run can be the baseline at all.
pub fn is_usable(subject: &Subject<'_>, default_branch: &str, other: &Candidate<'_>) -> bool {
    let run = &subject.run;
    let base = base_branch(subject, default_branch);
    let is_own_branch = !run.is_pull_request && run.branch == base;
    other.is_complete
        && other.number != run.number
        && !other.is_pull_request
        && other.branch == base
        && !(is_own_branch && other.commit == run.commit)
}

/// The branch whose runs can be the baseline of a run.
pub fn base_branch<'a>(subject: &Subject<'a>, default_branch: &'a str) -> &'a str {
    match subject.base_branch {
        Some(named) if named != subject.run.branch || subject.run.is_pull_request => named,
        _ => default_branch,
    }
}

fn order(run: &Candidate<'_>) -> (i64, u64) {
    (run.created_at, run.number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run<'a>(number: u64, branch: &'a str, commit: &'a str) -> Candidate<'a> {
        Candidate {
            number,
            commit,
            branch,
            is_pull_request: false,
            created_at: i64::try_from(number).unwrap() * 100,
            is_complete: true,
        }
    }

    fn partial<'a>(number: u64, branch: &'a str, commit: &'a str) -> Candidate<'a> {
        Candidate { is_complete: false, ..run(number, branch, commit) }
    }

    fn history() -> Vec<Candidate<'static>> {
        vec![
            run(1, "main", "a"),
            run(2, "main", "b"),
            run(3, "topic", "x"),
            run(4, "main", "b"),
            partial(5, "main", "c"),
            run(6, "main", "d"),
            Candidate { is_pull_request: true, ..run(7, "main", "y") },
        ]
    }

    #[track_caller]
    fn check(subject: Candidate<'_>, base: Option<&str>, parents: &[&str], expect: Option<u64>) {
        let subject = Subject { run: subject, base_branch: base, parents };
        assert_eq!(choose_baseline(&subject, "main", &history()), expect);
    }

    #[test]
    fn the_nearest_ancestor_with_a_complete_run() {
        check(run(9, "topic", "z"), Some("main"), &["x", "b", "a"], Some(4));
        check(run(9, "topic", "z"), None, &["x", "c", "a"], Some(1));
        check(run(9, "main", "e"), None, &["d", "c", "b", "a"], Some(6));
    }

    #[test]
    fn without_a_known_ancestor_the_newest_before_it() {
        check(run(9, "topic", "z"), None, &[], Some(6));
        check(run(9, "topic", "z"), None, &["unknown"], Some(6));
        check(run(3, "topic", "x"), None, &[], Some(2));
        check(run(1, "main", "a"), None, &[], None);
        check(run(9, "topic", "z"), Some("release"), &["a"], None);
    }

    #[test]
    fn another_build_of_the_same_commit_is_no_baseline_on_its_own_branch() {
        check(run(4, "main", "b"), None, &[], Some(1));
        check(run(8, "main", "d"), None, &["c", "b"], Some(4));
        // A branch without a commit of its own is compared with the base's run of the same commit.
        check(run(9, "topic", "d"), None, &["c", "b"], Some(6));
    }

    #[test]
    fn a_pull_request_from_a_branch_with_the_same_name_is_not_its_own_base() {
        let fork = Candidate { is_pull_request: true, ..run(8, "main", "z") };
        check(fork, Some("main"), &["b", "a"], Some(4));
        check(run(9, "main", "e"), None, &[], Some(6));
    }
}

//! Modules that change together.
//!
//! The temporal coupling of Adam Tornhill's code-maat: the degree of two modules is the number of commits that changed
//! both, divided by the mean of the numbers of commits that changed each. Commits of more than [`LARGEST_CHANGE_SET`]
//! files (renames, reformatting, new licence headers) couple everything with everything and are left out.

use std::collections::{BTreeSet, HashMap};

/// Files of a commit that counts, at most.
pub const LARGEST_CHANGE_SET: usize = 30;
/// Commits that must have changed both.
pub const LEAST_SHARED: u64 = 5;
/// The least degree that is listed.
pub const LEAST_DEGREE: f64 = 0.3;

/// What one commit changed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ChangedModules {
    /// How many files, those in no module among them.
    pub files: usize,
    /// The modules that these are in.
    pub modules: BTreeSet<u32>,
}

/// Two modules that change together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coupling {
    /// The one with the smaller number.
    pub left: u32,
    /// The other.
    pub right: u32,
    /// Commits that changed both.
    pub shared: u64,
    /// Commits that changed the left one.
    pub left_commits: u64,
    /// Commits that changed the right one.
    pub right_commits: u64,
    /// 0 to 1: `shared / ((left_commits + right_commits) / 2)`.
    pub degree: f64,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Couplings {
    /// The strongest first; of equals those that share more commits, then those with smaller numbers.
    pub pairs: Vec<Coupling>,
    /// Commits that were counted.
    pub commits: u64,
    /// Commits that were left out because they changed too many files.
    pub too_large: u64,
}

/// The modules that change together in these commits.
pub fn find_coupling(commits: &[ChangedModules]) -> Couplings {
    let mut found = Couplings::default();
    let mut changes: HashMap<u32, u64> = HashMap::new();
    let mut together: HashMap<(u32, u32), u64> = HashMap::new();
    for commit in commits {
        if commit.files > LARGEST_CHANGE_SET {
            found.too_large += 1;
            continue;
        }
        found.commits += 1;
        for (at, left) in commit.modules.iter().enumerate() {
            *changes.entry(*left).or_default() += 1;
            for right in commit.modules.iter().skip(at + 1) {
                *together.entry((*left, *right)).or_default() += 1;
            }
        }
    }
    let of = |module: u32| changes.get(&module).copied().unwrap_or_default();
    found.pairs = together
        .into_iter()
        .filter(|(_, shared)| *shared >= LEAST_SHARED)
        .map(|((left, right), shared)| {
            let (left_commits, right_commits) = (of(left), of(right));
            let degree = 2.0 * float(shared) / float(left_commits + right_commits);
            Coupling { left, right, shared, left_commits, right_commits, degree }
        })
        .filter(|pair| pair.degree >= LEAST_DEGREE)
        .collect();
    found.pairs.sort_by(|a, b| {
        b.degree
            .total_cmp(&a.degree)
            .then(b.shared.cmp(&a.shared))
            .then((a.left, a.right).cmp(&(b.left, b.right)))
    });
    found
}

#[expect(clippy::cast_precision_loss, reason = "counts of commits are far below 2^52")]
fn float(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    // A letter is a module; a word is a commit with a file in each of its modules; `+9` adds files in none.
    fn commits(text: &str) -> Vec<ChangedModules> {
        text.split_whitespace()
            .map(|word| {
                let (letters, more) = word.split_once('+').unwrap_or((word, "0"));
                let modules: BTreeSet<u32> = letters.bytes().map(|letter| u32::from(letter - b'a')).collect();
                ChangedModules { files: modules.len() + more.parse::<usize>().unwrap(), modules }
            })
            .collect()
    }

    #[track_caller]
    fn check(text: &str, expect: &[&str]) {
        let found = find_coupling(&commits(text));
        let letter = |module: u32| char::from(b'a' + u8::try_from(module).unwrap());
        let pairs: Vec<String> = found
            .pairs
            .iter()
            .map(|pair| {
                let Coupling { left, right, shared, left_commits, right_commits, degree } = *pair;
                format!(
                    "{}{} {shared} {left_commits}/{right_commits} {:.2}",
                    letter(left),
                    letter(right),
                    degree
                )
            })
            .collect();
        assert_eq!(pairs, expect);
    }

    #[test]
    fn the_degree_is_shared_by_the_mean() {
        check("", &[]);
        check("ab ab ab ab", &[]);
        check("ab ab ab ab ab", &["ab 5 5/5 1.00"]);
        check("ab ab ab ab ab b b b b b", &["ab 5 5/10 0.67"]);
        // 5 of a mean of 17: below 30 %.
        let alone = "a ".repeat(24);
        check(&format!("ab ab ab ab ab {alone}"), &[]);
        check("abc abc abc abc abc ab", &["ab 6 6/6 1.00", "ac 5 6/5 0.91", "bc 5 6/5 0.91"]);
    }

    #[test]
    fn commits_of_more_than_thirty_files_couple_nothing() {
        check("ab+28 ab+28 ab+28 ab+28 ab+28", &["ab 5 5/5 1.00"]);
        check("ab ab ab ab ab+29", &[]);
        let found = find_coupling(&commits("ab+29 ab a"));
        assert_eq!((found.commits, found.too_large), (2, 1));
    }

    proptest! {
        #[test]
        fn a_degree_is_a_share_and_the_order_of_commits_does_not_matter(
            words in prop::collection::vec("[a-f]{1,4}", 0..60),
        ) {
            let mut list = commits(&words.join(" "));
            let found = find_coupling(&list);
            for pair in &found.pairs {
                prop_assert!((LEAST_DEGREE..=1.0).contains(&pair.degree) && pair.shared >= LEAST_SHARED);
                prop_assert!(pair.shared <= pair.left_commits.min(pair.right_commits));
            }
            list.reverse();
            prop_assert_eq!(found, find_coupling(&list));
        }
    }
}

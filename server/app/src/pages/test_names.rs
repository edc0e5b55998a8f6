use std::sync::Arc;

use plimsoll_store::{StoreError, TestId};
use roaring::RoaringBitmap;

use super::Scope;
use super::search::Names;

/// What the tests of a project are called: to sort and to search a hundred thousand of them without reading as many
/// rows. A test's name never changes, so only tests that came since are read.
#[derive(Debug, Clone, Default)]
pub(super) struct TestNames {
    /// Suite, class and name of one test after the other, by identifier.
    names: Names,
    /// By name; tests of the same name by identifier.
    order: Vec<u32>,
    /// Where a test stands in `order`, by identifier.
    rank: Vec<u32>,
}

/// Stands between suite, class and name: what is searched for holds no control characters.
const BETWEEN: &str = "\u{1f}";

// The names of at least these tests.
pub(super) fn test_names(scope: &Scope<'_>, tests: &RoaringBitmap) -> Result<Arc<TestNames>, StoreError> {
    scope.cache.names(scope.project.id, |known| {
        let from = known.and_then(|known| known.names.last()).map_or(0, |last| last + 1);
        let to = tests.max().map_or(0, |last| last + 1);
        if let Some(known) = known
            && to <= from
        {
            return Ok(Arc::clone(known));
        }
        let mut names = known.map(|known| TestNames::clone(known)).unwrap_or_default();
        for info in scope.reader.list_tests(scope.project.id, &RoaringBitmap::from_iter(from..to))? {
            names.push(info.id, [&info.suite, &info.class, &info.name]);
        }
        names.sort();
        Ok(Arc::new(names))
    })
}

impl TestNames {
    fn push(&mut self, test: TestId, parts: [&str; 3]) {
        self.names.push(test.0, &parts.join(BETWEEN));
        self.order.push(test.0);
    }

    // What was sorted before is one long stretch in order, which the sort goes over once.
    fn sort(&mut self) {
        self.order.sort_by(|a, b| self.names.name(*a).cmp(self.names.name(*b)).then(a.cmp(b)));
        self.rank = vec![u32::MAX; self.names.last().map_or(0, |last| last as usize + 1)];
        for (at, test) in (0_u32..).zip(&self.order) {
            if let Some(rank) = self.rank.get_mut(*test as usize) {
                *rank = at;
            }
        }
    }

    /// Some tests by name.
    pub(super) fn sorted(&self, tests: &RoaringBitmap) -> Vec<TestId> {
        if tests.len() > self.order.len() as u64 / 16 {
            return self.order.iter().copied().filter(|test| tests.contains(*test)).map(TestId).collect();
        }
        let mut sorted: Vec<TestId> = tests.iter().map(TestId).collect();
        sorted.sort_by_key(|test| (self.rank.get(test.0 as usize).copied(), *test));
        sorted
    }

    /// The tests with these words, which are in lower case, in suite, class or name.
    pub(super) fn with_words(&self, words: &str) -> RoaringBitmap {
        self.names.holding(words)
    }

    /// The tests whose names hold every word best, those of earlier runs among them: see [`Names::find`].
    pub(super) fn best(&self, words: &[String], most: usize) -> Vec<u32> {
        self.names.find(words, most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(tests: &[(u32, &str)]) -> TestNames {
        let mut names = TestNames::default();
        for (id, name) in tests {
            names.push(TestId(*id), ["Suite", "Cart", name]);
        }
        names.sort();
        names
    }

    #[test]
    fn tests_are_sorted_and_found_by_name() {
        let mut names = names(&[(2, "beta"), (3, "Alpha"), (9, "gamma")]);
        names.push(TestId(11), ["", "Suite", "Aaa"]);
        names.sort();
        let all = RoaringBitmap::from_iter([2, 3, 9, 11]);
        assert_eq!(names.sorted(&all).iter().map(|test| test.0).collect::<Vec<_>>(), [11, 3, 2, 9]);
        assert_eq!(names.sorted(&RoaringBitmap::from_iter([9, 3, 99])), [TestId(3), TestId(9)]);
        assert_eq!(names.with_words("alpha"), RoaringBitmap::from_iter([3]));
        assert_eq!(names.with_words("suite"), all);
        assert!(names.with_words("cartalpha").is_empty(), "words do not reach over the end of a name");
        assert!(names.with_words("betasuite").is_empty());
        let cart = ["cart".to_owned()];
        assert_eq!(names.best(&cart, 9), [2, 3, 9]);
    }

    #[test]
    fn few_and_many_are_sorted_alike() {
        let texts: Vec<(u32, String)> = (1..200).map(|id| (id, format!("t{}", id * 7919 % 200))).collect();
        let names = names(&texts.iter().map(|(id, text)| (*id, text.as_str())).collect::<Vec<_>>());
        let many: RoaringBitmap = (1..200).collect();
        let few = RoaringBitmap::from_iter([5, 77, 130]);
        let of_many: Vec<TestId> =
            names.sorted(&many).into_iter().filter(|test| few.contains(test.0)).collect();
        assert_eq!(names.sorted(&few), of_many);
    }
}

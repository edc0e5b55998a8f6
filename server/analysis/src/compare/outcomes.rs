use plimsoll_api::TestState;
use roaring::RoaringBitmap;

/// The tests of one run, as sets of test identities.
#[derive(Debug, Clone, Copy)]
pub struct TestSets<'a> {
    /// All.
    pub present: &'a RoaringBitmap,
    /// Those with an assertion that did not hold.
    pub failed: &'a RoaringBitmap,
    /// Those not carried out to the end.
    pub errored: &'a RoaringBitmap,
    /// Those not run.
    pub skipped: &'a RoaringBitmap,
}

impl TestSets<'_> {
    /// Failed or errored.
    pub fn bad(&self) -> RoaringBitmap {
        self.failed | self.errored
    }

    /// Neither failed nor errored nor skipped.
    pub fn passed(&self) -> RoaringBitmap {
        let mut passed = self.present - self.failed;
        passed -= self.errored;
        passed -= self.skipped;
        passed
    }
}

/// Tests that behave differently in two runs.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TestDifference {
    /// Fail now and did not, new tests that fail among them.
    pub newly_failing: RoaringBitmap,
    /// Fail on both sides.
    pub still_failing: RoaringBitmap,
    /// Failed and pass now. A test that is skipped now is not fixed.
    pub fixed: RoaringBitmap,
    /// Were not there.
    pub new: RoaringBitmap,
    /// Are not there any more.
    pub removed: RoaringBitmap,
}

impl TestDifference {
    /// The one word for a test: what asks for attention wins over *new*.
    pub fn state(&self, test: u32) -> TestState {
        if self.newly_failing.contains(test) {
            TestState::NewlyFailing
        } else if self.still_failing.contains(test) {
            TestState::StillFailing
        } else if self.fixed.contains(test) {
            TestState::Fixed
        } else if self.new.contains(test) {
            TestState::New
        } else if self.removed.contains(test) {
            TestState::Removed
        } else {
            TestState::Unchanged
        }
    }
}

/// Compares the tests of two runs.
pub fn compare_tests(before: TestSets<'_>, after: TestSets<'_>) -> TestDifference {
    let (bad_before, bad_after) = (before.bad(), after.bad());
    TestDifference {
        newly_failing: &bad_after - &bad_before,
        still_failing: &bad_after & &bad_before,
        fixed: &bad_before & &after.passed(),
        new: after.present - before.present,
        removed: before.present - after.present,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // One letter per test: p passed, f failed, e errored, s skipped, - not there.
    fn sets(row: &str) -> [RoaringBitmap; 4] {
        let of = |letters: &str| {
            row.chars().zip(0_u32..).filter(|(c, _)| letters.contains(*c)).map(|(_, id)| id).collect()
        };
        [of("pfes"), of("f"), of("e"), of("s")]
    }

    fn view(sets: &[RoaringBitmap; 4]) -> TestSets<'_> {
        let [present, failed, errored, skipped] = sets;
        TestSets { present, failed, errored, skipped }
    }

    // The states as one letter per test: N newly failing, S still failing, F fixed, n new, r removed, = unchanged.
    #[track_caller]
    fn check(before: &str, after: &str, expect: &str) {
        let (before, after) = (sets(before), sets(after));
        let difference = compare_tests(view(&before), view(&after));
        let states: String = (0..u32::try_from(expect.len()).unwrap())
            .map(|test| match difference.state(test) {
                TestState::NewlyFailing => 'N',
                TestState::StillFailing => 'S',
                TestState::Fixed => 'F',
                TestState::New => 'n',
                TestState::Removed => 'r',
                TestState::Unchanged => '=',
            })
            .collect();
        assert_eq!(states, expect);
    }

    #[test]
    fn each_state_has_its_rule() {
        check("", "", "");
        check("ppp", "ppp", "===");
        check("pppp", "pfes", "=NN=");
        check("ffff", "pfes", "FSS=");
        check("eeee", "pfes", "FSS=");
        check("ssss", "pfes", "=NN=");
        check("----", "pfes", "nNNn");
        check("pfes", "----", "rrrr");
    }

    #[test]
    fn a_new_test_that_fails_is_counted_as_new_and_as_newly_failing() {
        let (before, after) = (sets("-"), sets("f"));
        let difference = compare_tests(view(&before), view(&after));
        assert_eq!((difference.new.len(), difference.newly_failing.len()), (1, 1));
    }
}

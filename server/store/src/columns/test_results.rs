//! Tests: five bitmaps, the durations, the failures' texts.

use std::collections::BTreeMap;

use plimsoll_model::Outcome;
use roaring::RoaringBitmap;

use super::TestColumns;
use super::packed::{Pack, Unpack, damaged, put_differences, take_difference, take_differences};
use super::steps::{duration, step};
use crate::{BlobId, FailureText, StoreError, TestId};

/// A test in a report or in a run, before it goes into columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TestResult {
    /// Its identity.
    pub id: TestId,
    /// How it ended.
    pub outcome: Outcome,
    /// Microseconds.
    pub duration_us: Option<u64>,
    /// The report itself calls it flaky.
    pub is_flaky: bool,
    /// What it says.
    pub failure: FailureText,
}

impl TestResult {
    /// Of several results of one test: the worst outcome, the greatest duration, the text of the worst result (of
    /// equally bad ones the greatest, so that the order does not matter).
    fn merge(&mut self, other: &Self) {
        if (other.outcome, other.failure) > (self.outcome, self.failure) {
            self.outcome = other.outcome;
            self.failure = other.failure;
        }
        self.duration_us = self.duration_us.max(other.duration_us);
        self.is_flaky |= other.is_flaky;
    }
}

impl TestColumns {
    /// From results in any order; a test may occur several times.
    pub fn from_results(mut results: Vec<TestResult>) -> Self {
        results.sort_by_key(|result| result.id);
        let mut merged: Vec<TestResult> = Vec::with_capacity(results.len());
        for result in results {
            match merged.last_mut() {
                Some(last) if last.id == result.id => last.merge(&result),
                _ => merged.push(result),
            }
        }
        let mut columns = Self { durations_us: Vec::with_capacity(merged.len()), ..Self::default() };
        for result in merged {
            let id = result.id.0;
            columns.present.insert(id);
            match result.outcome {
                Outcome::Passed => {}
                Outcome::Skipped => {
                    columns.skipped.insert(id);
                }
                Outcome::Failed => {
                    columns.failed.insert(id);
                }
                Outcome::Errored => {
                    columns.errored.insert(id);
                }
            }
            if result.is_flaky {
                columns.flaky.insert(id);
            }
            columns.durations_us.push(result.duration_us);
            if result.failure != FailureText::default() {
                columns.failures.insert(result.id, result.failure);
            }
        }
        columns
    }

    /// All results, by identifier.
    pub fn results(&self) -> impl Iterator<Item = TestResult> + '_ {
        self.present.iter().zip(&self.durations_us).map(|(id, &duration_us)| {
            let id = TestId(id);
            TestResult {
                id,
                outcome: self.outcome(id).unwrap_or(Outcome::Passed),
                duration_us,
                is_flaky: self.flaky.contains(id.0),
                failure: self.failures.get(&id).copied().unwrap_or_default(),
            }
        })
    }

    /// Both together; see [`TestResult`]. Commutative, associative, idempotent.
    #[must_use]
    pub fn merge(&self, other: &Self) -> Self {
        Self::from_results(self.results().chain(other.results()).collect())
    }
}

// The first byte of packed durations: what one unit is.
const MILLISECONDS: u64 = 0;
const MICROSECONDS: u64 = 1;
const STEPS: u64 = 2;

/// Durations exactly: in milliseconds where all of them are whole ones (most tools round so), else in microseconds.
/// Zero stands for "not known".
pub(crate) fn pack_durations(durations_us: &[Option<u64>]) -> Vec<u8> {
    let in_ms = durations_us.iter().flatten().all(|us| us % 1000 == 0);
    let mut pack = Pack::default();
    pack.put(if in_ms { MILLISECONDS } else { MICROSECONDS });
    for duration in durations_us {
        pack.put(duration.map_or(0, |us| if in_ms { us / 1000 + 1 } else { us.saturating_add(1) }));
    }
    pack.finish()
}

/// Durations in steps, as differences to those that the tests had first: most tests take about as long as ever, and
/// small numbers compress well.
pub(crate) fn pack_steps(durations_us: &[Option<u64>], origins: &[u32]) -> Vec<u8> {
    let steps: Vec<Option<u32>> = durations_us.iter().map(|us| us.map(step)).collect();
    let mut pack = Pack::default();
    pack.put(STEPS);
    put_differences(&mut pack, &steps, origins);
    pack.finish()
}

/// What a column keeps of durations as the origin of later ones.
pub(crate) fn duration_origin(duration_us: u64) -> u32 {
    step(duration_us) + 1
}

/// `origins` are those of the tests, in their order; exact durations need none.
pub(crate) fn unpack_durations(
    bytes: &[u8],
    present: &RoaringBitmap,
    origins: &[u32],
) -> Result<Vec<Option<u64>>, StoreError> {
    let mut unpack = Unpack::new(bytes);
    let unit = match unpack.take()? {
        MILLISECONDS => 1000,
        MICROSECONDS => 1,
        STEPS => {
            let steps = take_differences(&mut unpack, present, origins)?;
            unpack.end()?;
            return Ok(steps.into_iter().map(|step| step.map(duration)).collect());
        }
        _ => return Err(damaged("durations have an unknown unit")),
    };
    let mut durations = Vec::new();
    for _ in 0..present.len() {
        durations.push(unpack.take()?.checked_sub(1).map(|value| value.saturating_mul(unit)));
    }
    unpack.end()?;
    Ok(durations)
}

/// One of the durations that [`pack_durations`] or [`pack_steps`] wrote: the one with so many before it.
pub(crate) fn find_duration(bytes: &[u8], before: usize, origin: u32) -> Result<Option<u64>, StoreError> {
    let mut unpack = Unpack::new(bytes);
    let unit = match unpack.take()? {
        MILLISECONDS => 1000,
        MICROSECONDS => 1,
        STEPS => {
            unpack.skip(before)?;
            return Ok(take_difference(&mut unpack, origin)?.map(duration));
        }
        _ => return Err(damaged("durations have an unknown unit")),
    };
    unpack.skip(before)?;
    Ok(unpack.take()?.checked_sub(1).map(|value| value.saturating_mul(unit)))
}

/// Texts by test: the identifiers of the texts' contents, zero for none.
pub(crate) fn pack_failures(failures: &BTreeMap<TestId, FailureText>) -> Vec<u8> {
    let mut pack = Pack::default();
    pack.put(failures.len() as u64);
    let mut last = 0;
    for (test, text) in failures {
        pack.put(u64::from(test.0 - last));
        last = test.0;
        pack.put(text.message.map_or(0, |blob| blob.0 + 1));
        pack.put(text.detail.map_or(0, |blob| blob.0 + 1));
    }
    pack.finish()
}

pub(crate) fn unpack_failures(bytes: &[u8]) -> Result<BTreeMap<TestId, FailureText>, StoreError> {
    let mut unpack = Unpack::new(bytes);
    let count = unpack.take_count(3)?;
    let mut failures = BTreeMap::new();
    let mut last = 0_u32;
    for _ in 0..count {
        last = last.checked_add(unpack.take_u32()?).ok_or_else(|| damaged("a test is out of range"))?;
        let message = unpack.take()?.checked_sub(1).map(BlobId);
        let detail = unpack.take()?.checked_sub(1).map(BlobId);
        failures.insert(TestId(last), FailureText { message, detail });
    }
    unpack.end()?;
    Ok(failures)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn results() -> impl Strategy<Value = Vec<TestResult>> {
        let outcome = prop_oneof![
            Just(Outcome::Passed),
            Just(Outcome::Skipped),
            Just(Outcome::Failed),
            Just(Outcome::Errored)
        ];
        let blob = || proptest::option::of((0_u64..5).prop_map(BlobId));
        let result =
            (0_u32..60, outcome, proptest::option::of(0_u64..10_000_000), any::<bool>(), blob(), blob())
                .prop_map(|(id, outcome, duration_us, is_flaky, message, detail)| TestResult {
                    id: TestId(id * 1_500),
                    outcome,
                    duration_us,
                    is_flaky,
                    failure: FailureText { message, detail },
                });
        proptest::collection::vec(result, 0..50)
    }

    proptest! {
        #[test]
        fn merging_is_commutative_associative_and_idempotent(a in results(), b in results(), c in results()) {
            let [a, b, c] = [a, b, c].map(TestColumns::from_results);
            prop_assert_eq!(a.merge(&b), b.merge(&a));
            prop_assert_eq!(a.merge(&b).merge(&c), a.merge(&b.merge(&c)));
            prop_assert_eq!(a.merge(&a), a);
        }

        #[test]
        fn parts_give_the_same_as_the_whole(a in results(), b in results()) {
            let whole = TestColumns::from_results(a.iter().chain(&b).copied().collect());
            prop_assert_eq!(TestColumns::from_results(b).merge(&TestColumns::from_results(a)), whole);
        }

        #[test]
        fn columns_come_back(results in results()) {
            let columns = TestColumns::from_results(results);
            let durations = unpack_durations(&pack_durations(&columns.durations_us), &columns.present, &[]).unwrap();
            prop_assert_eq!(&durations, &columns.durations_us);
            let exact = pack_durations(&columns.durations_us);
            for (at, duration) in columns.durations_us.iter().enumerate() {
                prop_assert_eq!(find_duration(&exact, at, 0).unwrap(), *duration);
            }
            let origins: Vec<u32> = columns.durations_us.iter().map(|us| us.map_or(0, duration_origin)).collect();
            for origins in [origins, vec![7; columns.durations_us.len()], Vec::new()] {
                let packed = pack_steps(&columns.durations_us, &origins);
                let steps = unpack_durations(&packed, &columns.present, &origins).unwrap();
                let expect: Vec<_> = columns.durations_us.iter().map(|us| us.map(|us| duration(step(us)))).collect();
                for (at, duration) in expect.iter().enumerate() {
                    let origin = origins.get(at).copied().unwrap_or(0);
                    prop_assert_eq!(find_duration(&packed, at, origin).unwrap(), *duration);
                }
                prop_assert_eq!(steps, expect);
            }
            prop_assert_eq!(&unpack_failures(&pack_failures(&columns.failures)).unwrap(), &columns.failures);
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes: Vec<u8>, present in proptest::collection::btree_set(0_u32..9, 0..9)) {
            unpack_durations(&bytes, &present.into_iter().collect(), &[9; 9]).ok();
            unpack_failures(&bytes).ok();
        }
    }

    #[test]
    fn whole_milliseconds_take_one_byte() {
        assert_eq!(pack_durations(&[Some(5_000), None, Some(0)]), [0, 6, 0, 1]);
        assert_eq!(pack_durations(&[Some(5), None]), [1, 6, 0]);
    }
}

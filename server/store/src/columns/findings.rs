//! Findings: two bitmaps, the lines, the severities.

use std::collections::BTreeMap;

use plimsoll_model::Severity;
use roaring::RoaringBitmap;

use super::FindingColumns;
use super::packed::{Pack, Unpack, damaged, put_differences, take_differences};
use crate::{FindingId, StoreError};

/// A finding in a report or in a run, before it goes into columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FindingResult {
    /// Its identity.
    pub id: FindingId,
    /// From 1.
    pub line: Option<u32>,
    /// As this report says.
    pub severity: Severity,
    /// The report itself says that it does not count.
    pub is_suppressed: bool,
}

impl FindingResult {
    /// The same finding in two reports: it is one, at the smaller line, with the greater severity; it counts unless
    /// both say that it does not.
    fn merge(&mut self, other: &Self) {
        self.line = match (self.line, other.line) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        self.severity = self.severity.max(other.severity);
        self.is_suppressed &= other.is_suppressed;
    }
}

impl FindingColumns {
    /// From results in any order; a finding may occur several times.
    pub fn from_results(mut results: Vec<FindingResult>) -> Self {
        results.sort_by_key(|result| result.id);
        let mut merged: Vec<FindingResult> = Vec::with_capacity(results.len());
        for result in results {
            match merged.last_mut() {
                Some(last) if last.id == result.id => last.merge(&result),
                _ => merged.push(result),
            }
        }
        let mut columns = Self::default();
        for result in merged {
            columns.present.insert(result.id.0);
            if result.is_suppressed {
                columns.suppressed.insert(result.id.0);
            }
            columns.lines.push(result.line);
            columns.severities.push(result.severity);
        }
        columns
    }

    /// All results, by identifier.
    pub fn results(&self) -> impl Iterator<Item = FindingResult> + '_ {
        self.present.iter().zip(&self.lines).zip(&self.severities).map(|((id, &line), &severity)| {
            FindingResult { id: FindingId(id), line, severity, is_suppressed: self.suppressed.contains(id) }
        })
    }

    /// Says which findings others stand for; pairs of which one is not there are left out. The one that stands for others
    /// gets the worst severity of those that count, of all where none does.
    pub(crate) fn join(&mut self, mut joined: BTreeMap<u32, u32>) {
        joined.retain(|finding, leader| self.present.contains(*finding) && self.present.contains(*leader));
        for (&finding, &leader) in &joined {
            if self.suppressed.contains(finding) && !self.suppressed.contains(leader) {
                continue;
            }
            let severity = |id| self.place(FindingId(id)).map(|(_, severity)| severity);
            let (Some(other), Some(own)) = (severity(finding), severity(leader)) else { continue };
            let at = self.present.rank(leader).checked_sub(1).and_then(|at| usize::try_from(at).ok());
            if other > own
                && let Some(place) = at.and_then(|at| self.severities.get_mut(at))
            {
                *place = other;
                self.raised.entry(leader).or_insert(own);
            }
        }
        self.joined = joined;
    }

    /// The union of both as multisets: a group with two occurrences here and three there has three. Commutative,
    /// associative, idempotent.
    #[must_use]
    pub fn merge(&self, other: &Self) -> Self {
        Self::from_results(self.results().chain(other.results()).collect())
    }
}

/// Lines as differences to those that the findings had first; most stand where they stood.
pub(crate) fn pack_lines(lines: &[Option<u32>], origins: &[u32]) -> Vec<u8> {
    let mut pack = Pack::default();
    put_differences(&mut pack, lines, origins);
    pack.finish()
}

pub(crate) fn unpack_lines(
    bytes: &[u8],
    present: &RoaringBitmap,
    origins: &[u32],
) -> Result<Vec<Option<u32>>, StoreError> {
    let mut unpack = Unpack::new(bytes);
    let lines = take_differences(&mut unpack, present, origins)?;
    unpack.end()?;
    Ok(lines)
}

/// Findings that others stand for, each as the difference to the one before, with the one that stands for it.
pub(crate) fn pack_joined(joined: &BTreeMap<u32, u32>) -> Vec<u8> {
    let mut pack = Pack::default();
    pack.put(joined.len() as u64);
    let mut last = 0;
    for (&finding, &leader) in joined {
        pack.put(u64::from(finding - last));
        pack.put_signed(i64::from(leader) - i64::from(finding));
        last = finding;
    }
    pack.finish()
}

pub(crate) fn unpack_joined(bytes: &[u8]) -> Result<BTreeMap<u32, u32>, StoreError> {
    let mut unpack = Unpack::new(bytes);
    let mut joined = BTreeMap::new();
    let mut last = 0_u32;
    for _ in 0..unpack.take_count(2)? {
        last = last.checked_add(unpack.take_u32()?).ok_or_else(|| damaged("a finding is out of range"))?;
        let leader = i64::from(last).checked_add(unpack.take_signed()?);
        let leader = leader.and_then(|leader| u32::try_from(leader).ok());
        joined.insert(last, leader.ok_or_else(|| damaged("a finding is out of range"))?);
    }
    unpack.end()?;
    Ok(joined)
}

/// What a column keeps of a line as the origin of later ones.
pub(crate) fn line_origin(line: u32) -> u32 {
    line.saturating_add(1)
}

/// Lines as they were stored before there were origins: as differences to the one before, zero for "no line".
pub(crate) fn unpack_plain_lines(
    bytes: &[u8],
    present: &RoaringBitmap,
) -> Result<Vec<Option<u32>>, StoreError> {
    let mut unpack = Unpack::new(bytes);
    let mut lines = Vec::new();
    let mut last = 0_i64;
    for _ in 0..present.len() {
        last = last.wrapping_add(unpack.take_signed()?);
        let line = u32::try_from(last).map_err(|_| damaged("a line is out of range"))?;
        lines.push((line > 0).then_some(line));
    }
    unpack.end()?;
    Ok(lines)
}

// What stands for a severity in the database; never changed.
const CODES: [(Severity, u32); 6] = [
    (Severity::Unknown, 0),
    (Severity::Info, 1),
    (Severity::Low, 2),
    (Severity::Medium, 3),
    (Severity::High, 4),
    (Severity::Critical, 5),
];

/// Severities by their codes, as differences to those that the findings had first.
pub(crate) fn pack_severities(severities: &[Severity], origins: &[u32]) -> Vec<u8> {
    let codes: Vec<Option<u32>> = severities.iter().map(|severity| Some(code(*severity))).collect();
    let mut pack = Pack::default();
    put_differences(&mut pack, &codes, origins);
    pack.finish()
}

pub(crate) fn unpack_severities(
    bytes: &[u8],
    present: &RoaringBitmap,
    origins: &[u32],
) -> Result<Vec<Severity>, StoreError> {
    let mut unpack = Unpack::new(bytes);
    let codes = take_differences(&mut unpack, present, origins)?;
    unpack.end()?;
    codes.into_iter().map(|code| severity(code.unwrap_or(u32::MAX))).collect()
}

/// What a column keeps of a severity as the origin of later ones.
pub(crate) fn severity_origin(severity: Severity) -> u32 {
    code(severity) + 1
}

/// Severities as they were stored before there were origins: a byte each.
pub(crate) fn unpack_plain_severities(
    bytes: &[u8],
    present: &RoaringBitmap,
) -> Result<Vec<Severity>, StoreError> {
    if bytes.len() as u64 != present.len() {
        return Err(damaged("there is not one severity for each finding"));
    }
    bytes.iter().map(|byte| severity(u32::from(*byte))).collect()
}

fn code(severity: Severity) -> u32 {
    CODES.iter().find(|(known, _)| *known == severity).map_or(0, |(_, code)| *code)
}

fn severity(code: u32) -> Result<Severity, StoreError> {
    let known = CODES.iter().find(|(_, known)| *known == code).map(|(severity, _)| *severity);
    known.ok_or_else(|| damaged("a severity is out of range"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn results() -> impl Strategy<Value = Vec<FindingResult>> {
        let line = proptest::option::of(1_u32..u32::MAX);
        let severity = proptest::sample::select(Severity::ALL.to_vec());
        let result =
            (0_u32..60, line, severity, any::<bool>()).prop_map(|(id, line, severity, is_suppressed)| {
                FindingResult { id: FindingId(id * 1_500), line, severity, is_suppressed }
            });
        proptest::collection::vec(result, 0..50)
    }

    #[test]
    fn the_one_that_stands_for_others_has_the_worst_severity() {
        let of = |id, severity, is_suppressed| FindingResult {
            id: FindingId(id),
            line: None,
            severity,
            is_suppressed,
        };
        let mut columns = FindingColumns::from_results(vec![
            of(1, Severity::Low, false),
            of(2, Severity::High, false),
            of(3, Severity::Critical, true),
            of(4, Severity::Medium, false),
        ]);
        columns.join(BTreeMap::from([(2, 1), (3, 1), (9, 1), (4, 8)]));
        assert_eq!(columns.place(FindingId(1)), Some((None, Severity::High)));
        assert_eq!(columns.reported_severity(FindingId(1)), Some(Severity::Low));
        assert_eq!(columns.reported_severity(FindingId(2)), Some(Severity::High));
        assert_eq!(columns.counting(), RoaringBitmap::from_iter([1, 4]));
    }

    proptest! {
        #[test]
        fn merging_is_commutative_associative_and_idempotent(a in results(), b in results(), c in results()) {
            let [a, b, c] = [a, b, c].map(FindingColumns::from_results);
            prop_assert_eq!(a.merge(&b), b.merge(&a));
            prop_assert_eq!(a.merge(&b).merge(&c), a.merge(&b.merge(&c)));
            prop_assert_eq!(a.merge(&a), a);
        }

        #[test]
        fn columns_come_back(results in results()) {
            let columns = FindingColumns::from_results(results);
            for origins in [vec![3; columns.lines.len()], Vec::new()] {
                let lines = pack_lines(&columns.lines, &origins);
                prop_assert_eq!(&unpack_lines(&lines, &columns.present, &origins).unwrap(), &columns.lines);
                let severities = pack_severities(&columns.severities, &origins);
                let severities = unpack_severities(&severities, &columns.present, &origins).unwrap();
                prop_assert_eq!(&severities, &columns.severities);
            }
        }

        #[test]
        fn what_is_joined_comes_back(joined in proptest::collection::btree_map(any::<u32>(), any::<u32>(), 0..20)) {
            prop_assert_eq!(unpack_joined(&pack_joined(&joined)).unwrap(), joined);
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes: Vec<u8>, present in proptest::collection::btree_set(0_u32..9, 0..9)) {
            let present: RoaringBitmap = present.into_iter().collect();
            unpack_lines(&bytes, &present, &[9; 9]).ok();
            unpack_severities(&bytes, &present, &[9; 9]).ok();
            unpack_plain_lines(&bytes, &present).ok();
            unpack_plain_severities(&bytes, &present).ok();
            unpack_joined(&bytes).ok();
        }
    }
}

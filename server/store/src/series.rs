//! What was measured of one module in the runs of one stretch of run numbers, packed: of each run only what differs
//! from the run before it.

use rusqlite::Connection;

use crate::columns::packed::{Pack, Unpack, damaged};
use crate::{RunNumber, StoreError};

/// Run numbers in a stretch.
const RUNS: u64 = 32;
/// Values of a run: in the order of [`COLUMNS`], each plus one, 0 for none.
const FIELDS: usize = 25;

pub(crate) type Fields = [u64; FIELDS];

/// The columns of `module_stat`, in which the first version kept the same.
const COLUMNS: &str = "tests_duration_us, tests_passed, tests_failed, tests_errored, tests_skipped, tests_flaky, \
    files, lines, lines_covered, branches, branches_covered, code_critical, code_high, code_medium, code_low, code_info, \
    code_unknown, code_suppressed, security_critical, security_high, security_medium, security_low, security_info, \
    security_unknown, security_suppressed";

/// The stretch of a run.
pub(crate) fn stretch(run: RunNumber) -> i64 {
    (run.0 / RUNS).cast_signed()
}

/// Where a run stands in its stretch.
pub(crate) fn place(run: RunNumber) -> u64 {
    run.0 % RUNS
}

/// The runs that are there, by place.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Series(Vec<(u64, Fields)>);

impl Series {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn get(&self, place: u64) -> Option<&Fields> {
        let at = self.0.binary_search_by_key(&place, |(place, _)| *place).ok()?;
        self.0.get(at).map(|(_, fields)| fields)
    }

    /// Sets or takes away a run's values. Returns whether anything was changed.
    pub(crate) fn set(&mut self, place: u64, fields: Option<Fields>) -> bool {
        match (self.0.binary_search_by_key(&place, |(place, _)| *place), fields) {
            (Ok(at), None) => {
                self.0.remove(at);
                true
            }
            (Ok(at), Some(fields)) => match self.0.get_mut(at) {
                Some((_, known)) if *known != fields => {
                    *known = fields;
                    true
                }
                _ => false,
            },
            (Err(at), Some(fields)) => {
                self.0.insert(at, (place, fields));
                true
            }
            (Err(_), None) => false,
        }
    }

    pub(crate) fn pack(&self) -> Vec<u8> {
        let mut pack = Pack::default();
        let (mut next, mut last) = (0, Fields::default());
        for (place, fields) in &self.0 {
            let changed = fields.iter().zip(&last).map(|(now, then)| now != then);
            let mask = changed.rev().fold(0_u64, |mask, is_changed| mask << 1 | u64::from(is_changed));
            // Most runs follow the one before; the lowest bit says that some between them are not there.
            let gap = place - next;
            pack.put(mask << 1 | u64::from(gap > 0));
            if gap > 0 {
                pack.put(gap);
            }
            for (at, (now, then)) in
                fields.iter().zip(&last).enumerate().filter(|(_, (now, then))| now != then)
            {
                pack.put(difference(at, now.wrapping_sub(*then).cast_signed()));
            }
            (next, last) = (place + 1, *fields);
        }
        pack.finish()
    }

    pub(crate) fn unpack(bytes: &[u8]) -> Result<Self, StoreError> {
        let mut runs = Vec::new();
        each(bytes, |place, fields| {
            runs.push((place, *fields));
            false
        })?;
        Ok(Self(runs))
    }

    /// The values of one run, without those behind it.
    pub(crate) fn find(bytes: &[u8], wanted: u64) -> Result<Option<Fields>, StoreError> {
        let mut found = None;
        each(bytes, |place, fields| {
            if place == wanted {
                found = Some(*fields);
            }
            place >= wanted
        })?;
        Ok(found)
    }
}

/// Calls `visit` for each run until it says that it has enough.
fn each(bytes: &[u8], mut visit: impl FnMut(u64, &Fields) -> bool) -> Result<(), StoreError> {
    let mut unpack = Unpack::new(bytes);
    let (mut next, mut fields) = (0_u64, Fields::default());
    while unpack.end().is_err() {
        let head = unpack.take()?;
        let gap = if head & 1 == 1 { unpack.take()? } else { 0 };
        let place = next.checked_add(gap).filter(|place| *place < RUNS);
        let place = place.ok_or_else(|| damaged("a run is out of its stretch"))?;
        let mut mask = head >> 1;
        for (at, field) in fields.iter_mut().enumerate() {
            if mask & 1 == 1 {
                *field = field.wrapping_add(undo(at, unpack.take()?).cast_unsigned());
            }
            mask >>= 1;
        }
        if visit(place, &fields) {
            return Ok(());
        }
        next = place + 1;
    }
    Ok(())
}

/// Durations are whole milliseconds most often, and then take ten bits less.
fn difference(at: usize, value: i64) -> u64 {
    let zigzag = |value: i64| (value.cast_unsigned() << 1) ^ (value >> 63).cast_unsigned();
    match at {
        0 if value % 1000 == 0 => zigzag(value / 1000) << 1,
        // The topmost bit is lost, which no sum of durations ever has.
        0 => zigzag(value) << 1 | 1,
        _ => zigzag(value),
    }
}

fn undo(at: usize, value: u64) -> i64 {
    let zigzag = |value: u64| (value >> 1).cast_signed() ^ -(value & 1).cast_signed();
    match at {
        0 if value & 1 == 0 => zigzag(value >> 1).wrapping_mul(1000),
        0 => zigzag(value >> 1),
        _ => zigzag(value),
    }
}

/// Takes over what the first version kept in a row for each module and run, and drops its table.
pub(crate) fn take_over(connection: &Connection) -> Result<(), StoreError> {
    let sql = "SELECT COUNT(*) FROM sqlite_schema WHERE name = 'module_stat'";
    if connection.query_row(sql, [], |row| row.get::<_, i64>(0))? == 0 {
        return Ok(());
    }
    let sql =
        format!("SELECT {COLUMNS}, project, module, run FROM module_stat ORDER BY project, module, run");
    let mut statement = connection.prepare(&sql)?;
    let mut rows = statement.query([])?;
    let mut insert = connection.prepare(
        "INSERT OR REPLACE INTO module_series (project, stretch, module, content) VALUES (?1, ?2, ?3, ?4)",
    )?;
    let mut last = None;
    let mut series = Series::default();
    while let Some(row) = rows.next()? {
        let mut fields = Fields::default();
        for (at, field) in fields.iter_mut().enumerate() {
            let value: Option<i64> = row.get(at)?;
            *field = value.map_or(0, |value| u64::try_from(value).unwrap_or_default() + 1);
        }
        let (project, module): (i64, i64) = (row.get(FIELDS)?, row.get(FIELDS + 1)?);
        let run: RunNumber = row.get(FIELDS + 2)?;
        let key = (project, stretch(run), module);
        if last.replace(key) != Some(key) {
            series = Series::default();
        }
        series.set(place(run), Some(fields));
        insert.execute((project, stretch(run), module, series.pack()))?;
    }
    drop(rows);
    drop(statement);
    drop(insert);
    connection.execute_batch("DROP TABLE module_stat")?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn series() -> impl Strategy<Value = Series> {
        let field =
            prop_oneof![Just(0_u64), 0..40_u64, 0..1_u64 << 50, (0..90_000_u64).prop_map(|ms| ms * 1000 + 1)];
        let fields = proptest::collection::vec(field, FIELDS).prop_map(|fields| fields.try_into().unwrap());
        proptest::collection::btree_map(0..RUNS, fields, 0..10)
            .prop_map(|runs| Series(runs.into_iter().collect()))
    }

    proptest! {
        #[test]
        fn a_series_comes_back(series in series(), wanted in 0..RUNS) {
            let bytes = series.pack();
            prop_assert_eq!(Series::find(&bytes, wanted).unwrap(), series.get(wanted).copied());
            prop_assert_eq!(Series::unpack(&bytes).unwrap(), series);
        }

        #[test]
        fn runs_are_the_same_in_any_order(series in series(), extra in 0..RUNS) {
            let mut other = Series::default();
            other.set(extra, Some([7; FIELDS]));
            for (place, fields) in series.0.iter().rev() {
                other.set(*place, Some(*fields));
            }
            if series.get(extra).is_none() {
                other.set(extra, None);
            }
            prop_assert_eq!(other.pack(), series.pack());
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
            Series::unpack(&bytes).ok();
        }
    }

    #[test]
    fn what_the_first_version_kept_is_taken_over() {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch(include_str!("migrations/0001_history.sql")).unwrap();
        connection.execute_batch(include_str!("migrations/0002_cost.sql")).unwrap();
        connection.pragma_update(None, "foreign_keys", false).unwrap();
        for (run, module) in [(5, 0), (6, 0), (40, 0), (6, 3)] {
            let sql = "INSERT INTO module_stat (project, run, module, tests_passed, tests_duration_us, security_low) \
                       VALUES (1, ?1, ?2, 7, 1000 * ?1, 0)";
            connection.execute(sql, (run, module)).unwrap();
        }
        take_over(&connection).unwrap();
        let sql = "SELECT content FROM module_series WHERE stretch = ?1 AND module = ?2";
        let series = |stretch: i64, module: i64| {
            let content: Vec<u8> = connection.query_row(sql, (stretch, module), |row| row.get(0)).unwrap();
            Series::unpack(&content).unwrap()
        };
        assert_eq!(series(0, 0).0.iter().map(|(place, _)| *place).collect::<Vec<_>>(), [5, 6]);
        assert_eq!(series(1, 0).get(8).unwrap()[..3], [40_001, 8, 0]);
        assert_eq!(series(0, 3).get(6).unwrap()[21], 1, "zero is not nothing");
        take_over(&connection).unwrap();
    }

    #[test]
    fn a_run_that_differs_in_its_duration_takes_three_bytes() {
        let mut fields = [9; FIELDS];
        fields[0] = 12_345_001;
        let mut series = Series::default();
        series.set(3, Some(fields));
        let before = series.pack().len();
        fields[0] = 12_445_001;
        series.set(4, Some(fields));
        assert_eq!(series.pack().len(), before + 3);
    }
}

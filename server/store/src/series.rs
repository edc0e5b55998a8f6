//! What was measured of one module in the runs of one stretch of run numbers, packed: of each run only what differs
//! from the run before it.

use rusqlite::Connection;

use crate::columns::packed::{Pack, Unpack, damaged};
use crate::{RunNumber, StoreError};

/// Run numbers in a stretch.
const RUNS: u64 = 64;
/// Run numbers in a stretch of `module_series`, which kept the same before.
const OLD_RUNS: u64 = 32;
/// Values of a run: in the order of [`COLUMNS`], each plus one, 0 for none.
const FIELDS: usize = 25;

pub(crate) type Fields = [u64; FIELDS];

/// What the first run of a row is a difference to: most modules have all kinds of reports, no test that failed, and few
/// findings.
const USUAL: Fields = [0, 0, 1, 1, 1, 1, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1];

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

    /// Each run is a head and what differs. A head with the lowest bit 0 is the difference of the duration: nothing else
    /// differs from the run before, and that run's number is the one before. Most runs of most modules are so, and take
    /// two bytes. In any other head the next bit says that runs between them are not there, and the rest which values
    /// differ.
    pub(crate) fn pack(&self) -> Vec<u8> {
        let mut pack = Pack::default();
        let (mut next, mut last) = (0, USUAL);
        for (place, fields) in &self.0 {
            let changed = fields.iter().zip(&last).map(|(now, then)| now != then);
            let mask = changed.rev().fold(0_u64, |mask, is_changed| mask << 1 | u64::from(is_changed));
            let gap = place - next;
            let values = fields.iter().zip(&last).enumerate();
            let mut values =
                values.map(|(at, (now, then))| difference(at, now.wrapping_sub(*then).cast_signed()));
            match values.next() {
                Some(duration) if gap == 0 && mask <= 1 && duration < 1 << 63 => pack.put(duration << 1),
                duration => {
                    pack.put(mask << 2 | u64::from(gap > 0) << 1 | 1);
                    if gap > 0 {
                        pack.put(gap);
                    }
                    for (at, value) in duration.into_iter().chain(values).enumerate() {
                        if mask >> at & 1 == 1 {
                            pack.put(value);
                        }
                    }
                }
            }
            (next, last) = (place + 1, *fields);
        }
        pack.finish()
    }

    pub(crate) fn unpack(bytes: &[u8]) -> Result<Self, StoreError> {
        let mut runs = Vec::new();
        each(bytes, Form::Now, |place, fields| {
            runs.push((place, *fields));
            false
        })?;
        Ok(Self(runs))
    }

    /// The values of one run, without those behind it.
    pub(crate) fn find(bytes: &[u8], wanted: u64) -> Result<Option<Fields>, StoreError> {
        let mut found = None;
        each(bytes, Form::Now, |place, fields| {
            if place == wanted {
                found = Some(*fields);
            }
            place >= wanted
        })?;
        Ok(found)
    }
}

/// In which table it stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// `module_series`: every head has a mask.
    Old,
    /// `module_measures`
    Now,
}

/// Calls `visit` for each run until it says that it has enough.
fn each(bytes: &[u8], form: Form, mut visit: impl FnMut(u64, &Fields) -> bool) -> Result<(), StoreError> {
    let mut unpack = Unpack::new(bytes);
    let mut next = 0_u64;
    let mut fields = match form {
        Form::Old => Fields::default(),
        Form::Now => USUAL,
    };
    while unpack.end().is_err() {
        let mut head = unpack.take()?;
        let mut duration = None;
        if form == Form::Now {
            if head & 1 == 0 {
                duration = Some(head >> 1);
                head = 1 << 2;
            }
            head >>= 1;
        }
        let gap = if head & 1 == 1 { unpack.take()? } else { 0 };
        let place = next.checked_add(gap).filter(|place| *place < RUNS);
        let place = place.ok_or_else(|| damaged("a run is out of its stretch"))?;
        let mut mask = head >> 1;
        for (at, field) in fields.iter_mut().enumerate() {
            if mask & 1 == 1 {
                let value = match duration.take() {
                    Some(duration) => duration,
                    None => unpack.take()?,
                };
                *field = field.wrapping_add(undo(at, value).cast_unsigned());
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

/// Takes over what earlier versions kept in a row for each module and run, or in shorter stretches, and drops their
/// tables.
pub(crate) fn take_over(connection: &Connection) -> Result<(), StoreError> {
    let mut taking = Taking { connection, key: None, series: Series::default() };
    if has_table(connection, "module_series")? {
        let sql =
            "SELECT project, module, stretch, content FROM module_series ORDER BY project, module, stretch";
        let mut statement = connection.prepare(sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let stretch: i64 = row.get(2)?;
            let mut runs = Vec::new();
            let content = row.get_ref(3)?.as_blob().map_err(|_| damaged("a series is not bytes"))?;
            each(content, Form::Old, |place, fields| {
                runs.push((stretch.cast_unsigned().wrapping_mul(OLD_RUNS).wrapping_add(place), *fields));
                false
            })?;
            for (run, fields) in runs {
                taking.add(row.get(0)?, row.get(1)?, RunNumber(run), fields)?;
            }
        }
    }
    if has_table(connection, "module_stat")? {
        let sql =
            format!("SELECT {COLUMNS}, project, module, run FROM module_stat ORDER BY project, module, run");
        let mut statement = connection.prepare(&sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let mut fields = Fields::default();
            for (at, field) in fields.iter_mut().enumerate() {
                let value: Option<i64> = row.get(at)?;
                *field = value.map_or(0, |value| u64::try_from(value).unwrap_or_default() + 1);
            }
            taking.add(row.get(FIELDS)?, row.get(FIELDS + 1)?, row.get(FIELDS + 2)?, fields)?;
        }
    }
    taking.put()?;
    connection.execute_batch("DROP TABLE IF EXISTS module_stat; DROP TABLE IF EXISTS module_series")?;
    Ok(())
}

fn has_table(connection: &Connection, name: &str) -> Result<bool, StoreError> {
    let sql = "SELECT COUNT(*) FROM sqlite_schema WHERE name = ?1";
    Ok(connection.query_row(sql, [name], |row| row.get::<_, i64>(0))? > 0)
}

/// What is taken over, one row of the table at a time.
struct Taking<'c> {
    connection: &'c Connection,
    key: Option<(i64, i64, i64)>,
    series: Series,
}

impl Taking<'_> {
    /// Runs of a module come one after the other, in the order of their numbers.
    fn add(&mut self, project: i64, module: i64, run: RunNumber, fields: Fields) -> Result<(), StoreError> {
        let key = (project, stretch(run), module);
        if self.key != Some(key) {
            self.put()?;
            self.key = Some(key);
        }
        self.series.set(place(run), Some(fields));
        Ok(())
    }

    fn put(&mut self) -> Result<(), StoreError> {
        let series = std::mem::take(&mut self.series);
        if let Some((project, stretch, module)) = self.key.take() {
            let sql = "INSERT INTO module_measures (project, stretch, module, content) VALUES (?1, ?2, ?3, ?4) \
                       ON CONFLICT (project, stretch, module) DO NOTHING";
            self.connection.execute(sql, (project, stretch, module, series.pack()))?;
        }
        Ok(())
    }
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
        connection.execute_batch(include_str!("migrations/0012_smaller.sql")).unwrap();
        connection.pragma_update(None, "foreign_keys", false).unwrap();
        for (run, module) in [(5, 0), (6, 0), (70, 0), (6, 3)] {
            let sql = "INSERT INTO module_stat (project, run, module, tests_passed, tests_duration_us, security_low) \
                       VALUES (1, ?1, ?2, 7, 1000 * ?1, 0)";
            connection.execute(sql, (run, module)).unwrap();
        }
        take_over(&connection).unwrap();
        let sql = "SELECT content FROM module_measures WHERE stretch = ?1 AND module = ?2";
        let series = |stretch: i64, module: i64| {
            let content: Vec<u8> = connection.query_row(sql, (stretch, module), |row| row.get(0)).unwrap();
            Series::unpack(&content).unwrap()
        };
        assert_eq!(series(0, 0).0.iter().map(|(place, _)| *place).collect::<Vec<_>>(), [5, 6]);
        assert_eq!(series(1, 0).get(6).unwrap()[..3], [70_001, 8, 0]);
        assert_eq!(series(0, 3).get(6).unwrap()[21], 1, "zero is not nothing");
        take_over(&connection).unwrap();
    }

    #[test]
    fn shorter_stretches_are_put_together() {
        let connection = Connection::open_in_memory().unwrap();
        for sql in [
            include_str!("migrations/0001_history.sql"),
            include_str!("migrations/0002_cost.sql"),
            include_str!("migrations/0003_flags.sql"),
            include_str!("migrations/0012_smaller.sql"),
        ] {
            connection.execute_batch(sql).unwrap();
        }
        // As the second version wrote them: run 3 after a gap of three with two values, run 5 after a gap of one with one
        // more passed test.
        let content = [3 << 1 | 1, 3, 20, 16, 2 << 1 | 1, 1, 2_u8];
        for stretch in [2, 3] {
            let sql = "INSERT INTO module_series (project, stretch, module, content) VALUES (1, ?1, 4, ?2)";
            connection.execute(sql, (stretch, content)).unwrap();
        }
        let mut expect = Vec::new();
        each(&content, Form::Old, |place, fields| {
            expect.push((place, *fields));
            false
        })
        .unwrap();
        let shown: Vec<_> = expect.iter().map(|(place, fields)| (*place, fields[0], fields[1])).collect();
        assert_eq!(shown, [(3, 5000, 8), (5, 5000, 9)]);
        take_over(&connection).unwrap();
        let sql = "SELECT content FROM module_measures WHERE project = 1 AND stretch = 1 AND module = 4";
        let content: Vec<u8> = connection.query_row(sql, [], |row| row.get(0)).unwrap();
        let later = expect.iter().map(|(place, fields)| (place + OLD_RUNS, *fields));
        let expect: Vec<_> = expect.iter().copied().chain(later).collect();
        assert_eq!(Series::unpack(&content).unwrap(), Series(expect));
    }

    #[test]
    fn a_run_that_differs_in_its_duration_takes_two_bytes() {
        let mut fields = [9; FIELDS];
        fields[0] = 12_345_001;
        let mut series = Series::default();
        series.set(3, Some(fields));
        let before = series.pack().len();
        fields[0] = 12_345_001 - 1_900_000;
        series.set(4, Some(fields));
        assert_eq!(series.pack().len(), before + 2);
        series.set(5, Some(fields));
        assert_eq!(series.pack().len(), before + 3, "and one in which nothing differs one");
    }
}

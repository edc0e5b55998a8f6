//! The functions of an LCOV record: counted, so that a record that lost some of them is told.
//!
//! `FN:line[,end],name` and `FNDA:hits,name`; since lcov 2.2 `FNL:index,line[,end]` and `FNA:index,hits,name`, where several
//! names (of a template, say) may share an index. Tools count names or places; each count between the two is right.

use plimsoll_format::Sink;

use crate::counts::{hits, line_number, total_mismatch};

/// What is known of the functions of one record. Its buffers are used again for the next one.
///
/// There is a pair of these lines for every ten lines of code, and hardly ever anything to say of them: they are kept as
/// they are, and looked into only where their number is not the declared one.
#[derive(Debug, Default)]
pub(crate) struct Functions<'a> {
    /// `FNF` and `FNH`.
    pub(crate) declared: Option<u64>,
    pub(crate) declared_hit: Option<u64>,
    /// What stands behind each `FN`, and behind each `FNDA` that was executed.
    found: Vec<&'a str>,
    hit: Vec<&'a str>,
    /// The index of each `FNL`, and of each `FNA` that was executed.
    found_indexes: Vec<u64>,
    hit_indexes: Vec<u64>,
    /// Whether there was any line with hits.
    has_hits: bool,
}

impl<'a> Functions<'a> {
    /// Takes what stands behind `FN:`, `FNDA:`, `FNL:` or `FNA:`; false where it begins with no number.
    pub(crate) fn add(&mut self, keyword: &[u8], rest: &'a str) -> bool {
        let begins_with_digit = rest.as_bytes().first().is_some_and(u8::is_ascii_digit);
        match keyword {
            b"FN" if begins_with_digit => self.found.push(rest),
            b"FNDA" => {
                if !rest.starts_with("0,") {
                    // A count may be negative, or nothing at all.
                    match hits(rest.split(',').next().unwrap_or_default()) {
                        Some(0) => {}
                        Some(_) => self.hit.push(rest),
                        None => return false,
                    }
                }
                self.has_hits = true;
            }
            b"FNL" if begins_with_digit => self.found_indexes.extend(leading(rest)),
            b"FNA" => {
                let count = rest.split(',').nth(1).and_then(hits);
                let Some((index, count)) = leading(rest).zip(count) else { return false };
                self.has_hits = true;
                self.hit_indexes.extend((count > 0).then_some(index));
            }
            _ => return false,
        }
        true
    }

    /// Compares what was counted with what is declared, and forgets both. A record without functions declares them in
    /// vain: some tools leave them out on purpose.
    pub(crate) fn finish(&mut self, path: &str, sink: &mut dyn Sink) {
        let found = (self.found.len() + self.found_indexes.len()) as u64;
        let hit = (self.hit.len() + self.hit_indexes.len()) as u64;
        let declared = self.declared.filter(|declared| found > 0 && *declared != found);
        let declared_hit = self.declared_hit.filter(|declared| self.has_hits && *declared != hit);
        if declared.is_some() || declared_hit.is_some() {
            let mut places: Vec<_> = self.found.iter().filter_map(|line| name_and_line(line)).collect();
            places.sort_unstable();
            let place_of = |line: &&str| {
                let name = line.split_once(',').map_or("", |(_, name)| name);
                let at = places.partition_point(|(found, _)| *found < name);
                // A name that is not listed is a place of its own, far behind all lines.
                let found = places.get(at).filter(|(found, _)| *found == name);
                found.map_or(u64::MAX - at as u64, |(_, place)| *place)
            };
            let hit_places = distinct(self.hit.iter().map(place_of).chain(self.hit_indexes.iter().copied()));
            let found_places =
                distinct(places.iter().map(|(_, place)| *place).chain(self.found_indexes.iter().copied()));
            for (what, declared, places, names) in [
                ("functions", declared, found_places, found),
                ("executed functions", declared_hit, hit_places, hit),
            ] {
                if let Some(declared) = declared.filter(|declared| !(places..=names).contains(declared)) {
                    total_mismatch(sink, &format!("{what} of `{path}`"), declared, names);
                }
            }
        }
        self.found.clear();
        self.hit.clear();
        self.found_indexes.clear();
        self.hit_indexes.clear();
        self.has_hits = false;
        (self.declared, self.declared_hit) = (None, None);
    }
}

fn leading(rest: &str) -> Option<u64> {
    rest.split(',').next().and_then(hits)
}

/// `line[,end],name`; a name may hold commas.
fn name_and_line(rest: &str) -> Option<(&str, u64)> {
    let (line, rest) = rest.split_once(',')?;
    let is_end = |text: &str| line_number(text).is_some();
    let name = rest.split_once(',').filter(|(end, _)| is_end(end)).map_or(rest, |(_, name)| name);
    Some((name, line_number(line)?.into()))
}

fn distinct(places: impl Iterator<Item = u64>) -> u64 {
    let mut places: Vec<_> = places.collect();
    places.sort_unstable();
    places.dedup();
    places.len() as u64
}

#[cfg(test)]
mod tests {
    use plimsoll_format::{Sink, Warning};

    use super::Functions;

    #[derive(Default)]
    struct Said(Vec<String>);

    impl Sink for Said {
        fn warning(&mut self, warning: Warning) {
            self.0.push(warning.message);
        }
    }

    /// What is said of a record with these lines.
    fn said(lines: &[&str], declared: u64, declared_hit: u64) -> Vec<String> {
        let mut functions = Functions::default();
        for line in lines {
            let (keyword, rest) = line.split_once(':').unwrap();
            assert!(functions.add(keyword.as_bytes(), rest), "{line}");
        }
        (functions.declared, functions.declared_hit) = (Some(declared), Some(declared_hit));
        let mut sink = Said::default();
        functions.finish("a.c", &mut sink);
        functions.finish("a.c", &mut sink);
        sink.0
    }

    #[test]
    fn counts_functions_of_both_versions() {
        let first = ["FN:3,main", "FN:9,12,f(int, int)", "FNDA:2,main", "FNDA:0,f(int, int)"];
        assert_eq!(said(&first, 2, 1), [""; 0]);
        let second = ["FNL:0,3,9", "FNA:0,2,main", "FNL:1,20", "FNA:1,1,g<int>", "FNA:1,4,g<long>"];
        assert_eq!(said(&second, 2, 2), [""; 0]);
        // By names, as other tools count.
        assert_eq!(said(&second, 2, 3), [""; 0]);
        let template =
            ["FN:2,f<int>", "FN:2,f<long>", "FN:9,main", "FNDA:1,f<int>", "FNDA:3,f<long>", "FNDA:0,main"];
        assert_eq!(said(&template, 2, 1), [""; 0]);
        // A name may hold commas and begin with a digit; a count may be negative.
        let odd = ["FN:2,4,operator(), 5", "FN:9,g", "FNDA:1,operator(), 5", "FNDA:-1,g", "FNDA:2,unlisted"];
        assert_eq!(said(&odd, 2, 2), [""; 0]);
        assert_eq!(said(&[], 4, 2), [""; 0]);
        assert_eq!(said(&["FN:3,main"], 1, 1), [""; 0], "functions without counts");
    }

    #[test]
    fn says_what_is_missing() {
        let said = said(&["FN:3,main", "FNDA:0,main"], 2, 1);
        assert_eq!(said.len(), 2, "{said:?}");
        assert!(said[0].contains("declares 2 functions of `a.c`"), "{said:?}");
        assert!(said[1].contains("declares 1 executed functions of `a.c`"), "{said:?}");
    }

    #[test]
    fn tells_numbers_that_are_none() {
        let mut functions = Functions::default();
        for (keyword, rest) in
            [("FN", "x,main"), ("FNDA", "x,main"), ("FNDA", ""), ("FNL", ""), ("FNA", "0"), ("FNA", "0,x,f")]
        {
            assert!(!functions.add(keyword.as_bytes(), rest), "{keyword}:{rest}");
        }
    }
}

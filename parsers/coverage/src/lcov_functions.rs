//! The functions of an LCOV record: counted, so that a record that lost some of them is told.
//!
//! `FN:line[,end],name` and `FNDA:hits,name`; since lcov 2.2 `FNL:index,line[,end]` and `FNA:index,hits,name`, where several
//! names (of a template, say) may share an index. Tools count names or places; each count between the two is right.

use plimsoll_format::Sink;

use crate::counts::{hits, line_number, total_mismatch};

/// What is known of the functions of one record. Its buffers are used again for the next one.
#[derive(Debug, Default)]
pub(crate) struct Functions<'a> {
    /// `FNF` and `FNH`.
    pub(crate) declared: Option<u64>,
    pub(crate) declared_hit: Option<u64>,
    /// Where each `FN` begins, or the index of each `FNL`; and the name, which `FNL` has not.
    found: Vec<(&'a str, u64)>,
    /// The names, or the indexes, of those that were executed.
    hit: Vec<(&'a str, u64)>,
    /// Whether there was any line with hits.
    has_hits: bool,
}

impl<'a> Functions<'a> {
    /// Takes what stands behind `FN:`, `FNDA:`, `FNL:` or `FNA:`; false where its numbers are none.
    pub(crate) fn add(&mut self, keyword: &str, rest: &'a str) -> bool {
        let (first, rest) = rest.split_once(',').unwrap_or((rest, ""));
        match keyword {
            "FN" => {
                let is_end = |text: &str| line_number(text).is_some();
                let name = rest.split_once(',').filter(|(end, _)| is_end(end)).map_or(rest, |(_, name)| name);
                line_number(first).map(|line| self.found.push((name, line.into())))
            }
            "FNL" => hits(first).map(|index| self.found.push(("", index))),
            "FNDA" => hits(first).map(|count| self.add_hit(rest, 0, count)),
            _ => {
                let count = rest.split(',').next().and_then(hits);
                hits(first).zip(count).map(|(index, count)| self.add_hit("", index, count))
            }
        }
        .is_some()
    }

    fn add_hit(&mut self, name: &'a str, index: u64, count: u64) {
        self.has_hits = true;
        if count > 0 {
            self.hit.push((name, index));
        }
    }

    /// Compares what was counted with what is declared, and forgets both. A record without functions declares them in
    /// vain: some tools leave them out on purpose.
    pub(crate) fn finish(&mut self, path: &str, sink: &mut dyn Sink) {
        let declared = self.declared.filter(|_| !self.found.is_empty());
        let declared_hit = self.declared_hit.filter(|_| self.has_hits);
        let names = (self.found.len() as u64, self.hit.len() as u64);
        let is_right = |declared: Option<u64>, counted| declared.is_none_or(|declared| declared == counted);
        // Only where the names do not add up is it worth to look for the places.
        if !is_right(declared, names.0) || !is_right(declared_hit, names.1) {
            self.found.sort_unstable();
            let place_of = |(name, index): &(&str, u64)| {
                let at = self.found.partition_point(|(found, _)| found < name);
                self.found
                    .get(at)
                    .filter(|(found, _)| found == name && !name.is_empty())
                    .map_or(*index, |(_, place)| *place)
            };
            let hit = distinct(self.hit.iter().map(place_of).collect());
            let found = distinct(self.found.iter().map(|(_, place)| *place).collect());
            for (what, declared, places, names) in
                [("functions", declared, found, names.0), ("executed functions", declared_hit, hit, names.1)]
            {
                if let Some(declared) = declared.filter(|declared| !(places..=names).contains(declared)) {
                    total_mismatch(sink, &format!("{what} of `{path}`"), declared, names);
                }
            }
        }
        self.found.clear();
        self.hit.clear();
        self.has_hits = false;
        (self.declared, self.declared_hit) = (None, None);
    }
}

fn distinct(mut places: Vec<u64>) -> u64 {
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
            assert!(functions.add(keyword, rest), "{line}");
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
            [("FN", "x,main"), ("FNDA", "x,main"), ("FNL", ""), ("FNA", "0"), ("FNA", "0,x,f")]
        {
            assert!(!functions.add(keyword, rest), "{keyword}:{rest}");
        }
    }
}

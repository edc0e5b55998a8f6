use plimsoll_format::{Sink, Warning, WarningCode};
use plimsoll_model::LineCoverage;

/// Branches of one file that a report lists apart from the file's lines.
#[derive(Debug)]
pub(crate) struct Branches<K> {
    /// Line, identity on that line, whether it was taken.
    all: Vec<(u32, K, bool)>,
}

impl<K> Default for Branches<K> {
    fn default() -> Self {
        Self { all: Vec::new() }
    }
}

impl<K: Ord> Branches<K> {
    /// Adds one. One that was there before (same line, same `key`) is the same branch, taken if either was.
    pub(crate) fn add(&mut self, line: u32, key: K, is_taken: bool) {
        self.all.push((line, key, is_taken));
    }

    /// Counts the branches on their lines, which are sorted and distinct, and forgets them.
    ///
    /// A branch on a line that is no executable one counts for the nearest executable line before it (or the first):
    /// so neither the branch is lost nor a line won.
    pub(crate) fn attach(&mut self, lines: &mut [LineCoverage], path: &str, sink: &mut dyn Sink) {
        if self.all.is_empty() {
            return;
        }
        self.all.sort_unstable();
        self.all.dedup_by(|next, kept| {
            let is_same = next.0 == kept.0 && next.1 == kept.1;
            kept.2 |= is_same && next.2;
            is_same
        });
        if lines.is_empty() {
            let message =
                format!("{} branches of `{path}`, which has no lines, are left out", self.all.len());
            sink.warning(Warning::new(WarningCode::SkippedElement, message));
        }
        let mut index = 0;
        for (line, _, is_taken) in self.all.drain(..) {
            while lines.get(index + 1).is_some_and(|next| next.line <= line) {
                index += 1;
            }
            if let Some(at) = lines.get_mut(index) {
                at.branches = at.branches.saturating_add(1);
                at.branches_covered = at.branches_covered.saturating_add(u32::from(is_taken));
            }
        }
    }
}

/// Sorts the lines and makes one of those that occur several times: the greatest hits.
pub(crate) fn sort_distinct(lines: &mut Vec<LineCoverage>) {
    lines.sort_by_key(|line| line.line);
    lines.dedup_by(|next, kept| {
        let is_same = next.line == kept.line;
        if is_same {
            kept.hits = kept.hits.max(next.hits);
            kept.branches = kept.branches.max(next.branches);
            kept.branches_covered = kept.branches_covered.max(next.branches_covered);
        }
        is_same
    });
}

#[cfg(test)]
mod tests {
    use plimsoll_format::{Sink, Warning};
    use plimsoll_model::LineCoverage;

    use super::{Branches, sort_distinct};

    struct NoSink;

    impl Sink for NoSink {
        fn warning(&mut self, _: Warning) {}
    }

    #[test]
    fn counts_distinct_branches_on_the_nearest_line() {
        let mut lines: Vec<_> = [9, 3, 5, 5]
            .map(|line| LineCoverage { line, hits: u64::from(line), ..LineCoverage::default() })
            .into();
        sort_distinct(&mut lines);
        let mut branches = Branches::default();
        for (line, key, is_taken) in
            [(5, 0, true), (5, 1, false), (5, 1, true), (7, 0, false), (1, 0, true), (9, 0, false)]
        {
            branches.add(line, key, is_taken);
        }
        branches.attach(&mut lines, "a", &mut NoSink);
        let got: Vec<_> =
            lines.iter().map(|line| (line.line, line.branches, line.branches_covered)).collect();
        assert_eq!(got, [(3, 1, 1), (5, 3, 2), (9, 1, 0)]);
    }
}

use std::collections::BTreeMap;

use super::nearest::pair_nearest;

// A finding whose code was edited keeps its rule and file, but neither its context nor, often, its line. It counts as
// the same one only this near: further away a fixed finding and a new one of the same rule are more likely.
const EDITED_WITHIN_LINES: u32 = 3;

/// A finding in one run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spot {
    /// Its identity in the project.
    pub id: u32,
    /// Which findings cannot be told apart but by their lines: same tool, rule, file, and context or fingerprint.
    pub group: u128,
    /// The tool's rule.
    pub rule: u32,
    /// The file.
    pub path: Option<u32>,
    /// The same as the group, but without the file.
    pub content: u128,
    /// From 1; 0 where the tool gives none.
    pub line: u32,
}

/// Why two findings are the same one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MatchReason {
    /// Same rule, file, context and line.
    Same,
    /// Same rule, file and context; so many lines further down, or up where negative.
    Moved {
        /// Lines.
        by: i64,
    },
    /// Same rule and file, at most three lines away; the code itself was edited.
    Edited {
        /// Lines.
        by: i64,
    },
    /// Same rule and context in a file that was renamed.
    Renamed {
        /// The file's path then.
        from: u32,
        /// Lines.
        by: i64,
    },
}

impl MatchReason {
    /// At another line or in another file.
    pub fn is_moved(self) -> bool {
        match self {
            Self::Same => false,
            Self::Moved { by } | Self::Edited { by } => by != 0,
            Self::Renamed { .. } => true,
        }
    }

    /// In words, for the screen; `None` where there is nothing to explain.
    pub fn words(self, path: impl Fn(u32) -> Option<String>) -> Option<String> {
        let moved = |by: i64| match by {
            0 => None,
            1 => Some("moved 1 line down".to_owned()),
            -1 => Some("moved 1 line up".to_owned()),
            by if by > 0 => Some(format!("moved {by} lines down")),
            by => Some(format!("moved {} lines up", by.unsigned_abs())),
        };
        match self {
            Self::Same => None,
            Self::Moved { by } => moved(by).map(|moved| format!("same finding: {moved}")),
            Self::Edited { by: 0 } => Some("same finding: its line was edited".to_owned()),
            Self::Edited { by } => {
                moved(by).map(|moved| format!("same finding: its line was edited and {moved}"))
            }
            Self::Renamed { from, by } => {
                let from = path(from).map_or_else(|| "its file".to_owned(), |path| format!("`{path}`"));
                let and = moved(by).map_or_else(String::new, |moved| format!(" and {moved}"));
                Some(format!("same finding: {from} was renamed{and}"))
            }
        }
    }
}

/// Two findings that are the same one, by their positions in the two lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Matched {
    /// Position in `before`.
    pub before: usize,
    /// Position in `after`.
    pub after: usize,
    /// Why.
    pub reason: MatchReason,
}

/// How the findings of two runs belong together. Every finding is in exactly one of the three.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pairing {
    /// On both sides, in the order of `after`.
    pub matched: Vec<Matched>,
    /// Positions in `after` of those that were not there, ascending.
    pub new: Vec<usize>,
    /// Positions in `before` of those that are gone, ascending.
    pub fixed: Vec<usize>,
}

/// Pairs findings as multisets: what a group has on both sides is the same, nearest lines first; of what is left,
/// findings of the same rule within three lines of the same file; of what is left then, findings with the same rule
/// and context in a file that was renamed. `renames` maps a path now to the path then.
///
/// The two lists need to hold only the groups in which something changed; pairing the same list with itself matches
/// everything with itself.
pub fn pair_findings(before: &[Spot], after: &[Spot], renames: &BTreeMap<u32, u32>) -> Pairing {
    let mut state = State {
        before,
        after,
        open_before: Open::new(before),
        open_after: Open::new(after),
        matched: vec![],
    };

    state.pair(
        |spot| Some(spot.group),
        |spot| Some(spot.group),
        u32::MAX,
        |_, by| match by {
            0 => MatchReason::Same,
            by => MatchReason::Moved { by },
        },
    );
    // Where the tool gives neither context nor fingerprint, rule and file are the group already, and what is left of
    // it is on one side only.
    let edited = |spot: &Spot| match spot.path {
        Some(path) if spot.line != 0 => Some((spot.rule, path)),
        _ => None,
    };
    state.pair(edited, edited, EDITED_WITHIN_LINES, |_, by| MatchReason::Edited { by });
    if !renames.is_empty() {
        state.pair(
            |spot| Some((spot.content, spot.path?)),
            |spot| Some((spot.content, *renames.get(&spot.path?)?)),
            u32::MAX,
            |spot, by| MatchReason::Renamed { from: spot.path.unwrap_or_default(), by },
        );
    }

    let State { open_before, open_after, mut matched, .. } = state;
    matched.sort_unstable_by_key(|pair| pair.after);
    Pairing { matched, new: open_after.positions(), fixed: open_before.positions() }
}

struct State<'a> {
    before: &'a [Spot],
    after: &'a [Spot],
    open_before: Open,
    open_after: Open,
    matched: Vec<Matched>,
}

impl State<'_> {
    // Pairs what is open and has the same key, nearest lines first.
    fn pair<K: Ord>(
        &mut self,
        key_before: impl Fn(&Spot) -> Option<K>,
        key_after: impl Fn(&Spot) -> Option<K>,
        limit: u32,
        reason: impl Fn(&Spot, i64) -> MatchReason,
    ) {
        let groups_before = self.open_before.by_key(self.before, key_before);
        let groups_after = self.open_after.by_key(self.after, key_after);
        for (key, members_before) in &groups_before {
            let Some(members_after) = groups_after.get(key) else { continue };
            let lines = |members: &[(u32, usize)]| members.iter().map(|(line, _)| *line).collect::<Vec<_>>();
            for (b, a) in pair_nearest(&lines(members_before), &lines(members_after), limit) {
                let (Some(&(line_before, before)), Some(&(line_after, after))) =
                    (members_before.get(b), members_after.get(a))
                else {
                    continue;
                };
                let Some(spot) = self.before.get(before) else { continue };
                let by = i64::from(line_after) - i64::from(line_before);
                self.matched.push(Matched { before, after, reason: reason(spot, by) });
                self.open_before.close(before);
                self.open_after.close(after);
            }
        }
    }
}

// Which positions of a list have no partner yet.
struct Open(Vec<bool>);

impl Open {
    fn new(spots: &[Spot]) -> Self {
        Self(vec![true; spots.len()])
    }

    fn close(&mut self, at: usize) {
        if let Some(open) = self.0.get_mut(at) {
            *open = false;
        }
    }

    fn positions(&self) -> Vec<usize> {
        self.0.iter().enumerate().filter(|(_, open)| **open).map(|(at, _)| at).collect()
    }

    // Open positions with their lines by key; the identity decides between equal lines, not the order of the list.
    fn by_key<K: Ord>(
        &self,
        spots: &[Spot],
        key: impl Fn(&Spot) -> Option<K>,
    ) -> BTreeMap<K, Vec<(u32, usize)>> {
        let mut groups: BTreeMap<K, Vec<(u32, u32, usize)>> = BTreeMap::new();
        for (at, spot) in spots.iter().enumerate() {
            if self.0.get(at) == Some(&true)
                && let Some(key) = key(spot)
            {
                groups.entry(key).or_default().push((spot.line, spot.id, at));
            }
        }
        groups
            .into_iter()
            .map(|(key, mut members)| {
                members.sort_unstable();
                (key, members.into_iter().map(|(line, _, at)| (line, at)).collect())
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    // `rule path context line`, one finding each.
    fn spots(text: &str) -> Vec<Spot> {
        text.split(';')
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .zip(0..)
            .map(|(part, id)| {
                let numbers: Vec<u32> = part.split(' ').map(|number| number.parse().unwrap()).collect();
                spot(id, numbers[0], numbers[1], numbers[2], numbers[3])
            })
            .collect()
    }

    fn spot(id: u32, rule: u32, path: u32, context: u32, line: u32) -> Spot {
        let content = u128::from(rule) << 40 | u128::from(context);
        Spot { id, group: content << 40 | u128::from(path), rule, path: Some(path), content, line }
    }

    #[track_caller]
    fn check(before: &str, after: &str, renames: &[(u32, u32)], expect: &str) {
        let pairing = pair_findings(&spots(before), &spots(after), &renames.iter().copied().collect());
        let words = |pair: &Matched| {
            let words = pair.reason.words(|path| Some(format!("file{path}")));
            format!("{}={}{}", pair.before, pair.after, words.map_or_else(String::new, |w| format!(" ({w})")))
        };
        let matched: Vec<String> = pairing.matched.iter().map(words).collect();
        let all = format!("{} new {:?} fixed {:?}", matched.join(", "), pairing.new, pairing.fixed);
        assert_eq!(all.trim(), expect);
    }

    #[test]
    fn pairs_what_a_group_has_on_both_sides() {
        check("", "", &[], "new [] fixed []");
        check("1 1 0 5", "1 1 0 5", &[], "0=0 new [] fixed []");
        check("1 1 0 5", "1 1 0 17", &[], "0=0 (same finding: moved 12 lines down) new [] fixed []");
        check("1 1 0 5", "1 1 0 4", &[], "0=0 (same finding: moved 1 line up) new [] fixed []");
        check("1 1 0 5", "2 1 0 5", &[], "new [0] fixed [0]");
        check("1 1 0 5", "1 2 0 5", &[], "new [0] fixed [0]");
    }

    #[test]
    fn the_left_over_of_a_group_is_the_farthest() {
        check("1 1 0 5; 1 1 0 50", "1 1 0 5; 1 1 0 20; 1 1 0 50", &[], "0=0, 1=2 new [1] fixed []");
        check("1 1 0 5; 1 1 0 20; 1 1 0 50", "1 1 0 20", &[], "1=0 new [] fixed [0, 2]");
    }

    #[test]
    fn an_edited_line_is_the_same_finding_only_nearby() {
        check("1 1 7 5", "1 1 8 5", &[], "0=0 (same finding: its line was edited) new [] fixed []");
        check(
            "1 1 7 5",
            "1 1 8 8",
            &[],
            "0=0 (same finding: its line was edited and moved 3 lines down) new [] fixed []",
        );
        check("1 1 7 5", "1 1 8 9", &[], "new [0] fixed [0]");
    }

    #[test]
    fn a_renamed_file_takes_its_findings_with_it() {
        check(
            "1 1 7 5; 1 1 7 9",
            "1 2 7 9",
            &[(2, 1)],
            "1=0 (same finding: `file1` was renamed) new [] fixed [0]",
        );
        check("1 1 7 5", "1 2 7 5", &[(3, 1)], "new [0] fixed [0]");
    }

    fn any_spots() -> impl Strategy<Value = Vec<Spot>> {
        prop::collection::vec((0_u32..3, 0_u32..3, 0_u32..3, 0_u32..30), 0..40).prop_map(|rows| {
            rows.into_iter()
                .zip(0..)
                .map(|((rule, path, context, line), id)| spot(id, rule, path, context, line))
                .collect()
        })
    }

    proptest! {
        #[test]
        fn the_same_report_again_changes_nothing(list in any_spots(), rename in (0_u32..3, 0_u32..3)) {
            let mut shuffled = list.clone();
            shuffled.reverse();
            for other in [&list, &shuffled] {
                let pairing = pair_findings(&list, other, &[rename].into());
                prop_assert!(pairing.new.is_empty() && pairing.fixed.is_empty());
                prop_assert!(pairing.matched.iter().all(|pair| pair.reason == MatchReason::Same));
            }
        }

        #[test]
        fn every_finding_is_in_exactly_one_list(before in any_spots(), after in any_spots()) {
            let pairing = pair_findings(&before, &after, &BTreeMap::from([(0, 1)]));
            let mut left: Vec<usize> = pairing.matched.iter().map(|pair| pair.before).chain(pairing.fixed).collect();
            let mut right: Vec<usize> = pairing.matched.iter().map(|pair| pair.after).chain(pairing.new).collect();
            left.sort_unstable();
            right.sort_unstable();
            prop_assert_eq!(left, (0..before.len()).collect::<Vec<_>>());
            prop_assert_eq!(right, (0..after.len()).collect::<Vec<_>>());
        }

        #[test]
        fn new_and_fixed_are_mirror_images(before in any_spots(), after in any_spots()) {
            let there = pair_findings(&before, &after, &BTreeMap::new());
            let back = pair_findings(&after, &before, &BTreeMap::new());
            prop_assert_eq!(there.new.len(), back.fixed.len());
            prop_assert_eq!(there.fixed.len(), back.new.len());
        }
    }
}

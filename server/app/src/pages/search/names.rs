//! Names in one text, searched by scanning it: a hundred thousand of them in a few milliseconds, and nothing that an
//! upload would have to keep up to date.

use memchr::memmem::Finder;
use roaring::RoaringBitmap;

/// Matches that are looked at. A word that stands in more names than this says too little to be ranked.
const EXAMINED: usize = 4000;

/// Names with their identifiers, in lower case, each ended by a line feed.
#[derive(Debug, Clone, Default)]
pub struct Names {
    text: String,
    starts: Vec<u32>,
    ids: Vec<u32>,
}

/// How well a name fits: where the first word stands in it, then how short it is. Less is better.
type Rank = (u8, usize);

impl Names {
    /// Adds a name. What no longer fits into 4 GiB is left out.
    pub fn push(&mut self, id: u32, name: &str) {
        let Ok(start) = u32::try_from(self.text.len()) else { return };
        self.starts.push(start);
        self.ids.push(id);
        for c in name.chars().flat_map(char::to_lowercase) {
            self.text.push(if c == '\n' { ' ' } else { c });
        }
        self.text.push('\n');
    }

    /// The name of one; `""` where it is not known. Names must have come in the order of their identifiers.
    pub fn name(&self, id: u32) -> &str {
        self.ids.binary_search(&id).map_or("", |at| self.at(at))
    }

    /// The greatest identifier, if names came in the order of their identifiers.
    pub fn last(&self) -> Option<u32> {
        self.ids.last().copied()
    }

    fn at(&self, index: usize) -> &str {
        let end = self.starts.get(index + 1).map_or(self.text.len(), |start| *start as usize);
        let begin = self.starts.get(index).map_or(0, |start| *start as usize);
        self.text.get(begin..end).unwrap_or_default().trim_end_matches('\n')
    }

    /// All whose names hold a text, which is in lower case.
    pub fn holding(&self, text: &str) -> RoaringBitmap {
        let finder = Finder::new(text);
        let mut found = RoaringBitmap::new();
        let (mut from, mut next) = (0, 0);
        while let Some(at) =
            self.text.as_bytes().get(from..).and_then(|rest| finder.find(rest)).map(|at| from + at)
        {
            let rest = self.starts.get(next..).unwrap_or_default();
            next += rest.partition_point(|start| *start as usize <= at);
            found.extend(next.checked_sub(1).and_then(|index| self.ids.get(index)));
            from = self.starts.get(next).map_or(self.text.len(), |start| *start as usize);
        }
        found
    }

    /// The best names that hold every word, at most `most` of them. Words are in lower case.
    pub fn find(&self, words: &[String], most: usize) -> Vec<u32> {
        let Some(longest) = words.iter().max_by_key(|word| word.len()).filter(|word| !word.is_empty()) else {
            return Vec::new();
        };
        let first = words.first().map_or("", String::as_str);
        let mut found: Vec<(Rank, u32)> = Vec::new();
        let finder = Finder::new(longest);
        let mut from = 0;
        while let Some(at) =
            self.text.as_bytes().get(from..).and_then(|rest| finder.find(rest)).map(|at| from + at)
        {
            let index = self.starts.partition_point(|start| *start as usize <= at).saturating_sub(1);
            let end = self.starts.get(index + 1).map_or(self.text.len(), |start| *start as usize);
            let name = self.at(index);
            if words.iter().all(|word| name.contains(word.as_str()))
                && let Some(id) = self.ids.get(index)
            {
                found.push((rank(name, first), *id));
                if found.len() >= EXAMINED {
                    break;
                }
            }
            from = end;
        }
        found.sort_unstable();
        found.dedup_by_key(|(_, id)| *id);
        found.into_iter().take(most).map(|(_, id)| id).collect()
    }
}

fn rank(name: &str, word: &str) -> Rank {
    let is_edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
    let mut best = 3;
    for (at, _) in name.match_indices(word).take(8) {
        let before = name.get(..at).and_then(|before| before.chars().next_back());
        let after = name.get(at + word.len()..).unwrap_or_default();
        let here = match (is_edge(before), is_edge(after.chars().next())) {
            // The last part of a path or of a qualified name is what people call it by.
            (true, true) if !after.contains(['/', ':']) => 0,
            (true, true) => 1,
            (true, false) => 2,
            (false, _) => 3,
        };
        best = best.min(here);
    }
    (best, name.len())
}

#[cfg(test)]
mod tests {
    use super::Names;

    fn names(all: &[&str]) -> Names {
        let mut names = Names::default();
        for (id, name) in (10..).zip(all) {
            names.push(id, name);
        }
        names
    }

    #[track_caller]
    fn check(all: &[&str], query: &str, expect: &[u32]) {
        let words: Vec<String> = query.split_whitespace().map(str::to_owned).collect();
        assert_eq!(names(all).find(&words, 5), expect, "{query}");
    }

    const FILES: [&str; 5] = [
        "src/Search/ranking.py",
        "src/cart/search.py",
        "tests/research_test.py",
        "README\nmd",
        "src/search/i.py",
    ];

    #[test]
    fn the_best_fit_comes_first() {
        check(&FILES, "search", &[11, 14, 10, 12]);
        check(&FILES, "rank", &[10]);
        check(&FILES, "search rank", &[10]);
        check(&FILES, "md", &[13]);
    }

    #[test]
    fn nothing_finds_nothing() {
        check(&FILES, "", &[]);
        check(&FILES, "zzz", &[]);
        check(&[], "a", &[]);
        // A word never reaches from one name into the next.
        check(&["ab", "cd"], "bc", &[]);
    }

    #[test]
    fn all_that_hold_a_text_are_found_once() {
        assert_eq!(names(&FILES).holding("search/").iter().collect::<Vec<_>>(), [10, 14]);
        assert_eq!(names(&FILES).holding("e").len(), 5, "each name counts once");
        assert!(names(&["ab", "cd"]).holding("bc").is_empty());
        assert_eq!((names(&FILES).name(12), names(&FILES).name(9)), ("tests/research_test.py", ""));
    }

    #[test]
    fn a_word_in_every_name_ends_the_search_early() {
        let all: Vec<String> = (0..20_000).map(|at| format!("test {at}")).collect();
        let all: Vec<&str> = all.iter().map(String::as_str).collect();
        assert_eq!(names(&all).find(&["test".to_owned()], 8).len(), 8);
    }
}

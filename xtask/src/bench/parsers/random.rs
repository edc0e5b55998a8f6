/// Numbers that are the same every time (SplitMix64).
pub struct Random(u64);

const WORDS: [&str; 40] = [
    "parser", "order", "invoice", "client", "session", "token", "cache", "index", "writer", "reader",
    "stream", "buffer", "node", "tree", "graph", "router", "handler", "service", "account", "ledger",
    "payment", "refund", "catalog", "search", "query", "filter", "engine", "worker", "queue", "topic",
    "event", "metric", "trace", "batch", "shard", "replica", "snapshot", "journal", "schema", "column",
];

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// From `low` to `high`, both included.
    pub fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.next() % (high - low + 1)
    }

    /// True in so many of a hundred cases.
    pub fn percent(&mut self, percent: u64) -> bool {
        self.next() % 100 < percent
    }

    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        let index = usize::try_from(self.next()).unwrap_or_default() % from.len().max(1);
        match from.get(index) {
            Some(value) => *value,
            // Every caller gives a list that is not empty.
            None => unreachable!("nothing to pick from"),
        }
    }

    pub fn word(&mut self) -> &'static str {
        self.pick(&WORDS)
    }

    pub fn words(&mut self, count: u64) -> String {
        let mut words = String::new();
        for index in 0..count {
            if index > 0 {
                words.push(' ');
            }
            words.push_str(self.word());
        }
        words
    }

    /// A name as classes have it, of two words.
    pub fn name(&mut self) -> String {
        let mut name = String::new();
        for _ in 0..2 {
            let word = self.word();
            let (first, rest) = word.split_at(1);
            name.push_str(&first.to_ascii_uppercase());
            name.push_str(rest);
        }
        name
    }

    /// Hits: a fifth of the lines have none, most few, some very many.
    pub fn hits(&mut self) -> u64 {
        if self.percent(20) {
            return 0;
        }
        let digits = self.between(0, 16);
        1 + self.next() % (1 << digits)
    }
}

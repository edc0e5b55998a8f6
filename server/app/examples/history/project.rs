//! One project as it changes from run to run.

use crate::random::{below, mix, normal};

/// Of a thousand tests, files and findings, how many change from run to run.
const CHANGING: usize = 5;

/// How large the project is.
#[derive(Debug, Clone, Copy, clap::Args)]
pub struct Sizes {
    /// Runs: half of them on the main branch, half on branches of five runs.
    #[arg(long, default_value_t = 2000)]
    pub runs: u64,
    /// Repeats of the last run, in which nothing but the durations differs. The rows of modules hold 64 runs, so 64 of
    /// them show what such a run takes in the long term.
    #[arg(long, default_value_t = 64)]
    pub repeats: u64,
    /// Tests, in classes of twenty.
    #[arg(long, default_value_t = 100_000)]
    pub tests: usize,
    /// Source files with coverage. Test files come on top.
    #[arg(long, default_value_t = 5_000)]
    pub files: usize,
    /// Executable lines of each of them.
    #[arg(long, default_value_t = 80)]
    pub lines: u32,
    /// Findings.
    #[arg(long, default_value_t = 10_000)]
    pub findings: usize,
    /// Modules.
    #[arg(long, default_value_t = 500)]
    pub modules: usize,
    /// Another seed, another history.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
}

/// The state of a branch.
#[derive(Debug, Clone)]
pub struct State {
    pub tests: Vec<Test>,
    /// Which version of each file it is.
    pub files: Vec<u32>,
    pub findings: Vec<Finding>,
    /// Commits, the oldest first, each with the files that it changed.
    pub commits: Vec<Commit>,
}

#[derive(Debug, Clone, Copy, Default)]
pub struct Test {
    /// Counts its renames: a renamed test is another test.
    pub name: u32,
    pub fails: bool,
}

#[derive(Debug, Clone, Copy, Default)]
pub struct Finding {
    /// Counts how often it was fixed and another one came in its place.
    pub identity: u32,
    /// Lines that it has moved.
    pub moved: u32,
    /// Counts how often it was rated anew.
    pub rating: u32,
}

#[derive(Debug, Clone)]
pub struct Commit {
    /// A unique number; the commit's id is made from it.
    pub id: u64,
    pub time: i64,
    pub files: Vec<u32>,
}

/// One run to be stored.
#[derive(Debug)]
pub struct Run<'a> {
    /// From 0.
    pub at: u64,
    pub branch: String,
    pub pull_request: Option<u64>,
    pub time: i64,
    pub state: &'a State,
}

/// A history: the main branch and the branch that is worked on.
#[derive(Debug)]
pub struct History {
    pub sizes: Sizes,
    main: State,
    branch: Option<State>,
}

impl History {
    /// Before the first run.
    pub fn new(sizes: Sizes) -> Self {
        let main = State {
            tests: (0..sizes.tests)
                .map(|test| Test { name: 0, fails: below(&[sizes.seed, 1, test as u64], 200) == 0 })
                .collect(),
            files: vec![0; sizes.files],
            findings: vec![Finding::default(); sizes.findings],
            commits: Vec::new(),
        };
        Self { sizes, main, branch: None }
    }

    /// The run with this number, from 0; to be asked for in order. Every second one is on a branch, five in a row on
    /// the same one.
    pub fn run(&mut self, at: u64) -> Run<'_> {
        const SECONDS_BETWEEN: i64 = 1_200;
        let time = 1_700_000_000 + at.cast_signed() * SECONDS_BETWEEN;
        if at.is_multiple_of(2) {
            self.main.advance(&self.sizes, at, time);
            return Run { at, branch: "main".to_owned(), pull_request: None, time, state: &self.main };
        }
        let number = at / 10;
        if at % 10 == 1 {
            self.branch = None;
        }
        let state = self.branch.get_or_insert_with(|| self.main.clone());
        state.advance(&self.sizes, at, time);
        Run { at, branch: format!("work/{number}"), pull_request: Some(number + 1), time, state }
    }
}

impl History {
    /// The newest run of the main branch once more.
    pub fn again(&self, at: u64) -> Run<'_> {
        let time = self.main.commits.last().map_or(0, |commit| commit.time);
        Run { at, branch: "main".to_owned(), pull_request: None, time, state: &self.main }
    }
}

impl State {
    fn advance(&mut self, sizes: &Sizes, step: u64, time: i64) {
        let seed = |what: u64, at: usize| [sizes.seed, what, step, at as u64];
        // Of the tests that change, nine of ten change their outcome, as many to the better as to the worse, and one
        // is renamed: an old test is gone and a new one there.
        let changing = sizes.tests * CHANGING / 1000;
        let failing: Vec<usize> =
            (0..self.tests.len()).filter(|at| self.tests.get(*at).is_some_and(|test| test.fails)).collect();
        for at in 0..changing {
            let any = below(&seed(2, at), sizes.tests);
            let chosen = match at % 20 {
                0 | 10 => any,
                odd if odd % 2 == 1 => any,
                _ => failing.get(below(&seed(3, at), failing.len())).copied().unwrap_or(any),
            };
            let Some(test) = self.tests.get_mut(chosen) else { continue };
            match at % 20 {
                0 | 10 => test.name += 1,
                odd if odd % 2 == 1 => test.fails = true,
                _ => test.fails = false,
            }
        }
        let mut files: Vec<u32> = (0..sizes.files * CHANGING / 1000)
            .map(|at| u32::try_from(below(&seed(4, at), sizes.files)).unwrap_or_default())
            .collect();
        files.sort_unstable();
        files.dedup();
        for file in &files {
            if let Some(version) = self.files.get_mut(*file as usize) {
                *version += 1;
            }
        }
        // Of the findings that change, four of ten are fixed while another comes, four move, two are rated anew.
        for at in 0..sizes.findings * CHANGING / 1000 {
            let Some(finding) = self.findings.get_mut(below(&seed(5, at), sizes.findings)) else { continue };
            match at % 10 {
                0..4 => *finding = Finding { identity: finding.identity + 1, ..Finding::default() },
                4..8 => finding.moved += 1 + u32::try_from(below(&seed(6, at), 9)).unwrap_or_default(),
                _ => finding.rating += 1,
            }
        }
        self.commits.push(Commit { id: mix(&[sizes.seed, 7, step]), time, files });
    }
}

impl Commit {
    /// As git writes it.
    pub fn name(&self) -> String {
        format!("{:016x}{:016x}{:08x}", self.id, mix(&[self.id]), self.id >> 32)
    }
}

impl Sizes {
    /// The module of the `at`th of `all` things that are spread evenly.
    pub fn module_of(&self, at: usize, all: usize) -> usize {
        at * self.modules / all.max(1)
    }

    /// The classes of tests; each has a file.
    pub fn classes(&self) -> usize {
        self.tests.div_ceil(20)
    }

    /// How long a test takes in a run, in microseconds, as whole milliseconds: usually between some milliseconds and a
    /// second, and each time 15 % more or less.
    pub fn duration_us(&self, test: usize, run: u64) -> u64 {
        let usual = 20_000.0 * (1.4 * normal(&[self.seed, 8, test as u64])).exp();
        let now = usual * (0.15 * normal(&[self.seed, 9, test as u64, run])).exp();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a positive number of minutes at most"
        )]
        let milliseconds = (now / 1000.0).round() as u64;
        milliseconds * 1000
    }
}

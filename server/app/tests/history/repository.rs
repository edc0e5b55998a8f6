//! A repository that changes: its files line by line, what is wrong in them, and its tests. It knows what is the same
//! thing under another name or at another place, which is what the engine has to find out.

use std::collections::{BTreeMap, BTreeSet};

use crate::random::Random;

const RULES: usize = 6;

/// A line of a file. Its identity stays when it moves, and when it is edited.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    pub id: u64,
    /// What it reads like; a copied line reads like another one.
    words: u64,
    edits: u32,
    /// Whether tests execute it.
    pub is_covered: bool,
}

impl Line {
    fn new(ids: &mut Ids, is_covered: bool) -> Self {
        let id = ids.next();
        Self { id, words: id, edits: 0, is_covered }
    }

    pub fn text(&self) -> String {
        format!("let value_{} = step_{}(input);", self.words, self.edits)
    }

    /// Some lines are declarations and comments.
    pub fn is_executable(&self) -> bool {
        !self.id.is_multiple_of(4)
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct File {
    pub path: String,
    pub lines: Vec<Line>,
}

/// Something that is wrong in a line. `id` is the truth: equal in two runs if and only if it is the same.
#[derive(Debug, Clone, PartialEq)]
pub struct Defect {
    pub id: u64,
    /// Equal where code was copied with what is wrong in it: which of them is which, nobody can say.
    pub kin: u64,
    pub line: u64,
    pub rule: usize,
    pub wording: u32,
    pub severity: usize,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Test {
    pub id: u64,
    pub class: String,
    pub name: String,
    pub is_broken: bool,
    /// How often it fails without a reason.
    pub flaky_share: f64,
    pub duration_ms: u64,
}

/// What one commit did, as version control tells it.
#[derive(Debug, Clone, Default)]
pub struct Commit {
    pub id: String,
    pub time: i64,
    /// Path now, path before where it was renamed, lines added, lines deleted.
    pub changes: Vec<(String, Option<String>, usize, usize)>,
}

/// The working tree of one branch. Files are kept by an identity of their own, which a rename does not change.
#[derive(Debug, Clone, Default)]
pub struct Repository {
    pub files: BTreeMap<u32, File>,
    pub defects: Vec<Defect>,
    pub tests: Vec<Test>,
    /// The newest last.
    pub commits: Vec<Commit>,
    /// Defects that were mended, with how their line read: they may come back.
    mended: Vec<(Defect, u32)>,
}

/// Identities, unique over all branches.
pub struct Ids(u64);

impl Ids {
    fn next(&mut self) -> u64 {
        self.0 += 1;
        self.0
    }
}

impl Repository {
    pub fn new(random: &mut Random) -> (Self, Ids) {
        let mut ids = Ids(0);
        let mut repository = Self::default();
        for number in 0..14_u32 {
            let module = ["api", "shop", "web"][number as usize % 3];
            let lines = (0..20 + random.below(20)).map(|_| Line::new(&mut ids, random.percent(80))).collect();
            let path = format!("{module}/src/unit_{number}.rs");
            repository.files.insert(number, File { path, lines });
        }
        for _ in 0..16 {
            repository.add_defect(random, &mut ids);
        }
        for _ in 0..30 {
            repository.add_test(random, &mut ids);
        }
        (repository, ids)
    }

    /// The file and the number from 1 of a line.
    pub fn place(&self, line: u64) -> Option<(&File, usize)> {
        self.files.values().find_map(|file| {
            file.lines.iter().position(|candidate| candidate.id == line).map(|at| (file, at + 1))
        })
    }

    /// Does some things that people do, as one commit at this time.
    pub fn change(&mut self, random: &mut Random, ids: &mut Ids, time: i64) {
        let before = self.files.clone();
        let mut renamed = BTreeSet::new();
        for _ in 0..=random.below(3) {
            self.change_something(random, ids, &mut renamed);
        }
        let mut commit = Commit { id: random.commit(), time, changes: Vec::new() };
        for (id, file) in &self.files {
            let Some(old) = before.get(id) else { continue };
            let hunks = hunks(&old.lines, &file.lines);
            if hunks.is_empty() && old.path == file.path {
                continue;
            }
            let from = (old.path != file.path).then(|| old.path.clone());
            let added = hunks.iter().map(|hunk| hunk.new_count).sum();
            let deleted = hunks.iter().map(|hunk| hunk.old_count).sum();
            commit.changes.push((file.path.clone(), from, added, deleted));
        }
        self.commits.push(commit);
    }

    fn change_something(&mut self, random: &mut Random, ids: &mut Ids, renamed: &mut BTreeSet<u32>) {
        let file = *random.pick(&self.files.keys().copied().collect::<Vec<_>>());
        match random.below(26) {
            0..=4 => self.insert_lines(random, ids, file),
            5 | 6 => self.delete_lines(random, file),
            7 => self.move_lines(random, file),
            8 if renamed.insert(file) => self.rename(random, file),
            9..=11 => self.add_defect(random, ids),
            12 => self.mend(random),
            13 => self.bring_back(random),
            14 => self.edit_defective_line(random),
            15 => self.with_defect(random, |defect| defect.wording += 1),
            16 => self.with_defect(random, |defect| defect.severity = (defect.severity + 1) % 3),
            17 => self.add_test(random, ids),
            18 => self.with_test(random, |test| test.is_broken = !test.is_broken),
            19 => self.with_test(random, |test| test.name.push_str("_again")),
            20 if self.tests.len() > 20 => {
                let at = random.below(self.tests.len());
                self.tests.remove(at);
            }
            21 => self.with_test(random, |test| test.duration_ms *= 4),
            22 => self.flip_coverage(random, file),
            23 => self.copy_defective_line(random, ids),
            _ => self.insert_lines(random, ids, file),
        }
    }

    fn insert_lines(&mut self, random: &mut Random, ids: &mut Ids, file: u32) {
        let lines = &mut self.files.get_mut(&file).unwrap().lines;
        let at = random.below(lines.len() + 1);
        for _ in 0..=random.below(5) {
            lines.insert(at, Line::new(ids, random.percent(70)));
        }
    }

    /// What was wrong in them is gone with them.
    fn delete_lines(&mut self, random: &mut Random, file: u32) {
        let lines = &mut self.files.get_mut(&file).unwrap().lines;
        if lines.len() < 15 {
            return;
        }
        let at = random.below(lines.len() - 4);
        let gone: BTreeSet<u64> = lines.drain(at..=at + random.below(4)).map(|line| line.id).collect();
        self.defects.retain(|defect| !gone.contains(&defect.line));
        self.mended.retain(|(defect, _)| !gone.contains(&defect.line));
    }

    fn move_lines(&mut self, random: &mut Random, file: u32) {
        let lines = &mut self.files.get_mut(&file).unwrap().lines;
        let from = random.below(lines.len() - 5);
        let block: Vec<Line> = lines.drain(from..from + 4).collect();
        let to = random.below(lines.len());
        lines.splice(to..to, block);
    }

    fn rename(&mut self, random: &mut Random, file: u32) {
        let number = random.below(900);
        let file = self.files.get_mut(&file).unwrap();
        let folder = file.path.rsplit_once('/').unwrap().0.to_owned();
        file.path = format!("{folder}/renamed_{number}_{}.rs", random.below(900));
    }

    fn add_defect(&mut self, random: &mut Random, ids: &mut Ids) {
        let files: Vec<&File> = self.files.values().collect();
        let file = *random.pick(&files);
        let line = random.pick(&file.lines).id;
        let rule = random.below(RULES);
        // Who edits a line and makes another mistake of the same kind beside it cannot be told from who moves one.
        let is_free = self.place(line).is_some_and(|(file, at)| {
            self.defects.iter().filter(|other| other.rule == rule).all(|other| {
                self.place(other.line)
                    .is_none_or(|(its, its_at)| its.path != file.path || its_at.abs_diff(at) > 8)
            })
        });
        if is_free && self.mended.iter().all(|(other, _)| other.line != line) {
            let severity = random.below(3);
            let id = ids.next();
            self.defects.push(Defect { id, kin: id, line, rule, wording: 0, severity });
        }
    }

    /// Somebody copies a line with what is wrong in it.
    fn copy_defective_line(&mut self, random: &mut Random, ids: &mut Ids) {
        if self.defects.is_empty() {
            return;
        }
        let original = random.pick(&self.defects).clone();
        let copy = ids.next();
        for file in self.files.values_mut() {
            let Some(at) = file.lines.iter().position(|line| line.id == original.line) else { continue };
            let line = Line { id: copy, ..file.lines[at].clone() };
            let to = random.below(file.lines.len() + 1);
            file.lines.insert(to, line);
        }
        self.defects.push(Defect { id: ids.next(), line: copy, ..original });
    }

    fn mend(&mut self, random: &mut Random) {
        if self.defects.len() < 8 {
            return;
        }
        let at = random.below(self.defects.len());
        let defect = self.defects.remove(at);
        if let Some(edits) = self.edit(defect.line, None) {
            self.mended.push((defect, edits));
        }
    }

    fn bring_back(&mut self, random: &mut Random) {
        if self.mended.is_empty() {
            return;
        }
        let at = random.below(self.mended.len());
        let (defect, edits) = self.mended.remove(at);
        if self.edit(defect.line, Some(edits)).is_some() {
            self.defects.push(defect);
        }
    }

    fn edit_defective_line(&mut self, random: &mut Random) {
        if !self.defects.is_empty() {
            let line = random.pick(&self.defects).line;
            self.edit(line, None);
        }
    }

    /// Edits a line, or makes it read as it did; returns how it read before.
    fn edit(&mut self, line: u64, edits: Option<u32>) -> Option<u32> {
        let line = self.files.values_mut().flat_map(|file| &mut file.lines).find(|other| other.id == line)?;
        let before = line.edits;
        line.edits = edits.unwrap_or(before + 1);
        Some(before)
    }

    fn with_defect(&mut self, random: &mut Random, change: impl FnOnce(&mut Defect)) {
        if !self.defects.is_empty() {
            let at = random.below(self.defects.len());
            change(&mut self.defects[at]);
        }
    }

    fn add_test(&mut self, random: &mut Random, ids: &mut Ids) {
        let id = ids.next();
        let module = random.pick(&["api", "shop", "web"]);
        self.tests.push(Test {
            id,
            class: format!("{module}.Suite{}", random.below(4)),
            name: format!("test_{id}"),
            is_broken: random.percent(8),
            flaky_share: 0.0,
            duration_ms: 20 + random.next() % 400,
        });
    }

    fn with_test(&mut self, random: &mut Random, change: impl FnOnce(&mut Test)) {
        let at = random.below(self.tests.len());
        change(&mut self.tests[at]);
    }

    /// Tests reach other lines although nobody touched the file.
    fn flip_coverage(&mut self, random: &mut Random, file: u32) {
        let lines = &mut self.files.get_mut(&file).unwrap().lines;
        for _ in 0..3 {
            let at = random.below(lines.len());
            lines[at].is_covered = !lines[at].is_covered;
        }
    }
}

/// Lines that were taken out and lines that were put in, as in a unified diff without context.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hunk {
    /// The first one from 1, or where nothing was taken out the line before.
    pub old_start: usize,
    pub old_count: usize,
    pub new_start: usize,
    pub new_count: usize,
}

/// The longest common subsequence, plainly.
pub fn hunks(old: &[Line], new: &[Line]) -> Vec<Hunk> {
    let same = |a: &Line, b: &Line| a.words == b.words && a.edits == b.edits;
    let mut best = vec![vec![0_u16; new.len() + 1]; old.len() + 1];
    for o in (0..old.len()).rev() {
        for n in (0..new.len()).rev() {
            best[o][n] = if same(&old[o], &new[n]) {
                best[o + 1][n + 1] + 1
            } else {
                best[o + 1][n].max(best[o][n + 1])
            };
        }
    }
    let (mut o, mut n, mut hunks) = (0, 0, Vec::new());
    while o < old.len() || n < new.len() {
        if o < old.len() && n < new.len() && same(&old[o], &new[n]) {
            (o, n) = (o + 1, n + 1);
            continue;
        }
        let (from_old, from_new) = (o, n);
        while (o < old.len() || n < new.len()) && !(o < old.len() && n < new.len() && same(&old[o], &new[n]))
        {
            if n >= new.len() || (o < old.len() && best[o + 1][n] >= best[o][n + 1]) {
                o += 1;
            } else {
                n += 1;
            }
        }
        let start = |from: usize, to: usize| if from == to { from } else { from + 1 };
        hunks.push(Hunk {
            old_start: start(from_old, o),
            old_count: o - from_old,
            new_start: start(from_new, n),
            new_count: n - from_new,
        });
    }
    hunks
}

//! The state of a branch in a few sentences, the most important first.

use plimsoll_api::{ChangeCounts, HeadlineItem, HeadlinePart, ModuleRow, Target, Tone};

/// A module's line coverage has to move by so much before it is worth a sentence: half a point. Smaller moves are the
/// noise of a few lines, and stand in the modules table.
pub const COVERAGE_NOISE_CENTIPOINTS: i64 = 50;
/// From here on a fall of coverage is bad, not only worth a look: two points.
pub const COVERAGE_BAD_CENTIPOINTS: i64 = 200;
/// So many new static analysis findings in one module are worth a sentence.
pub const NEW_CODE_NOISE: u64 = 5;
// Modules that one kind of change names one by one; the others are counted in one more sentence.
const NAMED_MODULES: usize = 3;

/// What the sentences are made from.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The run that is described.
    pub run: u64,
    /// The run that it is compared with.
    pub baseline: Option<u64>,
    /// What changed in the whole project.
    pub counts: &'a ChangeCounts,
    /// Every module, with its changes.
    pub modules: &'a [ModuleRow],
    /// New security findings by module, those of high and critical severity only.
    pub new_severe: &'a [NewSevere],
    /// Tests that became flaky since the baseline.
    pub newly_flaky: u64,
    /// Modules whose tests take longer than `plimsoll.toml` allows them.
    pub over_budget: &'a [OverBudget],
}

/// A module whose tests take longer than its budget.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OverBudget {
    /// The module's folder.
    pub module: String,
    /// How long they took, in words.
    pub took: String,
    /// How long they may take, in words.
    pub budget: String,
    /// In the baseline they did not.
    pub is_new: bool,
}

/// New security findings of a module that should not wait.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSevere {
    /// The module's folder; absent where the scanner names a package and no file.
    pub module: Option<String>,
    /// Of critical severity.
    pub critical: u64,
    /// Of high severity.
    pub high: u64,
}

/// Says what changed. Never empty.
pub fn write_headline(facts: &Facts<'_>) -> Vec<HeadlineItem> {
    let Some(baseline) = facts.baseline else {
        let mut items = vec![first_run(facts)];
        over_budget(facts, &mut items);
        return items;
    };
    let mut items = Vec::new();
    failing_tests(facts, &mut items);
    let severe_in = severe_findings(facts, &mut items);
    coverage(facts, true, &mut items);
    flaky_tests(facts, &mut items);
    over_budget(facts, &mut items);
    new_findings(facts, &severe_in, &mut items);
    still_failing(facts, &mut items);
    let is_calm = items.is_empty();
    fixed_things(facts, &mut items);
    coverage(facts, false, &mut items);
    if items.is_empty() {
        let words = if is_unchanged(facts) { "Nothing changed" } else { "Nothing worth a look changed" };
        let sentence = Sentence::new(words).text(" against run ");
        items.push(sentence.link(format!("#{baseline}"), run(baseline)).end(Tone::Neutral));
    } else if is_calm {
        items.push(
            Sentence::new("Nothing got worse since run ")
                .link(format!("#{baseline}"), run(baseline))
                .end(Tone::Neutral),
        );
    }
    items
}

// Not even what is too little for a sentence.
fn is_unchanged(facts: &Facts<'_>) -> bool {
    let of_modules = facts.modules.iter().filter_map(|module| module.changes.as_ref());
    std::iter::once(facts.counts).chain(of_modules).all(|counts| {
        let changed = [
            counts.newly_failing,
            counts.fixed_tests,
            counts.new_tests,
            counts.removed_tests,
            counts.new_code,
            counts.fixed_code,
            counts.new_security,
            counts.fixed_security,
        ];
        changed.into_iter().flatten().all(|count| count == 0) && counts.coverage_centipoints.unwrap_or(0) == 0
    })
}

fn first_run(facts: &Facts<'_>) -> HeadlineItem {
    let failing: u64 =
        facts.modules.iter().filter_map(|module| module.measures.tests).map(|tests| tests.failing()).sum();
    let sentence = Sentence::new("There is no earlier run to compare ")
        .link(format!("run #{}", facts.run), run(facts.run))
        .text(" with");
    match failing {
        0 => sentence.end(Tone::Neutral),
        _ => sentence.text("; ").link(tests_fail(failing), tests(facts.run, "failing", None)).end(Tone::Bad),
    }
}

fn failing_tests(facts: &Facts<'_>, items: &mut Vec<HeadlineItem>) {
    let state = "newly-failing";
    let rows = changed_modules(facts, |changes| changes.newly_failing.unwrap_or(0));
    let (named, others) = split(&rows);
    let mut told = 0;
    for (module, count) in named {
        told += count;
        items.push(
            Sentence::new("")
                .link(newly_fail(*count), tests(facts.run, state, Some(&module.path)))
                .text(" in ")
                .link(label(module), to_module(module))
                .end(Tone::Bad),
        );
    }
    // Tests that belong to no module are in no row, but must not be forgotten.
    let rest = facts.counts.newly_failing.unwrap_or(0).saturating_sub(told);
    if rest > 0 {
        let place = match (named.is_empty(), others) {
            (true, _) => String::new(),
            (false, 0) => " outside these modules".to_owned(),
            (false, _) => " elsewhere".to_owned(),
        };
        items.push(
            Sentence::new("")
                .link(newly_fail(rest), tests(facts.run, state, None))
                .text(place)
                .end(Tone::Bad),
        );
    }
}

fn still_failing(facts: &Facts<'_>, items: &mut Vec<HeadlineItem>) {
    let count = facts.counts.still_failing.unwrap_or(0);
    if count > 0 {
        let words =
            if count == 1 { "1 test still fails".to_owned() } else { format!("{count} tests still fail") };
        items.push(Sentence::new("").link(words, tests(facts.run, "still-failing", None)).end(Tone::Warn));
    }
}

// Which modules have a sentence, so that the same findings are not told twice.
fn severe_findings(facts: &Facts<'_>, items: &mut Vec<HeadlineItem>) -> Vec<String> {
    let mut severe: Vec<&NewSevere> =
        facts.new_severe.iter().filter(|severe| severe.critical + severe.high > 0).collect();
    severe.sort_by(|a, b| (b.critical, b.high, &a.module).cmp(&(a.critical, a.high, &b.module)));
    for found in &severe {
        let words = match (found.critical, found.high) {
            (critical, 0) => format!("{critical} critical"),
            (0, high) => format!("{high} high"),
            (critical, high) => format!("{critical} critical and {high} high"),
        };
        let noun = if found.critical + found.high == 1 { "security finding" } else { "security findings" };
        let mut sentence = Sentence::new("")
            .link(format!("{words} new {noun}"), findings(facts.run, "new", found.module.as_deref()));
        if let Some(path) = &found.module {
            let module = facts.modules.iter().find(|module| module.path == *path);
            sentence = sentence
                .text(" in ")
                .link(module.map_or_else(|| path.clone(), label), Target::Module { path: path.clone() });
        }
        items.push(sentence.end(if found.critical > 0 { Tone::Bad } else { Tone::Warn }));
    }
    severe.into_iter().filter_map(|found| found.module.clone()).collect()
}

fn coverage(facts: &Facts<'_>, is_fall: bool, items: &mut Vec<HeadlineItem>) {
    let mut rows: Vec<(&ModuleRow, i64)> = facts
        .modules
        .iter()
        .filter_map(|module| Some((module, module.changes?.coverage_centipoints?)))
        .filter(|(_, moved)| {
            if is_fall { *moved <= -COVERAGE_NOISE_CENTIPOINTS } else { *moved >= COVERAGE_NOISE_CENTIPOINTS }
        })
        .collect();
    rows.sort_by_key(|(module, moved)| (-moved.abs(), module.path.as_str()));
    let (named, others) = rows.split_at(rows.len().min(NAMED_MODULES));
    let verb = if is_fall { "fell" } else { "rose" };
    for (module, moved) in named {
        let now = module.measures.coverage.and_then(|counts| counts.line_percent());
        let to = now.map_or_else(String::new, |percent| format!(" to {percent:.1} %"));
        items.push(
            Sentence::new("Coverage of ")
                .link(label(module), to_module(module))
                .text(format!(" {verb} by {}{to}", points(*moved)))
                .end(match is_fall {
                    true if *moved <= -COVERAGE_BAD_CENTIPOINTS => Tone::Bad,
                    true => Tone::Warn,
                    false => Tone::Good,
                }),
        );
    }
    if !others.is_empty() {
        let noun = if others.len() == 1 { "module" } else { "modules" };
        items.push(
            Sentence::new("Coverage ")
                .text(format!("{verb} in "))
                .link(format!("{} more {noun}", others.len()), run(facts.run))
                .end(if is_fall { Tone::Warn } else { Tone::Good }),
        );
    }
}

fn flaky_tests(facts: &Facts<'_>, items: &mut Vec<HeadlineItem>) {
    if facts.newly_flaky > 0 {
        let words = match facts.newly_flaky {
            1 => "1 test became flaky".to_owned(),
            many => format!("{many} tests became flaky"),
        };
        items.push(Sentence::new("").link(words, tests(facts.run, "flaky", None)).end(Tone::Warn));
    }
}

// What is over its budget since this run comes first.
fn over_budget(facts: &Facts<'_>, items: &mut Vec<HeadlineItem>) {
    let mut over: Vec<&OverBudget> = facts.over_budget.iter().collect();
    over.sort_by_key(|over| (!over.is_new, over.module.as_str()));
    let (named, others) = over.split_at(over.len().min(NAMED_MODULES));
    for OverBudget { module: path, took, budget, is_new } in named {
        let module = facts.modules.iter().find(|module| module.path == *path);
        let still = if *is_new { "" } else { " still" };
        items.push(
            Sentence::new("The tests of ")
                .link(module.map_or_else(|| path.clone(), label), Target::Module { path: path.clone() })
                .text(format!(" take {took} and{still} exceed their budget of {budget}"))
                .end(Tone::Warn),
        );
    }
    if !others.is_empty() {
        let words = match others.len() {
            1 => "1 more module".to_owned(),
            many => format!("{many} more modules"),
        };
        let verb = if others.len() == 1 { "exceed the module's budget" } else { "exceed their budgets" };
        items.push(
            Sentence::new("The tests of ")
                .link(words, run(facts.run))
                .text(format!(" {verb}"))
                .end(Tone::Warn),
        );
    }
}

fn new_findings(facts: &Facts<'_>, told: &[String], items: &mut Vec<HeadlineItem>) {
    let security = changed_modules(facts, |changes| changes.new_security.unwrap_or(0));
    let code = changed_modules(facts, |changes| changes.new_code.unwrap_or(0));
    let security = security.into_iter().filter(|(module, _)| !told.contains(&module.path));
    let code = code.into_iter().filter(|(_, count)| *count >= NEW_CODE_NOISE);
    let said = security.map(|row| (row, "security")).take(NAMED_MODULES);
    let said = said.chain(code.map(|row| (row, "static analysis")).take(NAMED_MODULES));
    for ((module, count), what) in said {
        let noun = if count == 1 { "finding" } else { "findings" };
        items.push(
            Sentence::new("")
                .link(format!("{count} new {what} {noun}"), findings(facts.run, "new", Some(&module.path)))
                .text(" in ")
                .link(label(module), to_module(module))
                .end(Tone::Warn),
        );
    }
}

fn fixed_things(facts: &Facts<'_>, items: &mut Vec<HeadlineItem>) {
    let counts = facts.counts;
    if let Some(fixed) = counts.fixed_tests.filter(|fixed| *fixed > 0) {
        let words =
            if fixed == 1 { "1 test passes again".to_owned() } else { format!("{fixed} tests pass again") };
        items.push(Sentence::new("").link(words, tests(facts.run, "fixed", None)).end(Tone::Good));
    }
    for (fixed, what) in [(counts.fixed_security, "security"), (counts.fixed_code, "static analysis")] {
        if let Some(fixed) = fixed.filter(|fixed| *fixed > 0) {
            let words = match fixed {
                1 => format!("1 {what} finding is gone"),
                many => format!("{many} {what} findings are gone"),
            };
            items.push(Sentence::new("").link(words, findings(facts.run, "fixed", None)).end(Tone::Good));
        }
    }
}

// Modules with at least one, most first.
fn changed_modules<'a>(facts: &Facts<'a>, count: impl Fn(&ChangeCounts) -> u64) -> Vec<(&'a ModuleRow, u64)> {
    let mut rows: Vec<(&ModuleRow, u64)> = facts
        .modules
        .iter()
        .filter_map(|module| Some((module, count(module.changes.as_ref()?))))
        .filter(|(_, count)| *count > 0)
        .collect();
    rows.sort_by(|(a, x), (b, y)| y.cmp(x).then_with(|| a.path.cmp(&b.path)));
    rows
}

fn split<'a, 'b>(rows: &'b [(&'a ModuleRow, u64)]) -> (&'b [(&'a ModuleRow, u64)], usize) {
    let (named, others) = rows.split_at(rows.len().min(NAMED_MODULES));
    (named, others.len())
}

fn label(module: &ModuleRow) -> String {
    if module.path == "." { "the root module".to_owned() } else { module.path.clone() }
}

fn newly_fail(count: u64) -> String {
    if count == 1 { "1 test newly fails".to_owned() } else { format!("{count} tests newly fail") }
}

fn tests_fail(count: u64) -> String {
    if count == 1 { "1 test fails".to_owned() } else { format!("{count} tests fail") }
}

// Hundredths of a point as points with one digit, away from zero so that half a point is never shown as 0.
fn points(centipoints: i64) -> String {
    let tenths = (centipoints.unsigned_abs() + 5) / 10;
    let unit = if tenths == 10 { "point" } else { "points" };
    format!("{}.{} {unit}", tenths / 10, tenths % 10)
}

fn run(number: u64) -> Target {
    Target::Run { number }
}

fn to_module(module: &ModuleRow) -> Target {
    Target::Module { path: module.path.clone() }
}

fn tests(run: u64, state: &str, module: Option<&str>) -> Target {
    Target::Tests { run, state: Some(state.to_owned()), module: module.map(str::to_owned) }
}

fn findings(run: u64, state: &str, module: Option<&str>) -> Target {
    Target::Findings { run, state: Some(state.to_owned()), module: module.map(str::to_owned) }
}

struct Sentence(Vec<HeadlinePart>);

impl Sentence {
    fn new(text: &str) -> Self {
        Self(Vec::new()).text(text)
    }

    fn text(mut self, text: impl Into<String>) -> Self {
        let text = text.into();
        if !text.is_empty() {
            self.0.push(HeadlinePart { text, target: None });
        }
        self
    }

    fn link(mut self, text: impl Into<String>, target: Target) -> Self {
        self.0.push(HeadlinePart { text: text.into(), target: Some(target) });
        self
    }

    fn end(self, tone: Tone) -> HeadlineItem {
        HeadlineItem { tone, parts: self.text(".").0 }
    }
}

#[cfg(test)]
mod tests;

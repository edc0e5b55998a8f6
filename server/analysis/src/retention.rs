//! Which runs are kept, and why.
//!
//! A history is thinned as it grows older, as SonarQube's housekeeping does: every run of the last days stays, then the
//! last one of each day, then of each week, then of each month. Of several runs in one stretch of time the newest
//! complete one stays, since it is what the others' successors were built on. The stretches are those of the calendar in
//! UTC and not counted back from now: what is kept today is not dropped tomorrow for another run of the same stretch.
//!
//! Never dropped: protected and tagged runs, the newest complete run of each branch that is alive, the newest runs of
//! the default branch (the evidence for flaky tests), runs that still wait for reports, and the run with the greatest
//! number, so that no number is given twice. Of what is kept in full the baseline is kept, too, so that its comparison
//! stays what it was; a run that is older than that is compared with the nearest one that was kept.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_api::Timestamp;

use crate::settings::Retention;

/// Seconds in a day.
const DAY: i64 = 86_400;

/// The newest complete runs of the default branch that stay whatever their age: what the rules for flaky tests look at.
pub const NEWEST: usize = 60;

/// How long runs are kept. All ages are in days; each is counted from now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// All runs up to this age.
    pub all_days: u32,
    /// One a day up to this age.
    pub daily_days: u32,
    /// One a week up to this age.
    pub weekly_days: u32,
    /// One a month up to this age; for ever if absent.
    pub monthly_days: Option<u32>,
    /// Runs of pull requests, and of branches other than the default one without a run in that time, up to this age.
    pub branch_days: u32,
}

impl Default for Policy {
    fn default() -> Self {
        Self { all_days: 30, daily_days: 90, weekly_days: 365, monthly_days: None, branch_days: 30 }
    }
}

impl Policy {
    /// The same, but for what a project's settings say.
    #[must_use]
    pub fn with(self, settings: &Retention) -> Self {
        Self {
            all_days: settings.days.unwrap_or(self.all_days),
            daily_days: settings.weeks.map_or(self.daily_days, |weeks| weeks.saturating_mul(7)),
            weekly_days: settings.months.map_or(self.weekly_days, months_as_days),
            ..self
        }
    }
}

/// Twelve of them are 365 days.
pub fn months_as_days(months: u32) -> u32 {
    months.saturating_mul(365) / 12
}

/// What is known of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate<'a> {
    /// Its number.
    pub number: u64,
    /// Its branch.
    pub branch: &'a str,
    /// It belongs to a pull request.
    pub is_pull_request: bool,
    /// Seconds since 1970 UTC.
    pub created_at: i64,
    /// All that was announced is there.
    pub is_complete: bool,
    /// Reports of it wait or are being read.
    pub is_processing: bool,
    /// Somebody said that it stays.
    pub is_protected: bool,
    /// It has a tag.
    pub is_tagged: bool,
}

/// Why a run is kept or dropped. The first that applies stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reason {
    /// Kept: somebody said so.
    Protected,
    /// Kept: it has a tag.
    Tagged,
    /// Kept: reports of it are still to be read.
    Processing,
    /// Kept: the newest of its branch, or of the whole project.
    Newest,
    /// Kept: it is young.
    Recent,
    /// Kept: a run that is kept in full is compared with it.
    Baseline,
    /// Kept: the last complete one of its day.
    Daily,
    /// Kept: the last complete one of its week.
    Weekly,
    /// Kept: the last complete one of its month.
    Monthly,
    /// Dropped: another run of the same day, week or month stands for it.
    Thinned,
    /// Dropped: a pull request or a branch that is no longer worked on.
    Branch,
    /// Dropped: older than anything is kept.
    Age,
}

impl Reason {
    /// Whether the run stays.
    pub fn is_kept(self) -> bool {
        !matches!(self, Self::Thinned | Self::Branch | Self::Age)
    }

    /// Whether it stays with all that it is compared with.
    pub fn is_kept_in_full(self) -> bool {
        matches!(self, Self::Protected | Self::Tagged | Self::Processing | Self::Newest | Self::Recent)
    }

    /// The word that stands in answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Protected => "protected",
            Self::Tagged => "tagged",
            Self::Processing => "processing",
            Self::Newest => "newest",
            Self::Recent => "recent",
            Self::Baseline => "baseline",
            Self::Daily => "daily",
            Self::Weekly => "weekly",
            Self::Monthly => "monthly",
            Self::Thinned => "thinned",
            Self::Branch => "branch",
            Self::Age => "age",
        }
    }
}

/// Each run's number and why it is kept or dropped, in the order of the numbers. `now` is in seconds since 1970 UTC.
/// Baselines are not looked at: see [`keep_baselines`].
pub fn decide(
    runs: &[Candidate<'_>],
    default_branch: &str,
    policy: &Policy,
    now: i64,
) -> BTreeMap<u64, Reason> {
    let (newest, alive) = newest_of_each_branch(runs, default_branch, policy, now);
    let mut decided = BTreeMap::new();
    // The newest first, so that the first one of a stretch is the one that stays for it.
    let mut sorted: Vec<&Candidate<'_>> = runs.iter().collect();
    sorted.sort_by_key(|run| std::cmp::Reverse((run.created_at, run.number)));
    let mut taken = BTreeSet::new();
    for run in sorted {
        let age_days = (now - run.created_at).max(0) / DAY;
        let is_within = |days: u32| age_days < i64::from(days);
        let is_own = run.branch == default_branch && !run.is_pull_request;
        let reason = if run.is_protected {
            Reason::Protected
        } else if run.is_tagged {
            Reason::Tagged
        } else if run.is_processing {
            Reason::Processing
        } else if newest.contains(&run.number) {
            Reason::Newest
        } else if !is_own
            && !is_within(policy.branch_days)
            && (run.is_pull_request || !alive.contains(run.branch))
        {
            // A pull request's runs go with their age, whatever comes after them.
            Reason::Branch
        } else if is_within(policy.all_days) {
            Reason::Recent
        } else {
            thin(run, policy, age_days, &mut taken)
        };
        // What is kept for another reason stands for its stretch as well.
        if reason.is_kept_in_full() && run.is_complete {
            for stretch in stretches(run) {
                taken.insert(stretch);
            }
        }
        decided.insert(run.number, reason);
    }
    decided
}

/// Keeps the baselines of what is kept in full. `baselines` are pairs of a run and the run that it is compared with.
pub fn keep_baselines(decided: &mut BTreeMap<u64, Reason>, baselines: &[(u64, u64)]) {
    for (run, baseline) in baselines {
        let is_in_full = decided.get(run).is_some_and(|reason| reason.is_kept_in_full());
        if let Some(reason) = decided.get_mut(baseline).filter(|reason| is_in_full && !reason.is_kept()) {
            *reason = Reason::Baseline;
        }
    }
}

/// A day, a week or a month of one branch.
type Stretch<'a> = (&'a str, bool, char, i64);

fn stretches<'a>(run: &Candidate<'a>) -> [Stretch<'a>; 3] {
    let day = run.created_at.div_euclid(DAY);
    let of = |letter, number| (run.branch, run.is_pull_request, letter, number);
    // 1 January 1970 was a Thursday; weeks begin on Monday.
    [of('d', day), of('w', (day + 3).div_euclid(7)), of('m', month(day))]
}

fn thin<'a>(
    run: &Candidate<'a>,
    policy: &Policy,
    age_days: i64,
    taken: &mut BTreeSet<Stretch<'a>>,
) -> Reason {
    let [day, week, month] = stretches(run);
    let is_within = |days: u32| age_days < i64::from(days);
    let (stretch, reason) = if is_within(policy.daily_days) {
        (day, Reason::Daily)
    } else if is_within(policy.weekly_days) {
        (week, Reason::Weekly)
    } else if policy.monthly_days.is_none_or(is_within) {
        (month, Reason::Monthly)
    } else {
        return Reason::Age;
    };
    // A run that is not complete says nothing of its stretch.
    if !run.is_complete || taken.contains(&stretch) {
        return Reason::Thinned;
    }
    // It stands for its day, its week and its month: as it grows older it is the one that stays.
    for stretch in [day, week, month] {
        taken.insert(stretch);
    }
    reason
}

/// The numbers of the newest complete run of each branch that is alive, of the default branch's newest ones, and of the
/// greatest number; and the branches that are alive: those with a young run.
fn newest_of_each_branch<'a>(
    runs: &[Candidate<'a>],
    default_branch: &str,
    policy: &Policy,
    now: i64,
) -> (BTreeSet<u64>, BTreeSet<&'a str>) {
    let mut by_branch: BTreeMap<(&str, bool), Vec<&Candidate<'a>>> = BTreeMap::new();
    for run in runs.iter().filter(|run| run.is_complete) {
        by_branch.entry((run.branch, run.is_pull_request)).or_default().push(run);
    }
    let mut newest: BTreeSet<u64> = runs.iter().map(|run| run.number).max().into_iter().collect();
    let mut alive = BTreeSet::new();
    for ((branch, is_pull_request), mut of_branch) in by_branch {
        of_branch.sort_by_key(|run| std::cmp::Reverse((run.created_at, run.number)));
        let is_own = branch == default_branch && !is_pull_request;
        let is_young =
            of_branch.first().is_some_and(|run| now - run.created_at < i64::from(policy.branch_days) * DAY);
        let count = match (is_own, is_young) {
            (true, _) => NEWEST,
            (false, true) => 1,
            (false, false) => 0,
        };
        newest.extend(of_branch.iter().take(count).map(|run| run.number));
        if is_young && !is_pull_request {
            alive.extend(of_branch.first().map(|run| run.branch));
        }
    }
    (newest, alive)
}

/// Months since year 0, of a day since 1970, in the Gregorian calendar.
fn month(day: i64) -> i64 {
    let (year, month, _) = Timestamp(day * DAY).date();
    year * 12 + month - 1
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: i64 = 20_000 * DAY + 12 * 3_600;

    fn run(number: u64, days_ago: i64) -> Candidate<'static> {
        Candidate {
            number,
            branch: "main",
            is_pull_request: false,
            created_at: NOW - days_ago * DAY,
            is_complete: true,
            is_processing: false,
            is_protected: false,
            is_tagged: false,
        }
    }

    /// So many runs of today, so that nothing older is among the newest.
    fn and_many(runs: &[Candidate<'static>]) -> Vec<Candidate<'static>> {
        let of_today = (0..NEWEST as u64 + 1).map(|at| run(10_000 + at, 0));
        runs.iter().copied().chain(of_today).collect()
    }

    fn reasons(runs: &[Candidate<'static>]) -> Vec<Reason> {
        let decided = decide(&and_many(runs), "main", &Policy::default(), NOW);
        runs.iter().map(|run| decided[&run.number]).collect()
    }

    #[test]
    fn a_history_is_thinned_as_it_grows_older() {
        let at = |number, days, hours: i64| {
            let base = run(number, days);
            Candidate { created_at: base.created_at + hours * 3_600, ..base }
        };
        let runs = [at(1, 10, 0), at(2, 10, 1), at(3, 50, 0), at(4, 50, 1), at(5, 51, 0)];
        use Reason::*;
        assert_eq!(reasons(&runs), [Recent, Recent, Thinned, Daily, Daily]);
        // Day 20,000 is 4 October 2024; 200 days before is a Monday, 201 a Sunday.
        let runs = [run(1, 201), run(2, 200), run(3, 199), run(4, 194)];
        assert_eq!(reasons(&runs), [Weekly, Thinned, Thinned, Weekly]);
        // 400 days before is 31 August 2023.
        let runs = [run(1, 431), run(2, 410), run(3, 400), run(4, 399)];
        assert_eq!(reasons(&runs), [Monthly, Thinned, Monthly, Monthly]);
    }

    #[test]
    fn a_projects_settings_go_before_the_servers() {
        let settings = Retention { days: Some(7), weeks: None, months: Some(24) };
        let policy = Policy { daily_days: 70, ..Policy::default() }.with(&settings);
        assert_eq!((policy.all_days, policy.daily_days, policy.weekly_days), (7, 70, 730));
        assert_eq!(Policy::default().with(&Retention::default()), Policy::default());
    }

    #[test]
    fn one_that_is_not_complete_stands_for_nothing() {
        let broken = Candidate { is_complete: false, ..run(2, 50) };
        let whole = Candidate { created_at: run(1, 50).created_at - 60, ..run(1, 50) };
        assert_eq!(reasons(&[whole, broken]), [Reason::Daily, Reason::Thinned]);
        let waits = Candidate { is_processing: true, ..broken };
        assert_eq!(reasons(&[whole, waits]), [Reason::Daily, Reason::Processing]);
    }

    #[test]
    fn protected_and_tagged_ones_stay_and_stand_for_their_day() {
        let early = |number| Candidate { created_at: run(number, 50).created_at - 60, ..run(number, 50) };
        let tagged = Candidate { is_tagged: true, ..run(2, 50) };
        let protected = Candidate { is_protected: true, ..run(3, 50) };
        assert_eq!(
            reasons(&[early(1), tagged, protected]),
            [Reason::Thinned, Reason::Tagged, Reason::Protected]
        );
        let policy = Policy { monthly_days: Some(1_000), ..Policy::default() };
        let old = [run(1, 2_000), Candidate { is_tagged: true, ..run(2, 2_001) }];
        let decided = decide(&and_many(&old), "main", &policy, NOW);
        assert_eq!((decided[&1], decided[&2]), (Reason::Age, Reason::Tagged));
    }

    #[test]
    fn pull_requests_and_dead_branches_go() {
        let branch = |number, branch, days| Candidate { branch, ..run(number, days) };
        let pull = |number, days| Candidate { is_pull_request: true, ..branch(number, "fix", days) };
        let runs =
            [branch(1, "dead", 40), branch(2, "alive", 40), branch(3, "alive", 5), pull(4, 40), pull(5, 3)];
        use Reason::*;
        assert_eq!(reasons(&runs), [Branch, Daily, Newest, Branch, Newest]);
    }

    #[test]
    fn the_newest_of_the_default_branch_stay_however_old() {
        let runs: Vec<_> = (1..=100).map(|number| run(number, 4_000 - number as i64)).collect();
        let decided = decide(&runs, "main", &Policy::default(), NOW);
        let kept = runs.iter().rev().take(NEWEST).all(|run| decided[&run.number] == Reason::Newest);
        assert!(kept, "{decided:?}");
        assert!(decided.values().any(|reason| *reason == Reason::Thinned));
        assert_eq!(decide(&[], "main", &Policy::default(), NOW), BTreeMap::new());
    }

    #[test]
    fn the_baseline_of_what_is_kept_in_full_stays() {
        let mut decided = BTreeMap::from([
            (1, Reason::Thinned),
            (2, Reason::Recent),
            (3, Reason::Thinned),
            (4, Reason::Daily),
            (5, Reason::Weekly),
        ]);
        keep_baselines(&mut decided, &[(2, 1), (4, 3), (2, 5), (2, 9)]);
        assert_eq!(
            (decided[&1], decided[&3], decided[&5]),
            (Reason::Baseline, Reason::Thinned, Reason::Weekly)
        );
    }

    #[test]
    fn months_are_those_of_the_calendar() {
        // 1970-01-01, 1970-01-31, 1970-02-01, 2000-02-29, 2000-03-01, 2024-12-31, 2025-01-01
        let days = [0, 30, 31, 11_016, 11_017, 20_088, 20_089];
        let months: Vec<i64> = days.iter().map(|day| month(*day)).collect();
        let of = |year: i64, month: i64| year * 12 + month - 1;
        let expect =
            [of(1970, 1), of(1970, 1), of(1970, 2), of(2000, 2), of(2000, 3), of(2024, 12), of(2025, 1)];
        assert_eq!(months, expect);
    }

    proptest! {
        /// What is dropped today would have been dropped tomorrow; deciding again over what was kept, the same day,
        /// drops nothing more; and a day later every stretch that had a complete run still has one.
        #[test]
        fn thinning_is_stable(
            runs in proptest::collection::vec((0_i64..3_000, 0_i64..86_400, 0_u8..4, any::<bool>()), 1..150),
        ) {
            let runs: Vec<Candidate<'static>> = runs
                .into_iter()
                .enumerate()
                .map(|(at, (days, seconds, branch, is_complete))| Candidate {
                    created_at: NOW - days * DAY - seconds,
                    branch: if branch == 0 { "next" } else { "main" },
                    is_pull_request: branch == 1,
                    is_complete,
                    ..run(at as u64 + 1, 0)
                })
                .collect();
            let policy = Policy::default();
            let decided = decide(&runs, "main", &policy, NOW);
            let kept: Vec<_> = runs.iter().copied().filter(|run| decided[&run.number].is_kept()).collect();
            let again = decide(&kept, "main", &policy, NOW);
            prop_assert!(again.values().all(|reason| reason.is_kept()), "{again:?}");
            let direct = decide(&runs, "main", &policy, NOW + 40 * DAY);
            let stepwise = decide(&kept, "main", &policy, NOW + 40 * DAY);
            for run in &kept {
                prop_assert_eq!(direct[&run.number].is_kept(), stepwise[&run.number].is_kept(), "{:?}", run);
            }
        }
    }
}

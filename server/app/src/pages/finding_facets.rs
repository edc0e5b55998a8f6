//! How many findings there are of each severity, rule, module and so on, among those that the filters let through. A
//! facet is counted without its own filter: it says what else there is to choose.

use std::collections::HashMap;

use plimsoll_api::{FacetValue, FindingFacet, FindingFacets, FindingState};
use plimsoll_model::Severity;
use plimsoll_store::{FindingKey, FindingTag, Run, StoreError};
use roaring::RoaringBitmap;

use super::finding_choice::{AGES, Choice, Facet, Filter, KINDS, STATES, StateFilter, ages, rules_of};
use super::findings::{FindingParameters, Side};
use super::{PageError, Scope};

/// Values of a facet that are listed; how many more there are is said.
const MOST_VALUES: usize = 40;

/// The facets of the findings of a run.
///
/// # Errors
/// Where a parameter is wrong, there is no such run, or the store fails.
pub fn count_findings(
    scope: &Scope<'_>,
    run: u64,
    parameters: &FindingParameters,
) -> Result<FindingFacets, PageError> {
    let run = scope.run(run)?;
    let filter = Filter::read(parameters)?;
    let (present, gone) = (Side::read(scope, &run, false)?, Side::read(scope, &run, true)?);
    let here = Choice::prepare(scope, &present, &run, &filter)?;
    let fixed = gone.of_state(Some(StateFilter::Is(FindingState::Fixed)));
    let there = Choice::prepare(scope, &gone, &run, &filter)?;
    let (side, choice) = if filter.is_fixed() { (&gone, &there) } else { (&present, &here) };
    let mut counter = Counter::new(scope, side, &run)?;
    let mut total = 0;
    for (at, key, out) in choice.each() {
        total += u64::from(out == 0);
        counter.add(at, key, out);
    }
    let mut facets = counter.finish(scope, choice)?;
    facets.insert(0, states(&present, &here, &there, &fixed));
    for facet in &mut facets {
        keep_chosen(facet, parameters);
    }
    Ok(FindingFacets { total, facets })
}

// What is chosen is always listed: else it could not be given up.
fn keep_chosen(facet: &mut FindingFacet, parameters: &FindingParameters) {
    let chosen = match facet.name.as_str() {
        "state" => &parameters.state,
        "severity" => &parameters.severity,
        "kind" => &parameters.kind,
        "tool" => &parameters.tool,
        "rule" => &parameters.rule,
        "module" => &parameters.module,
        "age" => &parameters.age,
        "cwe" => &parameters.cwe,
        _ => &parameters.package,
    };
    let count = |values: &[FacetValue], wanted: &str| {
        values.iter().find(|value| value.value == wanted).map_or(0, |value| value.count)
    };
    let mut kept = facet.values.get(..MOST_VALUES).unwrap_or(&facet.values).to_vec();
    if let Some(chosen) = chosen.as_deref().filter(|chosen| !chosen.is_empty())
        && !kept.iter().any(|value| value.value == chosen)
    {
        kept.push(FacetValue { value: chosen.to_owned(), count: count(&facet.values, chosen) });
    }
    facet.more = facet.values.len().saturating_sub(kept.len()) as u64;
    facet.values = kept;
}

// States are counted on both sides: what is gone is not among what is there.
fn states(present: &Side, here: &Choice<'_>, there: &Choice<'_>, fixed: &RoaringBitmap) -> FindingFacet {
    let mut counts = vec![0_u64; STATES.len()];
    let mut count = |is: &dyn Fn(StateFilter) -> bool| {
        for ((_, state), count) in STATES.iter().zip(&mut counts) {
            *count += u64::from(is(*state));
        }
    };
    for (_, key, out) in here.each() {
        if !Choice::counts_for(Facet::State, out) {
            continue;
        }
        let state = present.state(key.id);
        let review = (state == FindingState::Reviewed).then(|| present.reviews.of(key.id)).flatten();
        count(&|wanted| match wanted {
            // What came back is new, too.
            StateFilter::Is(FindingState::New) => {
                matches!(state, FindingState::New | FindingState::Reopened)
            }
            StateFilter::Is(wanted) => state == wanted,
            StateFilter::Review(wanted) => review.as_ref().is_some_and(|review| review.state == wanted),
        });
    }
    for (_, key, out) in there.each() {
        if Choice::counts_for(Facet::State, out) && fixed.contains(key.id.0) {
            count(&|wanted| wanted == StateFilter::Is(FindingState::Fixed));
        }
    }
    facet(Facet::State, STATES.iter().zip(counts).map(|((word, _), count)| ((*word).to_owned(), count)))
}

fn facet(facet: Facet, values: impl IntoIterator<Item = (String, u64)>) -> FindingFacet {
    let values = values.into_iter().filter(|(_, count)| *count > 0);
    let values = values.map(|(value, count)| FacetValue { value, count }).collect();
    FindingFacet { name: facet.name().to_owned(), values, more: 0 }
}

// The most frequent first.
fn by_count(of: Facet, counts: HashMap<String, u64>) -> FindingFacet {
    let mut facet = facet(of, counts);
    facet.values.sort_by(|one, other| (other.count, &one.value).cmp(&(one.count, &other.value)));
    facet
}

/// Counts in one pass; what is counted by identifiers gets its names at the end.
struct Counter<'a> {
    side: &'a Side,
    ages_of: Vec<usize>,
    severities: HashMap<Severity, u64>,
    kinds: [u64; 2],
    tools: HashMap<u32, u64>,
    rules: HashMap<u32, u64>,
    paths: HashMap<u32, u64>,
    ages: [u64; AGES.len()],
    for_weakness: RoaringBitmap,
    for_package: RoaringBitmap,
}

impl<'a> Counter<'a> {
    fn new(scope: &Scope<'_>, side: &'a Side, run: &Run) -> Result<Self, StoreError> {
        Ok(Self {
            side,
            ages_of: ages(scope, side, run)?,
            severities: HashMap::new(),
            kinds: [0; 2],
            tools: HashMap::new(),
            rules: HashMap::new(),
            paths: HashMap::new(),
            ages: [0; AGES.len()],
            for_weakness: RoaringBitmap::new(),
            for_package: RoaringBitmap::new(),
        })
    }

    fn add(&mut self, at: usize, key: &FindingKey, out: u16) {
        let counts = |facet| Choice::counts_for(facet, out);
        if counts(Facet::Severity) {
            let severity =
                self.side.columns.place(key.id).map_or(Severity::Unknown, |(_, severity)| severity);
            *self.severities.entry(severity).or_default() += 1;
        }
        if counts(Facet::Kind) {
            let [code, security] = &mut self.kinds;
            *if key.kind.is_security() { security } else { code } += 1;
        }
        if counts(Facet::Tool) {
            *self.tools.entry(key.rule.0).or_default() += 1;
        }
        if counts(Facet::Rule) {
            *self.rules.entry(key.rule.0).or_default() += 1;
        }
        if let Some(path) = key.path.filter(|_| counts(Facet::Module)) {
            *self.paths.entry(path.0).or_default() += 1;
        }
        if let Some(count) = self.ages_of.get(at).and_then(|age| self.ages.get_mut(*age))
            && counts(Facet::Age)
        {
            *count += 1;
        }
        if counts(Facet::Weakness) {
            self.for_weakness.insert(key.id.0);
        }
        if counts(Facet::Package) {
            self.for_package.insert(key.id.0);
        }
    }

    fn finish(self, scope: &Scope<'_>, choice: &Choice<'_>) -> Result<Vec<FindingFacet>, StoreError> {
        let rules = rules_of(scope, choice.keys())?;
        let (mut tools, mut names) = (HashMap::new(), HashMap::new());
        for rule in rules.values() {
            if let Some(count) = self.tools.get(&rule.id.0) {
                *tools.entry(rule.tool.clone()).or_default() += count;
            }
            if let Some(count) = self.rules.get(&rule.id.0) {
                *names.entry(rule.rule.clone()).or_default() += count;
            }
        }
        let places = scope.places(&self.paths.keys().copied().collect())?;
        let mut modules = HashMap::new();
        for (path, count) in &self.paths {
            if let Some(module) = places.module_path(Some(plimsoll_store::PathId(*path))) {
                *modules.entry(module).or_default() += count;
            }
        }
        let mut severities = Severity::ALL;
        severities.sort_by_key(|severity| std::cmp::Reverse(*severity));
        let severities =
            severities.map(|of| (of.as_str().to_owned(), self.severities.get(&of).copied().unwrap_or(0)));
        let kinds = KINDS.iter().map(|(word, _)| (*word).to_owned());
        let ages = AGES.iter().map(|(word, _)| (*word).to_owned());
        Ok(vec![
            facet(Facet::Severity, severities),
            facet(Facet::Kind, kinds.zip(self.kinds)),
            by_count(Facet::Tool, tools),
            by_count(Facet::Rule, names),
            by_count(Facet::Module, modules),
            facet(Facet::Age, ages.zip(self.ages)),
            by_count(Facet::Weakness, tagged(scope, FindingTag::Weakness, &self.for_weakness)?),
            by_count(Facet::Package, tagged(scope, FindingTag::Package, &self.for_package)?),
        ])
    }
}

fn tagged(
    scope: &Scope<'_>,
    tag: FindingTag,
    among: &RoaringBitmap,
) -> Result<HashMap<String, u64>, StoreError> {
    let tags = scope.reader.list_finding_tags(scope.project.id, tag)?;
    Ok(tags.into_iter().map(|(value, findings)| (value, findings.intersection_len(among))).collect())
}

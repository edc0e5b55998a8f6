use std::collections::BTreeMap;

use plimsoll_analysis::review::{Refusal, check_review};
use plimsoll_api::{ReviewAnswer, ReviewRequest};
use plimsoll_store::{FindingKey, GroupKey, Review, Writer};
use roaring::RoaringBitmap;

use super::findings::{FindingParameters, select_findings};
use super::{PageCache, PageError, Scope};

/// Records a decision about findings, or takes it back, as of `now` in seconds since 1970. All of it or nothing.
///
/// # Errors
/// Where there is no such project, run or finding, the decision or the filter is not possible, or the store fails.
pub fn review_findings(
    writer: &mut Writer<'_>,
    cache: &PageCache,
    project: &str,
    request: &ReviewRequest,
    now: i64,
) -> Result<ReviewAnswer, PageError> {
    let decision = request.review.as_ref().map(|review| check_review(review, now)).transpose();
    let decision =
        decision.map_err(|Refusal { field, message }| PageError::BadParameter { name: field, message })?;
    let (project, keys) = {
        let scope = Scope::open(writer, cache, project)?.at(now);
        (scope.project.id, find_named(&scope, request)?)
    };
    let groups: BTreeMap<GroupKey, &FindingKey> = keys.iter().map(|key| (key.group, key)).collect();
    let mut reviews = 0;
    for (group, key) in groups {
        let is_changed = match &decision {
            Some(decision) => {
                let review = Review {
                    group,
                    content: key.content,
                    path: key.path,
                    state: decision.state,
                    reason: decision.reason.clone(),
                    until: decision.until,
                    created_at: now,
                };
                writer.put_review(project, &review)?;
                true
            }
            None => writer.delete_review(project, group)?,
        };
        reviews += u64::from(is_changed);
    }
    Ok(ReviewAnswer { findings: u64::try_from(keys.len()).unwrap_or(u64::MAX), reviews })
}

fn find_named(scope: &Scope<'_>, request: &ReviewRequest) -> Result<Vec<FindingKey>, PageError> {
    let named: RoaringBitmap = match (request.ids.as_slice(), request.run) {
        ([], None) => {
            let message = "name findings by `ids`, or a `run` whose findings pass a `filter`".to_owned();
            return Err(PageError::BadParameter { name: "ids", message });
        }
        ([], Some(run)) => {
            let filter = request.filter.clone().unwrap_or_default();
            let run = scope.run(run)?;
            let (_, found) = select_findings(scope, &run, &FindingParameters::from(filter))?;
            found.into_iter().map(|id| id.0).collect()
        }
        (ids, None) => ids
            .iter()
            .map(|id| u32::try_from(*id).map_err(|_| scope.no_finding(*id)))
            .collect::<Result<_, _>>()?,
        (_, Some(_)) => {
            let message = "name findings by `ids` or by a `run`, not by both".to_owned();
            return Err(PageError::BadParameter { name: "ids", message });
        }
    };
    let keys = scope.reader.list_finding_keys(scope.project.id, &named)?;
    let found: RoaringBitmap = keys.iter().map(|key| key.id.0).collect();
    match (named - found).min() {
        Some(missing) => Err(scope.no_finding(u64::from(missing))),
        None => Ok(keys),
    }
}

impl Scope<'_> {
    fn no_finding(&self, finding: u64) -> PageError {
        PageError::FindingNotFound { project: self.project.name.clone(), finding }
    }
}

//! What was decided about findings.

use plimsoll_model::ReviewState;
use rusqlite::Row;

use crate::{FindingKey, GroupKey, PathId, ProjectId, Reader, StoreError, Writer};

/// A decision about all findings of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    /// The group.
    pub group: GroupKey,
    /// The group without the path.
    pub content: GroupKey,
    /// The file in which it was decided.
    pub path: Option<PathId>,
    /// What was decided.
    pub state: ReviewState,
    /// Why.
    pub reason: String,
    /// Seconds since 1970: the first in which it holds no more; `None` for no end.
    pub until: Option<i64>,
    /// Seconds since 1970.
    pub created_at: i64,
}

impl Review {
    /// Whether it holds at a time, in seconds since 1970.
    pub fn holds_at(&self, now: i64) -> bool {
        self.until.is_none_or(|until| now < until)
    }
}

// What stands for a state in the database; never changed.
const STATES: [(ReviewState, u8); 3] =
    [(ReviewState::Accepted, 0), (ReviewState::FalsePositive, 1), (ReviewState::WontFix, 2)];

const REVIEW: &str = "SELECT identity, content, path, state, reason, until, created_at FROM review";
const OF_GROUP: &str = "SELECT id, identity, occurrence, content, path, rule, kind FROM finding \
                        WHERE project = $1 AND identity = $2";

impl Reader<'_> {
    /// All reviews of a project, those whose time has passed among them.
    ///
    /// # Errors
    /// Those of the database.
    pub fn list_reviews(&self, project: ProjectId) -> Result<Vec<Review>, StoreError> {
        self.all(&format!("{REVIEW} WHERE project = $1 ORDER BY identity"), [project], review)
    }

    /// The findings of a group, of all runs.
    ///
    /// # Errors
    /// Those of the database.
    pub fn findings_of_group(
        &self,
        project: ProjectId,
        group: GroupKey,
    ) -> Result<Vec<FindingKey>, StoreError> {
        self.all(OF_GROUP, (project, group.0), crate::findings::key)
    }
}

impl Writer<'_> {
    /// Records a decision; one about the same group is replaced.
    ///
    /// # Errors
    /// Those of the database.
    pub fn put_review(&mut self, project: ProjectId, review: &Review) -> Result<(), StoreError> {
        let state = STATES.iter().find(|(state, _)| *state == review.state).map_or(0, |(_, code)| *code);
        self.execute(
            "INSERT INTO review (project, identity, content, path, state, reason, until, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
             ON CONFLICT (project, identity) DO UPDATE SET content = excluded.content, path = excluded.path, \
             state = excluded.state, reason = excluded.reason, until = excluded.until, \
             created_at = excluded.created_at",
            (
                project,
                review.group.0,
                review.content.0,
                review.path,
                state,
                &review.reason,
                review.until,
                review.created_at,
            ),
        )?;
        Ok(())
    }

    /// Takes a decision back; `false` where there was none.
    ///
    /// # Errors
    /// Those of the database.
    pub fn delete_review(&mut self, project: ProjectId, group: GroupKey) -> Result<bool, StoreError> {
        let deleted =
            self.execute("DELETE FROM review WHERE project = $1 AND identity = $2", (project, group.0))?;
        Ok(deleted > 0)
    }
}

fn review(row: &Row<'_>) -> rusqlite::Result<Review> {
    let state: u8 = row.get(3)?;
    Ok(Review {
        group: GroupKey(row.get(0)?),
        content: GroupKey(row.get(1)?),
        path: row.get(2)?,
        state: STATES
            .iter()
            .find(|(_, code)| *code == state)
            .map_or(ReviewState::Accepted, |(state, _)| *state),
        reason: row.get(4)?,
        until: row.get(5)?,
        created_at: row.get(6)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Options, Store};

    #[test]
    fn the_last_decision_about_a_group_holds_until_its_end() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path(), &Options::default()).unwrap();
        let first = Review {
            group: GroupKey([1; 16]),
            content: GroupKey([2; 16]),
            path: Some(PathId(3)),
            state: ReviewState::Accepted,
            reason: "waits for the new parser".to_owned(),
            until: Some(100),
            created_at: 7,
        };
        let second = Review { state: ReviewState::WontFix, until: None, created_at: 8, ..first.clone() };
        let listed = store
            .write(|writer| -> Result<_, StoreError> {
                let project = writer.insert_project("shop", "Shop", "main", 0)?;
                writer.put_review(project, &first)?;
                assert_eq!(writer.list_reviews(project)?, std::slice::from_ref(&first));
                writer.put_review(project, &second)?;
                let listed = writer.list_reviews(project)?;
                assert!(writer.delete_review(project, first.group)?);
                assert!(!writer.delete_review(project, first.group)?);
                assert_eq!(writer.list_reviews(project)?, []);
                Ok(listed)
            })
            .unwrap();
        assert_eq!(listed, std::slice::from_ref(&second));
        assert!(first.holds_at(99) && !first.holds_at(100) && second.holds_at(i64::MAX));
    }
}

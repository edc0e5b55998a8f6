//! What was done to the history, and to who may change it. Never by whom: no person is stored.

use crate::{ProjectId, Reader, StoreError, Writer};

macro_rules! actions {
    ($($(#[$doc:meta])* $variant:ident = $word:literal;)*) => {
        /// What was done. The words stand in the database and in answers, and never change.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Action {
            $($(#[$doc])* $variant,)*
        }

        impl Action {
            /// The word for it.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
        }
    };
}

actions! {
    /// A project came into being.
    ProjectMade = "project_made";
    /// A token was made.
    TokenMade = "token_made";
    /// A token was revoked.
    TokenRevoked = "token_revoked";
    /// A run is kept whatever its age.
    RunProtected = "run_protected";
    /// A run may be dropped again.
    RunReleased = "run_released";
    /// Old runs were dropped.
    Pruned = "pruned";
    /// Uploads were read again by newer parsers.
    Reparsed = "reparsed";
    /// What a person thinks of findings was noted or taken back.
    ReviewChanged = "review_changed";
}

/// Something that was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// The project's identifier; the whole store if absent.
    pub project: Option<ProjectId>,
    /// Counts up from 1 in its project.
    pub id: u64,
    /// Seconds since 1970 UTC.
    pub at: i64,
    /// The word of an [`Action`], or of a newer version's.
    pub action: String,
    /// What it was done to, in words.
    pub subject: String,
}

impl Reader<'_> {
    /// What was done last, the newest first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn list_audit(&self, limit: usize) -> Result<Vec<AuditEntry>, StoreError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        // The condition is always true; with it the plan says that an index is walked in its order.
        let sql = "SELECT project, id, at, action, subject FROM audit WHERE at >= 0 \
                   ORDER BY at DESC, project DESC, id DESC LIMIT $1";
        self.all(sql, [limit], |row| {
            let (project, id): (ProjectId, i64) = (row.get(0)?, row.get(1)?);
            Ok(AuditEntry {
                project: (project.0 != 0).then_some(project),
                id: u64::try_from(id).unwrap_or_default(),
                at: row.get(2)?,
                action: row.get(3)?,
                subject: row.get(4)?,
            })
        })
    }
}

impl Writer<'_> {
    /// Notes that something was done. `at` is in seconds since 1970 UTC; `subject` says to what, in words, and names
    /// nobody.
    ///
    /// # Errors
    /// Those of the database.
    pub fn note_action(
        &mut self,
        project: Option<ProjectId>,
        at: i64,
        action: Action,
        subject: &str,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO audit (project, id, at, action, subject) \
                   SELECT $1, COALESCE(MAX(id), 0) + 1, $2, $3, $4 FROM audit WHERE project = $1";
        self.execute(sql, (project.unwrap_or(ProjectId(0)), at, action.as_str(), subject))?;
        Ok(())
    }
}

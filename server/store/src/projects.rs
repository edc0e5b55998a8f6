//! Projects and access tokens.

use rusqlite::Row;

use crate::{Action, Project, ProjectId, Reader, StoreError, Token, TokenId, Writer};

const PROJECT: &str = "SELECT id, name, title, default_branch, created_at FROM project";
const TOKEN: &str = "SELECT project, id, label, hash, created_at FROM token";

impl Reader<'_> {
    /// All projects, by name.
    ///
    /// # Errors
    /// Those of the database.
    pub fn list_projects(&self) -> Result<Vec<Project>, StoreError> {
        self.all(&format!("{PROJECT} ORDER BY name"), [], project)
    }

    /// The project with this name.
    ///
    /// # Errors
    /// Those of the database.
    pub fn find_project(&self, name: &str) -> Result<Option<Project>, StoreError> {
        self.one(&format!("{PROJECT} WHERE name = $1"), [name], project)
    }

    /// The token with this hash.
    ///
    /// # Errors
    /// Those of the database.
    pub fn find_token(&self, hash: &[u8; 32]) -> Result<Option<Token>, StoreError> {
        self.one(&format!("{TOKEN} WHERE hash = $1"), [hash], token)
    }

    /// All tokens, the oldest first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn list_tokens(&self) -> Result<Vec<Token>, StoreError> {
        self.all(&format!("{TOKEN} ORDER BY id"), [], token)
    }
}

impl Writer<'_> {
    /// Adds a project.
    ///
    /// # Errors
    /// Those of the database; a name that is taken is one.
    pub fn insert_project(
        &mut self,
        name: &str,
        title: &str,
        default_branch: &str,
        created_at: i64,
    ) -> Result<ProjectId, StoreError> {
        let sql = "INSERT INTO project (name, title, default_branch, created_at) VALUES ($1, $2, $3, $4) RETURNING id";
        let id = self.one(sql, (name, title, default_branch, created_at), |row| row.get(0))?;
        let id = id.ok_or_else(|| StoreError::Missing(format!("project `{name}`")))?;
        self.note_action(Some(id), created_at, Action::ProjectMade, name)?;
        Ok(id)
    }

    /// Changes what a project is called and which branch is shown.
    ///
    /// # Errors
    /// Those of the database.
    pub fn update_project(
        &mut self,
        project: ProjectId,
        title: &str,
        default_branch: &str,
    ) -> Result<(), StoreError> {
        let sql = "UPDATE project SET title = $2, default_branch = $3 WHERE id = $1";
        self.execute(sql, (project, title, default_branch))?;
        Ok(())
    }

    /// Adds a token by its hash.
    ///
    /// # Errors
    /// Those of the database; a hash that is there already is one.
    pub fn insert_token(
        &mut self,
        project: Option<ProjectId>,
        label: &str,
        hash: &[u8; 32],
        created_at: i64,
    ) -> Result<TokenId, StoreError> {
        let id = self.one("SELECT COALESCE(MAX(id), 0) + 1 FROM token", [], |row| row.get(0))?;
        let id: TokenId = id.unwrap_or(TokenId(1));
        let sql = "INSERT INTO token (project, id, label, hash, created_at) VALUES ($1, $2, $3, $4, $5)";
        self.execute(sql, (project.unwrap_or(ProjectId(0)), id, label, hash, created_at))?;
        self.note_action(project, created_at, Action::TokenMade, &format!("token {id}"))?;
        Ok(id)
    }

    /// Takes a token away; says whether it was there. `now` is in seconds since 1970 UTC.
    ///
    /// # Errors
    /// Those of the database.
    pub fn delete_token(&mut self, id: TokenId, now: i64) -> Result<bool, StoreError> {
        let sql = "DELETE FROM token WHERE id = $1 RETURNING project";
        let Some(project) = self.one(sql, [id], |row| row.get::<_, ProjectId>(0))? else { return Ok(false) };
        let project = (project.0 != 0).then_some(project);
        self.note_action(project, now, Action::TokenRevoked, &format!("token {id}"))?;
        Ok(true)
    }
}

fn project(row: &Row<'_>) -> rusqlite::Result<Project> {
    Ok(Project {
        id: row.get(0)?,
        name: row.get(1)?,
        title: row.get(2)?,
        default_branch: row.get(3)?,
        created_at: row.get(4)?,
    })
}

fn token(row: &Row<'_>) -> rusqlite::Result<Token> {
    let project: ProjectId = row.get(0)?;
    Ok(Token {
        project: (project.0 != 0).then_some(project),
        id: row.get(1)?,
        label: row.get(2)?,
        hash: row.get(3)?,
        created_at: row.get(4)?,
    })
}

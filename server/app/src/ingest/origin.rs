use plimsoll_store::{Project, StoreError, Writer};

/// Where the first that is heard of a project comes from.
#[derive(Debug, Clone, Copy, Default)]
pub struct Origin<'a> {
    /// The pull request's number.
    pub pull_request: Option<u64>,
    /// The branch.
    pub branch: Option<&'a str>,
    /// The branch that the pull request goes to.
    pub base_branch: Option<&'a str>,
}

impl Origin<'_> {
    /// The default branch of a project that is made now: the branch itself, and never that of a pull request.
    fn default_branch(&self) -> &str {
        if self.pull_request.is_some() { self.base_branch } else { self.branch }.unwrap_or("main")
    }
}

/// A project is made by the first upload, announcement or folder that names it. `now` is in seconds since 1970 UTC.
///
/// # Errors
/// Those of the store.
pub fn ensure_project(
    writer: &mut Writer<'_>,
    name: &str,
    origin: Origin<'_>,
    now: i64,
) -> Result<Project, StoreError> {
    if let Some(project) = writer.find_project(name)? {
        return Ok(project);
    }
    writer.insert_project(name, name, origin.default_branch(), now)?;
    writer.find_project(name)?.ok_or_else(|| StoreError::Missing(format!("project `{name}`")))
}

#[cfg(test)]
mod tests {
    use super::Origin;

    #[test]
    fn the_branch_of_a_pull_request_is_no_default_branch() {
        let own = Origin { branch: Some("trunk"), ..Origin::default() };
        assert_eq!(own.default_branch(), "trunk");
        let pull = Origin { pull_request: Some(7), branch: Some("fix"), base_branch: Some("trunk") };
        assert_eq!(pull.default_branch(), "trunk");
        assert_eq!(Origin { base_branch: None, ..pull }.default_branch(), "main");
        assert_eq!(Origin::default().default_branch(), "main");
    }
}

use std::fmt;

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident($inner:ty);)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub $inner);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl ToSql for $name {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                i64::try_from(self.0)
                    .map(ToSqlOutput::from)
                    .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))
            }
        }

        impl FromSql for $name {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                let number = i64::column_result(value)?;
                <$inner>::try_from(number).map(Self).map_err(|_| FromSqlError::OutOfRange(number))
            }
        }
    )*};
}

ids! {
    /// A project. Unlike all others, unique in the whole store.
    ProjectId(u32);
    /// An access token.
    TokenId(u32);
    /// A run: counts up from 1 in its project.
    RunNumber(u64);
    /// An upload: counts up from 1 in its project.
    UploadId(u64);
    /// A path of the repository, or one that a report wrote and that matched no file.
    PathId(u32);
    /// A module. [`ModuleId::WHOLE`] stands for the whole project.
    ModuleId(u32);
    /// The identity of a test.
    TestId(u32);
    /// The identity of a finding.
    FindingId(u32);
    /// A rule of a tool, or an advisory.
    RuleId(u32);
    /// A commit of the repository.
    CommitId(u32);
    /// A stored content. Two columns with the same identifier have the same content, so it serves as their digest.
    BlobId(u64);
}

impl ModuleId {
    /// Not a module but the whole project: the key of a run's totals.
    pub const WHOLE: Self = Self(0);
}

//! The history: the only crate that sees a database.
//!
//! Strings and identities are interned once per project into dense integers. A run is then a handful of *columns* over
//! these integers: bitmaps and packed arrays, each stored once by its content. What changed between two runs of any
//! branches is a set operation on small bitmaps, and a column that did not change costs nothing.
//!
//! [`Store::read`] and [`Store::write`] lend a [`Reader`] or a [`Writer`] for the length of one transaction. Nothing
//! here is asynchronous: a server calls from a thread that may wait.

mod access;
mod advisories;
mod audit;
mod blobs;
mod cache;
mod churn;
mod collect;
mod columns;
mod dictionaries;
mod diffs;
mod error;
mod exact;
mod finding_text;
mod findings;
mod ids;
mod measures;
mod migrations;
mod one_test;
mod origins;
#[cfg(test)]
mod plans;
mod projects;
mod prune;
mod query;
mod results;
mod reviews;
mod rows;
mod run_columns;
mod run_counts;
mod runs;
mod series;
mod settings;
mod sizes;
mod sources;
mod storage;
mod store;
mod test_cases;
mod test_links;
mod upload_columns;
mod uploads;

pub use access::{Reader, Work, Writer};
pub use advisories::{Advisory, NewAdvisory};
pub use audit::{Action, AuditEntry};
pub use collect::{Pace, Removed};
pub use columns::{
    ColumnKind, CoverageManifest, FileEntry, FileLines, FindingColumns, FindingResult, LineBranches,
    SourceEntry, SourceManifest, TestColumns, TestResult,
};
pub use diffs::{DiffColumn, FileHunks};
pub use error::StoreError;
pub use finding_text::FindingTag;
pub use ids::{
    BlobId, CommitId, FindingId, ModuleId, PathId, ProjectId, RuleId, RunNumber, TestId, TokenId, UploadId,
};
pub use query::{Cell, QueryStore};
pub use reviews::Review;
pub use rows::{
    Accepted, Change, ChangeSet, CoverageTotals, FailureText, FindingDetail, FindingInfo, FindingKey,
    FindingPackage, FindingTotals, FinishedUpload, GroupKey, Measured, Module, NewFinding, NewRule, NewRun,
    NewTest, NewUpload, PathInfo, Project, Rule, Run, RunFilter, RunState, Scopes, Shard, TestInfo,
    TestTotals, Token, Upload, UploadState,
};
pub use sizes::ColumnSize;
pub use storage::{FileUse, Holding, Kept, StorageUse};
pub use store::{FILE, Options, Store};
pub use test_links::TestLink;
pub use upload_columns::UploadColumns;

//! The HTTP contract: what the server answers and the app, the static report and the upload client read.
//!
//! One module per resource. Everything compiles for wasm32. Names are `snake_case`, times RFC 3339 in UTC, identifiers
//! that may hold a slash (module and file paths) stand in the query, never in the path.

mod admin;
mod compare;
mod coupling;
mod error;
mod file;
mod finding;
mod gate;
mod grid;
mod measures;
mod module;
mod page;
mod patch;
mod project;
mod run;
mod search;
mod source;
mod subject;
mod test;
mod time;
mod upload;

pub mod paths;

pub use admin::{
    AdminPage, AuditInfo, ProjectStorage, QueuedUpload, ReasonCount, RetentionInfo, StoragePage, StoragePart,
    TokenInfo,
};
pub use compare::{ChangeCounts, Comparison, CoverageChange, FindingChanges, TestChanges};
pub use coupling::{CoupledModule, Coupling, CouplingPage};
pub use error::{ErrorBody, ErrorInfo};
pub use file::{BranchLine, FileChurn, FileLine, FileLines, FilePage, FileRow, LineRange, LineState};
pub use finding::{
    FacetValue, FindingFacet, FindingFacets, FindingFilter, FindingRow, FindingState, NewReview, PackageInfo,
    ReviewAnswer, ReviewInfo, ReviewRequest,
};
pub use gate::{GatePage, GateRule, GateStanding, GateSummary, ModuleGate};
pub use grid::{GridRow, GridRun, TestGrid};
pub use measures::{CoverageCounts, FindingCounts, Measures, SeverityCounts, TestCounts};
pub use module::{ModuleChange, ModuleDurations, ModulePage, ModuleRow, Trend, TrendPoint};
pub use page::Page;
pub use patch::{CarriedPart, IndirectChanges, IndirectFile, PatchCoverage, PatchFile, SlowerTest};
pub use project::{
    HeadlineItem, HeadlinePart, Hotspot, HotspotParts, ProjectPage, ProjectSummary, Target, Tone,
};
pub use run::{NewRun, RunPage, RunState, RunSummary};
pub use search::{HitKind, SearchAnswer, SearchHit};
pub use source::{
    MOST_SOURCE_BYTES, MOST_SOURCE_BYTES_OF_RUN, MOST_SOURCES, NewSource, NewSources, RefusedSource,
    SourceAnswer, SourceList,
};
pub use subject::{ModuleFindings, SeenIn, SubjectLink, SubjectPage, SubjectPoint};
pub use test::{
    DiffKind, DiffLine, DurationSummary, FailureDifference, FailureGroup, FlakyEvidence, FlakyResult,
    FlakyTest, NewTestLink, TestName, TestPage, TestPoint, TestRow, TestState,
};
pub use time::Timestamp;
pub use upload::{
    ChurnCounts, Counted, DiffCounts, PathHint, PathMatches, PathProblem, PathReason, ReportInfo, UploadInfo,
    UploadParameters, UploadResult, UploadState, WarningInfo,
};

//! Taking reports in: streamed to the spool, synced, queued, and only then acknowledged.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use actix_web::{HttpRequest, HttpResponse, web};
use futures_util::StreamExt as _;
use plimsoll_api::{
    ErrorBody, NewRun, Page, PathProblem, RunState, RunSummary, Timestamp, UploadInfo, UploadParameters,
    UploadState,
};
use plimsoll_format::LimitName;
use plimsoll_store::{Accepted, NewUpload, RunNumber, Shard, StoreError, UploadId, Writer};

use crate::http::auth::require_token;
use crate::http::export::{ListFormat, Part, answer_list};
use crate::http::{ApiError, AppState, ErrorCode};
use crate::ingest::{Origin, ensure_project};
use crate::pages::{self, PathProblemParameters};

/// The longest that an answer is held back.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// How many bytes are gathered before they are written to the spool.
const CHUNK: usize = 1 << 20;

/// The routes.
pub fn configure(service: &mut web::ServiceConfig) {
    service
        .route("/projects/{project}/uploads", web::post().to(create_upload))
        .route("/projects/{project}/uploads/{upload}", web::get().to(find_upload))
        .route("/projects/{project}/uploads/{upload}/paths", web::get().to(list_path_problems))
        .route("/projects/{project}/runs", web::post().to(create_run));
}

/// Upload a report
///
/// The body is the report as the tool wrote it, compressed (gzip, zstd) or not, or an archive (zip, tar) of reports. Its
/// format is found by its content.
#[utoipa::path(
    post, path = "/projects/{project}/uploads", tag = "uploads",
    params(("project" = String, Path, description = "made by its first upload"), UploadParameters,
        ("flag" = Option<Vec<String>>, Query, description = "what the report is of (`unit`, `linux`); may be given several times")),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses(
        (status = 200, description = "in the history", body = UploadInfo),
        (status = 202, description = "safe on disk, not read yet", body = UploadInfo),
        (status = "4XX", description = "refused", body = ErrorBody),
    ),
)]
pub async fn create_upload(
    state: web::Data<AppState>,
    request: HttpRequest,
    project: web::Path<String>,
    parameters: web::Query<UploadParameters>,
    body: web::Payload,
) -> Result<HttpResponse, ApiError> {
    let mut parameters = parameters.into_inner();
    parameters.flag = parse_flags(request.query_string())?;
    check_project_name(&project)?;
    check_required("commit", &parameters.commit)?;
    let shard = parameters.shard.as_deref().map(parse_shard).transpose()?;
    require_token(&state, &request, Some(&project)).await?;
    if state.is_stopping() {
        return Err(ApiError::new(ErrorCode::ShuttingDown, "the server is shutting down")
            .hint("send it again in a moment"));
    }
    let spooled = receive(&state, body).await?;
    let wait = Duration::from_secs(parameters.wait.unwrap_or(0)).min(LONGEST_WAIT);
    let accepted = accept(&state, &project, parameters, shard, spooled).await?;
    state.worker.wake();
    let (id, is_duplicate) = match accepted {
        Accepted::Queued(id) => (id, false),
        Accepted::Duplicate(id) => (id, true),
    };
    let mut info = wait_for(&state, &project, id, wait).await?;
    info.is_duplicate = is_duplicate;
    let connection = request.connection_info();
    info.run_url = format!("{}://{}{}", connection.scheme(), connection.host(), info.run_url);
    match (info.state, info.error.take()) {
        (UploadState::Failed, Some(error)) => {
            // The upload stays on the run's page with its reason; the client hears it now.
            Ok(HttpResponse::UnprocessableEntity().json(ErrorBody { error }))
        }
        (UploadState::Queued | UploadState::Processing, _) => Ok(HttpResponse::Accepted().json(info)),
        (_, error) => {
            info.error = error;
            Ok(HttpResponse::Ok().json(info))
        }
    }
}

/// Find an upload
#[utoipa::path(
    get, path = "/projects/{project}/uploads/{upload}", tag = "uploads",
    params(("project" = String, Path), ("upload" = u64, Path)),
    responses((status = 200, body = UploadInfo), (status = 404, body = ErrorBody)),
)]
pub async fn find_upload(
    state: web::Data<AppState>,
    path: web::Path<(String, u64)>,
) -> Result<HttpResponse, ApiError> {
    let (project, upload) = path.into_inner();
    let store = state.store.clone();
    let info =
        web::block(move || store.read(|reader| pages::find_upload(reader, &project, upload))).await??;
    Ok(HttpResponse::Ok().json(info))
}

/// List the paths of an upload that did not match
///
/// Those that are no file of the run's file list, each with the reason and the files that it may have meant. What would
/// make them match is `paths.hint` of the upload. At most 2,000 are kept.
#[utoipa::path(
    get, path = "/projects/{project}/uploads/{upload}/paths", tag = "uploads",
    params(("project" = String, Path), ("upload" = u64, Path), PathProblemParameters, ListFormat),
    responses((status = 200, body = Page<PathProblem>), (status = "4XX", body = ErrorBody)),
)]
pub async fn list_path_problems(
    state: web::Data<AppState>,
    path: web::Path<(String, u64)>,
    query: web::Query<PathProblemParameters>,
    format: web::Query<ListFormat>,
) -> Result<HttpResponse, ApiError> {
    let (project, upload) = path.into_inner();
    let (query, format) = (query.into_inner(), format.into_inner());
    let part = Part { limit: query.limit, after: query.after.clone() };
    answer_list(state, project, format, part, move |scope, Part { limit, after }| {
        pages::list_path_problems(scope, upload, &PathProblemParameters { limit, after, ..query.clone() })
    })
    .await
}

/// Announce a run
///
/// Never needed: an upload makes its run. It adds what a query cannot hold, such as the commit's history.
#[utoipa::path(
    post, path = "/projects/{project}/runs", tag = "runs",
    params(("project" = String, Path)),
    request_body = NewRun,
    responses((status = 200, body = RunSummary), (status = "4XX", body = ErrorBody)),
)]
pub async fn create_run(
    state: web::Data<AppState>,
    request: HttpRequest,
    project: web::Path<String>,
    run: web::Json<NewRun>,
) -> Result<HttpResponse, ApiError> {
    check_project_name(&project)?;
    check_required("commit", &run.commit)?;
    require_token(&state, &request, Some(&project)).await?;
    let (store, now, project, run) =
        (state.store.clone(), (state.clock)(), project.into_inner(), run.into_inner());
    let summary = web::block(move || {
        store.write(|writer| -> Result<RunSummary, StoreError> {
            let origin = Origin {
                pull_request: run.pull_request,
                branch: Some(&run.branch),
                base_branch: run.base_branch.as_deref(),
            };
            let id = ensure_project(writer, &project, origin, now.0)?.id;
            let created_at = run.created_at.unwrap_or(now);
            let number = writer.ensure_run(id, &new_run(&run, created_at))?;
            writer.set_parents(id, number, &run.parents)?;
            Ok(announced(number, run, created_at))
        })
    })
    .await?
    .map_err(|error| ApiError::internal(&error))?;
    Ok(HttpResponse::Ok().json(summary))
}

/// A run of which nothing is known yet but that it is to come.
fn announced(number: RunNumber, run: NewRun, created_at: Timestamp) -> RunSummary {
    RunSummary {
        number: number.0,
        commit: run.commit,
        branch: run.branch,
        pull_request: run.pull_request,
        build: run.build,
        build_url: run.build_url,
        created_at,
        state: RunState::Processing,
        missing_shards: Vec::new(),
        is_protected: false,
        tag: run.tag,
        measures: plimsoll_api::Measures::default(),
        baseline: None,
        changes: None,
    }
}

fn new_run(run: &NewRun, created_at: Timestamp) -> plimsoll_store::NewRun {
    plimsoll_store::NewRun {
        commit: run.commit.clone(),
        branch: run.branch.clone(),
        pull_request: run.pull_request,
        build: run.build.clone(),
        base_branch: run.base_branch.clone(),
        build_url: run.build_url.clone(),
        tag: run.tag.clone(),
        created_at: created_at.0,
    }
}

/// A body that lies in the spool, synced.
struct Spooled {
    path: PathBuf,
    digest: [u8; 32],
    bytes: u64,
}

async fn receive(state: &AppState, mut body: web::Payload) -> Result<Spooled, ApiError> {
    let limit = state.limits.file_bytes;
    let mut spool =
        Spool::create(&state.store.folder().join("spool")).map_err(|error| ApiError::internal(&error))?;
    let mut gathered = web::BytesMut::new();
    while let Some(chunk) = body.next().await {
        let chunk = chunk.map_err(|error| {
            ApiError::new(ErrorCode::BadRequest, format!("the body broke off: {error}")).hint("send it again")
        })?;
        if spool.bytes + (gathered.len() + chunk.len()) as u64 > limit {
            return Err(too_large(limit));
        }
        gathered.extend_from_slice(&chunk);
        if gathered.len() >= CHUNK {
            let full = gathered.split().freeze();
            spool = write(spool, full).await?;
        }
    }
    spool = write(spool, gathered.freeze()).await?;
    if spool.bytes == 0 {
        return Err(ApiError::new(ErrorCode::EmptyBody, "the body is empty")
            .hint("with curl, send the file as --data-binary @FILE"));
    }
    web::block(move || spool.finish()).await?.map_err(|error| ApiError::internal(&error))
}

async fn write(mut spool: Spool, bytes: web::Bytes) -> Result<Spool, ApiError> {
    web::block(move || spool.write(&bytes).map(|()| spool)).await?.map_err(|error| ApiError::internal(&error))
}

fn too_large(limit: u64) -> ApiError {
    let name = LimitName::FileBytes.as_str();
    ApiError::new(
        ErrorCode::LimitFileBytes,
        format!("limit `{name}` is met: the body has more than {limit} bytes"),
    )
    .hint(format!("compress it, split it, or raise `{name}` in the server's limits"))
}

/// A file in the spool that is being written. One that is not finished is removed.
struct Spool {
    path: PathBuf,
    file: std::fs::File,
    hasher: blake3::Hasher,
    bytes: u64,
    is_finished: bool,
}

impl Spool {
    fn create(folder: &Path) -> std::io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let mut random = [0_u8; 12];
        getrandom::fill(&mut random).map_err(std::io::Error::other)?;
        let name: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
        let path = folder.join(name);
        let file = std::fs::File::options().write(true).create_new(true).open(&path)?;
        Ok(Self { path, file, hasher: blake3::Hasher::new(), bytes: 0, is_finished: false })
    }

    fn write(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.hasher.update(bytes);
        self.bytes += bytes.len() as u64;
        self.file.write_all(bytes)
    }

    /// Content and name survive a power cut: the file and its folder are synced.
    fn finish(mut self) -> std::io::Result<Spooled> {
        self.file.sync_all()?;
        if let Some(folder) = self.path.parent() {
            std::fs::File::open(folder)?.sync_all()?;
        }
        self.is_finished = true;
        Ok(Spooled { path: self.path.clone(), digest: *self.hasher.finalize().as_bytes(), bytes: self.bytes })
    }
}

impl Drop for Spool {
    fn drop(&mut self) {
        if !self.is_finished {
            remove(&self.path);
        }
    }
}

fn remove(path: &Path) {
    if let Err(error) = std::fs::remove_file(path) {
        tracing::warn!(%error, "cannot remove a spool file that is not needed");
    }
}

async fn accept(
    state: &AppState,
    project: &str,
    parameters: UploadParameters,
    shard: Option<Shard>,
    spooled: Spooled,
) -> Result<Accepted, ApiError> {
    let (store, now, project) = (state.store.clone(), (state.clock)(), project.to_owned());
    web::block(move || {
        let path = spooled.path.clone();
        let accepted = store.write(|writer| queue(writer, &project, parameters, shard, spooled, now));
        if !matches!(accepted, Ok(Accepted::Queued(_))) {
            remove(&path);
        }
        accepted
    })
    .await?
    .map_err(|error| ApiError::internal(&error))
}

fn queue(
    writer: &mut Writer<'_>,
    project: &str,
    parameters: UploadParameters,
    shard: Option<Shard>,
    spooled: Spooled,
    now: Timestamp,
) -> Result<Accepted, StoreError> {
    let origin = Origin {
        pull_request: parameters.pull_request,
        branch: parameters.branch.as_deref(),
        base_branch: parameters.base_branch.as_deref(),
    };
    let project = ensure_project(writer, project, origin, now.0)?;
    let (id, branch) = (project.id, parameters.branch.unwrap_or(project.default_branch));
    let run = plimsoll_store::NewRun {
        commit: parameters.commit,
        branch,
        pull_request: parameters.pull_request,
        build: parameters.build,
        base_branch: parameters.base_branch,
        build_url: parameters.build_url,
        tag: parameters.tag,
        created_at: parameters.created_at.unwrap_or(now).0,
    };
    let run = writer.ensure_run(id, &run)?;
    let spool = spooled.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let upload = NewUpload {
        run,
        name: parameters.name.unwrap_or_default(),
        category: parameters.category,
        shard,
        format: parameters.format,
        flags: parameters.flag,
        strip_prefix: parameters.strip_prefix,
        add_prefix: parameters.add_prefix,
        digest: spooled.digest,
        bytes: spooled.bytes,
        received_at: now.0,
        spool,
    };
    writer.accept_upload(id, &upload)
}

/// Holds the answer until the upload is read, at most so long.
async fn wait_for(
    state: &AppState,
    project: &str,
    id: UploadId,
    wait: Duration,
) -> Result<UploadInfo, ApiError> {
    let begun = Instant::now();
    let mut pause = Duration::from_millis(2);
    loop {
        let (store, project) = (state.store.clone(), project.to_owned());
        let info =
            web::block(move || store.read(|reader| pages::find_upload(reader, &project, id.0))).await??;
        let is_open = matches!(info.state, UploadState::Queued | UploadState::Processing);
        if !is_open || begun.elapsed() >= wait || state.is_stopping() {
            return Ok(info);
        }
        actix_web::rt::time::sleep(pause).await;
        pause = (pause * 3 / 2).min(Duration::from_millis(100));
    }
}

fn check_project_name(name: &str) -> Result<(), ApiError> {
    let is_name = !name.is_empty()
        && name.len() <= 100
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_.".contains(&byte))
        && !name.starts_with('.');
    if is_name {
        return Ok(());
    }
    Err(ApiError::new(ErrorCode::BadParameter, format!("`{name}` cannot be a project's name"))
        .hint("lower-case letters, digits, `-`, `_` and `.`, at most 100"))
}

fn check_required(name: &str, value: &str) -> Result<(), ApiError> {
    if value.trim().is_empty() {
        return Err(ApiError::new(ErrorCode::BadParameter, format!("parameter `{name}` is empty")));
    }
    Ok(())
}

fn parse_shard(text: &str) -> Result<Shard, ApiError> {
    Shard::parse(text).ok_or_else(|| {
        ApiError::new(ErrorCode::BadParameter, format!("parameter `shard`: `{text}` is no part of a whole"))
            .hint("write 2/3 for the second of three")
    })
}

/// The parameters `flag`, of which there may be several.
fn parse_flags(query: &str) -> Result<Vec<String>, ApiError> {
    let pairs = web::Query::<Vec<(String, String)>>::from_query(query)?.into_inner();
    let flags = pairs.into_iter().filter(|(name, _)| name == "flag").map(|(_, flag)| flag);
    crate::ingest::clean_flags(flags).map_err(|message| {
        ApiError::new(ErrorCode::BadParameter, format!("parameter `flag`: {message}"))
            .hint("letters, digits, `-`, `_` and `.`, at most 64; at most 16 flags")
    })
}

#[cfg(test)]
mod tests {
    use super::{check_project_name, parse_flags, parse_shard};

    #[test]
    fn a_flag_may_be_given_several_times() {
        let flags = |query| parse_flags(query).map_err(|error| error.to_string());
        assert_eq!(flags("commit=c&flag=unit&flag=linux&flag=unit"), Ok(vec!["linux".into(), "unit".into()]));
        assert_eq!(flags("commit=c"), Ok(vec![]));
        for bad in ["flag=", "flag=a,b", "flag=a%20b", "flag=%C3%A4"] {
            assert!(flags(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_shard_is_a_part_of_a_whole() {
        assert!(parse_shard("2/3").is_ok_and(|shard| (shard.index, shard.count) == (2, 3)));
        for bad in ["", "3", "0/3", "4/3", "1/0", "a/b", "1/99999"] {
            assert!(parse_shard(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_project_has_a_name_that_fits_into_an_address() {
        for good in ["shop", "web-2", "a.b_c"] {
            assert!(check_project_name(good).is_ok(), "{good}");
        }
        for bad in ["", "Shop", "a/b", "..", ".x", "ä", "a b"] {
            assert!(check_project_name(bad).is_err(), "{bad}");
        }
    }
}

//! Out again: a run in the formats of other tools, and any list as CSV.

use actix_web::{HttpResponse, web};
use plimsoll_api::{ErrorBody, Page};
use serde::{Deserialize, Serialize};

use crate::export::{OutFormat, csv, write_run};
use crate::http::resources::answer;
use crate::http::{ApiError, AppState, ErrorCode};
use crate::pages::{PageError, Scope, WHOLE};

/// The routes.
pub fn configure(service: &mut web::ServiceConfig) {
    service.route("/projects/{project}/runs/{run}/export", web::get().to(export_run));
}

/// In which format.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ExportParameters {
    /// `sarif`, `lcov` or `junit`.
    pub format: String,
}

/// Export a run
///
/// Findings as SARIF 2.1.0, coverage as LCOV, tests as JUnit XML.
#[utoipa::path(
    get, path = "/projects/{project}/runs/{run}/export", tag = "runs",
    params(("project" = String, Path), ("run" = u64, Path), ExportParameters),
    responses(
        (status = 200, description = "the file", body = String, content_type = "application/octet-stream"),
        (status = "4XX", body = ErrorBody),
    ),
)]
pub async fn export_run(
    state: web::Data<AppState>,
    path: web::Path<(String, u64)>,
    query: web::Query<ExportParameters>,
) -> Result<HttpResponse, ApiError> {
    let (project, run) = path.into_inner();
    let format = OutFormat::WORDS.iter().find(|(word, _)| *word == query.format);
    let Some(&(word, format)) = format else {
        let message = format!("parameter `format`: `{}` is none of sarif, lcov, junit", query.format);
        return Err(ApiError::new(ErrorCode::BadParameter, message));
    };
    let name = format!("{project}-{run}.{word}.{}", format.extension());
    let state = state.into_inner();
    let now = (state.clock)().0;
    let body = web::block(move || {
        state
            .store
            .read(|reader| write_run(&Scope::open(reader, &state.pages, &project)?.at(now), run, format))
    })
    .await??;
    Ok(HttpResponse::Ok()
        .content_type(format.content_type())
        .insert_header(("Content-Disposition", format!("attachment; filename=\"{name}\"")))
        .body(body))
}

/// How a list is written.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListFormat {
    /// `json`, a page of the list; or `csv`, the whole list. `json` if absent.
    pub format: Option<String>,
}

/// Answers with a list: a page of it as JSON, or all of it as CSV.
pub(super) async fn answer_list<T: Serialize + Send + 'static>(
    state: web::Data<AppState>,
    project: String,
    format: ListFormat,
    mut limit: Option<usize>,
    list: impl FnOnce(&Scope<'_>, Option<usize>) -> Result<Page<T>, PageError> + Send + 'static,
) -> Result<HttpResponse, ApiError> {
    match format.format.as_deref().unwrap_or("json") {
        "json" => {
            // Only a file may have all rows.
            if limit == Some(WHOLE) {
                limit = Some(0);
            }
            answer(state, project, move |scope| list(scope, limit)).await
        }
        "csv" => {
            let (state, now) = (state.clone().into_inner(), (state.clock)().0);
            let body = web::block(move || -> Result<String, ApiError> {
                let page = state.store.read(|reader| {
                    list(&Scope::open(reader, &state.pages, &project)?.at(now), Some(WHOLE))
                })?;
                let rows: Result<Vec<_>, _> = page.items.iter().map(serde_json::to_value).collect();
                Ok(csv::table(&rows.map_err(|error| ApiError::internal(&error))?))
            })
            .await??;
            Ok(HttpResponse::Ok().content_type("text/csv; charset=utf-8; header=present").body(body))
        }
        other => Err(ApiError::new(
            ErrorCode::BadParameter,
            format!("parameter `format`: `{other}` is none of json, csv"),
        )),
    }
}

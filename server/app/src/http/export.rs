//! Out again: a run in the formats of other tools, and any list as CSV.

use std::sync::Arc;

use actix_web::{HttpResponse, web};
use futures_util::stream;
use plimsoll_api::{ErrorBody, Page};
use serde::{Deserialize, Serialize};

use crate::export::{OutFormat, csv, write_run};
use crate::http::resources::answer;
use crate::http::{ApiError, AppState, ErrorCode};
use crate::pages::{EXPORTED, PageError, Scope};

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

/// Which part of a list is wanted.
#[derive(Debug, Clone, Default)]
pub(super) struct Part {
    pub limit: Option<usize>,
    pub after: Option<String>,
}

/// Answers with a list: a page of it as JSON, or all of it as CSV, which is read and sent part by part.
pub(super) async fn answer_list<T: Serialize + Send + 'static>(
    state: web::Data<AppState>,
    project: String,
    format: ListFormat,
    mut part: Part,
    list: impl Fn(&Scope<'_>, Part) -> Result<Page<T>, PageError> + Send + Sync + 'static,
) -> Result<HttpResponse, ApiError> {
    match format.format.as_deref().unwrap_or("json") {
        "json" => {
            // Only a file may have longer parts.
            if part.limit == Some(EXPORTED) {
                part.limit = Some(0);
            }
            answer(state, project, move |scope| list(scope, part)).await
        }
        "csv" => {
            let sheet = Sheet { state, project, list: Arc::new(list), names: Vec::new(), next: None };
            // What is wrong with the question is said before anything is sent.
            let first = sheet.part(part.after).await?;
            let parts = stream::unfold(Some(first), |part| async move {
                let (text, sheet) = part?;
                let next = match sheet.next.clone() {
                    Some(after) => sheet.part(Some(after)).await,
                    None => return Some((Ok::<_, actix_web::Error>(web::Bytes::from(text)), None)),
                };
                Some(match next {
                    Ok(next) => (Ok(web::Bytes::from(text)), Some(next)),
                    // The connection ends without the last chunk, so that nobody takes what came for the whole.
                    Err(error) => (Err(error.into()), None),
                })
            });
            Ok(HttpResponse::Ok().content_type("text/csv; charset=utf-8; header=present").streaming(parts))
        }
        other => Err(ApiError::new(
            ErrorCode::BadParameter,
            format!("parameter `format`: `{other}` is none of json, csv"),
        )),
    }
}

/// A list that is written as CSV. Each part is read in a transaction of its own, so a client that reads slowly holds
/// neither a connection to the database nor more than one part of the list.
struct Sheet<L> {
    state: web::Data<AppState>,
    project: String,
    list: Arc<L>,
    /// Of the columns, once there was a row.
    names: Vec<String>,
    next: Option<String>,
}

impl<L> Sheet<L> {
    /// The part after a row as text, and what is needed for the one after it.
    async fn part<T>(mut self, after: Option<String>) -> Result<(String, Self), ApiError>
    where
        T: Serialize,
        L: Fn(&Scope<'_>, Part) -> Result<Page<T>, PageError> + Send + Sync + 'static,
    {
        web::block(move || -> Result<(String, Self), ApiError> {
            let now = (self.state.clock)().0;
            let part = Part { limit: Some(EXPORTED), after };
            let page = self.state.store.read(|reader| {
                (self.list)(&Scope::open(reader, &self.state.pages, &self.project)?.at(now), part)
            })?;
            let mut text = String::new();
            for row in &page.items {
                let row = serde_json::to_value(row).map_err(|error| ApiError::internal(&error))?;
                if self.names.is_empty() {
                    self.names = csv::names(&row);
                    text.push_str(&csv::line(self.names.iter().map(String::as_str)));
                }
                text.push_str(&csv::record(&self.names, &row));
            }
            self.next = page.next;
            Ok((text, self))
        })
        .await?
    }
}

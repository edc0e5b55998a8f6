//! The description of the API, made from the code.

use actix_web::{HttpResponse, web};
use utoipa::OpenApi;

/// The routes.
pub fn configure(service: &mut web::ServiceConfig) {
    service.route("/openapi.json", web::get().to(openapi));
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Plimsoll",
        description = "Code quality reports in, their history out. Names are snake_case, times RFC 3339 in UTC, lists \
                       are read on with `after`, and every answer that is not a success has the same body.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    servers((url = "/api/v1")),
    paths(
        crate::http::projects::list_projects,
        crate::http::projects::find_project,
        crate::http::search::search,
        crate::http::events::follow,
        crate::http::modules::find_module,
        crate::http::modules::list_module_changes,
        crate::http::hotspots::list_hotspots,
        crate::http::coupling::find_couplings,
        crate::http::runs::list_runs,
        crate::http::runs::find_run,
        crate::http::gate::find_gate,
        crate::http::runs::protect_run,
        crate::http::export::export_run,
        crate::http::admin::find_admin,
        crate::http::admin::find_storage,
        crate::http::runs::release_run,
        crate::http::compare::compare_runs,
        crate::http::tests::list_tests,
        crate::http::tests::find_grid,
        crate::http::tests::find_test,
        crate::http::test_links::put_link,
        crate::http::test_links::delete_link,
        crate::http::flaky::list_flaky,
        crate::http::findings::list_findings,
        crate::http::findings::count_findings,
        crate::http::subjects::find_rule,
        crate::http::subjects::find_vulnerability,
        crate::http::reviews::review_findings,
        crate::http::reviews::put_review,
        crate::http::reviews::delete_review,
        crate::http::files::list_files,
        crate::http::files::find_file,
        crate::http::files::list_lines,
        crate::http::sources::list_sources,
        crate::http::sources::put_sources,
        crate::http::uploads::create_run,
        crate::http::uploads::create_upload,
        crate::http::uploads::find_upload,
        crate::http::uploads::list_path_problems
    ),
    components(schemas(plimsoll_api::ErrorBody))
)]
struct Description;

/// The OpenAPI document as it is served, and as it stands in `docs/openapi.json`.
pub fn document() -> utoipa::openapi::OpenApi {
    Description::openapi()
}

async fn openapi() -> HttpResponse {
    HttpResponse::Ok().json(document())
}

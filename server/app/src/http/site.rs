//! The browser app: its files, and its start page for every address that is a place in the app.

use actix_web::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY,
};
use actix_web::{HttpRequest, HttpResponse, web};

use crate::assets::Asset;
use crate::http::{ApiError, ErrorCode};

/// The routes.
pub fn configure(service: &mut web::ServiceConfig) {
    service.route("/assets/{file}", web::get().to(asset)).default_service(web::to(place));
}

async fn asset(request: HttpRequest, file: web::Path<String>) -> Result<HttpResponse, ApiError> {
    let asset = Asset::find(&format!("assets/{file}"))
        .ok_or_else(|| ApiError::new(ErrorCode::NotFound, format!("the app has no file `{file}`")))?;
    Ok(send(&request, asset))
}

/// Every address that nothing else claims is a place in the app, if it is asked for as a page.
async fn place(request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let path = request.path();
    if path == "/api" || path.starts_with("/api/") || path.starts_with("/health/") {
        return Err(ApiError::new(ErrorCode::NotFound, format!("there is nothing at {path}"))
            .hint("the addresses are described at /api/v1/openapi.json"));
    }
    if request.method() != actix_web::http::Method::GET && request.method() != actix_web::http::Method::HEAD {
        return Err(ApiError::new(ErrorCode::MethodNotAllowed, format!("{path} takes only GET")));
    }
    match Asset::index() {
        Some(index) => Ok(send(&request, index)),
        None => Ok(HttpResponse::NotImplemented().content_type("text/plain; charset=utf-8").body(
            "This plimsoll was built without its browser app. Build both with `cargo xtask demo` or `cargo xtask dist`.\n",
        )),
    }
}

fn send(request: &HttpRequest, asset: Asset) -> HttpResponse {
    let tag = format!("\"{}\"", blake3::hash(asset.bytes).to_hex().get(..16).unwrap_or_default());
    let caching = if asset.is_immutable() { "public, max-age=31536000, immutable" } else { "no-cache" };
    let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if header(IF_NONE_MATCH) == tag {
        return HttpResponse::NotModified()
            .insert_header((ETAG, tag))
            .insert_header((CACHE_CONTROL, caching))
            .finish();
    }
    let mut response = HttpResponse::Ok();
    response
        .insert_header((CONTENT_TYPE, asset.media_type()))
        .insert_header((CACHE_CONTROL, caching))
        .insert_header((ETAG, tag))
        .insert_header((VARY, "Accept-Encoding"));
    let takes_brotli = header(ACCEPT_ENCODING).split(',').any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        parts.next() == Some("br") && parts.next() != Some("q=0")
    });
    if takes_brotli {
        response.insert_header((CONTENT_ENCODING, "br")).body(asset.brotli)
    } else {
        response.body(asset.bytes)
    }
}

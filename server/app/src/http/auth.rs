//! Who may do what. Only the hash of a token is stored.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::AUTHORIZATION;
use actix_web::middleware::Next;
use actix_web::{HttpRequest, web};
use plimsoll_store::{Reader, StoreError};
use subtle::ConstantTimeEq as _;

use crate::http::{ApiError, AppState, ErrorCode};

/// Who may read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum ReadAccess {
    /// Everyone who reaches the server.
    Public,
    /// Only who has a token.
    Token,
}

/// A token as it is handed out. It is shown once and never stored.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// What the client sends.
    pub text: String,
    /// What is stored.
    pub hash: [u8; 32],
}

impl NewToken {
    /// Makes a token from the system's source of randomness.
    ///
    /// # Errors
    /// Where the system has none.
    pub fn random() -> Result<Self, String> {
        let mut bytes = [0_u8; 20];
        getrandom::fill(&mut bytes)
            .map_err(|error| format!("the system gives no random numbers: {error}"))?;
        let secret: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let text = format!("plm_{secret}");
        Ok(Self { hash: hash(&text), text })
    }
}

/// 160 random bits need no slow hash: nobody can try them all.
fn hash(token: &str) -> [u8; 32] {
    *blake3::hash(token.as_bytes()).as_bytes()
}

/// Checks that the request carries a token that may upload to the project.
///
/// # Errors
/// [`ErrorCode::Unauthorised`] without a valid token, [`ErrorCode::Forbidden`] with one for another project.
pub async fn require_token(
    state: &AppState,
    request: &HttpRequest,
    project: Option<&str>,
) -> Result<(), ApiError> {
    let header =
        request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (scheme, token) = header.split_once(' ').unwrap_or_default();
    if !scheme.eq_ignore_ascii_case("bearer") || token.trim().is_empty() {
        return Err(ApiError::new(ErrorCode::Unauthorised, "the request carries no token")
            .hint("send `Authorization: Bearer plm_…`; `plimsoll token create` makes one"));
    }
    let (store, sent) = (state.store.clone(), hash(token.trim()));
    let allowed = web::block(move || store.read(|reader| find_allowed(reader, &sent)))
        .await?
        .map_err(|error| ApiError::internal(&error))?;
    match allowed {
        None => Err(ApiError::new(ErrorCode::Unauthorised, "the token is not known")
            .hint("it may have been revoked; `plimsoll token list` shows those that are valid")),
        Some(Some(only)) if project != Some(only.as_str()) => {
            Err(ApiError::new(ErrorCode::Forbidden, format!("this token is only for project `{only}`")))
        }
        Some(_) => Ok(()),
    }
}

/// For which project a token is: `None` where it is not known, `Some(None)` for all. Every stored hash is compared, each
/// in constant time, so that the time it takes tells nothing of how near a guess was.
fn find_allowed(reader: &Reader<'_>, sent: &[u8; 32]) -> Result<Option<Option<String>>, StoreError> {
    let mut found = None;
    for token in reader.list_tokens()? {
        if bool::from(token.hash.ct_eq(sent)) {
            found = Some(token.project);
        }
    }
    let Some(only) = found else { return Ok(None) };
    let projects = reader.list_projects()?;
    Ok(Some(only.map(|id| {
        projects.into_iter().find(|project| project.id == id).map_or_else(String::new, |project| project.name)
    })))
}

/// Guards everything that is read under `/api/v1` where reading needs a token.
///
/// # Errors
/// As [`require_token`], and those of the guarded handler.
pub async fn guard_reading(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    if let Some(state) = request.app_data::<web::Data<AppState>>()
        && state.read_access == ReadAccess::Token
        && request.method().is_safe()
    {
        // The guard runs before the route's own parameters are known, so the project is read off the path.
        let project =
            request.path().strip_prefix("/api/v1/projects/").and_then(|rest| rest.split('/').next());
        require_token(&state.clone(), request.request(), project.map(str::to_owned).as_deref()).await?;
    }
    next.call(request).await
}

#[cfg(test)]
mod tests {
    use super::{NewToken, hash};

    #[test]
    fn a_token_is_random_and_only_its_hash_is_kept() {
        let token = NewToken::random().unwrap();
        assert_eq!(token.text.len(), "plm_".len() + 40);
        assert_eq!(token.hash, hash(&token.text));
        assert_ne!(token.text, NewToken::random().unwrap().text);
    }
}

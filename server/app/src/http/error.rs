//! One error shape for every answer that is not a success, those of the framework among them.

use actix_web::{HttpResponse, ResponseError, error::JsonPayloadError, http::StatusCode};
use plimsoll_api::{ErrorBody, ErrorInfo};

use crate::pages::PageError;

macro_rules! error_codes {
    ($($(#[$doc:meta])* $variant:ident = $code:literal, $status:ident;)*) => {
        /// What an answer can fail with. One line per code: variant, word in the answer, status.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum ErrorCode {
            $($(#[$doc])* $variant,)*
        }

        impl ErrorCode {
            /// All codes, for the documentation and the tests.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The word in the answer.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// The HTTP status.
            pub fn status(self) -> StatusCode {
                match self { $(Self::$variant => StatusCode::$status,)* }
            }
        }
    };
}

error_codes! {
    /// The query, the path or the body cannot be read.
    BadRequest = "bad_request", BAD_REQUEST;
    /// A parameter has a value that it cannot have.
    BadParameter = "bad_parameter", BAD_REQUEST;
    /// No token, or one that is not known.
    Unauthorised = "unauthorised", UNAUTHORIZED;
    /// A token for something else.
    Forbidden = "forbidden", FORBIDDEN;
    /// No such address.
    NotFound = "not_found", NOT_FOUND;
    /// No such project.
    ProjectNotFound = "project_not_found", NOT_FOUND;
    /// No such run in the project.
    RunNotFound = "run_not_found", NOT_FOUND;
    /// No such upload in the project.
    UploadNotFound = "upload_not_found", NOT_FOUND;
    /// No such module in the run.
    ModuleNotFound = "module_not_found", NOT_FOUND;
    /// No such file in the run.
    FileNotFound = "file_not_found", NOT_FOUND;
    /// No such test in the project.
    TestNotFound = "test_not_found", NOT_FOUND;
    /// No such finding in the project.
    FindingNotFound = "finding_not_found", NOT_FOUND;
    /// No such vulnerability in the project.
    VulnerabilityNotFound = "vulnerability_not_found", NOT_FOUND;
    /// No such rule in the project.
    RuleNotFound = "rule_not_found", NOT_FOUND;
    /// The address does not take this method.
    MethodNotAllowed = "method_not_allowed", METHOD_NOT_ALLOWED;
    /// The body is larger than is taken.
    LimitFileBytes = "limit_file_bytes", PAYLOAD_TOO_LARGE;
    /// The body expands to more than is taken.
    LimitExpandedBytes = "limit_expanded_bytes", PAYLOAD_TOO_LARGE;
    /// The body is empty.
    EmptyBody = "empty_body", UNPROCESSABLE_ENTITY;
    /// The report was received, but cannot be read.
    UnreadableReport = "unreadable_report", UNPROCESSABLE_ENTITY;
    /// The server is shutting down.
    ShuttingDown = "shutting_down", SERVICE_UNAVAILABLE;
    /// The server could not do its work; its log says why.
    Internal = "internal", INTERNAL_SERVER_ERROR;
}

/// An answer that is not a success.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{}: {message}", .code.as_str())]
pub struct ApiError {
    /// Which.
    pub code: ErrorCode,
    /// What, and where, in one sentence.
    pub message: String,
    /// What to do.
    pub hint: Option<String>,
}

impl ApiError {
    /// An error without a hint.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), hint: None }
    }

    /// Says what to do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Something that is not the client's fault. The cause goes to the log, never into the answer.
    pub fn internal(cause: &dyn std::fmt::Display) -> Self {
        tracing::error!(%cause, "request failed");
        Self::new(ErrorCode::Internal, "the server could not answer")
            .hint("try again; if it stays, the server's log has the cause")
    }

    /// The body of the answer.
    pub fn body(&self) -> ErrorBody {
        ErrorBody {
            error: ErrorInfo {
                code: self.code.as_str().to_owned(),
                message: self.message.clone(),
                hint: self.hint.clone(),
            },
        }
    }
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        self.code.status()
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status_code());
        if self.code == ErrorCode::Unauthorised {
            response.insert_header(("WWW-Authenticate", "Bearer"));
        }
        response.json(self.body())
    }
}

impl From<actix_web::error::QueryPayloadError> for ApiError {
    fn from(error: actix_web::error::QueryPayloadError) -> Self {
        Self::new(ErrorCode::BadParameter, format!("the query cannot be read: {error}"))
            .hint("the parameters are described at /api/v1/openapi.json")
    }
}

impl From<actix_web::error::PathError> for ApiError {
    fn from(error: actix_web::error::PathError) -> Self {
        Self::new(ErrorCode::BadRequest, format!("the address cannot be read: {error}"))
    }
}

impl From<JsonPayloadError> for ApiError {
    fn from(error: JsonPayloadError) -> Self {
        Self::new(ErrorCode::BadRequest, format!("the body cannot be read as JSON: {error}"))
            .hint("the bodies are described at /api/v1/openapi.json")
    }
}

impl From<actix_web::error::BlockingError> for ApiError {
    fn from(error: actix_web::error::BlockingError) -> Self {
        Self::internal(&error)
    }
}

impl From<PageError> for ApiError {
    fn from(error: PageError) -> Self {
        let code = match &error {
            PageError::ProjectNotFound(_) => ErrorCode::ProjectNotFound,
            PageError::RunNotFound { .. } => ErrorCode::RunNotFound,
            PageError::UploadNotFound { .. } => ErrorCode::UploadNotFound,
            PageError::ModuleNotFound { .. } => ErrorCode::ModuleNotFound,
            PageError::FileNotFound { .. } => ErrorCode::FileNotFound,
            PageError::TestNotFound { .. } => ErrorCode::TestNotFound,
            PageError::FindingNotFound { .. } => ErrorCode::FindingNotFound,
            PageError::VulnerabilityNotFound { .. } => ErrorCode::VulnerabilityNotFound,
            PageError::RuleNotFound { .. } => ErrorCode::RuleNotFound,
            PageError::BadParameter { .. } => ErrorCode::BadParameter,
            PageError::Store(cause) => return Self::internal(cause),
        };
        Self::new(code, error.to_string())
    }
}

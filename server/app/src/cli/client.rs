//! Talking to a Plimsoll server.

use std::time::Duration;

use plimsoll_api::{
    ErrorBody, NewRun, NewSources, RunSummary, SourceAnswer, SourceList, UploadInfo, UploadParameters, paths,
};
use ureq::Agent;
use ureq::http::{Response, StatusCode};

/// A server, and the right to upload to it.
pub struct Client {
    agent: Agent,
    server: String,
    token: String,
    retries: u32,
}

/// Why a request did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The server answered, and it was no.
    #[error("the server refused ({status}, {code}): {message}{}", hint.as_deref().map(|hint| format!("; {hint}")).unwrap_or_default())]
    Refused {
        /// The HTTP status.
        status: u16,
        /// The server's word for it.
        code: String,
        /// What went wrong.
        message: String,
        /// What to do.
        hint: Option<String>,
    },
    /// No answer, however often it was tried.
    #[error("no answer from {server} after {attempts} attempts: {cause}")]
    Unreachable {
        /// The server's address.
        server: String,
        /// How often it was tried.
        attempts: u32,
        /// The last cause.
        cause: String,
    },
    /// An answer that is not one of ours.
    #[error("{0} does not answer like a Plimsoll server: {1}")]
    NotPlimsoll(String, String),
}

impl Client {
    /// A client of the server at an address such as `https://plimsoll.example`, which sends a request again so often
    /// where there is no answer.
    pub fn new(server: &str, token: &str, retries: u32) -> Self {
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_connect(Some(Duration::from_secs(10)))
            .timeout_global(Some(Duration::from_secs(300)))
            .user_agent(concat!("plimsoll/", env!("CARGO_PKG_VERSION")))
            .build()
            .new_agent();
        Self { agent, server: server.trim_end_matches('/').to_owned(), token: token.to_owned(), retries }
    }

    /// Announces a run.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn announce_run(&self, project: &str, run: &NewRun) -> Result<RunSummary, ClientError> {
        let url = format!("{}{}/projects/{}/runs", self.server, paths::API, paths::encode(project));
        let body = serde_json::to_vec(run)
            .map_err(|error| ClientError::NotPlimsoll(self.server.clone(), error.to_string()))?;
        self.post(&url, "application/json", &body)
    }

    /// Its address, without a slash at the end.
    pub fn server(&self) -> &str {
        &self.server
    }

    /// Reads a page of the API; its path begins after [`paths::API`].
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn get<T: serde::de::DeserializeOwned>(&self, path: &str) -> Result<T, ClientError> {
        let url = format!("{}{}{path}", self.server, paths::API);
        self.until_answered(|| {
            let request = self.agent.get(&url);
            if self.token.is_empty() {
                request.call()
            } else {
                request.header("Authorization", &format!("Bearer {}", self.token)).call()
            }
        })
    }

    /// Uploads a report.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn upload(
        &self,
        project: &str,
        parameters: &UploadParameters,
        body: &[u8],
    ) -> Result<UploadInfo, ClientError> {
        let url = format!(
            "{}{}/projects/{}/uploads?{}",
            self.server,
            paths::API,
            paths::encode(project),
            query(parameters)
        );
        self.post(&url, "application/octet-stream", body)
    }

    /// The files of a run whose source text is of use.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn list_sources(&self, project: &str, run: u64) -> Result<SourceList, ClientError> {
        self.get(&format!("/projects/{}/runs/{run}/sources", paths::encode(project)))
    }

    /// Sends source texts, or asks which are wanted.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn put_sources(
        &self,
        project: &str,
        run: u64,
        sources: &NewSources,
    ) -> Result<SourceAnswer, ClientError> {
        let url =
            format!("{}{}/projects/{}/runs/{run}/sources", self.server, paths::API, paths::encode(project));
        let body = serde_json::to_vec(sources)
            .map_err(|error| ClientError::NotPlimsoll(self.server.clone(), error.to_string()))?;
        self.post(&url, "application/json", &body)
    }

    /// Sends until there is an answer that another attempt would not change. Uploads are idempotent, so that an attempt
    /// whose answer was lost does no harm.
    fn post<T: serde::de::DeserializeOwned>(
        &self,
        url: &str,
        kind: &str,
        body: &[u8],
    ) -> Result<T, ClientError> {
        self.until_answered(|| {
            self.agent
                .post(url)
                .header("Authorization", &format!("Bearer {}", self.token))
                .header("Content-Type", kind)
                .send(body)
        })
    }

    fn until_answered<T: serde::de::DeserializeOwned>(
        &self,
        send: impl Fn() -> Result<Response<ureq::Body>, ureq::Error>,
    ) -> Result<T, ClientError> {
        let mut cause = String::new();
        for attempt in 0..=self.retries {
            if attempt > 0 {
                std::thread::sleep(Duration::from_millis(250 << attempt.min(6)));
            }
            match send() {
                Ok(response) if is_passing(response.status()) => {
                    cause = format!("the server answered {}", response.status())
                }
                Ok(response) => return self.read(response),
                Err(error) => cause = error.to_string(),
            }
        }
        Err(ClientError::Unreachable { server: self.server.clone(), attempts: self.retries + 1, cause })
    }

    fn read<T: serde::de::DeserializeOwned>(
        &self,
        mut response: Response<ureq::Body>,
    ) -> Result<T, ClientError> {
        let status = response.status();
        let not_plimsoll = |cause: String| ClientError::NotPlimsoll(self.server.clone(), cause);
        let body = response
            .body_mut()
            .with_config()
            .limit(64 << 20)
            .read_to_vec()
            .map_err(|error| not_plimsoll(error.to_string()))?;
        if status.is_success() {
            return serde_json::from_slice(&body).map_err(|error| not_plimsoll(error.to_string()));
        }
        match serde_json::from_slice::<ErrorBody>(&body) {
            Ok(ErrorBody { error }) => Err(ClientError::Refused {
                status: status.as_u16(),
                code: error.code,
                message: error.message,
                hint: error.hint,
            }),
            Err(_) => Err(not_plimsoll(format!("status {status}"))),
        }
    }
}

/// Whether the same request may succeed a little later.
fn is_passing(status: StatusCode) -> bool {
    matches!(status.as_u16(), 408 | 429 | 500 | 502 | 503 | 504)
}

/// The parameters as a query, without those that are absent.
fn query(parameters: &UploadParameters) -> String {
    let mut parts = Vec::new();
    if let Ok(serde_json::Value::Object(fields)) = serde_json::to_value(parameters) {
        for (name, value) in fields {
            let values = match value {
                serde_json::Value::Null => continue,
                serde_json::Value::Array(values) => values,
                value => vec![value],
            };
            for value in values {
                let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                parts.push(format!("{name}={}", paths::encode(&text)));
            }
        }
    }
    parts.join("&")
}

#[cfg(test)]
mod tests {
    use plimsoll_api::UploadParameters;

    use super::query;

    #[test]
    fn a_query_names_what_is_set_and_encodes_it() {
        let parameters = UploadParameters {
            commit: "abc".into(),
            branch: Some("feature/ä b".into()),
            pull_request: Some(12),
            flag: vec!["linux".into(), "unit".into()],
            ..UploadParameters::default()
        };
        assert_eq!(
            query(&parameters),
            "branch=feature/%C3%A4%20b&commit=abc&flag=linux&flag=unit&pull_request=12"
        );
    }
}

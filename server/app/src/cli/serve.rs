use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use tracing_subscriber::EnvFilter;

use super::prune::RetentionArguments;
use crate::http::{ReadAccess, ServeOptions, serve};

/// How the server is run.
#[derive(clap::Args)]
pub struct Arguments {
    /// The folder of the database and of what is not read yet; made if it is not there.
    #[arg(long, env = "PLIMSOLL_DATA", default_value = "data")]
    data: PathBuf,
    /// The address to listen on; port 0 takes any that is free.
    #[arg(long, env = "PLIMSOLL_LISTEN", default_value = "127.0.0.1:8080")]
    listen: String,
    /// Who may read: everyone who reaches the server, or who has a token. Uploading always needs a token.
    #[arg(long, env = "PLIMSOLL_READ_ACCESS", value_enum, default_value = "public")]
    read_access: ReadAccess,
    /// Uploads are kept as they came for so many days, so that a newer parser can read them again.
    #[arg(long, env = "PLIMSOLL_KEEP_UPLOADS", default_value_t = 14, value_name = "DAYS")]
    keep_uploads: u32,
    #[command(flatten)]
    retention: RetentionArguments,
    /// A JSON file with other limits than the built-in ones, such as {"file_bytes": 52428800}.
    #[arg(long, env = "PLIMSOLL_LIMITS")]
    limits: Option<PathBuf>,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode, String> {
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::try_from_env("PLIMSOLL_LOG").unwrap_or_else(|_| EnvFilter::new("info")))
        .with_writer(std::io::stderr)
        .init();
    let limits = super::limits(arguments.limits.as_deref())?;
    serve(ServeOptions {
        data: arguments.data.clone(),
        listen: arguments.listen.clone(),
        read_access: arguments.read_access,
        keep_uploads: Duration::from_secs(u64::from(arguments.keep_uploads) * 86_400),
        retention: arguments.retention.policy(),
        limits,
    })?;
    Ok(ExitCode::SUCCESS)
}

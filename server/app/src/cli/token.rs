use std::path::PathBuf;
use std::process::ExitCode;

use plimsoll_store::{Options, Store, StoreError, TokenId};

use super::{print, table};
use crate::http::NewToken;

/// What is done with tokens.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Make a token and print it, this once.
    Create {
        #[command(flatten)]
        data: Data,
        /// Only for this project, which is made if it is not there; for all if absent.
        #[arg(long)]
        project: Option<String>,
        /// What the token is for, so that the list can be read.
        #[arg(long, default_value = "")]
        label: String,
    },
    /// List the tokens, without what they open.
    List {
        #[command(flatten)]
        data: Data,
    },
    /// Make a token useless.
    Revoke {
        #[command(flatten)]
        data: Data,
        /// Its number in the list.
        id: u32,
    },
}

#[derive(clap::Args)]
struct Data {
    /// The data folder; made if it is not there.
    #[arg(long, env = "PLIMSOLL_DATA", default_value = "data")]
    data: PathBuf,
}

impl Data {
    fn open(&self) -> Result<Store, String> {
        Store::open(&self.data, &Options::default())
            .map_err(|error| format!("cannot open the data in {}: {error}", self.data.display()))
    }
}

pub fn run(arguments: &Arguments) -> Result<ExitCode, String> {
    let failed = |error: StoreError| error.to_string();
    match &arguments.command {
        Command::Create { data, project, label } => {
            let token = NewToken::random()?;
            let now = jiff::Timestamp::now().as_second();
            data.open()?
                .write(|writer| {
                    let project = match project {
                        None => None,
                        Some(name) => Some(match writer.find_project(name)? {
                            Some(project) => project.id,
                            None => writer.insert_project(name, name, "main", now)?,
                        }),
                    };
                    writer.insert_token(project, label, &token.hash, now)
                })
                .map_err(failed)?;
            print(&format!("{}\n", token.text))?;
        }
        Command::List { data } => {
            let rows = data
                .open()?
                .read(|reader| {
                    let projects = reader.list_projects()?;
                    let name = |id| {
                        projects.iter().find(|project| project.id == id).map(|project| project.name.clone())
                    };
                    let tokens = reader.list_tokens()?;
                    Ok(tokens
                        .into_iter()
                        .map(|token| {
                            vec![
                                token.id.to_string(),
                                token
                                    .project
                                    .map_or_else(|| "all".to_owned(), |id| name(id).unwrap_or_default()),
                                plimsoll_api::Timestamp(token.created_at).to_string(),
                                token.label,
                            ]
                        })
                        .collect::<Vec<_>>())
                })
                .map_err(failed)?;
            print(&table::render(&["id", "project", "created", "label"], &rows))?;
        }
        Command::Revoke { data, id } => {
            let now = jiff::Timestamp::now().as_second();
            if !data.open()?.write(|writer| writer.delete_token(TokenId(*id), now)).map_err(failed)? {
                return Err(format!("there is no token {id}; `plimsoll token list` shows those there are"));
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

//! `openmds audit-log config update`

use std::path::{Path, PathBuf};

use reqwest::StatusCode;

use super::{ask, print, put, warn};
use crate::http::{Request, refusal};
use crate::json_text::{check_object, indented, with_resource_version};
use crate::server::Server;
use crate::{Connection, Failure, Input, World};

/// Replace the audit log configuration on all registered clusters
///
/// The document goes to the server exactly as it is written, so that the server can name every mistake in it. Its
/// metadata.resource_version must be that of the configuration now in force: if somebody else was faster, nothing is changed and the
/// current document is printed. The answer is the configuration now in force.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:
  openmds audit-log config describe > audit-log-config.json
  vim audit-log-config.json
  openmds audit-log config update --file audit-log-config.json
  openmds audit-log config update --force < audit-log-config.json")]
pub struct ConfigUpdate {
    /// File with the new document [default: standard input]
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// Replace the configuration now in force, whatever version the document was made from
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    connection: Connection,
}

impl ConfigUpdate {
    pub(crate) async fn run(self, world: &mut World) -> Result<(), Failure> {
        let file = self.file.as_deref().filter(|file| *file != Path::new("-"));
        if file.is_none() && world.input.is_terminal() {
            let note = "Reading the document from the terminal; end it with Ctrl-D.";
            world.printer.note(note);
        }
        let (document, source) = document(file, &mut world.input)?;
        check_object(&document, &source)?;
        let mut server = world.server(self.connection).await?;
        let document = if self.force {
            let version = version_in_force(&mut server).await?;
            with_resource_version(&document, &version, &source)?
        } else {
            document
        };
        update(world, &mut server, document).await
    }
}

/// The text of the document and what to call its source.
fn document(file: Option<&Path>, input: &mut Input) -> Result<(String, String), Failure> {
    let (text, source) = match file {
        Some(file) => (std::fs::read_to_string(file), file.display().to_string()),
        None => (input.rest(), "standard input".to_owned()),
    };
    match text {
        Ok(text) => Ok((text, source)),
        Err(error) => Err(Failure::new(format!("cannot read {source}: {error}"))
            .hint("Nothing was sent; give the document with --file FILE or on standard input")),
    }
}

#[derive(serde::Deserialize)]
struct Versioned {
    metadata: Version,
}

#[derive(serde::Deserialize)]
struct Version {
    resource_version: String,
}

/// If the destination cannot be read, `config` fails, but `status` still knows the version that `PUT` will compare with (ruling 8).
async fn version_in_force(server: &mut Server) -> Result<String, Failure> {
    let answer = server.send(&Request::get(&["audit", "config"])?).await?;
    if answer.status.is_success() {
        return Ok(answer.json::<Versioned>()?.metadata.resource_version);
    }
    if answer.status.is_server_error() {
        let request = Request::get(&["audit", "status"])?;
        if let Ok(status) = ask(server, &request).await {
            return Ok(status.json::<Version>()?.resource_version);
        }
    }
    Err(refusal::audit(&answer))
}

async fn update(world: &mut World, server: &mut Server, document: String) -> Result<(), Failure> {
    let answer = put(server, document).await?;
    match answer.status {
        status if status.is_success() => print(world, &answer),
        StatusCode::CONFLICT => {
            world.printer.data(&indented(answer.json_text()?))?;
            Err(Failure::new(format!(
                "{}\nthe configuration has changed since this document was made; nothing was replaced",
                answer.status_line()
            ))
            .hint("Standard output has the current document: make your change in it and update again")
            .hint("Or repeat the command with --force to replace the current document by yours"))
        }
        StatusCode::BAD_REQUEST => {
            Err(refusal::audit(&answer)
                .hint("Nothing was stored; correct the document and try again"))
        }
        _ => {
            warn(world, &answer);
            Err(refusal::audit(&answer))
        }
    }
}

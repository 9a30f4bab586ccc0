//! Replacing a document by a file or by standard input.

use std::path::{Path, PathBuf};

use reqwest::{Method, StatusCode};

use super::kind::{CONFIG, Kind};
use super::{ask, print, warn};
use crate::http::{Answer, Request, refusal};
use crate::interrupt::unless_interrupted;
use crate::json_text::{check_object, indented, with_resource_version};
use crate::server::Server;
use crate::{Connection, Failure, Input, World};

/// Puts the document, with the version now in force if it is forced.
pub(super) async fn update(
    world: &mut World,
    connection: Connection,
    kind: &Kind,
    file: Option<PathBuf>,
    force: bool,
) -> Result<(), Failure> {
    let file = file.as_deref().filter(|file| *file != Path::new("-"));
    if file.is_none() && world.input.is_terminal() {
        let note = "Reading the document from the terminal; end it with Ctrl-D.";
        world.printer.note(note);
    }
    let (document, source) = document(file, &mut world.input)?;
    check_object(&document, &source, kind.a_document)?;
    let mut server = world.server(connection).await?;
    let document = if force {
        let version = version_in_force(&mut server, kind).await?;
        with_resource_version(&document, &version, &source, kind.a_document)?
    } else {
        document
    };
    replace(world, &mut server, kind, document).await
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

/// If the destination cannot be read, the configuration is not told, but `status` still knows the version that `PUT` will compare with
/// (ruling 8). A companion needs no destination.
async fn version_in_force(server: &mut Server, kind: &Kind) -> Result<String, Failure> {
    let answer = server.send(&kind.request(Method::GET)?).await?;
    if answer.status.is_success() {
        return Ok(answer.json::<Versioned>()?.metadata.resource_version);
    }
    if answer.status.is_server_error() && kind.noun == CONFIG.noun {
        let request = Request::get(&["audit", "status"])?;
        if let Ok(status) = ask(server, &request).await {
            return Ok(status.json::<Version>()?.resource_version);
        }
    }
    Err(refusal::audit(&answer))
}

/// Replaces the document; the answer may have any status. The server carries out what it has received, so that somebody who
/// interrupts the command must hear that.
pub(super) async fn put(
    server: &mut Server,
    kind: &Kind,
    document: String,
) -> Result<Answer, Failure> {
    let Kind { noun, command, .. } = kind;
    let request = kind.request(Method::PUT)?.body(document);
    unless_interrupted(server.send(&request)).await.ok_or_else(|| {
        Failure::new(format!("interrupted before the server had answered: whether it replaced the {noun} is not known"))
            .hint(format!("`openmds {command} describe` shows the {noun} now in force"))
    })?
}

async fn replace(
    world: &mut World,
    server: &mut Server,
    kind: &Kind,
    document: String,
) -> Result<(), Failure> {
    let noun = kind.noun;
    let answer = put(server, kind, document).await?;
    match answer.status {
        status if status.is_success() => print(world, &answer, noun),
        StatusCode::CONFLICT => {
            world.printer.data(&indented(answer.json_text()?))?;
            Err(Failure::new(format!(
                "{}\nthe {noun} has changed since this document was made; nothing was replaced",
                answer.status_line()
            ))
            .hint(
                "Standard output has the current document: make your change in it and update again",
            )
            .hint("Or repeat the command with --force to replace the current document by yours"))
        }
        StatusCode::BAD_REQUEST => {
            Err(refusal::audit(&answer)
                .hint("Nothing was stored; correct the document and try again"))
        }
        _ => {
            warn(world, &answer, noun);
            Err(refusal::audit(&answer))
        }
    }
}

//! `openmds cluster describe`

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::http::{Authorization, Client, Request, refusal};
use crate::server_url::ServerUrl;
use crate::session::Store;
use crate::{Connection, Failure, Output, World};

/// Show the cluster that a server belongs to
///
/// Works with every server that answers /v1/metadata/id, and without having logged in.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:
  openmds cluster describe --url http://localhost:8090
  openmds cluster describe -o json")]
pub struct Describe {
    /// Address of the server [default: OPENMDS_URL, else the server of the session]
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// PEM file of certificate authorities to trust besides those of this machine [default: OPENMDS_CA]
    #[arg(long, value_name = "FILE")]
    certificate_authority_path: Option<PathBuf>,
    #[command(flatten)]
    connection: Connection,
    #[command(flatten)]
    output: Output,
}

/// The answer of `/v1/metadata/id`.
#[derive(Debug, Deserialize)]
struct Metadata {
    #[serde(default)]
    id: String,
    scope: Option<MetadataScope>,
}

#[derive(Debug, Deserialize)]
struct MetadataScope {
    #[serde(default)]
    clusters: BTreeMap<String, String>,
}

/// What `-o json` prints; the keys are those of the reference client.
#[derive(Debug, Serialize)]
struct Described {
    crn: String,
    scope: Vec<Element>,
}

#[derive(Debug, Serialize)]
struct Element {
    #[serde(rename = "type")]
    kind: String,
    id: String,
}

impl Describe {
    pub(crate) async fn run(self, world: &mut World) -> Result<(), Failure> {
        let chosen = self.connection.context(&world.environment);
        let session = Store::new(world.environment.config_dir.clone())
            .and_then(|store| store.session(chosen.as_deref()));
        let session = match session {
            Err(failure) if chosen.is_some() => return Err(failure),
            // Without a log in the command works too.
            other => other.ok().flatten(),
        };
        let of_environment = world.environment.url.clone().filter(|_| chosen.is_none());
        let flag = self.url.or(of_environment);
        let url = match (&flag, &session) {
            (Some(text), _) => ServerUrl::parse(text)?,
            (None, Some(session)) => session.url.clone(),
            (None, None) => {
                return Err(
                    Failure::usage("the address of the server is not known").hint("Add --url URL")
                );
            }
        };
        if let Some(assumed) = flag.and_then(|_| url.assumed()) {
            world.printer.notice(assumed);
        }
        let session = session.filter(|session| session.url.as_str() == url.as_str());
        let (of_session, certificate_of_session) = session
            .map(|session| {
                (
                    session.certificate_authority_path,
                    session.client_certificate,
                )
            })
            .unwrap_or_default();
        let authority = self
            .certificate_authority_path
            .or_else(|| world.environment.certificate_authority_path.clone())
            .or(of_session);
        let certificate = self
            .connection
            .certificate
            .files(&world.environment)?
            .or(certificate_of_session);
        let client = Client::new(&url, authority.as_deref(), certificate.as_ref())?;
        describe(world, &client, self.output).await
    }
}

async fn describe(world: &mut World, client: &Client, output: Output) -> Result<(), Failure> {
    let request = Request::get_root(&["v1", "metadata", "id"])?;
    let answer = client.send(&request, Authorization::None).await?;
    if !answer.status.is_success() {
        return Err(refusal::general(&answer).hint(
            "Check that the URL is that of a metadata server or of another server of the platform",
        ));
    }
    let metadata: Metadata = answer.json()?;
    let clusters = metadata
        .scope
        .map(|scope| scope.clusters)
        .unwrap_or_default();
    if let Some(form) = output.structured() {
        let scope = clusters
            .into_iter()
            .map(|(kind, id)| Element { kind, id })
            .collect();
        return world.printer.value(
            form,
            &Described {
                crn: metadata.id,
                scope,
            },
        );
    }
    if !metadata.id.is_empty() {
        world
            .printer
            .data(&format!("Resource name: {}\n\n", metadata.id))?;
    }
    let rows: Vec<_> = clusters
        .into_iter()
        .map(|(kind, id)| vec![kind, id])
        .collect();
    world.printer.table(&["Type", "ID"], &rows)
}

//! `openmds iam acl ...`: ACLs that are kept on a Kafka cluster and managed through the metadata server (mds-api 5).

mod create;
mod delete;
mod flags;
mod list;
mod rows;

use openmds_api::{AclBinding, AclFilterRequest};
use reqwest::{Method, StatusCode};

use crate::http::{Answer, Request, refusal};
use crate::server::Server;
use crate::{Failure, Output, World};

/// ACLs.
#[derive(Debug, clap::Subcommand)]
pub enum AclCommand {
    Create(create::Create),
    Delete(delete::Delete),
    List(list::List),
}

impl AclCommand {
    pub(crate) async fn run(self, world: &mut World) -> Result<(), Failure> {
        match self {
            Self::Create(command) => command.run(world).await,
            Self::Delete(command) => command.run(world).await,
            Self::List(command) => command.run(world).await,
        }
    }
}

/// Success, or a failure that says what was not done (`verb`: create, list, delete).
fn success(answer: Answer, verb: &str) -> Result<Answer, Failure> {
    match answer.status {
        status if status.is_success() => Ok(answer),
        StatusCode::NOT_FOUND => Err(Failure::new(format!(
            "unable to {verb} ACLs: {}",
            answer.status_line()
        ))
        .hint(
            "Check that the URL of the session is that of a metadata server with centralized ACLs",
        )),
        StatusCode::BAD_REQUEST => Err(refusal::general(&answer)
            .hint("`openmds cluster list` shows the ids of the Kafka clusters")),
        _ => Err(refusal::general(&answer)),
    }
}

/// The ACLs that match any of the filters, each once, in the order of the table's columns.
async fn search(
    server: &mut Server,
    filters: &[AclFilterRequest],
) -> Result<Vec<AclBinding>, Failure> {
    let mut found = Vec::new();
    for filter in filters {
        let request = Request::new(Method::POST, &["acls:search"])?.json(filter)?;
        let answer = success(server.send(&request).await?, "list")?;
        found.extend(answer.json::<Vec<AclBinding>>()?);
    }
    Ok(in_order(found))
}

fn in_order(mut acls: Vec<AclBinding>) -> Vec<AclBinding> {
    acls.sort_by(|a, b| rows::columns(a).cmp(&rows::columns(b)));
    acls.dedup();
    acls
}

fn show(world: &mut World, acls: &[AclBinding], output: Output) -> Result<(), Failure> {
    if let Some(form) = output.structured() {
        let rows: Vec<_> = acls.iter().map(rows::Row::from).collect();
        return world.printer.value(form, &rows);
    }
    let rows: Vec<_> = acls.iter().map(rows::cells).collect();
    world.printer.table(&rows::HEADING, &rows)
}

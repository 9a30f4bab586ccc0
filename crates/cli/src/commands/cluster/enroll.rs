//! `openmds cluster enroll`

mod files;
mod valid;

use std::path::PathBuf;

use openmds_api::{JoinTokenRequest, JoinTokens};
use reqwest::Method;
use serde::Serialize;

use self::files::Folder;
use self::valid::Valid;
use super::nodes_of::Nodes;
use super::of_one;
use crate::{Connection, Failure, Output, World};

/// Let nodes of a Kafka cluster join: one token a node
///
/// With a token a broker or controller gets the certificate with which it follows the policy of its cluster; from then on it renews
/// that by itself. A token works for one node, once, until it expires, and is shown only now. Whoever has it can join in the node's
/// place: carry it as you carry a password. With --output-dir it is written into files that only you can read, one a node, and not
/// printed.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:
  openmds cluster enroll payments
  openmds cluster enroll payments --nodes 6 --valid 30m --output-dir tokens
  openmds cluster enroll payments -o json
  openmds cluster enroll --kafka-cluster DBS26_qTQ-mT23p5opUK_g")]
pub struct Enroll {
    #[command(flatten)]
    of: Nodes,
    /// For how many nodes, 1 to 100
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100))]
    nodes: u32,
    /// How long the tokens can be used: a number and s, m, h or d, from 1m to 7d
    #[arg(long, value_name = "TIME", default_value = "1h")]
    valid: Valid,
    /// Directory to write a file a token, the properties and the authority to trust into; it is made if it is not there
    #[arg(long, value_name = "DIR")]
    output_dir: Option<PathBuf>,
    #[command(flatten)]
    connection: Connection,
    #[command(flatten)]
    output: Output,
}

/// What `-o json` prints where the tokens are in files.
#[derive(Debug, Serialize)]
struct Written {
    cluster_id: String,
    cluster_name: String,
    server: String,
    urls: Vec<String>,
    expires_at: String,
    files: Vec<String>,
}

impl Enroll {
    pub(crate) async fn run(self, world: &mut World) -> Result<(), Failure> {
        // Before there are tokens that have nowhere to go.
        let folder = self.output_dir.map(Folder::open).transpose()?;
        let mut server = world.server(self.connection).await?;
        let request = self
            .of
            .request(Method::POST, &["join-tokens"])?
            .json(&JoinTokenRequest {
                count: self.nodes,
                valid_seconds: self.valid.seconds(),
            })?;
        let answer = of_one(server.send(&request).await?)?;
        world.printer.warnings(&answer.warnings);
        let made: JoinTokens = answer.json()?;
        if made.urls.is_empty() {
            world.printer.warning(
                "the server advertises no https URL (confluent.metadata.server.advertised.listeners): nodes join over https only",
            );
        }
        let Some(folder) = folder else {
            return match self.output.structured() {
                Some(form) => world.printer.document(form, &answer),
                None => world.printer.data(&to_paste(&made)),
            };
        };
        let files = folder.write(&made, &properties(&made))?;
        match self.output.structured() {
            Some(form) => world.printer.value(
                form,
                &Written {
                    cluster_id: made.cluster_id,
                    cluster_name: made.cluster_name,
                    server: made.server,
                    urls: made.urls,
                    expires_at: made.expires_at,
                    files,
                },
            ),
            None => world.printer.data(&files.join("\n")),
        }
    }
}

fn to_paste(made: &JoinTokens) -> String {
    format!(
        "# Join tokens for nodes of {} ({}), one a node, good until {}. They are not shown again.\n{}\n\n{}",
        made.cluster_name,
        made.cluster_id,
        made.expires_at,
        made.tokens.join("\n"),
        properties(made)
    )
}

/// What every broker and controller of the cluster needs.
fn properties(made: &JoinTokens) -> String {
    let urls = match made.urls.as_slice() {
        [] => "https://<server>:<port>".to_owned(),
        urls => urls.join(","),
    };
    let trust = match &made.ca_pem {
        Some(_) => {
            "# The authority of the server's certificate: ca.pem of --output-dir, ca_pem of -o json."
        }
        None => {
            "# The authority of the server's certificate, PEM. Leave both lines out if Java trusts it anyway."
        }
    };
    format!(
        "# Properties of every broker and controller of {name} ({id}). Each node has its own directory, for its user alone,
# and its own token in the file; the file can be removed once the node has joined.
openmds.feed.urls={urls}
openmds.feed.join.token.path=/etc/kafka/openmds-join-token
openmds.feed.dir=/var/lib/kafka/openmds
{trust}
openmds.feed.ssl.truststore.type=PEM
openmds.feed.ssl.truststore.location=/etc/kafka/openmds-ca.pem
",
        name = made.cluster_name,
        id = made.cluster_id,
    )
}

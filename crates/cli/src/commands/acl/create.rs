//! `openmds iam acl create`

use reqwest::Method;

use super::flags::AclFlags;
use super::{in_order, show, success};
use crate::http::Request;
use crate::{Connection, Failure, Output, World};

/// Create an ACL on a Kafka cluster
///
/// Needed are the cluster, --principal, --operation, --allow or --deny, and one resource. With several operations that many ACLs
/// are created. What exists already stays.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:
  openmds iam acl create --kafka-cluster DBS26_qTQ-mT23p5opUK_g --allow \\
    --principal User:alice --operation read --operation describe --topic orders
  openmds iam acl create --kafka-cluster DBS26_qTQ-mT23p5opUK_g --deny \\
    --principal Group:guests --operation all --host 10.0.0.7 --topic secret- --prefix")]
pub struct Create {
    #[command(flatten)]
    acl: AclFlags,
    #[command(flatten)]
    connection: Connection,
    #[command(flatten)]
    output: Output,
}

impl Create {
    pub(crate) async fn run(self, world: &mut World) -> Result<(), Failure> {
        let creations = self.acl.creations()?;
        let mut server = world.server(self.connection).await?;
        let mut created = Vec::new();
        for creation in creations {
            let request = Request::new(Method::POST, &["acls"])?.json(&creation)?;
            let answer = server.send(&request).await?;
            let answer = match success(answer, "create") {
                Ok(answer) => answer,
                Err(failure) if created.is_empty() => return Err(failure),
                Err(failure) => {
                    // What is there already must not be guessed.
                    show(world, &in_order(created), self.output)?;
                    return Err(
                        failure.hint("Standard output has the ACLs that were created before that")
                    );
                }
            };
            world.printer.warnings(&answer.warnings);
            created.push(creation.acl_binding);
        }
        show(world, &in_order(created), self.output)
    }
}

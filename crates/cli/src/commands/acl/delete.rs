//! `openmds iam acl delete`

use openmds_api::AclBinding;
use reqwest::Method;

use super::flags::AclFlags;
use super::rows::cells;
use super::{in_order, search, show, success};
use crate::confirm::confirmed;
use crate::http::Request;
use crate::{Connection, Failure, Output, World};

/// Delete ACLs of a Kafka cluster
///
/// The flags say which, as for list: all that match are deleted, after they have been shown and you have agreed. Printed is what
/// was deleted.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:
  openmds iam acl delete --kafka-cluster DBS26_qTQ-mT23p5opUK_g \\
    --principal User:alice --topic orders
  openmds iam acl delete --kafka-cluster DBS26_qTQ-mT23p5opUK_g --force \\
    --principal User:alice --allow --operation read --topic orders- --prefix")]
pub struct Delete {
    #[command(flatten)]
    acl: AclFlags,
    /// Do not ask
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    connection: Connection,
    #[command(flatten)]
    output: Output,
}

impl Delete {
    pub(crate) async fn run(self, world: &mut World) -> Result<(), Failure> {
        if !self.acl.names_something() {
            return Err(Failure::usage("this would delete every ACL of the cluster")
                .hint("Say which: add --principal, a resource, --operation, --host, --allow or --deny")
                .hint("If every ACL is meant, give --allow and --deny in two commands"));
        }
        let filters = self.acl.filters()?;
        let mut server = world.server(self.connection).await?;
        let found = search(&mut server, &filters).await?;
        if found.is_empty() {
            world.printer.notice("No ACL matches; nothing was deleted.");
            return show(world, &found, self.output);
        }
        if !self.force {
            for acl in &found {
                world.printer.notice(&cells(acl).join("  "));
            }
            let question =
                "Are you sure you want to delete the ACL(s) corresponding to these parameters?";
            if !confirmed(world, question)? {
                world.printer.notice("Nothing was deleted.");
                return Ok(());
            }
        }
        let mut deleted: Vec<AclBinding> = Vec::new();
        for filter in filters {
            let request = Request::new(Method::DELETE, &["acls"])?.json(&filter)?;
            let answer = success(server.send(&request).await?, "delete")?;
            world.printer.warnings(&answer.warnings);
            deleted.extend(answer.json::<Vec<AclBinding>>()?);
        }
        show(world, &in_order(deleted), self.output)
    }
}

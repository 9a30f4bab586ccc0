//! `openmds iam rbac role list`

use super::roles::{self, HEADING, Role};
use crate::{Connection, Failure, Output, World};

/// List the roles and what they allow
#[derive(Debug, clap::Args)]
#[command(
    after_long_help = "Examples:\n  openmds iam rbac role list\n  openmds iam rbac role list -o json"
)]
pub struct RoleList {
    #[command(flatten)]
    connection: Connection,
    #[command(flatten)]
    output: Output,
}

impl RoleList {
    pub(crate) async fn run(self, world: &mut World) -> Result<(), Failure> {
        let mut server = world.server(self.connection).await?;
        let answer = roles::all(&mut server).await?;
        if let Some(form) = self.output.structured() {
            return world.printer.document(form, &answer);
        }
        let roles: Vec<Role> = answer.json()?;
        let rows: Vec<_> = roles.iter().flat_map(Role::rows).collect();
        world.printer.table(&HEADING, &rows)
    }
}

//! `openmds iam rbac role describe`

use super::roles::{self, HEADING, LIST_HINT, Role};
use crate::{Connection, Failure, Output, World};

/// Show what a role allows
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:
  openmds iam rbac role describe DeveloperRead
  openmds iam rbac role describe DeveloperRead -o json")]
pub struct RoleDescribe {
    /// Name of the role
    role: String,
    #[command(flatten)]
    connection: Connection,
    #[command(flatten)]
    output: Output,
}

impl RoleDescribe {
    pub(crate) async fn run(self, world: &mut World) -> Result<(), Failure> {
        let mut server = world.server(self.connection).await?;
        let Some(answer) = roles::one(&mut server, &self.role).await? else {
            return Err(Failure::new(format!("unknown role \"{}\"", self.role)).hint(LIST_HINT));
        };
        if let Some(form) = self.output.structured() {
            return world.printer.document(form, &answer);
        }
        world
            .printer
            .table(&HEADING, &answer.json::<Role>()?.rows())
    }
}

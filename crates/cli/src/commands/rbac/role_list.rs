//! `openmds iam rbac role list`

use super::roles::{self, HEADING, Role};
use crate::json_text::indented;
use crate::{ClientCertificate, Failure, Output, OutputFormat, World};

/// List the roles and what they allow
#[derive(Debug, clap::Args)]
#[command(
    after_long_help = "Examples:\n  openmds iam rbac role list\n  openmds iam rbac role list -o json"
)]
pub struct RoleList {
    #[command(flatten)]
    certificate: ClientCertificate,
    #[command(flatten)]
    output: Output,
}

impl RoleList {
    pub(crate) async fn run(self, world: &mut World) -> Result<(), Failure> {
        let mut server = world.server(self.certificate).await?;
        let answer = roles::all(&mut server).await?;
        if self.output.output == OutputFormat::Json {
            return world.printer.data(&indented(answer.json_text()?));
        }
        let roles: Vec<Role> = answer.json()?;
        let rows: Vec<_> = roles.iter().flat_map(Role::rows).collect();
        world.printer.table(&HEADING, &rows)
    }
}

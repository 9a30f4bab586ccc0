//! `openmds cluster list`

use openmds_api::ClusterInfo;

use super::{HEADING, registry, row};
use crate::json_text::indented;
use crate::{ClientCertificate, Failure, Output, OutputFormat, World};

/// List the registered clusters
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:\n  openmds cluster list\n  openmds cluster list -o json")]
pub struct List {
    #[command(flatten)]
    certificate: ClientCertificate,
    #[command(flatten)]
    output: Output,
}

impl List {
    pub(crate) async fn run(self, world: &mut World) -> Result<(), Failure> {
        let mut server = world.server(self.certificate).await?;
        let answer = registry(&mut server).await?;
        if self.output.output == OutputFormat::Json {
            return world.printer.data(&indented(answer.json_text()?));
        }
        let mut entries: Vec<ClusterInfo> = answer.json()?;
        entries.sort_by(|a, b| a.cluster_name.cmp(&b.cluster_name));
        let rows: Vec<_> = entries.iter().map(row).collect();
        world.printer.table(&HEADING, &rows)
    }
}

//! `openmds iam rbac who-can`

use openmds_api::{HolderInfo, WhoCanAnswer};
use reqwest::Method;

use super::question::QuestionFlags;
use crate::http::Request;
use crate::{Connection, Failure, Output, World};

/// List everybody who may do something, each with the reason
///
/// Users, groups, the users whom the directory knows to be in these groups, and super users of the server; then those to whom an
/// ACL denies it. User:* is everybody. It is the server's view: ACLs and super users that a Kafka cluster keeps itself are not in
/// it.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:
  openmds iam rbac who-can --operation Read --resource Topic:orders \\
    --kafka-cluster DBS26_qTQ-mT23p5opUK_g
  openmds iam rbac who-can --operation Alter --resource Cluster:kafka-cluster \\
    --cluster-name payments -o json")]
pub struct WhoCan {
    #[command(flatten)]
    question: QuestionFlags,
    #[command(flatten)]
    connection: Connection,
    #[command(flatten)]
    output: Output,
}

impl WhoCan {
    pub(crate) async fn run(self, world: &mut World) -> Result<(), Failure> {
        let (scope, question) = self.question.question()?;
        let request = Request::new(Method::POST, &["rbac", "who-can"])?.json(&question)?;
        let mut server = world.server(self.connection).await?;
        let answer = server.send(&request).await?;
        if !answer.status.is_success() {
            return Err(scope.refused(&answer));
        }
        let found: WhoCanAnswer = answer.json()?;
        if let Some(form) = self.output.structured() {
            return world.printer.document(form, &answer);
        }
        let row = |may: &'static str| {
            move |holder: &HolderInfo| {
                let host = holder.host.clone().unwrap_or_default();
                let reason = holder.reason.text.clone();
                vec![holder.principal.clone(), may.to_owned(), host, reason]
            }
        };
        let may = found.may.iter().map(row("yes"));
        let rows: Vec<_> = may.chain(found.denied.iter().map(row("no"))).collect();
        let heading = ["Principal", "May", "Only From", "Because"];
        world.printer.table(&heading, &rows)?;
        for note in &found.notes {
            world.printer.notice(note);
        }
        Ok(())
    }
}

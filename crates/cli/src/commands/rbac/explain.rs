//! `openmds iam rbac explain`

use openmds_api::{ExplainRequest, Explanation, LiveDecision, NearRule};
use reqwest::Method;

use super::question::QuestionFlags;
use crate::http::Request;
use crate::principal::check_principal;
use crate::{Connection, Failure, Output, World};

/// Say why a principal may or may not do something
///
/// Prints the decision, the rule that made it, the rules that came near, the commands that would allow it, and where the decision
/// is recorded. Everybody may ask about oneself. It is the server's view: ACLs and super users that a Kafka cluster keeps itself
/// are not in it; with --live each node says how it decides now, by all that it knows. The exit code is 0 whatever the decision is.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:
  openmds iam rbac explain --principal User:alice --operation Read \\
    --resource Topic:orders --kafka-cluster DBS26_qTQ-mT23p5opUK_g
  openmds iam rbac explain --principal User:bob --group developers \\
    --operation Write --resource Topic:orders --host 10.0.0.1 \\
    --cluster-name payments -o json
  openmds iam rbac explain --principal User:alice --operation Read \\
    --resource Topic:orders --cluster-name payments --live")]
pub struct Explain {
    /// Who: User:NAME or Group:NAME
    #[arg(long, value_name = "PRINCIPAL")]
    principal: String,
    #[command(flatten)]
    question: QuestionFlags,
    /// A group that the principal's token names, beside those of the directory; may be repeated
    #[arg(long = "group", value_name = "NAME")]
    groups: Vec<String>,
    /// IP address from which the client comes
    #[arg(long, value_name = "ADDRESS")]
    host: Option<String>,
    /// Ask every node of the Kafka cluster, too, how it decides now
    #[arg(long)]
    live: bool,
    #[command(flatten)]
    connection: Connection,
    #[command(flatten)]
    output: Output,
}

const NODES: [&str; 5] = ["Node", "Roles", "Decision", "Because", "Generation"];

impl Explain {
    pub(crate) async fn run(self, world: &mut World) -> Result<(), Failure> {
        check_principal(&self.principal)?;
        let (scope, question) = self.question.question()?;
        let request = Request::new(Method::POST, &["rbac", "explain"])?.json(&ExplainRequest {
            principal: self.principal,
            groups: self.groups.iter().map(|group| bare(group)).collect(),
            host: self.host,
            live: self.live,
            question,
        })?;
        let mut server = world.server(self.connection).await?;
        let answer = server.send(&request).await?;
        if !answer.status.is_success() {
            return Err(scope.refused(&answer));
        }
        let explanation: Explanation = answer.json()?;
        if let Some(form) = self.output.structured() {
            return world.printer.document(form, &answer);
        }
        world
            .printer
            .properties(&properties(&explanation, &scope.describe()))?;
        for text in commands(&explanation) {
            world.printer.data(&text)?;
        }
        if let Some(nodes) = &explanation.live {
            world.printer.data("")?;
            let rows: Vec<_> = nodes.iter().map(node).collect();
            world.printer.table(&NODES, &rows)?;
            if let Some(warning) = disagreement(&explanation.decision, nodes) {
                world.printer.warning(&warning);
            }
        }
        for note in &explanation.notes {
            world.printer.notice(note);
        }
        Ok(())
    }
}

fn node(node: &LiveDecision) -> Vec<String> {
    let generation = node.generation;
    vec![
        node.node_id.to_string(),
        node.roles.join(", "),
        node.decision.clone().unwrap_or_else(|| node.state.clone()),
        node.text.clone(),
        generation.map_or("-".to_owned(), |generation| generation.to_string()),
    ]
}

/// What stands out: nodes that decide otherwise than the server's view says.
fn disagreement(decision: &str, nodes: &[LiveDecision]) -> Option<String> {
    let differ = |node: &&LiveDecision| node.decision.as_ref().is_some_and(|own| own != decision);
    let ids: Vec<String> = nodes
        .iter()
        .filter(differ)
        .map(|node| node.node_id.to_string())
        .collect();
    (!ids.is_empty()).then(|| {
        format!(
            "decided otherwise than the server's view ({decision}) by: node {}",
            ids.join(", ")
        )
    })
}

/// Groups go by their names alone; whoever writes the type as well means the same.
fn bare(group: &str) -> String {
    group.strip_prefix("Group:").unwrap_or(group).to_owned()
}

fn properties(explanation: &Explanation, scope: &str) -> Vec<(&'static str, String)> {
    let mut properties = vec![
        ("Decision", explanation.decision.clone()),
        ("Because", explanation.reason.text.clone()),
        ("Principal", explanation.principals.join(", ")),
        ("Operation", explanation.operation.clone()),
        (
            "Resource",
            format!(
                "{}:{}",
                explanation.resource_type, explanation.resource_name
            ),
        ),
        ("Scope", scope.to_owned()),
    ];
    properties.extend(explanation.host.clone().map(|host| ("Host", host)));
    let near = explanation.nearest.iter().map(near);
    properties.extend(near.map(|near| ("Came near", near)));
    properties.push(("Audit", explanation.audit.text.clone()));
    properties
}

fn near(near: &NearRule) -> String {
    format!(
        "{} (another {})",
        near.rule.text,
        near.differs.join(" and ")
    )
}

/// What would allow it, a paragraph each.
fn commands(explanation: &Explanation) -> Vec<String> {
    let fix = &explanation.fix;
    let paragraph = |title: &str, commands: &[String]| {
        (!commands.is_empty()).then(|| format!("\n{title}\n    {}", commands.join("\n    ")))
    };
    let one = match (fix.first.is_empty(), fix.one_of.len()) {
        (true, 1) => "This allows it:",
        (true, _) => "Any one of these allows it, those that open least first:",
        (false, 1) => "Then this allows it:",
        (false, _) => "Then any one of these allows it, those that open least first:",
    };
    let first = match fix.one_of.is_empty() {
        true => "Taking away what denies it allows it:",
        false => "First take away what denies it:",
    };
    let both = [paragraph(first, &fix.first), paragraph(one, &fix.one_of)];
    both.into_iter().flatten().collect()
}

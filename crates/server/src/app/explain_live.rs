//! How each node of a cluster decides now: the nodes are asked themselves, by way of the feed.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use openmds_api::{ExplainRequest, FollowingNode, LiveDecision, NodeAnswer, NodeQuestion};
use openmds_policy::names::{ClusterId, Principal, PrincipalType};
use tokio::time::timeout_at;
use uuid::Uuid;

use super::explain::Asked;
use super::{App, AppError};
use crate::store::State;

/// Longest wait for answers: a node that follows has the question at once.
const PATIENCE: Duration = Duration::from_secs(3);

/// Questions travel in a header.
const LONGEST: usize = 1024;

impl App {
    /// Every node of the Kafka cluster that is asked about, and how it decides.
    pub(super) async fn live(
        &self,
        state: &State,
        asked: &Asked,
        request: &ExplainRequest,
    ) -> Result<Vec<LiveDecision>, AppError> {
        let (cluster, question) = question(asked, request)?;
        let nodes = self.following(state, &cluster);
        let follow = |node: &&FollowingNode| matches!(node.state.as_str(), "current" | "behind");
        let mut missing: BTreeSet<i32> = nodes
            .iter()
            .filter(follow)
            .map(|node| node.node_id)
            .collect();
        let mut answers = BTreeMap::new();
        let mut asked = self.feed.questions.ask(cluster, question);
        let end = tokio::time::Instant::now() + PATIENCE;
        while !missing.is_empty() {
            let Ok(Some((node, answer))) = timeout_at(end, asked.next()).await else {
                break;
            };
            missing.remove(&node);
            answers.insert(node, answer);
        }
        let shown = nodes.into_iter().map(|node| {
            let answer = answers.remove(&node.node_id);
            shown(node, answer)
        });
        Ok(shown.collect())
    }
}

fn question(
    asked: &Asked,
    request: &ExplainRequest,
) -> Result<(ClusterId, NodeQuestion), AppError> {
    let Some(cluster) = asked.scope.only_kafka_cluster() else {
        return Err(AppError::invalid(
            "only nodes of a Kafka cluster can be asked how they decide: name a Kafka cluster alone, or leave `live` out",
        ));
    };
    let user = Principal::parse(&request.principal).ok();
    if user.is_none_or(|one| one.kind() != PrincipalType::User) {
        return Err(AppError::invalid(
            "nodes decide about users, with the groups that they have: ask about a user (User:NAME), with `groups` beside it",
        ));
    }
    let question = NodeQuestion {
        id: Uuid::new_v4().to_string(),
        principal: request.principal.clone(),
        groups: request.groups.clone(),
        host: request.host.clone(),
        operation: asked.operation.clone(),
        resource_type: asked.resource.resource_type.clone(),
        resource_name: asked.resource.name.clone(),
    };
    let words = [&question.principal, &question.operation].into_iter();
    let words = words.chain([&question.resource_type, &question.resource_name]);
    let length: usize = words.chain(&question.groups).map(String::len).sum();
    if length > LONGEST {
        return Err(AppError::invalid(format!(
            "a question to nodes may have {LONGEST} bytes in its names, and this one has {length}; the server's view has no such limit: leave `live` out"
        )));
    }
    Ok((cluster, question))
}

fn shown(node: FollowingNode, answer: Option<NodeAnswer>) -> LiveDecision {
    let follows = matches!(node.state.as_str(), "current" | "behind");
    let (state, decision, text, rule) = match answer {
        Some(NodeAnswer {
            decision: Some(decision),
            why,
            rule,
            ..
        }) => (
            "answered".to_string(),
            Some(decision.to_uppercase().replace('-', "_")),
            why.unwrap_or_default(),
            Some(rule),
        ),
        Some(answer) => {
            let why = answer.error.unwrap_or_default();
            let text = format!("the node cannot tell: {why}");
            ("answered".to_string(), None, text, None)
        }
        None if follows => {
            let text = format!(
                "no answer within {} s; the node's plugin (version {}) may be older than this server",
                PATIENCE.as_secs(),
                node.plugin
            );
            ("unanswered".to_string(), None, text, None)
        }
        None => {
            let text = match node.message {
                Some(message) => message,
                None if node.state == "never-seen" => {
                    "the node does not follow this server: enroll it (`openmds cluster enroll NAME`)"
                        .to_string()
                }
                None => "the node is not heard; it decides by what it holds".to_string(),
            };
            (node.state, None, text, None)
        }
    };
    LiveDecision {
        node_id: node.node_id,
        roles: node.roles,
        state,
        decision,
        text,
        generation: node.generation,
        rule,
    }
}

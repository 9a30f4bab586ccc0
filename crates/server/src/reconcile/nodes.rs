//! Asking every node what it has applied (`rulings.md` 7).

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use openmds_kafka::{Admin, ClusterDescription, ConfigValue, KafkaError, NodeConfig};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

use super::document_kind::DocumentKind;
use super::round::Room;
use super::status::{NodePhase, NodeState, Role};
use super::target::Target;
use crate::config::ControllerAddress;

/// How long a round waits for nodes to show what the cluster has taken; a later round asks again.
const PATIENCE: Duration = Duration::from_secs(3);

/// How long one node may take to answer.
const ANSWER: Duration = Duration::from_secs(2);

/// Nodes follow within some 25 ms (`kafka-internals.md` 0b, 3).
const FIRST_PAUSE: Duration = Duration::from_millis(10);

/// A node of which nothing is known.
pub(super) const fn never_asked() -> NodeState {
    NodeState {
        phase: NodePhase::Unknown(String::new()),
        version: None,
        checked_at: None,
    }
}

/// The nodes that the cluster should have: those it names, those it once named, and the
/// controllers whose address is configured.
pub(super) fn expected(
    target: &Target,
    description: Option<&ClusterDescription>,
) -> BTreeSet<(i32, Role)> {
    let mut nodes: BTreeSet<(i32, Role)> = BTreeSet::new();
    let brokers = description
        .into_iter()
        .flat_map(|description| &description.brokers);
    nodes.extend(brokers.map(|broker| (broker.id, Role::Broker)));
    nodes.extend(
        target
            .known_nodes
            .iter()
            .filter(|(_, is_broker)| **is_broker)
            .map(|(id, _)| (*id, Role::Broker)),
    );
    let voters = description
        .into_iter()
        .flat_map(|description| description.controllers.iter().copied());
    let known = target
        .known_nodes
        .iter()
        .filter(|(_, is_broker)| !**is_broker)
        .map(|(id, _)| *id);
    for id in voters.chain(known) {
        // In combined mode the broker of the same id speaks for the process.
        if !nodes.contains(&(id, Role::Broker)) {
            nodes.insert((id, Role::Controller));
        }
    }
    nodes.extend(
        target
            .controllers
            .iter()
            .map(|controller| (controller.node_id, Role::Controller)),
    );
    nodes
}

/// Asks until every node shows the value or patience ends. Answers whether all do.
pub(super) async fn read_back(
    room: &Arc<Room>,
    kind: DocumentKind,
    admin: &Arc<dyn Admin>,
    target: &Target,
    description: &ClusterDescription,
    value: &str,
) -> bool {
    let deadline = Instant::now() + PATIENCE;
    let mut open = expected(target, Some(description));
    room.note_document(&target.id, kind, |document| {
        document.nodes.retain(|key, _| open.contains(key))
    });
    let present: BTreeSet<i32> = description.brokers.iter().map(|broker| broker.id).collect();
    let mut pause = FIRST_PAUSE;
    loop {
        let mut asked = JoinSet::new();
        for (id, role) in open.clone() {
            let (room, admin, target) = (Arc::clone(room), Arc::clone(admin), target.clone());
            let gone = role == Role::Broker && !present.contains(&id);
            let value = value.to_string();
            asked.spawn(async move {
                (
                    id,
                    role,
                    ask(&room, kind, &*admin, &target, id, role, gone, &value).await,
                )
            });
        }
        while let Some(answer) = asked.join_next().await {
            let Ok((id, role, node)) = answer else {
                continue;
            };
            // Only what may still change within this round is asked again.
            if node.phase != NodePhase::Pending {
                open.remove(&(id, role));
            }
            room.note_document(&target.id, kind, |document| {
                let before = document.nodes.entry((id, role)).or_insert_with(never_asked);
                let last = before.checked_at;
                let version = before.version.take();
                *before = node;
                if before.checked_at.is_none() {
                    (before.checked_at, before.version) = (last, version);
                }
            });
        }
        if open.is_empty() || Instant::now() >= deadline {
            break;
        }
        sleep(pause).await;
        pause = (pause * 2).min(Duration::from_millis(200));
    }
    let fleet = room.dispatch.fleet.borrow();
    fleet.get(&target.id).is_some_and(|cluster| {
        let document = cluster.document(kind);
        document
            .nodes
            .values()
            .all(|node| node.phase == NodePhase::Applied)
    })
}

#[expect(
    clippy::too_many_arguments,
    reason = "which node, of which cluster, about which document; called once"
)]
async fn ask(
    room: &Room,
    kind: DocumentKind,
    admin: &dyn Admin,
    target: &Target,
    id: i32,
    role: Role,
    gone: bool,
    value: &str,
) -> NodeState {
    if gone {
        return unknown("the cluster does not count this broker among the living");
    }
    let controller = target
        .controllers
        .iter()
        .find(|controller| controller.node_id == id);
    let answer = match (role, controller) {
        (Role::Broker, _) => timeout(ANSWER, admin.broker_config(id, kind.key())).await,
        (Role::Controller, Some(controller)) => {
            timeout(ANSWER, ask_controller(room, kind, target, controller)).await
        }
        (Role::Controller, None) => {
            return unknown(&format!(
                "its address is not known: set openmds.controllers.{}={id}@<host>:<port of its token listener>",
                target.name
            ));
        }
    };
    match answer {
        Ok(Ok(config)) => judge(room, kind, id, &config, value),
        Ok(Err(error)) => unknown(&error.to_string()),
        Err(_) => {
            if let (Role::Controller, Some(controller)) = (role, controller) {
                room.connections.forget_controller(target, controller).await;
            }
            unknown(&format!("no answer within {} s", ANSWER.as_secs()))
        }
    }
}

async fn ask_controller(
    room: &Room,
    kind: DocumentKind,
    target: &Target,
    controller: &ControllerAddress,
) -> Result<NodeConfig, KafkaError> {
    let admin = room.connections.controller(target, controller).await?;
    let answer = admin.node_config(controller.node_id, kind.key()).await;
    if answer.is_err() {
        room.connections.forget_controller(target, controller).await;
    }
    answer
}

fn unknown(reason: &str) -> NodeState {
    NodeState {
        phase: NodePhase::Unknown(reason.to_string()),
        ..never_asked()
    }
}

fn judge(room: &Room, kind: DocumentKind, id: i32, config: &NodeConfig, value: &str) -> NodeState {
    let phase = match &config.applied {
        ConfigValue::Value(shown) if shown == value => NodePhase::Applied,
        ConfigValue::Hidden => NodePhase::Unknown(match kind {
            DocumentKind::Config => "the node hides the value: is io.openmds.kafka.OpenMdsAuthorizer its authorizer.class.name?",
            DocumentKind::Companion => "the node hides the value: is io.openmds.kafka.OpenMdsAuthorizer, of a release that knows companions, its authorizer.class.name?",
        }.to_string()),
        ConfigValue::Value(_) | ConfigValue::Absent if config.per_broker_override => NodePhase::Drifted(format!(
            "an override of this broker masks the cluster-wide value; remove it: kafka-configs --alter --entity-type brokers --entity-name {id} --delete-config {}",
            kind.key()
        )),
        ConfigValue::Value(_) | ConfigValue::Absent => NodePhase::Pending,
    };
    let version = match &config.applied {
        ConfigValue::Value(shown) => kind.version(shown),
        _ => None,
    };
    NodeState {
        phase,
        version,
        checked_at: Some(room.clock.now()),
    }
}

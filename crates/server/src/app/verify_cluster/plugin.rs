//! Whether every broker and every dedicated controller runs the authorizer that records events, and
//! shows the document that it has applied.

use std::collections::{BTreeMap, BTreeSet};

use openmds_kafka::{
    Admin, ClusterDescription, ConfigValue, Connector, ControllerAdmin, KafkaError, NodeConfig,
};
use openmds_policy::audit::ROUTER_CONFIG_KEY;

use super::{Finding, KafkaTarget};
use crate::config::ControllerAddress;

const AUTHORIZER_KEY: &str = "authorizer.class.name";
const AUTHORIZER: &str = "io.openmds.kafka.OpenMdsAuthorizer";

/// What is wrong with one node, and what to do about it.
struct Fault {
    detail: String,
    fix: String,
}

/// A broker by its cluster, or a controller by itself.
enum Asked<'a> {
    Broker(&'a dyn Admin),
    Controller(&'a dyn ControllerAdmin),
}

impl Asked<'_> {
    async fn config(&self, id: i32, key: &str) -> Result<NodeConfig, KafkaError> {
        match self {
            Self::Broker(admin) => admin.broker_config(id, key).await,
            Self::Controller(admin) => admin.node_config(id, key).await,
        }
    }
}

/// Every broker must name our authorizer; one that keeps another silently records nothing.
pub(super) async fn brokers(admin: &dyn Admin, described: &ClusterDescription) -> Finding {
    let mut faults = Vec::new();
    for broker in &described.brokers {
        let node = format!("broker {}", broker.id);
        faults.extend(fault(&Asked::Broker(admin), broker.id, &node).await);
    }
    let ids: Vec<i32> = described.brokers.iter().map(|broker| broker.id).collect();
    verdict("plugin", "broker", &ids, faults)
}

/// The same for the controllers that are no brokers, each at its own address; nothing where there
/// is none.
pub(super) async fn controllers(
    connector: &dyn Connector,
    target: &KafkaTarget<'_>,
    described: &ClusterDescription,
) -> Option<Finding> {
    let brokers: BTreeSet<i32> = described.brokers.iter().map(|broker| broker.id).collect();
    let mut dedicated: BTreeMap<i32, Option<&ControllerAddress>> = BTreeMap::new();
    dedicated.extend(described.controllers.iter().map(|id| (*id, None)));
    let configured = target.controllers.iter();
    dedicated.extend(configured.map(|address| (address.node_id, Some(address))));
    dedicated.retain(|id, _| !brokers.contains(id));
    if dedicated.is_empty() {
        return None;
    }
    let mut faults = Vec::new();
    for (id, address) in &dedicated {
        faults.extend(match address {
            Some(address) => controller_fault(connector, target, address).await,
            None => Some(Fault {
                detail: format!("controller {id} cannot be asked: its address is not known"),
                fix: format!(
                    "set openmds.controllers.{}={id}@<host>:<port of its token listener> in this server's file, and restart this server",
                    target.name
                ),
            }),
        });
    }
    let ids: Vec<i32> = dedicated.into_keys().collect();
    Some(verdict("controllers", "controller", &ids, faults))
}

async fn controller_fault(
    connector: &dyn Connector,
    target: &KafkaTarget<'_>,
    controller: &ControllerAddress,
) -> Option<Fault> {
    let ControllerAddress { node_id, address } = controller;
    let node = format!("controller {node_id} at {address}");
    let fault = |reason: String| Fault {
        detail: format!("{node} cannot be asked: {reason}"),
        fix: format!(
            "give that controller a token listener as `openmds cluster config {}` says, and its address to openmds.controllers.{} of this server",
            target.name, target.name
        ),
    };
    let connection = match target.controller_connection(controller) {
        Ok(connection) => connection,
        Err(reason) => return Some(fault(reason)),
    };
    let admin = match connector.connect_controller(&connection).await {
        Ok(admin) => admin,
        Err(error) => return Some(fault(error.to_string())),
    };
    let found = self::fault(&Asked::Controller(&*admin), *node_id, &node).await;
    admin.close().await;
    found
}

async fn fault(asked: &Asked<'_>, id: i32, node: &str) -> Option<Fault> {
    let unanswered = |error: KafkaError| {
        Fault {
        detail: format!("{node}: {error}"),
        fix: "see that this server reaches every node at the address that it advertises on its token listener, and that the node runs".to_string(),
    }
    };
    let without = |what: String| Fault {
        detail: format!("{node} {what}: it records no audit events"),
        fix: format!(
            "put the OpenMDS jar on the class path and set {AUTHORIZER_KEY}={AUTHORIZER} on every broker and controller, then restart them one by one"
        ),
    };
    match asked.config(id, AUTHORIZER_KEY).await {
        Err(error) => return Some(unanswered(error)),
        Ok(config) => match config.applied {
            ConfigValue::Value(class) if class == AUTHORIZER => {}
            ConfigValue::Value(class) if !class.is_empty() => {
                return Some(without(format!("runs {class}")));
            }
            _ => return Some(without("runs no authorizer".to_string())),
        },
    }
    match asked.config(id, ROUTER_CONFIG_KEY).await {
        Err(error) => Some(unanswered(error)),
        Ok(config) if config.applied == ConfigValue::Hidden => Some(Fault {
            detail: format!(
                "{node} runs {AUTHORIZER}, but hides {ROUTER_CONFIG_KEY}: whether it has applied the document cannot be seen"
            ),
            fix: format!(
                "look for {ROUTER_CONFIG_KEY} in that node's log at WARN: its jar may be older than its Kafka; replace it, then restart the node"
            ),
        }),
        Ok(_) => None,
    }
}

fn verdict(check: &'static str, role: &str, ids: &[i32], faults: Vec<Fault>) -> Finding {
    if faults.is_empty() {
        let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
        let (roles, runs) = match ids.len() {
            1 => (role.to_string(), "runs"),
            _ => (format!("{role}s"), "run"),
        };
        let ids = ids.join(", ");
        return Finding::good(check, format!("{roles} {ids} {runs} {AUTHORIZER}"));
    }
    let mut details = Vec::new();
    let mut fixes: Vec<String> = Vec::new();
    for Fault { detail, fix } in faults {
        details.push(detail);
        if !fixes.contains(&fix) {
            fixes.push(fix);
        }
    }
    Finding::bad(check, details.join("; "), fixes.join("; "))
}

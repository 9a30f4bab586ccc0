//! The server's own audit events, at the destination and, while that is away, in the server's log.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use openmds_playground::events::{EventStream, text};
use openmds_playground::shape::LOGS;
use openmds_playground::story::{ALLOWED_TOPIC, DEFAULT_TOPIC};
use serde_json::{Value, json};

use crate::world::{REST, World};

const FALLBACK: &str = "io.confluent.security.audit.log.fallback: ";

/// The exporter keeps an event for 30 s before it is a line of the log.
const GIVEN_UP: Duration = Duration::from_secs(90);

fn operator<'a>(action: &'a str, principal: &'a str, cluster: &'a str) -> [&'a str; 10] {
    [
        "iam",
        "rbac",
        "role-binding",
        action,
        "--role",
        "Operator",
        "--principal",
        principal,
        "--kafka-cluster",
        cluster,
    ]
}

fn is(event: &Value, method: &str, principal: &str) -> bool {
    text(event, "/data/methodName") == method
        && text(event, "/data/authenticationInfo/principal") == principal
}

/// Somebody is refused, a role is bound, the document changes: all of it is at the destination, by
/// the routes in force.
pub(crate) fn decisions_and_changes_are_at_the_destination(world: &World) -> Result<()> {
    let payments = world.payments()?.id().to_owned();
    let carol = format!("User:carol-{}", uuid::Uuid::new_v4().simple());
    let refused = world
        .playground
        .cli("bob", &operator("create", &carol, &payments))?;
    ensure!(
        !refused.succeeded(),
        "bob may bind roles: {}",
        refused.said()
    );
    world.must("mds", &operator("create", &carol, &payments))?;
    let mut events = EventStream::open(&world.playground, LOGS.name, DEFAULT_TOPIC)?;
    let denied = events.wait_for(REST, |event| {
        is(event, "mds.Authorize", "User:bob")
            && event.pointer("/data/authorizationInfo/granted") == Some(&json!(false))
            && text(event, "/subject").contains(&payments)
    })?;
    ensure!(
        text(&denied, "/data/authorizationInfo/operation") == "AlterAccess",
        "{denied}"
    );
    ensure!(
        text(&denied, "/type") == "io.confluent.kafka.server/authorization",
        "{denied}"
    );
    let bound = events.wait_for(REST, |event| {
        is(event, "mds.ChangeRoleBinding", "User:mds")
            && text(event, "/data/change/key").contains(&carol)
    })?;
    ensure!(
        bound.pointer("/data/change/before") == Some(&Value::Null),
        "{bound}"
    );
    ensure!(
        text(&bound, "/type") == "io.openmds.server/change",
        "{bound}"
    );
    // Another document: what alice changes now is recorded by the new one's default topic.
    let mut document = world.describe()?;
    document["default_topics"]["allowed"] = json!(ALLOWED_TOPIC);
    let now = world.updated(&document)?;
    let version = now["metadata"]["resource_version"]
        .as_str()
        .context("a version")?;
    let mut moved = EventStream::open(&world.playground, LOGS.name, ALLOWED_TOPIC)?;
    moved.wait_for(REST, |event| {
        is(event, "mds.ChangeAuditLogConfig", "User:alice")
            && text(event, "/data/change/after/resourceVersion") == version
    })?;
    Ok(())
}

/// With the destination away, the same JSON is in the server's log.
pub(crate) fn with_the_destination_away_they_are_in_the_log(world: &World) -> Result<()> {
    let nowhere = format!("no-such-cluster-{}", uuid::Uuid::new_v4().simple());
    let logs = world.playground.cluster(LOGS.name)?;
    logs.node(1)?.kill()?;
    let refused = world
        .playground
        .cli("bob", &operator("create", "User:carol", &nowhere))?;
    ensure!(
        !refused.succeeded(),
        "bob may bind roles: {}",
        refused.said()
    );
    let deadline = Instant::now() + GIVEN_UP;
    let event = loop {
        let log = world.playground.server().log();
        let mut lines = log.lines().filter_map(|line| line.split_once(FALLBACK));
        if let Some((_, event)) = lines.find(|(_, event)| event.contains(&nowhere)) {
            break serde_json::from_str::<Value>(event).context("the line is JSON")?;
        }
        ensure!(
            Instant::now() < deadline,
            "the event is not in the server's log"
        );
        thread::sleep(Duration::from_millis(100));
    };
    ensure!(is(&event, "mds.Authorize", "User:bob"), "{event}");
    logs.start()?;
    world.applied()
}

//! The server's own audit events: decisions and changes, at the destination or in the log.

use std::io::Write;
use std::sync::{Arc, Mutex};

use openmds_kafka::fake::{FakeCluster, FakeCondition};
use serde_json::{Value, json};
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::fmt::MakeWriter;

use crate::desk::{Desk, TOPIC, document, eventually};
use crate::world::{LOGS, OTHER_LOGS, World};

pub(crate) const SERVERS: &str = "confluent.security.event.logger.exporter.kafka.bootstrap.servers";

pub(crate) fn events(cluster: &FakeCluster) -> Vec<Value> {
    let records = cluster.records(TOPIC);
    let parsed = records.iter().map(|record| {
        assert_eq!(
            record.headers,
            [("content-type", "application/cloudevents+json")]
        );
        serde_json::from_slice(&record.value).unwrap()
    });
    parsed.collect()
}

/// Waits for an event of the method that satisfies the condition.
pub(crate) async fn event(
    cluster: &FakeCluster,
    method: &str,
    wanted: impl Fn(&Value) -> bool,
) -> Value {
    let found = || async {
        let events = events(cluster).into_iter();
        let mut events = events.filter(|event| event["data"]["methodName"] == method);
        events.find(&wanted)
    };
    eventually(&format!("{method} is recorded"), found).await
}

pub(crate) async fn world_with_document() -> (World, Desk) {
    let mut world = World::new();
    world.set(SERVERS, LOGS);
    let desk = world.start().await;
    desk.register("home", "home-id", crate::world::HOME).await;
    desk.update(&document(1)).await.is(200);
    (world, desk)
}

fn binding() -> (&'static str, Value) {
    let scope = json!({"clusters": {"kafka-cluster": "payments-id"}});
    ("/principals/User:bob/roles/Operator", scope)
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_recorded_as_the_reference_does() {
    let (world, desk) = world_with_document().await;
    let (path, scope) = binding();
    desk.post("alice", path, &scope).await.is(403);
    let denied = event(&world.logs, "mds.Authorize", |event| {
        event["data"]["authorizationInfo"]["granted"] == false
    })
    .await;
    assert_eq!(denied["type"], "io.confluent.kafka.server/authorization");
    assert_eq!(denied["source"], "crn:///kafka=home-id");
    let subject = "crn:///kafka=payments-id/security-metadata=SecurityMetadata";
    assert_eq!(denied["subject"], subject);
    assert_eq!(denied["data"]["resourceName"], subject);
    assert_eq!(
        denied["data"]["authenticationInfo"]["principal"],
        "User:alice"
    );
    assert_eq!(
        denied["data"]["authorizationInfo"]["operation"],
        "AlterAccess"
    );
    assert_eq!(denied["data"]["request"]["correlation_id"], "-1");
    assert_eq!(denied["route"], TOPIC);
}

#[tokio::test(start_paused = true)]
async fn an_acl_that_decided_is_named() {
    let (world, desk) = world_with_document().await;
    let entry = |permission: &str, principal: &str| {
        json!({
            "scope": {"clusters": {"kafka-cluster": "home-id"}},
            "aclBinding": {
                "pattern": {"resourceType": "CLUSTER", "name": "kafka-cluster", "patternType": "LITERAL"},
                "entry": {"principal": principal, "host": "*", "operation": "DESCRIBE", "permissionType": permission},
            },
        })
    };
    let search = json!({
        "scope": {"clusters": {"kafka-cluster": "home-id"}},
        "aclBindingFilter": {"patternFilter": {"resourceType": "ANY", "patternType": "ANY"}, "entryFilter": {"operation": "ANY", "permissionType": "ANY"}},
    });
    let decided = |granted: bool| {
        event(&world.logs, "mds.Authorize", move |event| {
            let info = &event["data"]["authorizationInfo"];
            info["granted"] == granted && !info["aclAuthorization"].is_null()
        })
    };
    let allow = entry("ALLOW", "User:*");
    desk.post("mds", "/acls", &allow).await.is(204);
    desk.post("alice", "/acls:search", &search).await.is(200);
    let allowed = decided(true).await;
    assert_eq!(
        allowed["data"]["authorizationInfo"]["aclAuthorization"],
        json!({"permissionType": "ALLOW", "host": "*", "actingPrincipal": "User:*"})
    );
    let deny = entry("DENY", "User:alice");
    desk.post("mds", "/acls", &deny).await.is(204);
    desk.post("alice", "/acls:search", &search).await.is(403);
    let denied = decided(false).await;
    assert_eq!(
        denied["data"]["authorizationInfo"]["aclAuthorization"],
        json!({"permissionType": "DENY", "host": "*"})
    );
}

#[tokio::test(start_paused = true)]
async fn a_change_says_who_what_before_and_after() {
    let (world, desk) = world_with_document().await;
    let (path, scope) = binding();
    desk.post("mds", path, &scope).await.is(204);
    let by_super_user = event(&world.logs, "mds.Authorize", |event| {
        event["data"]["authorizationInfo"]["resourceType"] == "SecurityMetadata"
    })
    .await;
    assert_eq!(
        by_super_user["data"]["authorizationInfo"]["superUserAuthorization"],
        true
    );
    let bound = event(&world.logs, "mds.ChangeRoleBinding", |_| true).await;
    assert_eq!(bound["type"], "io.openmds.server/change");
    assert_eq!(bound["data"]["authenticationInfo"]["principal"], "User:mds");
    let change = &bound["data"]["change"];
    assert_eq!(change["key"], "User:bob/Operator/kafka-cluster payments-id");
    assert_eq!(change["before"], Value::Null);
    assert_eq!(change["after"], json!({"resourcePatterns": []}));
    let generation = change["generation"].as_u64().unwrap();
    assert_eq!(change["generationBefore"].as_u64().unwrap() + 1, generation);
    // What changes nothing is no change.
    desk.post("mds", path, &scope).await.is(204);
    desk.delete("mds", path, Some(&scope)).await.is(204);
    let unbound = event(&world.logs, "mds.ChangeRoleBinding", |event| {
        event["data"]["change"]["after"].is_null()
    })
    .await;
    assert_eq!(unbound["data"]["change"]["before"], change["after"]);
    assert_eq!(unbound["data"]["change"]["generation"], generation + 1);
    let replaced = event(&world.logs, "mds.ChangeAuditLogConfig", |_| true).await;
    let version = &desk.document().await["metadata"]["resource_version"];
    assert_eq!(
        replaced["data"]["change"]["after"]["resourceVersion"],
        *version
    );
}

#[tokio::test(start_paused = true)]
async fn the_document_in_force_says_where_and_whose() {
    let (world, desk) = world_with_document().await;
    let mut elsewhere = document(1);
    elsewhere["destinations"]["bootstrap_servers"] = json!([OTHER_LOGS]);
    elsewhere["excluded_principals"] = json!(["User:mds"]);
    desk.update(&elsewhere).await.is(200);
    let (path, scope) = binding();
    desk.post("mds", path, &scope).await.is(204);
    desk.post("alice", path, &scope).await.is(403);
    event(&world.other_logs, "mds.Authorize", |event| {
        event["data"]["authenticationInfo"]["principal"] == "User:alice"
    })
    .await;
    // What it did before, the update itself, was decided by the document before and may come late.
    let by_mds = events(&world.other_logs).into_iter();
    let mut by_mds = by_mds.filter(|event| {
        let about = event["subject"].as_str().unwrap_or_default();
        event["data"]["authenticationInfo"]["principal"] == "User:mds"
            && about.contains("payments-id")
    });
    assert_eq!(by_mds.next(), None, "mds is excluded");
    let denials = events(&world.logs).into_iter();
    let mut denials =
        denials.filter(|event| event["data"]["authorizationInfo"]["granted"] == false);
    assert_eq!(denials.next(), None, "the old destination gets no more");
}

/// What the log says.
#[derive(Clone, Default)]
pub(crate) struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

impl Lines {
    pub(crate) fn listen() -> (Self, DefaultGuard) {
        let lines = Self::default();
        let subscriber = tracing_subscriber::fmt()
            .with_writer(lines.clone())
            .with_ansi(false);
        (lines, tracing::subscriber::set_default(subscriber.finish()))
    }

    /// The events in the fallback.
    pub(crate) fn events(&self) -> Vec<Value> {
        let lines = self.under("io.confluent.security.audit.log.fallback: ");
        let event = |line: &String| serde_json::from_str(line).unwrap();
        lines.iter().map(event).collect()
    }

    /// What stands behind the target's name in the log.
    pub(crate) fn under(&self, target: &str) -> Vec<String> {
        // Another test's thread may have found the line's call site without any listener.
        tracing::callsite::rebuild_interest_cache();
        let text = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
        let lines = text.lines().filter_map(|line| {
            let (_, event) = line.split_once(target)?;
            Some(event.to_string())
        });
        lines.collect()
    }
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_delivered_is_the_same_line_in_the_log() {
    let (lines, _listening) = Lines::listen();
    let (world, desk) = world_with_document().await;
    event(&world.logs, "mds.ChangeAuditLogConfig", |_| true).await;
    world.logs.set_condition(FakeCondition::Unreachable);
    let (path, scope) = binding();
    desk.post("alice", path, &scope).await.is(403);
    let logged = eventually("the event is in the log", || async {
        let events = lines.events().into_iter();
        let mut denials =
            events.filter(|event| event["data"]["authorizationInfo"]["granted"] == false);
        denials.next()
    })
    .await;
    assert_eq!(logged["route"], TOPIC);
    assert_eq!(
        logged["data"]["authenticationInfo"]["principal"],
        "User:alice"
    );
    // While it is away only for a moment, nothing is lost to the topic.
    let (path, scope) = ("/principals/User:bob/roles/ClusterAdmin", scope);
    desk.post("alice", path, &scope).await.is(403);
    world.logs.set_condition(FakeCondition::Reachable);
    event(&world.logs, "mds.Authorize", |event| {
        event["data"]["authorizationInfo"]["granted"] == false
    })
    .await;
    assert_eq!(
        lines
            .events()
            .iter()
            .filter(|event| **event == logged)
            .count(),
        1
    );
}

#[tokio::test(start_paused = true)]
async fn a_request_never_waits_for_a_frozen_destination() {
    let (_world, desk) = {
        let (world, desk) = world_with_document().await;
        world.logs.set_condition(FakeCondition::Frozen);
        (world, desk)
    };
    let begun = tokio::time::Instant::now();
    let (path, scope) = binding();
    for _ in 0..100 {
        desk.post("alice", path, &scope).await.is(403);
    }
    assert!(
        begun.elapsed() < std::time::Duration::from_secs(1),
        "{:?}",
        begun.elapsed()
    );
}

#[tokio::test(start_paused = true)]
async fn switched_off_there_are_none() {
    let mut world = World::new();
    world.set(SERVERS, LOGS);
    world.set("confluent.security.event.logger.enable", "false");
    let desk = world.start().await;
    desk.update(&document(1)).await.is(200);
    desk.app
        .trail
        .close(std::time::Duration::from_secs(5))
        .await;
    assert_eq!(events(&world.logs), Vec::<Value>::new());
}

#[tokio::test(start_paused = true)]
async fn impersonation_is_recorded_without_the_token() {
    let mut world = World::new();
    world.set(SERVERS, LOGS);
    world.set(
        "confluent.metadata.server.impersonation.super.users",
        "User:alice",
    );
    let desk = world.start().await;
    desk.update(&document(1)).await.is(200);
    let target = json!({"targetPrincipalName": "bob", "targetPrincipalType": "USER"});
    let answer = desk.post("alice", "/impersonate", &target).await.is(200);
    let token = answer.json()["auth_token"].as_str().unwrap().to_string();
    let recorded = event(&world.logs, "mds.Impersonate", |_| true).await;
    let who = &recorded["data"]["authenticationInfo"]["principal"];
    assert_eq!(who, "User:alice");
    assert_eq!(recorded["data"]["change"]["key"], "User:bob");
    assert!(!recorded.to_string().contains(&token));
}

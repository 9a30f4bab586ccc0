//! Who let whom in, and who was turned away: the audit trail knows.

use serde_json::{Value, json};

use super::{Fleet, Key, asking};
use crate::desk::document;
use crate::own_events::{SERVERS, event, events};
use crate::world::LOGS;

async fn recorded() -> Fleet {
    let fleet = Fleet::with(|world, _| {
        world.set(SERVERS, LOGS);
    })
    .await;
    let desk = &fleet.street.desk;
    desk.register("home", "home-id", crate::world::HOME).await;
    desk.update(&document(1)).await.is(200);
    fleet
}

#[tokio::test]
async fn each_step_of_a_nodes_life_is_a_change() {
    let fleet = recorded().await;
    let member = fleet.joined(1).await;
    fleet.visit(&member).await.is(200);
    let path = "/registry/clusters/payments/nodes/1";
    fleet.street.desk.delete("mds", path, None).await.is(204);
    let logs = &fleet.world.logs;
    let made = event(logs, "mds.CreateJoinToken", |_| true).await;
    assert_eq!(made["data"]["authenticationInfo"]["principal"], "User:mds");
    assert_eq!(made["data"]["change"]["after"]["clusterId"], "payments-id");
    let token = &made["data"]["change"]["key"];
    let joined = event(logs, "mds.EnrollNode", |_| true).await;
    let node = "User:openmds:cluster:payments-id:node:1";
    assert_eq!(joined["data"]["authenticationInfo"]["principal"], node);
    let address = &joined["data"]["requestMetadata"]["client_address"];
    assert_eq!(address, "/127.0.0.1");
    let change = &joined["data"]["change"];
    assert_eq!(change["key"], "payments-id/1");
    assert_eq!(change["before"], Value::Null);
    assert_eq!(change["after"]["joinToken"], *token);
    let serial = member.certificate().serial.to_string();
    let certificates = json!([{"serial": serial, "expiresAt": "2026-02-01T03:04:05Z"}]);
    assert_eq!(change["after"]["certificates"], certificates);
    let renewed = event(logs, "mds.RenewNodeCertificate", |_| true).await;
    let change = &renewed["data"]["change"];
    assert_eq!(change["before"]["certificates"], certificates);
    assert_eq!(change["after"]["certificates"].as_array().unwrap().len(), 2);
    let gone = event(logs, "mds.WithdrawNode", |_| true).await;
    assert_eq!(gone["data"]["authenticationInfo"]["principal"], "User:mds");
    assert_eq!(gone["data"]["change"]["after"], Value::Null);
    let all = format!("{:?}", events(logs));
    assert!(!all.contains(&member.token));
}

#[tokio::test]
async fn whoever_is_turned_away_is_recorded_with_the_reason() {
    let fleet = recorded().await;
    let member = fleet.joined(1).await;
    let key = Key::new();
    let spare = fleet.token().await;
    let mut elsewhere = asking(&spare, 5, &key);
    elsewhere["cluster_id"] = json!("home-id");
    let mut unproven = asking(&spare, 5, &key);
    unproven["proof"] = json!(Key::new().sign(&spare));
    for body in [
        elsewhere,
        unproven,
        asking(&member.token, 2, &key),
        asking("openmds-join-nothing", 3, &key),
    ] {
        fleet.join(&body).await.is(403);
    }
    fleet.world.clock.advance(600);
    fleet.join(&asking(&spare, 4, &key)).await.is(403);
    let desk = &fleet.street.desk;
    desk.delete("mds", "/registry/clusters/payments/nodes/1", None)
        .await
        .is(204);
    fleet.visit(&member).await.is(403);
    let expected = [
        ("other-cluster", "home-id", 5, json!("payments-id")),
        ("wrong-proof", "payments-id", 5, json!("payments-id")),
        ("used-token", "payments-id", 2, json!("payments-id")),
        ("unknown-token", "payments-id", 3, Value::Null),
        ("expired-token", "payments-id", 4, json!("payments-id")),
        ("withdrawn", "payments-id", 1, Value::Null),
    ];
    for (reason, cluster, node, of_token) in expected {
        let refused = event(&fleet.world.logs, "mds.RefuseNode", |event| {
            event["data"]["change"]["after"]["reason"] == reason
        })
        .await;
        let after = &refused["data"]["change"]["after"];
        assert_eq!(after["claimedClusterId"], cluster, "{reason}");
        assert_eq!(after["claimedNodeId"], node, "{reason}");
        assert_eq!(after["clusterIdOfToken"], of_token, "{reason}");
        let who = &refused["data"]["authenticationInfo"]["principal"];
        assert_eq!(who, "User:ANONYMOUS");
    }
    let all = format!("{:?}", events(&fleet.world.logs));
    assert!(!all.contains(&spare) && !all.contains(&member.token));
}

/// Refusals are routed as denials are.
#[tokio::test]
async fn refusals_go_where_denials_go() {
    let fleet = recorded().await;
    let mut apart = document(1);
    apart["default_topics"]["denied"] = json!("");
    fleet.street.desk.update(&apart).await.is(200);
    fleet
        .join(&asking("openmds-join-nothing", 3, &Key::new()))
        .await
        .is(403);
    let member = fleet.joined(1).await;
    event(&fleet.world.logs, "mds.EnrollNode", |_| true).await;
    let all = events(&fleet.world.logs);
    let refused = all
        .iter()
        .filter(|event| event["data"]["methodName"] == "mds.RefuseNode");
    assert_eq!(refused.count(), 0);
    drop(member);
}

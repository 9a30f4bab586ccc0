//! The end of certificates before their time.

use axum::http::Method;

use super::{Fleet, asking};

#[tokio::test]
async fn a_withdrawn_node_needs_a_new_token() {
    let fleet = Fleet::new().await;
    let (member, other) = (fleet.joined(1).await, fleet.joined(2).await);
    let desk = &fleet.street.desk;
    desk.delete("mds", "/registry/clusters/payments/nodes/1", None)
        .await
        .is(204);
    fleet
        .visit(&member)
        .await
        .refuses(403, "the node was withdrawn");
    // On a new connection too.
    let anew = fleet.client_with(&member.answer, &member.key);
    let serial = member.certificate().serial.to_string();
    fleet.renew(&anew, &serial, &member.key).await.is(403);
    // The token that it used does not bring it back.
    let again = asking(&member.token, 1, &member.key);
    fleet
        .join(&again)
        .await
        .refuses(403, "the token was used before");
    fleet.visit(&other).await.is(200);
    let back = fleet.joined(1).await;
    fleet.visit(&back).await.is(200);
    fleet.visit(&member).await.refuses(403, "has joined anew");
}

#[tokio::test]
async fn a_node_that_joins_anew_leaves_its_old_certificates_behind() {
    let fleet = Fleet::new().await;
    let (old, new) = (fleet.joined(1).await, fleet.joined(1).await);
    fleet.visit(&old).await.refuses(403, "has joined anew");
    fleet.visit(&new).await.is(200);
    // Nor does the old token turn things round.
    let again = asking(&old.token, 1, &old.key);
    fleet
        .join(&again)
        .await
        .refuses(403, "the token was used before");
    fleet.visit(&new).await.is(200);
}

#[tokio::test]
async fn nodes_belong_to_a_cluster_not_to_its_name() {
    let fleet = Fleet::new().await;
    let member = fleet.joined(1).await;
    let unused = fleet.token().await;
    let desk = &fleet.street.desk;
    desk.delete("mds", "/registry/clusters/payments", None)
        .await
        .is(204);
    fleet.visit(&member).await.is(200);
    let ask = asking(&unused, 2, &member.key);
    fleet.join(&ask).await.is(200);
    let path = "/openmds/1.0/clusters/payments-id/join-tokens";
    let body = serde_json::json!({"count": 1, "valid_seconds": 600});
    desk.call("bob", Method::POST, path, Some(&body))
        .await
        .is(403);
    let made = desk.call("mds", Method::POST, path, Some(&body)).await;
    let made = made.is(200).json();
    assert_eq!(made["cluster_name"], "payments-id");
    let token = made["tokens"][0].as_str().unwrap();
    fleet.join(&asking(token, 3, &member.key)).await.is(200);
    let node = "/openmds/1.0/clusters/payments-id/nodes/1";
    desk.call("bob", Method::DELETE, node, None).await.is(403);
    desk.call("mds", Method::DELETE, node, None).await.is(204);
    fleet
        .visit(&member)
        .await
        .refuses(403, "the node was withdrawn");
}

#[tokio::test]
async fn who_may_withdraw_and_what() {
    let fleet = Fleet::new().await;
    let member = fleet.joined(1).await;
    let desk = &fleet.street.desk;
    let node = "/registry/clusters/payments/nodes/1";
    desk.delete("bob", node, None).await.is(403);
    desk.grant("bob", "Operator", "payments-id").await;
    desk.delete("bob", node, None).await.is(403);
    fleet.visit(&member).await.is(200);
    for (path, status) in [
        ("payments/nodes/2", 404),
        ("payments/nodes/one", 400),
        ("payments/nodes/99999999999", 400),
        ("payments/nodes/1%00", 400),
        ("nowhere/nodes/1", 404),
    ] {
        let path = format!("/registry/clusters/{path}");
        desk.delete("mds", &path, None).await.is(status);
    }
    desk.grant("bob", "ClusterAdmin", "payments-id").await;
    desk.delete("bob", node, None).await.is(204);
    desk.delete("bob", node, None).await.is(404);
    fleet.visit(&member).await.is(403);
}

/// What was decided outlives the process.
#[tokio::test]
async fn a_server_that_starts_again_knows_its_nodes() {
    let mut fleet = Fleet::new().await;
    let (member, gone) = (fleet.joined(1).await, fleet.joined(2).await);
    let desk = &fleet.street.desk;
    desk.delete("mds", "/registry/clusters/payments/nodes/2", None)
        .await
        .is(204);
    let server = member.answer["server"].clone();
    fleet.street.stop().await.unwrap();
    let crate::street::Street { desk, app, .. } = fleet.street;
    desk.kill().await;
    drop(app);
    fleet.street = fleet.world.open().await;
    let visit = fleet.visit(&member).await.is(200).body;
    assert_eq!(visit["server"], server);
    assert_eq!(visit["ca"], member.answer["ca"]);
    fleet.visit(&gone).await.is(403);
    let again = asking(&member.token, 1, &member.key);
    fleet.join(&again).await.is(200);
}

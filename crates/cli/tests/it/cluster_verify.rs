//! `cluster verify` and `cluster config`

use insta::assert_snapshot;

use crate::desk::Desk;
use crate::stand_in::Reply;

const VERIFY: &str = "POST /security/1.0/registry/clusters/pay/verify";
const CONFIG: &str = "GET /security/1.0/registry/clusters/pay/config";

#[tokio::test]
async fn a_cluster_that_is_ready() {
    let desk = Desk::logged_in().await;
    desk.server.on(
        VERIFY,
        Reply::json(200, r#"{"clusterName":"pay","ok":true,"checks":[{"check":"reachable","ok":true,"detail":"3 brokers answered"}]}"#),
    );
    assert_snapshot!(desk.run("cluster verify pay").await, @r#"
    exit code: 0
    --- stdout ---
     Check     | Result | Detail
    -----------+--------+--------------------
     reachable | ok     | 3 brokers answered
    "#);
}

#[tokio::test]
async fn a_cluster_that_is_not() {
    let mut desk = Desk::logged_in().await;
    desk.server.on(
        VERIFY,
        Reply::json(200, r#"{"clusterName":"pay","ok":false,"checks":[{"check":"reachable","ok":true,"detail":"3 brokers answered"},{"check":"plugin","ok":false,"detail":"broker 2 runs without the plugin, and so do the brokers 3 and 4","fix":"set authorizer.class.name on broker 2 and restart it"},{"check":"rights","ok":false,"detail":"not checked"}]}"#),
    );
    assert_snapshot!(desk.run("cluster verify pay").await, @r#"
    exit code: 1
    --- stdout ---
     Check     | Result | Detail
    -----------+--------+-----------------------------------------------------------------
     reachable | ok     | 3 brokers answered
     plugin    | failed | broker 2 runs without the plugin, and so do the brokers 3 and 4
     rights    | failed | not checked
    --- stderr ---
    Error: cluster "pay" is not ready: 2 of 3 checks failed

    Suggestions:
        plugin: set authorizer.class.name on broker 2 and restart it
    "#);
    let outcome = desk.run("cluster verify pay -o json").await;
    assert!(
        outcome.starts_with("exit code: 1\n--- stdout ---\n{\n  \"clusterName\": \"pay\","),
        "{outcome}"
    );
    desk.terminal = Some(50);
    assert_snapshot!(desk.run("cluster verify pay").await, @r#"
    exit code: 1
    --- stdout ---
     Check     | Result | Detail
    -----------+--------+-----------------------------
     reachable | ok     | 3 brokers answered
     plugin    | failed | broker 2 runs without the
               |        | plugin, and so do the
               |        | brokers 3 and 4
     rights    | failed | not checked
    --- stderr ---
    Error: cluster "pay" is not ready: 2 of 3 checks failed

    Suggestions:
        plugin: set authorizer.class.name on broker 2 and restart it
    "#);
}

#[tokio::test]
async fn a_cluster_that_is_not_registered() {
    let desk = Desk::logged_in().await;
    desk.server
        .on(VERIFY, Reply::error(404, "there is no cluster named `pay`"));
    assert_snapshot!(desk.run("cluster verify pay").await, @r#"
    exit code: 1
    --- stderr ---
    Error: 404 Not Found: there is no cluster named `pay`

    Suggestions:
        `openmds cluster list` shows the names of the registered clusters
    "#);
    assert_snapshot!(desk.run("cluster verify").await, @r#"
    exit code: 2
    --- stderr ---
    error: the following required arguments were not provided:
      <NAME>

    Usage: openmds cluster verify <NAME>

    For more information, try '--help'.
    "#);
}

#[tokio::test]
async fn the_properties_and_nothing_else() {
    let desk = Desk::logged_in().await;
    let body = serde_json::json!({ "clusterName": "pay", "properties": "# for brokers\nauthorizer.class.name=X\n" });
    desk.server.on(
        CONFIG,
        Reply::json(200, body.to_string()).header("openmds-warning", "no controller is known"),
    );
    assert_snapshot!(desk.run("cluster config pay").await, @r#"
    exit code: 0
    --- stdout ---
    # for brokers
    authorizer.class.name=X
    --- stderr ---
    Warning: no controller is known
    "#);
}

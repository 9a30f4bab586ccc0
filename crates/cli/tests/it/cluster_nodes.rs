//! `cluster nodes`, `cluster shadow` and `cluster accept-restore`

use insta::assert_snapshot;

use crate::desk::Desk;
use crate::stand_in::Reply;

const NODES: &str = "GET /security/1.0/registry/clusters/pay/nodes";
const SHADOW: &str = "GET /security/1.0/registry/clusters/pay/shadow";
const ACCEPT: &str = "POST /security/1.0/registry/accept-restore";

#[tokio::test]
async fn nodes() {
    let desk = Desk::logged_in().await;
    desk.server.on(
        NODES,
        Reply::json(200, r#"{"cluster_name":"pay","cluster_id":"P","server":"7f1d","generation":41,"nodes":[
            {"node_id":1,"roles":["broker","controller"],"plugin":"0.1.0","state":"current","generation":41,"behind":0,"last_seen":"2026-01-02T03:04:05Z","seconds_since_seen":0,"message":null,"report":{"stale":false,"decisions":7}},
            {"node_id":2,"roles":["broker"],"plugin":"0.1.0","state":"refused","generation":99,"behind":null,"last_seen":"2026-01-02T03:04:05Z","seconds_since_seen":3,"message":"node 2 of P holds generation 99, which this server's store never gave","report":{"stale":true,"panics":2,"trouble":"the copy of the policy on disk is behind: No space left on device"}},
            {"node_id":100,"roles":["controller"],"plugin":"","state":"never-seen","generation":null,"behind":null,"last_seen":null,"seconds_since_seen":null,"message":null,"report":null}]}"#),
    );
    assert_snapshot!(desk.run("cluster nodes pay").await, @r#"
    exit code: 0
    --- stdout ---
     Node | Roles              | Plugin | State      | Generation | Behind | Last Seen | Stale
    ------+--------------------+--------+------------+------------+--------+-----------+-------
     1    | broker, controller | 0.1.0  | current    | 41         | 0      | 0 s ago   | no
     2    | broker             | 0.1.0  | refused    | 99         | -      | 3 s ago   | yes
     100  | controller         | -      | never-seen | -          | -      | -         | -
    --- stderr ---
    Warning: node 2: node 2 of P holds generation 99, which this server's store never gave
    Warning: node 2: the copy of the policy on disk is behind: No space left on device
    Warning: node 2: 2 panics or failures of the plugin since its start: its log says more
    "#);
    let outcome = desk.run("cluster nodes pay -o json").await;
    assert!(
        outcome.starts_with("exit code: 0\n--- stdout ---\n{\n  \"cluster_name\": \"pay\","),
        "{outcome}"
    );
    let desk = Desk::logged_in().await;
    let missing = r#"{"message":"no cluster named `pay` is registered"}"#;
    desk.server.on(NODES, Reply::json(404, missing));
    assert_snapshot!(desk.run("cluster nodes pay").await, @r#"
    exit code: 1
    --- stderr ---
    Error: 404 Not Found: no cluster named `pay` is registered

    Suggestions:
        `openmds cluster list` shows the names of the registered clusters
    "#);
}

#[tokio::test]
async fn shadow() {
    let desk = Desk::logged_in().await;
    desk.server.on(
        SHADOW,
        Reply::json(200, r#"{"cluster_name":"pay","cluster_id":"P","nodes":[1,2],"compared":1200,"allowed_by_openmds_only":1,"denied_by_openmds_only":3,"differences":[
            {"principal":"User:alice","host":"10.0.0.1","operation":"Read","resource_type":"Topic","resource_name":"orders","present":"ALLOWED","openmds":"DENIED","reason":"no rule","count":3}]}"#),
    );
    assert_snapshot!(desk.run("cluster shadow pay").await, @r#"
    exit code: 0
    --- stdout ---
    Compared: 1200 decisions on 2 nodes; OpenMDS alone would have allowed 1 and denied 3

     Principal  | Operation | Resource     | Present | OpenMDS | Count | Reason
    ------------+-----------+--------------+---------+---------+-------+---------
     User:alice | Read      | Topic:orders | ALLOWED | DENIED  | 3     | no rule
    "#);
    let desk = Desk::logged_in().await;
    let nobody = r#"{"cluster_name":"pay","cluster_id":"P","nodes":[],"compared":0,"allowed_by_openmds_only":0,"denied_by_openmds_only":0,"differences":[]}"#;
    desk.server.on(SHADOW, Reply::json(200, nobody));
    assert_snapshot!(desk.run("cluster shadow pay").await, @r#"
    exit code: 1
    --- stderr ---
    Error: no node of "pay" compares decisions

    Suggestions:
        Set openmds.authorizer.mode=shadow on its brokers and controllers, and restart them
        `openmds cluster nodes pay` shows which nodes are heard
    "#);
}

#[tokio::test]
async fn accept_restore() {
    let desk = Desk::logged_in().await;
    desk.server.on(
        ACCEPT,
        Reply::json(
            200,
            r#"{"generation":100,"ahead":[{"cluster_id":"P","node_id":2,"generation":99}]}"#,
        ),
    );
    assert_snapshot!(desk.run("cluster accept-restore --force").await, @r#"
    exit code: 0
    --- stdout ---
     Kafka Cluster | Node | Generation
    ---------------+------+------------
     P             | 2    | 99
    --- stderr ---
    The store goes on at generation 100; these nodes were ahead of it:
    "#);
    let desk = Desk::logged_in().await;
    let nobody =
        r#"{"message":"no node has said that it is ahead of this store; nothing was changed."}"#;
    desk.server.on(ACCEPT, Reply::json(409, nobody));
    assert_snapshot!(desk.run("cluster accept-restore --force").await, @r#"
    exit code: 1
    --- stderr ---
    Error: 409 Conflict: no node has said that it is ahead of this store; nothing was changed.
    "#);
}

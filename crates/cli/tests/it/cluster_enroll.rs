//! `cluster enroll` and `cluster withdraw-node`

use std::os::unix::fs::PermissionsExt as _;

use insta::assert_snapshot;

use crate::desk::Desk;
use crate::stand_in::Reply;

const ENROLL: &str = "POST /security/1.0/registry/clusters/pay/join-tokens";
const MADE: &str = r#"{"cluster_id":"K1","cluster_name":"pay","server":"4b1c9b9e-6f0e-4c8e-9f1c-0d6a3a0c1f57","urls":["https://mds1:8090","https://mds2:8090"],"tokens":["openmds-join-one","openmds-join-two"],"expires_at":"2026-01-02T04:04:05Z","ca_pem":"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"}"#;

#[tokio::test]
async fn tokens_and_what_to_paste() {
    let desk = Desk::logged_in().await;
    desk.server.on(ENROLL, Reply::json(200, MADE));
    assert_snapshot!(desk.run("cluster enroll pay --nodes 2 --valid 30m").await, @r#"
    exit code: 0
    --- stdout ---
    # Join tokens for nodes of pay (K1), one a node, good until 2026-01-02T04:04:05Z. They are not shown again.
    openmds-join-one
    openmds-join-two

    # Properties of every broker and controller of pay (K1). Each node has its own directory, for its user alone,
    # and its own token in the file; the file can be removed once the node has joined.
    openmds.feed.urls=https://mds1:8090,https://mds2:8090
    openmds.feed.join.token.path=/etc/kafka/openmds-join-token
    openmds.feed.dir=/var/lib/kafka/openmds
    # The authority of the server's certificate: ca.pem of --output-dir, ca_pem of -o json.
    openmds.feed.ssl.truststore.type=PEM
    openmds.feed.ssl.truststore.location=/etc/kafka/openmds-ca.pem
    "#);
    let sent = desk.server.requests();
    assert!(
        sent.contains(r#"{"count":2,"valid_seconds":1800}"#),
        "{sent}"
    );
    desk.server.on(ENROLL, Reply::json(200, MADE));
    let printed = desk.run("cluster enroll pay -o json").await;
    let json = printed
        .strip_prefix("exit code: 0\n--- stdout ---\n")
        .unwrap();
    let json: serde_json::Value = serde_json::from_str(json).unwrap();
    assert_eq!(
        json,
        serde_json::from_str::<serde_json::Value>(MADE).unwrap()
    );
    desk.server.on(ENROLL, Reply::json(200, MADE));
    let printed = desk.run("cluster enroll pay -o yaml").await;
    assert!(
        printed.contains("\ntokens:\n- openmds-join-one\n- openmds-join-two\n"),
        "{printed}"
    );
}

#[tokio::test]
async fn tokens_in_files_are_not_printed() {
    let desk = Desk::logged_in().await;
    let folder = desk.file("tokens");
    let command = format!(
        "cluster enroll pay --nodes 2 --output-dir {}",
        folder.display()
    );
    desk.server.on(ENROLL, Reply::json(200, MADE));
    assert_snapshot!(desk.run(&command).await, @r#"
    exit code: 0
    --- stdout ---
    [DESK]/tokens/join-token-1
    [DESK]/tokens/join-token-2
    [DESK]/tokens/openmds.properties
    [DESK]/tokens/ca.pem
    "#);
    let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder), 0o700);
    for name in [
        "join-token-1",
        "join-token-2",
        "openmds.properties",
        "ca.pem",
    ] {
        assert_eq!(mode(&folder.join(name)), 0o600, "{name}");
    }
    let text = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    assert_eq!(text("join-token-2"), "openmds-join-two\n");
    assert!(
        text("openmds.properties")
            .contains("openmds.feed.urls=https://mds1:8090,https://mds2:8090\n")
    );
    assert!(!text("openmds.properties").contains("openmds-join-one"));
    assert!(text("ca.pem").starts_with("-----BEGIN"));
    // A second time nothing is asked for, and nothing replaced.
    drop(desk.server.requests());
    let again = desk.run(&command).await;
    assert!(
        again.starts_with("exit code: 1\n--- stderr ---\nError: [DESK]/tokens already holds "),
        "{again}"
    );
    assert!(desk.server.requests().is_empty());
    let other = desk.file("others");
    desk.server.on(ENROLL, Reply::json(200, MADE));
    let command = format!(
        "cluster enroll pay --output-dir {} -o json",
        other.display()
    );
    assert_snapshot!(desk.run(&command).await, @r#"
    exit code: 0
    --- stdout ---
    {
      "cluster_id": "K1",
      "cluster_name": "pay",
      "server": "4b1c9b9e-6f0e-4c8e-9f1c-0d6a3a0c1f57",
      "urls": [
        "https://mds1:8090",
        "https://mds2:8090"
      ],
      "expires_at": "2026-01-02T04:04:05Z",
      "files": [
        "[DESK]/others/join-token-1",
        "[DESK]/others/join-token-2",
        "[DESK]/others/openmds.properties",
        "[DESK]/others/ca.pem"
      ]
    }
    "#);
}

#[tokio::test]
async fn a_server_without_https_is_pointed_out() {
    let desk = Desk::logged_in().await;
    let made = r#"{"cluster_id":"K1","cluster_name":"pay","server":"s","urls":[],"tokens":["openmds-join-one"],"expires_at":"2026-01-02T04:04:05Z"}"#;
    desk.server.on(ENROLL, Reply::json(200, made));
    assert_snapshot!(desk.run("cluster enroll pay").await, @r#"
    exit code: 0
    --- stdout ---
    # Join tokens for nodes of pay (K1), one a node, good until 2026-01-02T04:04:05Z. They are not shown again.
    openmds-join-one

    # Properties of every broker and controller of pay (K1). Each node has its own directory, for its user alone,
    # and its own token in the file; the file can be removed once the node has joined.
    openmds.feed.urls=https://<server>:<port>
    openmds.feed.join.token.path=/etc/kafka/openmds-join-token
    openmds.feed.dir=/var/lib/kafka/openmds
    # The authority of the server's certificate, PEM. Leave both lines out if Java trusts it anyway.
    openmds.feed.ssl.truststore.type=PEM
    openmds.feed.ssl.truststore.location=/etc/kafka/openmds-ca.pem
    --- stderr ---
    Warning: the server advertises no https URL (confluent.metadata.server.advertised.listeners): nodes join over https only
    "#);
}

#[tokio::test]
async fn what_cannot_be_enrolled() {
    let desk = Desk::logged_in().await;
    let refused = r#"{"status_code":404,"error_code":404,"type":"NOT FOUND","message":"no cluster named `pay` is registered","errors":[]}"#;
    desk.server.on(ENROLL, Reply::json(404, refused));
    assert_snapshot!(desk.run("cluster enroll pay").await, @r#"
    exit code: 1
    --- stderr ---
    Error: 404 Not Found: no cluster named `pay` is registered

    Suggestions:
        `openmds cluster list` shows the names of the registered clusters
    "#);
    for flags in [
        "--nodes 0",
        "--nodes 101",
        "--valid 1",
        "--valid 59s",
        "--valid 8d",
    ] {
        let outcome = desk.run(&format!("cluster enroll pay {flags}")).await;
        assert!(
            outcome.starts_with("exit code: 2\n--- stderr ---\nerror: invalid value "),
            "{outcome}"
        );
    }
    let file = desk.write("file", "");
    let outcome = desk
        .run(&format!("cluster enroll pay --output-dir {file}"))
        .await;
    assert!(
        outcome.starts_with(
            "exit code: 1\n--- stderr ---\nError: cannot use the directory [DESK]/file: "
        ),
        "{outcome}"
    );
}

#[tokio::test]
async fn withdraw_a_node() {
    let desk = Desk::logged_in().await;
    let path = "DELETE /security/1.0/registry/clusters/pay/nodes/3";
    desk.server.on(path, Reply::json(204, ""));
    assert_snapshot!(desk.run("cluster withdraw-node pay 3").await, @r#"
    exit code: 0
    --- stdout ---
    Successfully withdrew node 3 of cluster "pay". `openmds cluster enroll pay` gives it a new token.
    "#);
    let refused = r#"{"status_code":404,"error_code":404,"type":"NOT FOUND","message":"node 3 of pay holds no certificate that counts; nothing was withdrawn","errors":[]}"#;
    desk.server.on(path, Reply::json(404, refused));
    assert_snapshot!(desk.run("cluster withdraw-node pay 3").await, @r#"
    exit code: 0
    --- stdout ---
    Successfully withdrew node 3 of cluster "pay". `openmds cluster enroll pay` gives it a new token.
    "#);
    let outcome = desk.run("cluster withdraw-node pay three").await;
    assert!(outcome.starts_with("exit code: 2\n"), "{outcome}");
}

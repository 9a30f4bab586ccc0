//! Mistakes of new users: each message says what to do next.

use insta::assert_snapshot;

use crate::desk::Desk;
use crate::stand_in::Reply;

#[tokio::test]
async fn no_scheme_where_the_server_speaks_plain_http() {
    let mut desk = Desk::new().await;
    desk.know_alice();
    let address = desk.server.url.trim_start_matches("http://").to_owned();
    // Machines without authorities would fail before they connect.
    let ca = desk.write("ca.pem", crate::tls::authority_pem());
    let command = format!("login --url {address} --certificate-authority-path {ca}");
    assert_snapshot!(desk.run(&command).await, @r#"
    exit code: 1
    --- stderr ---
    Assuming https protocol.
    Error: https://[SERVER] does not speak TLS: received corrupt message of type InvalidContentType

    Suggestions:
        If the server listens for plain HTTP on this port, use http:// in the URL
    "#);
}

#[tokio::test]
async fn the_wrong_port_of_something_else() {
    let mut desk = Desk::new().await;
    desk.know_alice();
    let url = desk.server.url.clone();
    desk.server.on(
        "GET /security/1.0/authenticate",
        Reply::error(404, "nothing is here"),
    );
    assert_snapshot!(desk.run(&format!("login --url {url}")).await, @r#"
    exit code: 1
    --- stderr ---
    Error: 404 Not Found: nothing is here

    Suggestions:
        Check that http://[SERVER] is a metadata server and accepts this kind of log in
    "#);
}

#[tokio::test]
async fn a_server_that_is_away_is_found_before_the_password_is_typed() {
    let desk = Desk::new().await;
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    drop(listener);
    let outcome = desk
        .run_with_input(&format!("login --url http://{address}"), "alice\nsecret\n")
        .await;
    assert!(!outcome.contains("Password"), "{outcome}");
    assert!(outcome.contains("cannot connect to"), "{outcome}");
}

#[tokio::test]
async fn scopes_that_make_no_sense() {
    let desk = Desk::logged_in().await;
    let command = "iam rbac role-binding create --principal User:a --role R";
    assert_snapshot!(desk.run(command).await, @r#"
    exit code: 2
    --- stderr ---
    Error: must specify either cluster ID to indicate role binding scope or the cluster name

    Suggestions:
        Give --kafka-cluster ID or --cluster-name NAME; `openmds cluster list` shows both
    "#);
    assert_snapshot!(desk.run(&format!("{command} --kafka-cluster K --cluster-name n")).await, @r#"
    exit code: 2
    --- stderr ---
    Error: cannot specify both cluster name and cluster scope

    Suggestions:
        Leave out --cluster-name, or the ids: the name stands for them
    "#);
    assert_snapshot!(desk.run(&format!("{command} --kafka-cluster K --connect-cluster c --ksql-cluster q")).await, @r#"
    exit code: 2
    --- stderr ---
    Error: cannot specify more than one non-Kafka cluster ID for a scope

    Suggestions:
        Run the command once for each of these clusters, each time with its --kafka-cluster
    "#);
    assert_snapshot!(desk.run(&format!("{command} --connect-cluster c")).await, @r#"
    exit code: 2
    --- stderr ---
    Error: must specify `--kafka-cluster` to uniquely identify the scope

    Suggestions:
        Add --kafka-cluster ID, the Kafka cluster that this cluster belongs to
    "#);
    assert_snapshot!(desk.run(&format!("{command} --flink-environment e")).await, @r#"
    exit code: 2
    --- stderr ---
    Error: must specify `--cmf` to uniquely identify the Flink environment scope

    Suggestions:
        Add --cmf ID, the manager of that environment
    "#);
    assert_eq!(desk.server.requests(), "");
}

#[tokio::test]
async fn principals_that_are_none() {
    let desk = Desk::logged_in().await;
    for command in [
        "iam rbac role-binding create --role R --kafka-cluster K --principal",
        "iam rbac role-binding list --kafka-cluster K --principal",
        "iam acl list --kafka-cluster K --principal",
        "tokens revoke --principal",
    ] {
        let outcome = desk.run(&format!("{command} alice")).await;
        assert!(outcome.starts_with("exit code: 2\n"), "{outcome}");
        assert!(
            outcome.contains("Write User:alice or Group:alice"),
            "{outcome}"
        );
        let outcome = desk.run(&format!("{command} User:")).await;
        assert!(outcome.contains("\"User:\" is no principal"), "{outcome}");
    }
    assert_eq!(desk.server.requests(), "");
}

#[tokio::test]
async fn a_context_that_is_none_at_log_out() {
    let desk = Desk::logged_in().await;
    assert_snapshot!(desk.run("logout --context nobody").await, @r#"
    exit code: 1
    --- stderr ---
    Error: there is no context "nobody"

    Suggestions:
        `openmds context list` shows the names; `openmds login --url URL` makes a new one
    "#);
}

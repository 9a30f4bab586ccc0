//! How commands come to their session.

use insta::assert_snapshot;

use crate::desk::Desk;
use crate::stand_in::Reply;

const LIST: &str = "cluster list";

fn empty_registry(desk: &Desk) {
    desk.server.on(
        "GET /security/1.0/registry/clusters",
        Reply::json(200, "[]"),
    );
}

#[tokio::test]
async fn not_logged_in() {
    let desk = Desk::new().await;
    assert_snapshot!(desk.run(LIST).await, @r#"
    exit code: 1
    --- stderr ---
    Error: not logged in

    Suggestions:
        Run `openmds login --url URL`
        In scripts set OPENMDS_URL, OPENMDS_USERNAME and OPENMDS_PASSWORD
    "#);
}

#[tokio::test]
async fn a_log_in_of_an_earlier_version_is_named_and_removed() {
    let desk = Desk::new().await;
    desk.write("session.json", r#"{"version":1,"token":"t"}"#);
    let told = desk.run(LIST).await;
    let hint =
        "session.json is of an earlier version and is not read; `openmds logout --all` removes it";
    assert!(told.contains(hint), "{told}");
    assert_eq!(
        desk.run("logout --all").await,
        "exit code: 0\n--- stdout ---\nYou are now logged out.\n"
    );
    assert!(!desk.file("session.json").exists());
    assert!(!desk.run(LIST).await.contains("session.json"));
}

#[tokio::test]
async fn logs_in_from_the_environment_once() {
    let mut desk = Desk::new().await;
    empty_registry(&desk);
    desk.know_alice();
    desk.variables
        .insert("OPENMDS_URL", desk.server.url.clone());
    assert_snapshot!(desk.run(LIST).await, @r#"
    exit code: 0
    --- stdout ---
     Name | Type | Kafka Cluster | Component ID | Hosts | Protocol
    ------+------+---------------+--------------+-------+----------
    "#);
    assert_eq!(desk.server.log_ins(), 1);
    desk.run(LIST).await;
    assert_eq!(desk.server.log_ins(), 0);
}

#[tokio::test]
async fn expired_and_nothing_to_renew_it_with() {
    let mut desk = Desk::new().await;
    desk.know_alice();
    desk.server.tokens_hold(61);
    let url = desk.server.url.clone();
    assert_eq!(
        desk.run(&format!("login --url {url}")).await,
        "exit code: 0\n"
    );
    desk.variables.clear();
    desk.expire();
    assert_snapshot!(desk.run(LIST).await, @r#"
    exit code: 1
    --- stderr ---
    Error: expired token

    Suggestions:
        Run `openmds login` to log in to http://[SERVER] again
        In scripts set OPENMDS_USERNAME and OPENMDS_PASSWORD: the session is then renewed by itself
    "#);
}

#[tokio::test]
async fn expired_and_renewed_from_the_environment() {
    let mut desk = Desk::logged_in().await;
    empty_registry(&desk);
    desk.expire();
    desk.know_alice();
    desk.run(LIST).await;
    assert_eq!(desk.server.log_ins(), 1);
}

#[tokio::test]
async fn expired_and_renewed_by_saved_credentials() {
    let mut desk = Desk::new().await;
    empty_registry(&desk);
    desk.know_alice();
    let url = desk.server.url.clone();
    assert_eq!(
        desk.run(&format!("login --url {url} --save")).await,
        "exit code: 0\n"
    );
    desk.variables.clear();
    desk.expire();
    drop(desk.server.requests());
    assert!(desk.run(LIST).await.starts_with("exit code: 0\n"));
    assert_eq!(desk.server.log_ins(), 1);
}

#[tokio::test]
async fn saved_credentials_stay_with_their_user() {
    let mut desk = Desk::new().await;
    desk.know_alice();
    let url = desk.server.url.clone();
    assert_eq!(
        desk.run(&format!("login --url {url} --save")).await,
        "exit code: 0\n"
    );
    desk.variables.insert("OPENMDS_USERNAME", "bob".to_owned());
    assert_eq!(
        desk.run(&format!("login --url {url}")).await,
        "exit code: 0\n"
    );
    let kept = desk.contexts().to_string();
    assert_eq!(kept.matches(r#""password":"secret""#).count(), 1);
    assert!(kept.contains(r#""password":null"#), "bob's: {kept}");
}

#[tokio::test]
async fn a_session_that_the_server_no_longer_takes() {
    let mut desk = Desk::logged_in().await;
    empty_registry(&desk);
    desk.server.change_key();
    assert_snapshot!(desk.run(LIST).await, @r#"
    exit code: 1
    --- stderr ---
    Error: http://[SERVER] no longer accepts the session of user "alice"

    Suggestions:
        Run `openmds login` to log in again
    "#);
    desk.know_alice();
    assert!(desk.run(LIST).await.starts_with("exit code: 0\n"));
}

#[tokio::test]
async fn the_session_comes_before_the_environments_url() {
    let mut desk = Desk::logged_in().await;
    empty_registry(&desk);
    desk.variables
        .insert("OPENMDS_URL", "http://elsewhere.invalid:1".to_owned());
    assert!(desk.run(LIST).await.starts_with("exit code: 0\n"));
}

#[tokio::test]
async fn a_broken_session_file_is_named_and_its_content_is_not() {
    let desk = Desk::new().await;
    desk.write(
        "contexts.json",
        r#"{"version":1,"token":"e30.very-secret"}"#,
    );
    assert_snapshot!(desk.run(LIST).await, @r#"
    exit code: 1
    --- stderr ---
    Error: [DESK]/contexts.json is not a file of this program

    Suggestions:
        Run `openmds logout --all`, then `openmds login`
    "#);
}

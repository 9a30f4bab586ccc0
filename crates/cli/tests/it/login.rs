//! `login` and `logout`.

use insta::assert_snapshot;

use crate::desk::Desk;
use crate::stand_in::{Reply, StandIn};

#[tokio::test]
async fn success_prints_nothing_and_the_session_is_the_owners_only() {
    let mut desk = Desk::new().await;
    desk.know_alice();
    let outcome = desk.run(&format!("login --url {}", desk.server.url)).await;
    assert_eq!(outcome, "exit code: 0\n");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(desk.file("contexts.json"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let headers = desk.server.last_headers();
    assert!(
        headers.contains(concat!("user-agent: openmds/", env!("CARGO_PKG_VERSION"))),
        "{headers}"
    );
    assert!(headers.contains("accept: application/json"), "{headers}");
    assert!(
        !std::fs::read_to_string(desk.file("contexts.json"))
            .unwrap()
            .contains("secret")
    );
}

#[tokio::test]
async fn the_reference_clients_variables_work_and_ours_come_first() {
    let mut desk = Desk::new().await;
    desk.variables
        .insert("CONFLUENT_PLATFORM_MDS_URL", desk.server.url.clone());
    desk.variables
        .insert("CONFLUENT_PLATFORM_USERNAME", "alice".to_owned());
    desk.variables
        .insert("CONFLUENT_PLATFORM_PASSWORD", "secret".to_owned());
    assert_eq!(desk.run("login").await, "exit code: 0\n");
    desk.variables
        .insert("OPENMDS_PASSWORD", "wrong".to_owned());
    assert_snapshot!(desk.run("login").await, @r#"
    exit code: 1
    --- stderr ---
    Error: http://[SERVER] does not accept this password for user "alice"

    Suggestions:
        Check the user name and the password; `openmds login --prompt` asks for both
        In scripts they come from OPENMDS_USERNAME and OPENMDS_PASSWORD
    "#);
}

#[tokio::test]
async fn asks_when_nothing_is_known() {
    let desk = Desk::new().await;
    let url = desk.server.url.clone();
    assert_snapshot!(desk.run_with_input(&format!("login --url {url}"), "alice\nsecret\n").await, @r#"
    exit code: 0
    --- stderr ---
    Enter your credentials:
    Username: Password:
    "#);
    assert_snapshot!(desk.run_with_input(&format!("login --url {url}"), "alice\n").await, @r#"
    exit code: 1
    --- stderr ---
    Enter your credentials:
    Username: Password: 
    Error: user name and password are needed: the input has ended

    Suggestions:
        Set OPENMDS_USERNAME and OPENMDS_PASSWORD, or run the command in a terminal
    "#);
}

#[tokio::test]
async fn prompt_asks_although_all_is_known() {
    let mut desk = Desk::new().await;
    desk.know_alice();
    let url = desk.server.url.clone();
    assert_snapshot!(desk.run_with_input(&format!("login --url {url} --prompt"), "bob\nwrong\n").await, @r#"
    exit code: 1
    --- stderr ---
    Enter your credentials:
    Username: Password: 
    Error: http://[SERVER] does not accept this password for user "bob"

    Suggestions:
        Check the user name and the password; `openmds login --prompt` asks for both
        In scripts they come from OPENMDS_USERNAME and OPENMDS_PASSWORD
    "#);
}

#[tokio::test]
async fn a_second_log_in_needs_no_url() {
    let mut desk = Desk::logged_in().await;
    desk.know_alice();
    assert_eq!(desk.run("login").await, "exit code: 0\n");
}

#[tokio::test]
async fn without_any_url() {
    let desk = Desk::new().await;
    assert_snapshot!(desk.run("login").await, @r#"
    exit code: 2
    --- stderr ---
    Error: the address of the server is not known

    Suggestions:
        Add --url URL, for example --url https://mds.example.com:8090
    "#);
}

#[tokio::test]
async fn what_is_no_url() {
    let desk = Desk::new().await;
    assert_snapshot!(desk.run("login --url http:///test").await, @r#"
    exit code: 2
    --- stderr ---
    Error: invalid server URL "http:///test"

    Suggestions:
        Write it as http(s)://HOST:PORT, for example https://mds.example.com:8090
    "#);
}

#[tokio::test]
async fn what_was_assumed_is_said() {
    let mut desk = Desk::new().await;
    desk.know_alice();
    // No name resolves below .invalid (RFC 6761); the resolver's own words differ between machines.
    let outcome = desk.run("login --url mds.invalid").await;
    let beginning: Vec<_> = outcome.lines().take(3).collect();
    assert_eq!(beginning[..2], ["exit code: 1", "--- stderr ---"]);
    assert_eq!(
        beginning[2],
        "Assuming https protocol and default MDS port 8090."
    );
}

#[tokio::test]
async fn server_away() {
    let mut desk = Desk::new().await;
    desk.know_alice();
    // A port that was free a moment ago, and nobody listens on.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    drop(listener);
    let outcome = desk.run(&format!("login --url http://{address}")).await;
    assert_snapshot!(outcome.replace(&address, "[AWAY]"), @r#"
    exit code: 1
    --- stderr ---
    Error: cannot connect to http://[AWAY]: connection refused

    Suggestions:
        Check that the server is running and that the URL is right
        To use another server run `openmds login --url URL`
    "#);
}

#[tokio::test]
async fn not_a_metadata_server() {
    let mut desk = Desk::new().await;
    desk.know_alice();
    let url = desk.server.url.clone();
    desk.server.on(
        "GET /security/1.0/authenticate",
        Reply::json(200, "<html>hello</html>"),
    );
    assert_snapshot!(desk.run(&format!("login --url {url}")).await, @r#"
    exit code: 1
    --- stderr ---
    Error: the server's answer is not understood: line 1, column 1

    Suggestions:
        Check that the URL is that of a metadata server (and not of a proxy in front of it)
    "#);
}

#[tokio::test]
async fn a_server_that_has_moved() {
    let mut desk = Desk::new().await;
    desk.know_alice();
    let url = desk.server.url.clone();
    desk.server.on(
        "GET /security/1.0/authenticate",
        Reply::empty(308).header("location", "http://elsewhere:1/"),
    );
    assert_snapshot!(desk.run(&format!("login --url {url}")).await, @r#"
    exit code: 1
    --- stderr ---
    Error: 308 Permanent Redirect

    Suggestions:
        The server is at another address: `openmds login --url URL` with that one
        Check that http://[SERVER] is a metadata server and accepts this kind of log in
    "#);
}

#[tokio::test]
async fn a_token_that_has_expired_already() {
    let mut desk = Desk::new().await;
    desk.know_alice();
    desk.server.tokens_hold(30);
    let url = desk.server.url.clone();
    assert_snapshot!(desk.run(&format!("login --url {url}")).await, @r#"
    exit code: 1
    --- stderr ---
    Error: http://[SERVER] answered with a token that has expired

    Suggestions:
        Compare the clocks of the server and of this machine
        The server must issue tokens that hold longer than 60 seconds
    "#);
}

#[tokio::test]
async fn certificate_only_needs_a_certificate() {
    let desk = Desk::at(StandIn::start(None).await);
    let url = desk.server.url.clone();
    assert_snapshot!(desk.run(&format!("login --url {url} --certificate-only")).await, @r#"
    exit code: 2
    --- stderr ---
    Error: --certificate-only needs a client certificate

    Suggestions:
        Add --client-cert-path FILE and --client-key-path FILE
    "#);
    assert_snapshot!(desk.run(&format!("login --url {url} --client-cert-path me.pem")).await, @r#"
    exit code: 2
    --- stderr ---
    error: the following required arguments were not provided:
      --client-key-path <FILE>

    Usage: openmds login --client-cert-path <FILE> --client-key-path <FILE> --url <URL>

    For more information, try '--help'.
    "#);
}

#[tokio::test]
async fn logout_forgets_token_and_password() {
    let mut desk = Desk::new().await;
    desk.know_alice();
    let url = desk.server.url.clone();
    assert_eq!(
        desk.run(&format!("login --url {url} --save")).await,
        "exit code: 0\n"
    );
    assert!(
        desk.contexts()
            .to_string()
            .contains(r#""password":"secret""#)
    );
    assert_snapshot!(desk.run("logout").await, @r#"
    exit code: 0
    --- stdout ---
    You are now logged out.
    "#);
    let kept = desk.contexts().to_string();
    assert!(kept.contains(r#""token":null"#), "{kept}");
    assert!(!kept.contains("secret"), "{kept}");
    assert_snapshot!(desk.run("logout").await, @r#"
    exit code: 0
    --- stdout ---
    You are now logged out.
    "#);
}

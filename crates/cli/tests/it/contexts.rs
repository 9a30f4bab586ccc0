//! `context ...`, `--context`, and `iam user describe`.

use insta::assert_snapshot;

use crate::desk::Desk;
use crate::stand_in::Reply;

/// alice and bob are logged in, bob is current; the token's times are taken out of what is printed.
async fn desk() -> Desk {
    let mut desk = Desk::logged_in().await;
    let url = desk.server.url.clone();
    let outcome = desk
        .run_with_input(
            &format!("login --url {url} --prompt --save"),
            "bob\nsecret\n",
        )
        .await;
    assert!(outcome.starts_with("exit code: 0\n"), "{outcome}");
    desk.server.on(
        "GET /security/1.0/registry/clusters",
        Reply::json(200, "[]"),
    );
    desk.variables.clear();
    drop(desk.server.requests());
    desk
}

fn without_times(outcome: &str) -> String {
    let word = |word: &str| {
        let time = word.trim_matches(['"', ',']).parse::<jiff::Timestamp>();
        if time.is_ok() { "[TIME]" } else { word }.to_owned()
    };
    let line = |line: &str| line.split(' ').map(word).collect::<Vec<_>>().join(" ");
    outcome.lines().map(line).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn log_ins_stay_side_by_side() {
    let desk = desk().await;
    assert_snapshot!(without_times(&desk.run("context list").await), @r#"
    exit code: 0
    --- stdout ---
     Current | Name                               | Server                 | User  | Login    | State     | Expires
    ---------+------------------------------------+------------------------+-------+----------+-----------+----------------------
             | login-alice-http://[SERVER] | http://[SERVER] | alice | password | logged in | [TIME]
     *       | login-bob-http://[SERVER]   | http://[SERVER] | bob   | password | logged in | [TIME]
    "#);
    assert_snapshot!(desk.run("context current").await, @r#"
    exit code: 0
    --- stdout ---
    login-bob-http://[SERVER]
    "#);
    let url = desk.server.url.clone();
    assert_snapshot!(desk.run(&format!("context use login-alice-{url}")).await, @r#"
    exit code: 0
    --- stderr ---
    Now using context "login-alice-http://[SERVER]".
    "#);
    assert_snapshot!(without_times(&desk.run("context describe").await), @r#"
    exit code: 0
    --- stdout ---
     Name                    | login-alice-http://[SERVER]
     Current                 | yes
     Server                  | http://[SERVER]
     User                    | alice
     Login                   | password
     State                   | logged in
     Expires                 | [TIME]
     Password Saved          | no
     Certificate Authorities |
     Client Certificate      |
     Client Key              |
    "#);
    assert_snapshot!(without_times(&desk.run(&format!("context describe login-bob-{url} -o json")).await), @r#"
    exit code: 0
    --- stdout ---
    {
      "name": "login-bob-http://[SERVER]",
      "current": false,
      "server": "http://[SERVER]",
      "user": "bob",
      "login": "password",
      "state": "logged in",
      "expires_at": [TIME]
      "password_saved": true,
      "certificate_authority_path": null,
      "client_cert_path": null,
      "client_key_path": null
    }
    "#);
    assert_eq!(desk.server.log_ins(), 0);
}

#[tokio::test]
async fn a_command_can_name_its_context() {
    let mut desk = desk().await;
    let url = desk.server.url.clone();
    let subject = |desk: &Desk| {
        use base64::Engine as _;
        let headers = desk.server.last_headers_as_sent();
        let token = headers.split("Bearer ").nth(1).unwrap();
        let payload = token.split('.').nth(1).unwrap();
        let payload = base64::engine::general_purpose::URL_SAFE_NO_PAD
            .decode(payload)
            .unwrap();
        serde_json::from_slice::<serde_json::Value>(&payload).unwrap()["sub"].to_string()
    };
    desk.run("cluster list").await;
    assert_eq!(subject(&desk), r#""bob""#);
    desk.run(&format!("cluster list --context login-alice-{url}"))
        .await;
    assert_eq!(subject(&desk), r#""alice""#);
    desk.variables
        .insert("OPENMDS_CONTEXT", format!("login-alice-{url}"));
    desk.run("cluster list").await;
    assert_eq!(subject(&desk), r#""alice""#);
    assert_snapshot!(desk.run("cluster list --context nobody").await, @r#"
    exit code: 1
    --- stderr ---
    Error: there is no context "nobody"

    Suggestions:
        `openmds context list` shows the names; `openmds login --url URL` makes a new one
    "#);
}

#[tokio::test]
async fn a_context_that_was_asked_for_is_not_left_for_the_environments() {
    let mut desk = desk().await;
    let url = desk.server.url.clone();
    desk.expire();
    desk.know_alice();
    desk.variables.insert("OPENMDS_URL", url.clone());
    // bob's password was saved; alice's is in the environment.
    let outcome = desk
        .run(&format!("cluster list --context login-bob-{url}"))
        .await;
    assert!(outcome.starts_with("exit code: 0\n"), "{outcome}");
    assert_eq!(desk.server.log_ins(), 1);
    desk.variables
        .insert("OPENMDS_USERNAME", "carol".to_owned());
    assert_snapshot!(desk.run(&format!("cluster list --context login-alice-{url}")).await, @r#"
    exit code: 1
    --- stderr ---
    Error: expired token

    Suggestions:
        Run `openmds login` to log in to http://[SERVER] again
        In scripts set OPENMDS_USERNAME and OPENMDS_PASSWORD: the session is then renewed by itself
    "#);
    assert_eq!(desk.server.log_ins(), 0);
}

#[tokio::test]
async fn a_context_can_be_forgotten() {
    let desk = desk().await;
    let url = desk.server.url.clone();
    assert_snapshot!(desk.run(&format!("context delete login-bob-{url}")).await, @r#"
    exit code: 0
    --- stderr ---
    Deleted context "login-bob-http://[SERVER]".
    "#);
    assert_snapshot!(desk.run("context current").await, @r#"
    exit code: 1
    --- stderr ---
    Error: there is no current context

    Suggestions:
        Run `openmds login --url URL`, or choose one with `openmds context use NAME`
    "#);
    assert_snapshot!(desk.run("cluster list").await, @r#"
    exit code: 1
    --- stderr ---
    Error: not logged in

    Suggestions:
        Run `openmds login --url URL`
        In scripts set OPENMDS_URL, OPENMDS_USERNAME and OPENMDS_PASSWORD
    "#);
    assert_snapshot!(desk.run("context use bob").await, @r#"
    exit code: 1
    --- stderr ---
    Error: there is no context "bob"

    Suggestions:
        `openmds context list` shows the names; `openmds login --url URL` makes a new one
    "#);
    assert!(
        !std::fs::read_to_string(desk.file("contexts.json"))
            .unwrap()
            .contains("secret")
    );
}

#[tokio::test]
async fn logout_ends_one_log_in_or_all() {
    let desk = desk().await;
    let url = desk.server.url.clone();
    assert!(desk.run("logout").await.starts_with("exit code: 0\n"));
    assert_snapshot!(desk.run("cluster list").await, @r#"
    exit code: 1
    --- stderr ---
    Error: not logged in

    Suggestions:
        Run `openmds login` to log in to http://[SERVER] again
        In scripts set OPENMDS_USERNAME and OPENMDS_PASSWORD: the session is then renewed by itself
    "#);
    let outcome = desk
        .run(&format!("cluster list --context login-alice-{url}"))
        .await;
    assert!(outcome.starts_with("exit code: 0\n"), "{outcome}");
    assert!(desk.run("logout --all").await.starts_with("exit code: 0\n"));
    assert!(!desk.file("contexts.json").exists());
}

#[tokio::test]
async fn who_is_logged_in() {
    let desk = Desk::new().await;
    assert_snapshot!(desk.run("iam user describe").await, @r#"
    exit code: 1
    --- stderr ---
    Error: not logged in

    Suggestions:
        Run `openmds login --url URL`
    "#);
    let desk = Desk::logged_in().await;
    desk.expire();
    assert_snapshot!(desk.run("iam user describe").await, @r#"
    exit code: 0
    --- stdout ---
     Username             | alice
     Server               | http://[SERVER]
     Authentication Token | e30.eyJzdWIiOiJhbGljZSIsImV4cCI6MX0.c2ln
     Token Expiration     | 1970-01-01T00:00:01Z
    "#);
    assert_snapshot!(desk.run("iam user describe -o yaml").await, @r#"
    exit code: 0
    --- stdout ---
    username: alice
    server: http://[SERVER]
    authentication_token: e30.eyJzdWIiOiJhbGljZSIsImV4cCI6MX0.c2ln
    token_expiration: "1970-01-01T00:00:01Z"
    "#);
    assert_eq!(desk.server.requests(), "", "the server is not asked");
}

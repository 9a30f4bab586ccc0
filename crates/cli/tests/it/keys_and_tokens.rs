//! `keys ...` and `tokens ...`

use insta::assert_snapshot;

use crate::desk::Desk;
use crate::stand_in::Reply;

const KEYS: &str = "GET /security/1.0/keys";
const ROTATE: &str = "POST /security/1.0/keys/rotate";
const REVOKE: &str = "POST /security/1.0/revocations";
const REVOKED: &str = "GET /security/1.0/revocations";
const NEW_KEY: &str = r#"{"keyId":"k2","algorithm":"ES256","state":"PUBLISHED","publishedAt":"2026-01-02T03:04:05Z","signsFrom":"2026-01-02T03:19:05Z"}"#;
const OLD_KEY: &str = r#"{"keyId":"k1","algorithm":"RS256","state":"SIGNING","publishedAt":"2026-01-01T00:00:00Z","signsFrom":"2026-01-01T00:00:00Z","retiresAt":"2026-01-02T04:19:05Z"}"#;
const ALICE: &str = r#"{"principal":"User:alice","issuedBefore":"2026-01-02T03:04:05Z","revokedBy":"User:root","revokedAt":"2026-01-02T03:04:06Z","forgottenAt":"2026-01-02T04:04:05Z"}"#;

#[tokio::test]
async fn keys() {
    let desk = Desk::logged_in().await;
    desk.server
        .on(KEYS, Reply::json(200, format!("[{OLD_KEY},{NEW_KEY}]")))
        .on(ROTATE, Reply::json(200, NEW_KEY))
        .on(
            ROTATE,
            Reply::error(409, "a rotation is under way until 2026-01-02T03:19:05Z"),
        );
    assert_snapshot!(desk.run("keys list").await, @r#"
    exit code: 0
    --- stdout ---
     Key ID | Algorithm | State     | Published            | Signs From           | Retires
    --------+-----------+-----------+----------------------+----------------------+----------------------
     k1     | RS256     | SIGNING   | 2026-01-01T00:00:00Z | 2026-01-01T00:00:00Z | 2026-01-02T04:19:05Z
     k2     | ES256     | PUBLISHED | 2026-01-02T03:04:05Z | 2026-01-02T03:19:05Z |
    "#);
    assert_snapshot!(desk.run("keys rotate -o yaml").await, @r#"
    exit code: 0
    --- stdout ---
    keyId: k2
    algorithm: ES256
    state: PUBLISHED
    publishedAt: "2026-01-02T03:04:05Z"
    signsFrom: "2026-01-02T03:19:05Z"
    "#);
    assert_snapshot!(desk.run("keys rotate --algorithm es256").await, @r#"
    exit code: 1
    --- stderr ---
    Error: 409 Conflict: a rotation is under way until 2026-01-02T03:19:05Z

    Suggestions:
        `openmds keys list` shows the keys and their times
    "#);
    assert_snapshot!(desk.server.requests(), @r#"
    GET /security/1.0/keys
    POST /security/1.0/keys/rotate
    POST /security/1.0/keys/rotate {"algorithm":"ES256"}
    "#);
}

#[tokio::test]
async fn a_stolen_key_is_withdrawn() {
    let desk = Desk::logged_in().await;
    desk.server
        .on("DELETE /security/1.0/keys/k1", Reply::empty(204));
    let outcome = desk.run("keys withdraw k1").await;
    assert_eq!(
        outcome,
        "exit code: 0\n--- stderr ---\nWithdrew key \"k1\".\n"
    );
    assert_eq!(desk.server.requests(), "DELETE /security/1.0/keys/k1");
}

#[tokio::test]
async fn what_is_revoked() {
    let desk = Desk::logged_in().await;
    let token = r#"{"tokenId":"t1","revokedBy":"User:bob","revokedAt":"2026-01-02T03:04:06Z","forgottenAt":"2026-01-02T04:04:05Z"}"#;
    let everybody = r#"{"issuedBefore":"2026-01-02T03:04:05Z","revokedBy":"User:root","revokedAt":"2026-01-02T03:04:06Z","forgottenAt":"2026-01-02T04:04:05Z"}"#;
    desk.server.on(
        REVOKED,
        Reply::json(200, format!("[{ALICE},{token},{everybody}]")),
    );
    assert_snapshot!(desk.run("tokens revoked").await, @r#"
    exit code: 0
    --- stdout ---
     Principal  | Token ID | Issued Before        | Revoked By | Revoked At           | Forgotten At
    ------------+----------+----------------------+------------+----------------------+----------------------
     User:alice |          | 2026-01-02T03:04:05Z | User:root  | 2026-01-02T03:04:06Z | 2026-01-02T04:04:05Z
                | t1       |                      | User:bob   | 2026-01-02T03:04:06Z | 2026-01-02T04:04:05Z
     everybody  |          | 2026-01-02T03:04:05Z | User:root  | 2026-01-02T03:04:06Z | 2026-01-02T04:04:05Z
    "#);
}

#[tokio::test]
async fn revoking_a_users_tokens() {
    let desk = Desk::logged_in().await;
    desk.server.on(REVOKE, Reply::json(200, ALICE)).on(
        REVOKE,
        Reply::error(403, "User:alice not permitted to Alter SecurityMetadata"),
    );
    assert_snapshot!(desk.run("tokens revoke --principal User:alice --issued-before 2026-01-02T05:04:05+02:00").await, @r#"
    exit code: 0
    --- stdout ---
     Principal  | Token ID | Issued Before        | Revoked By | Revoked At           | Forgotten At
    ------------+----------+----------------------+------------+----------------------+----------------------
     User:alice |          | 2026-01-02T03:04:05Z | User:root  | 2026-01-02T03:04:06Z | 2026-01-02T04:04:05Z
    "#);
    assert_snapshot!(desk.run("tokens revoke --principal User:bob").await, @r#"
    exit code: 1
    --- stderr ---
    Error: 403 Forbidden: User:alice not permitted to Alter SecurityMetadata

    Suggestions:
        Ask someone with the role SystemAdmin or UserAdmin in this scope, or log in as such a user
        `openmds tokens revoke --current` revokes the token of your own log in
    "#);
    assert_snapshot!(desk.server.requests(), @r#"
    POST /security/1.0/revocations {"principal":"User:alice","issuedBefore":"2026-01-02T03:04:05Z"}
    POST /security/1.0/revocations {"principal":"User:bob"}
    "#);
    assert_snapshot!(desk.run("tokens revoke --principal bob").await, @r#"
    exit code: 2
    --- stderr ---
    Error: the principal "bob" has no type

    Suggestions:
        Write User:bob or Group:bob
    "#);
    assert_snapshot!(desk.run("tokens revoke --principal User:bob --issued-before yesterday").await, @r#"
    exit code: 2
    --- stderr ---
    Error: "yesterday" is no time

    Suggestions:
        Write it with its time zone, for example 2026-01-02T03:04:05Z
    "#);
}

#[tokio::test]
async fn revoking_one_token() {
    let desk = Desk::logged_in().await;
    desk.server.on(REVOKE, Reply::json(200, ALICE));
    let file = desk.write("token", "e30.found.c2ln\n");
    for command in [
        format!("tokens revoke --token-file {file}"),
        "tokens revoke --token-id t1".to_owned(),
    ] {
        let outcome = desk.run(&command).await;
        assert!(outcome.starts_with("exit code: 0\n"), "{outcome}");
    }
    let outcome = desk
        .run_with_input("tokens revoke --token-file -", "e30.piped.c2ln\n")
        .await;
    assert!(outcome.starts_with("exit code: 0\n"), "{outcome}");
    assert_snapshot!(desk.server.requests(), @r#"
    POST /security/1.0/revocations {"token":"e30.found.c2ln"}
    POST /security/1.0/revocations {"tokenId":"t1"}
    POST /security/1.0/revocations {"token":"e30.piped.c2ln"}
    "#);
    desk.run("tokens revoke --current").await;
    let kept = desk.contexts();
    let context = kept["contexts"]
        .as_object()
        .unwrap()
        .values()
        .next()
        .unwrap();
    let expected = format!(r#"{REVOKE} {{"token":{}}}"#, context["token"]);
    assert_eq!(desk.server.requests(), expected);
    let two = desk.write("two", "first-secret second-secret");
    assert_snapshot!(desk.run(&format!("tokens revoke --token-file {two}")).await, @r#"
    exit code: 1
    --- stderr ---
    Error: [DESK]/two does not hold one token

    Suggestions:
        Nothing was revoked; the file must hold the token and nothing else
    "#);
    assert_snapshot!(desk.run("tokens revoke").await, @r#"
    exit code: 2
    --- stderr ---
    error: the following required arguments were not provided:
      <--current|--token-file <FILE>|--token-id <ID>|--principal <PRINCIPAL>|--issued-before <TIME>>

    Usage: openmds tokens revoke <--current|--token-file <FILE>|--token-id <ID>|--principal <PRINCIPAL>|--issued-before <TIME>>

    For more information, try '--help'.
    "#);
    assert_snapshot!(desk.run("tokens revoke --current --token-id t1").await, @r#"
    exit code: 2
    --- stderr ---
    error: the argument '--current' cannot be used with '--token-id <ID>'

    Usage: openmds tokens revoke <--current|--token-file <FILE>|--token-id <ID>|--principal <PRINCIPAL>|--issued-before <TIME>>

    For more information, try '--help'.
    "#);
}

#[tokio::test]
async fn everybody_is_logged_out_only_on_purpose() {
    let desk = Desk::logged_in().await;
    desk.server.on(REVOKE, Reply::json(200, ALICE));
    let command = "tokens revoke --issued-before 2026-01-02T03:04:05Z";
    assert_snapshot!(desk.run_with_input(command, "n\n").await, @r#"
    exit code: 0
    --- stderr ---
    Everybody must log in again, programs too. Are you sure? (y/n): 
    Nothing was revoked.
    "#);
    assert_eq!(desk.server.requests(), "");
    desk.run(&format!("{command} --force")).await;
    assert_snapshot!(desk.server.requests(), @r#"POST /security/1.0/revocations {"issuedBefore":"2026-01-02T03:04:05Z"}"#);
}

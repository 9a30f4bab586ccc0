//! `audit-log companion describe`, `update` and `edit`: as those of the configuration, at another path.

use insta::assert_snapshot;

use crate::audit_log::FORBIDDEN;
use crate::desk::Desk;
use crate::stand_in::Reply;

const GET: &str = "GET /openmds/1.0/audit/companion";
const PUT: &str = "PUT /openmds/1.0/audit/companion";
const UPDATE: &str = "audit-log companion update";
const EDIT: &str = "audit-log companion edit";
const COMPANION: &str = r#"{"fail_modes":{"default":"best-effort","routes":{"crn:///kafka=*/topic=pay-*":{"produce":"durable"}}},"formats":{},"metadata":{"resource_version":"c7","updated_at":"2026-01-02T03:04:05Z"}}"#;

#[tokio::test]
async fn describe_prints_what_can_be_edited() {
    let desk = Desk::logged_in().await;
    desk.server.on(GET, Reply::json(200, COMPANION));
    assert_snapshot!(desk.run("audit-log companion describe").await, @r#"
    exit code: 0
    --- stdout ---
    {
      "fail_modes": {
        "default": "best-effort",
        "routes": {
          "crn:///kafka=*/topic=pay-*": {
            "produce": "durable"
          }
        }
      },
      "formats": {},
      "metadata": {
        "resource_version": "c7",
        "updated_at": "2026-01-02T03:04:05Z"
      }
    }
    "#);
}

#[tokio::test]
async fn without_the_right_commands_to_paste_are_printed() {
    let desk = Desk::logged_in().await;
    desk.server.on(GET, Reply::error(403, FORBIDDEN));
    let outcome = desk.run("al companion describe").await;
    assert!(
        outcome.contains("\nopenmds iam rbac role-binding create"),
        "{outcome}"
    );
    assert!(outcome.starts_with("exit code: 1"), "{outcome}");
}

#[tokio::test]
async fn an_older_server_has_none() {
    let desk = Desk::logged_in().await;
    desk.server.on(GET, Reply::error(404, "there is nothing"));
    assert_snapshot!(desk.run("audit-log companion describe").await, @r#"
    exit code: 1
    --- stderr ---
    Error: unable to access endpoint: 404 Not Found

    Suggestions:
        Check that the URL of the session is that of a metadata server with audit log management
    "#);
}

#[tokio::test]
async fn the_users_text_reaches_the_server_unchanged() {
    let desk = Desk::logged_in().await;
    let reply = Reply::json(200, r#"{"metadata":{"resource_version":"c8"}}"#)
        .header("openmds-warning", "fail_modes.routes: no route")
        .header("openmds-pending-clusters", "1");
    desk.server.on(PUT, reply);
    let text = "{ \"fail_mode\": {},\n \"a\": 1.50}\n";
    let outcome = desk.run_with_input(UPDATE, text).await;
    assert_eq!(desk.server.requests(), format!("{PUT} {text}"));
    assert_snapshot!(outcome, @r#"
    exit code: 0
    --- stdout ---
    {
      "metadata": {
        "resource_version": "c8"
      }
    }
    --- stderr ---
    Warning: fail_modes.routes: no route
    Warning: 1 cluster cannot be reached and gets the companion later; see `openmds audit-log status`
    "#);
    let file = desk.write("companion.json", text);
    let by_file = desk.run(&format!("{UPDATE} --file {file}")).await;
    assert_eq!(by_file, outcome);
    assert_eq!(desk.server.requests(), format!("{PUT} {text}"));
}

#[tokio::test]
async fn what_is_no_object_is_not_sent() {
    let desk = Desk::logged_in().await;
    assert_snapshot!(desk.run_with_input(UPDATE, "[]").await, @r#"
    exit code: 1
    --- stderr ---
    Error: standard input is not a companion: invalid type: sequence, expected a JSON object at line 1 column 0

    Suggestions:
        Nothing was sent; correct the document and try again
    "#);
    assert_eq!(desk.server.requests(), "");
}

#[tokio::test]
async fn every_fault_is_named() {
    let desk = Desk::logged_in().await;
    let body = r#"{"message":"the companion is not valid; nothing was changed:\nfail_modes.default: must be best-effort, durable or required, not `sure`\nmodes: is not a field here","errors":[{"error_type":"fail_modes.default","message":"must be best-effort, durable or required, not `sure`"},{"error_type":"modes","message":"is not a field here"}]}"#;
    desk.server.on(PUT, Reply::json(400, body));
    assert_snapshot!(desk.run_with_input(UPDATE, "{}").await, @r#"
    exit code: 1
    --- stderr ---
    Error: 400 Bad Request
    the companion is not valid; nothing was changed:
    fail_modes.default: must be best-effort, durable or required, not `sure`
    modes: is not a field here

    Suggestions:
        Nothing was stored; correct the document and try again
    "#);
}

#[tokio::test]
async fn a_conflict_prints_the_companion_in_force() {
    let desk = Desk::logged_in().await;
    desk.server
        .on(PUT, Reply::json(409, r#"{"fail_modes":{}}"#));
    assert_snapshot!(desk.run_with_input(UPDATE, "{}").await, @r#"
    exit code: 1
    --- stdout ---
    {
      "fail_modes": {}
    }
    --- stderr ---
    Error: 409 Conflict
    the companion has changed since this document was made; nothing was replaced

    Suggestions:
        Standard output has the current document: make your change in it and update again
        Or repeat the command with --force to replace the current document by yours
    "#);
}

#[tokio::test]
async fn force_takes_the_version_in_force() {
    let desk = Desk::logged_in().await;
    desk.server.on(GET, Reply::json(200, COMPANION));
    desk.server.on(PUT, Reply::json(200, "{}"));
    let text = r#"{"metadata":{"resource_version":"old"},"formats":{"b":1.0,"a":2}}"#;
    let outcome = desk
        .run_with_input("audit-log companion update --force", text)
        .await;
    assert!(outcome.starts_with("exit code: 0"), "{outcome}");
    let sent = r#"{"formats":{"b":1.0,"a":2},"metadata":{"resource_version":"c7"}}"#;
    assert_eq!(desk.server.requests(), format!("{GET}\n{PUT} {sent}"));
}

#[tokio::test]
async fn force_takes_no_version_of_another_document() {
    let desk = Desk::logged_in().await;
    desk.server.on(GET, Reply::error(500, "no"));
    let outcome = desk
        .run_with_input("audit-log companion update --force", "{}")
        .await;
    assert!(outcome.starts_with("exit code: 1"), "{outcome}");
    assert_eq!(desk.server.requests(), GET);
}

/// A desk whose editor runs the script on the file.
async fn desk_with_editor(script: &str) -> Desk {
    let mut desk = Desk::logged_in().await;
    desk.server.on(GET, Reply::json(200, COMPANION));
    let directory = desk.file("x").parent().unwrap().display().to_string();
    let script = desk.write("editor.sh", format!("set -e\nD='{directory}'\n{script}\n"));
    desk.variables.insert("EDITOR", format!("sh '{script}'"));
    desk
}

#[tokio::test]
async fn what_was_saved_is_put_once_it_has_no_faults() {
    let script = r#"
n=$(cat $D/n 2>/dev/null || echo 0); n=$((n+1)); echo $n > $D/n; cp "$1" $D/shown$n
case $n in
1) sed -i 's/durable/sure/; s/best-effort/always/' "$1" ;;
2) sed -i 's/"sure"/"required"/; s/always/durable/' "$1" ;;
esac"#;
    let desk = desk_with_editor(script).await;
    desk.server.on(PUT, Reply::json(200, "{}"));
    let outcome = desk.run(EDIT).await;
    assert_eq!(outcome, "exit code: 0\n--- stdout ---\n{}\n");
    let shown = std::fs::read_to_string(desk.file("shown2")).unwrap();
    let head: Vec<&str> = shown.lines().take(4).collect();
    assert_snapshot!(head.join("\n"), @r##"
    # Not sent, because of what follows. Correct it and save; leave it as it is to give up.
    # fail_modes.default: must be best-effort, durable or required, not `always`
    # fail_modes.routes["crn:///kafka=*/topic=pay-*"].produce: must be best-effort, durable or required, not `sure`
    {
    "##);
    let requests = desk.server.requests();
    assert_eq!(requests.matches("PUT").count(), 1, "{requests}");
    assert!(requests.contains("\"required\""), "{requests}");
}

#[tokio::test]
async fn a_conflict_shows_what_changed_and_keeps_the_text() {
    let desk = desk_with_editor(r#"sed -i 's/durable/required/' "$1""#).await;
    let current = COMPANION.replace("pay-", "paid-").replace("c7", "c8");
    desk.server.on(PUT, Reply::json(409, current));
    let outcome = desk.run(EDIT).await;
    for said in [
        "\n-       \"crn:///kafka=*/topic=pay-*\": {\n",
        "\n+       \"crn:///kafka=*/topic=paid-*\": {\n",
        "into what `openmds audit-log companion edit` shows now",
        "Then run `openmds audit-log companion update --force --file FILE`",
    ] {
        assert!(outcome.contains(said), "{said}: {outcome}");
    }
    let path = outcome
        .lines()
        .find_map(|line| line.trim().strip_prefix("Your text is in "));
    let text = std::fs::read_to_string(path.unwrap()).unwrap();
    std::fs::remove_file(path.unwrap()).unwrap();
    assert!(text.contains("\"required\""), "{text}");
}

#[tokio::test]
async fn an_unchanged_text_is_not_sent() {
    let desk = desk_with_editor("true").await;
    let outcome = desk.run(EDIT).await;
    assert!(
        outcome.contains("Nothing was changed; nothing was sent."),
        "{outcome}"
    );
    assert_eq!(desk.server.requests(), GET);
}

const STATUS: &str = r#"{"resource_version":"v0","updated_at":null,"state":"default","clusters":[],"companion":{"resource_version":"c7","updated_at":"2026-01-02T03:04:05Z","clusters":[
{"cluster_name":"payments","cluster_id":"p","state":"pending","projected":false,"error":null,"next_attempt_in_ms":null,"size_bytes":9,"nodes":[
{"id":1,"role":"broker","state":"applied","resource_version":"c7","checked_at":null,"age_ms":9,"error":null},
{"id":2,"role":"broker","state":"drifted","resource_version":"c6","checked_at":null,"age_ms":2000,"error":"an override masks it"}]}]},
"destination":{"bootstrap_servers":[],"state":"not used yet","error":null},"warnings":[]}"#;

#[tokio::test]
async fn the_status_shows_it_in_a_table_of_its_own() {
    let desk = Desk::logged_in().await;
    desk.server
        .on("GET /security/1.0/audit/status", Reply::json(200, STATUS));
    assert_snapshot!(desk.run("audit-log status").await, @r#"
    exit code: 0
    --- stdout ---
    Configuration: built-in default (version v0); nothing is pushed before the first update
    Destination: not used yet

     Cluster | Node | Role | State | Version | Age | Error
    ---------+------+------+-------+---------+-----+-------

    Companion: version c7 of 2026-01-02T03:04:05Z

     Cluster  | Node | Role   | State   | Version | Age  | Error
    ----------+------+--------+---------+---------+------+----------------------
     payments | all  |        | pending |         |      |
     payments | 1    | broker | applied | c7      | 9 ms |
     payments | 2    | broker | drifted | c6      | 2 s  | an override masks it
    "#);
}

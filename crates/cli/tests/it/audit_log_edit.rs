//! `audit-log config edit`: the editor is a shell script.

use insta::assert_snapshot;

use crate::audit_log::DOCUMENT;
use crate::desk::Desk;
use crate::stand_in::Reply;

const EDIT: &str = "audit-log config edit";
const CONFIG: &str = "/security/1.0/audit/config";

/// A desk whose editor runs the script; `$1` is the file, and the working files are beside `$D/x`.
async fn desk(script: &str) -> Desk {
    let mut desk = Desk::logged_in().await;
    desk.server
        .on(&format!("GET {CONFIG}"), Reply::json(200, DOCUMENT));
    let directory = desk.file("x").parent().unwrap().display().to_string();
    let script = desk.write("editor.sh", format!("set -e\nD='{directory}'\n{script}\n"));
    desk.variables.insert("EDITOR", format!("sh '{script}'"));
    desk
}

fn read(desk: &Desk, name: &str) -> String {
    std::fs::read_to_string(desk.file(name)).unwrap()
}

/// The path that the outcome names, and the outcome without it.
fn left_behind(outcome: &str) -> (String, String) {
    let path = outcome
        .lines()
        .find_map(|line| line.trim().strip_prefix("Your text is in "));
    let path = path
        .unwrap_or_else(|| panic!("no path: {outcome}"))
        .to_owned();
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    (text, outcome.replace(&path, "[FILE]"))
}

const CHANGE: &str = r#"sed -i 's/pay-/paid-/' "$1""#;

#[tokio::test]
async fn what_was_saved_is_put() {
    let desk = desk(&format!(
        "stat -c %a \"$1\" > $D/mode; cp \"$1\" $D/shown; echo \"$1\" > $D/path\n{CHANGE}"
    ))
    .await;
    desk.server
        .on(&format!("PUT {CONFIG}"), Reply::json(200, r#"{"a":1}"#));
    let outcome = desk.run(EDIT).await;
    assert_eq!(outcome, "exit code: 0\n--- stdout ---\n{\n  \"a\": 1\n}\n");
    let shown = read(&desk, "shown");
    assert!(
        shown.starts_with("{\n  \"destinations\": {\n") && shown.ends_with("\n}\n"),
        "{shown}"
    );
    let requests = desk.server.requests();
    let sent = shown.replace("pay-", "paid-");
    assert_eq!(
        requests,
        format!("GET {CONFIG}\nPUT {CONFIG} {}", sent.trim_end())
    );
    assert_eq!(read(&desk, "mode"), "600\n");
    assert!(
        !std::path::Path::new(read(&desk, "path").trim()).exists(),
        "the file stays"
    );
}

#[tokio::test]
async fn an_unchanged_text_is_not_sent() {
    let desk = desk("true").await;
    assert_snapshot!(desk.run(EDIT).await, @r#"
    exit code: 0
    --- stderr ---
    Nothing was changed; nothing was sent.
    "#);
    assert_eq!(desk.server.requests(), format!("GET {CONFIG}"));
}

#[tokio::test]
async fn faults_are_shown_in_the_first_lines_until_they_are_gone() {
    let script = r#"
n=$(cat $D/n 2>/dev/null || echo 0); n=$((n+1)); echo $n > $D/n; cp "$1" $D/shown$n
case $n in
1) sed -i 's/"produce"\|"consume"/"prodcue"/' "$1" ;;
2) sed -i 's/"prodcue"/"produce"/; s/"routes": {/"routes": {{/' "$1" ;;
3) sed -i 's/"routes": {{/"routes": {/' "$1" ;;
esac"#;
    let desk = desk(script).await;
    desk.server
        .on(&format!("PUT {CONFIG}"), Reply::json(200, "{}"));
    let outcome = desk.run(EDIT).await;
    assert_eq!(outcome, "exit code: 0\n--- stdout ---\n{}\n");
    assert_eq!(read(&desk, "n"), "3\n");
    let head = |name: &str| {
        let text = read(&desk, name);
        text.lines().take(3).collect::<Vec<_>>().join("\n")
    };
    assert_snapshot!(head("shown2"), @r#"
    # Not sent, because of what follows. Correct it and save; leave it as it is to give up.
    # routes["crn:///kafka=*/topic=pay-*"].prodcue: `prodcue` is not a category: use authentication, authorize, management, produce, consume, interbroker, heartbeat or describe
    {
    "#);
    assert_snapshot!(head("shown3"), @r#"
    # Not sent, because of what follows. Correct it and save; leave it as it is to give up.
    # the text is not valid JSON: key must be a string at line 17 column 14
    {
    "#);
    let requests = desk.server.requests();
    assert_eq!(requests.matches("PUT").count(), 1, "{requests}");
    assert!(!requests.contains('#'), "{requests}");
}

#[tokio::test]
async fn whoever_leaves_the_faults_gives_up_and_keeps_the_text() {
    let desk = desk(r#"sed -i 's/"consume"/"konsum"/' "$1""#).await;
    let (text, outcome) = left_behind(&desk.run(EDIT).await);
    assert!(text.contains("\"konsum\""), "{text}");
    assert_snapshot!(outcome, @r#"
    exit code: 1
    --- stderr ---
    Error: the configuration still has faults; nothing was sent:
    routes["crn:///kafka=*/topic=pay-*"].konsum: `konsum` is not a category: use authentication, authorize, management, produce, consume, interbroker, heartbeat or describe

    Suggestions:
        Your text is in [FILE]
    "#);
    assert_eq!(desk.server.requests(), format!("GET {CONFIG}"));
}

#[tokio::test]
async fn faults_that_only_the_server_knows_are_shown_too() {
    let desk = desk(&format!("cp \"$1\" $D/shown\n{CHANGE}")).await;
    let refusal = r#"{"message":"the audit log configuration is not valid; nothing was changed:","errors":[{"error_type":"destinations.bootstrap_servers[0]","message":"is not allowed"}]}"#;
    desk.server
        .on(&format!("PUT {CONFIG}"), Reply::json(400, refusal));
    let (text, outcome) = left_behind(&desk.run(EDIT).await);
    let shown = read(&desk, "shown");
    assert!(shown.starts_with("# Not sent"), "{shown}");
    assert!(text.starts_with('{') && shown.ends_with(&text), "{text}");
    assert_snapshot!(outcome, @r#"
    exit code: 1
    --- stderr ---
    Error: the configuration still has faults; nothing was sent:
    400 Bad Request
    the audit log configuration is not valid; nothing was changed:
    destinations.bootstrap_servers[0]: is not allowed

    Suggestions:
        Your text is in [FILE]
    "#);
}

#[tokio::test]
async fn a_conflict_shows_what_changed_and_keeps_the_text() {
    let desk = desk(CHANGE).await;
    let current = DOCUMENT
        .replace("7776000000", "1000")
        .replace("\"v7\"", "\"v8\"");
    desk.server
        .on(&format!("PUT {CONFIG}"), Reply::json(409, current));
    let (text, outcome) = left_behind(&desk.run(EDIT).await);
    assert!(
        text.contains("topic=paid-*") && text.starts_with('{'),
        "{text}"
    );
    assert_snapshot!(outcome, @r#"
    exit code: 1
    --- stderr ---
    Error: 409 Conflict
    the configuration has changed while it was edited; nothing was replaced. Since then:
    -         "retention_ms": 7776000000
    +         "retention_ms": 1000
            }
          }
      ...
        },
        "metadata": {
    -     "resource_version": "v7",
    +     "resource_version": "v8",

    Suggestions:
        Take this over into the file below, or into what `openmds audit-log config edit` shows now
        Then run `openmds audit-log config update --force --file FILE`: it replaces what is in force
        Your text is in [FILE]
    "#);
}

#[tokio::test]
async fn an_editor_that_fails_loses_nothing() {
    let desk = desk(&format!("{CHANGE}\nexit 3")).await;
    let (text, outcome) = left_behind(&desk.run(EDIT).await);
    assert!(text.contains("topic=paid-*"), "{text}");
    assert!(
        outcome.contains("exit status: 3; nothing was sent"),
        "{outcome}"
    );
    assert_eq!(desk.server.requests(), format!("GET {CONFIG}"));
}

#[tokio::test]
async fn a_server_that_is_gone_loses_nothing() {
    let desk = desk(CHANGE).await;
    desk.server.on(
        &format!("PUT {CONFIG}"),
        Reply::json(
            500,
            r#"{"message":"stored as version v9; do not repeat it"}"#,
        ),
    );
    let (text, outcome) = left_behind(&desk.run(EDIT).await);
    assert!(text.contains("topic=paid-*"), "{text}");
    assert!(outcome.contains("stored as version v9"), "{outcome}");
}

#[tokio::test]
async fn visual_comes_before_editor() {
    let mut desk = desk("exit 9").await;
    desk.variables.insert("VISUAL", "true".to_owned());
    assert!(desk.run(EDIT).await.starts_with("exit code: 0\n"));
}

//! `audit-log config migrate`: what the shared cases cannot show, because they have one good file a cluster.

use insta::assert_snapshot;

use crate::desk::Desk;

const DOCUMENT: &str = r#"{"destinations":{"topics":{"confluent-audit-log-events":{"retention_ms":7776000000}}},"default_topics":{"allowed":"confluent-audit-log-events","denied":"confluent-audit-log-events"},"routes":{"crn:///kafka=*/topic=*":{"produce":{"allowed":null,"denied":"confluent-audit-log-events"}}},"excluded_principals":["User:kafka"]}"#;
const KEY: &str = "confluent.security.event.router.config";

#[tokio::test]
async fn needs_no_log_in_and_prints_the_document_alone_on_standard_output() {
    let desk = Desk::new().await;
    let split = DOCUMENT.replace("\"routes\"", "\\\n    \"routes\"");
    let a = desk.write(
        "a",
        format!("# a broker\nlisteners=X\n{KEY} = {{}}\n{KEY}={split}\n"),
    );
    let b = desk.write("b", "listeners=X\n");
    let command =
        format!("audit-log config migrate --combine A={a},B={b} --bootstrap-servers l2:1,l1:1");
    assert_snapshot!(desk.run(&command).await, @r#"
    exit code: 0
    --- stdout ---
    {
      "destinations": {
        "bootstrap_servers": [
          "l1:1",
          "l2:1"
        ],
        "topics": {
          "confluent-audit-log-events": {
            "retention_ms": 7776000000
          }
        }
      },
      "excluded_principals": [
        "User:kafka"
      ],
      "default_topics": {
        "allowed": "confluent-audit-log-events",
        "denied": "confluent-audit-log-events"
      },
      "routes": {
        "crn:///kafka=A/topic=*": {
          "produce": {
            "allowed": null,
            "denied": "confluent-audit-log-events"
          }
        }
      },
      "metadata": null
    }
    --- stderr ---
    Warning: Ignoring property file [DESK]/b because it does not contain a router configuration.
    Warning: New Bootstrap Servers: the events of cluster `A` were written to [], and will be written to [l1:1 l2:1]
    "#);
    assert_eq!(desk.server.requests(), "");
}

#[tokio::test]
async fn all_bad_files_are_named_at_once() {
    let desk = Desk::new().await;
    let a = desk.write("a", format!("{KEY}={{"));
    let b = desk.write("b", format!("{KEY}={{\"routs\":{{}}}}"));
    let c = desk.write("c", [b'x', 0xff]);
    let missing = desk.file("missing").display().to_string();
    let command =
        format!("audit-log config migrate --combine A={a},B={b} --combine C={c},D={missing}");
    assert_snapshot!(desk.run(&command).await, @r#"
    exit code: 1
    --- stderr ---
    Error: bad input file: the audit log configuration for cluster "A" uses invalid JSON: EOF while parsing an object at line 1 column 1
    bad input file: the audit log configuration for cluster "B" is not valid: routs: is not a field here; expected: destinations, excluded_principals, default_topics, routes, metadata
    [DESK]/c is no property file: byte 1 is not UTF-8
    invalid file path "[DESK]/missing": No such file or directory (os error 2)

    Suggestions:
        Nothing was printed; correct the files, or copies of them, and try again
    "#);
}

#[tokio::test]
async fn nothing_to_combine_is_a_failure() {
    let desk = Desk::new().await;
    let a = desk.write("a", "listeners=X\n");
    let command = format!("audit-log config migrate --combine A={a}");
    assert_snapshot!(desk.run(&command).await, @r#"
    exit code: 1
    --- stderr ---
    Warning: Ignoring property file [DESK]/a because it does not contain a router configuration.
    Error: none of the files contains confluent.security.event.router.config: there is nothing to combine

    Suggestions:
        These clusters follow the built-in configuration, as any cluster does before the first update
    "#);
}

#[tokio::test]
async fn a_cluster_is_given_once_and_by_its_id() {
    let desk = Desk::new().await;
    let a = desk.write("a", format!("{KEY}={DOCUMENT}"));
    let command = format!("audit-log config migrate --combine A={a},A={a} --authority a/b");
    assert_snapshot!(desk.run(&command).await, @r#"
    exit code: 1
    --- stderr ---
    Error: cannot combine: authority: the authority `a/b` may hold only letters, digits, `.`, `-`, `_` and `:`
    clusters: cluster `A` is given twice
    "#);
    for wrong in ["=x", "A=", "A"] {
        let outcome = desk
            .run(&format!("audit-log config migrate --combine {wrong}"))
            .await;
        assert!(outcome.starts_with("exit code: 2\n"), "{outcome}");
        assert!(
            outcome.contains("write <cluster id>=<property file>"),
            "{outcome}"
        );
    }
}

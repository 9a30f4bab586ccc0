//! Tables on terminals and in pipes.

use insta::assert_snapshot;

use crate::desk::Desk;
use crate::stand_in::Reply;

const CLUSTERS: &str = r#"[{"clusterName":"payments-of-the-whole-company","scope":{"clusters":{"kafka-cluster":"DBS26_qTQ-mT23p5opUK_g","schema-registry-cluster":"sr-1"}},"hosts":[{"host":"sr1.example.com","port":8081},{"host":"sr2.example.com","port":8081}],"protocol":"HTTPS"}]"#;

#[tokio::test]
async fn a_narrow_terminal_breaks_cells_and_a_pipe_does_not() {
    let mut desk = Desk::logged_in().await;
    desk.server.on(
        "GET /security/1.0/registry/clusters",
        Reply::json(200, CLUSTERS),
    );
    assert_snapshot!(desk.run("cluster list").await, @r#"
    exit code: 0
    --- stdout ---
     Name                          | Type                    | Kafka Cluster          | Component ID | Hosts                                      | Protocol
    -------------------------------+-------------------------+------------------------+--------------+--------------------------------------------+----------
     payments-of-the-whole-company | schema-registry-cluster | DBS26_qTQ-mT23p5opUK_g | sr-1         | sr1.example.com:8081, sr2.example.com:8081 | HTTPS
    "#);
    desk.terminal = Some(80);
    let outcome = desk.run("cluster list").await;
    assert!(
        outcome.lines().all(|line| line.chars().count() <= 80),
        "{outcome}"
    );
    assert_snapshot!(outcome, @r#"
    exit code: 0
    --- stdout ---
     Name        | Type        | Kafka       | Component   | Hosts       | Protocol
                 |             | Cluster     | ID          |             |
    -------------+-------------+-------------+-------------+-------------+----------
     payments-of | schema-regi | DBS26_qTQ-m | sr-1        | sr1.example | HTTPS
     -the-whole- | stry-cluste | T23p5opUK_g |             | .com:8081,  |
     company     | r           |             |             | sr2.example |
                 |             |             |             | .com:8081   |
    "#);
    assert!(!outcome.contains('\u{1b}'), "no escape sequences");
    let in_terminal = desk.run("cluster list -o json").await;
    desk.terminal = None;
    assert_eq!(desk.run("cluster list -o json").await, in_terminal);
}

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
    assert_snapshot!(desk.run("cluster list").await, @"");
    desk.terminal = Some(80);
    let outcome = desk.run("cluster list").await;
    assert!(
        outcome.lines().all(|line| line.chars().count() <= 80),
        "{outcome}"
    );
    assert_snapshot!(outcome, @"");
    assert!(!outcome.contains('\u{1b}'), "no escape sequences");
    let in_terminal = desk.run("cluster list -o json").await;
    desk.terminal = None;
    assert_eq!(desk.run("cluster list -o json").await, in_terminal);
}

//! `cluster describe`

use insta::assert_snapshot;

use crate::desk::Desk;
use crate::stand_in::Reply;

#[tokio::test]
async fn describe_needs_no_log_in() {
    let desk = Desk::new().await;
    let metadata = r#"{"id":"K1","scope":{"path":[],"clusters":{"kafka-cluster":"K1"}}}"#;
    desk.server
        .on("GET /v1/metadata/id", Reply::json(200, metadata));
    let url = desk.server.url.clone();
    assert_snapshot!(desk.run(&format!("cluster describe --url {url}")).await, @r#"
    exit code: 0
    --- stdout ---
    Resource name: K1

     Type          | ID
    ---------------+----
     kafka-cluster | K1
    "#);
    assert_snapshot!(desk.run(&format!("cluster describe --url {url} -o json")).await, @r#"
    exit code: 0
    --- stdout ---
    {
      "crn": "K1",
      "scope": [
        {
          "type": "kafka-cluster",
          "id": "K1"
        }
      ]
    }
    "#);
    assert!(!desk.server.last_headers().contains("authorization"));
    assert_snapshot!(desk.run("cluster describe").await, @r#"
    exit code: 2
    --- stderr ---
    Error: the address of the server is not known

    Suggestions:
        Add --url URL
    "#);
}

#[tokio::test]
async fn describe_refused() {
    let desk = Desk::new().await;
    desk.server.on("GET /v1/metadata/id", Reply::empty(401));
    let url = desk.server.url.clone();
    assert_snapshot!(desk.run(&format!("cluster describe --url {url}")).await, @r#"
    exit code: 1
    --- stderr ---
    Error: 401 Unauthorized

    Suggestions:
        Check that the URL is that of a metadata server or of another server of the platform
    "#);
}

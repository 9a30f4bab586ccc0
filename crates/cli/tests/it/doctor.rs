//! `doctor`. Which finding there is when: the table in `src/doctor/tests.rs`.

use insta::assert_snapshot;

use crate::desk::Desk;

const NODE: &str = "process.roles=broker
listeners=TOKEN://broker1:9094
listener.security.protocol.map=TOKEN:SASL_SSL
inter.broker.listener.name=TOKEN
controller.listener.names=C
super.user=User:broker
listener.name.token.sasl.enabled.mechanisms=OAUTHBEARER
";

#[tokio::test]
async fn findings_have_a_line_and_say_what_to_do() {
    let desk = Desk::new().await;
    let file = desk.write("server.properties", NODE);
    assert_snapshot!(desk.run(&format!("doctor {file}")).await, @r#"
    exit code: 1
    --- stdout ---
    error: [DESK]/server.properties: authorizer.class.name: is missing: this broker lets everybody do everything
        set it to io.openmds.kafka.OpenMdsAuthorizer, on brokers and on controllers
    error: [DESK]/server.properties: listener.name.token.oauthbearer.sasl.jaas.config: is missing, and Kafka does not start
        set it to `org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required ;`
    error: [DESK]/server.properties: listener.name.token.oauthbearer.sasl.server.callback.handler.class: is missing: Kafka then accepts UNSIGNED tokens on TOKEN, so anybody can be anybody, super users too
        set it to org.apache.kafka.common.security.oauthbearer.OAuthBearerValidatorCallbackHandler or io.openmds.kafka.OpenMdsTokenValidator
    error: [DESK]/server.properties: super.users: is missing: brokers may not even speak with each other
        name the brokers' own principal and User:_openmds
    warning: [DESK]/server.properties:4: inter.broker.listener.name: brokers log in to each other with tokens: while the metadata server is away, none can start
        give brokers a listener of their own, with certificates or SCRAM
    warning: [DESK]/server.properties:6: super.user: is not a property that anything here reads
        did you mean super.users?
    --- stderr ---
    Error: 4 errors and 2 warnings found
    "#);
    let meta = desk.write("meta.properties", "version=1\ncluster.id=K9\n");
    let folder = meta.trim_end_matches("/meta.properties").to_owned();
    let good = format!(
        "process.roles=broker\nlog.dirs={folder}\nlisteners=T://127.0.0.1:1\nlistener.security.protocol.map=T:SASL_SSL,R:SSL,C:SSL\ninter.broker.listener.name=T\ncontroller.listener.names=C\nauthorizer.class.name=io.openmds.kafka.OpenMdsAuthorizer\nsuper.users=User:_openmds\nlistener.name.t.sasl.enabled.mechanisms=OAUTHBEARER\nlistener.name.t.oauthbearer.sasl.jaas.config=x\nlistener.name.t.oauthbearer.sasl.server.callback.handler.class=io.openmds.kafka.OpenMdsTokenValidator\nopenmds.jwks.cache.path=x\nopenmds.token.issuer=i\nopenmds.token.audience=K1\n"
    );
    let file = desk.write("good.properties", good);
    assert_snapshot!(desk.run(&format!("doctor {file} -o json")).await, @r#"
    exit code: 1
    --- stdout ---
    [
      {
        "severity": "error",
        "rule": "wrong-audience",
        "file": "[DESK]/good.properties",
        "line": 14,
        "path": "openmds.token.audience",
        "message": "`K1` does not name this cluster's id K9, for which the server's own tokens are",
        "fix": "add the cluster's id to the list"
      },
      {
        "severity": "warning",
        "rule": "tokens-between-brokers",
        "file": "[DESK]/good.properties",
        "line": 5,
        "path": "inter.broker.listener.name",
        "message": "brokers log in to each other with tokens: while the metadata server is away, none can start",
        "fix": "give brokers a listener of their own, with certificates or SCRAM"
      }
    ]
    --- stderr ---
    Error: 1 error and 1 warning found
    "#);
    let outcome = desk.run(&format!("doctor {file} --cluster-id K1")).await;
    assert!(
        outcome.starts_with("exit code: 0\n--- stdout ---\nwarning: "),
        "{outcome}"
    );
    let outcome = desk
        .run(&format!("doctor {file} --cluster-id K1 --strict"))
        .await;
    assert!(outcome.ends_with("Error: 1 warning found\n"), "{outcome}");
}

#[tokio::test]
async fn a_file_that_is_none_is_a_failure() {
    let desk = Desk::new().await;
    let missing = desk.file("missing").display().to_string();
    assert_snapshot!(desk.run(&format!("doctor {missing}")).await, @r#"
    exit code: 1
    --- stderr ---
    Error: invalid file path "[DESK]/missing": No such file or directory (os error 2)

    Suggestions:
        Give the path of a property file that this user may read
    "#);
    assert!(desk.run("doctor").await.starts_with("exit code: 2\n"));
}

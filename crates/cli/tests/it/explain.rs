//! `iam rbac explain` and `iam rbac who-can`

use insta::assert_snapshot;

use crate::desk::Desk;
use crate::stand_in::Reply;

const EXPLAIN: &str = "POST /security/1.0/rbac/explain";
const WHO_CAN: &str = "POST /security/1.0/rbac/who-can";
const NOTES: &str = r#""notes":["This is the view of the server."]"#;

fn denied() -> String {
    format!(
        r#"{{"principals":["User:alice","Group:dev"],"operation":"Write","resourceType":"Topic","resourceName":"orders","scope":{{"clusters":{{"kafka-cluster":"k"}}}},"host":"10.0.0.1","decision":"DENIED","reason":{{"kind":"acl","text":"a central ACL denies User:alice Write on Topic:orders from every host"}},"nearest":[{{"rule":{{"kind":"roleBinding","text":"User:alice has the role DeveloperRead on Topic:orders"}},"differs":["operation"]}}],"fix":{{"first":["openmds iam acl delete --deny"],"one_of":["openmds iam rbac role-binding create --role DeveloperWrite","openmds iam rbac role-binding create --role ResourceOwner"]}},"audit":{{"method":"kafka.Produce","category":"produce","onByDefault":false,"crn":"crn:///kafka=k/topic=orders","route":"default","topic":null,"text":"not recorded: produce is off by default, and no route turns it on"}},{NOTES}}}"#
    )
}

#[tokio::test]
async fn explain() {
    let desk = Desk::logged_in().await;
    desk.server.on(EXPLAIN, Reply::json(200, denied()));
    let command = "iam rbac explain --principal User:alice --operation write --resource Topic:orders --kafka-cluster k --group Group:dev --host 10.0.0.1";
    assert_snapshot!(desk.run(command).await, @r#"
    exit code: 0
    --- stdout ---
     Decision  | DENIED
     Because   | a central ACL denies User:alice Write on Topic:orders from every host
     Principal | User:alice, Group:dev
     Operation | Write
     Resource  | Topic:orders
     Scope     | kafka-cluster=k
     Host      | 10.0.0.1
     Came near | User:alice has the role DeveloperRead on Topic:orders (another operation)
     Audit     | not recorded: produce is off by default, and no route turns it on

    First take away what denies it:
        openmds iam acl delete --deny

    Then any one of these allows it, those that open least first:
        openmds iam rbac role-binding create --role DeveloperWrite
        openmds iam rbac role-binding create --role ResourceOwner
    --- stderr ---
    This is the view of the server.
    "#);
    let asked = desk.server.requests();
    assert!(asked.contains(r#""operation":"Write""#), "{asked}");
    assert!(asked.contains(r#""groups":["dev"]"#), "{asked}");
    let json = desk.run(&format!("{command} -o json")).await;
    assert!(json.contains("\"decision\": \"DENIED\""), "{json}");
    let yaml = desk.run(&format!("{command} -o yaml")).await;
    assert!(yaml.contains("decision: DENIED"), "{yaml}");
}

#[tokio::test]
async fn live_lists_the_nodes_and_warns_where_they_disagree() {
    let desk = Desk::logged_in().await;
    let live = r#""live":[{"nodeId":1,"roles":["broker"],"state":"answered","decision":"ALLOWED","text":"a local ACL allows it","generation":7,"rule":{"reason":"acl"}},{"nodeId":2,"roles":["broker"],"state":"silent","decision":null,"text":"the node is not heard","generation":null,"rule":null}]}"#;
    let body = format!("{},{live}", denied().strip_suffix('}').unwrap());
    desk.server.on(EXPLAIN, Reply::json(200, body));
    let outcome = desk.run("iam rbac explain --principal User:alice --operation Write --resource Topic:orders --kafka-cluster k --live").await;
    let rows: Vec<String> = outcome
        .lines()
        .skip_while(|line| !line.contains("Node"))
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    assert_snapshot!(rows.join("\n"), @r"
    Node | Roles | Decision | Because | Generation
    ------+--------+----------+-----------------------+------------
    1 | broker | ALLOWED | a local ACL allows it | 7
    2 | broker | silent | the node is not heard | -
    --- stderr ---
    Warning: decided otherwise than the server's view (DENIED) by: node 1
    This is the view of the server.
    ");
    assert!(desk.server.requests().contains(r#""live":true"#));
}

#[tokio::test]
async fn an_explanation_that_is_refused_says_why() {
    let desk = Desk::logged_in().await;
    desk.server.on(
        EXPLAIN,
        Reply::error(403, "User:bob not permitted to DescribeAccess on x. Fix it:\nopenmds iam rbac role-binding create --role SecurityAdmin"),
    );
    let command = "iam rbac explain --principal User:alice --operation Read --resource Topic:orders --cluster-name pay";
    let outcome = desk.run(command).await;
    assert!(outcome.starts_with("exit code: 1"), "{outcome}");
    assert!(outcome.contains("--role SecurityAdmin"), "{outcome}");
    for wrong in [
        "iam rbac explain --principal alice --operation Read --resource Topic:t --kafka-cluster k",
        "iam rbac explain --principal User:a --operation Read --resource t --kafka-cluster k",
        "iam rbac explain --principal User:a --operation Read --resource Topic:t",
        "iam rbac who-can --operation Read --resource Topic:t",
        "iam rbac who-can --resource Topic:t --kafka-cluster k",
    ] {
        let outcome = desk.run(wrong).await;
        assert!(outcome.starts_with("exit code: 2"), "{wrong}: {outcome}");
    }
}

#[tokio::test]
async fn who_can() {
    let desk = Desk::logged_in().await;
    desk.server.on(
        WHO_CAN,
        Reply::json(200, format!(r#"{{"operation":"Read","resourceType":"Topic","resourceName":"orders","scope":{{"clusters":{{"kafka-cluster":"k"}}}},"may":[{{"principal":"User:alice","host":null,"reason":{{"kind":"roleBinding","text":"Group:dev has the role DeveloperRead on Topic:orders"}}}},{{"principal":"User:carol","host":"10.0.0.1","reason":{{"kind":"acl","text":"a central ACL allows it"}}}}],"denied":[{{"principal":"User:dave","host":null,"reason":{{"kind":"acl","text":"a central ACL denies it"}}}}],{NOTES}}}"#)),
    );
    let command = "iam rbac who-can --operation Read --resource Topic:orders --kafka-cluster k";
    assert_snapshot!(desk.run(command).await, @r#"
    exit code: 0
    --- stdout ---
     Principal  | May | Only From | Because
    ------------+-----+-----------+------------------------------------------------------
     User:alice | yes |           | Group:dev has the role DeveloperRead on Topic:orders
     User:carol | yes | 10.0.0.1  | a central ACL allows it
     User:dave  | no  |           | a central ACL denies it
    --- stderr ---
    This is the view of the server.
    "#);
    let asked = desk.server.requests();
    assert!(asked.contains(r#""resourceName":"orders""#), "{asked}");
    let json = desk.run(&format!("{command} -o json")).await;
    assert!(json.contains("\"principal\": \"User:dave\""), "{json}");
}

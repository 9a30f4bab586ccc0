//! `iam rbac role-binding list`

use insta::assert_snapshot;

use crate::role_binding::desk;
use crate::roles::DEVELOPER_READ;
use crate::stand_in::Reply;

const OF_FRODO: &str = r#"{"Group:hobbits":{"DeveloperRead":[{"resourceType":"Topic","name":"drink","patternType":"LITERAL"},{"resourceType":"Topic","name":"shire-","patternType":"PREFIXED"}]},"User:frodo":{"AuditAdmin":[]}}"#;

#[tokio::test]
async fn list_of_a_principal() {
    let desk = desk().await;
    desk.server.on(
        "POST /security/1.0/lookup/principal/User:frodo/resources",
        Reply::json(200, OF_FRODO),
    );
    desk.server.on(
        "GET /security/1.0/roles",
        Reply::json(200, format!("[{DEVELOPER_READ}]")),
    );
    assert_snapshot!(desk.run("iam rbac role-binding list --principal User:frodo --kafka-cluster K").await, @r#"
    exit code: 0
    --- stdout ---
     Principal     | Role          | Resource Type | Name   | Pattern Type
    ---------------+---------------+---------------+--------+--------------
     Group:hobbits | DeveloperRead | Topic         | drink  | LITERAL
     Group:hobbits | DeveloperRead | Topic         | shire- | PREFIXED
     User:frodo    | AuditAdmin    | Cluster       |        |
    "#);
    assert_snapshot!(desk.run("iam rbac role-binding list --principal User:frodo --kafka-cluster K --role AuditAdmin -o json").await, @r#"
    exit code: 0
    --- stdout ---
    [
      {
        "principal": "User:frodo",
        "role": "AuditAdmin",
        "resource_type": "Cluster",
        "name": "",
        "pattern_type": ""
      }
    ]
    "#);
    assert_snapshot!(desk.run("iam rbac role-binding list --principal User:frodo --kafka-cluster K --resource Topic:shire-parties").await, @r#"
    exit code: 0
    --- stdout ---
     Principal     | Role          | Resource Type | Name   | Pattern Type
    ---------------+---------------+---------------+--------+--------------
     Group:hobbits | DeveloperRead | Topic         | shire- | PREFIXED
    "#);
    assert_snapshot!(desk.run("iam rbac role-binding list --principal User:frodo --kafka-cluster K --role SystemAdmin -o json").await, @r#"
    exit code: 0
    --- stdout ---
    []
    "#);
    assert_snapshot!(desk.server.requests(), @r#"
    POST /security/1.0/lookup/principal/User:frodo/resources {"clusters":{"kafka-cluster":"K"}}
    POST /security/1.0/lookup/principal/User:frodo/resources {"clusters":{"kafka-cluster":"K"}}
    GET /security/1.0/roles
    POST /security/1.0/lookup/principal/User:frodo/resources {"clusters":{"kafka-cluster":"K"}}
    POST /security/1.0/lookup/principal/User:frodo/resources {"clusters":{"kafka-cluster":"K"}}
    "#);
}

#[tokio::test]
async fn list_of_a_role() {
    let desk = desk().await;
    desk.server
        .on(
            "POST /security/1.0/lookup/role/DeveloperRead",
            Reply::json(200, r#"["User:z","Group:a"]"#),
        )
        .on(
            "POST /security/1.0/lookup/role/DeveloperRead/resource/Topic/name/a%2Fb",
            Reply::json(200, r#"["User:z"]"#),
        );
    assert_snapshot!(desk.run("iam rbac role-binding list --role DeveloperRead --cluster-name home").await, @r#"
    exit code: 0
    --- stdout ---
     Principal
    -----------
     Group:a
     User:z
    "#);
    assert_snapshot!(desk.run("iam rbac role-binding list --role DeveloperRead --kafka-cluster K --resource Topic:a/b -o json").await, @r#"
    exit code: 0
    --- stdout ---
    [
      {
        "principal": "User:z"
      }
    ]
    "#);
    assert_snapshot!(desk.server.requests(), @r#"
    POST /security/1.0/lookup/role/DeveloperRead {"clusterName":"home","clusters":{}}
    GET /security/1.0/roles/DeveloperRead
    POST /security/1.0/lookup/role/DeveloperRead/resource/Topic/name/a%2Fb {"clusters":{"kafka-cluster":"K"}}
    "#);
}

#[tokio::test]
async fn list_of_nothing() {
    let desk = desk().await;
    assert_snapshot!(desk.run("iam rbac role-binding list --kafka-cluster K").await, @r#"
    exit code: 2
    --- stderr ---
    Error: must specify either principal or role

    Suggestions:
        Add --principal User:NAME or --role ROLE
    "#);
    assert_snapshot!(desk.run("iam rbac role-binding list --principal frodo --kafka-cluster K").await, @r#"
    exit code: 2
    --- stderr ---
    Error: the principal "frodo" has no type

    Suggestions:
        Write User:frodo or Group:frodo
    "#);
}

#[tokio::test]
async fn a_server_without_the_lookup_is_asked_the_older_way() {
    let desk = desk().await;
    desk.server
        .on(
            "POST /security/1.0/lookup/principal/User:frodo/resources",
            Reply::error(404, "no such path"),
        )
        .on(
            "POST /security/1.0/lookup/principals/User:frodo/roleNames",
            Reply::json(200, r#"["DeveloperRead","SystemAdmin"]"#),
        )
        .on(
            "POST /security/1.0/principals/User:frodo/roles/DeveloperRead/resources",
            Reply::json(
                200,
                r#"[{"resourceType":"Topic","name":"food","patternType":"LITERAL"}]"#,
            ),
        )
        .on(
            "POST /security/1.0/principals/User:frodo/roles/SystemAdmin/resources",
            Reply::json(200, "[]"),
        );
    let command = "iam rbac role-binding list --principal User:frodo --kafka-cluster K";
    assert_snapshot!(desk.run(command).await, @r#"
    exit code: 0
    --- stdout ---
     Role          | Resource Type | Name | Pattern Type
    ---------------+---------------+------+--------------
     DeveloperRead | Topic         | food | LITERAL
     SystemAdmin   | Cluster       |      |
    "#);
    assert_snapshot!(desk.run(&format!("{command} --role DeveloperRead -o json")).await, @r#"
    exit code: 0
    --- stdout ---
    [
      {
        "role": "DeveloperRead",
        "resource_type": "Topic",
        "name": "food",
        "pattern_type": "LITERAL"
      }
    ]
    "#);
    assert_snapshot!(desk.server.requests(), @r#"
    POST /security/1.0/lookup/principal/User:frodo/resources {"clusters":{"kafka-cluster":"K"}}
    POST /security/1.0/lookup/principals/User:frodo/roleNames {"clusters":{"kafka-cluster":"K"}}
    POST /security/1.0/principals/User:frodo/roles/DeveloperRead/resources {"clusters":{"kafka-cluster":"K"}}
    POST /security/1.0/principals/User:frodo/roles/SystemAdmin/resources {"clusters":{"kafka-cluster":"K"}}
    POST /security/1.0/lookup/principal/User:frodo/resources {"clusters":{"kafka-cluster":"K"}}
    POST /security/1.0/principals/User:frodo/roles/DeveloperRead/resources {"clusters":{"kafka-cluster":"K"}}
    "#);
    desk.server
        .forget("POST /security/1.0/lookup/principals/User:frodo/roleNames");
    assert_snapshot!(desk.run(command).await, @r#"
    exit code: 1
    --- stderr ---
    Error: 404 Not Found: no such path

    Suggestions:
        `openmds iam rbac role list` shows the roles
    "#);
}

#[tokio::test]
async fn a_cluster_name_that_is_not_registered() {
    let desk = desk().await;
    desk.server.on(
        "POST /security/1.0/lookup/principal/User:frodo/resources",
        Reply::error(400, "there is no cluster named `nowhere`"),
    );
    assert_snapshot!(desk.run("iam rbac role-binding list --principal User:frodo --cluster-name nowhere").await, @r#"
    exit code: 1
    --- stderr ---
    Error: 400 Bad Request: there is no cluster named `nowhere`

    Suggestions:
        `openmds cluster list` shows the names of the registered clusters
    "#);
}

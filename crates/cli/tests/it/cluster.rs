//! `cluster ...`

use insta::assert_snapshot;

use crate::desk::Desk;
use crate::stand_in::Reply;

const REGISTRY: &str = r#"[{"clusterName":"schemas","scope":{"clusters":{"kafka-cluster":"K1","schema-registry-cluster":"sr1"}},"hosts":[{"host":"sr","port":8081}],"protocol":"HTTPS"},
{"clusterName":"home","scope":{"clusters":{"kafka-cluster":"K1"}},"hosts":[{"host":"k1","port":9094},{"host":"k2"}],"protocol":"SASL_SSL"},
{"clusterName":"hidden","scope":{"clusters":{"kafka-cluster":"K2"}}}]"#;

#[tokio::test]
async fn list() {
    let desk = Desk::logged_in().await;
    desk.server.on(
        "GET /security/1.0/registry/clusters",
        Reply::json(200, REGISTRY),
    );
    assert_snapshot!(desk.run("cluster list").await, @r#"
    exit code: 0
    --- stdout ---
     Name    | Type                    | Kafka Cluster | Component ID | Hosts       | Protocol
    ---------+-------------------------+---------------+--------------+-------------+----------
     hidden  | kafka-cluster           | K2            |              |             |
     home    | kafka-cluster           | K1            |              | k1:9094, k2 | SASL_SSL
     schemas | schema-registry-cluster | K1            | sr1          | sr:8081     | HTTPS
    "#);
    assert_snapshot!(desk.run("cluster list -o json").await, @r#"
    exit code: 0
    --- stdout ---
    [
      {
        "clusterName": "schemas",
        "scope": {
          "clusters": {
            "kafka-cluster": "K1",
            "schema-registry-cluster": "sr1"
          }
        },
        "hosts": [
          {
            "host": "sr",
            "port": 8081
          }
        ],
        "protocol": "HTTPS"
      },
      {
        "clusterName": "home",
        "scope": {
          "clusters": {
            "kafka-cluster": "K1"
          }
        },
        "hosts": [
          {
            "host": "k1",
            "port": 9094
          },
          {
            "host": "k2"
          }
        ],
        "protocol": "SASL_SSL"
      },
      {
        "clusterName": "hidden",
        "scope": {
          "clusters": {
            "kafka-cluster": "K2"
          }
        }
      }
    ]
    "#);
    assert_snapshot!(desk.run("cluster list -o yaml").await, @r#"
    exit code: 0
    --- stdout ---
    - clusterName: schemas
      scope:
        clusters:
          kafka-cluster: K1
          schema-registry-cluster: sr1
      hosts:
      - host: sr
        port: 8081
      protocol: HTTPS
    - clusterName: home
      scope:
        clusters:
          kafka-cluster: K1
      hosts:
      - host: k1
        port: 9094
      - host: k2
      protocol: SASL_SSL
    - clusterName: hidden
      scope:
        clusters:
          kafka-cluster: K2
    "#);
}

#[tokio::test]
async fn list_where_there_is_no_registry() {
    let desk = Desk::logged_in().await;
    assert_snapshot!(desk.run("cluster list").await, @r#"
    exit code: 1
    --- stderr ---
    Error: unable to access Cluster Registry: 404 Not Found

    Suggestions:
        Check that the URL of the session is that of a metadata server
    "#);
}

#[tokio::test]
async fn register_a_kafka_cluster() {
    let desk = Desk::logged_in().await;
    let warning = "no home cluster is registered";
    desk.server.on(
        "POST /security/1.0/registry/clusters",
        Reply::empty(204).header("openmds-warning", warning),
    );
    let command = "cluster register --cluster-name pay --kafka-cluster K2 --hosts k1:9094,[::1]:9095,k3 --protocol sasl_ssl";
    assert_snapshot!(desk.run(command).await, @r#"
    exit code: 0
    --- stdout ---
     Name | Type          | Kafka Cluster | Component ID | Hosts                   | Protocol
    ------+---------------+---------------+--------------+-------------------------+----------
     pay  | kafka-cluster | K2            |              | k1:9094, [::1]:9095, k3 | SASL_SSL
    --- stderr ---
    Warning: no home cluster is registered
    "#);
    assert_snapshot!(desk.server.requests(), @r#"POST /security/1.0/registry/clusters [{"clusterName":"pay","scope":{"clusters":{"kafka-cluster":"K2"}},"hosts":[{"host":"k1","port":9094},{"host":"::1","port":9095},{"host":"k3"}],"protocol":"SASL_SSL"}]"#);
}

#[tokio::test]
async fn register_conflict() {
    let desk = Desk::logged_in().await;
    let message = "cluster \"pay\" is already registered with another scope: kafka-cluster=K9";
    desk.server.on(
        "POST /security/1.0/registry/clusters",
        Reply::error(409, message),
    );
    let command =
        "cluster register --cluster-name pay --kafka-cluster K2 --hosts k:1 --protocol HTTP";
    assert_snapshot!(desk.run(command).await, @r#"
    exit code: 1
    --- stderr ---
    Error: 409 Conflict: cluster "pay" is already registered with another scope: kafka-cluster=K9

    Suggestions:
        `openmds cluster list` shows what is registered; to move a name or an id run `openmds cluster unregister --cluster-name pay` first
    "#);
}

#[tokio::test]
async fn register_what_makes_no_sense() {
    let desk = Desk::logged_in().await;
    let command = "cluster register --cluster-name n --hosts h:1 --protocol HTTP";
    for (flags, expected) in [
        (
            "--ksql-cluster q",
            "must specify `--kafka-cluster` to uniquely identify the scope",
        ),
        (
            "--kafka-cluster K --ksql-cluster q --connect-cluster c",
            "cannot specify more than one non-Kafka cluster ID for a scope",
        ),
        (
            "--flink-environment f",
            "must specify `--cmf` to uniquely identify the Flink environment scope",
        ),
        ("", "the id of the cluster is missing"),
    ] {
        let outcome = desk.run(&format!("{command} {flags}")).await;
        let expected = format!("exit code: 2\n--- stderr ---\nError: {expected}\n");
        assert!(outcome.starts_with(&expected), "{outcome}");
    }
    let command =
        "cluster register --cluster-name n --kafka-cluster K --protocol PLAIN --hosts h:1";
    assert_snapshot!(desk.run(command).await, @r#"
    exit code: 2
    --- stderr ---
    error: invalid value 'PLAIN' for '--protocol <PROTOCOL>'
      [possible values: SASL_PLAINTEXT, SASL_SSL, HTTP, HTTPS]

      tip: a similar value exists: 'SASL_PLAINTEXT'

    For more information, try '--help'.
    "#);
    let command =
        "cluster register --cluster-name n --kafka-cluster K --protocol HTTP --hosts h:port";
    assert_snapshot!(desk.run(command).await, @r#"
    exit code: 2
    --- stderr ---
    error: invalid value 'h:port' for '--hosts <HOST:PORT>': "port" is not a port

    For more information, try '--help'.
    "#);
    let command = "cluster register --cluster-name n --kafka-cluster K --protocol HTTP";
    assert_snapshot!(desk.run(command).await, @r#"
    exit code: 2
    --- stderr ---
    error: the following required arguments were not provided:
      --hosts <HOST:PORT>

    Usage: openmds cluster register --cluster-name <NAME> --hosts <HOST:PORT> --protocol <PROTOCOL> --kafka-cluster <ID>

    For more information, try '--help'.
    "#);
    assert_eq!(desk.server.requests(), "");
}

#[tokio::test]
async fn unregister() {
    let desk = Desk::logged_in().await;
    desk.server
        .on(
            "GET /security/1.0/registry/clusters",
            Reply::json(200, REGISTRY),
        )
        .on(
            "DELETE /security/1.0/registry/clusters/home",
            Reply::empty(204),
        );
    assert_snapshot!(desk.run("cluster unregister --cluster-name home").await, @r#"
    exit code: 0
    --- stdout ---
    Successfully unregistered cluster "home" from the Cluster Registry.
    "#);
    assert_snapshot!(desk.run("cluster unregister --cluster-name house").await, @r#"
    exit code: 1
    --- stderr ---
    Error: unknown cluster "house"

    Suggestions:
        `openmds cluster list` shows the names of the registered clusters
    "#);
    assert_snapshot!(desk.server.requests(), @r#"
    GET /security/1.0/registry/clusters
    DELETE /security/1.0/registry/clusters/home
    GET /security/1.0/registry/clusters
    "#);
}

#[tokio::test]
async fn without_the_right() {
    let desk = Desk::logged_in().await;
    desk.server
        .on(
            "GET /security/1.0/registry/clusters",
            Reply::json(200, REGISTRY),
        )
        .on(
            "DELETE /security/1.0/registry/clusters/home",
            Reply::error(403, "User:alice may not alter cluster home"),
        );
    assert_snapshot!(desk.run("cluster unregister --cluster-name home").await, @r#"
    exit code: 1
    --- stderr ---
    Error: 403 Forbidden: User:alice may not alter cluster home

    Suggestions:
        Ask someone with the role SystemAdmin or UserAdmin in this scope, or log in as such a user
    "#);
}

#[tokio::test]
async fn list_of_one_kind() {
    let desk = Desk::logged_in().await;
    for (word, kind) in [
        ("kafka", "kafka-cluster"),
        ("connect", "connect-cluster"),
        ("ksql", "ksql-cluster"),
        ("schema-registry", "schema-registry-cluster"),
    ] {
        let entry = format!(
            r#"[{{"clusterName":"one","scope":{{"clusters":{{"{kind}":"id1"}}}},"hosts":[{{"host":"2001:db8::1","port":1}},{{"host":"h"}}],"protocol":"HTTPS"}}]"#
        );
        desk.server.on(
            &format!("GET /security/1.0/registry/clusters?clusterType={kind}"),
            Reply::json(200, entry),
        );
        let outcome = desk.run(&format!("{word} cluster list")).await;
        assert!(outcome.contains(&format!(" one  | {kind}")), "{outcome}");
        assert!(outcome.contains("[2001:db8::1]:1, h"), "{outcome}");
    }
}

#[tokio::test]
async fn hosts_as_they_are_typed() {
    let desk = Desk::logged_in().await;
    desk.server
        .on("POST /security/1.0/registry/clusters", Reply::empty(204));
    let command =
        "cluster register --cluster-name far --kafka-cluster K --protocol SASL_SSL --hosts";
    assert_snapshot!(desk.run(&format!("{command} [2001:db8::1]:9094,[::1],k1")).await, @r#"
    exit code: 0
    --- stdout ---
     Name | Type          | Kafka Cluster | Component ID | Hosts                         | Protocol
    ------+---------------+---------------+--------------+-------------------------------+----------
     far  | kafka-cluster | K             |              | [2001:db8::1]:9094, [::1], k1 | SASL_SSL
    "#);
    assert_snapshot!(desk.server.requests(), @r#"POST /security/1.0/registry/clusters [{"clusterName":"far","scope":{"clusters":{"kafka-cluster":"K"}},"hosts":[{"host":"2001:db8::1","port":9094},{"host":"::1"},{"host":"k1"}],"protocol":"SASL_SSL"}]"#);
    assert_snapshot!(desk.run(&format!("{command} 2001:db8::1")).await, @r#"
    exit code: 2
    --- stderr ---
    error: invalid value '2001:db8::1' for '--hosts <HOST:PORT>': write an IPv6 address in brackets: [2001:db8::1]:9094

    For more information, try '--help'.
    "#);
    assert_snapshot!(desk.run(&format!("{command} https://k1:9094")).await, @r#"
    exit code: 2
    --- stderr ---
    error: invalid value 'https://k1:9094' for '--hosts <HOST:PORT>': write the host without a scheme; --protocol says how it is spoken to

    For more information, try '--help'.
    "#);
    assert_snapshot!(desk.run(&format!("{command} k1:0")).await, @r#"
    exit code: 2
    --- stderr ---
    error: invalid value 'k1:0' for '--hosts <HOST:PORT>': "0" is not a port

    For more information, try '--help'.
    "#);
    assert_snapshot!(desk.run("cluster register --cluster-name f --cmf c1 --flink-environment e1 --protocol https --hosts cmf:8080").await, @r#"
    exit code: 0
    --- stdout ---
     Name | Type              | Kafka Cluster | Component ID | Hosts    | Protocol
    ------+-------------------+---------------+--------------+----------+----------
     f    | flink-environment |               | e1           | cmf:8080 | HTTPS
    "#);
    assert_snapshot!(desk.server.requests(), @r#"POST /security/1.0/registry/clusters [{"clusterName":"f","scope":{"clusters":{"cmf":"c1","flink-environment":"e1"}},"hosts":[{"host":"cmf","port":8080}],"protocol":"HTTPS"}]"#);
}

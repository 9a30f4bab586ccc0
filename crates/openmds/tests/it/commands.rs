//! Commands against the real server: what they print after one another, as a user types them (`mds-api.md` 9).

use std::collections::BTreeSet;

use crate::loopback::{HOME, Loopback, Said};

const SEED: [(&str, &str, &str, &str); 4] = [
    (
        "theMdsKafkaCluster",
        "",
        "10.10.10.10:8090,mds.example.com:8090",
        "SASL_PLAINTEXT",
    ),
    (
        "theMdsConnectCluster",
        "--connect-cluster=connect-name",
        "10.5.5.5:9005",
        "HTTPS",
    ),
    (
        "theMdsKSQLCluster",
        "--ksql-cluster=ksql-name",
        "10.4.4.4:9004",
        "HTTPS",
    ),
    (
        "theMdsSchemaRegistryCluster",
        "--schema-registry-cluster=schema-registry-name",
        "10.3.3.3:9003",
        "HTTPS",
    ),
];

fn start() -> Loopback {
    Loopback::start(&BTreeSet::new())
}

/// Runs a command, written in one line, that must succeed; its standard output.
pub(crate) fn done(server: &Loopback, command: &str) -> String {
    let Said {
        exit_code,
        out,
        errors,
    } = said(server, command);
    assert_eq!(exit_code, Some(0), "{command}: {out}{errors}");
    out
}

pub(crate) fn said(server: &Loopback, command: &str) -> Said {
    server.openmds(
        &command
            .split(' ')
            .filter(|word| !word.is_empty())
            .collect::<Vec<_>>(),
    )
}

/// The lines of a table without its heading, cell by cell.
pub(crate) fn rows(table: &str) -> Vec<Vec<String>> {
    let cells = |line: &str| {
        line.split('|')
            .map(|cell| cell.trim().to_string())
            .collect()
    };
    table.lines().skip(2).map(cells).collect()
}

fn seeded() -> Loopback {
    let server = start();
    for (name, component, hosts, protocol) in SEED {
        done(
            &server,
            &format!(
                "cluster register --cluster-name {name} --kafka-cluster kafka-GUID {component} --hosts {hosts} --protocol {protocol}"
            ),
        );
    }
    server
}

#[test]
fn the_registry() {
    let server = seeded();
    let names = |table: &str| {
        rows(table)
            .into_iter()
            .map(|row| row[0].clone())
            .collect::<Vec<_>>()
    };
    let all = done(&server, "cluster list");
    assert_eq!(
        names(&all),
        [
            "theMdsConnectCluster",
            "theMdsKSQLCluster",
            "theMdsKafkaCluster",
            "theMdsSchemaRegistryCluster"
        ]
    );
    for (kind, name) in [
        ("kafka", "theMdsKafkaCluster"),
        ("connect", "theMdsConnectCluster"),
        ("ksql", "theMdsKSQLCluster"),
        ("schema-registry", "theMdsSchemaRegistryCluster"),
    ] {
        assert_eq!(
            names(&done(&server, &format!("{kind} cluster list"))),
            [name]
        );
    }
    let json: serde_json::Value =
        serde_json::from_str(&done(&server, "ksql cluster list -o json")).unwrap();
    assert_eq!(json[0]["scope"]["clusters"]["ksql-cluster"], "ksql-name");
    assert_eq!(json[0]["hosts"][0]["port"], 9004);
    let ip6 = "cluster register --cluster-name far --kafka-cluster far-id --hosts [2001:db8::1]:9094 --protocol SASL_SSL";
    assert!(done(&server, ip6).contains("[2001:db8::1]:9094"));
    assert!(done(&server, "kafka cluster list").contains("[2001:db8::1]:9094"));
    let gone = done(
        &server,
        "cluster unregister --cluster-name theMdsKafkaCluster",
    );
    assert_eq!(
        gone,
        "Successfully unregistered cluster \"theMdsKafkaCluster\" from the Cluster Registry.\n"
    );
    let again = said(
        &server,
        "cluster unregister --cluster-name theMdsKafkaCluster",
    );
    assert_eq!(again.exit_code, Some(1));
    assert!(
        again
            .errors
            .starts_with("Error: unknown cluster \"theMdsKafkaCluster\"\n"),
        "{}",
        again.errors
    );
}

#[test]
fn wrong_registrations() {
    let server = start();
    for command in [
        "cluster register --cluster-name a --kafka-cluster K --hosts h:1 --protocol PLAIN",
        "cluster register --cluster-name a --kafka-cluster K --protocol HTTPS",
        "cluster register --cluster-name a --ksql-cluster q --hosts h:1 --protocol HTTPS",
        "cluster register --cluster-name a --hosts h:1 --protocol HTTPS",
        "cluster unregister",
    ] {
        let said = said(&server, command);
        assert_eq!(
            (said.exit_code, said.out.as_str()),
            (Some(2), ""),
            "{command}"
        );
    }
    // What only the server can tell.
    let said = said(
        &server,
        "cluster register --cluster-name a,b --kafka-cluster K --hosts h:1 --protocol HTTPS",
    );
    assert_eq!((said.exit_code, said.out.as_str()), (Some(1), ""));
    assert!(
        said.errors.starts_with("Error: 400 Bad Request"),
        "{}",
        said.errors
    );
}

#[test]
fn describing_needs_no_log_in() {
    let server = start();
    let described = done(&server, "cluster describe");
    assert_eq!(described.lines().next(), Some("Resource name: home-id"));
    let last = rows(&described).pop().unwrap();
    assert_eq!(last, ["kafka-cluster", "home-id"]);
}

#[test]
fn roles_and_bindings() {
    let server = seeded();
    let role = done(&server, "iam rbac role describe DeveloperRead -o json");
    assert!(role.contains("\"scopeType\": \"Resource\""), "{role}");
    let unknown = said(&server, "iam rbac role describe NoSuchRole");
    assert_eq!(unknown.exit_code, Some(1));
    let scope = "--kafka-cluster kafka-GUID";
    for binding in [
        "--principal User:bob@Kafka --role DeveloperRead --resource Topic:connect-configs --cluster-name theMdsKafkaCluster".to_string(),
        format!("--principal Group:hobbits --role DeveloperRead --resource Topic:food {scope}"),
        format!("--principal Group:hobbits --role DeveloperWrite --resource Topic:shire- --prefix {scope}"),
        format!("--principal User:frodo --role SecurityAdmin {scope}"),
        "--principal User:flink --role ResourceOwner --resource FlinkEnvironment:prod --cmf cmf-1".to_string(),
    ] {
        done(&server, &format!("iam rbac role-binding create {binding}"));
    }
    let list = |arguments: &str| {
        rows(&done(
            &server,
            &format!("iam rbac role-binding list {arguments}"),
        ))
    };
    let bob = list("--principal User:bob@Kafka --kafka-cluster kafka-GUID");
    assert_eq!(
        bob,
        [[
            "User:bob@Kafka",
            "DeveloperRead",
            "Topic",
            "connect-configs",
            "LITERAL"
        ]]
    );
    let hobbits = list("--principal Group:hobbits --cluster-name theMdsKafkaCluster");
    assert_eq!(
        hobbits,
        [
            ["Group:hobbits", "DeveloperRead", "Topic", "food", "LITERAL"],
            [
                "Group:hobbits",
                "DeveloperWrite",
                "Topic",
                "shire-",
                "PREFIXED"
            ],
        ]
    );
    assert_eq!(
        list(&format!("--principal User:frodo {scope}")),
        [["User:frodo", "SecurityAdmin", "Cluster", "", ""]]
    );
    assert_eq!(
        list(&format!(
            "--role DeveloperWrite --resource Topic:shire-parties {scope}"
        )),
        [["Group:hobbits"]]
    );
    assert!(
        list(&format!(
            "--role DeveloperRead --resource Topic:shire-parties {scope}"
        ))
        .is_empty()
    );
    let none = done(
        &server,
        &format!("iam rbac role-binding list --role SystemAdmin {scope} -o json"),
    );
    assert_eq!(none, "[]\n");
    done(
        &server,
        &format!(
            "iam rbac role-binding delete --force --principal User:frodo --role SecurityAdmin {scope}"
        ),
    );
    assert!(list(&format!("--principal User:frodo {scope}")).is_empty());
    let named = said(
        &server,
        "iam rbac role-binding list --principal User:frodo --cluster-name nowhere",
    );
    assert_eq!(named.exit_code, Some(1));
    assert!(
        named.errors.contains("openmds cluster list"),
        "{}",
        named.errors
    );
}

#[test]
fn acls() {
    let server = seeded();
    let (cluster, acl) = ("--kafka-cluster kafka-GUID", "--principal User:42 --allow");
    for (operation, resource) in [
        ("alter", "--cluster-scope"),
        ("read", "--topic orders- --prefix"),
        ("write,describe", "--transactional-id t --host 10.0.0.7"),
        ("read", "--consumer-group g"),
    ] {
        done(
            &server,
            &format!("iam acl create {cluster} {acl} --operation {operation} {resource}"),
        );
    }
    let list = |flags: &str| rows(&done(&server, &format!("iam acl list {cluster} {flags}")));
    assert_eq!(list("").len(), 5);
    assert_eq!(
        list("--topic orders-"),
        Vec::<Vec<String>>::new(),
        "it is a prefix"
    );
    assert_eq!(
        list("--topic orders- --prefix"),
        [[
            "User:42", "ALLOW", "READ", "*", "TOPIC", "orders-", "PREFIXED"
        ]]
    );
    assert_eq!(list("--host 10.0.0.7").len(), 2);
    assert_eq!(list("--host 10.0.0.7 --operation write").len(), 1);
    let deleted = done(
        &server,
        &format!("iam acl delete --force {cluster} --host 10.0.0.7"),
    );
    assert_eq!(rows(&deleted).len(), 2);
    assert_eq!(list("").len(), 3);
}

#[test]
fn keys_and_tokens() {
    let server = start();
    assert_eq!(rows(&done(&server, "keys list")).len(), 1);
    let rotated = done(&server, "keys rotate --algorithm ES256");
    assert_eq!(rows(&rotated)[0][1..3], ["ES256", "PUBLISHED"]);
    assert_eq!(rows(&done(&server, "keys list")).len(), 2);
    let revoked = done(&server, "tokens revoke --principal User:alice");
    assert_eq!(rows(&revoked)[0][0], "User:alice");
    assert_eq!(rows(&done(&server, "tokens revoked")).len(), 1);
    let before = done(&server, "iam user describe -o json");
    done(&server, "tokens revoke --current");
    // The next command finds its token refused and logs in again from the environment.
    assert_eq!(rows(&done(&server, "tokens revoked")).len(), 2);
    assert_ne!(done(&server, "iam user describe -o json"), before);
}

#[test]
fn a_key_is_withdrawn() {
    let server = start();
    let first = rows(&done(&server, "keys list"))[0][0].clone();
    let withdraw = format!("keys withdraw {first}");
    let refused = said(&server, &withdraw);
    assert_eq!((refused.exit_code, refused.out.as_str()), (Some(1), ""));
    for part in ["409", "openmds keys rotate", "openmds keys list"] {
        assert!(refused.errors.contains(part), "{}", refused.errors);
    }
    let second = rows(&done(&server, "keys rotate"))[0][0].clone();
    let withdrawn = said(&server, &withdraw);
    assert_eq!((withdrawn.exit_code, withdrawn.out.as_str()), (Some(0), ""));
    assert_eq!(withdrawn.errors, format!("Withdrew key \"{first}\".\n"));
    // The session's token was of that key: this logs in again.
    let keys = rows(&done(&server, "keys list"));
    assert_eq!(keys.len(), 1);
    assert_eq!([&keys[0][0], &keys[0][2]], [&second, "SIGNING"]);
    let unknown = said(&server, &withdraw);
    assert_eq!(unknown.exit_code, Some(1));
    assert!(unknown.errors.contains(&first), "{}", unknown.errors);
}

#[test]
fn a_cluster_is_verified_and_its_brokers_are_told() {
    let server = start();
    done(
        &server,
        &format!(
            "cluster register --cluster-name main --kafka-cluster home-id --hosts {HOME} --protocol SASL_PLAINTEXT"
        ),
    );
    let failed = said(&server, "cluster verify main");
    assert_eq!(failed.exit_code, Some(1));
    let last = rows(&failed.out).pop().unwrap();
    assert_eq!(
        last,
        [
            "plugin",
            "failed",
            "broker 1 runs no authorizer: it records no audit events"
        ]
    );
    assert!(
        failed
            .errors
            .starts_with("Error: cluster \"main\" is not ready: 1 of 7 checks failed\n"),
        "{}",
        failed.errors
    );
    let printed = done(&server, "cluster config main");
    let line = printed
        .lines()
        .find_map(|line| line.strip_prefix("authorizer.class.name="));
    server.home_runs(line.unwrap());
    let verified = rows(&done(&server, "cluster verify main"));
    assert_eq!(verified.len(), 7);
    assert!(verified.iter().all(|row| row[1] == "ok"), "{verified:?}");
    let json: serde_json::Value =
        serde_json::from_str(&done(&server, "cluster verify main -o json")).unwrap();
    assert_eq!(
        (&json["clusterName"], &json["ok"]),
        (&"main".into(), &true.into())
    );
    for command in ["cluster verify nobody", "cluster config nobody"] {
        let unknown = said(&server, command);
        assert_eq!((unknown.exit_code, unknown.out.as_str()), (Some(1), ""));
        for part in ["nobody", "openmds cluster list"] {
            assert!(unknown.errors.contains(part), "{}", unknown.errors);
        }
    }
}

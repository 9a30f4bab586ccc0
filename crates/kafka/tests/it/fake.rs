//! The clusters in memory.

use std::time::Duration;

use openmds_kafka::fake::{FakeCall, FakeCluster, FakeCondition, FakeFleet};
use openmds_kafka::{ConfigValue, Connector, HostPort, KafkaError, ListedAcls};

use crate::plaintext;

const KEY: &str = "confluent.security.event.router.config";

fn at(text: &str) -> HostPort {
    text.parse().unwrap()
}

fn fleet() -> (FakeFleet, FakeCluster) {
    let cluster = FakeCluster::new("c-1");
    cluster
        .add_broker(1, &at("b1:9092"))
        .add_broker(2, &at("b2:9092"));
    cluster.add_controller(100, &at("ctl:9093"));
    cluster.set_topic_defaults(3, 2);
    let fleet = FakeFleet::new();
    fleet.add(&at("b1:9092"), &cluster);
    (fleet, cluster)
}

#[tokio::test]
async fn a_pushed_default_is_applied_and_read_back() {
    let (fleet, cluster) = fleet();
    let connection = plaintext(&[at("b1:9092")], Duration::from_secs(1));
    let admin = fleet.connect(&connection).await.unwrap();
    let description = admin.describe_cluster().await.unwrap();
    assert_eq!(
        (description.cluster_id.as_str(), description.controllers),
        ("c-1", vec![100])
    );

    cluster.set_applies(2, false);
    admin.alter_broker_default(KEY, Some("{}")).await.unwrap();
    let one = admin.broker_config(1, KEY).await.unwrap();
    assert_eq!(
        (one.applied, one.stored.as_deref()),
        (ConfigValue::Value("{}".into()), Some("{}"))
    );
    let two = admin.broker_config(2, KEY).await.unwrap();
    assert_eq!(
        (two.applied, two.stored.as_deref()),
        (ConfigValue::Absent, Some("{}"))
    );
    cluster.set_applies(2, true);
    assert_eq!(
        admin.broker_config(2, KEY).await.unwrap().applied,
        ConfigValue::Value("{}".into())
    );
    cluster.set_override(2, KEY, "own");
    assert!(
        admin
            .broker_config(2, KEY)
            .await
            .unwrap()
            .per_broker_override
    );
    cluster.set_hides_values(true);
    assert_eq!(
        admin.broker_default_config(KEY).await.unwrap(),
        ConfigValue::Hidden
    );

    let controller = plaintext(&[at("ctl:9093")], Duration::from_secs(1));
    let controller = fleet.connect_controller(&controller).await.unwrap();
    assert_eq!(
        controller.node_config(100, KEY).await.unwrap().applied,
        ConfigValue::Hidden
    );
    let error = controller.node_config(1, KEY).await.unwrap_err();
    assert!(error.to_string().contains("expected 100"), "{error}");
    assert!(
        cluster
            .calls()
            .contains(&FakeCall::ConnectController { node_id: 100 })
    );
}

#[tokio::test]
async fn topics_get_the_clusters_defaults_and_are_created_once() {
    let (fleet, cluster) = fleet();
    let connection = plaintext(&[at("b1:9092")], Duration::from_secs(1));
    let admin = fleet.connect(&connection).await.unwrap();
    let name = "confluent-audit-log-events".to_owned();
    let names = [name.clone()];
    assert_eq!(admin.describe_topics(&names).await.unwrap()[&name], None);
    admin.create_topic(&name, 1000).await.unwrap();
    admin.create_topic(&name, 2000).await.unwrap();
    let topic = admin.describe_topics(&names).await.unwrap()[&name]
        .clone()
        .unwrap();
    assert_eq!((topic.partitions, topic.replication_factor), (3, 2));
    assert_eq!(topic.retention_ms, Some(1000));
    admin.set_topic_retention(&name, 3000).await.unwrap();
    assert_eq!(cluster.topic(&name).unwrap().retention_ms, Some(3000));
}

#[tokio::test(start_paused = true)]
async fn switches_fail_as_real_clusters_do() {
    let (fleet, cluster) = fleet();
    let connection = plaintext(&[at("b1:9092")], Duration::from_secs(5));
    let admin = fleet.connect(&connection).await.unwrap();
    for condition in [
        FakeCondition::Unreachable,
        FakeCondition::BadCredentials,
        FakeCondition::UntrustedCertificate,
        FakeCondition::Frozen,
    ] {
        cluster.set_condition(condition);
        let error = admin.describe_cluster().await.unwrap_err();
        let fits = match condition {
            FakeCondition::Unreachable => matches!(error, KafkaError::Unreachable { .. }),
            FakeCondition::BadCredentials => matches!(error, KafkaError::Authentication { .. }),
            FakeCondition::UntrustedCertificate => matches!(error, KafkaError::Tls { .. }),
            _ => matches!(error, KafkaError::Timeout { .. }),
        };
        assert!(fits, "{condition:?}: {error}");
        assert!(fleet.connect(&connection).await.is_err());
    }
    cluster.set_condition(FakeCondition::Reachable);

    cluster.set_node_condition(2, FakeCondition::Frozen);
    assert!(admin.broker_config(1, KEY).await.is_ok());
    assert!(matches!(
        admin.broker_config(2, KEY).await,
        Err(KafkaError::Timeout { .. })
    ));

    cluster.set_rejection(Some("routes: no such category"));
    let error = admin
        .alter_broker_default(KEY, Some("{}"))
        .await
        .unwrap_err();
    assert!(
        error.to_string().contains("routes: no such category"),
        "{error}"
    );
    cluster.deny("AlterConfigs");
    let error = admin
        .alter_broker_default(KEY, Some("{}"))
        .await
        .unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("missing right: AlterConfigs on Cluster"),
        "{error}"
    );
    cluster.deny("Describe");
    assert!(
        admin
            .describe_cluster()
            .await
            .unwrap()
            .controllers
            .is_empty()
    );
    let long = "x".repeat(32_768);
    let error = admin
        .alter_broker_default(KEY, Some(&long))
        .await
        .unwrap_err();
    assert_eq!(
        error,
        KafkaError::TooLarge {
            bytes: 32_768,
            limit: 32_767
        }
    );
}

#[tokio::test]
async fn an_unknown_address_is_refused() {
    let (fleet, _cluster) = fleet();
    let connection = plaintext(&[at("nowhere:1")], Duration::from_secs(1));
    assert!(matches!(
        fleet.connect(&connection).await,
        Err(KafkaError::Unreachable { .. })
    ));
    assert!(fleet.connect_controller(&connection).await.is_err());
}

#[tokio::test]
async fn acls_are_listed_to_who_may_describe_the_cluster() {
    let (fleet, cluster) = fleet();
    let listed = ListedAcls {
        unknown: 1,
        ..ListedAcls::default()
    };
    cluster.set_acls(listed.clone());
    let connection = plaintext(&[at("b1:9092")], Duration::from_secs(1));
    let admin = fleet.connect(&connection).await.unwrap();
    assert_eq!(admin.describe_acls().await.unwrap(), listed);
    cluster.deny("Describe");
    let error = admin.describe_acls().await.unwrap_err();
    assert!(matches!(error, KafkaError::NotAuthorized { .. }), "{error}");
    assert!(cluster.calls().contains(&FakeCall::DescribeAcls));
}

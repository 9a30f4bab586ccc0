//! The ACLs that a registered Kafka cluster keeps itself.

use openmds_kafka::ListedAcls;
use openmds_kafka::fake::FakeCondition;
use openmds_policy::acl::{
    AclBinding, AclEntry, AclOperation, AclPattern, AclPermission, AclResourceType,
};
use openmds_policy::names::{PatternType, Principal};
use serde_json::json;

use crate::desk::entry;
use crate::world::{PAYMENTS, World};

const PATH: &str = "/registry/clusters/payments/acls";

fn acl(principal: &str, resource_type: AclResourceType, operation: AclOperation) -> AclBinding {
    AclBinding {
        pattern: AclPattern {
            resource_type,
            name: "t".to_string(),
            pattern_type: PatternType::Prefixed,
        },
        entry: AclEntry {
            principal: Principal::of_kafka(principal),
            host: "10.0.0.0/8".to_string(),
            operation,
            permission_type: AclPermission::Deny,
        },
    }
}

#[tokio::test(start_paused = true)]
async fn they_are_told_to_registrars_as_the_cluster_has_them() {
    let world = World::new();
    let desk = world.start().await;
    desk.register_payments().await;
    world.payments.set_acls(ListedAcls {
        acls: [
            acl(
                "Robot:r",
                AclResourceType::Topic,
                AclOperation::DescribeConfigs,
            ),
            acl(
                "User:a",
                AclResourceType::DelegationToken,
                AclOperation::All,
            ),
        ]
        .into(),
        unknown: 1,
    });
    let answer = desk.get("mds", PATH).await.is(200).json();
    let entry = |principal: &str, operation: &str| json!({"principal": principal, "host": "10.0.0.0/8", "operation": operation, "permissionType": "DENY"});
    let pattern =
        |kind: &str| json!({"resourceType": kind, "name": "t", "patternType": "PREFIXED"});
    assert_eq!(
        answer,
        json!({"clusterName": "payments", "clusterId": "payments-id", "unknown": 1, "acls": [
            {"pattern": pattern("TOPIC"), "entry": entry("Robot:r", "DESCRIBE_CONFIGS")},
            {"pattern": pattern("DELEGATION_TOKEN"), "entry": entry("User:a", "ALL")},
        ]})
    );
    let refused = desk.get("bob", PATH).await.is(403).message();
    assert!(
        refused.contains("iam rbac role-binding create"),
        "{refused}"
    );
}

#[tokio::test(start_paused = true)]
async fn why_they_cannot_be_read_is_said() {
    let world = World::new();
    let desk = world.start().await;
    desk.register_payments().await;
    desk.get("mds", "/registry/clusters/nowhere/acls")
        .await
        .is(404);
    world.payments.deny("Describe");
    let message = desk.get("mds", PATH).await.is(500).message();
    assert!(
        message.contains("missing right: Describe on Cluster"),
        "{message}"
    );
    assert!(
        message.contains("openmds cluster verify payments"),
        "{message}"
    );
    world.payments.allow("Describe");
    world.payments.set_condition(FakeCondition::Unreachable);
    let message = desk.get("mds", PATH).await.is(500).message();
    assert!(message.contains("connection refused"), "{message}");
    world.payments.set_condition(FakeCondition::Reachable);
    // Somebody else's cluster is not read for this one.
    let other = json!([entry("other", "other-id", PAYMENTS)]);
    desk.post("mds", "/registry/clusters", &other).await.is(204);
    let message = desk
        .get("mds", "/registry/clusters/other/acls")
        .await
        .is(500)
        .message();
    assert!(
        message.contains("its hosts are those of cluster payments-id"),
        "{message}"
    );
}

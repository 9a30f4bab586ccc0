//! The metadata service's own events, byte for byte.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;

use openmds_trail::{
    AclAuthorization, Envelope, MetadataChange, MetadataDecision, Origin, RbacAuthorization,
};
use serde_json::json;
use uuid::Uuid;

const TOPIC: &str = "crn:///kafka=LRx92c9yQ-ws786HYosuBn/topic=orders";
const BINDINGS: &str = "crn:///kafka=LRx92c9yQ-ws786HYosuBn/security-metadata=SecurityMetadata";

fn envelope(subject: &'static str) -> Envelope<'static> {
    Envelope {
        id: Uuid::from_u128(0x3ad2_1961_13be_4e71_a583_d1b2_9e48_8ff6),
        source: "crn:///kafka=dAkAmyKqTTSosZSZzR-r3g",
        subject,
        time_micros: 1_669_278_512_579_313,
        route: "confluent-audit-log-events",
    }
}

fn origin() -> Origin<'static> {
    Origin {
        request_id: Some("0193f1c8-6d5f-7c0a-9d3e-0a1b2c3d4e5f"),
        client_address: Some(IpAddr::V4(Ipv4Addr::new(172, 28, 0, 1))),
        ..Origin::default()
    }
}

/// Compares with the samples in `spec/formats`; `UPDATE_GOLDEN=1` writes them.
#[expect(clippy::unwrap_used, reason = "a helper of tests")]
fn is_golden(name: &str, written: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec/formats");
    let path = folder.join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, written).unwrap();
    }
    assert_eq!(written, std::fs::read_to_string(path).unwrap());
}

fn lines(events: &[Vec<u8>]) -> String {
    let line = |event: &Vec<u8>| String::from_utf8_lossy(event).into_owned() + "\n";
    events.iter().map(line).collect()
}

#[test]
fn decisions_are_written_byte_for_byte() {
    let clusters = BTreeMap::from([("kafka-cluster", "LRx92c9yQ-ws786HYosuBn")]);
    let allowed_by_a_group = MetadataDecision {
        envelope: envelope(BINDINGS),
        origin: origin(),
        principal: "User:alice",
        granted: true,
        operation: "AlterAccess",
        resource_type: "SecurityMetadata",
        resource_name: "SecurityMetadata",
        pattern_type: "LITERAL",
        super_user: false,
        acl: None,
        rbac: Some(RbacAuthorization {
            role: "UserAdmin",
            clusters: &clusters,
            acting_principal: Some("Group:admins"),
        }),
    };
    let denied_when_a_component_asked = MetadataDecision {
        envelope: envelope(TOPIC),
        origin: Origin {
            asked_by: Some("User:schema-registry"),
            ..Origin::default()
        },
        principal: "User:CN=\"bob\"\n",
        granted: false,
        operation: "Write",
        resource_type: "Topic",
        resource_name: "orders",
        rbac: None,
        ..allowed_by_a_group
    };
    let super_user = MetadataDecision {
        principal: "User:mds",
        origin: Origin {
            acted_by: Some("User:c3"),
            ..origin()
        },
        super_user: true,
        rbac: None,
        ..allowed_by_a_group
    };
    let denied_by_an_acl = MetadataDecision {
        granted: false,
        operation: "Alter",
        resource_type: "Cluster",
        resource_name: "kafka-cluster",
        acl: Some(AclAuthorization {
            permission_type: "DENY",
            host: "*",
            acting_principal: Some("Group:guests"),
        }),
        rbac: None,
        ..allowed_by_a_group
    };
    let written = [
        allowed_by_a_group,
        denied_when_a_component_asked,
        super_user,
        denied_by_an_acl,
    ];
    let written = lines(&written.map(|event| event.to_json()));
    is_golden("metadata-decision.v1.jsonl", &written);
}

#[test]
fn changes_are_written_byte_for_byte() {
    let after = json!({"resourcePatterns": [{"name": "orders", "patternType": "LITERAL", "resourceType": "Topic"}]});
    let bound = MetadataChange {
        envelope: envelope(BINDINGS),
        origin: origin(),
        principal: "User:alice",
        method: "mds.ChangeRoleBinding",
        kind: "role-binding",
        key: "User:bob/DeveloperRead/kafka-cluster LRx92c9yQ-ws786HYosuBn",
        before: None,
        after: Some(&after),
        generation: Some((41, 42)),
    };
    let unbound = MetadataChange {
        before: Some(&after),
        after: None,
        generation: Some((42, 43)),
        ..bound
    };
    let target = json!({"principal": "User:alice"});
    let impersonated = MetadataChange {
        principal: "User:c3",
        method: "mds.Impersonate",
        kind: "impersonation",
        key: "User:alice",
        after: Some(&target),
        generation: None,
        ..bound
    };
    let written = [bound, unbound, impersonated];
    let written = lines(&written.map(|event| event.to_json()));
    is_golden("metadata-change.v1.jsonl", &written);
}

//! The event's form, byte for byte.

mod authentication;
mod metadata;
mod ocsf;
mod own;
#[cfg(test)]
mod spool;
#[cfg(test)]
mod unawaited;
mod verify;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::Path;

use openmds_trail::{AuthorizationEvent, Cause};
use uuid::Uuid;

fn create_topics() -> AuthorizationEvent<'static> {
    AuthorizationEvent {
        id: Uuid::from_u128(0x3ad2_1961_13be_4e71_a583_d1b2_9e48_8ff6),
        source: "crn:///kafka=dAkAmyKqTTSosZSZzR-r3g",
        subject: "crn:///kafka=dAkAmyKqTTSosZSZzR-r3g/topic=test2",
        time_micros: 1_669_278_512_579_313,
        route: "confluent-audit-log-events",
        method: "kafka.CreateTopics",
        principal: "User:hostclient",
        granted: true,
        operation: "DescribeConfigs",
        resource_type: "Topic",
        resource_name: "test2",
        pattern_type: "LITERAL",
        cause: Cause::Nothing,
        correlation_id: 3,
        client_id: Some("adminclient-1"),
        client_address: Some(IpAddr::V4(Ipv4Addr::new(172, 28, 0, 1))),
    }
}

fn json(event: &AuthorizationEvent<'_>) -> String {
    let mut out = Vec::new();
    event.write_json(&mut out);
    String::from_utf8_lossy(&out).into_owned()
}

#[test]
fn the_golden_events_are_written_byte_for_byte() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../spec/formats/authorization-event.v1.jsonl");
    let golden = std::fs::read_to_string(path).unwrap();
    let denied = AuthorizationEvent {
        granted: false,
        client_id: None,
        client_address: Some(IpAddr::V6(Ipv6Addr::LOCALHOST)),
        principal: "User:CN=\"al\\ice\"\n",
        ..create_topics()
    };
    let super_user = AuthorizationEvent {
        subject: "crn:///kafka=dAkAmyKqTTSosZSZzR-r3g",
        resource_type: "Cluster",
        resource_name: "kafka-cluster",
        cause: Cause::SuperUser,
        client_address: None,
        ..create_topics()
    };
    let bound = AuthorizationEvent {
        cause: Cause::RoleBinding {
            role: "DeveloperManage",
            cluster_id: "dAkAmyKqTTSosZSZzR-r3g",
            acting_principal: None,
        },
        ..create_topics()
    };
    let bound_to_a_group = AuthorizationEvent {
        cause: Cause::RoleBinding {
            role: "DeveloperManage",
            cluster_id: "dAkAmyKqTTSosZSZzR-r3g",
            acting_principal: Some("Group:team"),
        },
        ..create_topics()
    };
    let acl = AuthorizationEvent {
        cause: Cause::Acl {
            allows: true,
            host: "*",
            acting_principal: None,
        },
        ..create_topics()
    };
    let denied_by_acl = AuthorizationEvent {
        granted: false,
        cause: Cause::Acl {
            allows: false,
            host: "172.28.0.1",
            acting_principal: Some("User:*"),
        },
        ..create_topics()
    };
    let written = [
        create_topics(),
        denied,
        super_user,
        bound,
        bound_to_a_group,
        acl,
        denied_by_acl,
    ]
    .map(|event| json(&event) + "\n")
    .concat();
    assert_eq!(written, golden);
}

#[test]
fn consumers_that_search_for_text_find_it() {
    let line = json(&create_topics());
    assert!(line.contains(r#""resourceType":"Topic","resourceName":"test2""#));
    assert!(!line.contains("\\u003d"));
    assert!(!line.contains('\n'));
}

#[test]
fn every_line_is_one_json_object_with_the_attributes_of_cloudevents() {
    let value: serde_json::Value = serde_json::from_str(&json(&create_topics())).unwrap();
    for attribute in [
        "specversion",
        "id",
        "source",
        "type",
        "datacontenttype",
        "subject",
        "time",
        "route",
        "data",
    ] {
        assert!(value.get(attribute).is_some(), "{attribute} is missing");
    }
    assert_eq!(value["data"]["request"]["correlation_id"], "3");
    assert_eq!(
        value["data"]["requestMetadata"]["client_address"],
        "/172.28.0.1"
    );
    assert_eq!(
        value["data"]["authenticationInfo"]["principalResourceId"],
        ""
    );
}

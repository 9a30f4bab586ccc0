//! The event of a log in, byte for byte.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::Path;

use openmds_trail::{AuthenticationEvent, Envelope, UNKNOWN_USER};
use uuid::Uuid;

fn alice() -> AuthenticationEvent<'static> {
    AuthenticationEvent {
        envelope: Envelope {
            id: Uuid::from_u128(0xfbde_efc6_2ae9_4ae9_88cc_159c_4f36_0c0e),
            source: "crn:///kafka=EyVCDzKYSc2vXhyD-z9PXg",
            subject: "crn:///kafka=EyVCDzKYSc2vXhyD-z9PXg",
            time_micros: 1_676_959_658_958_333,
            route: "confluent-audit-log-events",
        },
        principal: "User:alice",
        mechanism: "SSL",
        identifier: "CN=alice@mydomain.example,O=World Domination Inc.,C=AU",
        accepted: true,
        message: "",
        client_address: Some(IpAddr::V4(Ipv4Addr::new(172, 21, 0, 1))),
    }
}

fn json(event: &AuthenticationEvent<'_>) -> String {
    let mut out = Vec::new();
    event.write_json(&mut out);
    String::from_utf8_lossy(&out).into_owned()
}

#[test]
fn the_golden_events_are_written_byte_for_byte() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../spec/formats/authentication-event.v1.jsonl");
    let golden = std::fs::read_to_string(path).unwrap();
    let refused = AuthenticationEvent {
        principal: UNKNOWN_USER,
        mechanism: "SASL_SSL/PLAIN",
        identifier: "",
        accepted: false,
        message: "Authentication failed: \"Invalid\" username or password\n",
        client_address: Some(IpAddr::V6(Ipv6Addr::LOCALHOST)),
        ..alice()
    };
    let from_nowhere = AuthenticationEvent {
        client_address: None,
        mechanism: "SASL_PLAINTEXT/SCRAM-SHA-256",
        identifier: "alice",
        ..alice()
    };
    let written = [alice(), refused, from_nowhere]
        .map(|event| json(&event) + "\n")
        .concat();
    assert_eq!(written, golden);
}

#[test]
fn every_line_is_one_json_object() {
    let value: serde_json::Value = serde_json::from_str(&json(&alice())).unwrap();
    assert_eq!(value["data"]["methodName"], "kafka.Authentication");
    assert_eq!(
        value["data"]["authenticationInfo"]["metadata"]["mechanism"],
        "SSL"
    );
    assert_eq!(value["data"]["result"]["status"], "SUCCESS");
}

//! Any bytes are a request or an error, and golden bytes are the golden request.

use openmds_broker_plugin::acls::{self, PackedAcl};
use openmds_broker_plugin::codec::{DecodeError, Request};
use openmds_broker_plugin::pairs::Pairs;
use proptest::prelude::*;

use crate::golden::golden;
use crate::message::{CLUSTER, CREATE, READ, TOPIC, pack, pack_all};

#[test]
fn the_golden_request_is_read() {
    let message = golden("bridge-request.v2.hex");
    let request = Request::decode(&message).unwrap();
    assert_eq!(
        (request.api_key, request.api_version, request.correlation_id),
        (19, 7, 53)
    );
    assert_eq!(request.address.unwrap().to_string(), "172.21.0.1");
    assert_eq!(
        (request.principal, request.client_id),
        ("User:Zoë", Some("console-producer"))
    );
    assert!(request.decided_by_kafka);
    assert_eq!(request.groups.names().unwrap(), ["ops", "a"]);
    let actions: Vec<_> = request.actions.collect();
    assert_eq!(actions.len(), 2);
    assert_eq!(
        (
            actions[0].operation,
            actions[0].resource_type,
            actions[0].name
        ),
        (CREATE, CLUSTER, "kafka-cluster")
    );
    assert!(!actions[0].granted && !actions[0].wants_record(false));
    assert_eq!(
        (
            actions[1].operation,
            actions[1].resource_type,
            actions[1].name
        ),
        (CREATE, TOPIC, "orders")
    );
    assert!(actions[1].granted && actions[1].wants_record(true) && actions[1].log_if_denied);
}

#[test]
fn the_bare_golden_request_is_read() {
    let message = golden("bridge-request-bare.v2.hex");
    let request = Request::decode(&message).unwrap();
    assert_eq!(request.address.unwrap().to_string(), "::1");
    assert_eq!(request.client_id, None);
    assert!(!request.decided_by_kafka);
    assert_eq!(request.groups.names().unwrap(), Vec::<&str>::new());
    assert_eq!(request.actions.number(), 0);
}

#[test]
fn the_golden_pairs_are_read_and_written() {
    let mut pairs = Pairs::new();
    pairs.add("topic", "a");
    pairs.add("topic", "ü");
    pairs.add("retention_ms", "");
    assert_eq!(pairs.encode(), golden("bridge-pairs.v1.hex"));
    assert_eq!(Pairs::decode(&golden("bridge-pairs.v1.hex")), Some(pairs));
}

#[test]
fn the_golden_acls_are_read() {
    let message = golden("bridge-acls.v1.hex");
    let acls = acls::decode(&message).unwrap();
    let orders = PackedAcl {
        resource_type: TOPIC,
        pattern_type: 4,
        operation: READ,
        permission: 3,
        principal: "User:Zoë",
        host: "*",
        name: "orders-",
    };
    let cluster = PackedAcl {
        resource_type: CLUSTER,
        pattern_type: 3,
        operation: 2,
        permission: 2,
        principal: "Robot:r2",
        host: "10.0.0.0/8",
        name: "kafka-cluster",
    };
    assert_eq!(acls, [orders, cluster]);
    for end in 0..message.len() {
        assert!(acls::decode(&message[..end]).is_err(), "cut at {end}");
    }
    let longer = [&*message, b"x"].concat();
    assert_eq!(
        acls::decode(&longer),
        Err(DecodeError::Invalid { field: "acls" })
    );
}

#[test]
fn errors_name_what_is_wrong() {
    assert_eq!(Request::decode(b"").unwrap_err(), DecodeError::Magic);
    assert_eq!(
        Request::decode(b"OMR3\0\0\0\x08").unwrap_err(),
        DecodeError::Magic
    );
    assert_eq!(
        Request::decode(b"OMR2\0\0\0\x09").unwrap_err(),
        DecodeError::Length {
            stated: 9,
            received: 8
        }
    );
    assert_eq!(
        Request::decode(b"OMR2\0\0\0\x08").unwrap_err(),
        DecodeError::Short { field: "flags" }
    );
    let mut trailing = pack(3, "User:a", None, &[]);
    trailing.push(0);
    let length = u32::try_from(trailing.len()).unwrap();
    trailing[4..8].copy_from_slice(&length.to_be_bytes());
    assert_eq!(
        Request::decode(&trailing).unwrap_err(),
        DecodeError::Invalid { field: "actions" }
    );
}

#[test]
fn groups_that_are_no_texts_are_refused_when_they_are_read() {
    let mut message = golden("bridge-request.v2.hex");
    let section = [0, 0, 0, 16, 0, 0, 0, 2];
    let count = message
        .windows(8)
        .position(|bytes| bytes == section)
        .unwrap();
    for number in [0, 1, 3, 255] {
        message[count + 7] = number;
        let request = Request::decode(&message).unwrap();
        assert!(request.groups.names().is_err(), "{number} groups");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_decoded_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = Request::decode(&bytes);
        let _ = Pairs::decode(&bytes);
        let _ = acls::decode(&bytes);
        let _ = acls::decode(&[b"OMA1", &*bytes].concat());
    }

    /// Bytes that begin well reach deeper into the decoder.
    #[test]
    fn a_damaged_request_is_decoded_without_panic(
        at in 0usize..114, value in any::<u8>(), cut in 0usize..115, patch_length in any::<bool>()
    ) {
        let mut message = golden("bridge-request.v2.hex");
        message[at] = value;
        message.truncate(cut);
        if patch_length && message.len() >= 8 {
            let length = u32::try_from(message.len()).unwrap();
            message[4..8].copy_from_slice(&length.to_be_bytes());
        }
        if let Ok(request) = Request::decode(&message) {
            prop_assert!(request.actions.count() <= 2);
            if let Ok(groups) = request.groups.names() {
                prop_assert!(groups.len() <= 2);
            }
        }
    }

    #[test]
    fn what_was_packed_is_read(
        api_key in any::<i16>(), principal in ".{0,40}", client_id in proptest::option::of(".{0,40}"),
        groups in prop::collection::vec(".{0,20}", 0..4),
        names in prop::collection::vec(".{0,20}", 0..5), flags in 0u8..8, kafka in any::<bool>()
    ) {
        let actions: Vec<_> = names.iter().map(|name| (CREATE, TOPIC, name.as_str(), flags)).collect();
        let group_names: Vec<&str> = groups.iter().map(String::as_str).collect();
        let message = pack_all(
            u8::from(kafka), api_key, &principal, client_id.as_deref(), &group_names, &actions,
        );
        let request = Request::decode(&message).unwrap();
        prop_assert_eq!(request.api_key, api_key);
        prop_assert_eq!(request.principal, principal);
        prop_assert_eq!(request.client_id, client_id.as_deref());
        prop_assert_eq!(request.decided_by_kafka, kafka);
        prop_assert_eq!(request.groups.names().unwrap(), groups);
        let read: Vec<_> = request.actions.map(|action| action.name.to_owned()).collect();
        prop_assert_eq!(read, names);
    }
}

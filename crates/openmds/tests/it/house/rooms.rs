//! Which words belong in which room.

use super::{none, places, text};

fn outside(mut places: Vec<String>, rooms: &[&str]) -> Vec<String> {
    places.retain(|place| !rooms.iter().any(|room| place.starts_with(room)));
    places
}

#[test]
fn http_never_names_the_store() {
    let mut found = places(
        "crates/server/src/http",
        &["store", "rusqlite", "reconcile"],
    );
    found.retain(|place| place.contains("::") && !place.contains("\"no-store\""));
    none("the front desk remembers nothing", &found);
}

#[test]
fn only_http_and_the_listener_name_axum() {
    let rooms = [
        "crates/server/src/http/",
        "crates/server/src/serve/",
        // What the server is measured against.
        "crates/server/benches/api/bare.rs",
    ];
    let found = outside(
        places("crates", &["axum", "axum_server", "tower_http"]),
        &rooms,
    );
    none("axum outside the front desk", &found);
}

#[test]
fn app_knows_no_http() {
    let mut found = places(
        "crates/server/src/app",
        &["axum", "http", "StatusCode", "HeaderMap"],
    );
    // Addresses and names of checks are texts, not the framework.
    found.retain(|place| !place.contains("\"http\"") && !place.contains("\"http://"));
    none("HTTP in the office", &found);
}

#[test]
fn only_the_store_names_the_database() {
    let found = outside(
        places("crates", &["rusqlite"]),
        &[
            "crates/server/src/store/",
            // What the store is measured against.
            "crates/server/benches/api/commits.rs",
        ],
    );
    none("the database outside the archive", &found);
}

#[test]
fn only_kafka_names_the_client_library() {
    let words = ["kafka_protocol", "krafka", "rdkafka"];
    none(
        "the Kafka client outside its room",
        &outside(places("crates", &words), &["crates/kafka/"]),
    );
}

#[test]
fn only_the_bridge_names_jni() {
    let found = outside(
        places("crates", &["jni"]),
        &["crates/broker-plugin/src/bridge.rs:"],
    );
    none("JNI outside the border", &found);
}

/// Time, randomness, files and sockets do not exist for `policy`.
#[test]
fn policy_has_no_door_to_the_outside() {
    assert!(text("crates/policy/src/lib.rs").contains("\n#![no_std]\n"));
    none("the quiet room", &places("crates/policy/src", &["std"]));
}

/// `rulings.md` 31.
#[test]
fn the_plugin_owns_no_thread_and_no_socket() {
    let words = ["thread", "net", "tokio", "process"];
    let mut found = places("crates/broker-plugin/src", &words);
    found.retain(|place| place.contains("::"));
    found.retain(|place| !place.contains("net::IpAddr") && !place.contains("net::{Ip"));
    none("Rust owns no thread and no socket inside a broker", &found);
}

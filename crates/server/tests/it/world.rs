//! Everything outside the server: clusters in memory, a clock that stands still, a folder with its
//! files. A server may be started in it, stopped, and started again.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock};

use jiff::{Span, Timestamp};
use openmds_kafka::HostPort;
use openmds_kafka::fake::{FakeCluster, FakeFleet};
use openmds_server::time::Clock;
use openmds_server::tokens::{SigningAlgorithm, generate};
use tempfile::TempDir;

pub(crate) const HOME: &str = "127.0.0.1:9101";
pub(crate) const PAYMENTS: &str = "127.0.0.1:9201";
pub(crate) const PAYMENTS_CONTROLLER: &str = "127.0.0.1:9290";
pub(crate) const LOGS: &str = "127.0.0.1:9301";
pub(crate) const OTHER_LOGS: &str = "127.0.0.1:9401";
pub(crate) const NOBODY: &str = "127.0.0.1:9999";

/// The super user, two users without any role, and one whose name needs encoding.
pub(crate) const USERS: [&str; 4] = ["mds", "alice", "bob", "CN=carol, OU=x/y"];

/// A clock that moves only when told.
pub(crate) struct HeldClock(Mutex<Timestamp>);

impl HeldClock {
    pub(crate) fn advance(&self, seconds: i64) {
        let mut now = self.0.lock().unwrap();
        *now += Span::new().seconds(seconds);
    }
}

impl Clock for HeldClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

pub(crate) struct World {
    pub(crate) folder: TempDir,
    pub(crate) fleet: FakeFleet,
    pub(crate) home: FakeCluster,
    pub(crate) payments: FakeCluster,
    pub(crate) logs: FakeCluster,
    pub(crate) other_logs: FakeCluster,
    pub(crate) clock: Arc<HeldClock>,
    properties: BTreeMap<String, String>,
}

pub(crate) fn at(text: &str) -> HostPort {
    text.parse().unwrap()
}

fn cluster(fleet: &FakeFleet, id: &str, address: &str) -> FakeCluster {
    let cluster = FakeCluster::new(id);
    cluster.add_broker(1, &at(address));
    fleet.add(&at(address), &cluster);
    cluster
}

/// One key for all tests: making one takes long.
pub(crate) fn key_pem() -> &'static str {
    static KEY: OnceLock<String> = OnceLock::new();
    KEY.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.pem");
        generate(&path, SigningAlgorithm::Rs256).unwrap();
        std::fs::read_to_string(path).unwrap()
    })
}

impl World {
    /// `home` and two destinations with one broker each; `payments` with two brokers and a
    /// dedicated controller.
    pub(crate) fn new() -> Self {
        let fleet = FakeFleet::new();
        let payments = cluster(&fleet, "payments-id", PAYMENTS);
        payments.add_broker(2, &at("127.0.0.1:9202"));
        payments.add_controller(100, &at(PAYMENTS_CONTROLLER));
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, text: &str| -> String {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            path.to_str().unwrap().to_string()
        };
        let users = USERS.map(|user| format!("{user}:{user}-secret\n")).concat();
        let destination = "confluent.security.event.logger.destination.admin";
        let properties = [
            ("super.users".to_string(), "User:mds".to_string()),
            (
                "confluent.metadata.server.impersonation.super.users".to_string(),
                "User:mds".to_string(),
            ),
            (
                "confluent.metadata.server.listeners".to_string(),
                "http://127.0.0.1:0".to_string(),
            ),
            (
                "confluent.metadata.server.user.store.file.path".to_string(),
                file("users", &users),
            ),
            (
                "confluent.metadata.server.token.key.path".to_string(),
                file("key.pem", key_pem()),
            ),
            (
                "confluent.metadata.bootstrap.servers".to_string(),
                HOME.to_string(),
            ),
            ("openmds.cluster.id".to_string(), "home-id".to_string()),
            (
                "openmds.store.path".to_string(),
                folder.path().join("store").to_str().unwrap().to_string(),
            ),
            (format!("{destination}.bootstrap.servers"), LOGS.to_string()),
            (
                "openmds.audit.destinations.allowed".to_string(),
                format!("{OTHER_LOGS},{NOBODY}"),
            ),
            (
                "openmds.controllers.payments".to_string(),
                format!("100@{PAYMENTS_CONTROLLER}"),
            ),
        ];
        Self {
            home: cluster(&fleet, "home-id", HOME),
            logs: cluster(&fleet, "logs-id", LOGS),
            other_logs: cluster(&fleet, "other-logs-id", OTHER_LOGS),
            payments,
            fleet,
            clock: Arc::new(HeldClock(Mutex::new(
                "2026-01-02T03:04:05Z".parse().unwrap(),
            ))),
            properties: properties.into(),
            folder,
        }
    }

    /// Sets a property of the server's file.
    pub(crate) fn set(&mut self, name: &str, value: &str) -> &mut Self {
        self.properties.insert(name.to_string(), value.to_string());
        self
    }

    /// Removes a property of the server's file.
    pub(crate) fn unset(&mut self, name: &str) -> &mut Self {
        self.properties.remove(name);
        self
    }

    /// Writes the server's file.
    pub(crate) fn config(&self) -> PathBuf {
        let line = |(name, value): (&String, &String)| format!("{name}={value}\n");
        let text: String = self.properties.iter().map(line).collect();
        let path = self.folder.path().join("server.properties");
        std::fs::write(&path, text).unwrap();
        path
    }
}

//! The clusters of the playground: how many nodes, which listeners, which users.

use serde::{Deserialize, Serialize};

/// What a node does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Broker and controller in one process.
    Combined,
    /// Broker only.
    Broker,
    /// Dedicated controller.
    Controller,
}

/// A listener, by the name under which it stands in the node's configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Listener {
    /// SASL/SCRAM-SHA-256 for clients.
    Client,
    /// SASL/OAUTHBEARER for the metadata server: the token listener.
    Token,
    /// Between brokers, SASL/PLAIN.
    Repl,
    /// Of the quorum, SASL/PLAIN.
    Controller,
    /// The token listener of a dedicated controller.
    Ctoken,
}

impl Listener {
    /// Its name in `listeners`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Client => "CLIENT",
            Self::Token => "TOKEN",
            Self::Repl => "REPL",
            Self::Controller => "CONTROLLER",
            Self::Ctoken => "CTOKEN",
        }
    }

    /// Whether it expects SASL/OAUTHBEARER.
    pub fn takes_tokens(self) -> bool {
        matches!(self, Self::Token | Self::Ctoken)
    }
}

impl Role {
    /// The listeners that a node with this role opens.
    pub fn listeners(self) -> &'static [Listener] {
        use Listener::{Client, Controller, Ctoken, Repl, Token};
        match self {
            Self::Combined => &[Client, Token, Repl, Controller],
            Self::Broker => &[Client, Token, Repl],
            Self::Controller => &[Controller, Ctoken],
        }
    }

    /// The value of `process.roles`.
    pub fn process_roles(self) -> &'static str {
        match self {
            Self::Combined => "broker,controller",
            Self::Broker => "broker",
            Self::Controller => "controller",
        }
    }

    /// Whether it takes part in the quorum.
    pub fn is_controller(self) -> bool {
        self != Self::Broker
    }

    /// Whether it serves clients.
    pub fn is_broker(self) -> bool {
        self != Self::Controller
    }
}

/// Which class checks tokens at a cluster's token listeners.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenValidator {
    /// Kafka's own, with the server's file of keys.
    Stock,
    /// The plugin's, with the server's URL and a cache (`rulings.md` 16).
    Plugin,
}

/// Where a cluster uses TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TlsUse {
    /// Nowhere.
    None,
    /// On its token listeners only.
    TokenListeners,
    /// On every listener.
    Everywhere,
}

/// Who decides in a cluster's nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deciding {
    /// The plugin.
    Plugin,
    /// Kafka's own `StandardAuthorizer`.
    Kafka,
}

/// One cluster, before ids and ports are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// Its name in the cluster registry.
    pub name: &'static str,
    /// Node ids and roles.
    pub nodes: &'static [(i32, Role)],
    /// Which of its listeners use TLS.
    pub tls: TlsUse,
    /// Which class checks tokens.
    pub validator: TokenValidator,
    /// `num.partitions`
    pub partitions: u16,
    /// SCRAM users beside `admin`, `alice` and `bob`.
    pub users: &'static [&'static str],
    /// The user with which its nodes write audit events to the destination.
    pub writer: &'static str,
    /// Who decides in its nodes, unless no cluster of the playground has the plugin.
    pub deciding: Deciding,
    /// Whether it is only prepared, and started when somebody asks for it.
    pub standby: bool,
}

/// The metadata server's own cluster.
pub const HOME: Shape = Shape {
    name: "home",
    nodes: &[(1, Role::Combined)],
    tls: TlsUse::None,
    validator: TokenValidator::Stock,
    partitions: 1,
    users: &[],
    writer: "auditlogwriter-home",
    deciding: Deciding::Plugin,
    standby: false,
};

/// The managed cluster: a dedicated controller and two brokers.
pub const PAYMENTS: Shape = Shape {
    name: "payments",
    nodes: &[
        (100, Role::Controller),
        (1, Role::Broker),
        (2, Role::Broker),
    ],
    tls: TlsUse::TokenListeners,
    validator: TokenValidator::Plugin,
    partitions: 1,
    users: &[ALLOWED_CLIENT, DENIED_CLIENT],
    writer: "auditlogwriter",
    deciding: Deciding::Plugin,
    standby: false,
};

/// The destination of audit events.
pub const LOGS: Shape = Shape {
    name: "logs",
    nodes: &[(1, Role::Combined)],
    tls: TlsUse::Everywhere,
    validator: TokenValidator::Stock,
    partitions: 6,
    users: &DESTINATION_USERS,
    writer: "auditlogwriter-logs",
    deciding: Deciding::Plugin,
    standby: false,
};

/// A second possible destination, for tests that move the events elsewhere.
pub const ARCHIVE: Shape = Shape {
    name: "archive",
    nodes: &[(1, Role::Combined)],
    tls: TlsUse::Everywhere,
    validator: TokenValidator::Stock,
    partitions: 3,
    users: &DESTINATION_USERS,
    writer: "auditlogwriter-logs",
    deciding: Deciding::Plugin,
    standby: true,
};

/// As [`HOME`], but it decides as Kafka does by itself: for tests that compare.
pub const STANDARD: Shape = Shape {
    name: "standard",
    nodes: &[(1, Role::Combined)],
    tls: TlsUse::None,
    validator: TokenValidator::Stock,
    partitions: 1,
    users: &[],
    writer: "auditlogwriter-home",
    deciding: Deciding::Kafka,
    standby: true,
};

/// Every principal that writes audit events.
pub const WRITERS: [&str; 3] = [
    "auditlogwriter",
    "auditlogwriter-home",
    "auditlogwriter-logs",
];

/// The principal with which the server looks after destination topics.
pub const TOPIC_ADMIN: &str = "auditlogadmin";

/// The client of the story that may use the topic `orders`.
pub const ALLOWED_CLIENT: &str = "orders-app";

/// The client of the story that may look at the topic `orders`, and nothing else.
pub const DENIED_CLIENT: &str = "mallory";

/// Super user of every cluster, for people.
pub const ADMIN: &str = "admin";

/// The brokers' own principal between themselves.
pub const BROKER: &str = "broker";

/// The metadata server's own principal on every cluster (`rulings.md` 15).
pub const SERVER_PRINCIPAL: &str = "_openmds";

/// `iss` of the server's tokens.
pub const TOKEN_ISSUER: &str = "openmds";

/// `aud` of users' tokens, which every cluster takes beside its own id (`rulings.md` 15).
pub const USERS_AUDIENCE: &str = "openmds-users";

const DESTINATION_USERS: [&str; 4] = [
    "auditlogwriter",
    "auditlogwriter-home",
    "auditlogwriter-logs",
    TOPIC_ADMIN,
];

impl Shape {
    /// The shape of this name.
    pub fn named(name: &str) -> Option<Self> {
        [HOME, PAYMENTS, LOGS, ARCHIVE, STANDARD]
            .into_iter()
            .find(|shape| shape.name == name)
    }

    /// Whether this listener uses TLS.
    pub fn encrypts(&self, listener: Listener) -> bool {
        match self.tls {
            TlsUse::None => false,
            TlsUse::TokenListeners => listener.takes_tokens(),
            TlsUse::Everywhere => true,
        }
    }

    /// Kafka's name of this listener's security protocol.
    pub fn protocol(&self, listener: Listener) -> &'static str {
        if self.encrypts(listener) {
            "SASL_SSL"
        } else {
            "SASL_PLAINTEXT"
        }
    }

    /// Everybody who can log in with SCRAM.
    pub fn scram_users(&self) -> impl Iterator<Item = &'static str> {
        [ADMIN, "alice", "bob"]
            .into_iter()
            .chain(self.users.iter().copied())
    }
}

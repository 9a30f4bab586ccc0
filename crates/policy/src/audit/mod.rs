//! Audit routing: the document, the categories, and the one function that routes an event.
//!
//! Source of the rules: `audit-logs.md` 2 to 4. What deliberately is not here: events as bytes
//! (`trail`), live retention and versions (the server), delivery (the broker plugin).

mod category;
mod check;
mod document;
mod lint;
mod lookup;
mod methods;
mod migrate;
mod parse;
mod projection;
mod render;
mod route;
mod router;
mod usual;
mod winners;

pub use category::{Category, CategoryError};
pub use check::FieldError;
pub(crate) use check::{Faults, join, member};
pub use document::{DefaultTopics, Document, Metadata, Route, Rule, Target};
pub use lint::{Finding, Known, Severity, lint};
pub use lookup::{RouteList, RouteLookup, list_routes, lookup_route};
pub use methods::{FETCH_CONSUMER, FETCH_FOLLOWER, crn_kind, method_name};
pub use migrate::{
    LegacyConfig, Migration, MigrationWarning, Mismatch, OLD_DEFAULT_PATHS, combine,
};
pub use parse::{Form, Parsed};
pub use route::{AuditedAction, Routing, Why, route};
pub use router::Router;
pub use usual::usual_method;
pub(crate) use winners::Winners;

/// The dynamic broker configuration that carries the document (`audit-logs.md` 6.1).
pub const ROUTER_CONFIG_KEY: &str = "confluent.security.event.router.config";

/// What Kafka takes as one configuration value, bytes of UTF-8 (`kafka-internals.md` 2).
pub const LARGEST_CONFIG_VALUE: usize = 32_767;

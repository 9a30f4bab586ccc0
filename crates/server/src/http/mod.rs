//! The front desk: finds out who is asking, and translates. Decides nothing, remembers nothing.

mod acls;
mod audit_config;
mod audit_questions;
mod authenticate;
mod authorize;
mod body;
mod cluster_type;
mod clusters;
mod cookies;
mod docs;
mod error;
mod front;
mod health;
mod identity;
mod impersonate;
mod kafka_clusters;
mod managed_lookups;
mod mended_path;
#[expect(dead_code, reason = "the endpoints of nodes are the first to ask")]
mod node;
mod oauth;
mod oauth_client;
mod oauth_error;
mod openapi;
mod openapi_access;
mod parts;
mod peer;
mod revocations;
mod role_bindings;
mod role_lookups;
mod roles;
mod router;
mod routes;
mod service;
mod signing_keys;
mod sso;
mod to_the_end;
mod warnings;

pub use openapi::document as openapi_document;
pub use peer::{Encrypted, Peer, RefusedCertificate};
pub use router::{known_routes, router};

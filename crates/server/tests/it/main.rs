//! The server in process: the real router, use cases, store and driver over clusters in memory.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "helpers of tests outside #[test] functions"
)]

mod acls;
mod audit_cases;
mod audit_config;
mod audit_destination;
mod audit_permission;
mod audit_put;
mod authorize;
mod bearer;
mod binding_properties;
mod bindings;
mod bound_resources;
mod cases;
mod cluster_acls;
mod cluster_verification;
mod companion;
mod companion_push;
mod component_verification;
mod config;
mod contract;
mod desk;
mod enrolled_records;
mod enrolment;
mod explain;
mod explain_live;
mod feed;
mod feed_properties;
mod feed_restored;
mod feed_waiting;
mod followers;
mod forged;
mod front;
mod fuzz;
mod identities;
mod impersonation;
mod ldap;
mod logins;
mod logs;
mod lookups;
mod malformed;
mod managed_lookups;
mod memberships;
mod oauth;
mod oauth_assertions;
mod oauth_logins;
mod odd_bodies;
mod odd_names;
mod openapi;
mod own_changes;
mod own_events;
mod own_events_overflow;
mod own_numbers;
mod push;
mod push_nodes;
mod push_over_time;
mod push_targets;
mod record_keys;
mod reference_cli;
mod reference_cli_acls;
mod registry;
mod revocations;
mod role_bindings;
mod role_endpoints;
mod route_cases;
mod service;
mod signed_documents;
mod signing_keys;
mod signing_keys_over_time;
mod slow_clients;
mod sso;
mod store;
mod store_restored;
mod street;
mod tls;
mod token_tricks;
mod tokens;
mod transport;
mod world;

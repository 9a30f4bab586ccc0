//! A playground: real Apache Kafka clusters and a metadata server, booted on this machine.
//!
//! Used by `./quickstart` and by the end-to-end tests. Three KRaft clusters run the OpenMDS plugin:
//! `home` (the server's own), `payments` (managed) and `logs` (the destination of audit events).
//! Nothing here is meant for production: passwords lie in files below the playground's directory.

pub mod acls;
pub mod blueprint;
mod builder;
pub mod certificates;
pub mod check;
mod cli;
pub mod clients;
mod cluster;
mod enrolment;
mod env_file;
pub mod events;
pub mod fetch;
mod ground;
pub mod http;
mod java;
mod keys;
pub mod layout;
mod logging;
mod node;
pub mod node_config;
pub mod node_listeners;
mod parallel;
mod playground;
pub mod ports;
mod process;
mod programs;
pub mod progress;
pub mod properties;
pub mod raw_client;
mod ready;
pub mod seeded;
mod server;
pub mod server_config;
pub mod shape;
pub mod soak;
pub mod status;
pub mod stop;
pub mod story;
mod tools;
pub mod versions;

pub use builder::Builder;
pub use cli::Ran;
pub use cluster::Cluster;
pub use node::Node;
pub use playground::Playground;
pub use server::Server;

//! The metadata service: `http` translates, `app` decides, `store` remembers, `reconcile` converges.

pub mod app;
mod assemble;
pub mod cli;
pub mod config;
pub mod directory;
pub mod enrolment;
pub mod feed;
mod files;
pub mod http;
mod metrics;
pub mod provider;
pub mod reconcile;
mod serve;
pub mod store;
pub mod time;
pub mod tokens;
pub mod trail;

pub use assemble::{StartError, assemble};
pub use metrics::Metrics;
pub use serve::{Doors, start};

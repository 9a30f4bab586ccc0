//! The configuration file: Java properties in, typed settings out, every fault named at once.

mod access_tokens;
mod check;
mod client;
mod controllers;
mod destination_admin;
#[cfg(test)]
mod documented;
mod enrolment;
mod exporter;
mod file;
mod home;
mod impersonation;
mod known;
mod ldap;
mod limits;
mod listeners;
mod logins;
mod oauth;
mod propagation;
mod reader;
mod settings;
mod sso;
mod tls;
mod token;
mod user_store;
mod web;

pub use access_tokens::{AccessTokenSettings, KeyTimes};
pub use check::{Checked, check};
pub use controllers::ControllerAddress;
pub use destination_admin::DestinationAdmin;
pub use enrolment::Enrolment;
pub use exporter::Exporter;
pub use file::{ConfigError, Fault};
pub use home::Home;
pub use impersonation::Impersonation;
pub use ldap::{GroupSearch, LdapSettings, NameAttribute, Search};
pub use limits::Limits;
pub use listeners::{Listener, Scheme};
pub use logins::Logins;
pub use propagation::Propagation;
pub use settings::Settings;
pub use sso::SsoSettings;
pub use tls::{ClientAuthentication, ServerTls};
pub use token::TokenSettings;
pub use user_store::{FileStoreSettings, UserStoreSettings};
pub use web::{Cors, MetricsAccess, Web};

//! Users and groups in an LDAP directory (`rbac-registry-tokens.md` 3.4.1).
//!
//! Passwords are checked by the directory itself; groups are read in the background and answered
//! from memory. Nested groups are not resolved, as in the reference.

mod connection;
mod entries;
mod groups;
mod login;
mod store;
mod verified;

pub use store::LdapStore;

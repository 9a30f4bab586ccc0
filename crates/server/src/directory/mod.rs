//! Who there is: users, their groups, and how users prove who they are.
//!
//! A [`Directory`] is a chain of [`UserStore`]s. Groups are answered from memory; each store keeps
//! its own up to date.

pub mod certificate;
mod chain;
mod file;
mod file_store;
mod groups_file;
mod ldap;
mod password;
mod store;
mod watched;

pub use chain::Directory;
pub use file::DirectoryError;
pub use file_store::FileStore;
pub use ldap::LdapStore;
pub use password::hash;
pub use store::{Unreachable, UserStore, UsersAndGroups};

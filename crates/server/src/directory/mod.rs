//! Who there is: users, their groups, and how users prove who they are.
//!
//! A [`Directory`] is a chain of [`UserStore`]s. Groups are answered from memory; each store keeps
//! its own up to date.

mod chain;
mod file;
mod file_store;
mod password;
mod store;

pub use chain::Directory;
pub use file::{DirectoryError, FileDirectory};
pub use file_store::FileStore;
pub use password::hash;
pub use store::{Unreachable, UserStore, UsersAndGroups};

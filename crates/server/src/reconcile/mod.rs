//! The dispatch room: brings every cluster to the document that is stored.
//!
//! A bell starts a round, and so does the clock. The bell carries no message: a round reads all
//! that is desired, asks the cluster what it has, plans, applies and notes the result. What is not
//! ours is left alone. No round of one cluster waits for another cluster.

mod backoff;
mod bring;
mod connections;
mod dispatch;
mod document_kind;
mod driver;
mod home;
mod nodes;
mod round;
mod signature;
mod status;
mod target;

pub use dispatch::{Acceptance, Dispatch};
pub use document_kind::DocumentKind;
pub use driver::Driver;
pub use target::targets;
pub(crate) use target::{connection as target_connection, controller_connection};

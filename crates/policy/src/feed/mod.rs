//! The feed: a Kafka cluster's part of the policy on its way to the cluster's nodes, and the copy
//! that a node keeps on disk. `spec/feed.md` is the contract; both are the same bytes.
//!
//! How the bytes travel, who may have them and where the copy lies is not known here.

mod difference;
mod encoded;
mod frame;
mod grants;
mod held;
mod message;
mod policy;

pub use difference::Difference;
pub use encoded::{GrantRef, PatternRef};
pub use frame::{FeedError, HEADER, LONGEST_PAYLOAD, decode, encode, frame_length};
pub use message::{Change, Changes, Grant, Membership, Message, Snapshot};
pub use policy::{Followed, Policy, Refused};

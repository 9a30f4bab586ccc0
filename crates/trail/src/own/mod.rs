//! Events that the trail writes about itself: an epoch that opens, what was lost, the account,
//! checkpoints, and documents that it does not follow. They are routed like any event, to the default topic of what is allowed.

mod account;
mod checkpoint;
mod distrust;
mod epoch;
mod loss;

pub use account::{Account, TYPE_ACCOUNT};
pub use checkpoint::{Checkpoint, Signer, TYPE_CHECKPOINT};
pub use distrust::{Distrust, TYPE_DISTRUST};
pub use epoch::{EpochOpened, TYPE_EPOCH};
pub use loss::{Loss, Reason, TYPE_LOSS};

/// How the type of each of them begins.
pub const OWN_TYPES: &str = "io.openmds.trail/";

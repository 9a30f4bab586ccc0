//! The audit trail as data: the event record in CloudEvents and OCSF form, numbers and chain, and the
//! events that the trail writes about itself.
//!
//! What deliberately is not here: which events are recorded and where they go (`policy`), and how
//! they get there (`broker-plugin`, `server`).
#![forbid(unsafe_code)]

mod authentication;
mod chain;
mod epoch_file;
mod event;
mod json;
mod line;
mod metadata;
mod ocsf;
mod own;
mod spool;
mod stamp;
mod time;
pub mod verify;

pub use authentication::{
    AuthenticationEvent, METHOD_AUTHENTICATION, TYPE_AUTHENTICATION, UNKNOWN_USER,
};
pub use chain::Hash;
pub use epoch_file::EpochFile;
pub use event::{AuthorizationEvent, CONTENT_TYPE, Cause, TYPE_AUTHORIZATION};
pub use json::push_string as push_json_string;
pub use line::{is_own as is_own_line, numbers_of};
pub use metadata::{
    AclAuthorization, Envelope, METHOD_AUTHORIZE, MetadataChange, MetadataDecision, Origin,
    RbacAuthorization, TYPE_CHANGE,
};
pub use ocsf::{OCSF_CONTENT_TYPE, OCSF_VERSION};
pub use own::{
    Account, Checkpoint, Distrust, EpochOpened, Loss, OWN_TYPES, Reason, Signer, TYPE_ACCOUNT,
    TYPE_CHECKPOINT, TYPE_DISTRUST, TYPE_EPOCH, TYPE_LOSS,
};
pub use spool::{
    Batch, Directory, Disk, Fsync, Happened, Kept, Limits, Lost, Name, OpenError, Record, Refusal,
    Spool,
};
pub use stamp::{End, Epoch, Opening, Stamper, Unawaited, checkpoint_statement};
pub use time::push_micros as push_time;

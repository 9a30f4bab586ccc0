//! The audit trail as data: the event record and its CloudEvents form.
//!
//! What deliberately is not here: which events are recorded and where they go (`policy`), and how
//! they get there (`broker-plugin`, `server`).
#![forbid(unsafe_code)]

mod authentication;
mod event;
mod json;
mod metadata;
mod time;

pub use authentication::{
    AuthenticationEvent, METHOD_AUTHENTICATION, TYPE_AUTHENTICATION, UNKNOWN_USER,
};
pub use event::{AuthorizationEvent, CONTENT_TYPE, Cause, TYPE_AUTHORIZATION};
pub use json::push_string as push_json_string;
pub use metadata::{
    AclAuthorization, Envelope, METHOD_AUTHORIZE, MetadataChange, MetadataDecision, Origin,
    RbacAuthorization, TYPE_CHANGE,
};
pub use time::push_micros as push_time;

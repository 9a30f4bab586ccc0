//! The wire of the metadata service: what requests and responses look like.
//!
//! Shapes only, as existing clients send and expect them (`mds-api.md` 10 and 11). What a request
//! may contain is decided by the parsers of `policy`; the audit-log document has no type here,
//! because its one parser and its one renderer live there.

mod audit;
mod bindings;
mod error;
pub mod paths;
mod registry;
mod service;
mod tokens;

pub use audit::{AuditStatus, ClusterStatus, DestinationStatus, NodeStatus};
pub use bindings::{MdsScope, ResourcesRequest};
pub use error::{ErrorDetail, ErrorResponse};
pub use registry::{ClusterInfo, HostInfo, ScopeBody};
pub use service::{AuthenticationResponse, FeaturesInfo, MetadataId, PathScope};
pub use tokens::{
    AccessToken, OAuthError, RevocationInfo, RevocationRequest, RotateRequest, ServerMetadata,
    SigningKeyInfo,
};

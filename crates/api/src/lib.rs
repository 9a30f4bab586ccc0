//! The wire of the metadata service: what requests and responses look like.
//!
//! Shapes only, as existing clients send and expect them (`mds-api.md` 10 and 11). What a request
//! may contain is decided by the parsers of `policy`; the audit-log document has no type here,
//! because its one parser and its one renderer live there.

mod acls;
mod audit;
mod authorize;
mod bindings;
mod enrolment;
mod error;
mod explain;
mod feed;
mod identities;
mod kafka_rest;
mod lookups;
mod node_questions;
pub mod paths;
mod registry;
mod service;
mod sso;
mod tokens;
mod verification;

pub use acls::{
    AccessControlEntry, AccessControlEntryFilter, AclBinding, AclBindingFilter, AclFilterRequest,
    ClusterAcls, CreateAclRequest, KafkaResourcePattern, KafkaResourcePatternFilter,
};
pub use audit::{AuditStatus, ClusterStatus, CompanionStatus, DestinationStatus, NodeStatus};
pub use authorize::{Action, AuthorizeRequest};
pub use bindings::{MdsScope, ResourcesRequest};
pub use enrolment::{IssuedCertificate, JoinRequest, JoinTokenRequest, JoinTokens, RenewalRequest};
pub use error::{ErrorDetail, ErrorResponse};
pub use explain::{
    AuditedAs, ExplainRequest, Explanation, Fix, HolderInfo, LiveDecision, NearRule, RuleInfo,
    WhoCanAnswer, WhoCanRequest,
};
pub use feed::{
    AcceptedRestore, ClusterNodes, ClusterShadow, FeedRequest, FollowingNode, NodeAhead,
    NodeReport, ShadowDifference, ShadowReport,
};
pub use identities::ImpersonationRequest;
pub use kafka_rest::{Health, KafkaCluster, KafkaClusterList, ListMetadata, ResourceMetadata};
pub use lookups::{
    ByPrincipalAndRole, ClusterAccessInfo, ClusterVisibility, CreateGuidelines,
    ManagedResourceBinding, ManagedRoleBindings, ScopeRoleBindingMapping, VisibilityAnswer,
    VisibilityRequest, VisibilityResponse,
};
pub use node_questions::{NodeAnswer, NodeQuestion, NodeRule};
pub use registry::{ClusterInfo, HostInfo, ScopeBody};
pub use service::{AuthenticationResponse, FeaturesInfo, MetadataId, PathScope};
pub use sso::{
    DeviceAnswer, DeviceAuthorization, DeviceQuestion, SessionExtended, SessionExtension,
};
pub use tokens::{
    AccessToken, OAuthError, RevocationInfo, RevocationRequest, RotateRequest, ServerMetadata,
    SigningKeyInfo,
};
pub use verification::{ClusterConfig, ClusterVerification, VerificationCheck};

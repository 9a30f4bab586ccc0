//! Paths and headers, once.

/// What every path but two begins with.
pub const PREFIX: &str = "/security/1.0";

/// The public keys that verify this service's tokens.
pub const JWKS: &str = "/security/1.0/jwks.json";

/// Where a node gets its first certificate.
pub const JOIN: &str = "/openmds/1.0/join";

/// Where a node renews its certificate.
pub const NODE_CERTIFICATE: &str = "/openmds/1.0/certificate";

/// Where OAuth 2.0 clients get tokens (RFC 6749, 3.2).
pub const TOKEN_ENDPOINT: &str = "/oauth2/token";

/// The cluster id, as every component of the field serves it.
pub const METADATA_ID: &str = "/v1/metadata/id";

/// Answer header of an update: how many clusters known to be unreachable will get it later.
pub const PENDING_CLUSTERS: &str = "openmds-pending-clusters";

/// Answer header that carries one warning; it may repeat.
pub const WARNING: &str = "openmds-warning";

/// The companion of the audit log configuration.
pub const COMPANION: &str = "/openmds/1.0/audit/companion";

/// Where nodes follow the policy.
pub const FEED: &str = "/openmds/1.0/feed";

/// The media type of a feed.
pub const FEED_TYPE: &str = "application/x-openmds-feed";

/// Answer header of the feed: whose generations these are.
pub const SERVER: &str = "openmds-server";

/// Answer header of the feed: the generation that the node holds after it.
pub const GENERATION: &str = "openmds-generation";

/// Answer header of the feed: what the server asks the node, a JSON list in Base64.
pub const QUESTIONS: &str = "openmds-questions";

//! How nodes of Kafka clusters come in: join tokens, certificates and their renewal.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Asks for join tokens of a registered Kafka cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JoinTokenRequest {
    /// How many, 1 to 100: each lets one node in.
    #[serde(default = "one")]
    pub count: u32,
    /// For how many seconds from now they count, 60 to 604800 (seven days).
    #[serde(default = "an_hour")]
    pub valid_seconds: u32,
}

const fn one() -> u32 {
    1
}

const fn an_hour() -> u32 {
    3600
}

/// Join tokens. They are shown once: the service keeps only their hashes.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct JoinTokens {
    /// The Kafka cluster whose nodes they let in.
    pub cluster_id: String,
    /// Its name in the registry.
    pub cluster_name: String,
    /// Who this service is, a UUID.
    pub server: String,
    /// The https URLs of all servers, for the nodes' settings.
    pub urls: Vec<String>,
    /// The tokens.
    pub tokens: Vec<String>,
    /// Until when they count, RFC 3339.
    pub expires_at: String,
    /// The certificate of the authority that the https listener's own comes from (PEM), for the
    /// nodes' trust; absent where the key store does not hold it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca_pem: Option<String>,
}

impl fmt::Debug for JoinTokens {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("JoinTokens")
            .field("cluster_id", &self.cluster_id)
            .field("tokens", &self.tokens.len())
            .finish_non_exhaustive()
    }
}

/// A node asks for its first certificate.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct JoinRequest {
    /// The join token.
    pub token: String,
    /// The id of the Kafka cluster, as the node itself knows it.
    pub cluster_id: String,
    /// The node's id.
    pub node_id: i32,
    /// Its public key: base64 of the SubjectPublicKeyInfo (DER) of an EC key on P-256.
    pub public_key: String,
    /// That it holds the private half: base64 of an ECDSA signature with SHA-256 (ASN.1) of the
    /// token, as UTF-8.
    pub proof: String,
}

impl fmt::Debug for JoinRequest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("JoinRequest")
            .field("token", &"...")
            .field("cluster_id", &self.cluster_id)
            .field("node_id", &self.node_id)
            .finish_non_exhaustive()
    }
}

/// A node asks for its next certificate, over a connection on which it shows the present one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RenewalRequest {
    /// Its public key, a new one or the present one, as in [`JoinRequest`].
    pub public_key: String,
    /// As in [`JoinRequest`], but of the present certificate's serial: 32 lower-case hexadecimal
    /// digits.
    pub proof: String,
}

/// A node's certificate. Times are RFC 3339.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct IssuedCertificate {
    /// The certificate and that of its authority, PEM.
    pub certificate: String,
    /// The authority's certificate alone, PEM.
    pub ca: String,
    /// Who this service is, a UUID.
    pub server: String,
    /// Until when it counts.
    pub expires_at: String,
    /// From when it should be renewed: after two thirds of its life.
    pub renew_after: String,
}

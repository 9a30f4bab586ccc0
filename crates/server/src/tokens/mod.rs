//! Tokens: the keys that sign them, users' tokens, the server's own tokens for clusters, and what
//! was revoked.

mod algorithm;
mod assertion;
mod claims;
mod cluster_tokens;
mod compact;
mod generate;
mod issuer;
mod key_files;
mod key_ring;
mod keys;
mod revocations;
mod subject;
mod verified;

pub use algorithm::{SigningAlgorithm, UnknownAlgorithm};
pub use assertion::{ASSERTION_ALGORITHMS, alleged_client, check_assertion, client_keys};
pub use claims::Claims;
pub use cluster_tokens::ClusterTokens;
pub(crate) use cluster_tokens::OWN_LIFE;
pub use generate::generate;
pub use issuer::{Issuer, TokenRefused};
pub use key_files::{HeldKeys, KeyFiles};
pub use key_ring::{Duty, KeyRing, KeyTerm};
pub use keys::{KeyError, KeyMembers, PublicKey, SigningKey, jwk_set};
pub use revocations::{Revocation, Revocations, Revoked};
pub use subject::Subject;

/// The principal under which the server works on clusters. No user store may hold it
/// (`rulings.md` 15).
pub const OWN_PRINCIPAL: &str = "_openmds";

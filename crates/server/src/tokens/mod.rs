//! Tokens: the signing key, users' tokens, and the server's own tokens for clusters.

mod claims;
mod issuer;
mod keys;
mod subject;

pub use claims::Claims;
pub use issuer::{ClusterTokens, Issuer, TokenRefused};
pub use keys::{KeyError, SigningKey, generate};
pub use subject::Subject;

/// The principal under which the server works on clusters. No user store may hold it
/// (`rulings.md` 15).
pub const OWN_PRINCIPAL: &str = "_openmds";

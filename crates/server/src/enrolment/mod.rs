//! Which nodes belong to which Kafka cluster: the authority that certifies them, what a certificate
//! says of a node, the keys that nodes make and the tokens that let them in.
//!
//! Who may have a token, and what is remembered, is decided in `app`.

mod authority;
mod certificate;
mod document_signature;
mod join_token;
mod node_key;
mod server_key;

pub use authority::{AuthorityError, Certified, EnrolmentAuthority};
pub use certificate::{NodeCertificate, Serial};
pub(crate) use certificate::{identity, pem};
pub(crate) use document_signature::{DocumentSigner, Documents, SIGNATURE_CONFIG_KEY};
pub use join_token::{JoinToken, TokenHash};
pub use node_key::{KeyRefused, NodeKey};
pub(crate) use server_key::ServerKey;

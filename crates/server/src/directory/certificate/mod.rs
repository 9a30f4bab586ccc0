//! From a client certificate to a user's name, as Kafka's brokers do it.

mod distinguished_name;
mod mapping;
mod replacement;

pub use distinguished_name::subject;
pub use mapping::{PrincipalMapping, RuleError};

//! Clients that prove with a signature of their own who they are.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::reader::Reader;
use crate::tokens::{OWN_PRINCIPAL, client_keys};

/// Before the client's name; the value is a file with the JWK set of the client's public keys.
pub(super) const PREFIX: &str = "openmds.oauth.assertion.jwks.";

/// The files of the clients' public keys, by the clients' names.
pub(super) fn assertion_keys(reader: &mut Reader) -> BTreeMap<String, PathBuf> {
    let files: BTreeMap<String, PathBuf> = reader
        .under(PREFIX)
        .into_iter()
        .map(|(client, path)| (client, path.into()))
        .collect();
    for (client, path) in &files {
        let property = format!("{PREFIX}{client}");
        if client.is_empty() || client == OWN_PRINCIPAL {
            reader.fault(&property, "is not the name of a client");
        } else if let Err(problem) = client_keys(path) {
            reader.fault(&property, problem);
        }
    }
    files
}

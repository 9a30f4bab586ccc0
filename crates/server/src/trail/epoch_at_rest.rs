//! The epoch that the disk knows of: what the next start is told of this one.

use std::path::Path;

use openmds_trail::{EpochFile, Stamper};

/// The name of the file, beside the store's own. An emitter has another name, and another file, if
/// the home cluster is another.
pub(super) fn file_name(cluster: &str) -> String {
    let mut name = String::from("epoch-server-");
    for byte in cluster.bytes() {
        if byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_' {
            name.push(char::from(byte));
        } else {
            name.push_str(&format!("%{byte:02X}"));
        }
    }
    name
}

/// Keeps that the epoch runs, or where it ended.
pub(super) fn keep(stamper: &Stamper, file: &Path, has_ended: bool) {
    let text = EpochFile {
        epoch: stamper.epoch(),
        end: has_ended.then(|| stamper.end()),
    };
    if let Err(error) = crate::files::replace(file, text.text().as_bytes()) {
        tracing::warn!(
            path = %file.display(), %error,
            "the epoch of the server's own audit trail cannot be kept: `openmds audit verify` will not know what it began with"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::file_name;

    #[test]
    fn no_name_leads_elsewhere() {
        assert_eq!(file_name("MkU3_a-Z"), "epoch-server-MkU3_a-Z");
        assert_eq!(file_name("../a b"), "epoch-server-%2E%2E%2Fa%20b");
    }
}

//! The server's signature over the documents that a cluster is given (`spec/document-signature.md`).

use std::sync::{Arc, Mutex, PoisonError};

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use openmds_policy::names::ClusterId;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use serde::{Deserialize, Serialize};
use x509_parser::extensions::GeneralName;

use super::authority::EnrolmentAuthority;
use super::certificate::hexadecimal;
use super::server_key::ServerKey;

/// The broker configuration that carries the signature.
pub(crate) const SIGNATURE_CONFIG_KEY: &str = "openmds.audit.signature";

const VERSION: u32 = 1;

/// What a cluster is given; a document that it has none of is empty.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Documents<'a> {
    pub(crate) cluster: &'a ClusterId,
    pub(crate) config: &'a str,
    pub(crate) companion: &'a str,
}

#[derive(Debug, Serialize, Deserialize)]
struct DocumentSignature {
    version: u32,
    server: String,
    cluster: String,
    generation: u64,
    /// Milliseconds since 1970.
    signed_at: i64,
    signature: String,
    certificate: String,
}

impl DocumentSignature {
    fn statement(&self, documents: &Documents<'_>) -> String {
        let hash = |text: &str| hexadecimal(digest(&SHA256, text.as_bytes()).as_ref());
        [
            "openmds-documents-v1",
            &self.server,
            &self.cluster,
            &self.generation.to_string(),
            &self.signed_at.to_string(),
            &hash(documents.config),
            &hash(documents.companion),
        ]
        .join("\n")
    }
}

/// Signs for the server of one store. The key lives as long as the process; what it signed counts for
/// longer, since the authority's certificate goes with it.
pub(crate) struct DocumentSigner {
    authority: Arc<EnrolmentAuthority>,
    server: String,
    key: Mutex<ServerKey>,
}

impl DocumentSigner {
    /// With a new key.
    pub(crate) fn new(authority: Arc<EnrolmentAuthority>, server: &str) -> Result<Self, String> {
        let key = ServerKey::generate(Arc::clone(&authority), server)?;
        Ok(Self {
            authority,
            server: server.to_string(),
            key: Mutex::new(key),
        })
    }

    /// The value that vouches for the documents, at a generation of the store.
    pub(crate) fn sign(
        &self,
        documents: &Documents<'_>,
        generation: u64,
        now: Timestamp,
    ) -> Result<String, String> {
        let mut key = self.key.lock().unwrap_or_else(PoisonError::into_inner);
        let mut signature = DocumentSignature {
            version: VERSION,
            server: self.server.clone(),
            cluster: documents.cluster.to_string(),
            generation,
            signed_at: now.as_millisecond(),
            signature: String::new(),
            certificate: key.certificate(now)?.pem,
        };
        signature.signature = key.sign(&signature.statement(documents))?;
        serde_json::to_string(&signature).map_err(|error| error.to_string())
    }

    /// Whether a value already vouches for the documents, by this server's name.
    pub(crate) fn is_signed(&self, value: &str, documents: &Documents<'_>) -> bool {
        serde_json::from_str::<DocumentSignature>(value)
            .is_ok_and(|signature| self.holds(&signature, documents).is_some())
    }

    fn holds(&self, signature: &DocumentSignature, documents: &Documents<'_>) -> Option<()> {
        let is_ours = signature.version == VERSION
            && signature.server == self.server
            && signature.cluster == documents.cluster.as_str();
        let der = CertificateDer::from_pem_slice(signature.certificate.as_bytes()).ok()?;
        let (_, certificate) = x509_parser::parse_x509_certificate(&der).ok()?;
        let (_, authority) =
            x509_parser::parse_x509_certificate(self.authority.certificate()).ok()?;
        verify(
            &authority,
            certificate.tbs_certificate.as_ref(),
            &certificate.signature_value.data,
        )?;
        let names = certificate.subject_alternative_name().ok().flatten()?;
        let name = format!("openmds:server:{}", self.server);
        let is_server = names
            .value
            .general_names
            .iter()
            .any(|one| matches!(one, GeneralName::URI(uri) if *uri == name));
        let statement = signature.statement(documents);
        let signed = STANDARD.decode(&signature.signature).ok()?;
        verify(&certificate, statement.as_bytes(), &signed)?;
        (is_ours && is_server).then_some(())
    }
}

fn verify(
    by: &x509_parser::certificate::X509Certificate<'_>,
    text: &[u8],
    signature: &[u8],
) -> Option<()> {
    let key = &by.public_key().subject_public_key.data;
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, key)
        .verify(text, signature)
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIGNED_AT: &str = "2026-01-02T03:04:05Z";

    fn authority(folder: &tempfile::TempDir, name: &str) -> Arc<EnrolmentAuthority> {
        let now = SIGNED_AT.parse().unwrap();
        Arc::new(EnrolmentAuthority::open(&folder.path().join(name), now).unwrap())
    }

    #[test]
    fn a_signature_counts_for_these_documents_of_this_cluster_by_this_server() {
        let folder = tempfile::tempdir().unwrap();
        let (ours, other) = (authority(&folder, "a.pem"), authority(&folder, "b.pem"));
        let signer = DocumentSigner::new(Arc::clone(&ours), "store-1").unwrap();
        let cluster = ClusterId::new("payments-id");
        let documents = Documents {
            cluster: &cluster,
            config: "{\"routes\":{}}",
            companion: "",
        };
        let now = SIGNED_AT.parse().unwrap();
        let value = signer.sign(&documents, 7, now).unwrap();
        assert!(signer.is_signed(&value, &documents));
        // A later start has another key, and takes what the one before signed.
        let later = DocumentSigner::new(Arc::clone(&ours), "store-1").unwrap();
        assert!(later.is_signed(&value, &documents));
        for documents in [
            Documents {
                config: "",
                ..documents
            },
            Documents {
                companion: "{}",
                ..documents
            },
            Documents {
                cluster: &ClusterId::new("logs-id"),
                ..documents
            },
        ] {
            assert!(!signer.is_signed(&value, &documents), "{documents:?}");
        }
        for signer in [
            DocumentSigner::new(ours, "store-2").unwrap(),
            DocumentSigner::new(other, "store-1").unwrap(),
        ] {
            assert!(!signer.is_signed(&value, &documents));
        }
        for (from, to) in [
            ("\"generation\":7", "\"generation\":8"),
            ("\"signed_at\":17", "\"signed_at\":18"),
            ("\"version\":1", "\"version\":2"),
        ] {
            assert!(value.contains(from), "{value}");
            assert!(!signer.is_signed(&value.replace(from, to), &documents));
        }
        for value in ["", "{}", "null"] {
            assert!(!signer.is_signed(value, &documents));
        }
    }

    /// Written once; the plugin's tests read it (`UPDATE_GOLDEN` makes it anew, with a new key).
    #[test]
    fn the_golden_signature_is_read() {
        #[derive(Serialize, Deserialize)]
        struct Golden {
            document: String,
            companion: String,
            authority: String,
            value: String,
        }
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../spec/formats/document-signature.v1.json");
        let cluster = ClusterId::new("EyVCDzKYSc2vXhyD-z9PXg");
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            let folder = tempfile::tempdir().unwrap();
            let authority = authority(&folder, "a.pem");
            let signer = DocumentSigner::new(Arc::clone(&authority), "store-1").unwrap();
            let documents = Documents {
                cluster: &cluster,
                config: "{\"metadata\":{\"resource_version\":\"v1\"}}",
                companion: "{\"metadata\":{\"resource_version\":\"c1\"}}",
            };
            let golden = Golden {
                document: documents.config.to_string(),
                companion: documents.companion.to_string(),
                authority: authority.pem().to_string(),
                value: signer
                    .sign(&documents, 7, SIGNED_AT.parse().unwrap())
                    .unwrap(),
            };
            let text = serde_json::to_string_pretty(&golden).unwrap() + "\n";
            std::fs::write(&path, text).unwrap();
        }
        let golden: Golden = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let signature: DocumentSignature = serde_json::from_str(&golden.value).unwrap();
        let documents = Documents {
            cluster: &cluster,
            config: &golden.document,
            companion: &golden.companion,
        };
        let der = CertificateDer::from_pem_slice(signature.certificate.as_bytes()).unwrap();
        let (_, certificate) = x509_parser::parse_x509_certificate(&der).unwrap();
        let signed = STANDARD.decode(&signature.signature).unwrap();
        let statement = signature.statement(&documents);
        assert!(statement.starts_with(
            "openmds-documents-v1\nstore-1\nEyVCDzKYSc2vXhyD-z9PXg\n7\n1767323045000\n"
        ));
        assert!(verify(&certificate, statement.as_bytes(), &signed).is_some());
    }
}

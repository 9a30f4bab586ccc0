//! PEM texts, as files hold them and as properties squeeze them into one line.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// Brings a PEM text to line form: in a property the whole text may stand on one line with blanks.
pub(crate) fn unfold(text: &str) -> String {
    let mut unfolded = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some((before, from)) = rest.split_once("-----BEGIN ") {
        let Some((label, body)) = from.split_once("-----") else {
            break;
        };
        let Some((body, after)) = body.split_once("-----END ") else {
            break;
        };
        let Some((_, after)) = after.split_once("-----") else {
            break;
        };
        push_words(&mut unfolded, before);
        unfolded.push_str(&format!("-----BEGIN {label}-----\n"));
        push_words(&mut unfolded, body);
        unfolded.push_str(&format!("-----END {label}-----\n"));
        rest = after;
    }
    unfolded
}

fn push_words(text: &mut String, words: &str) {
    for word in words.split_whitespace() {
        text.push_str(word);
        text.push('\n');
    }
}

/// One PEM text.
pub(crate) fn text(label: &str, der: &[u8]) -> String {
    let body = STANDARD.encode(der);
    let mut text = format!("-----BEGIN {label}-----\n");
    let mut rest = body.as_str();
    while let Some((line, more)) = rest.split_at_checked(64) {
        text.push_str(line);
        text.push('\n');
        rest = more;
    }
    if !rest.is_empty() {
        text.push_str(rest);
        text.push('\n');
    }
    text.push_str(&format!("-----END {label}-----\n"));
    text
}

/// The certificates in a PEM text; at least one.
pub(crate) fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, String> {
    let found: Vec<_> = CertificateDer::pem_slice_iter(pem)
        .collect::<Result<_, _>>()
        .map_err(|e| format!("the PEM text is damaged: {e}"))?;
    if found.is_empty() {
        return Err("it holds no `-----BEGIN CERTIFICATE-----`".to_owned());
    }
    Ok(found)
}

/// The private key in a PEM text.
pub(crate) fn private_key(pem: &[u8]) -> Result<PrivateKeyDer<'static>, String> {
    if is_encrypted(pem) {
        return Err(
            "the private key is encrypted: set ssl.key.password, or decrypt it with `openssl pkey \
                    -in key.pem -out plain.pem` and protect the file by its permissions"
                .to_owned(),
        );
    }
    PrivateKeyDer::from_pem_slice(pem)
        .map_err(|_| "it holds no readable `-----BEGIN PRIVATE KEY-----`".to_owned())
}

fn is_encrypted(pem: &[u8]) -> bool {
    let marker = b"-----BEGIN ENCRYPTED PRIVATE KEY-----";
    pem.windows(marker.len()).any(|window| window == marker)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unfolds_one_line() {
        let folded = "-----BEGIN CERTIFICATE----- QUJD REVG -----END CERTIFICATE-----";
        let lines = "-----BEGIN CERTIFICATE-----\nQUJD\nREVG\n-----END CERTIFICATE-----\n";
        assert_eq!(unfold(folded), lines);
        assert_eq!(unfold(lines), lines);
        assert_eq!(certificates(lines.as_bytes()).unwrap().len(), 1);
    }

    #[test]
    fn says_what_is_missing() {
        assert!(certificates(b"").unwrap_err().contains("BEGIN CERTIFICATE"));
        assert!(private_key(b"").unwrap_err().contains("BEGIN PRIVATE KEY"));
        let encrypted = b"-----BEGIN ENCRYPTED PRIVATE KEY-----\nQUJD\n";
        assert!(private_key(encrypted).unwrap_err().contains("openssl pkey"));
    }
}

//! Trust store and key store properties; PEM only.

use secrecy::SecretSlice;

use super::Tls;
use super::properties::Reader;
use crate::pem;

const TRUST_TYPE: &str = "ssl.truststore.type";
const TRUST_FILE: &str = "ssl.truststore.location";
const TRUST_INLINE: &str = "ssl.truststore.certificates";
const KEY_TYPE: &str = "ssl.keystore.type";
const KEY_FILE: &str = "ssl.keystore.location";
const CHAIN_INLINE: &str = "ssl.keystore.certificate.chain";
const KEY_INLINE: &str = "ssl.keystore.key";
const HOST_CHECK: &str = "ssl.endpoint.identification.algorithm";

const TRUST_TO_PEM: &str = "keytool -exportcert -rfc -alias <ca> -keystore <store> -file ca.pem";
const KEY_TO_PEM: &str = "keytool -importkeystore -srckeystore <store> -destkeystore store.p12 \
                          -deststoretype PKCS12`, then `openssl pkcs12 -in store.p12 -nodes -out keystore.pem";

/// TLS settings; errors go to the reader.
pub(super) fn tls(reader: &mut Reader<'_>) -> Tls {
    Tls {
        trusted_ca_pem: trust_store(reader),
        client_certificate_pem: key_store(reader),
        verify_hostname: match reader.raw(HOST_CHECK) {
            None => true,
            Some("") => false,
            Some(algorithm) if algorithm.eq_ignore_ascii_case("https") => true,
            Some(_) => {
                reader.fail(
                    HOST_CHECK,
                    "must be https, or empty for no check of the host name",
                );
                true
            }
        },
    }
}

/// The stores of a listener: trust is a matter of whether it asks for certificates.
pub(super) fn listener(reader: &mut Reader<'_>) -> Tls {
    let trusts = reader.get(TRUST_INLINE).or(reader.get(TRUST_FILE));
    Tls {
        trusted_ca_pem: trusts.and_then(|_| trust_store(reader)),
        client_certificate_pem: key_store(reader),
        verify_hostname: false,
    }
}

fn trust_store(reader: &mut Reader<'_>) -> Option<Vec<u8>> {
    if !is_pem(reader, TRUST_TYPE, TRUST_TO_PEM) {
        return None;
    }
    let (name, text) = match (reader.get(TRUST_INLINE), reader.get(TRUST_FILE)) {
        (Some(_), Some(_)) => {
            reader.fail(
                TRUST_INLINE,
                format!("set either this or {TRUST_FILE}, not both"),
            );
            return None;
        }
        (Some(inline), None) => (TRUST_INLINE, pem::unfold(inline).into_bytes()),
        (None, Some(path)) => (TRUST_FILE, read(reader, TRUST_FILE, path, TRUST_TO_PEM)?),
        (None, None) => {
            reader.fail(
                TRUST_FILE,
                "name a PEM file with the certificate authority of the brokers; the public \
                 authorities of the web are not trusted here",
            );
            return None;
        }
    };
    match pem::certificates(&text) {
        Ok(_) => Some(text),
        Err(reason) => {
            reader.fail(name, reason);
            None
        }
    }
}

fn key_store(reader: &mut Reader<'_>) -> Option<(Vec<u8>, SecretSlice<u8>)> {
    let inline = (reader.get(CHAIN_INLINE), reader.get(KEY_INLINE));
    let file = reader.get(KEY_FILE);
    if file.is_none() && inline == (None, None) || !is_pem(reader, KEY_TYPE, KEY_TO_PEM) {
        return None;
    }
    let (chain, key) = match (file, inline) {
        (Some(_), (Some(_), _) | (_, Some(_))) => {
            reader.fail(
                KEY_FILE,
                format!("set either this or {KEY_INLINE}, not both"),
            );
            return None;
        }
        (Some(path), _) => {
            let text = read(reader, KEY_FILE, path, KEY_TO_PEM)?;
            ((KEY_FILE, text.clone()), (KEY_FILE, text))
        }
        (None, (Some(chain), Some(key))) => (
            (CHAIN_INLINE, pem::unfold(chain).into_bytes()),
            (KEY_INLINE, pem::unfold(key).into_bytes()),
        ),
        (None, (Some(_), None)) => {
            reader.fail(
                KEY_INLINE,
                format!("{CHAIN_INLINE} needs the private key here"),
            );
            return None;
        }
        (None, (None, _)) => {
            reader.fail(
                CHAIN_INLINE,
                format!("{KEY_INLINE} needs the certificates here"),
            );
            return None;
        }
    };
    if let Err(reason) = pem::certificates(&chain.1) {
        reader.fail(chain.0, reason);
        return None;
    }
    if let Err(reason) = pem::private_key(&key.1) {
        reader.fail(key.0, reason);
        return None;
    }
    Some((chain.1, SecretSlice::from(key.1)))
}

/// Kafka's default type is JKS; without a type the file's content decides here.
fn is_pem(reader: &mut Reader<'_>, name: &str, conversion: &str) -> bool {
    match reader.get(name) {
        None => true,
        Some(kind) if kind.eq_ignore_ascii_case("PEM") => true,
        Some(kind) => {
            let message =
                format!("{kind} is not supported, only PEM; convert it with `{conversion}`");
            reader.fail(name, message);
            false
        }
    }
}

fn read(reader: &mut Reader<'_>, name: &str, path: &str, conversion: &str) -> Option<Vec<u8>> {
    match std::fs::read(path) {
        Ok(text) if text.windows(11).any(|window| window == b"-----BEGIN ") => Some(text),
        Ok(_) => {
            reader.fail(
                name,
                format!("{path} is no PEM file; convert it with `{conversion}`"),
            );
            None
        }
        Err(error) => {
            reader.fail(name, format!("cannot read {path}: {error}"));
            None
        }
    }
}

//! Trust store and key store properties: PEM, JKS and PKCS12.

use secrecy::SecretSlice;

use super::Tls;
use super::properties::Reader;
use crate::keystore::{self, Fault};
use crate::pem;

const HOST_CHECK: &str = "ssl.endpoint.identification.algorithm";
const CHAIN_INLINE: &str = "ssl.keystore.certificate.chain";
const KEY_INLINE: &str = "ssl.keystore.key";
const KEY_PASSWORD: &str = "ssl.key.password";

const CONVERSION: &str = "keytool -importkeystore -srckeystore <store> -destkeystore store.p12 \
                          -deststoretype PKCS12";

/// The names of one store's properties.
struct Names {
    kind: &'static str,
    file: &'static str,
    inline: &'static str,
    password: &'static str,
}

const TRUST: Names = Names {
    kind: "ssl.truststore.type",
    file: "ssl.truststore.location",
    inline: "ssl.truststore.certificates",
    password: "ssl.truststore.password",
};

const KEY: Names = Names {
    kind: "ssl.keystore.type",
    file: "ssl.keystore.location",
    inline: KEY_INLINE,
    password: "ssl.keystore.password",
};

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
    let trusts = reader.get(TRUST.inline).or(reader.get(TRUST.file));
    Tls {
        trusted_ca_pem: trusts.and_then(|_| trust_store(reader)),
        client_certificate_pem: key_store(reader),
        verify_hostname: false,
    }
}

fn trust_store(reader: &mut Reader<'_>) -> Option<Vec<u8>> {
    let (name, text) = match (reader.get(TRUST.inline), reader.get(TRUST.file)) {
        (Some(_), Some(_)) => {
            let message = format!("set either this or {}, not both", TRUST.file);
            reader.fail(TRUST.inline, message);
            return None;
        }
        (Some(inline), None) => {
            kind(reader, &TRUST)?;
            (TRUST.inline, pem::unfold(inline).into_bytes())
        }
        (None, Some(path)) => {
            let bytes = read(reader, &TRUST, path)?;
            if keystore::is_binary(&bytes) {
                let trusted = keystore::trusted(&bytes, reader.get(TRUST.password));
                return trusted
                    .map_err(|fault| refuse(reader, &TRUST, path, fault))
                    .ok();
            }
            (TRUST.file, bytes)
        }
        (None, None) => {
            if kind(reader, &TRUST).is_some() {
                reader.fail(
                    TRUST.file,
                    "name a file (PEM, JKS or PKCS12) with the certificate authority of the \
                     brokers; the public authorities of the web are not trusted here",
                );
            }
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
    let (chain, key) = match (reader.get(KEY.file), inline) {
        (None, (None, None)) => return None,
        (Some(_), (Some(_), _) | (_, Some(_))) => {
            let message = format!("set either this or {KEY_INLINE}, not both");
            reader.fail(KEY.file, message);
            return None;
        }
        (Some(path), _) => {
            let bytes = read(reader, &KEY, path)?;
            if keystore::is_binary(&bytes) {
                let (password, own) = (reader.get(KEY.password), reader.get(KEY_PASSWORD));
                return keystore::identity(&bytes, password, own)
                    .map_err(|fault| refuse(reader, &KEY, path, fault))
                    .ok();
            }
            ((KEY.file, bytes.clone()), (KEY.file, bytes))
        }
        (None, (Some(chain), Some(key))) => {
            kind(reader, &KEY)?;
            (
                (CHAIN_INLINE, pem::unfold(chain).into_bytes()),
                (KEY_INLINE, pem::unfold(key).into_bytes()),
            )
        }
        (None, (Some(_), None)) => {
            let message = format!("{CHAIN_INLINE} needs the private key here");
            reader.fail(KEY_INLINE, message);
            return None;
        }
        (None, (None, _)) => {
            let message = format!("{KEY_INLINE} needs the certificates here");
            reader.fail(CHAIN_INLINE, message);
            return None;
        }
    };
    if let Err(reason) = pem::certificates(&chain.1) {
        reader.fail(chain.0, reason);
        return None;
    }
    let key_text = in_clear(reader, key.1)?;
    if let Err(reason) = pem::private_key(&key_text) {
        reader.fail(key.0, reason);
        return None;
    }
    Some((chain.1, SecretSlice::from(key_text)))
}

/// The PEM text with its key in clear, if a password for it is set.
fn in_clear(reader: &mut Reader<'_>, text: Vec<u8>) -> Option<Vec<u8>> {
    let password = reader.get(KEY_PASSWORD);
    match password.and_then(|password| keystore::decrypt_pem(&text, password)) {
        None => Some(text),
        Some(Ok(key)) => Some(key.into_bytes()),
        Some(Err(reason)) => {
            reader.fail(KEY_PASSWORD, reason);
            None
        }
    }
}

/// What the store is said to be; `None` for what nobody reads. Kafka's default is JKS; without a
/// type the file's content decides here.
fn kind(reader: &mut Reader<'_>, names: &Names) -> Option<Option<String>> {
    let Some(kind) = reader.get(names.kind).map(str::to_ascii_uppercase) else {
        return Some(None);
    };
    if ["PEM", "JKS", "PKCS12"].contains(&kind.as_str()) {
        return Some(Some(kind));
    }
    let message =
        format!("{kind} is not read, only PEM, JKS and PKCS12; convert it with `{CONVERSION}`");
    reader.fail(names.kind, message);
    None
}

/// The file's bytes, if they are what the type says. Java takes PKCS12 for JKS and the other way
/// round, and so do we.
fn read(reader: &mut Reader<'_>, names: &Names, path: &str) -> Option<Vec<u8>> {
    let kind = kind(reader, names)?;
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) => {
            reader.fail(names.file, format!("cannot read {path}: {error}"));
            return None;
        }
    };
    let is_text = bytes.windows(11).any(|window| window == b"-----BEGIN ");
    let is_binary = keystore::is_binary(&bytes);
    let wrong = match kind.as_deref() {
        Some("PEM") if !is_text => Some(format!("{path} is no PEM file, as {} says", names.kind)),
        Some(kind) if kind != "PEM" && is_text && !is_binary => Some(format!(
            "{path} is a PEM file and no {kind} store: set {}=PEM",
            names.kind
        )),
        _ if !is_text && !is_binary => Some(format!(
            "{path} is no PEM, JKS or PKCS12 store; convert it with `{CONVERSION}`"
        )),
        _ => None,
    };
    match wrong {
        Some(message) => {
            reader.fail(names.file, message);
            None
        }
        None => Some(bytes),
    }
}

fn refuse(reader: &mut Reader<'_>, names: &Names, path: &str, fault: Fault) {
    match fault {
        Fault::Store(reason) => reader.fail(names.file, format!("{path} {reason}")),
        Fault::StorePassword(reason) => {
            reader.fail(names.password, format!("{reason} ({path})"));
        }
        Fault::KeyPassword(reason) => reader.fail(KEY_PASSWORD, format!("{reason} ({path})")),
    }
}

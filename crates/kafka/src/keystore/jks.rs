//! JKS: a digest of the password over the file, and a stream cipher made of SHA-1 over each key.

use aws_lc_rs::digest::{Context, SHA1_FOR_LEGACY_USE_ONLY as SHA1, SHA1_OUTPUT_LEN};
use secrecy::SecretSlice;

use super::cursor::Cursor;
use super::der::{Der, OBJECT, OCTETS};
use super::{Fault, Key};

const MAGIC: [u8; 4] = [0xfe, 0xed, 0xfe, 0xed];
const JCEKS: [u8; 4] = [0xce, 0xce, 0xce, 0xce];
const KEY: u32 = 1;
const CERTIFICATE: u32 = 2;

/// What stands between the password and the file under the digest.
const WHITENER: &[u8] = b"Mighty Aphrodite";

/// 1.3.6.1.4.1.42.2.17.1.1, the protection of keys in JKS.
const PROTECTION: &[u8] = &[0x2b, 0x06, 0x01, 0x04, 0x01, 0x2a, 0x02, 0x11, 0x01, 0x01];

pub(super) fn is_jks(bytes: &[u8]) -> bool {
    bytes.starts_with(&MAGIC)
}

pub(super) fn is_jceks(bytes: &[u8]) -> bool {
    bytes.starts_with(&JCEKS)
}

/// A key as it stands in the file.
struct Protected<'a> {
    alias: String,
    key: &'a [u8],
    chain: Vec<Vec<u8>>,
}

/// An opened store; its keys are still closed.
pub(super) struct Jks<'a> {
    keys: Vec<Protected<'a>>,
    pub(super) trusted: Vec<Vec<u8>>,
}

impl<'a> Jks<'a> {
    /// Reads a store. Without a password nobody checks whether it was tampered with, as in Java.
    pub(super) fn open(bytes: &'a [u8], password: Option<&str>) -> Result<Self, Fault> {
        if is_jceks(bytes) {
            return Err(Fault::Store(
                "is a JCEKS store, which is not read; convert it with `keytool -importkeystore -srckeystore <store> -destkeystore store.p12 -deststoretype PKCS12`"
                    .to_owned(),
            ));
        }
        let damaged = || Fault::Store("is no whole JKS store".to_owned());
        let body = bytes.len().checked_sub(SHA1_OUTPUT_LEN);
        let (content, digest) = body
            .and_then(|body| bytes.split_at_checked(body))
            .ok_or_else(damaged)?;
        if let Some(password) = password {
            let mut context = Context::new(&SHA1);
            context.update(&utf16(password));
            context.update(WHITENER);
            context.update(content);
            if context.finish().as_ref() != digest {
                return Err(Fault::StorePassword(
                    "does not open the store: it is wrong, or the file is damaged".to_owned(),
                ));
            }
        }
        Self::read(content).ok_or_else(damaged)
    }

    fn read(content: &'a [u8]) -> Option<Self> {
        let mut rest = Cursor(content);
        let mut store = Self {
            keys: Vec::new(),
            trusted: Vec::new(),
        };
        if rest.take(MAGIC.len())? != MAGIC {
            return None;
        }
        let version = rest.u32().filter(|version| [1, 2].contains(version))?;
        for _ in 0..rest.u32()? {
            let tag = rest.u32()?;
            let alias = rest.text()?;
            let _created = rest.take(8)?;
            match tag {
                KEY => {
                    let key = rest.counted()?;
                    let mut chain = Vec::new();
                    for _ in 0..rest.u32()? {
                        chain.push(certificate(&mut rest, version)?);
                    }
                    store.keys.push(Protected { alias, key, chain });
                }
                CERTIFICATE => store.trusted.push(certificate(&mut rest, version)?),
                _ => return None,
            }
        }
        rest.0.is_empty().then_some(store)
    }

    /// The keys, opened.
    pub(super) fn keys(self, password: &str, of_its_own: bool) -> Result<Vec<Key>, Fault> {
        let opened = |protected: Protected<'_>| {
            let alias = protected.alias;
            let pkcs8 = unprotect(protected.key, password)
                .ok_or_else(|| format!("does not open the private key `{alias}`"))?;
            Ok(Key {
                alias,
                pkcs8: SecretSlice::from(pkcs8),
                chain: protected.chain,
            })
        };
        let keys: Result<Vec<Key>, String> = self.keys.into_iter().map(opened).collect();
        keys.map_err(|reason| {
            if of_its_own {
                Fault::KeyPassword(reason)
            } else {
                Fault::KeyPassword(format!(
                    "is needed: the password of the store {reason}, which seems to have its own"
                ))
            }
        })
    }
}

fn certificate(rest: &mut Cursor<'_>, version: u32) -> Option<Vec<u8>> {
    if version == 2 && rest.text()? != "X.509" {
        return None;
    }
    rest.counted().map(<[u8]>::to_vec)
}

/// Salt, then the key under a stream of digests, then a digest of password and key.
fn unprotect(info: &[u8], password: &str) -> Option<Vec<u8>> {
    let mut info = Der::new(info).sequence()?;
    if info.sequence()?.next(OBJECT)? != PROTECTION {
        return None;
    }
    let mut rest = Cursor(info.next(OCTETS)?);
    let salt = rest.take(SHA1_OUTPUT_LEN)?;
    let length = rest.0.len().checked_sub(SHA1_OUTPUT_LEN)?;
    let (closed, check) = (rest.take(length)?, rest.0);
    let password = utf16(password);
    let digest = |bytes: &[u8]| {
        let mut context = Context::new(&SHA1);
        context.update(&password);
        context.update(bytes);
        context.finish()
    };
    let mut key = Vec::with_capacity(closed.len());
    let mut mask = digest(salt);
    for block in closed.chunks(SHA1_OUTPUT_LEN) {
        key.extend(block.iter().zip(mask.as_ref()).map(|(a, b)| a ^ b));
        mask = digest(mask.as_ref());
    }
    (digest(&key).as_ref() == check).then_some(key)
}

/// Passwords count as Java's characters, two bytes each.
fn utf16(password: &str) -> Vec<u8> {
    password.encode_utf16().flat_map(u16::to_be_bytes).collect()
}

//! Private keys under a password in PEM: PBES2 with PBKDF2 and AES-CBC (RFC 8018), which is what
//! OpenSSL and Java write.

use std::num::NonZeroU32;

use aws_lc_rs::cipher::{
    AES_128, AES_256, DecryptionContext, PaddedBlockDecryptingKey, UnboundCipherKey,
};
use aws_lc_rs::iv::FixedLength;
use aws_lc_rs::pbkdf2::{
    self, PBKDF2_HMAC_SHA1, PBKDF2_HMAC_SHA256, PBKDF2_HMAC_SHA384, PBKDF2_HMAC_SHA512,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::der::{Der, INTEGER, OBJECT, OCTETS};
use crate::pem;

const BEGIN: &str = "-----BEGIN ENCRYPTED PRIVATE KEY-----";
const END: &str = "-----END ENCRYPTED PRIVATE KEY-----";

/// 1.2.840.113549.1.5.13
const PBES2: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05, 0x0d];
/// 1.2.840.113549.1.5.12
const PBKDF2: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05, 0x0c];
/// 1.2.840.113549.2, before the number of the digest
const HMAC: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x02];
/// 2.16.840.1.101.3.4.1, before the number of the mode
const AES: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01];

/// More rounds than this keep a start waiting for minutes.
const MOST_ROUNDS: u32 = 10_000_000;

/// The key in clear, as PEM, if the text holds one under a password.
pub(crate) fn decrypt_pem(text: &[u8], password: &str) -> Option<Result<String, String>> {
    let text = std::str::from_utf8(text).ok()?;
    let (_, rest) = text.split_once(BEGIN)?;
    let (body, _) = rest.split_once(END)?;
    let body: String = body.split_whitespace().collect();
    let der = STANDARD.decode(body).ok();
    let Some(parts) = der.as_deref().and_then(Parts::read) else {
        return Some(Err(
            "the private key is not encrypted in a way that is read here (PBES2 with AES-CBC); encrypt it anew with `openssl pkcs8 -topk8 -v2 aes-256-cbc -in key.pem -out new.pem`"
                .to_owned(),
        ));
    };
    Some(
        parts
            .open(password)
            .map(|key| pem::text("PRIVATE KEY", &key))
            .ok_or_else(|| "does not open the private key".to_owned()),
    )
}

struct Parts<'a> {
    prf: pbkdf2::Algorithm,
    rounds: NonZeroU32,
    salt: &'a [u8],
    iv: [u8; 16],
    long: bool,
    closed: &'a [u8],
}

impl<'a> Parts<'a> {
    fn read(der: &'a [u8]) -> Option<Self> {
        let mut info = Der::new(der).sequence()?;
        let mut algorithm = info.sequence()?;
        let closed = info.next(OCTETS)?;
        if algorithm.next(OBJECT)? != PBES2 {
            return None;
        }
        let mut parameters = algorithm.sequence()?;
        let (mut derivation, mut scheme) = (parameters.sequence()?, parameters.sequence()?);
        if derivation.next(OBJECT)? != PBKDF2 {
            return None;
        }
        let mut derivation = derivation.sequence()?;
        let salt = derivation.next(OCTETS)?;
        let rounds = number(derivation.next(INTEGER)?)?;
        let _key_length = derivation.next(INTEGER);
        let prf = match derivation.sequence() {
            None => PBKDF2_HMAC_SHA1,
            Some(mut prf) => match prf.next(OBJECT)?.strip_prefix(HMAC)? {
                [7] => PBKDF2_HMAC_SHA1,
                [9] => PBKDF2_HMAC_SHA256,
                [10] => PBKDF2_HMAC_SHA384,
                [11] => PBKDF2_HMAC_SHA512,
                _ => return None,
            },
        };
        let long = match scheme.next(OBJECT)?.strip_prefix(AES)? {
            [2] => false,
            [42] => true,
            _ => return None,
        };
        Some(Self {
            prf,
            rounds: NonZeroU32::new(rounds).filter(|rounds| rounds.get() <= MOST_ROUNDS)?,
            salt,
            iv: scheme.next(OCTETS)?.try_into().ok()?,
            long,
            closed,
        })
    }

    fn open(&self, password: &str) -> Option<Vec<u8>> {
        let (algorithm, length) = if self.long {
            (&AES_256, 32)
        } else {
            (&AES_128, 16)
        };
        let mut key = vec![0; length];
        pbkdf2::derive(
            self.prf,
            self.rounds,
            self.salt,
            password.as_bytes(),
            &mut key,
        );
        let key = UnboundCipherKey::new(algorithm, &key).ok()?;
        let key = PaddedBlockDecryptingKey::cbc_pkcs7(key).ok()?;
        let context = DecryptionContext::Iv128(FixedLength::from(&self.iv));
        let mut bytes = self.closed.to_vec();
        let opened = key.decrypt(&mut bytes, context).ok()?;
        // A wrong password passes for a right one in one case of 256; what it yields is no key.
        Der::new(opened).sequence()?;
        Some(opened.to_vec())
    }
}

fn number(bytes: &[u8]) -> Option<u32> {
    if bytes.len() > 5 {
        return None;
    }
    let number = bytes
        .iter()
        .fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    u32::try_from(number).ok()
}

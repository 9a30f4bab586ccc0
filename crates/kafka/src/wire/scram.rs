//! The client's part of SCRAM (RFC 5802, RFC 7677), pure but for the nonce.

use std::num::NonZeroU32;

use aws_lc_rs::{constant_time, digest, hmac, pbkdf2, rand};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;

/// The hash of a SCRAM mechanism.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hash {
    Sha256,
    Sha512,
}

/// Kafka allows at most 16,384 (`ScramMechanism`); far more would only keep us busy.
const MAX_ITERATIONS: u32 = 100_000;
const NO_CHANNEL_BINDING: &str = "n,,";
/// Base64 of the above.
const NO_CHANNEL_BINDING_BASE64: &str = "biws";

/// An exchange that was begun.
pub(super) struct Client {
    hash: Hash,
    nonce: String,
    first_bare: String,
}

/// Our final message, and the server's expected one.
pub(super) struct Proof {
    pub(super) message: String,
    server_signature: Vec<u8>,
}

/// A fresh nonce of printable characters.
pub(super) fn nonce() -> Result<String, String> {
    let mut bytes = [0_u8; 24];
    rand::fill(&mut bytes).map_err(|_| "the system has no random numbers".to_owned())?;
    Ok(BASE64.encode(bytes))
}

impl Client {
    pub(super) fn new(hash: Hash, username: &str, nonce: &str) -> Self {
        let username = username.replace('=', "=3D").replace(',', "=2C");
        Self {
            hash,
            nonce: nonce.to_owned(),
            first_bare: format!("n={username},r={nonce}"),
        }
    }

    pub(super) fn first(&self) -> String {
        format!("{NO_CHANNEL_BINDING}{}", self.first_bare)
    }

    /// Answers the server's challenge `r=nonce,s=salt,i=iterations`.
    pub(super) fn answer(&self, password: &[u8], challenge: &[u8]) -> Result<Proof, String> {
        let challenge = std::str::from_utf8(challenge)
            .map_err(|_| "the server's challenge is no text".to_owned())?;
        let nonce = attribute(challenge, "r")?;
        if !nonce.starts_with(&self.nonce) || nonce.len() == self.nonce.len() {
            return Err("the server's nonce does not continue ours".to_owned());
        }
        let salt = BASE64
            .decode(attribute(challenge, "s")?)
            .map_err(|_| "the server's salt is not base64".to_owned())?;
        let iterations = attribute(challenge, "i")?
            .parse::<NonZeroU32>()
            .ok()
            .filter(|iterations| iterations.get() <= MAX_ITERATIONS)
            .ok_or_else(|| format!("the server's iterations are not 1 to {MAX_ITERATIONS}"))?;

        let (hash, length, digest, kdf) = self.hash.algorithms();
        let mut salted = vec![0; length];
        pbkdf2::derive(kdf, iterations, &salt, password, &mut salted);
        let salted = hmac::Key::new(hash, &salted);
        let client_key = hmac::sign(&salted, b"Client Key");
        let stored_key = digest::digest(digest, client_key.as_ref());
        let without_proof = format!("c={NO_CHANNEL_BINDING_BASE64},r={nonce}");
        let signed = format!("{},{challenge},{without_proof}", self.first_bare);
        let client_signature = hmac::sign(
            &hmac::Key::new(hash, stored_key.as_ref()),
            signed.as_bytes(),
        );
        let proof: Vec<u8> = client_key
            .as_ref()
            .iter()
            .zip(client_signature.as_ref())
            .map(|(key, signature)| key ^ signature)
            .collect();
        let server_key = hmac::sign(&salted, b"Server Key");
        let server_signature = hmac::sign(
            &hmac::Key::new(hash, server_key.as_ref()),
            signed.as_bytes(),
        );
        Ok(Proof {
            message: format!("{without_proof},p={}", BASE64.encode(proof)),
            server_signature: server_signature.as_ref().to_vec(),
        })
    }
}

impl Hash {
    fn algorithms(
        self,
    ) -> (
        hmac::Algorithm,
        usize,
        &'static digest::Algorithm,
        pbkdf2::Algorithm,
    ) {
        match self {
            Self::Sha256 => (
                hmac::HMAC_SHA256,
                32,
                &digest::SHA256,
                pbkdf2::PBKDF2_HMAC_SHA256,
            ),
            Self::Sha512 => (
                hmac::HMAC_SHA512,
                64,
                &digest::SHA512,
                pbkdf2::PBKDF2_HMAC_SHA512,
            ),
        }
    }
}

impl Proof {
    /// Checks that the server knows the password too.
    pub(super) fn verify(&self, verdict: &[u8]) -> Result<(), String> {
        let verdict = std::str::from_utf8(verdict).unwrap_or_default();
        let signature = BASE64.decode(attribute(verdict, "v")?).unwrap_or_default();
        constant_time::verify_slices_are_equal(&signature, &self.server_signature)
            .map_err(|_| "the server could not prove that it knows the password".to_owned())
    }
}

fn attribute<'a>(message: &'a str, name: &str) -> Result<&'a str, String> {
    message
        .split(',')
        .find_map(|part| part.strip_prefix(name)?.strip_prefix('='))
        .ok_or_else(|| format!("the server's message lacks `{name}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 7677, 3.
    #[test]
    fn follows_the_example_of_the_rfc() {
        let client = Client::new(Hash::Sha256, "user", "rOprNGfwEbeRWgbNEkqO");
        assert_eq!(client.first(), "n,,n=user,r=rOprNGfwEbeRWgbNEkqO");
        let challenge = b"r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,\
                          s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
        let proof = client.answer(b"pencil", challenge).unwrap();
        assert_eq!(
            proof.message,
            "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,\
             p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
        );
        proof
            .verify(b"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")
            .unwrap();
        assert!(proof.verify(b"v=AAAA").is_err());
        assert!(proof.verify(b"").is_err());
    }

    #[test]
    fn refuses_a_foreign_nonce_and_endless_iterations() {
        let client = Client::new(Hash::Sha512, "a=b,c", "abc");
        assert_eq!(client.first(), "n,,n=a=3Db=2Cc,r=abc");
        for challenge in [
            "r=abc,s=AA==,i=4096",
            "r=xyz1,s=AA==,i=4096",
            "r=abc1,s=AA==,i=0",
        ] {
            assert!(
                client.answer(b"p", challenge.as_bytes()).is_err(),
                "{challenge}"
            );
        }
        assert!(client.answer(b"p", b"r=abc1,s=AA==,i=4000000000").is_err());
        assert!(client.answer(b"p", b"r=abc1,s=AA==,i=4096").is_ok());
    }

    #[test]
    fn nonces_differ() {
        assert_ne!(nonce().unwrap(), nonce().unwrap());
    }
}

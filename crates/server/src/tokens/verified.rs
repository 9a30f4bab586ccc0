//! Signatures that were found right: a client sends the same token with every request, and verifying
//! it again would cost more than deciding what the request asks.
//!
//! Only that these bytes were signed by that key is remembered. Whether the key still counts, the
//! token's time, issuer and audience, and revocations are looked at with every request.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use aws_lc_rs::digest::{SHA256, digest};

use super::claims::Claims;

/// Tokens in the younger half; the older half holds as many.
const HALF: usize = 4_096;

type Fingerprint = [u8; 32];

/// What a token says, and the key that signed it.
pub(super) struct Signed {
    pub(super) key_id: String,
    pub(super) claims: Claims,
}

/// The tokens seen last, at most twice [`HALF`].
#[derive(Default)]
pub(super) struct Verified(RwLock<Halves>);

#[derive(Default)]
struct Halves {
    young: HashMap<Fingerprint, Arc<Signed>>,
    old: HashMap<Fingerprint, Arc<Signed>>,
}

fn fingerprint(token: &str) -> Fingerprint {
    let mut bytes = [0; 32];
    let digest = digest(&SHA256, token.as_bytes());
    bytes.copy_from_slice(digest.as_ref());
    bytes
}

impl Verified {
    /// The token, if its signature was found right before; else what `verify` finds.
    pub(super) fn or_verify(
        &self,
        token: &str,
        verify: impl FnOnce() -> Option<Signed>,
    ) -> Option<Arc<Signed>> {
        let print = fingerprint(token);
        let aged = {
            let halves = self.0.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(signed) = halves.young.get(&print) {
                return Some(Arc::clone(signed));
            }
            halves.old.get(&print).cloned()
        };
        let signed = aged.or_else(|| verify().map(Arc::new))?;
        let mut halves = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if halves.young.len() >= HALF {
            halves.old = std::mem::take(&mut halves.young);
        }
        halves.young.insert(print, Arc::clone(&signed));
        Some(signed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signed(subject: &str) -> Option<Signed> {
        let claims = serde_json::json!({"jti": "j", "iss": "i", "sub": subject, "aud": "a", "azp": subject,
            "iat": 1, "nbf": 1, "exp": 2, "auth_time": 1});
        Some(Signed {
            key_id: "k".to_string(),
            claims: serde_json::from_value(claims).unwrap(),
        })
    }

    #[test]
    fn what_was_right_is_not_verified_again_and_what_was_wrong_is() {
        let verified = Verified::default();
        assert!(verified.or_verify("forged", || None).is_none());
        assert!(verified.or_verify("forged", || None).is_none());
        let first = verified.or_verify("good", || signed("alice")).unwrap();
        let again = verified
            .or_verify("good", || panic!("verified twice"))
            .unwrap();
        assert!(Arc::ptr_eq(&first, &again));
        let other = verified.or_verify("goot", || signed("bob")).unwrap();
        assert_eq!(other.claims.sub, "bob");
    }

    #[test]
    fn memory_is_bounded_and_tokens_in_use_stay() {
        let verified = Verified::default();
        for number in 0..5 * HALF {
            verified.or_verify(&number.to_string(), || signed("x"));
            verified.or_verify("in use", || (number == 0).then(|| signed("y")).flatten());
        }
        let halves = verified.0.read().unwrap();
        assert!(halves.young.len() <= HALF && halves.old.len() <= HALF);
        drop(halves);
        assert!(verified.or_verify("in use", || None).is_some());
    }
}

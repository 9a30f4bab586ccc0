//! What a client may read from its token: until when it holds, and whose it is. The signature is the server's business.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{Timestamp, ToSpan as _};

/// A token with less time left than this is as good as expired (the reference client's margin).
const MARGIN_SECONDS: i64 = 60;

/// The claims of a compact JWS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Claims {
    /// Who the token is for, without `User:`.
    pub(crate) subject: Option<String>,
    expires_at: Timestamp,
}

impl Claims {
    /// Reads the middle part of the token. `None`: it is not a JWT with a numeric `exp`.
    pub(crate) fn read(token: &str) -> Option<Self> {
        #[derive(serde::Deserialize)]
        struct Payload {
            sub: Option<String>,
            exp: f64,
        }
        let payload = token.split('.').nth(1)?;
        let payload: Payload =
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()?;
        Some(Self {
            subject: payload.sub,
            expires_at: Timestamp::from_second(payload.exp as i64).ok()?,
        })
    }

    /// When the token ends.
    pub(crate) fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    /// Whether a request sent at `now` can still count on the token.
    pub(crate) fn holds_at(&self, now: Timestamp) -> bool {
        self.expires_at
            .checked_sub(MARGIN_SECONDS.seconds())
            .is_ok_and(|limit| now < limit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(payload: &str) -> String {
        format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(payload))
    }

    #[test]
    fn holds_until_a_minute_before_its_end() {
        let claims = Claims::read(&token(r#"{"sub":"alice","exp":1000}"#)).unwrap();
        assert_eq!(claims.subject.as_deref(), Some("alice"));
        assert!(claims.holds_at(Timestamp::from_second(939).unwrap()));
        assert!(!claims.holds_at(Timestamp::from_second(940).unwrap()));
    }

    #[test]
    fn what_is_no_token_is_refused() {
        for text in [
            "",
            "a.b.c",
            "opaque",
            &token(r#"{"exp":"soon"}"#),
            &token("{}"),
        ] {
            assert_eq!(Claims::read(text), None, "{text}");
        }
    }
}

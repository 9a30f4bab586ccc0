//! The parameters of a request for a token.

use std::collections::BTreeMap;

use secrecy::SecretString;

/// The parameters of a request, each at most once; an empty one counts as left out (RFC 6749, 3.2).
pub struct TokenForm(BTreeMap<String, String>);

/// Why a body holds no parameters. The message repeats nothing of the body: it may hold secrets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenFormError {
    /// It is not form-encoded.
    #[error("the body cannot be read as a form")]
    Unreadable,
    /// A name comes twice.
    #[error("a parameter is there twice")]
    Twice,
}

impl TokenForm {
    /// Reads a body of type `application/x-www-form-urlencoded`.
    pub fn parse(body: &[u8]) -> Result<Self, TokenFormError> {
        let pairs: Vec<(String, String)> =
            serde_urlencoded::from_bytes(body).map_err(|_| TokenFormError::Unreadable)?;
        let mut parameters = BTreeMap::new();
        for (name, value) in pairs {
            if parameters.insert(name, value).is_some() {
                return Err(TokenFormError::Twice);
            }
        }
        parameters.retain(|_, value| !value.is_empty());
        Ok(Self(parameters))
    }

    /// The value of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// The same where logs must not hold it.
    pub(super) fn secret(&self, name: &str) -> Option<SecretString> {
        self.get(name).map(SecretString::from)
    }
}

//! Comparing passwords with what the user file holds.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};

/// How a user's password is kept.
#[derive(Clone)]
pub(super) enum Stored {
    /// An argon2 hash in PHC form.
    Argon2(String),
    /// A bcrypt hash, `$2a$`, `$2b$` or `$2y$`.
    Bcrypt(String),
    /// The password itself.
    Plain(String),
}

impl Stored {
    pub(super) fn parse(text: &str) -> Self {
        if text.starts_with("$argon2") {
            Self::Argon2(text.to_string())
        } else if text.starts_with("$2") {
            Self::Bcrypt(text.to_string())
        } else {
            Self::Plain(text.to_string())
        }
    }

    pub(super) const fn is_plain(&self) -> bool {
        matches!(self, Self::Plain(_))
    }

    /// Whether the password is right. Hashing takes tens of milliseconds: not for async threads.
    pub(super) fn verify(&self, password: &str) -> bool {
        match self {
            Self::Argon2(hash) => PasswordHash::new(hash).is_ok_and(|hash| {
                Argon2::default()
                    .verify_password(password.as_bytes(), &hash)
                    .is_ok()
            }),
            Self::Bcrypt(hash) => bcrypt::verify(password, hash).unwrap_or(false),
            Self::Plain(plain) => aws_lc_rs::constant_time::verify_slices_are_equal(
                plain.as_bytes(),
                password.as_bytes(),
            )
            .is_ok(),
        }
    }
}

/// The argon2id hash of a password, in PHC form, with a new random salt.
pub fn hash(password: &str) -> Result<String, String> {
    Argon2::default()
        .hash_password(password.as_bytes())
        .map(|hash| hash.to_string())
        .map_err(|error| error.to_string())
}

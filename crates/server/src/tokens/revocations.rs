//! Which tokens are refused although they have not expired.
//!
//! A token counts by `auth_time`, the second in which its user proved who they are: exchanging it
//! for a fresh one does not make it younger. Times are whole seconds. A revocation refuses every
//! token of its own second, those that were made before it and those after alike; a login after it
//! in that same second is told to count from the next one ([`Revocations::earliest_login`]). So
//! nothing slips through and nobody is locked out.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::claims::Claims;

/// What is revoked.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum Revoked {
    /// One token (`jti`) and what it was exchanged for (`sid`).
    Token {
        /// The id.
        id: String,
    },
    /// A user's tokens up to a second, that one included.
    User {
        /// The name, without `User:`.
        name: String,
        /// Seconds since 1970.
        up_to: i64,
    },
    /// Everybody's tokens up to a second, that one included.
    Everybody {
        /// Seconds since 1970.
        up_to: i64,
    },
}

impl Revoked {
    /// What a later revocation must have in common with this one to replace it.
    #[must_use]
    pub fn key(&self) -> String {
        match self {
            Self::Token { id } => format!("token/{id}"),
            Self::User { name, .. } => format!("user/{name}"),
            Self::Everybody { .. } => "everybody".to_string(),
        }
    }
}

/// One revocation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revocation {
    /// What is revoked.
    pub revoked: Revoked,
    /// Who did it.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// When the last token that it refuses has expired: then it is forgotten.
    pub until: Timestamp,
}

impl Revocation {
    const fn up_to(&self) -> Option<i64> {
        match self.revoked {
            Revoked::User { up_to, .. } | Revoked::Everybody { up_to } => Some(up_to),
            Revoked::Token { .. } => None,
        }
    }
}

/// All revocations that still matter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Revocations {
    tokens: BTreeMap<String, Revocation>,
    users: BTreeMap<String, Revocation>,
    everybody: Option<Revocation>,
}

impl Revocations {
    /// Takes one in. Of two for the same user the newer one is told from the older by its writer:
    /// it names the later second.
    pub fn insert(&mut self, revocation: Revocation) {
        match &revocation.revoked {
            Revoked::Token { id } => {
                self.tokens.insert(id.clone(), revocation);
            }
            Revoked::User { name, .. } => {
                self.users.insert(name.clone(), revocation);
            }
            Revoked::Everybody { .. } => self.everybody = Some(revocation),
        }
    }

    /// Forgets one.
    pub fn forget(&mut self, key: &str) {
        if let Some(id) = key.strip_prefix("token/") {
            self.tokens.remove(id);
        } else if let Some(name) = key.strip_prefix("user/") {
            self.users.remove(name);
        } else {
            self.everybody = None;
        }
    }

    /// All of them: everybody's, users', tokens'.
    pub fn iter(&self) -> impl Iterator<Item = &Revocation> {
        let everybody = self.everybody.iter();
        everybody
            .chain(self.users.values())
            .chain(self.tokens.values())
    }

    /// Those that refuse nothing any more.
    pub fn over(&self, now: Timestamp) -> impl Iterator<Item = &Revocation> {
        self.iter()
            .filter(move |revocation| revocation.until <= now)
    }

    fn up_to(&self, name: &str) -> Option<i64> {
        let user = self.users.get(name).and_then(Revocation::up_to);
        user.max(self.everybody.as_ref().and_then(Revocation::up_to))
    }

    /// What is asked for, with those logins that an earlier revocation of this very second told to
    /// count from the next one: they were before this one too.
    #[must_use]
    pub fn beyond(&self, mut asked: Revoked, now: i64) -> Revoked {
        let told = match &asked {
            Revoked::Token { .. } => None,
            Revoked::User { name, .. } => self.earliest_login(name, None),
            Revoked::Everybody { .. } => self
                .users
                .keys()
                .filter_map(|name| self.earliest_login(name, None))
                .chain(self.earliest_login("", None))
                .max(),
        };
        if let (Some(told), Revoked::User { up_to, .. } | Revoked::Everybody { up_to }) =
            (told, &mut asked)
            && *up_to >= now
        {
            *up_to = told.max(*up_to);
        }
        asked
    }

    /// A revocation that already says what is asked for.
    #[must_use]
    pub fn covering(&self, asked: &Revoked) -> Option<&Revocation> {
        match asked {
            Revoked::Token { id } => self.tokens.get(id),
            Revoked::User { name, up_to } => self
                .users
                .get(name)
                .filter(|present| present.up_to() >= Some(*up_to)),
            Revoked::Everybody { up_to } => self
                .everybody
                .as_ref()
                .filter(|present| present.up_to() >= Some(*up_to)),
        }
    }

    /// Whether the token is refused: itself, its line, its user, whoever acts in the user's name,
    /// or all of its time.
    #[must_use]
    pub fn refuse(&self, claims: &Claims) -> bool {
        let too_old = |name: &str| {
            self.up_to(name)
                .is_some_and(|up_to| claims.auth_time <= up_to)
        };
        self.tokens.contains_key(&claims.jti)
            || self.tokens.contains_key(claims.session())
            || too_old(&claims.sub)
            || claims.cp_proxy.as_deref().is_some_and(too_old)
    }

    /// The first second from which a login of this user counts again.
    #[must_use]
    pub fn earliest_login(&self, user: &str, acted_by: Option<&str>) -> Option<i64> {
        let one = self.up_to(user);
        let other = acted_by.and_then(|name| self.up_to(name));
        one.max(other).map(|up_to| up_to.saturating_add(1))
    }
}

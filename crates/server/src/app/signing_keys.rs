//! The keys that sign tokens: which there are, and how a new one takes over (`rulings.md` 17).

use std::path::Path;

use jiff::Timestamp;
use openmds_api::SigningKeyInfo;
use openmds_policy::text::quotation;

use super::bind_role::all_bindings;
use super::denial::{Missing, denied};
use super::{App, AppError, Caller};
use crate::store::{Record, State};
use crate::tokens::{
    Duty, KeyFiles, KeyRing, KeyTerm, OWN_PRINCIPAL, SigningAlgorithm, SigningKey,
};

impl App {
    /// Whether the caller may change how everybody proves who they are: `Alter` on
    /// `SecurityMetadata` at the home cluster.
    pub(super) fn permit_tokens(
        &self,
        state: &State,
        caller: &Caller,
        what: &str,
    ) -> Result<(), AppError> {
        // A super user need not wait until the home cluster has told its id.
        if self.is_super_user(caller) {
            if let Ok(home) = self.home(state) {
                let scope = openmds_policy::rbac::Scope::kafka(&home);
                self.permitted(state, caller, &scope, "Alter", &all_bindings());
            }
            return Ok(());
        }
        let scope = openmds_policy::rbac::Scope::kafka(&self.home(state)?);
        if self.permitted(state, caller, &scope, "Alter", &all_bindings()) {
            return Ok(());
        }
        let what = format!("{what} (SecurityMetadata at {scope})");
        let missing = [Missing::role("SystemAdmin", &scope)];
        Err(denied(caller, "Alter", &what, &missing))
    }

    /// All keys that sign or verify, in the order in which they sign.
    pub fn signing_keys(&self, caller: &Caller) -> Result<Vec<SigningKeyInfo>, AppError> {
        let state = self.present();
        self.permit_tokens(&state, caller, "the signing keys")?;
        let now = self.clock.now();
        let ring = state.signing_keys();
        let infos = ring.published(now).map(|term| info(ring, term, now));
        Ok(infos.collect())
    }

    /// Makes a new key and publishes it. It signs once every validator had the time to fetch it;
    /// the present key verifies until the last token signed with it has expired.
    pub async fn rotate_keys(
        &self,
        caller: &Caller,
        algorithm: Option<&str>,
    ) -> Result<SigningKeyInfo, AppError> {
        self.permit_tokens(&self.present(), caller, "the signing keys")?;
        let asked = algorithm.map(str::parse::<SigningAlgorithm>).transpose();
        let asked = asked.map_err(|error| AppError::invalid(error.to_string()))?;
        let _turn = self.turning.lock().await;
        let now = self.clock.now();
        let state = self.present();
        let ring = state.signing_keys();
        refuse_a_second(ring, now)?;
        let present = ring.signing(now).map(|term| term.algorithm);
        let algorithm = asked
            .or(self.settings.token.algorithm)
            .or(present)
            .unwrap_or(SigningAlgorithm::Rs256);
        let key = self.new_key(algorithm).await?;
        // Validators that read the file wait as long as the others: it comes before the record from
        // which the waiting is counted.
        self.write_jwks(self.issuer.jwks_with(key.public())).await?;
        let now = self.clock.now();
        let token = &self.settings.token;
        let ring = ring.with(key.public(), now, token.publish, token.longest_life());
        let id = key.id().to_string();
        self.keep_ring(&caller.principal().to_string(), ring.clone(), Some(key))
            .await?;
        self.record_keys(caller, &state, &ring);
        let term = ring.terms().iter().find(|term| term.key_id == id);
        let term = term.ok_or_else(|| AppError::internal("the new key is not in the ring"))?;
        tracing::info!(key_id = id, %algorithm, signs_from = %term.signs_from, "a new signing key is published");
        Ok(info(&ring, term, now))
    }

    async fn new_key(&self, algorithm: SigningAlgorithm) -> Result<SigningKey, AppError> {
        let files = KeyFiles::new(&self.settings.token);
        let made = tokio::task::spawn_blocking(move || files.make(algorithm)).await;
        made.map_err(|error| AppError::internal(format!("no key was made: {error}")))?
            .map_err(|error| AppError::internal(format!("nothing was changed: {error}")))
    }

    /// Remembers the ring, then goes on with it. Only whoever holds `turning` calls this.
    async fn keep_ring(
        &self,
        actor: &str,
        ring: KeyRing,
        new: Option<SigningKey>,
    ) -> Result<(), AppError> {
        let keys = ring.clone();
        let decide = |_: &State| Ok::<_, AppError>(vec![Record::SigningKeys { keys }]);
        self.store.update(actor, self.clock.now(), decide).await?;
        self.issuer.turn(ring, new);
        Ok(())
    }

    /// Replaces the copy of the JWK set for validators that read a file, if there is one.
    async fn write_jwks(&self, jwks: String) -> Result<(), AppError> {
        let Some(path) = self.settings.token.jwks_path.clone() else {
            return Ok(());
        };
        let write = move || replace(&path, &jwks);
        let written = tokio::task::spawn_blocking(write).await;
        let written = written.unwrap_or_else(|error| Err(error.to_string()));
        written.map_err(|error| {
            AppError::internal(format!(
                "nothing was changed: openmds.token.jwks.path: {error}"
            ))
        })
    }

    /// Notes which keys have begun to sign and which are over, and clears away what is over.
    pub(super) async fn turn_keys(&self) -> Result<(), AppError> {
        let _turn = self.turning.lock().await;
        let state = self.present();
        let ring = state.signing_keys();
        let present = ring.at(self.clock.now());
        if present == *ring {
            return Ok(());
        }
        let own = Caller::user(OWN_PRINCIPAL, "openmds");
        self.settle(&own, &state, present).await
    }

    /// Stops trusting a key at once: nothing that it signed or will sign is taken any more. If it is
    /// the one that signs, the one that waits signs from now on.
    pub async fn withdraw_key(&self, caller: &Caller, key_id: &str) -> Result<(), AppError> {
        self.permit_tokens(&self.present(), caller, "the signing keys")?;
        let _turn = self.turning.lock().await;
        let now = self.clock.now();
        let state = self.present();
        let ring = state.signing_keys();
        if !ring.published(now).any(|term| term.key_id == key_id) {
            return Err(AppError::not_found(format!(
                "no published key has the id {}; see `openmds keys list`",
                quotation(key_id)
            )));
        }
        let without = ring.without(key_id, now).ok_or_else(|| {
            AppError::conflict(format!(
                "{key_id} signs, and no other key waits to sign: rotate first (`openmds keys rotate`), then withdraw it"
            ))
        })?;
        tracing::warn!(key_id, by = %caller.principal(), "a signing key was withdrawn");
        self.settle(caller, &state, without).await
    }

    /// Goes on with the ring, and clears away what is over in it.
    async fn settle(
        &self,
        caller: &Caller,
        before: &State,
        present: KeyRing,
    ) -> Result<(), AppError> {
        self.keep_ring(&caller.principal().to_string(), present.clone(), None)
            .await?;
        self.record_keys(caller, before, &present);
        self.write_jwks(self.issuer.jwks()).await?;
        let over = present.terms().iter().filter(|term| term.retired.is_some());
        let over: Vec<String> = over.map(|term| term.key_id.clone()).collect();
        let files = KeyFiles::new(&self.settings.token);
        let clear = move || over.iter().for_each(|key_id| files.remove(key_id));
        tokio::task::spawn_blocking(clear)
            .await
            .map_err(|error| AppError::internal(error.to_string()))
    }
}

fn replace(path: &Path, jwks: &str) -> Result<(), String> {
    let replaced = crate::files::replace(path, jwks.as_bytes());
    replaced.map_err(|error| format!("{}: {error}", path.display()))
}

/// One rotation at a time: two would leave validators with a key that they never saw.
fn refuse_a_second(ring: &KeyRing, now: Timestamp) -> Result<(), AppError> {
    ring.waiting(now).map_or(Ok(()), |waiting| {
        Err(AppError::conflict(format!(
            "a rotation is under way: the key {} is published and signs from {}. Repeat after that",
            waiting.key_id,
            seconds(waiting.signs_from)
        )))
    })
}

/// RFC 3339 in whole seconds, the later one: nothing happens before what was said.
pub(super) fn seconds(moment: Timestamp) -> String {
    let up = i64::from(moment.subsec_nanosecond() > 0);
    let whole = Timestamp::from_second(moment.as_second().saturating_add(up));
    whole.unwrap_or(moment).to_string()
}

fn info(ring: &KeyRing, term: &KeyTerm, now: Timestamp) -> SigningKeyInfo {
    let state = match ring.duty(term, now) {
        Duty::Published => "PUBLISHED",
        Duty::Signing => "SIGNING",
        Duty::Verifying => "VERIFYING",
        Duty::Retired => "RETIRED",
    };
    SigningKeyInfo {
        key_id: term.key_id.clone(),
        algorithm: term.algorithm.to_string(),
        state: state.to_string(),
        published_at: seconds(term.published),
        signs_from: seconds(term.signs_from),
        retires_at: ring.retires(&term.key_id).map(seconds),
    }
}

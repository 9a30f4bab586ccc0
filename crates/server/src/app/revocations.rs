//! Refusing tokens before they expire: who may, what, and for how long it must be remembered.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use openmds_api::{RevocationInfo, RevocationRequest};
use openmds_policy::names::{Principal, PrincipalType};
use openmds_policy::text::quotation;

use super::signing_keys::seconds;
use super::{App, AppError, Caller, Identity};
use crate::store::{Record, State};
use crate::tokens::{Claims, OWN_PRINCIPAL, Revocation, Revoked, TokenRefused};

/// How long a request may take between the check of the token it came with and the token it gets.
const SLOWEST_EXCHANGE: Duration = Duration::from_secs(60);

/// Longest `tokenId`: ours have 22 characters.
const LONGEST_ID: usize = 64;

impl App {
    /// The claims of a user's token of this service that is neither expired nor revoked.
    pub fn claims(&self, token: &str) -> Result<Claims, TokenRefused> {
        let claims = self.issuer.verify(token)?;
        if self.present().revocations().refuse(&claims) {
            return Err(TokenRefused::Revoked);
        }
        Ok(claims)
    }

    /// The claims of a session's token that was not revoked, even if it has expired: together with
    /// the provider's word on its user it goes on, up to the end of the session. Never later than the
    /// longest session after it was issued, since revocations are remembered for that long.
    pub(super) fn session_claims(
        &self,
        token: &str,
        longest: Duration,
    ) -> Result<Claims, TokenRefused> {
        let claims = match self.claims(token) {
            Err(TokenRefused::Expired) => self.issuer.read(token).ok_or(TokenRefused::Invalid)?,
            decided => return decided,
        };
        let longest = i64::try_from(longest.as_secs()).unwrap_or(i64::MAX);
        let end = claims.mex.unwrap_or(claims.exp);
        if end.min(claims.iat.saturating_add(longest)) <= self.clock.now().as_second() {
            return Err(TokenRefused::Expired);
        }
        if self.present().revocations().refuse(&claims) {
            return Err(TokenRefused::Revoked);
        }
        Ok(claims)
    }

    /// The second that a login now counts from, if that is not simply the present one.
    pub(super) fn login_second(&self, identity: &Identity) -> Option<i64> {
        let state = self.present();
        let revocations = state.revocations();
        let earliest = revocations.earliest_login(&identity.name, identity.acted_by.as_deref());
        earliest.filter(|earliest| *earliest > self.clock.now().as_second())
    }

    /// Refuses tokens from now on. Doing it again changes nothing.
    pub async fn revoke(
        &self,
        caller: &Caller,
        request: &RevocationRequest,
    ) -> Result<RevocationInfo, AppError> {
        let now = self.clock.now();
        let (asked, own) = self.asked(caller, request, now)?;
        let mut revocation = Revocation {
            revoked: asked,
            by: caller.principal().to_string(),
            at: now,
            until: self.last_expiry(now),
        };
        let decide = |state: &State| -> Result<Vec<Record>, AppError> {
            if !own {
                self.permit_tokens(state, caller, "other people's tokens")?;
            }
            let revoked = state
                .revocations()
                .beyond(revocation.revoked.clone(), now.as_second());
            revocation.revoked = revoked;
            if let Some(present) = state.revocations().covering(&revocation.revoked) {
                revocation = present.clone();
                return Ok(vec![]);
            }
            Ok(vec![Record::Revocation(revocation.clone())])
        };
        self.record(caller, decide).await?;
        Ok(info(&revocation))
    }

    /// Everything that is refused at present.
    pub fn revocations(&self, caller: &Caller) -> Result<Vec<RevocationInfo>, AppError> {
        let state = self.present();
        self.permit_tokens(&state, caller, "other people's tokens")?;
        let now = self.clock.now();
        let all = state.revocations().iter();
        let current = all.filter(|revocation| now < revocation.until);
        Ok(current.map(info).collect())
    }

    /// What the request names, and whether that is the caller's own.
    fn asked(
        &self,
        caller: &Caller,
        request: &RevocationRequest,
        now: Timestamp,
    ) -> Result<(Revoked, bool), AppError> {
        let RevocationRequest {
            token,
            token_id,
            principal,
            issued_before,
        } = request;
        match (token, token_id, principal, issued_before) {
            (Some(token), None, None, None) => {
                let claims = self.issuer.read(token).ok_or_else(|| {
                    AppError::invalid("token: it is not a token that this service gave to a user; nothing was revoked")
                })?;
                let own = caller.is(&Principal::user(&claims.sub));
                let id = claims.session().to_string();
                Ok((Revoked::Token { id }, own))
            }
            (None, Some(id), None, None) => {
                let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
                if id.is_empty() || id.len() > LONGEST_ID || !id.bytes().all(plain) {
                    return Err(AppError::invalid(
                        "tokenId: it is not the `jti` of a token: letters, digits, `-` and `_`, 64 at most; nothing was revoked",
                    ));
                }
                Ok((Revoked::Token { id: id.clone() }, false))
            }
            (None, None, Some(principal), before) => {
                let principal = Self::parsed_principal(principal)?;
                if principal.kind() != PrincipalType::User {
                    return Err(AppError::invalid(format!(
                        "principal: {principal} is not a user; revoke the tokens of its members, or all before a time (issuedBefore)"
                    )));
                }
                let up_to = up_to(before.as_deref(), now)?;
                let own = caller.is(&principal);
                let name = principal.name().to_string();
                Ok((Revoked::User { name, up_to }, own))
            }
            (None, None, None, Some(before)) => {
                let up_to = up_to(Some(before), now)?;
                Ok((Revoked::Everybody { up_to }, false))
            }
            _ => Err(AppError::invalid(
                "say what to revoke: token, or tokenId, or principal, or issuedBefore (or the last two together); nothing was revoked",
            )),
        }
    }

    /// When the last token that may be out now has expired, an exchange under way included, and the
    /// last session that a refresh token may extend.
    fn last_expiry(&self, now: Timestamp) -> Timestamp {
        let ring = self.present();
        let lives = ring.signing_keys().terms().iter();
        let lives = lives
            .filter(|term| term.retired.is_none())
            .map(|term| Duration::from_secs(term.longest_life));
        let session = self.settings.sso.iter().map(|sso| sso.longest_session);
        let lives = lives.chain(session);
        let longest = lives.chain([self.settings.token.longest_life()]).max();
        let left = longest.unwrap_or_default().saturating_add(SLOWEST_EXCHANGE);
        let left = SignedDuration::try_from(left).unwrap_or(SignedDuration::MAX);
        now.saturating_add(left).unwrap_or(Timestamp::MAX)
    }

    /// Forgets what refuses nothing any more.
    pub(super) async fn forget_revocations(&self) -> Result<(), AppError> {
        let now = self.clock.now();
        let over = |state: &State| -> Vec<String> {
            let over = state.revocations().over(now);
            over.map(|revocation| revocation.revoked.key()).collect()
        };
        if over(&self.present()).is_empty() {
            return Ok(());
        }
        let decide = |state: &State| {
            let keys = over(state);
            Ok::<_, AppError>(vec![Record::ForgottenRevocations { keys }])
        };
        let own = format!("User:{OWN_PRINCIPAL}");
        self.store.update(&own, now, decide).await?;
        Ok(())
    }
}

/// The last second whose logins are refused: the present one, or the one before the given moment.
fn up_to(before: Option<&str>, now: Timestamp) -> Result<i64, AppError> {
    let Some(text) = before else {
        return Ok(now.as_second());
    };
    let shown = quotation(text);
    let before: Timestamp = text.parse().map_err(|_| {
        AppError::invalid(format!(
            "issuedBefore: `{shown}` is not a time such as 2026-01-02T03:04:05Z; nothing was revoked"
        ))
    })?;
    if before > now {
        return Err(AppError::invalid(format!(
            "issuedBefore: {before} lies in the future (it is {now}): nobody could log in until then; nothing was revoked"
        )));
    }
    // Of a second that has begun, nobody knows whether the login was before or after.
    let begun = before.subsec_nanosecond() > 0;
    Ok(before.as_second().saturating_sub(i64::from(!begun)))
}

fn info(revocation: &Revocation) -> RevocationInfo {
    let (token_id, principal, up_to) = match &revocation.revoked {
        Revoked::Token { id } => (Some(id.clone()), None, None),
        Revoked::User { name, up_to } => {
            (None, Some(Principal::user(name).to_string()), Some(*up_to))
        }
        Revoked::Everybody { up_to } => (None, None, Some(*up_to)),
    };
    let before = |up_to: i64| Timestamp::from_second(up_to.saturating_add(1)).ok();
    RevocationInfo {
        token_id,
        principal,
        issued_before: up_to.and_then(before).map(seconds),
        revoked_by: revocation.by.clone(),
        revoked_at: seconds(revocation.at),
        forgotten_at: seconds(revocation.until),
    }
}

//! Logging in with a command line, through the identity provider
//! (`mds-api.md` 2.5, `rbac-registry-tokens.md` 9.8).

use openmds_api::{
    AuthenticationResponse, DeviceAnswer, DeviceAuthorization, DeviceQuestion, SessionExtended,
    SessionExtension,
};
use serde::{Deserialize, Serialize};

use super::authenticate::refused;
use super::{App, AppError, Identity, Proof};
use crate::provider::{DeviceProgress, ProvenUser, SignedIn};
use crate::tokens::{Subject, TokenRefused};

const PURPOSE: &str = "device";

/// What `key` hides from the client, so that the server remembers nothing.
#[derive(Debug, Serialize, Deserialize)]
struct Device {
    user_code: String,
    answer: serde_json::Value,
    /// Seconds since 1970.
    until: i64,
}

impl App {
    /// Begins a login.
    pub async fn begin_device_login(&self) -> Result<DeviceAuthorization, AppError> {
        let sign_in = self.sign_in()?;
        let login = sign_in
            .start_device()
            .await
            .map_err(|error| refused(&error))?;
        let life = i64::try_from(login.expires_in).unwrap_or(i64::MAX);
        let device = Device {
            user_code: login.user_code.clone(),
            answer: login.answer,
            until: self.clock.now().as_second().saturating_add(life),
        };
        let key = sign_in
            .seal(PURPOSE, &device)
            .map_err(|error| refused(&error))?;
        Ok(DeviceAuthorization {
            user_code: login.user_code,
            verification_uri: login.verification_uri,
            key,
            interval: login.interval,
            expires_in: login.expires_in,
        })
    }

    /// Says what became of it. `complete` means that there is a token: the known client asks for
    /// nothing else.
    pub async fn check_device_login(
        &self,
        question: &DeviceQuestion,
    ) -> Result<DeviceAnswer, AppError> {
        let sign_in = self.sign_in()?;
        let device: Option<Device> = sign_in.open(PURPOSE, &question.key);
        let device = device
            .filter(|device| device.user_code == question.user_code)
            .ok_or_else(|| AppError::forbidden("Invalid key!"))?;
        let answer = |status: &str, description: &str| DeviceAnswer {
            user_code: question.user_code.clone(),
            status: status.to_string(),
            description: description.to_string(),
            ..DeviceAnswer::default()
        };
        let expired = || answer("expired_token", "the login took too long; begin again");
        if device.until <= self.clock.now().as_second() {
            return Ok(expired());
        }
        let progress = sign_in
            .ask_device(&device.answer)
            .await
            .map_err(|error| refused(&error))?;
        Ok(match progress {
            DeviceProgress::Pending => answer("authorization_pending", "the user is not done yet"),
            DeviceProgress::SlowDown => answer("slow_down", "asked too often"),
            DeviceProgress::Expired => expired(),
            DeviceProgress::Denied => DeviceAnswer {
                error: Some("access_denied".to_string()),
                ..answer(
                    "access_denied",
                    "the user, or the identity provider, said no",
                )
            },
            DeviceProgress::Done(signed_in) => {
                let SignedIn {
                    user,
                    refresh_token,
                } = *signed_in;
                let issued = self.begin_session(user)?;
                DeviceAnswer {
                    complete: true,
                    auth_token: Some(issued.auth_token),
                    expires_in: Some(issued.expires_in),
                    refresh_token,
                    ..answer("success", "logged in")
                }
            }
        })
    }

    /// A fresh token for a session: by the provider if there is a refresh token, and then even if
    /// nobody asked until the last one had expired; else until the session's end at the latest. A token of another login is exchanged as it would be at
    /// `authenticate`, because known clients ask here with any token.
    pub async fn extend_session(
        &self,
        request: &SessionExtension,
    ) -> Result<SessionExtended, AppError> {
        let sign_in = self.sign_in()?;
        let extended = |issued: AuthenticationResponse, refresh_token| SessionExtended {
            auth_token: issued.auth_token,
            expires_in: issued.expires_in,
            refresh_token,
        };
        let no = |refused: TokenRefused| AppError::unauthenticated(refused.to_string());
        let refresh = request
            .refresh_token
            .as_deref()
            .filter(|token| !token.is_empty());
        let refresh = refresh.filter(|_| sign_in.settings.refresh_tokens);
        let claims = match refresh {
            Some(_) => self.session_claims(&request.access_token, sign_in.settings.longest_session),
            None => self.claims(&request.access_token),
        };
        let identity = Identity::from(claims.map_err(no)?);
        if let Some(token) = refresh
            && let Some(fresh) = sign_in
                .refresh(token)
                .await
                .map_err(|error| refused(&error))?
        {
            if fresh.user.name != identity.name {
                return Err(AppError::forbidden("the two tokens are of different users"));
            }
            let until = fresh.user.expires_at;
            let mut renewed = identity.clone();
            renewed.groups = fresh.user.groups;
            // The provider vouches for the user anew.
            renewed.session_end = renewed.session_end.map(|end| end.max(until));
            let life = until.saturating_sub(self.clock.now().as_second());
            let life = u64::try_from(life).unwrap_or(0);
            return Ok(extended(
                self.issue_for(&renewed, life)?,
                fresh.refresh_token,
            ));
        }
        // A provider that names nobody has not vouched for the user.
        self.claims(&request.access_token).map_err(no)?;
        let issued = match identity.session_end {
            None => self.issue_token(&identity)?,
            Some(_) => self.issue_for(&identity, sign_in.settings.token_life.as_secs())?,
        };
        Ok(extended(issued, None))
    }

    /// The first token of a session.
    pub(super) fn begin_session(
        &self,
        user: ProvenUser,
    ) -> Result<AuthenticationResponse, AppError> {
        let settings = &self.sign_in()?.settings;
        let now = self.clock.now().as_second();
        let longest = i64::try_from(settings.longest_session.as_secs()).unwrap_or(i64::MAX);
        let identity = Identity {
            groups: user.groups,
            session_end: Some(now.saturating_add(longest)),
            ..Identity::of(user.name, Proof::IdentityProvider)
        };
        self.admit(&identity)?;
        self.issue_for(&identity, settings.token_life.as_secs())
    }

    /// A token for at most so many seconds.
    fn issue_for(
        &self,
        identity: &Identity,
        seconds: u64,
    ) -> Result<AuthenticationResponse, AppError> {
        let subject = Subject {
            longest: Some(std::time::Duration::from_secs(seconds)),
            ..Subject::from(identity)
        };
        self.issue(identity, subject)
    }
}

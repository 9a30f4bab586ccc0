//! Log in by single sign-on: the device flow of `POST /security/1.0/oidc/device/...` (mds-api 2.5). No call has credentials.

use std::time::Duration;

use reqwest::Method as HttpMethod;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::time::Instant;

use super::sign_in::exposed;
use super::{Method, Session, Trust};
use crate::failure::Failure;
use crate::http::{Answer, Authorization, Client, Request, refusal};
use crate::server_url::ServerUrl;

/// The feature of a server that offers it.
const FEATURE: &str = "oidc.login.device.1.enabled";
/// By how much a server that is asked too often wants to be asked more slowly (RFC 8628 3.5).
const SLOWER: Duration = Duration::from_secs(5);

/// Asks a server whether it offers single sign-on. Whatever it answers instead of saying so means no.
pub(crate) async fn offers_single_sign_on(url: &ServerUrl, trust: &Trust) -> Result<bool, Failure> {
    #[derive(Deserialize)]
    struct Features {
        features: std::collections::BTreeMap<String, bool>,
    }
    let request = Request::get(&["features"])?;
    let answer = trust
        .client(url)?
        .send(&request, Authorization::None)
        .await?;
    Ok(answer.status.is_success()
        && answer
            .json::<Features>()
            .is_ok_and(|answer| answer.features.get(FEATURE) == Some(&true)))
}

/// What the server wants the user to do.
#[derive(Debug, Deserialize)]
struct Invitation {
    #[serde(default)]
    user_code: String,
    verification_uri: String,
    key: String,
    #[serde(default)]
    interval: u64,
    expires_in: f64,
}

#[derive(Serialize)]
struct Check<'a> {
    user_code: &'a str,
    key: &'a str,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Checked {
    complete: bool,
    status: Option<String>,
    error: Option<String>,
    description: Option<String>,
    auth_token: Option<String>,
    refresh_token: Option<String>,
}

/// A log in that the user has to agree to in a browser.
#[derive(Debug)]
pub(crate) struct DeviceFlow {
    url: ServerUrl,
    trust: Trust,
    client: Client,
    invitation: Invitation,
}

impl DeviceFlow {
    pub(crate) async fn begin(url: &ServerUrl, trust: &Trust) -> Result<Self, Failure> {
        let client = trust.client(url)?;
        // Neither a body nor its type: so do existing clients.
        let request = Request::new(HttpMethod::POST, &["oidc", "device", "authenticate"])?;
        let answer = client.send(&request, Authorization::None).await?;
        if !answer.status.is_success() {
            return Err(refusal::general(&answer).hint(
                "The server cannot reach its identity provider, or offers no single sign-on; `openmds login --prompt` asks for a password",
            ));
        }
        Ok(Self {
            url: url.clone(),
            trust: trust.clone(),
            client,
            invitation: answer.json()?,
        })
    }

    /// Where to agree.
    pub(crate) fn verification_uri(&self) -> &str {
        &self.invitation.verification_uri
    }

    /// What to compare, or to type, there. May be empty.
    pub(crate) fn user_code(&self) -> &str {
        &self.invitation.user_code
    }

    /// Asks at once and then at the interval that the server wants, until the user has agreed or the time is over. Neither "not yet"
    /// nor an error ends it: the server may just be restarting.
    pub(crate) async fn agreed(&self) -> Result<Session, Failure> {
        let mut interval = Duration::from_secs(self.invitation.interval.max(1));
        let limit = Duration::try_from_secs_f64(self.invitation.expires_in).unwrap_or_default();
        let end = Instant::now() + limit.min(Duration::from_secs(86_400));
        let request = Request::new(HttpMethod::POST, &["oidc", "device", "check-auth"])?;
        let request = request.json(&Check {
            user_code: &self.invitation.user_code,
            key: &self.invitation.key,
        })?;
        loop {
            let answer = self.client.send(&request, Authorization::None).await;
            let checked = answer.ok().and_then(|answer| checked(&answer));
            match checked {
                Some(checked) if checked.complete => return self.session(checked),
                Some(checked) if checked.status.as_deref() == Some("expired_token") => {
                    return Err(self.too_late());
                }
                Some(checked) if checked.status.as_deref() == Some("slow_down") => {
                    interval += SLOWER;
                }
                _ => {}
            }
            if Instant::now() + interval > end {
                return Err(self.too_late());
            }
            tokio::time::sleep(interval).await;
        }
    }

    fn session(&self, checked: Checked) -> Result<Session, Failure> {
        let Some(token) = checked.auth_token.filter(|token| !token.is_empty()) else {
            let said = [checked.error, checked.description, checked.status];
            let said: Vec<_> = said.into_iter().flatten().collect();
            return Err(Failure::new(format!(
                "{} did not log you in: {}",
                self.url,
                said.join(": ")
            ))
            .hint("Run `openmds login` again; what the identity provider allows is set up there"));
        };
        let mut session = self.trust.session(&self.url, Method::Sso, token, None)?;
        if session.user.is_empty() {
            return Err(Failure::new(format!(
                "the token of {} does not say whose it is",
                self.url
            ))
            .hint(
                "The server's setting for the user name's claim does not fit its identity provider",
            ));
        }
        session.refresh_token = checked.refresh_token.map(SecretString::from);
        Ok(session)
    }

    fn too_late(&self) -> Failure {
        Failure::new(format!(
            "nobody agreed to the log in within {} seconds",
            self.invitation.expires_in
        ))
        .hint("Run `openmds login` again and follow the link in time")
    }

    /// A session that goes on without a browser. `None`: it has reached its end.
    pub(super) async fn extended(
        trust: &Trust,
        session: &Session,
    ) -> Result<Option<Session>, Failure> {
        let mut body = serde_json::Map::new();
        let tokens = [
            ("access_token", &session.token),
            ("refresh_token", &session.refresh_token),
        ];
        for (name, token) in tokens {
            if let Some(token) = exposed(token.as_ref()) {
                body.insert(name.to_owned(), json!(token));
            }
        }
        let request = Request::new(HttpMethod::POST, &["oidc", "device", "extend-auth"])?;
        let request = request.json(&body)?;
        let client = trust.client(&session.url)?;
        let answer = client.send(&request, Authorization::None).await?;
        // A server that cannot tell now has not ended the session.
        if answer.status.is_server_error() {
            return Err(refusal::general(&answer).hint(
                "The session is kept: no new log in is needed when the server can tell again",
            ));
        }
        let extended = answer.status.is_success().then(|| answer.json::<Checked>());
        let Some(Ok(Checked {
            auth_token: Some(token),
            refresh_token,
            ..
        })) = extended
        else {
            return Ok(None);
        };
        let user = Some(session.user.as_str());
        let extended = trust.session(&session.url, Method::Sso, token, user).ok();
        Ok(extended.map(|mut extended| {
            // Providers that give a new one out take the old one no longer.
            let kept = session.refresh_token.clone();
            extended.refresh_token = refresh_token.map(SecretString::from).or(kept);
            extended
        }))
    }
}

fn checked(answer: &Answer) -> Option<Checked> {
    answer.status.is_success().then(|| answer.json().ok())?
}

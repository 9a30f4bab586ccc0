//! Logging in on another device (RFC 8628).

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use oauth2::{
    DeviceAuthorizationUrl, DeviceCodeErrorResponseType, RequestTokenError,
    StandardDeviceAuthorizationResponse,
};
use tokio::sync::mpsc::unbounded_channel;

use super::fetch::ProviderAway;
use super::sign_in::{SignIn, SignedIn, refusal};
use super::validation::ProviderRefused;

/// What a device shows, and what it comes back with.
#[derive(Debug, Clone)]
pub struct DeviceLogin {
    /// What the user compares or types.
    pub user_code: String,
    /// Where the user goes; it holds the code.
    pub verification_uri: String,
    /// Seconds between two questions.
    pub interval: u64,
    /// Seconds until the code is worthless.
    pub expires_in: u64,
    /// The provider's whole answer.
    pub answer: serde_json::Value,
}

/// What became of a device's login so far.
#[derive(Debug, Clone)]
pub enum DeviceProgress {
    /// The user is not done.
    Pending,
    /// The same, and the device asks too often.
    SlowDown,
    /// The user came too late.
    Expired,
    /// The user said no.
    Denied,
    /// The user logged in.
    Done(Box<SignedIn>),
}

impl SignIn {
    /// Begins a login.
    pub async fn start_device(&self) -> Result<DeviceLogin, ProviderRefused> {
        let device = self.endpoints().await?.device.clone();
        let device = device
            .ok_or_else(|| ProviderAway("it has no device authorization endpoint".to_string()))?;
        let device = DeviceAuthorizationUrl::new(device)
            .map_err(|_| ProviderAway("its device authorization endpoint is no URL".to_string()))?;
        let client = self.oauth().await?.set_device_authorization_url(device);
        let http = self.fetch.http(&Arc::default());
        let answer: StandardDeviceAuthorizationResponse = client
            .exchange_device_code()
            .add_scopes(self.scopes())
            .request_async(&http)
            .await
            .map_err(refusal)?;
        let user_code = answer.user_code().secret().clone();
        let verification_uri = match answer.verification_uri_complete() {
            Some(complete) => complete.secret().clone(),
            None => with_code(answer.verification_uri().as_str(), &user_code),
        };
        let unreadable = |error: serde_json::Error| ProviderAway(error.to_string());
        Ok(DeviceLogin {
            verification_uri,
            // The known client divides by it (`mds-api.md` 2.5).
            interval: answer.interval().as_secs().max(1),
            expires_in: answer.expires_in().as_secs(),
            answer: serde_json::to_value(&answer).map_err(unreadable)?,
            user_code,
        })
    }

    /// Asks once what became of it.
    pub async fn ask_device(
        &self,
        answer: &serde_json::Value,
    ) -> Result<DeviceProgress, ProviderRefused> {
        let answer: StandardDeviceAuthorizationResponse = serde_json::from_value(answer.clone())
            .map_err(|error| ProviderRefused::Invalid(error.to_string()))?;
        let client = self.oauth().await?;
        let away = Arc::new(AtomicBool::new(false));
        let http = self.fetch.http(&away);
        // The library asks until there is an answer; here the device asks, so the first pause ends it.
        let (pauses, mut paused) = unbounded_channel::<Duration>();
        let pause = |length: Duration| {
            let told = pauses.send(length).is_ok();
            async move {
                if told {
                    std::future::pending::<()>().await;
                }
            }
        };
        let interval = answer.interval();
        let asking = client
            .exchange_device_access_token(&answer)
            .request_async(&http, pause, None);
        let answered = tokio::select! {
            answered = asking => answered,
            Some(length) = paused.recv() => {
                return match (away.load(Ordering::Relaxed), length > interval) {
                    (true, _) => Err(ProviderAway("it did not answer".to_string()).into()),
                    (false, true) => Ok(DeviceProgress::SlowDown),
                    (false, false) => Ok(DeviceProgress::Pending),
                };
            }
        };
        match answered {
            Ok(answer) => Ok(DeviceProgress::Done(Box::new(self.read(&answer).await?))),
            Err(RequestTokenError::ServerResponse(said)) => match said.error() {
                DeviceCodeErrorResponseType::ExpiredToken => Ok(DeviceProgress::Expired),
                DeviceCodeErrorResponseType::AccessDenied => Ok(DeviceProgress::Denied),
                _ => Err(ProviderRefused::Invalid(format!(
                    "the provider says `{said}`"
                ))),
            },
            Err(error) => Err(refusal(error)),
        }
    }
}

/// A client that opens no browser shows nothing but this.
fn with_code(uri: &str, code: &str) -> String {
    match reqwest::Url::parse(uri) {
        Ok(mut url) => {
            url.query_pairs_mut().append_pair("user_code", code);
            url.to_string()
        }
        Err(_) => uri.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::with_code;

    #[test]
    fn the_code_becomes_part_of_the_address() {
        assert_eq!(
            with_code("https://a/device", "A-B"),
            "https://a/device?user_code=A-B"
        );
        assert_eq!(
            with_code("https://a/d?x=1", "A B"),
            "https://a/d?x=1&user_code=A+B"
        );
    }
}

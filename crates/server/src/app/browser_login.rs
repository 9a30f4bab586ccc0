//! Logging in with a browser, through the identity provider
//! (`rbac-registry-tokens.md` 3.4.4, `mds-api.md` 2.5).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use super::authenticate::refused;
use super::{App, AppError};
use crate::provider::SignIn;

const PURPOSE: &str = "browser";

/// How long a login may take, in seconds.
const LONGEST: i64 = 600;

/// What a login carries through the provider.
#[derive(Debug, Serialize, Deserialize)]
struct Login {
    /// Where the browser goes afterwards.
    caller: String,
    /// What the ID token repeats.
    nonce: String,
    /// What the code is fetched with.
    verifier: String,
    /// What the browser keeps, so that nobody is logged in by a link of somebody else.
    browser: String,
    /// Seconds since 1970.
    until: i64,
}

/// Where to send a browser, and what to let it keep.
#[derive(Debug)]
pub struct BrowserLogin {
    /// The provider's page.
    pub location: String,
    /// To be kept by the browser until it comes back.
    pub browser: String,
}

/// What a browser is given that has logged in.
#[derive(Debug)]
pub struct LoggedIn {
    /// Where to send it.
    pub caller: String,
    /// A token, for a cookie.
    pub token: String,
    /// Its life in seconds.
    pub expires_in: u64,
}

/// 128 random bits as text.
pub(super) fn random() -> String {
    let (one, other) = (uuid::Uuid::new_v4(), uuid::Uuid::new_v4());
    let mut bytes = one.as_bytes().to_vec();
    bytes.extend_from_slice(other.as_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

impl App {
    /// The provider through which users log in.
    pub(super) fn sign_in(&self) -> Result<&SignIn, AppError> {
        self.sign_in.as_ref().ok_or_else(|| {
            AppError::not_found(
                "no identity provider is configured here (confluent.metadata.server.sso.mode); log in with a password or a certificate",
            )
        })
    }

    /// Begins a login that ends at the caller.
    pub async fn begin_browser_login(&self, caller: &str) -> Result<BrowserLogin, AppError> {
        let sign_in = self.sign_in()?;
        if !sign_in
            .settings
            .callers
            .iter()
            .any(|allowed| is_below(caller, allowed))
        {
            return Err(AppError::invalid(
                "`caller` is not below any URL of openmds.sso.callers.allowed: nobody is sent there",
            ));
        }
        let (nonce, browser) = (random(), random());
        let state = |verifier: &str| {
            let login = Login {
                caller: caller.to_string(),
                nonce: nonce.clone(),
                verifier: verifier.to_string(),
                browser: browser.clone(),
                until: self.clock.now().as_second().saturating_add(LONGEST),
            };
            sign_in.seal(PURPOSE, &login)
        };
        let location = sign_in.authorize_url(state, &nonce).await;
        Ok(BrowserLogin {
            location: location.map_err(|error| refused(&error))?,
            browser,
        })
    }

    /// Ends a login: the provider sent the browser back with a code and the state, and the browser
    /// brought what it kept.
    pub async fn end_browser_login(
        &self,
        code: &str,
        state: &str,
        browser: Option<&str>,
    ) -> Result<LoggedIn, AppError> {
        let sign_in = self.sign_in()?;
        let login: Option<Login> = sign_in.open(PURPOSE, state);
        let login = login
            .filter(|login| login.until > self.clock.now().as_second())
            .filter(|login| browser == Some(login.browser.as_str()))
            .ok_or_else(|| {
                AppError::invalid(
                    "this login was not begun in this browser, or took too long; begin again",
                )
            })?;
        let signed_in = sign_in
            .exchange_code(code, &login.verifier, &login.nonce)
            .await
            .map_err(|error| refused(&error))?;
        let issued = self.begin_session(signed_in.user)?;
        Ok(LoggedIn {
            caller: login.caller,
            token: issued.auth_token,
            expires_in: issued.expires_in,
        })
    }
}

/// Whether the URL has the same origin and lies below the path of the allowed one. Compared as
/// parsed: texts that only begin alike may lead elsewhere.
fn is_below(url: &str, allowed: &str) -> bool {
    let (Ok(url), Ok(allowed)) = (reqwest::Url::parse(url), reqwest::Url::parse(allowed)) else {
        return false;
    };
    let same = url.scheme() == allowed.scheme()
        && url.host_str() == allowed.host_str()
        && url.port_or_known_default() == allowed.port_or_known_default()
        && url.username().is_empty()
        && url.password().is_none();
    let folder = allowed.path().trim_end_matches('/');
    let below = url
        .path()
        .strip_prefix(folder)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    same && below
}

#[cfg(test)]
mod tests {
    use super::is_below;

    #[test]
    fn only_urls_of_the_same_origin_below_the_path_are_allowed() {
        let allowed = "https://c3.example.org:9021/ui";
        for url in [
            "https://c3.example.org:9021/ui",
            "https://c3.example.org:9021/ui/",
            "https://c3.example.org:9021/ui/x?y=z#f",
            "https://C3.example.org:9021/ui/../ui/x",
        ] {
            assert!(is_below(url, allowed), "{url}");
        }
        for url in [
            "http://c3.example.org:9021/ui",
            "https://c3.example.org/ui",
            "https://c3.example.org:9021/",
            "https://c3.example.org:9021/uix",
            "https://c3.example.org:9021/ui/../x",
            "https://c3.example.org:9021@evil.example.org/ui",
            "https://user@c3.example.org:9021/ui",
            "https://c3.example.org.evil.example.org:9021/ui",
            "https:c3.example.org",
            "//c3.example.org:9021/ui",
            "/ui",
            "javascript:alert(1)",
            "",
        ] {
            assert!(!is_below(url, allowed), "{url}");
        }
        assert!(is_below(
            "https://c3.example.org/any",
            "https://c3.example.org"
        ));
    }
}

//! Logging in through an identity provider (`rbac-registry-tokens.md` 3.4.4).

use std::time::Duration;

use openmds_kafka::Tls;
use secrecy::SecretString;

use super::access_tokens::{KeyTimes, checked, endpoint, leeway, trust};
use super::reader::Reader;
use crate::provider::Expected;

const MODE: &str = "confluent.metadata.server.sso.mode";
const IDP: &str = "confluent.oidc.idp.";
const CALLERS: &str = "openmds.sso.callers.allowed";
const REDIRECT: &str = "openmds.sso.redirect.uri";

/// Names under `confluent.oidc.` that are read.
pub(super) const READ: [&str; 13] = [
    "idp.issuer",
    "idp.jwks.endpoint.uri",
    "idp.authorize.base.endpoint.uri",
    "idp.token.base.endpoint.uri",
    "idp.device.authorization.endpoint.uri",
    "idp.client.id",
    "idp.client.secret",
    "idp.groups.claim.name",
    "idp.groups.claim.scope",
    "idp.sub.claim.name",
    "idp.refresh.token.enabled",
    "session.token.expiry.ms",
    "session.max.timeout.ms",
];

/// Logging in through an identity provider.
#[derive(Clone)]
pub struct SsoSettings {
    /// What an ID token must say.
    pub expected: Expected,
    /// Our name at the provider.
    pub client_id: String,
    /// Our password there; absent for a public client.
    pub client_secret: Option<SecretString>,
    /// Where the provider's keys are; absent, as with all its endpoints: discovered.
    pub jwks_url: Option<String>,
    /// Where a browser logs in.
    pub authorize_url: Option<String>,
    /// Where a code becomes a token.
    pub token_url: Option<String>,
    /// Where a device asks for a code.
    pub device_url: Option<String>,
    /// What is asked for.
    pub scopes: Vec<String>,
    /// Whether a session is extended by the provider.
    pub refresh_tokens: bool,
    /// Life of a session's tokens.
    pub token_life: Duration,
    /// Longest life of a session.
    pub longest_session: Duration,
    /// Our callback, as registered at the provider.
    pub redirect_uri: String,
    /// Where a browser may be sent after its login.
    pub callers: Vec<String>,
    /// How long the provider's keys are believed.
    pub jwks: KeyTimes,
    /// Trust for the provider; absent: the authorities of the system.
    pub tls: Option<Tls>,
}

impl SsoSettings {
    /// `None` unless it is switched on.
    pub(super) fn read(reader: &mut Reader, advertised: &[String]) -> Option<Self> {
        reader.one_of(MODE, &["oidc"], "");
        reader.text(MODE)?;
        for name in reader.under("confluent.oidc.").into_keys() {
            if !READ.contains(&name.as_str()) {
                let property = format!("confluent.oidc.{name}");
                reader.fault(&property, "is not a property of this version");
            }
        }
        let issuer = reader.required(
            &format!("{IDP}issuer"),
            "exactly what `iss` says in ID tokens",
        );
        checked(reader, &format!("{IDP}issuer"), &issuer);
        let client_id = reader.required(
            &format!("{IDP}client.id"),
            "this service's name at the provider",
        );
        let refresh_tokens = reader.flag(&format!("{IDP}refresh.token.enabled"));
        let text = |property: &str| {
            reader
                .text(&format!("{IDP}{property}"))
                .map(ToString::to_string)
        };
        let user_claim = text("sub.claim.name").unwrap_or_else(|| "sub".to_string());
        let groups_claim = text("groups.claim.name").unwrap_or_else(|| "groups".to_string());
        let client_secret = text("client.secret").map(SecretString::from);
        let mut scopes = vec!["openid".to_string()];
        scopes.extend(text("groups.claim.scope"));
        if refresh_tokens {
            scopes.push("offline_access".to_string());
        }
        let redirect_uri = redirect(reader, advertised);
        let callers = callers(reader);
        Some(Self {
            expected: Expected {
                issuer,
                audiences: vec![client_id.clone()],
                user_claim,
                groups_claim,
                leeway: leeway(reader),
            },
            client_id,
            client_secret,
            jwks_url: endpoint(reader, &format!("{IDP}jwks.endpoint.uri")),
            authorize_url: endpoint(reader, &format!("{IDP}authorize.base.endpoint.uri")),
            token_url: endpoint(reader, &format!("{IDP}token.base.endpoint.uri")),
            device_url: endpoint(reader, &format!("{IDP}device.authorization.endpoint.uri")),
            scopes,
            refresh_tokens,
            token_life: reader.millis("confluent.oidc.session.token.expiry.ms", 900_000),
            longest_session: reader.millis("confluent.oidc.session.max.timeout.ms", 21_600_000),
            redirect_uri,
            callers,
            jwks: KeyTimes::read(reader),
            tls: trust(reader),
        })
    }
}

fn redirect(reader: &mut Reader, advertised: &[String]) -> String {
    let base = advertised.first().map(|url| url.trim_end_matches('/'));
    let own = base.map(|base| format!("{base}/security/1.0/oidc/authorization-code/callback"));
    let redirect = reader
        .text(REDIRECT)
        .map(ToString::to_string)
        .or(own)
        .unwrap_or_default();
    checked(reader, REDIRECT, &redirect);
    redirect
}

/// Origins (`https://c3.example.com`) or URLs with a path below which everything is allowed.
fn callers(reader: &mut Reader) -> Vec<String> {
    let callers = reader.list(CALLERS, ',');
    for caller in &callers {
        checked(reader, CALLERS, caller);
    }
    callers
}

//! Whose access tokens are taken as Bearer tokens (`rbac-registry-tokens.md` 3.4.3).

use std::time::Duration;

use openmds_kafka::{Tls, connection_from_properties};
use openmds_policy::names::is_loopback;

use super::client::context;
use super::reader::Reader;
use crate::provider::Expected;

const PREFIX: &str = "confluent.metadata.server.oauthbearer.";
const TRUST: &str = "openmds.idp.";

/// Whose access tokens are taken.
#[derive(Clone)]
pub struct AccessTokenSettings {
    /// What they must say.
    pub expected: Expected,
    /// Where the provider's keys are; absent: its discovery document says where.
    pub jwks_url: Option<String>,
    /// How long keys are believed.
    pub jwks: KeyTimes,
    /// Trust for the provider; absent: the authorities of the system.
    pub tls: Option<Tls>,
}

/// How long a provider's keys are believed.
#[derive(Debug, Clone, Copy)]
pub struct KeyTimes {
    /// Fetched again after this.
    pub refresh: Duration,
    /// Not fetched more often than this.
    pub pause: Duration,
}

impl KeyTimes {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            refresh: reader.millis("openmds.idp.jwks.refresh.interval.ms", 3_600_000),
            pause: reader.millis("openmds.idp.jwks.retry.interval.ms", 10_000),
        }
    }
}

impl AccessTokenSettings {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let issuer = reader.required(
            &format!("{PREFIX}expected.issuer"),
            "exactly what `iss` says in the provider's access tokens",
        );
        let audiences = reader.list(&format!("{PREFIX}expected.audience"), ',');
        if audiences.is_empty() {
            // Without one, tokens for anybody else would be taken.
            reader.required(
                &format!("{PREFIX}expected.audience"),
                "what `aud` says in tokens for this service",
            );
        }
        let jwks_property = format!("{PREFIX}jwks.endpoint.url");
        let jwks_url = endpoint(reader, &jwks_property);
        if jwks_url.is_none() {
            checked(reader, &format!("{PREFIX}expected.issuer"), &issuer);
        }
        let text = |property: &str, default: &str| {
            let text = reader.text(&format!("{PREFIX}{property}"));
            text.unwrap_or(default).to_string()
        };
        let user_claim = text("sub.claim.name", "sub");
        let groups_claim = text("groups.claim.name", "groups");
        Self {
            expected: Expected {
                issuer,
                audiences,
                user_claim,
                groups_claim,
                leeway: leeway(reader),
            },
            jwks_url,
            jwks: KeyTimes::read(reader),
            tls: trust(reader),
        }
    }
}

/// By how many seconds the provider's clock may differ.
pub(super) fn leeway(reader: &mut Reader) -> i64 {
    let leeway = reader.millis_or_zero("openmds.idp.clock.skew.ms", 30_000);
    i64::try_from(leeway.as_secs()).unwrap_or_default()
}

/// A URL of the provider, if one is given.
pub(super) fn endpoint(reader: &mut Reader, property: &str) -> Option<String> {
    let url = reader.text(property)?.to_string();
    checked(reader, property, &url);
    Some(url)
}

/// Keys, codes and secrets do not cross a network in clear.
pub(super) fn checked(reader: &mut Reader, property: &str, url: &str) {
    let Ok(parsed) = reqwest::Url::parse(url) else {
        if !url.is_empty() {
            reader.fault(property, format!("`{url}` is not a URL"));
        }
        return;
    };
    let host = parsed.host_str().unwrap_or_default();
    if parsed.scheme() != "https" && !(parsed.scheme() == "http" && is_loopback(host)) {
        reader.fault(property, format!("`{url}` is not an https:// URL"));
    }
}

/// Trust for the provider: `openmds.idp.ssl.*`.
pub(super) fn trust(reader: &mut Reader) -> Option<Tls> {
    let mut properties = reader.under(TRUST);
    properties.retain(|name, _| name.starts_with("ssl."));
    if properties.is_empty() {
        return None;
    }
    properties.insert("security.protocol".to_string(), "SSL".to_string());
    properties.insert("bootstrap.servers".to_string(), "127.0.0.1:1".to_string());
    match connection_from_properties(&properties, &context(TRUST, None)) {
        Ok(connection) => Some(connection.tls),
        Err(errors) => {
            reader.faults_of(errors);
            None
        }
    }
}

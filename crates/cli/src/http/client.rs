//! The HTTP client: trust, timeouts, headers.

use std::path::{Path, PathBuf};
use std::time::Duration;

use openmds_api::paths;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap};
use reqwest::{Certificate, ClientBuilder, Identity, redirect};
use secrecy::{ExposeSecret as _, SecretString};

use super::connection_failure;
use super::{Answer, Request};
use crate::failure::Failure;
use crate::server_url::ServerUrl;
use crate::session::Credentials;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// A `PUT` waits for the clusters (5 s by default) and for the destination; far beyond that nobody answers any more.
const TIMEOUT: Duration = Duration::from_secs(120);

/// What goes into the `Authorization` header.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Authorization<'a> {
    None,
    Basic(&'a Credentials),
    Bearer(&'a SecretString),
}

/// A connection pool to one server.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    http: reqwest::Client,
    url: ServerUrl,
}

impl Client {
    /// Trusts the system's authorities and, if given, those in a PEM file. Proxy variables are honoured except for this machine.
    pub(crate) fn new(
        url: &ServerUrl,
        certificate_authority_path: Option<&Path>,
        client_certificate: Option<&(PathBuf, PathBuf)>,
    ) -> Result<Self, Failure> {
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("openmds/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(TIMEOUT)
            // A followed redirect would turn a PUT into a GET and look like success.
            .redirect(redirect::Policy::none());
        if url.is_loopback() {
            builder = builder.no_proxy();
        }
        builder = trust(builder, url, certificate_authority_path)?;
        if let Some((certificate, key)) = client_certificate {
            builder = builder.identity(identity(certificate, key)?);
        }
        let http = builder.build().map_err(|error| {
            connection_failure::cannot_set_up(&error, certificate_authority_path)
        })?;
        Ok(Self {
            http,
            url: url.clone(),
        })
    }

    /// Sends one request. An answer of any status is `Ok`.
    pub(crate) async fn send(
        &self,
        request: &Request,
        authorization: Authorization<'_>,
    ) -> Result<Answer, Failure> {
        let url = request
            .url(self.url.as_str())
            .ok_or_else(|| Failure::new(format!("{} cannot be used as a base URL", self.url)))?;
        let mut sending = self
            .http
            .request(request.method.clone(), url)
            .header(ACCEPT, "application/json");
        sending = match authorization {
            Authorization::None => sending,
            Authorization::Basic(credentials) => sending.basic_auth(
                &credentials.username,
                Some(credentials.password.expose_secret()),
            ),
            Authorization::Bearer(token) => sending.bearer_auth(token.expose_secret()),
        };
        if let Some(body) = &request.body {
            sending = sending
                .header(CONTENT_TYPE, "application/json")
                .body(body.clone());
        }
        let explained = |error| connection_failure::explain(&error, &self.url);
        let response = sending.send().await.map_err(explained)?;
        let status = response.status();
        let (warnings, pending_clusters) = ours(response.headers());
        let body = response.bytes().await.map_err(explained)?;
        Ok(Answer {
            status,
            body: String::from_utf8_lossy(&body).into_owned(),
            warnings,
            pending_clusters,
        })
    }
}

fn ours(headers: &HeaderMap) -> (Vec<String>, Option<u64>) {
    let warnings = headers
        .get_all(paths::WARNING)
        .iter()
        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
        .collect();
    let pending_clusters = headers
        .get(paths::PENDING_CLUSTERS)
        .and_then(|value| value.to_str().ok()?.trim().parse().ok());
    (warnings, pending_clusters)
}

fn trust(
    builder: ClientBuilder,
    url: &ServerUrl,
    certificate_authority_path: Option<&Path>,
) -> Result<ClientBuilder, Failure> {
    if !url.is_https() {
        // Machines without any system authorities must be able to speak plain HTTP.
        return Ok(builder.tls_certs_only([]));
    }
    let Some(path) = certificate_authority_path else {
        return Ok(builder);
    };
    let pem = read(path, "certificate authority")?;
    let authorities = Certificate::from_pem_bundle(&pem).unwrap_or_default();
    if authorities.is_empty() {
        return Err(Failure::new(format!(
            "{} holds no certificate in PEM form",
            path.display()
        ))
        .hint("Give --certificate-authority-path (or OPENMDS_CA) a file with lines -----BEGIN CERTIFICATE-----"));
    }
    Ok(builder.tls_certs_merge(authorities))
}

fn identity(certificate: &Path, key: &Path) -> Result<Identity, Failure> {
    let mut pem = read(certificate, "client certificate")?;
    pem.push(b'\n');
    pem.extend(read(key, "client key")?);
    Identity::from_pem(&pem).map_err(|_| {
        Failure::new(format!(
            "{} and {} do not hold a certificate and its private key in PEM form",
            certificate.display(),
            key.display()
        ))
        .hint("Check --client-cert-path and --client-key-path; the key must not be encrypted")
    })
}

fn read(path: &Path, what: &str) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(|error| {
        Failure::new(format!(
            "cannot read the {what} {}: {error}",
            path.display()
        ))
        .hint("Check the path; the file must be readable by you")
    })
}

//! Why no answer came: server away, certificate not trusted, not a metadata server.

use std::error::Error;
use std::path::Path;

use rustls::{CertificateError, Error as TlsError};

use crate::environment::proxy_variable;
use crate::failure::Failure;
use crate::server_url::ServerUrl;

const NAME_THE_FLAG: &str = "Log in again with --certificate-authority-path FILE (or OPENMDS_CA=FILE), the authority that signed the server's certificate";

/// The client could not even be made.
pub(super) fn cannot_set_up(
    error: &reqwest::Error,
    certificate_authority_path: Option<&Path>,
) -> Failure {
    match certificate_authority_path {
        None => Failure::new(format!(
            "this machine has no certificate authorities to trust: {}",
            root_cause(error)
        ))
        .hint(NAME_THE_FLAG),
        Some(path) => Failure::new(format!(
            "the certificates of {} cannot be used: {}",
            path.display(),
            root_cause(error)
        )),
    }
}

/// A request that got no complete answer.
pub(super) fn explain(error: &reqwest::Error, url: &ServerUrl) -> Failure {
    let failure = explain_direct(error, url);
    let proxy = proxy_variable(url.is_https()).filter(|_| !url.is_loopback());
    match proxy {
        Some(variable) if error.is_connect() || error.is_timeout() => failure.hint(format!(
            "{variable} is set: unless NO_PROXY names the host, requests go through that proxy"
        )),
        _ => failure,
    }
}

fn explain_direct(error: &reqwest::Error, url: &ServerUrl) -> Failure {
    if let Some(tls) = chain(error).find_map(tls_error) {
        return explain_tls(tls, url);
    }
    if error.is_timeout() {
        return Failure::new(format!("no answer from {url} in time"))
            .hint("Check that the server is running and that no firewall is in between");
    }
    if error.is_connect() {
        return Failure::new(format!("cannot connect to {url}: {}", root_cause(error)))
            .hint("Check that the server is running and that the URL is right")
            .hint("To use another server run `openmds login --url URL`");
    }
    let mut failure = Failure::new(format!(
        "the connection to {url} failed before the answer was complete: {}",
        root_cause(error)
    ));
    if !url.is_https() {
        failure = failure.hint("If the server speaks TLS on this port, use https:// in the URL");
    }
    failure
        .hint("Whether the server carried out the request is not known: look before you repeat it")
}

fn explain_tls(error: &TlsError, url: &ServerUrl) -> Failure {
    match error {
        TlsError::InvalidCertificate(
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
        ) => Failure::new(format!(
            "the certificate of {url} was issued for another host name"
        ))
        .hint("Use the host name that is in the certificate, or have the server's certificate reissued"),
        TlsError::InvalidCertificate(
            CertificateError::Expired | CertificateError::ExpiredContext { .. },
        ) => Failure::new(format!("the certificate of {url} has expired"))
            .hint("Have the server's certificate renewed; check the clock of this machine"),
        TlsError::InvalidCertificate(reason) => Failure::new(format!(
            "the certificate of {url} is not trusted: {}",
            certificate_reason(reason)
        ))
        .hint(NAME_THE_FLAG),
        TlsError::InvalidMessage(_) => {
            Failure::new(format!("{url} does not speak TLS: {error}"))
                .hint("If the server listens for plain HTTP on this port, use http:// in the URL")
        }
        TlsError::AlertReceived(_) => Failure::new(format!(
            "{url} ended the TLS handshake: {error}"
        ))
        .hint("If the server demands a client certificate, give --client-cert-path and --client-key-path"),
        other => Failure::new(format!("no TLS connection to {url}: {other}")),
    }
}

fn certificate_reason(reason: &CertificateError) -> String {
    match reason {
        // Bad signature: an authority of the same name is trusted, but it is another one.
        CertificateError::UnknownIssuer | CertificateError::BadSignature => {
            "it is signed by an unknown authority".to_owned()
        }
        other => other.to_string(),
    }
}

/// The error and everything below it. What hides inside an I/O error counts too.
fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error| {
        let error: &'a (dyn Error + 'static) = *error;
        match error
            .downcast_ref::<std::io::Error>()
            .and_then(|io| io.get_ref())
        {
            Some(inner) => Some(inner),
            None => error.source(),
        }
    })
}

fn tls_error<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a TlsError> {
    error.downcast_ref::<TlsError>()
}

fn root_cause(error: &reqwest::Error) -> String {
    chain(error)
        .last()
        .map(|cause| match cause.downcast_ref::<std::io::Error>() {
            Some(io) if io.raw_os_error().is_some() => io.kind().to_string(),
            _ => cause.to_string(),
        })
        .unwrap_or_default()
}

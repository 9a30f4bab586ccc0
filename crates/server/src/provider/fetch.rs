//! HTTP to an identity provider.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use openmds_kafka::Tls;

const CONNECT: Duration = Duration::from_secs(5);
const ANSWER: Duration = Duration::from_secs(10);

/// Most bytes of an answer: key sets and tokens are far smaller.
const LARGEST: usize = 1024 * 1024;

/// The identity provider did not answer as one does.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the identity provider cannot be asked now ({0}). Repeat later")]
pub struct ProviderAway(pub String);

/// A request on its way.
pub(super) type Sending =
    Pin<Box<dyn Future<Output = Result<oauth2::HttpResponse, ProviderAway>> + Send>>;

/// HTTP to an identity provider: with a limit on everything, and without following redirects.
#[derive(Debug, Clone)]
pub struct Fetch(reqwest::Client);

impl Fetch {
    /// Trusts these authorities, or those of the system.
    pub fn new(tls: Option<&Tls>) -> Result<Self, String> {
        let mut client = reqwest::Client::builder()
            .connect_timeout(CONNECT)
            .timeout(ANSWER)
            .redirect(reqwest::redirect::Policy::none());
        if let Some(tls) = tls {
            client = client.tls_backend_preconfigured(openmds_kafka::tls_client_config(tls)?);
        }
        client.build().map(Self).map_err(|error| error.to_string())
    }

    /// A document, as it came.
    pub(super) async fn bytes(&self, url: &str) -> Result<Vec<u8>, ProviderAway> {
        let request = self.0.get(url).header("accept", "application/json");
        let response = self.answer(request).await?;
        let status = response.status();
        if !status.is_success() {
            return Err(ProviderAway(format!("{url} answers {status}")));
        }
        Ok(response.into_body())
    }

    /// The OAuth client's way to the provider. Whether the last answer did not come is left in the
    /// flag.
    pub(super) fn http(
        &self,
        away: &Arc<AtomicBool>,
    ) -> impl Fn(oauth2::HttpRequest) -> Sending + Send + Sync + 'static {
        let (fetch, away) = (self.clone(), Arc::clone(away));
        move |request| {
            let (fetch, away) = (fetch.clone(), Arc::clone(&away));
            Box::pin(async move {
                let answered = fetch.send(request).await;
                away.store(answered.is_err(), Ordering::Relaxed);
                answered
            })
        }
    }

    /// Sends a request as it is.
    async fn send(
        &self,
        request: oauth2::HttpRequest,
    ) -> Result<oauth2::HttpResponse, ProviderAway> {
        let (parts, body) = request.into_parts();
        let request = self.0.request(parts.method, parts.uri.to_string());
        self.answer(request.headers(parts.headers).body(body)).await
    }

    async fn answer(
        &self,
        request: reqwest::RequestBuilder,
    ) -> Result<oauth2::HttpResponse, ProviderAway> {
        let away = |error: reqwest::Error| ProviderAway(causes(&error));
        let mut response = request.send().await.map_err(away)?;
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(away)? {
            if body.len() + chunk.len() > LARGEST {
                return Err(ProviderAway(format!(
                    "an answer has more than {LARGEST} bytes"
                )));
            }
            body.extend_from_slice(&chunk);
        }
        let mut answer = oauth2::HttpResponse::new(body);
        *answer.status_mut() = response.status();
        *answer.headers_mut() = response.headers().clone();
        Ok(answer)
    }
}

/// An error and what caused it; the first alone says nothing.
pub(crate) fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    text
}

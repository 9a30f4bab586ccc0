//! A client of the server's HTTP interface for what the command line does not show: readiness and timing.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use reqwest::{Client, Method, StatusCode};
use serde_json::Value;
use tokio::runtime::Runtime;

/// Speaks to one server; each call waits for its answer.
#[derive(Debug)]
pub struct Http {
    runtime: Runtime,
    client: Client,
    base: String,
    token: Option<String>,
}

/// Status and body of an answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status code.
    pub status: StatusCode,
    /// The body; `Null` where it is no JSON.
    pub body: Value,
}

impl Http {
    /// A client without credentials.
    pub fn new(base: &str) -> Result<Self> {
        Ok(Self {
            runtime: tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?,
            // A connection for each call: nobody notices between calls that the server has closed one.
            client: Client::builder()
                .timeout(Duration::from_secs(30))
                .pool_max_idle_per_host(0)
                .build()?,
            base: base.to_owned(),
            token: None,
        })
    }

    /// Logs in with a password; later calls carry the token.
    pub fn log_in(&mut self, user: &str, password: &str) -> Result<()> {
        let url = format!("{}/security/1.0/authenticate", self.base);
        let request = self.client.get(url).basic_auth(user, Some(password));
        let answer = self.send(request)?;
        match answer.body.get("auth_token").and_then(Value::as_str) {
            Some(token) => {
                self.token = Some(token.to_owned());
                Ok(())
            }
            None => bail!("{user} cannot log in: {} {}", answer.status, answer.body),
        }
    }

    /// `GET` of a path below `/security/1.0/`.
    pub fn get(&self, path: &str) -> Result<Answer> {
        self.request(Method::GET, path, None)
    }

    /// `PUT` of a JSON body.
    pub fn put(&self, path: &str, body: &Value) -> Result<Answer> {
        self.request(Method::PUT, path, Some(body))
    }

    /// `POST` of a JSON body.
    pub fn post(&self, path: &str, body: &Value) -> Result<Answer> {
        self.request(Method::POST, path, Some(body))
    }

    /// `DELETE` with a JSON body.
    pub fn delete(&self, path: &str, body: &Value) -> Result<Answer> {
        self.request(Method::DELETE, path, Some(body))
    }

    /// `POST` of a form to an absolute path, without credentials beside it.
    pub fn post_form(&self, path: &str, form: &[(&str, &str)]) -> Result<Answer> {
        let url = format!("{}{path}", self.base);
        self.send(self.client.post(url).form(form))
    }

    /// The token of the user who logged in.
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// The text at an absolute path, whatever it is.
    pub fn text(&self, path: &str) -> Result<String> {
        let request = self.with_token(self.client.get(format!("{}{path}", self.base)));
        self.runtime.block_on(async {
            let response = request.send().await?.error_for_status()?;
            Ok(response.text().await?)
        })
    }

    fn with_token(&self, request: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    fn request(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Answer> {
        let url = format!("{}/security/1.0/{path}", self.base);
        let mut request = self.with_token(self.client.request(method, url));
        if let Some(body) = body {
            request = request.json(body);
        }
        self.send(request)
    }

    fn send(&self, request: reqwest::RequestBuilder) -> Result<Answer> {
        self.runtime.block_on(async {
            let response = request
                .send()
                .await
                .with_context(|| format!("the server at {} does not answer", self.base))?;
            let status = response.status();
            let text = response.text().await?;
            Ok(Answer {
                status,
                body: serde_json::from_str(&text).unwrap_or(Value::Null),
            })
        })
    }
}

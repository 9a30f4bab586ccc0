//! What the server said.

use reqwest::StatusCode;
use serde::de::DeserializeOwned;

use crate::failure::Failure;

/// An answer of any status.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: String,
    /// The `openmds-warning` headers.
    pub(crate) warnings: Vec<String>,
    /// The `openmds-pending-clusters` header: clusters that were left for the background round.
    pub(crate) pending_clusters: Option<u64>,
}

impl Answer {
    /// `403 Forbidden`.
    pub(crate) fn status_line(&self) -> String {
        match self.status.canonical_reason() {
            Some(reason) => format!("{} {reason}", self.status.as_u16()),
            None => self.status.as_u16().to_string(),
        }
    }

    /// The body, read as `T`.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        serde_json::from_str(&self.body).map_err(|error| not_understood(&error))
    }

    /// The body, if it is JSON at all.
    pub(crate) fn json_text(&self) -> Result<&str, Failure> {
        serde_json::from_str::<serde::de::IgnoredAny>(&self.body)
            .map(|_| self.body.as_str())
            .map_err(|error| not_understood(&error))
    }
}

fn not_understood(error: &serde_json::Error) -> Failure {
    // serde_json's text for a value of the wrong type can quote it: only the place is safe to show.
    let place = if error.is_eof() {
        "it ends too early".to_owned()
    } else {
        format!("line {}, column {}", error.line(), error.column())
    };
    Failure::new(format!("the server's answer is not understood: {place}"))
        .hint("Check that the URL is that of a metadata server (and not of a proxy in front of it)")
}

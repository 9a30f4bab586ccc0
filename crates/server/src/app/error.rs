//! Why a use case did not happen, without HTTP.

use std::fmt;
use std::time::Duration;

use openmds_policy::audit::FieldError;

use crate::store::StoreError;

/// What kind of refusal it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// No such thing.
    NotFound,
    /// It contradicts what is there.
    Conflict,
    /// The request makes no sense.
    InvalidRequest,
    /// The caller may not.
    Forbidden,
    /// Nobody knows who is calling.
    Unauthenticated,
    /// It speaks a version of a format that is not known here.
    OtherVersion,
    /// Too often for now.
    TooMany,
    /// Something the use case needs does not answer.
    Unavailable,
    /// A fault of this service.
    Internal,
}

/// A refusal: a message for the client, faults by field, and more for the log.
#[derive(Debug, Clone)]
pub struct AppError {
    /// What kind.
    pub kind: Kind,
    /// For the client: what happened and what to do next.
    pub message: String,
    /// One entry a fault of the request, if there are several.
    pub faults: Vec<FieldError>,
    /// How long to wait before it makes sense to ask again, if that is known.
    pub retry_after: Option<Duration>,
}

impl fmt::Display for AppError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl AppError {
    fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            faults: Vec::new(),
            retry_after: None,
        }
    }

    /// See [`Kind::NotFound`].
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(Kind::NotFound, message)
    }

    /// See [`Kind::Conflict`].
    pub fn conflict(message: impl Into<String>) -> Self {
        Self::new(Kind::Conflict, message)
    }

    /// See [`Kind::InvalidRequest`].
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(Kind::InvalidRequest, message)
    }

    /// See [`Kind::InvalidRequest`]; the message repeats every fault.
    #[must_use]
    pub fn invalid_fields(what: &str, faults: Vec<FieldError>) -> Self {
        let lines: String = faults.iter().map(|fault| format!("\n{fault}")).collect();
        Self {
            faults,
            ..Self::invalid(format!("{what}:{lines}"))
        }
    }

    /// See [`Kind::Forbidden`].
    pub fn forbidden(message: impl Into<String>) -> Self {
        Self::new(Kind::Forbidden, message)
    }

    /// See [`Kind::Unauthenticated`].
    pub fn unauthenticated(message: impl Into<String>) -> Self {
        Self::new(Kind::Unauthenticated, message)
    }

    /// See [`Kind::TooMany`].
    pub fn too_many(message: impl Into<String>) -> Self {
        Self::new(Kind::TooMany, message)
    }

    /// The same, with how long to wait.
    #[must_use]
    pub fn after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    /// See [`Kind::OtherVersion`].
    pub fn other_version(message: impl Into<String>) -> Self {
        Self::new(Kind::OtherVersion, message)
    }

    /// See [`Kind::Unavailable`].
    pub fn unavailable(message: impl Into<String>) -> Self {
        Self::new(Kind::Unavailable, message)
    }

    /// See [`Kind::Internal`].
    pub fn internal(message: impl Into<String>) -> Self {
        Self::new(Kind::Internal, message)
    }
}

impl From<StoreError> for AppError {
    fn from(error: StoreError) -> Self {
        Self::internal(format!("nothing was changed: {error}"))
    }
}

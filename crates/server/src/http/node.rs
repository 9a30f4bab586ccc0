//! Which node of a Kafka cluster is asking: by its certificate of the enrolment authority, and by
//! nothing else.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use openmds_policy::names::ClusterId;

use super::error::HttpError;
use super::identity::request_context;
use super::peer::{Peer, RefusedCertificate};
use crate::app::{App, AppError, RequestContext};
use crate::enrolment::Serial;

/// A node that may come in, as an extractor: a handler that takes it refuses everybody else.
pub(super) struct Node {
    /// The Kafka cluster that it belongs to.
    pub(super) cluster: ClusterId,
    /// Its id in that cluster.
    pub(super) node_id: i32,
    /// Which of its certificates it showed.
    pub(super) serial: Serial,
    /// The request at hand.
    pub(super) request: RequestContext,
}

impl FromRequestParts<Arc<App>> for Node {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, HttpError> {
        let peer = parts.extensions.get::<Peer>();
        let Some(shown) = peer.and_then(|peer| peer.node.clone()) else {
            let refused = parts.extensions.get::<RefusedCertificate>();
            return Err(nobody(refused).into());
        };
        let request = request_context(parts);
        app.admit_node(request.clone(), &shown)?;
        let user = format!("node {} of {}", shown.node, shown.cluster);
        tracing::Span::current().record("user", user);
        Ok(Self {
            cluster: shown.cluster,
            node_id: shown.node,
            serial: shown.serial,
            request,
        })
    }
}

fn nobody(refused: Option<&RefusedCertificate>) -> AppError {
    let message = "only nodes may ask this, and they show the certificate that they got when they joined, over https";
    AppError::unauthenticated(match refused {
        None => message.to_string(),
        Some(RefusedCertificate(reason)) => {
            format!("{message}; the one that was shown does not count ({reason})")
        }
    })
}

//! Telling the front desk who is at the other end.

use std::sync::Arc;
use std::task::{Context, Poll};

use axum::http::Request;
use tower::Service;

use crate::http::{Encrypted, Peer, RefusedCertificate};

/// A service that finds its connection's other end in every request.
#[derive(Clone)]
pub(super) struct Known<S> {
    pub(super) service: S,
    pub(super) peer: Arc<Peer>,
    pub(super) encrypted: bool,
    pub(super) refused: Option<RefusedCertificate>,
}

impl<S: Service<Request<B>>, B> Service<Request<B>> for Known<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.service.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        let extensions = request.extensions_mut();
        extensions.insert(Peer::clone(&self.peer));
        if self.encrypted {
            extensions.insert(Encrypted);
        }
        if let Some(refused) = &self.refused {
            extensions.insert(refused.clone());
        }
        self.service.call(request)
    }
}

//! A router that remembers what was put into it.

use std::sync::Arc;

use axum::Router;
use axum::handler::Handler;
use axum::http::Method;
use axum::routing::{MethodRouter, delete, get, post, put};

use crate::app::App;

/// Routes, and their list: the description of the API and the tests must know all of them.
#[derive(Default)]
pub(super) struct Routes {
    pub(super) router: Router<Arc<App>>,
    pub(super) known: Vec<(Method, &'static str)>,
}

impl Routes {
    fn add(mut self, method: Method, path: &'static str, door: MethodRouter<Arc<App>>) -> Self {
        self.known.push((method, path));
        self.router = self.router.route(path, door);
        self
    }

    pub(super) fn get<H: Handler<T, Arc<App>>, T: 'static>(
        self,
        path: &'static str,
        handler: H,
    ) -> Self {
        self.add(Method::GET, path, get(handler))
    }

    pub(super) fn post<H: Handler<T, Arc<App>>, T: 'static>(
        self,
        path: &'static str,
        handler: H,
    ) -> Self {
        self.add(Method::POST, path, post(handler))
    }

    pub(super) fn put<H: Handler<T, Arc<App>>, T: 'static>(
        self,
        path: &'static str,
        handler: H,
    ) -> Self {
        self.add(Method::PUT, path, put(handler))
    }

    pub(super) fn delete<H: Handler<T, Arc<App>>, T: 'static>(
        self,
        path: &'static str,
        handler: H,
    ) -> Self {
        self.add(Method::DELETE, path, delete(handler))
    }
}

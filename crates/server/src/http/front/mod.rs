//! What happens to every request before its route, and to every answer after it.

mod admit;
mod dress;
mod observe;

use std::sync::Arc;

use tokio::sync::Semaphore;

pub(super) use admit::{BodyTime, admit};
pub(super) use dress::dress;
pub(super) use observe::observe;

use crate::app::App;

/// What the front of one listener works with.
#[derive(Clone)]
pub(super) struct Front {
    pub(super) app: Arc<App>,
    flights: Arc<Semaphore>,
}

impl Front {
    pub(super) fn new(app: Arc<App>) -> Self {
        let flights = Arc::new(Semaphore::new(app.settings.limits.requests));
        Self { app, flights }
    }
}

//! What becomes due with time: keys take over and end, revocations are forgotten.

use std::sync::Arc;
use std::time::Duration;

use super::{App, AppError};

/// How often somebody looks. Nothing depends on it but tidiness: who signs and what verifies is
/// decided by the clock at each token.
const INTERVAL: Duration = Duration::from_secs(10);

impl App {
    /// Keeps looking for what is due, as long as the service lives.
    pub(crate) fn keep_tokens_in_order(self: &Arc<Self>) {
        let app = Arc::downgrade(self);
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(INTERVAL).await;
                let Some(app) = app.upgrade() else {
                    return;
                };
                if let Err(error) = app.put_tokens_in_order().await {
                    tracing::warn!(%error, "tokens could not be put in order; trying again");
                }
            }
        });
    }

    /// Does what is due now.
    pub async fn put_tokens_in_order(self: &Arc<Self>) -> Result<(), AppError> {
        self.turn_keys().await?;
        self.forget_revocations().await
    }
}

//! Finishing what was begun.

use std::future::Future;

use tracing::Instrument as _;

use crate::app::AppError;

/// Runs a change to its end, even if the client hangs up meanwhile: half a change would leave
/// topics without a document, or a document that no cluster hears of before the next round.
pub(super) async fn to_the_end<T: Send + 'static>(
    change: impl Future<Output = Result<T, AppError>> + Send + 'static,
) -> Result<T, AppError> {
    // The log names the request that began it.
    let ended = tokio::spawn(change.in_current_span()).await;
    ended.unwrap_or_else(|error| {
        tracing::error!(%error, "a change broke off");
        Err(AppError::internal(
            "a fault of this service; the log has more",
        ))
    })
}

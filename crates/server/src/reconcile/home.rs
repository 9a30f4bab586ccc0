//! Learning the home cluster's id from the cluster itself.

use std::sync::Arc;
use std::time::Duration;

use openmds_kafka::{Connection, Connector, KafkaError};
use openmds_policy::names::ClusterId;

use super::backoff;
use super::dispatch::Dispatch;
use crate::store::{Record, State, Store, StoreError};
use crate::time::Clock;

/// Asks until the cluster answers; the answer is kept, so that a later start needs none.
pub(super) async fn learn(
    connector: Arc<dyn Connector>,
    home: Connection,
    store: Arc<Store>,
    dispatch: Arc<Dispatch>,
    clock: Arc<dyn Clock>,
) {
    let mut attempts = 0;
    loop {
        match ask(&*connector, &home).await {
            Ok(id) => {
                let changed = |state: &State| -> Result<Vec<Record>, StoreError> {
                    let known = state.home() == Some(&id);
                    Ok(if known {
                        vec![]
                    } else {
                        vec![Record::Home {
                            cluster: id.clone(),
                        }]
                    })
                };
                match store.update("server", clock.now(), changed).await {
                    Ok(_) => {
                        dispatch.note_home_error(None);
                        dispatch.ring();
                        return;
                    }
                    Err(error) => dispatch.note_home_error(Some(error.to_string())),
                }
            }
            Err(error) => {
                tracing::warn!(%error, "the home cluster does not answer yet");
                dispatch.note_home_error(Some(error.to_string()));
            }
        }
        attempts += 1;
        let wait: Duration = backoff::wait(attempts);
        tokio::time::sleep(wait).await;
    }
}

async fn ask(connector: &dyn Connector, home: &Connection) -> Result<ClusterId, KafkaError> {
    let admin = connector.connect(home).await?;
    let description = admin.describe_cluster().await;
    admin.close().await;
    Ok(ClusterId::new(&description?.cluster_id))
}

//! Snapshots as bytes. A cluster that was switched on asks for the same one many times at once.

use std::collections::BTreeMap;
use std::sync::{Arc, Weak};

use bytes::Bytes;
use openmds_policy::feed::{Message, encode};
use openmds_policy::names::ClusterId;
use tokio::sync::Mutex;

use super::view::snapshot;
use crate::store::{Generation, State};

type Made = (Generation, Weak<[u8]>);

/// Snapshots that somebody is still being given.
#[derive(Default)]
pub struct Snapshots(Mutex<BTreeMap<ClusterId, Made>>);

impl Snapshots {
    /// The cluster's snapshot at the state's generation. One is made at a time, since a large one
    /// takes its own size in memory.
    pub async fn of(&self, state: &Arc<State>, cluster: &ClusterId, issued_ms: i64) -> Bytes {
        let mut made = self.0.lock().await;
        made.retain(|_, (_, bytes)| bytes.strong_count() > 0);
        if let Some((generation, bytes)) = made.get(cluster)
            && *generation == state.generation()
            && let Some(bytes) = bytes.upgrade()
        {
            return Bytes::from_owner(bytes);
        }
        let (of, id) = (Arc::clone(state), cluster.clone());
        let make = move || encode(&Message::Snapshot(snapshot(&of, &id, issued_ms)));
        let bytes = tokio::task::spawn_blocking(make).await.unwrap_or_default();
        let bytes: Arc<[u8]> = bytes.into();
        made.insert(
            cluster.clone(),
            (state.generation(), Arc::downgrade(&bytes)),
        );
        Bytes::from_owner(bytes)
    }
}

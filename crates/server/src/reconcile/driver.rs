//! Starts rounds: on the bell, on the clock, and again where something was left to do. Beside them
//! runs the one task that takes the server's own audit events away.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use openmds_kafka::{Connection, Connector};
use openmds_policy::names::ClusterId;
use tokio::sync::Semaphore;
use tokio::task::{self, JoinSet};
use tokio::time::{Instant, sleep_until};

use super::connections::Connections;
use super::dispatch::Dispatch;
use super::round::Room;
use super::status::ClusterState;
use super::target::{Target, targets};
use super::{backoff, home};
use crate::config::Settings;
use crate::enrolment::DocumentSigner;
use crate::store::Store;
use crate::time::Clock;
use crate::tokens::Issuer;
use crate::trail::Trail;

/// Most clusters worked on at once.
const AT_ONCE: usize = 32;

/// When a cluster is due, and how often it was left unsettled.
#[derive(Debug, Clone, Copy)]
struct Schedule {
    due: Instant,
    unsettled: u32,
}

/// Runs rounds until it is dropped.
pub struct Driver {
    settings: Settings,
    issuer: Arc<Issuer>,
    home: Connection,
    connector: Arc<dyn Connector>,
    room: Arc<Room>,
    trail: Arc<Trail>,
}

impl Driver {
    /// A driver for these clusters.
    #[must_use]
    #[expect(
        clippy::too_many_arguments,
        reason = "one for each room; they are named at the one place that calls"
    )]
    pub(crate) fn new(
        settings: Settings,
        issuer: Arc<Issuer>,
        home: Connection,
        connector: Arc<dyn Connector>,
        store: Arc<Store>,
        dispatch: Arc<Dispatch>,
        clock: Arc<dyn Clock>,
        trail: Arc<Trail>,
        signer: Option<DocumentSigner>,
    ) -> Self {
        let connections = Connections::new(Arc::clone(&connector));
        Self {
            settings,
            issuer,
            home,
            connector,
            room: Arc::new(Room {
                store,
                dispatch,
                connections,
                clock,
                signer,
            }),
            trail,
        }
    }

    /// Runs for ever.
    pub async fn run(self) {
        let room = &self.room;
        let learning = home::learn(
            Arc::clone(&self.connector),
            self.home.clone(),
            Arc::clone(&room.store),
            Arc::clone(&room.dispatch),
            Arc::clone(&room.clock),
        );
        tokio::join!(learning, self.rounds(), self.trail.run());
    }

    async fn rounds(&self) {
        let permits = Arc::new(Semaphore::new(AT_ONCE));
        let mut schedules: BTreeMap<ClusterId, Schedule> = BTreeMap::new();
        let mut running: JoinSet<bool> = JoinSet::new();
        let mut busy: BTreeMap<ClusterId, task::Id> = BTreeMap::new();
        loop {
            let targets = self.present();
            schedules.retain(|id, _| targets.iter().any(|target| target.id == *id));
            self.room.connections.keep(&targets).await;
            let now = Instant::now();
            for target in targets {
                let schedule = schedules.entry(target.id.clone()).or_insert(Schedule {
                    due: now,
                    unsettled: 0,
                });
                if schedule.due > now || busy.contains_key(&target.id) {
                    continue;
                }
                // A bell that rings during the round makes the cluster due again.
                schedule.due = now + self.settings.reconcile_interval;
                let (room, permits) = (Arc::clone(&self.room), Arc::clone(&permits));
                let id = target.id.clone();
                let round = running.spawn(async move {
                    let _permit = permits.acquire().await;
                    room.run(&target).await
                });
                busy.insert(id, round.id());
            }
            let waiting = schedules.iter().filter(|(id, _)| !busy.contains_key(*id));
            let next = waiting
                .map(|(_, schedule)| schedule.due)
                .min()
                .unwrap_or(now + Duration::from_secs(60));
            tokio::select! {
                () = self.room.dispatch.bell.notified() => {
                    for schedule in schedules.values_mut() {
                        *schedule = Schedule { due: Instant::now(), unsettled: 0 };
                    }
                }
                Some(ended) = running.join_next_with_id() => {
                    // A round that panicked has settled nothing, and must not be its cluster's last.
                    let (round, settled) = ended.unwrap_or_else(|error| (error.id(), false));
                    let id = busy.iter().find(|(_, busy)| **busy == round).map(|(id, _)| id.clone());
                    if let Some(id) = id {
                        busy.remove(&id);
                        let outcome = if settled { "settled" } else { "unsettled" };
                        self.room.dispatch.metrics.round(outcome);
                        self.reschedule(&mut schedules, &id, settled);
                    }
                }
                () = sleep_until(next) => {}
            }
        }
    }

    /// Reads what is desired, and forgets clusters that are no longer registered.
    fn present(&self) -> Vec<Target> {
        let state = self.room.store.read();
        let targets = targets(&self.settings, &self.issuer, &self.home, &state);
        self.room.dispatch.fleet.send_if_modified(|fleet| {
            let before = fleet.len();
            fleet.retain(|id, _| targets.iter().any(|target| target.id == *id));
            let mut changed = fleet.len() != before;
            for target in &targets {
                let cluster = fleet.entry(target.id.clone()).or_insert_with(|| {
                    changed = true;
                    ClusterState::new(&target.name)
                });
                cluster.name.clone_from(&target.name);
            }
            changed
        });
        targets
    }

    fn reschedule(
        &self,
        schedules: &mut BTreeMap<ClusterId, Schedule>,
        id: &ClusterId,
        settled: bool,
    ) {
        let Some(schedule) = schedules.get_mut(id) else {
            return;
        };
        let now = Instant::now();
        if settled {
            schedule.unsettled = 0;
        } else {
            schedule.unsettled += 1;
            schedule.due = schedule.due.min(now + backoff::wait(schedule.unsettled));
        }
        let wait = schedule.due.saturating_duration_since(now);
        let at = self.room.clock.now().checked_add(wait).ok();
        self.room.note(id, |cluster| cluster.next_attempt = at);
    }
}

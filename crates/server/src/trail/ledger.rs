//! The server's own numbers: given where events leave the queue, by the one task that drains it, as
//! nodes do it. What is lost is named, the account is told each minute and at the end, and the chain
//! is signed.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use openmds_policy::companion::Format;
use openmds_trail::{Account, Epoch, EpochFile, Opening, Reason, Stamper};
use tokio::time::Instant;

use super::epoch_at_rest::{file_name, keep};
use super::losses::Losses;
use super::queue::{Event, Missed};
use crate::config::Settings;
use crate::enrolment::{EnrolmentAuthority, ServerKey};
use crate::store::State;
use crate::time::Clock;

/// Between two accounts, and between two checkpoints of an emitter at rest.
const PERIOD: Duration = Duration::from_secs(60);

/// Numbers between two checkpoints.
const SIGNED_AFTER: u64 = 1_000;

/// Who emits, and where its own events go at the moment.
pub(super) struct Whence {
    /// The home cluster's id; empty as long as nobody knows it.
    pub(super) home: String,
    /// Its name.
    pub(super) source: String,
    pub(super) topic: String,
    pub(super) format: Format,
}

/// One epoch.
pub(super) struct Running {
    pub(super) stamper: Stamper,
    file: PathBuf,
    /// The number up to which the chain is signed.
    pub(super) signed: u64,
    /// When the next account is due.
    due: Instant,
    /// When it was last asked what found no room.
    pub(super) looked_micros: i64,
    /// Fingerprint of the certificate that the trail has.
    pub(super) certificate: Option<String>,
}

/// Gives numbers from the first event on.
pub(super) struct Ledger {
    directory: PathBuf,
    store: String,
    pub(super) key: Option<ServerKey>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) running: Option<Running>,
    pub(super) losses: Losses,
}

impl Ledger {
    /// Of the server over that store.
    pub(super) fn new(
        settings: &Settings,
        state: &State,
        clock: Arc<dyn Clock>,
        authority: &Arc<EnrolmentAuthority>,
    ) -> Self {
        let store = state.server().unwrap_or_default();
        let key = ServerKey::generate(Arc::clone(authority), store).inspect_err(
            |error| tracing::warn!(%error, "the server's own audit trail cannot be signed"),
        );
        Self {
            directory: settings.store_path.clone(),
            store: store.to_string(),
            key: key.ok(),
            clock,
            running: None,
            losses: Losses::default(),
        }
    }

    /// When something is to be said although nothing happens.
    pub(super) fn due(&self) -> Option<Instant> {
        self.running.as_ref().map(|running| running.due)
    }

    /// Numbers what left the queue, and names what found no room in it.
    pub(super) fn number(
        &mut self,
        whence: &Whence,
        taken: Vec<Event>,
        missed: &Missed,
        out: &mut VecDeque<Event>,
    ) {
        if self.running.is_none() {
            if taken.is_empty() && missed.count == 0 {
                return;
            }
            self.open(whence, out);
        }
        for mut event in taken {
            self.stamp(&mut event, 1);
            out.push_back(event);
            if self.unsigned() >= SIGNED_AFTER {
                self.sign(whence, out);
            }
        }
        self.miss(whence, missed, out);
    }

    /// Says what is due.
    pub(super) fn say(&mut self, whence: &Whence, account: &Account, out: &mut VecDeque<Event>) {
        let now = Instant::now();
        match &mut self.running {
            Some(running) if running.due <= now => running.due = now + PERIOD,
            _ => return,
        }
        self.tell_account(whence, account, false, out);
        self.sign(whence, out);
    }

    /// Says the last things of the epoch.
    pub(super) fn close(&mut self, whence: &Whence, account: &Account, out: &mut VecDeque<Event>) {
        if self.running.is_none() {
            return;
        }
        self.tell_losses(whence, out);
        self.tell_account(whence, account, true, out);
        // Somebody who cut the end off would have to sign another one.
        self.sign(whence, out);
    }

    /// Keeps where the epoch ended, so that the next one can name it.
    pub(super) fn ended(&mut self) {
        if let Some(running) = self.running.take() {
            keep(&running.stamper, &running.file, true);
        }
    }

    /// An event that the destination did not take.
    pub(super) fn lose(&mut self, event: &Event) {
        if let Some(numbers) = event.numbers {
            let now = self.clock.now().as_microsecond();
            self.losses
                .add(Reason::Fallback, numbers, &event.topic, now);
        }
    }

    /// How many numbers nobody has signed for.
    fn unsigned(&self) -> u64 {
        let running = self.running.as_ref();
        running.map_or(0, |running| {
            running.stamper.end().last.saturating_sub(running.signed)
        })
    }

    fn open(&mut self, whence: &Whence, out: &mut VecDeque<Event>) {
        let cluster = match whence.home.as_str() {
            "" => "unknown",
            id => id,
        };
        let file = self.directory.join(file_name(cluster));
        let former = std::fs::read_to_string(&file).ok();
        let former = former.as_deref().and_then(EpochFile::parse);
        let now = self.clock.now();
        let now_ms = u64::try_from(now.as_millisecond()).unwrap_or(0);
        let emitter = format!("{cluster}/server-{}", self.store);
        let opening = Opening {
            emitter: &emitter,
            epoch: Epoch::after(former.map(|file| file.epoch), now_ms),
            previous: former.map(|file| file.epoch),
            end: former.and_then(|file| file.end),
        };
        let running = self.running.insert(Running {
            stamper: Stamper::new(&opening),
            file,
            signed: 0,
            due: Instant::now() + PERIOD,
            looked_micros: now.as_microsecond(),
            certificate: None,
        });
        keep(&running.stamper, &running.file, false);
        self.tell_opening(whence, &opening, out);
    }

    pub(super) fn stamp(&mut self, event: &mut Event, count: u64) {
        if let Some(running) = &mut self.running {
            let first = running.stamper.stamp(&mut event.line, 0, count);
            event.numbers = Some((first, running.stamper.end().last));
        }
    }
}

//! A client that asks for one name after another, as fast as it is answered, from whichever broker is there.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::Result;

use super::truth::{ASKERS, Mode, Talk, Told, topic};
use crate::playground::Playground;
use crate::raw_client::RawClient;
use crate::shape::{ALLOWED_CLIENT, Listener, PAYMENTS};

/// Before a client tries the next broker.
const PAUSE: Duration = Duration::from_millis(50);

/// Kafka's error code.
const TOPIC_AUTHORIZATION_FAILED: i16 = 29;

/// The brokers of `payments`.
pub(super) const BROKERS: [i32; 2] = [1, 2];

/// What all clients together have done so far.
#[derive(Debug, Default)]
pub(super) struct Count {
    pub(super) best_effort: AtomicU64,
    pub(super) durable: AtomicU64,
    pub(super) required: AtomicU64,
    pub(super) refused: AtomicU64,
}

impl Count {
    fn of(&self, mode: Mode) -> &AtomicU64 {
        match mode {
            Mode::BestEffort => &self.best_effort,
            Mode::Durable => &self.durable,
            Mode::Required => &self.required,
        }
    }
}

fn connect(playground: &Playground, broker: i32, user: &str) -> Result<RawClient> {
    let payments = playground.cluster(PAYMENTS.name)?;
    let ports = &payments.node(broker)?.plan().ports;
    let port = ports.get(&Listener::Client).copied().unwrap_or_default();
    let mut connection = RawClient::connect(port)?;
    connection.scram(user, playground.blueprint().password(user)?)?;
    Ok(connection)
}

/// Gives every broker something to record: with that it says how its last epoch ended.
pub(super) fn wake(playground: &Playground) -> Result<()> {
    for broker in BROKERS {
        let name = format!("{}end", Mode::Durable.prefix());
        connect(playground, broker, ALLOWED_CLIENT)?.metadata(&name)?;
    }
    Ok(())
}

/// One client of a run.
#[derive(Debug)]
pub(super) struct Asker<'a> {
    pub(super) playground: &'a Playground,
    pub(super) run: &'a str,
    pub(super) client: usize,
    pub(super) count: &'a Count,
    pub(super) is_over: &'a AtomicBool,
}

/// Milliseconds since 1970.
pub(super) fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    })
}

impl Asker<'_> {
    /// Asks until it is over; what it was told.
    pub(super) fn ask(&self) -> Told {
        let (mode, user) = ASKERS
            .get(self.client)
            .copied()
            .unwrap_or((Mode::Durable, ALLOWED_CLIENT));
        let mut told = Told {
            mode,
            user,
            talks: Vec::new(),
        };
        let mut request = 0;
        // Clients of a mode begin with different brokers, and go on with the next one.
        for &broker in BROKERS.iter().cycle().skip(self.client) {
            if self.is_over.load(Ordering::Relaxed) {
                break;
            }
            let since_ms = now_ms();
            let Ok(connection) = connect(self.playground, broker, user) else {
                thread::sleep(PAUSE);
                continue;
            };
            let mut talk = Talk {
                broker,
                since_ms,
                first: request,
                ..Talk::default()
            };
            self.talk(connection, mode, &mut talk);
            request = talk.requests().end;
            told.talks.push(talk);
        }
        told
    }

    fn talk(&self, mut connection: RawClient, mode: Mode, talk: &mut Talk) {
        while !self.is_over.load(Ordering::Relaxed) {
            let request = talk.requests().end;
            talk.asked += 1;
            let name = topic(mode, self.run, self.client, request);
            let Ok(code) = connection.metadata(&name) else {
                return;
            };
            talk.answered += 1;
            self.count.of(mode).fetch_add(1, Ordering::Relaxed);
            if code == TOPIC_AUTHORIZATION_FAILED {
                talk.refused.insert(request);
                let is_refusal = u64::from(mode == Mode::Required);
                self.count.refused.fetch_add(is_refusal, Ordering::Relaxed);
            }
        }
    }
}

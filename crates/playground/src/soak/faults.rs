//! What happens to brokers and destination meanwhile, as a seed says.

use std::fmt;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Result;

use super::asker::{BROKERS, now_ms};
use crate::node::Node;
use crate::playground::Playground;
use crate::progress::Progress;
use crate::seeded::Seeded;
use crate::shape::{LOGS, PAYMENTS};

/// A node that takes longer than this to stop may have been killed at last.
const ORDERLY: Duration = Duration::from_secs(14);

const DESTINATION: &str = "destination";

/// What is done to a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// Ended without warning.
    Kill,
    /// Ended in order.
    Stop,
    /// Stopped where it stands, with all its connections.
    Freeze,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Kill => "killed",
            Self::Stop => "stopped",
            Self::Freeze => "frozen",
        })
    }
}

/// The end of a broker of `payments`, and when: milliseconds since 1970, after its last sign of life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ended {
    pub(super) broker: i32,
    pub(super) at_ms: u64,
    /// Nothing if it took so long that it may have been killed at last.
    pub(super) is_kill: Option<bool>,
}

impl Ended {
    /// Just now, asked to at that moment.
    pub(super) fn in_order(broker: i32, since: Instant) -> Self {
        Self {
            broker,
            at_ms: now_ms(),
            is_kill: (since.elapsed() < ORDERLY).then_some(false),
        }
    }
}

/// What one thread does to its nodes.
#[derive(Debug)]
pub(super) struct Faults<'a> {
    pub(super) playground: &'a Playground,
    pub(super) progress: Progress,
    pub(super) is_over: &'a AtomicBool,
    pub(super) ends: &'a Mutex<Vec<Ended>>,
    pub(super) count: &'a AtomicU64,
}

impl Faults<'_> {
    /// Until it is over, one broker after the other: the other one serves meanwhile.
    pub(super) fn befall_brokers(&self, mut seeded: Seeded) -> Result<()> {
        let payments = self.playground.cluster(PAYMENTS.name)?;
        while self.pause(seeded.between(2_000, 9_000)) {
            let node = payments.node(*seeded.one(&BROKERS))?;
            let fault = *seeded.one(&[Fault::Kill, Fault::Kill, Fault::Stop]);
            let away = seeded.between(0, 4_000);
            self.befall(&format!("broker {}", node.id()), node, fault, away)?;
        }
        Ok(())
    }

    /// Until it is over, the destination.
    pub(super) fn befall_destination(&self, mut seeded: Seeded) -> Result<()> {
        let node = self.playground.cluster(LOGS.name)?.node(1)?;
        while self.pause(seeded.between(4_000, 12_000)) {
            let fault = *seeded.one(&[Fault::Kill, Fault::Freeze, Fault::Stop]);
            let away = seeded.between(500, 20_000);
            self.befall(DESTINATION, node, fault, away)?;
        }
        Ok(())
    }

    fn befall(&self, who: &str, node: &Node, fault: Fault, away_ms: u64) -> Result<()> {
        self.count.fetch_add(1, Ordering::Relaxed);
        self.progress
            .note(format_args!("{who} is {fault} for {away_ms} ms"));
        match fault {
            Fault::Freeze => {
                node.freeze()?;
                self.pause(away_ms);
                return node.thaw();
            }
            Fault::Kill => {
                node.kill()?;
                self.note(
                    who,
                    Ended {
                        broker: node.id(),
                        at_ms: now_ms(),
                        is_kill: Some(true),
                    },
                );
            }
            Fault::Stop => {
                let since = Instant::now();
                node.stop()?;
                self.note(who, Ended::in_order(node.id(), since));
            }
        }
        self.pause(away_ms);
        node.start()?;
        node.wait_until_ready(&[node.id()])
    }

    fn note(&self, who: &str, ended: Ended) {
        if who != DESTINATION {
            let mut all = self.ends.lock().unwrap_or_else(|e| e.into_inner());
            all.push(ended);
        }
    }

    /// Waits, and answers whether it goes on.
    fn pause(&self, ms: u64) -> bool {
        let until = Instant::now() + Duration::from_millis(ms);
        while Instant::now() < until && !self.is_over.load(Ordering::Relaxed) {
            thread::sleep(Duration::from_millis(50));
        }
        !self.is_over.load(Ordering::Relaxed)
    }
}

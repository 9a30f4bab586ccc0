//! The numbers of one epoch of this node.

use openmds_trail::{Epoch, EpochFile, Opening, Stamper};

use crate::pairs::Pairs;

/// What Java says of the node when it opens an epoch.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    /// So many events can be in memory at once.
    pub(crate) bound: u64,
    /// Fingerprint of the node's certificate, if it has one by then.
    pub(crate) certificate: Option<String>,
}

/// Numbers given, and what the drain thread has seen so far.
#[derive(Debug)]
pub(crate) struct Ledger {
    pub(crate) node: Node,
    pub(crate) former: Option<EpochFile>,
    pub(crate) stamper: Stamper,
    pub(crate) clock: fn() -> i64,
    /// Events that found the queue full, as far as losses name them.
    pub(crate) dropped: u64,
    /// When the counter was read last.
    pub(crate) looked_micros: i64,
}

impl Ledger {
    /// Of a node, `broker-1`, of the cluster: `file` holds its last epoch, as far as it is known.
    pub(crate) fn open(what: &Pairs, cluster_id: &str, slots: usize, clock: fn() -> i64) -> Self {
        /// No event is shorter: that is what its attributes alone take.
        const SHORTEST: u64 = 512;
        let now = clock();
        let node = what.first("node").unwrap_or_default();
        let former = what.first("file").and_then(EpochFile::parse);
        let now_ms = u64::try_from(now / 1_000).unwrap_or(0);
        let epoch = Epoch::after(former.map(|file| file.epoch), now_ms);
        let in_flight = what.first("in_flight_bytes");
        let in_flight: u64 = in_flight.and_then(|text| text.parse().ok()).unwrap_or(0);
        let bound = u64::try_from(slots).unwrap_or(u64::MAX);
        let emitter = format!("{cluster_id}/{node}");
        Self {
            node: Node {
                bound: bound.saturating_add(in_flight / SHORTEST),
                certificate: what.first("certificate").map(str::to_owned),
            },
            former,
            stamper: Stamper::new(&opening(&emitter, epoch, former)),
            clock,
            dropped: 0,
            looked_micros: now,
        }
    }

    /// What the disk is to hold while the epoch runs, or once it has ended.
    pub(crate) fn file(&self, ended: bool) -> String {
        let epoch = self.stamper.epoch();
        let end = ended.then(|| self.stamper.end());
        EpochFile { epoch, end }.text()
    }
}

pub(crate) fn opening(emitter: &str, epoch: Epoch, former: Option<EpochFile>) -> Opening<'_> {
    Opening {
        emitter,
        epoch,
        previous: former.map(|file| file.epoch),
        end: former.and_then(|file| file.end),
    }
}

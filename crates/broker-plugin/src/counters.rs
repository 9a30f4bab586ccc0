//! What happened to decisions, counted without one thread waiting for another.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// What is counted; the order is that of `spec/native-bridge.md`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counter {
    /// Decisions and log ins that lead to a topic, as far as is known: before the cluster has a name,
    /// all that are queued.
    Routed,
    /// Decisions that the document discards.
    Discarded,
    /// Decisions of excluded principals.
    Excluded,
    /// The exporter's own requests, left out so that the trail does not feed itself.
    SuppressedOwn,
    /// Decisions that Kafka's log flags leave out.
    Unwanted,
    /// Records that entered the queue.
    Enqueued,
    /// Records that found it full.
    DroppedQueueFull,
    /// Messages that could not be decoded.
    Malformed,
    /// Panics survived.
    Panics,
    /// Events handed to the drain thread.
    Drained,
    /// Decisions of the engine that allow.
    Allowed,
    /// Decisions of the engine that deny.
    Denied,
    /// Decisions of Kafka that the engine compared with its own.
    Compared,
    /// Among these, those that Kafka denied and the engine would allow.
    WouldAllow,
    /// Among these, those that Kafka allowed and the engine would deny.
    WouldDeny,
    /// Log ins among the records that entered the queue.
    LoginsEnqueued,
    /// Log ins among the records that found it full.
    LoginsDropped,
    /// Checks around a request that is checked, and recorded, by itself.
    SuppressedTwice,
    /// Decisions counted as routed whose recording failed.
    Unrecorded,
    /// Events of durable or required routes whose requests did not wait for them, and that say so.
    Unawaited,
}

const COUNTERS: usize = 20;
const STRIPES: usize = 16;

/// One thread's share; a cache line pair of its own, or threads would slow each other down.
#[derive(Debug, Default)]
#[repr(align(128))]
struct Stripe([AtomicU64; COUNTERS]);

/// The counters of one engine.
#[derive(Debug, Default)]
pub struct Counters {
    stripes: [Stripe; STRIPES],
}

impl Counters {
    /// Adds to a counter.
    pub fn add(&self, counter: Counter, amount: u64) {
        thread_local! {
            static STRIPE: usize = {
                static NEXT: AtomicUsize = AtomicUsize::new(0);
                NEXT.fetch_add(1, Ordering::Relaxed) % STRIPES
            };
        }
        let stripe = STRIPE.try_with(|stripe| *stripe).unwrap_or(0);
        if let Some(cell) = self
            .stripes
            .get(stripe)
            .and_then(|stripe| stripe.0.get(counter as usize))
        {
            cell.fetch_add(amount, Ordering::Relaxed);
        }
    }

    /// Takes from a counter what was added to it before: it turned out to be something else.
    pub fn take(&self, counter: Counter, amount: u64) {
        self.add(counter, amount.wrapping_neg());
    }

    /// The sum over all threads.
    #[must_use]
    pub fn sum(&self, counter: Counter) -> u64 {
        let cells = self
            .stripes
            .iter()
            .filter_map(|stripe| stripe.0.get(counter as usize));
        cells
            .map(|cell| cell.load(Ordering::Relaxed))
            .fold(0, u64::wrapping_add)
    }

    /// All sums in the order of [`Counter`].
    #[must_use]
    pub fn sums(&self) -> [u64; COUNTERS] {
        let mut sums = [0; COUNTERS];
        for stripe in &self.stripes {
            for (sum, cell) in sums.iter_mut().zip(&stripe.0) {
                *sum = u64::wrapping_add(*sum, cell.load(Ordering::Relaxed));
            }
        }
        sums
    }
}

#[cfg(test)]
mod tests {
    use super::{Counter, Counters};

    #[test]
    fn no_count_is_lost_between_threads() {
        let counters = Counters::default();
        std::thread::scope(|scope| {
            for _ in 0..20 {
                scope.spawn(|| (0..1_000).for_each(|_| counters.add(Counter::Enqueued, 1)));
            }
        });
        assert_eq!(counters.sum(Counter::Enqueued), 20_000);
        assert_eq!(counters.sums()[Counter::Enqueued as usize], 20_000);
        assert_eq!(counters.sum(Counter::Drained), 0);
    }
}

//! Where events were on their way to that found the queue full.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// More topics are not told apart.
const MOST: usize = 1_000;

/// Counts by topic. Whoever counts never waits: what two threads count at once may be known of one
/// of them only.
#[derive(Debug, Default)]
pub(crate) struct Drops(Mutex<BTreeMap<String, u64>>);

impl Drops {
    /// One was lost.
    pub(crate) fn note(&self, topic: &str) {
        let Ok(mut topics) = self.0.try_lock() else {
            return;
        };
        if let Some(count) = topics.get_mut(topic) {
            *count = count.saturating_add(1);
        } else if topics.len() < MOST && !topic.is_empty() {
            topics.insert(topic.to_owned(), 1);
        }
    }

    /// What is known of at most so many; the rest is kept for the next time.
    pub(crate) fn take(&self, most: u64) -> BTreeMap<String, u64> {
        let mut topics = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut taken, mut left) = (BTreeMap::new(), most);
        for (topic, count) in topics.iter_mut() {
            let now = left.min(*count);
            left = left.saturating_sub(now);
            *count = count.saturating_sub(now);
            if now > 0 {
                taken.insert(topic.clone(), now);
            }
        }
        topics.retain(|_, count| *count > 0);
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::Drops;

    #[test]
    fn no_more_is_told_than_asked_for() {
        let drops = Drops::default();
        for topic in ["a", "b", "a", ""] {
            drops.note(topic);
        }
        assert_eq!(drops.take(0), [].into());
        assert_eq!(drops.take(2), [("a".to_owned(), 2)].into());
        assert_eq!(drops.take(9), [("b".to_owned(), 1)].into());
        assert_eq!(drops.take(9), [].into());
    }
}

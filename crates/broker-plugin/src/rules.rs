//! What this node decides by: the policy that its server feeds.

use std::sync::{Mutex, MutexGuard, PoisonError};

use openmds_policy::feed::{self, FeedError, Policy, Refused};
use openmds_policy::names::ClusterId;

use crate::pairs::Pairs;

/// The rules of one instance.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    held: Mutex<Held>,
}

#[derive(Debug, Default)]
struct Held {
    /// `None` until the cluster's id is known.
    policy: Option<Policy>,
}

/// A panic elsewhere does not make the data under the lock wrong: a policy is replaced whole.
fn lock(held: &Mutex<Held>) -> MutexGuard<'_, Held> {
    held.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Rules {
    /// Names the cluster whose policy is followed; the first name stays.
    pub(crate) fn identify(&self, cluster_id: &str) {
        let mut held = lock(&self.held);
        if held.policy.is_none() {
            held.policy = Some(Policy::nothing(ClusterId::new(cluster_id)));
        }
    }

    /// Follows frames of the feed, or of the copy on disk, up to the first that is not one or is
    /// refused. The answer: how many bytes were `taken`, how many `frames` were followed, the
    /// `generation` and `server` now held, `keys` if they changed; and why it ended early, as
    /// `refused` (a word) or `damaged`, with the `reason` for people.
    pub(crate) fn follow(&self, bytes: &[u8]) -> Pairs {
        let mut held = lock(&self.held);
        let mut answer = Pairs::new();
        let Some(policy) = held.policy.as_mut() else {
            answer.add("refused", "not-started");
            answer.add("reason", "the node does not know its cluster yet");
            return answer;
        };
        let keys = policy.keys().to_owned();
        let (mut taken, mut frames) = (0_usize, 0_usize);
        while let Some(rest) = bytes.get(taken..).filter(|rest| !rest.is_empty()) {
            match follow_one(policy, rest) {
                Ok(length) => {
                    taken = taken.saturating_add(length);
                    frames = frames.saturating_add(1);
                }
                Err(end) => {
                    end.say(&mut answer);
                    break;
                }
            }
        }
        answer.add("taken", taken.to_string());
        answer.add("frames", frames.to_string());
        say_origin(policy, &mut answer);
        if policy.keys() != keys {
            answer.add("keys", policy.keys());
        }
        answer
    }

    /// What is held: nothing of `server` and `generation` if there is no policy yet.
    pub(crate) fn describe(&self, now_ms: i64) -> Pairs {
        let held = lock(&self.held);
        let mut answer = Pairs::new();
        let Some(policy) = held.policy.as_ref() else {
            return answer;
        };
        answer.add("cluster", policy.cluster().as_str());
        say_origin(policy, &mut answer);
        if let Some(issued) = policy.issued_ms() {
            answer.add("issued_ms", issued.to_string());
            let age = now_ms.saturating_sub(issued).max(0);
            answer.add("age_ms", age.to_string());
        }
        answer.add("grants", policy.grants().count().to_string());
        let patterns = policy.grants().map(|(_, _, patterns)| patterns.len());
        answer.add("patterns", patterns.sum::<usize>().to_string());
        answer.add("acls", policy.count_acls().to_string());
        answer.add("memberships", policy.memberships().count().to_string());
        answer
    }

    /// The policy held as one frame, for the disk; `None` if none is held.
    pub(crate) fn copy(&self) -> Option<Vec<u8>> {
        let snapshot = lock(&self.held).policy.as_ref()?.snapshot()?;
        Some(feed::encode(&feed::Message::Snapshot(snapshot)))
    }
}

/// Why following ended before the bytes did.
enum End {
    Damaged(FeedError),
    Refused(Refused),
}

impl End {
    fn say(&self, answer: &mut Pairs) {
        match self {
            Self::Damaged(error) => {
                let word = match error {
                    FeedError::Magic => "magic",
                    FeedError::Cut { .. } => "cut",
                    FeedError::Checksum => "checksum",
                    FeedError::Invalid(_) => "invalid",
                };
                answer.add("damaged", word);
                answer.add("reason", error.to_string());
            }
            Self::Refused(refused) => {
                let word = match refused {
                    Refused::OtherCluster { .. } => "other-cluster",
                    Refused::OtherServer { .. } => "other-server",
                    Refused::Backwards { .. } => "backwards",
                    Refused::Gap { .. } => "gap",
                };
                answer.add("refused", word);
                answer.add("reason", refused.to_string());
            }
        }
    }
}

fn follow_one(policy: &mut Policy, bytes: &[u8]) -> Result<usize, End> {
    let (message, length) = feed::decode(bytes).map_err(End::Damaged)?;
    policy.follow(message).map_err(End::Refused)?;
    Ok(length)
}

fn say_origin(policy: &Policy, answer: &mut Pairs) {
    if let Some(server) = policy.server() {
        answer.add("server", server);
    }
    if let Some(generation) = policy.generation() {
        answer.add("generation", generation.to_string());
    }
}

//! Following the policy that a server feeds: what Java is told of the frames it hands over.

use openmds_policy::access::Edit;
use openmds_policy::feed::{self, FeedError, Followed, Policy, Refused};

use crate::pairs::Pairs;
use crate::rules::{Rules, lock};

impl Rules {
    /// Follows frames of the feed, or of the copy on disk, up to the first that is not one or is
    /// refused. The answer: how many bytes were `taken`, how many `frames` were followed, the
    /// `generation` and `server` now held, `keys` if they changed; and why it ended early, as
    /// `refused` (a word) or `damaged`, with the `reason` for people.
    pub(crate) fn follow(&self, bytes: &[u8]) -> Pairs {
        let mut held = lock(&self.held);
        let mut answer = Pairs::new();
        if !held.identified {
            answer.add("refused", "not-started");
            answer.add("reason", "the node does not know its cluster yet");
            return answer;
        }
        let keys = held.policy.keys().to_owned();
        let (mut taken, mut frames) = (0_usize, 0_usize);
        let (mut everything, mut edits) = (false, Vec::new());
        while let Some(rest) = bytes.get(taken..).filter(|rest| !rest.is_empty()) {
            match follow_one(&mut held.policy, rest) {
                Ok((followed, length)) => {
                    taken = taken.saturating_add(length);
                    frames = frames.saturating_add(1);
                    match followed {
                        Followed::Everything => everything = true,
                        Followed::Differences(differences) => {
                            edits.extend(differences.into_iter().map(Edit::Central));
                        }
                    }
                }
                Err(end) => {
                    end.say(&mut answer);
                    break;
                }
            }
        }
        if everything {
            self.rebuild(&held);
        } else if !edits.is_empty() {
            self.revise(&held, &edits);
        }
        answer.add("taken", taken.to_string());
        answer.add("frames", frames.to_string());
        say_origin(&held.policy, &mut answer);
        if held.policy.keys() != keys {
            answer.add("keys", held.policy.keys());
        }
        drop(held);
        self.tidy();
        answer
    }

    /// What is held: nothing of `server` and `generation` if there is no policy yet.
    pub(crate) fn describe(&self, now_ms: i64) -> Pairs {
        let held = lock(&self.held);
        let mut answer = Pairs::new();
        let policy = &held.policy;
        if held.identified {
            answer.add("cluster", policy.cluster().as_str());
        }
        say_origin(policy, &mut answer);
        if let Some(issued) = policy.issued_ms() {
            answer.add("issued_ms", issued.to_string());
            let age = now_ms.saturating_sub(issued).max(0);
            answer.add("age_ms", age.to_string());
        }
        answer.add("grants", policy.count_grants().to_string());
        answer.add("patterns", policy.count_patterns().to_string());
        answer.add("acls", policy.count_acls().to_string());
        answer.add("memberships", policy.memberships().count().to_string());
        answer.add("local_acls", held.local.len().to_string());
        let judge = self.judge();
        answer.add("ready", judge.ready.to_string());
        answer.add("index_bytes", judge.index.size().to_string());
        answer
    }

    /// The policy held as one frame, for the disk; `None` if none is held.
    pub(crate) fn copy(&self) -> Option<Vec<u8>> {
        let snapshot = lock(&self.held).policy.snapshot()?;
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

fn follow_one(policy: &mut Policy, bytes: &[u8]) -> Result<(Followed, usize), End> {
    let (message, length) = feed::decode(bytes).map_err(End::Damaged)?;
    let followed = policy.follow(message).map_err(End::Refused)?;
    Ok((followed, length))
}

fn say_origin(policy: &Policy, answer: &mut Pairs) {
    if let Some(server) = policy.server() {
        answer.add("server", server);
    }
    if let Some(generation) = policy.generation() {
        answer.add("generation", generation.to_string());
    }
}

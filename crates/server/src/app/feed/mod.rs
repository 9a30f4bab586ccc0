//! A node follows the policy of its cluster.

mod questions;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use openmds_api::{FeedRequest, NodeQuestion};
use openmds_policy::feed::{self, Changes, Message, encode};
use tokio::time::{Instant, sleep_until};

use super::{App, AppError, RequestContext};
use crate::enrolment::Serial;
use crate::feed::{NodeId, changes};
use crate::store::{Generation, State};

/// Longest wait for something new.
const LONGEST_WAIT: Duration = Duration::from_secs(50);

/// What a node gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedAnswer {
    /// Whose generations these are.
    pub server: String,
    /// What the node holds after it.
    pub generation: u64,
    /// One frame of `policy::feed`; nothing if nothing is new.
    pub frame: Option<Bytes>,
    /// What the node is asked.
    pub questions: Vec<NodeQuestion>,
}

/// How far a look into the store came.
enum Look {
    /// Something concerns the cluster.
    New(Vec<feed::Change>),
    /// Nothing does.
    Nothing,
    /// It is too long ago.
    TooFar,
}

impl App {
    /// What is new for a node since what it holds. Answers at once if something is, else when
    /// something becomes so, and after the node's patience in any case.
    pub async fn follow_feed(
        &self,
        node: &NodeId,
        serial: &Serial,
        context: RequestContext,
        request: &FeedRequest,
    ) -> Result<FeedAnswer, AppError> {
        let now = self.clock.now();
        let state = self.present();
        self.own_feed(&state, node, context.clone(), request)?;
        self.feed.nodes.heard(node, request, now);
        self.feed.questions.answered(node, &request.report.answers);
        let held = match self.held(&state, node, request) {
            Ok(held) => held,
            Err(refused) => {
                let ahead = request.generation.filter(|_| refused.1);
                let ahead = ahead.map(Generation);
                self.feed.nodes.refused(node, &refused.0.message, ahead);
                tracing::warn!(cluster = %node.cluster, node = node.node_id, "a node is refused the feed: {}", refused.0);
                return Err(refused.0);
            }
        };
        let _waiting = self.feed.nodes.wait(node);
        let mut answer = match held {
            Some(held) => {
                let wait = Duration::from_secs(request.wait_seconds).min(self.longest_wait());
                let still = || {
                    // It may have been withdrawn.
                    let node = (&node.cluster, node.node_id);
                    self.admit_again(context.clone(), node, serial)
                };
                self.wait_for_news(node, still, held, wait).await?
            }
            None => self.whole_feed(node, &state).await,
        };
        answer.questions = self.feed.questions.give(node);
        Ok(answer)
    }

    /// A connection on which nothing moves is closed after a time.
    fn longest_wait(&self) -> Duration {
        LONGEST_WAIT.min(self.settings.limits.idle * 3 / 4)
    }

    async fn whole_feed(&self, node: &NodeId, state: &Arc<State>) -> FeedAnswer {
        let issued_ms = self.clock.now().as_millisecond();
        let snapshots = &self.feed.snapshots;
        let frame = snapshots.of(state, &node.cluster, issued_ms).await;
        self.metrics.feed("snapshot");
        FeedAnswer {
            server: state.server().unwrap_or_default().to_string(),
            generation: state.generation().0,
            frame: Some(frame),
            questions: vec![],
        }
    }

    async fn wait_for_news(
        &self,
        node: &NodeId,
        may_stay: impl Fn() -> Result<(), AppError>,
        held: Generation,
        wait: Duration,
    ) -> Result<FeedAnswer, AppError> {
        let mut writes = self.store.writes();
        let mut closing = self.feed.closing();
        let mut bell = self.feed.questions.bell();
        let end = Instant::now() + wait;
        let mut place = None;
        let mut looked = held;
        loop {
            // Before looking: what is written meanwhile wakes us again.
            writes.mark_unchanged();
            bell.mark_unchanged();
            let state = self.present();
            may_stay()?;
            match self.look(&state, node, looked) {
                Look::New(changes) => return Ok(self.answer_news(node, &state, held, changes)),
                Look::TooFar => return Ok(self.whole_feed(node, &state).await),
                Look::Nothing => {
                    looked = state.generation();
                    let now = self.clock.now();
                    self.feed.nodes.is_up_to(node, looked, now);
                }
            }
            let over = *closing.borrow_and_update() || Instant::now() >= end;
            if over || self.feed.questions.wait_for(node) {
                return Ok(self.answer_nothing(node, &state, held));
            }
            if place.is_none() {
                let room = Arc::clone(&self.feed.room);
                place = Some(room.try_acquire_owned().map_err(|_| no_room())?);
            }
            tokio::select! {
                // Without a store there is nothing to wait for.
                Ok(()) = writes.changed() => {}
                Ok(()) = closing.changed() => {}
                Ok(()) = bell.changed() => {}
                () = sleep_until(end) => {}
            }
        }
    }

    /// What is new for the node after a generation.
    fn look(&self, state: &State, node: &NodeId, after: Generation) -> Look {
        let Some(writes) = self.store.between(after, state.generation()) else {
            return Look::TooFar;
        };
        let changes = changes(state, &node.cluster, &writes);
        if changes.is_empty() {
            Look::Nothing
        } else {
            Look::New(changes)
        }
    }

    fn answer_news(
        &self,
        node: &NodeId,
        state: &State,
        held: Generation,
        changes: Vec<feed::Change>,
    ) -> FeedAnswer {
        let outcome = if changes.is_empty() {
            "sign-of-life"
        } else {
            "changes"
        };
        self.metrics.feed(outcome);
        let server = state.server().unwrap_or_default().to_string();
        let message = Message::Changes(Changes {
            server: server.clone(),
            cluster: node.cluster.clone(),
            from: held.0,
            to: state.generation().0,
            issued_ms: self.clock.now().as_millisecond(),
            changes,
        });
        FeedAnswer {
            server,
            generation: state.generation().0,
            frame: Some(encode(&message).into()),
            questions: vec![],
        }
    }

    /// What was written elsewhere takes the node along: it is at the present generation too.
    fn answer_nothing(&self, node: &NodeId, state: &State, held: Generation) -> FeedAnswer {
        if held < state.generation() {
            return self.answer_news(node, state, held, vec![]);
        }
        self.metrics.feed("nothing");
        FeedAnswer {
            server: state.server().unwrap_or_default().to_string(),
            generation: held.0,
            frame: None,
            questions: vec![],
        }
    }
}

fn no_room() -> AppError {
    let message = "too many nodes wait at this server already (openmds.feed.nodes.max); the node has all there is and asks again";
    AppError::unavailable(message).after(Duration::from_secs(5))
}

//! Questions to nodes. A node gets one with the answer to a request, and answers with its next.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use openmds_api::{NodeAnswer, NodeQuestion};
use openmds_policy::names::ClusterId;
use tokio::sync::{mpsc, watch};

use super::NodeId;

/// Most questions that go with one answer: they travel in a header.
const MOST_AT_ONCE: usize = 4;

struct Open {
    cluster: ClusterId,
    question: NodeQuestion,
    given: BTreeSet<i32>,
    answers: mpsc::UnboundedSender<(i32, NodeAnswer)>,
}

/// The questions that somebody waits for.
#[derive(Default)]
pub struct Questions {
    open: Arc<Mutex<BTreeMap<String, Open>>>,
    bell: watch::Sender<()>,
}

impl Questions {
    /// Asks all nodes of a cluster; nobody is asked any more once what this gives is dropped.
    #[must_use]
    pub fn ask(&self, cluster: ClusterId, question: NodeQuestion) -> Asked {
        let (answers, come) = mpsc::unbounded_channel();
        let id = question.id.clone();
        let open = Open {
            cluster,
            question,
            given: BTreeSet::new(),
            answers,
        };
        locked(&self.open).insert(id.clone(), open);
        self.bell.send_replace(());
        Asked {
            id,
            come,
            open: Arc::clone(&self.open),
        }
    }

    /// Changes when there is a new question for some node.
    #[must_use]
    pub fn bell(&self) -> watch::Receiver<()> {
        self.bell.subscribe()
    }

    /// Whether the node has not been given a question yet.
    #[must_use]
    pub fn wait_for(&self, node: &NodeId) -> bool {
        let open = locked(&self.open);
        open.values().any(|open| open.is_for(node))
    }

    /// What the node is asked now. It is asked once.
    #[must_use]
    pub fn give(&self, node: &NodeId) -> Vec<NodeQuestion> {
        let mut open = locked(&self.open);
        let new = open.values_mut().filter(|open| open.is_for(node));
        let given = new.take(MOST_AT_ONCE).map(|open| {
            open.given.insert(node.node_id);
            open.question.clone()
        });
        given.collect()
    }

    /// A node answers. What nobody waits for is forgotten, and so is what it was not asked.
    pub fn answered(&self, node: &NodeId, answers: &[NodeAnswer]) {
        let open = locked(&self.open);
        for answer in answers {
            let asked = open.get(&answer.id);
            let asked = asked.filter(|open| open.cluster == node.cluster);
            if let Some(open) = asked.filter(|open| open.given.contains(&node.node_id)) {
                // Who asked may just have gone.
                let _ = open.answers.send((node.node_id, answer.clone()));
            }
        }
    }
}

impl Open {
    fn is_for(&self, node: &NodeId) -> bool {
        self.cluster == node.cluster && !self.given.contains(&node.node_id)
    }
}

fn locked(open: &Mutex<BTreeMap<String, Open>>) -> MutexGuard<'_, BTreeMap<String, Open>> {
    open.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A question that was put.
pub struct Asked {
    id: String,
    come: mpsc::UnboundedReceiver<(i32, NodeAnswer)>,
    open: Arc<Mutex<BTreeMap<String, Open>>>,
}

impl Asked {
    /// The next answer, and whose.
    pub async fn next(&mut self) -> Option<(i32, NodeAnswer)> {
        self.come.recv().await
    }
}

impl Drop for Asked {
    fn drop(&mut self) {
        locked(&self.open).remove(&self.id);
    }
}

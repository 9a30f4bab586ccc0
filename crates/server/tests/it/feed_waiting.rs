//! Waiting at the feed: who is woken by what, how many may, and what ends it.

use std::sync::Arc;
use std::time::Duration;

use openmds_policy::feed::{Change, Message, decode};
use openmds_policy::names::ClusterId;
use openmds_server::app::{AppError, FeedAnswer, RequestContext};
use openmds_server::enrolment::NodeCertificate;
use openmds_server::feed::NodeId;
use openmds_server::store::{Record, StoreError};
use serde_json::json;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::desk::{Desk, eventually};
use crate::followers::{Follower, encrypted_world, join, open};
use crate::world::{HOME, World};

/// The desk, and two nodes that have joined.
struct Waiters {
    desk: Desk,
    nodes: [NodeCertificate; 2],
}

impl Waiters {
    /// Node 1 or 2 asks, with what it holds.
    fn ask(&self, id: usize, held: Option<u64>) -> JoinHandle<Result<FeedAnswer, AppError>> {
        let (app, node) = (Arc::clone(&self.desk.app), self.nodes[id - 1].clone());
        let server = held.and_then(|_| app.present().server().map(str::to_string));
        let question = json!({"cluster_id": "payments-id", "node_id": id, "format": 1,
            "server": server, "generation": held, "wait_seconds": 25});
        let question = serde_json::from_value(question).unwrap();
        tokio::spawn(async move {
            let context = RequestContext::default();
            let id = NodeId {
                cluster: node.cluster.clone(),
                node_id: node.node,
            };
            app.follow_feed(&id, &node.serial, context, &question).await
        })
    }

    /// What node 1 holds after its snapshot.
    async fn first(&self) -> u64 {
        self.ask(1, None).await.unwrap().unwrap().generation
    }
}

/// The changes of an answer, and from which generation to which.
fn changes(answer: &FeedAnswer) -> (u64, u64, Vec<Change>) {
    let (message, _) = decode(answer.frame.as_ref().unwrap()).unwrap();
    let Message::Changes(changes) = message else {
        panic!("{message:?}");
    };
    (changes.from, changes.to, changes.changes)
}

async fn bind(desk: &Desk, user: &str, cluster: &str, bound: bool) {
    let path = format!("/principals/User:{user}/roles/Operator");
    let scope = json!({"clusters": {"kafka-cluster": cluster}});
    let answer = if bound {
        desk.post("mds", &path, &scope).await
    } else {
        desk.delete("mds", &path, Some(&scope)).await
    };
    answer.is(204);
}

async fn waiters(world: &World) -> Waiters {
    let desk = world.start().await;
    desk.register_payments().await;
    desk.register("home", "home-id", HOME).await;
    bind(&desk, "alice", "payments-id", true).await;
    // The rounds write down what they find; afterwards only requests write.
    let mut writes = desk.app.store.writes();
    while tokio::time::timeout(Duration::from_secs(90), writes.changed())
        .await
        .is_ok()
    {}
    let (_, one) = join(&desk.app, "payments-id", 1).await;
    let (_, two) = join(&desk.app, "payments-id", 2).await;
    Waiters {
        desk,
        nodes: [one, two],
    }
}

/// Waits until the node that waits has looked at everything.
async fn has_looked(desk: &Desk, id: i32) {
    eventually("the node has looked", || async {
        let nodes = desk.app.feed.nodes.of(&ClusterId::new("payments-id"));
        let up_to = nodes.get(&id)?.up_to?;
        (up_to == desk.app.present().generation()).then_some(())
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_revocation_wakes_who_waits_and_what_happens_elsewhere_does_not() {
    let world = World::new();
    let waiters = waiters(&world).await;
    let desk = &waiters.desk;
    let held = waiters.first().await;
    let begun = Instant::now();
    let waiting = waiters.ask(1, Some(held));
    has_looked(desk, 1).await;
    bind(desk, "bob", "home-id", true).await;
    has_looked(desk, 1).await;
    assert!(!waiting.is_finished());
    bind(desk, "alice", "payments-id", false).await;
    let answer = waiting.await.unwrap().unwrap();
    // By the clock that stands still as long as anybody works: nobody waited for its end.
    assert!(begun.elapsed() < Duration::from_secs(25));
    let (from, to, changes) = changes(&answer);
    assert_eq!((from, to), (held, desk.app.present().generation().0));
    assert!(
        matches!(&changes[..], [Change::Grant(gone)] if gone.patterns.is_none() && gone.principal.name() == "alice"),
        "{changes:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn every_wait_ends_with_a_sign_of_life() {
    let world = World::new();
    let waiters = waiters(&world).await;
    let desk = &waiters.desk;
    let held = waiters.first().await;
    let begun = Instant::now();
    let answer = waiters.ask(1, Some(held)).await.unwrap().unwrap();
    assert_eq!((answer.generation, &answer.frame), (held, &None));
    assert!(begun.elapsed() >= Duration::from_secs(25));
    // What was written elsewhere takes the node along, so that it never falls far behind.
    let waiting = waiters.ask(1, Some(held));
    has_looked(desk, 1).await;
    bind(desk, "bob", "home-id", true).await;
    let answer = waiting.await.unwrap().unwrap();
    assert_eq!(changes(&answer), (held, held + 1, vec![]));
}

#[tokio::test(start_paused = true)]
async fn only_so_many_nodes_wait_and_one_that_is_behind_is_always_answered() {
    let mut world = World::new();
    world.set("openmds.feed.nodes.max", "1");
    let waiters = waiters(&world).await;
    let desk = &waiters.desk;
    let held = waiters.first().await;
    bind(desk, "bob", "payments-id", true).await;
    let now = desk.app.present().generation().0;
    let waiting = waiters.ask(1, Some(now));
    has_looked(desk, 1).await;
    let refused = waiters.ask(2, Some(now)).await.unwrap().unwrap_err();
    assert!(
        refused.message.contains("openmds.feed.nodes.max"),
        "{refused}"
    );
    assert!(refused.retry_after.is_some());
    let answer = waiters.ask(2, Some(held)).await.unwrap().unwrap();
    assert_eq!(changes(&answer).1, now);
    assert!(!waiting.is_finished());
    // Whoever hangs up makes room.
    waiting.abort();
    assert!(waiting.await.is_err());
    let waiting = waiters.ask(2, Some(now));
    has_looked(desk, 2).await;
    assert!(!waiting.is_finished());
    assert_eq!(desk.app.feed.nodes.waiting(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_node_that_is_withdrawn_waits_no_longer() {
    let world = World::new();
    let waiters = waiters(&world).await;
    let desk = &waiters.desk;
    let held = waiters.first().await;
    let waiting = waiters.ask(1, Some(held));
    has_looked(desk, 1).await;
    let record = Record::EnrolledNode {
        cluster: ClusterId::new("payments-id"),
        node: 1,
        enrolled: None,
    };
    let decide = |_: &_| Ok::<_, StoreError>(vec![record]);
    let withdrawn = desk.app.store.update("test", desk.app.clock.now(), decide);
    withdrawn.await.unwrap();
    let refused = waiting.await.unwrap().unwrap_err();
    assert!(
        refused.message.contains("the node was withdrawn"),
        "{refused}"
    );
}

#[tokio::test]
async fn a_server_that_stops_answers_who_waits() {
    let (world, authority) = encrypted_world();
    let mut street = open(&world).await;
    let mut follower = Follower::new(&street, &authority, "payments-id", 1).await;
    follower.catch_up(&street).await;
    let question = follower.question(50);
    let url = street.url("/openmds/1.0/feed");
    let waiting = tokio::spawn(follower.client.post(url).json(&question).send());
    eventually("it waits", || async {
        (street.app.feed.nodes.waiting() == 1).then_some(())
    })
    .await;
    street.stop().await.unwrap();
    let answer = waiting.await.unwrap().unwrap();
    assert!([200, 204].contains(&answer.status().as_u16()));
}

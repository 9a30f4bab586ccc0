//! A node of a Kafka cluster, as far as the feed knows it: a certificate, and what it holds.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::SignedDuration;
use openmds_policy::feed::{Change, Message, Policy, Refused, decode};
use openmds_policy::names::ClusterId;
use openmds_server::app::App;
use openmds_server::enrolment::{JoinToken, NodeCertificate, NodeKey};
use openmds_server::store::{EnrolledNode, Issued, Record, StoreError};
use rcgen::{KeyPair, PublicKeyData as _};
use reqwest::{Certificate, Client, Identity, Response};
use serde_json::{Value, json};

use crate::street::{Authority, Street};
use crate::world::{HOME, PAYMENTS, World};

/// A world with one https listener, whose clients may show certificates of the authority.
pub(crate) fn encrypted_world() -> (World, Authority) {
    let authority = Authority::new("root");
    let mut world = World::new();
    world
        .https(&authority.server("mds").store())
        .ask_clients("REQUESTED", &authority.pem);
    (world, authority)
}

/// A server that knows the clusters payments-id and home-id.
pub(crate) async fn open(world: &World) -> Street {
    let street = world.open().await;
    street
        .desk
        .register("payments", "payments-id", PAYMENTS)
        .await;
    street.desk.register("home", "home-id", HOME).await;
    street
}

/// A client that shows a certificate, PEM with its key.
pub(crate) fn client(authority: &Authority, shown: &str) -> Client {
    let trusted = Certificate::from_pem(authority.pem.as_bytes()).unwrap();
    let identity = Identity::from_pem(shown.as_bytes()).unwrap();
    let builder = Client::builder().no_proxy().tls_certs_only([trusted]);
    builder.identity(identity).build().unwrap()
}

/// A node joins: its certificate with its key, PEM, and what the certificate says.
pub(crate) async fn join(app: &App, cluster: &str, node_id: i32) -> (String, NodeCertificate) {
    let key = KeyPair::generate().unwrap();
    let public = NodeKey::parse(&STANDARD.encode(key.subject_public_key_info())).unwrap();
    let (id, now) = (ClusterId::new(cluster), app.clock.now());
    let life = SignedDuration::from_hours(24);
    let given = app.authority.certify(&id, node_id, &public, now, life);
    let given = given.unwrap();
    let issued = Issued {
        at: now,
        until: given.expires,
    };
    let record = Record::EnrolledNode {
        cluster: id.clone(),
        node: node_id,
        enrolled: Some(EnrolledNode {
            since: now,
            token: JoinToken::random().unwrap().hash(),
            certificates: [(given.serial.clone(), issued)].into(),
        }),
    };
    let decide = |_: &_| Ok::<_, StoreError>(vec![record]);
    app.store.update("test", now, decide).await.unwrap();
    let shown = NodeCertificate {
        cluster: id,
        node: node_id,
        serial: given.serial,
        expires: given.expires,
    };
    (format!("{}{}", given.pem, key.serialize_pem()), shown)
}

/// One node.
pub(crate) struct Follower {
    pub(crate) client: Client,
    cluster: String,
    node_id: i32,
    pub(crate) policy: Policy,
    /// Put into every request.
    pub(crate) report: Value,
}

/// What an answer was.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    Snapshot,
    Changes(Vec<Change>),
    Nothing,
}

impl Follower {
    /// A node that has just joined.
    pub(crate) async fn new(
        street: &Street,
        authority: &Authority,
        cluster: &str,
        node_id: i32,
    ) -> Self {
        let (shown, _) = join(&street.app, cluster, node_id).await;
        Self {
            client: client(authority, &shown),
            cluster: cluster.to_string(),
            node_id,
            policy: Policy::nothing(ClusterId::new(cluster)),
            report: json!({}),
        }
    }

    /// What it asks now.
    pub(crate) fn question(&self, wait: u64) -> Value {
        json!({
            "cluster_id": self.cluster, "node_id": self.node_id, "roles": ["broker"], "plugin": "0.1.0", "format": 1,
            "server": self.policy.server(), "generation": self.policy.generation(),
            "wait_seconds": wait, "report": self.report,
        })
    }

    pub(crate) async fn send(&self, street: &Street, question: &Value) -> Response {
        send(&self.client, street, question).await
    }

    /// Asks once, and follows.
    pub(crate) async fn ask(&mut self, street: &Street, wait: u64) -> Heard {
        let answer = self.send(street, &self.question(wait)).await;
        self.follow(answer).await
    }

    pub(crate) async fn follow(&mut self, answer: Response) -> Heard {
        let status = answer.status().as_u16();
        let header = |name| answer.headers()[name].to_str().unwrap().to_string();
        if status == 204 {
            assert_eq!(
                self.policy.server(),
                Some(header("openmds-server").as_str())
            );
            return Heard::Nothing;
        }
        assert_eq!(status, 200);
        assert_eq!(header("content-type"), "application/x-openmds-feed");
        let (server, generation) = (header("openmds-server"), header("openmds-generation"));
        let bytes = answer.bytes().await.unwrap();
        let (message, taken) = decode(&bytes).unwrap();
        assert_eq!(taken, bytes.len());
        let heard = match &message {
            Message::Snapshot(_) => Heard::Snapshot,
            Message::Changes(changes) => Heard::Changes(changes.changes.clone()),
        };
        let followed: Result<_, Refused> = self.policy.follow(message);
        followed.unwrap();
        assert_eq!(self.policy.server(), Some(server.as_str()));
        assert_eq!(self.policy.generation().unwrap().to_string(), generation);
        heard
    }

    /// Asks until nothing is new; answers all changes.
    pub(crate) async fn catch_up(&mut self, street: &Street) -> Vec<Change> {
        let mut all = Vec::new();
        loop {
            match self.ask(street, 0).await {
                Heard::Changes(changes) => all.extend(changes),
                Heard::Snapshot => {}
                Heard::Nothing => return all,
            }
        }
    }

    pub(crate) async fn refused(&self, street: &Street, question: &Value) -> (u16, String) {
        refused(&self.client, street, question).await
    }

    /// The policy as lines, for comparison by eye.
    pub(crate) fn lines(&self) -> Vec<String> {
        let mut grants = self.policy.grants();
        grants.sort_by(|one, other| {
            (&one.principal, &one.role).cmp(&(&other.principal, &other.role))
        });
        let grants = grants.into_iter().map(|grant| {
            let patterns = grant.patterns.unwrap_or_default();
            let names: Vec<String> = patterns.into_iter().map(|one| one.name).collect();
            format!("{} {} {}", grant.principal, grant.role, names.join(","))
        });
        let acls = self.policy.acls().into_iter();
        let acls = acls.map(|acl| format!("{} acl {}", acl.entry.principal, acl.pattern.name));
        let members = self.policy.memberships().map(|(user, groups)| {
            let groups: Vec<&str> = groups.iter().map(String::as_str).collect();
            format!("{user} in {}", groups.join(","))
        });
        grants.chain(acls).chain(members).collect()
    }
}

async fn send(client: &Client, street: &Street, question: &Value) -> Response {
    let request = client.post(street.url("/openmds/1.0/feed"));
    request.json(question).send().await.unwrap()
}

/// A refusal: status and message.
pub(crate) async fn refused(client: &Client, street: &Street, question: &Value) -> (u16, String) {
    let answer = send(client, street, question).await;
    let status = answer.status().as_u16();
    let body: Value = answer.json().await.unwrap();
    assert_eq!(body["status_code"], status);
    (status, body["message"].as_str().unwrap().to_string())
}

/// A role on one topic of a cluster, given or taken.
pub(crate) async fn bind_topic(
    street: &Street,
    who: &str,
    cluster: &str,
    topic: &str,
    bound: bool,
) {
    let path = format!("/principals/{who}/roles/DeveloperRead/bindings");
    let body = json!({
        "scope": {"clusters": {"kafka-cluster": cluster}},
        "resourcePatterns": [{"resourceType": "Topic", "name": topic, "patternType": "LITERAL"}],
    });
    let desk = &street.desk;
    let answer = if bound {
        desk.post("mds", &path, &body).await
    } else {
        desk.delete("mds", &path, Some(&body)).await
    };
    answer.is(204);
}

/// An ACL of a cluster.
pub(crate) async fn add_acl(street: &Street, who: &str, cluster: &str, topic: &str) {
    let body = json!({"scope": {"clusters": {"kafka-cluster": cluster}}, "aclBinding": {
        "pattern": {"resourceType": "TOPIC", "name": topic, "patternType": "LITERAL"},
        "entry": {"principal": who, "host": "*", "operation": "READ", "permissionType": "DENY"},
    }});
    street.desk.post("mds", "/acls", &body).await.is(204);
}

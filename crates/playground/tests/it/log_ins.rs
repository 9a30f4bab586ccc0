//! Who logs in at a broker, and who tries, is at the destination: once for each connection.

use std::fs;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use openmds_playground::events::{EventStream, text};
use openmds_playground::http::Http;
use openmds_playground::raw_client::RawClient;
use openmds_playground::shape::{BROKER, HOME, LOGS, Listener, PAYMENTS};
use openmds_playground::story::DEFAULT_TOPIC;
use serde_json::Value;

use crate::world::World;

const SWITCH: &str = "\nconfluent.security.event.logger.authentication.enable=true\n";
/// The broker of `payments` that is watched.
const BROKER_ID: i32 = 2;
const REQUESTS: usize = 200;
const BOUND: Duration = Duration::from_secs(60);
/// Nothing more comes after so long: several times what the way to the destination takes.
const QUIET: Duration = Duration::from_secs(5);

/// Each mechanism, a wrong password and a client that does not trust the broker's certificate leave
/// one event for each connection, however many requests it sends.
pub(crate) fn each_connection_leaves_one_event(world: &World) -> Result<()> {
    switched(world, true)?;
    let outcome = log_in_everywhere(world);
    switched(world, false)?;
    outcome?;
    world.applied()
}

/// Restarts the two nodes with authentication events, or without.
fn switched(world: &World, on: bool) -> Result<()> {
    for (name, id) in [(HOME.name, 1), (PAYMENTS.name, BROKER_ID)] {
        let cluster = world.playground.cluster(name)?;
        let node = cluster.node(id)?;
        let file = node.directory().join("server.properties");
        let settings = fs::read_to_string(&file)?.replace(SWITCH, "");
        fs::write(&file, format!("{settings}{}", if on { SWITCH } else { "" }))?;
        node.restart()?;
        cluster.wait_until_ready()?;
    }
    world.applied()
}

struct Watched<'a> {
    stream: EventStream,
    world: &'a World,
}

impl Watched<'_> {
    /// Events of log ins at a cluster, of this kind, once there are so many and no more come.
    fn events(
        &mut self,
        cluster: &str,
        kind: (&str, &str, &str),
        count: usize,
    ) -> Result<Vec<Value>> {
        let id = self.world.playground.cluster(cluster)?.id();
        let source = format!("crn:///kafka={id}");
        let is_wanted = |event: &Value| {
            let (principal, mechanism, status) = kind;
            text(event, "/data/methodName") == "kafka.Authentication"
                && text(event, "/source") == source
                && text(event, "/data/authenticationInfo/principal") == principal
                && text(event, "/data/authenticationInfo/metadata/mechanism") == mechanism
                && text(event, "/data/result/status") == status
        };
        let deadline = Instant::now() + BOUND;
        loop {
            let found = self.stream.drain(QUIET)?.iter().filter(|e| is_wanted(e));
            let found: Vec<Value> = found.cloned().collect();
            if found.len() >= count {
                return Ok(found);
            }
            let all = found.len();
            ensure!(Instant::now() < deadline, "{kind:?}: {all} of {count}");
        }
    }
}

fn log_in_everywhere(world: &World) -> Result<()> {
    let blueprint = world.playground.blueprint();
    let port = |cluster: &str, id: i32, listener: Listener| -> Result<u16> {
        let ports = &world.playground.cluster(cluster)?.node(id)?.plan().ports;
        Ok(ports[&listener])
    };
    let mut watched = Watched {
        stream: EventStream::open(&world.playground, LOGS.name, DEFAULT_TOPIC)?,
        world,
    };
    let accepted = |user, mechanism| (user, mechanism, "SUCCESS");
    let refused = |mechanism| ("None:UNKNOWN_USER", mechanism, "UNAUTHENTICATED");
    let scram = accepted("User:alice", "SASL_PLAINTEXT/SCRAM-SHA-256");
    let plain = accepted("User:broker", "SASL_PLAINTEXT/PLAIN");
    let token = accepted("User:bob", "SASL_PLAINTEXT/OAUTHBEARER");
    let wrong = refused("SASL_PLAINTEXT/SCRAM-SHA-256");
    let untrusted = refused("SASL_SSL");
    // The node's own, as a broker of its controller.
    let brokers = watched.events(HOME.name, plain, 1)?.len();

    let mut alice = RawClient::connect(port(HOME.name, 1, Listener::Client)?)?;
    alice.scram("alice", blueprint.password("alice")?)?;
    let mut broker = RawClient::connect(port(HOME.name, 1, Listener::Repl)?)?;
    broker.plain(BROKER, blueprint.password(BROKER)?)?;
    let mut http = world.playground.server().http()?;
    http.log_in("bob", blueprint.password("bob")?)?;
    let mut bob = RawClient::connect(port(HOME.name, 1, Listener::Token)?)?;
    bob.token(http.token().unwrap_or_default())?;
    for client in [&mut alice, &mut broker, &mut bob] {
        client.ask(REQUESTS)?;
    }
    let mut mallory = RawClient::connect(port(HOME.name, 1, Listener::Client)?)?;
    ensure!(mallory.scram("alice", "not her password").is_err());
    let token_port = port(PAYMENTS.name, BROKER_ID, Listener::Token)?;
    ensure!(
        Http::new(&format!("https://127.0.0.1:{token_port}"))?
            .get("")
            .is_err()
    );

    for (cluster, kind, count) in [
        (HOME.name, scram, 1),
        (HOME.name, plain, brokers + 1),
        (HOME.name, token, 1),
        (HOME.name, wrong, 1),
        (PAYMENTS.name, untrusted, 1),
    ] {
        let found = watched.events(cluster, kind, count)?;
        ensure!(found.len() == count, "{kind:?}: {found:#?}");
        for event in found {
            let from = text(&event, "/data/requestMetadata/client_address");
            ensure!(from == "/127.0.0.1", "{event:#}");
            ensure!(
                text(&event, "/subject") == text(&event, "/source"),
                "{event:#}"
            );
        }
    }
    Ok(())
}

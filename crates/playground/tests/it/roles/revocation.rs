//! No cache of a client, of a broker or of ours outlives a revocation (`goals.md` C.2, 66).

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail, ensure};
use openmds_playground::http::Http;
use openmds_playground::progress::say;
use openmds_playground::shape::{ADMIN, PAYMENTS};
use serde_json::json;

use super::actions::{Library, as_admin};
use super::binding::{Binding, administrator};
use crate::python::python;
use crate::sdk::clients;
use crate::world::World;

const USER: &str = "role-revoked";
const TOPIC: &str = "revoked-topic";

/// One on each broker of the cluster.
const PARTITIONS: i32 = 2;
const ROUNDS: usize = 30;

/// How long a client may take to notice that it may, or may not: what is measured is printed.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long a refused client is watched, so that nothing comes through by another way.
const WATCH_MS: u64 = 300;

/// A record or a refusal.
struct Seen {
    party: String,
    partition: String,
    outcome: String,
    at: u64,
}

/// Clients that run while the right to do so comes and goes.
struct Clients {
    processes: Vec<Child>,
    seen: Receiver<Seen>,
}

impl Drop for Clients {
    fn drop(&mut self) {
        for process in &mut self.processes {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

/// Who is watched: each has to work before a round, and to be refused in it.
const PARTIES: [&str; 6] = [
    "java producer 0",
    "java producer 1",
    "java consumer",
    "librdkafka producer 0",
    "librdkafka producer 1",
    "librdkafka consumer",
];

/// librdkafka tells a consumer of an error once, until it is another: this one may only fall silent in a round.
const TERSE: &str = "librdkafka consumer";

/// Parties by partitions: each producer is of one, each consumer of both.
const WAYS: usize = 8;

/// Producers and consumers that run are stopped by the deletion of the binding, round after round: each is refused, and
/// then nothing goes through any more, by neither broker.
pub(crate) fn revocation_stops_running_clients(world: &World) -> Result<()> {
    let password = uuid::Uuid::new_v4().simple().to_string();
    let prepared = vec![
        format!("make-user {USER} {password}"),
        format!("make-topic {TOPIC} {PARTITIONS}"),
    ];
    as_admin(world, PAYMENTS.name, &[(String::new(), prepared)])?;
    let http = administrator(world)?;
    let principal = format!("User:{USER}");
    let binding = Binding::prefix(
        &principal,
        "ResourceOwner",
        world.payments()?.id(),
        &["Topic", "Group"],
        TOPIC,
    );
    // Before the clients start: a consumer that is refused as it joins begins anew, and that takes its time.
    binding.grant(&http)?;
    let outcome =
        Clients::start(world, &password).and_then(|clients| watch(&http, &binding, &clients));
    if outcome.is_err() {
        binding.revoke(&http)?;
    }
    for line in outcome? {
        say(format_args!("    {line}"));
    }
    Ok(())
}

/// When something was seen of each party, in milliseconds.
type Times = BTreeMap<String, u64>;

fn watch(http: &Http, binding: &Binding, clients: &Clients) -> Result<Vec<String>> {
    let mut rounds: Vec<(Times, Times)> = Vec::new();
    for round in 1..=ROUNDS {
        binding.grant(http)?;
        clients
            .work(now()?)
            .with_context(|| format!("round {round}, after the grant"))?;
        let asked = now()?;
        binding.revoke(http)?;
        let stopped = clients.stop(asked, now()?);
        rounds.push(stopped.with_context(|| format!("round {round}, after the revocation"))?);
    }
    let mut lines = Vec::new();
    for party in PARTIES {
        let of = |times: &Times| times.get(party).copied();
        let first: Vec<u64> = rounds.iter().filter_map(|(times, _)| of(times)).collect();
        // Whoever got nothing through after the revocation was stopped at once.
        let last = rounds.iter().map(|(_, times)| of(times).unwrap_or(0));
        ensure!(!first.is_empty(), "{party} was never refused");
        lines.push(format!(
            "{party}, refused in {} rounds: first refusal {}, last record {}",
            first.len(),
            percentiles(first),
            percentiles(last.collect())
        ));
    }
    let all = rounds.iter().flat_map(|(refusals, _)| refusals.values());
    lines.push(format!(
        "{ROUNDS} rounds, from the answer to the revocation to the first refusal of any client: {} (aim: p95 under 500 ms)",
        percentiles(all.copied().collect())
    ));
    Ok(lines)
}

/// p50, p95 and the largest.
fn percentiles(mut times: Vec<u64>) -> String {
    times.sort_unstable();
    let at = |percent: usize| {
        let index = (times.len() * percent).div_ceil(100).max(1) - 1;
        times.get(index).copied().unwrap_or(0)
    };
    format!("p50 {} p95 {} max {} ms", at(50), at(95), at(100))
}

impl Clients {
    fn start(world: &World, password: &str) -> Result<Self> {
        let (sender, seen) = mpsc::channel();
        let mut clients = Self {
            processes: Vec::new(),
            seen,
        };
        for (name, library) in [("java", Library::Java), ("librdkafka", Library::Librdkafka)] {
            let mut child = running(world, library, password)?
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()
                .with_context(|| format!("cannot run the {name} clients"))?;
            let stdout = child.stdout.take().context("stdout is piped")?;
            clients.processes.push(child);
            let sender = sender.clone();
            thread::spawn(move || {
                for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                    if let Some(seen) = Seen::read(name, &line)
                        && sender.send(seen).is_err()
                    {
                        return;
                    }
                }
            });
        }
        Ok(clients)
    }

    /// Waits until each has got a record through since then, by either broker.
    fn work(&self, granted: u64) -> Result<()> {
        let mut working = BTreeSet::new();
        let deadline = Instant::now() + PATIENCE;
        while working.len() < WAYS {
            let seen = self.next(deadline, || format!("only these work: {working:?}"))?;
            if seen.outcome == "ok" && seen.at >= granted {
                working.insert((seen.party, seen.partition));
            }
        }
        Ok(())
    }

    /// Waits until each was refused since then, and nothing has come through for a while. Gives back, by party, how long
    /// after the revocation the first refusal and the last record were.
    fn stop(&self, asked: u64, revoked: u64) -> Result<(Times, Times)> {
        let (mut refusals, mut records) = (Times::new(), Times::new());
        let deadline = Instant::now() + PATIENCE;
        let mut quiet_since = now()?;
        let refused = |refusals: &Times| {
            let mut told = PARTIES.iter().filter(|party| **party != TERSE);
            told.all(|party| refusals.contains_key(*party))
        };
        while !refused(&refusals) || now()? < quiet_since + WATCH_MS {
            let seen = self.next(deadline, || {
                format!("refused {refusals:?}, records {records:?}")
            })?;
            let after = seen.at.saturating_sub(revoked);
            if seen.outcome == "ok" {
                quiet_since = quiet_since.max(seen.at);
                records.insert(seen.party, after);
            } else if seen.outcome.ends_with("_AUTHORIZATION_FAILED")
                && PARTIES.contains(&seen.party.as_str())
            {
                // Every party worked when the server was asked: a refusal that came before its answer is of this round.
                if seen.at < asked {
                    continue;
                }
                refusals.entry(seen.party).or_insert(after);
            } else {
                bail!("{} is told {}", seen.party, seen.outcome);
            }
        }
        Ok((refusals, records))
    }

    fn next(&self, deadline: Instant, so_far: impl Fn() -> String) -> Result<Seen> {
        let left = deadline.saturating_duration_since(Instant::now());
        match self.seen.recv_timeout(left) {
            Ok(seen) => Ok(seen),
            Err(_) => bail!("not within {PATIENCE:?}; {}", so_far()),
        }
    }
}

/// The program that runs a producer and a consumer as the user whose binding comes and goes.
fn running(world: &World, library: Library, password: &str) -> Result<Command> {
    let mut order = json!({
        "config": library.scram(world, PAYMENTS.name, USER, password)?,
        "topic": TOPIC,
        "partitions": PARTITIONS,
    });
    let mut command = match library {
        Library::Java => {
            let admin = world.playground.blueprint().password(ADMIN)?;
            order["feeder"] = library.scram(world, PAYMENTS.name, ADMIN, admin)?;
            let file = clients("java").join("Running.java");
            world.playground.java_source(&file)?
        }
        Library::Librdkafka => {
            let mut command = Command::new(python()?);
            command.arg(clients("python").join("running.py"));
            command
        }
    };
    command.arg(order.to_string());
    Ok(command)
}

impl Seen {
    fn read(library: &str, line: &str) -> Option<Self> {
        let [party, partition, outcome, at] = line.split('\t').collect::<Vec<_>>()[..] else {
            return None;
        };
        let party = if party == "producer" {
            format!("{library} {party} {partition}")
        } else {
            format!("{library} {party}")
        };
        Some(Self {
            party,
            partition: partition.to_owned(),
            outcome: outcome.to_owned(),
            at: at.parse().ok()?,
        })
    }
}

/// Milliseconds since 1970, as the clients count.
fn now() -> Result<u64> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH)?;
    Ok(u64::try_from(since.as_millis())?)
}

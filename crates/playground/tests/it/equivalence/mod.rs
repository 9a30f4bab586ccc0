//! The same rules and the same requests at a cluster that decides as Kafka does by itself and at one that decides by the
//! server's ACLs: the same outcomes.

mod check;
mod clusters;
mod description;
mod outcomes;
mod requests;

use anyhow::{Context, Result, ensure};
use openmds_playground::progress::say;
use openmds_playground::shape::{HOME, STANDARD};
use serde_json::{Value, json};

use crate::world::World;
use clusters::{Twin, wire};
use description::{ADDRESSES, USERS, rules};
use outcomes::{Answers, collect};
use requests::requests;

/// Chosen once, so that every operation is allowed to some and refused to others: denials for everybody weigh much.
const SEED: u64 = 5;

/// The fewest outcomes that count as a comparison.
const ENOUGH: usize = 100_000;

/// Central ACLs at `home`, Kafka's own at `standard`: over 100,000 outcomes of real requests, by eight users from three
/// addresses.
pub(crate) fn central_acls_decide_as_kafka_does(world: &World) -> Result<()> {
    // A hundred thousand refusals are not to fill the trail that other steps read.
    let mut quiet = world.describe()?;
    quiet["default_topics"] = json!({ "allowed": "", "denied": "" });
    let quiet = world.updated(&quiet)?;
    world.applied_version(&quiet["metadata"]["resource_version"])?;
    world.playground.start_standby(STANDARD.name)?;
    let outcome = compare(world);
    world.playground.cluster(STANDARD.name)?.stop()?;
    outcome
}

fn compare(world: &World) -> Result<()> {
    let rules = rules(SEED);
    check::every_kind_of_rule_is_there(&rules)?;
    let twins = Twin::both(world)?;
    for twin in &twins {
        twin.prepare(&rules)
            .with_context(|| format!("preparing {}", twin.name))?;
    }
    let outcome = ask(world, &twins).and_then(|[standard, ours]| {
        let requests = requests();
        check::outcomes_are_equal(&requests, &standard, &ours)?;
        check::all_kinds_of_outcomes_are_there(&requests, &ours)
    });
    for twin in &twins {
        twin.forget()?;
    }
    let (allowed, refused) = outcome?;
    say(format_args!(
        "    seed {SEED}, {} rules: {} outcomes at {} and at {} agree, {allowed} allowed and {refused} refused",
        rules.len(),
        allowed + refused,
        STANDARD.name,
        HOME.name
    ));
    Ok(())
}

/// The outcomes at each of the two.
fn ask(world: &World, twins: &[Twin<'_>; 2]) -> Result<[Answers; 2]> {
    let requests = requests();
    let bodies: Vec<Value> = requests.iter().map(requests::Request::order).collect();
    let mut connections = Vec::new();
    for user in USERS {
        for address in ADDRESSES {
            connections.push((user, address));
        }
    }
    let orders: Vec<Value> = twins
        .iter()
        .flat_map(|twin| {
            let order = |(user, address): &(&str, &str)| twin.order(user, address, &bodies);
            connections.iter().map(order).collect::<Vec<_>>()
        })
        .collect();
    let said = wire(world, &orders)?;
    ensure!(said.len() == 2 * connections.len(), "one line a connection");
    let mut both = [Answers::new(), Answers::new()];
    for (answers, said) in both.iter_mut().zip(said.chunks(connections.len())) {
        for ((user, address), said) in connections.iter().zip(said) {
            collect(&requests, user, address, said, answers)?;
        }
    }
    Ok(both)
}

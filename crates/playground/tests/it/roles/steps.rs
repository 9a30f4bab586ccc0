//! The steps.

use anyhow::{Context, Result, ensure};
use openmds_playground::progress::say;
use openmds_playground::shape::PAYMENTS;

use super::actions::{Library, as_admin, carry_out, order};
use super::binding::{Binding, administrator, followed};
use super::table::{RESOURCE_ROLES, ROLES, Row, table};
use crate::world::World;

/// What resource roles are bound to.
const TYPES: [&str; 4] = ["Topic", "Group", "TransactionalId", "Cluster"];

/// A user for each role, who has nothing else; everything of the table, by both libraries.
pub(crate) fn every_role_opens_to_clients_what_it_allows(world: &World) -> Result<()> {
    let table = table()?;
    super::matrix::agrees(&table)?;
    let password = uuid::Uuid::new_v4().simple().to_string();
    prepare(world, &password)?;
    let http = administrator(world)?;
    let bindings = bindings(world)?;
    for binding in &bindings {
        binding.grant(&http)?;
    }
    followed(&http, PAYMENTS.name)?;
    let outcomes = Library::BOTH.map(|library| everybody(world, library, &table, &password));
    for binding in &bindings {
        binding.revoke(&http)?;
    }
    let wrong: Vec<String> = outcomes
        .iter()
        .filter_map(|outcome| outcome.as_ref().err().map(|error| format!("{error:#}")))
        .collect();
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}

fn user(role: &str) -> String {
    format!("role-{role}")
}

fn prefix(library: Library, role: &str) -> String {
    format!("roles-{role}-{}-", library.letter())
}

/// Users, and the topics and the group that exist before anybody does anything.
fn prepare(world: &World, password: &str) -> Result<()> {
    let mut users: Vec<String> = vec!["make-topic apart-from-roles".to_owned()];
    users.extend(ROLES.map(|role| format!("make-user {} {password}", user(role))));
    let mut prepared = vec![(String::new(), users)];
    for role in ROLES {
        for library in Library::BOTH {
            let prefix = prefix(library, role);
            let mut actions = vec![format!("make-topic {prefix}topic")];
            actions.push(format!("make-topic {prefix}gone"));
            actions.push("alter-offsets".to_owned());
            prepared.push((prefix, actions));
        }
    }
    as_admin(world, PAYMENTS.name, &prepared)
}

fn bindings(world: &World) -> Result<Vec<Binding>> {
    let cluster = world.payments()?.id();
    let bind = |role: &&str| {
        let principal = format!("User:{}", user(role));
        if RESOURCE_ROLES.contains(role) {
            let prefix = format!("roles-{role}-");
            Binding::prefix(&principal, role, cluster, &TYPES, &prefix)
        } else {
            Binding::cluster(&principal, role, cluster)
        }
    };
    Ok(ROLES.iter().map(bind).collect())
}

fn everybody(world: &World, library: Library, table: &[Row], password: &str) -> Result<()> {
    let rows: Vec<&Row> = table
        .iter()
        .filter(|row| row.clients.contains(library.letter()))
        .collect();
    let actions: Vec<String> = rows.iter().map(|row| row.action.clone()).collect();
    let mut orders = Vec::new();
    for role in ROLES {
        let config = library.scram(world, PAYMENTS.name, &user(role), password)?;
        orders.push(order(&config, &prefix(library, role), &actions));
    }
    let outcomes = carry_out(world, library, &orders)?;
    let mut wrong = Vec::new();
    let mut done = 0;
    for (index, role) in ROLES.iter().enumerate() {
        for row in &rows {
            let key = (prefix(library, role), row.action.clone());
            let outcome = outcomes.get(&key).context("every action has an outcome")?;
            done += usize::from(row.done[index]);
            if !row.expects(index, outcome) {
                wrong.push(format!(
                    "{role}, {}: {outcome}, but {} is expected",
                    row.action,
                    row.expectation(index)
                ));
            }
        }
    }
    ensure!(wrong.is_empty(), "{library:?}:\n{}", wrong.join("\n"));
    say(format_args!(
        "    {library:?}: {} actions of ten roles, {done} done and {} refused",
        outcomes.len(),
        outcomes.len() - done
    ));
    Ok(())
}

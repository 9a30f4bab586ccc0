//! The two programs of `tests/clients` that act as somebody and print what came of it.

use std::collections::BTreeMap;
use std::io::Write;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use openmds_playground::shape::{ADMIN, Listener};
use serde_json::{Value, json};

use crate::python::python;
use crate::sdk::clients;
use crate::world::World;

/// Which library acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Library {
    Java,
    Librdkafka,
}

impl Library {
    /// All there are.
    pub(crate) const BOTH: [Self; 2] = [Self::Java, Self::Librdkafka];

    /// Its letter in the table.
    pub(crate) fn letter(self) -> char {
        match self {
            Self::Java => 'j',
            Self::Librdkafka => 'c',
        }
    }

    fn program(self, world: &World) -> Result<Command> {
        match self {
            Self::Java => {
                let file = clients("java").join("RoleActions.java");
                world.playground.java_source(&file)
            }
            Self::Librdkafka => {
                let mut command = Command::new(python()?);
                command.arg(clients("python").join("role_actions.py"));
                Ok(command)
            }
        }
    }

    /// Settings for a SCRAM user at a cluster whose client listener does not use TLS.
    pub(crate) fn scram(
        self,
        world: &World,
        cluster: &str,
        user: &str,
        password: &str,
    ) -> Result<Value> {
        let plan = world.playground.blueprint().cluster(cluster)?;
        let mut config = json!({
            "bootstrap.servers": plan.bootstrap(Listener::Client),
            "security.protocol": plan.shape()?.protocol(Listener::Client),
            "sasl.mechanism": "SCRAM-SHA-256",
            "client.id": user,
        });
        match self {
            Self::Java => {
                config["sasl.jaas.config"] =
                    json!(openmds_playground::clients::scram_jaas(user, password));
            }
            Self::Librdkafka => {
                config["sasl.username"] = json!(user);
                config["sasl.password"] = json!(password);
            }
        }
        Ok(config)
    }
}

/// What somebody shall do.
pub(crate) fn order(config: &Value, prefix: &str, actions: &[String]) -> Value {
    json!({ "config": config, "prefix": prefix, "actions": actions })
}

/// The outcome of every action, by prefix and action.
pub(crate) type Outcomes = BTreeMap<(String, String), String>;

/// Carries out all orders, in one process.
pub(crate) fn carry_out(world: &World, library: Library, orders: &[Value]) -> Result<Outcomes> {
    let mut child = library
        .program(world)?
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot run the program for {library:?}"))?;
    let mut stdin = child.stdin.take().context("stdin is piped")?;
    for order in orders {
        writeln!(stdin, "{order}")?;
    }
    drop(stdin);
    let output = child.wait_with_output()?;
    let said = String::from_utf8_lossy(&output.stdout);
    let mut outcomes = Outcomes::new();
    for line in said.lines() {
        if let [prefix, action, outcome] = line.split('\t').collect::<Vec<_>>()[..] {
            outcomes.insert((prefix.to_owned(), action.to_owned()), outcome.to_owned());
        }
    }
    let wanted: usize = orders
        .iter()
        .filter_map(|order| order["actions"].as_array())
        .map(Vec::len)
        .sum();
    ensure!(
        output.status.success() && outcomes.len() == wanted,
        "{library:?}: {} of {wanted} outcomes, {}:\n{}",
        outcomes.len(),
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(outcomes)
}

/// A cluster's super user does this, with these prefixes; all of it succeeds.
pub(crate) fn as_admin(
    world: &World,
    cluster: &str,
    prepared: &[(String, Vec<String>)],
) -> Result<()> {
    let password = world.playground.blueprint().password(ADMIN)?;
    let config = Library::Java.scram(world, cluster, ADMIN, password)?;
    let order = |(prefix, actions): &(String, Vec<String>)| order(&config, prefix, actions);
    let orders: Vec<Value> = prepared.iter().map(order).collect();
    for ((_, action), outcome) in carry_out(world, Library::Java, &orders)? {
        ensure!(outcome == "ok", "admin: {action}: {outcome}");
    }
    Ok(())
}

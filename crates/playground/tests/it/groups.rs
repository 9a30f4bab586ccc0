//! A role that is granted to a group is its members'.

use anyhow::{Result, ensure};
use openmds_playground::shape::{HOME, LOGS, PAYMENTS};

use crate::world::World;

/// carol has no role. While her group is AuditAdmin she uses the audit commands; afterwards she is
/// refused as before.
pub(crate) fn audit_admin_of_a_group_is_its_members(world: &World) -> Result<()> {
    let refused = || -> Result<()> {
        for args in [
            &["audit-log", "config", "describe"][..],
            &["audit-log", "route", "lookup", "crn:///kafka=x/topic=y"],
        ] {
            let ran = world.playground.cli("carol", args)?;
            ensure!(ran.code == Some(1), "{args:?}: {}", ran.said());
            ensure!(ran.stderr.contains("User:carol"), "{}", ran.said());
        }
        Ok(())
    };
    refused()?;
    bind(world, "create", &[])?;
    let outcome = commands_work(world);
    bind(world, "delete", &["--force"])?;
    outcome?;
    refused()
}

fn commands_work(world: &World) -> Result<()> {
    world.must("carol", &["audit-log", "config", "describe"])?;
    let document = world.describe()?.to_string();
    let update = ["audit-log", "config", "update", "--force"];
    let ran = world
        .playground
        .cli_with_input("carol", &update, &document)?;
    ensure!(ran.succeeded(), "{}", ran.said());
    world.must("carol", &["audit-log", "status"])?;
    let lookup = ["audit-log", "route", "lookup", "crn:///kafka=x/topic=y"];
    world.must("carol", &lookup).map(drop)
}

fn bind(world: &World, verb: &str, more: &[&str]) -> Result<()> {
    for name in [HOME.name, PAYMENTS.name, LOGS.name] {
        let id = world.playground.cluster(name)?.id();
        let mut args = vec![
            "iam",
            "rbac",
            "role-binding",
            verb,
            "--role",
            "AuditAdmin",
            "--principal",
            "Group:auditors",
            "--kafka-cluster",
            id,
        ];
        args.extend_from_slice(more);
        world.must("mds", &args)?;
    }
    Ok(())
}

//! What Prometheus sees of the server.

use std::collections::BTreeSet;

use anyhow::{Result, ensure};

use crate::world::World;

/// After all that has happened here, every metric that is listed has been seen.
pub(crate) fn the_server_shows_what_is_listed(world: &World) -> Result<()> {
    let mut http = world.playground.server().http()?;
    http.log_in("mds", world.playground.blueprint().password("mds")?)?;
    let shown = http.text("/metrics")?;
    let shown: BTreeSet<&str> = shown
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split(['{', ' ']).next())
        .collect();
    let listed = include_str!("../../../../spec/metrics/server.txt");
    let missing: Vec<&str> = listed
        .lines()
        .filter(|name| !shown.contains(name))
        .collect();
    ensure!(missing.is_empty(), "not shown: {missing:?}");
    Ok(())
}

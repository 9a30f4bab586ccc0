//! Clients at full speed on routes of all three modes, while brokers and destination are killed.

use std::time::Duration;

use anyhow::{Context, Result};
use openmds_playground::progress::Progress;
use openmds_playground::soak::{self, Options};

use crate::world::World;

/// With everything around it some three minutes.
const SECONDS: u64 = 110;

/// The same faults each time; the times at which they hit the nodes are never the same.
const SEED: u64 = 6;

/// Seed and seconds are printed; `OPENMDS_SOAK_SEED` and `OPENMDS_SOAK_SECONDS` choose others.
pub(crate) fn the_trail_says_what_the_clients_know(world: &World) -> Result<()> {
    let number = |name: &str, otherwise: u64| match std::env::var(name) {
        Ok(text) => text.parse().with_context(|| format!("{name}={text}")),
        Err(_) => Ok(otherwise),
    };
    let options = Options {
        length: Duration::from_secs(number("OPENMDS_SOAK_SECONDS", SECONDS)?),
        seed: number("OPENMDS_SOAK_SEED", SEED)?,
    };
    soak::run(&world.playground, options, Progress::visible())
}

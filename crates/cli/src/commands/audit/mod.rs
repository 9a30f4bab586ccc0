//! `openmds audit`

mod progress;
mod search;
mod tail;
mod unused;
mod unused_bindings;
mod unused_coverage;
mod verify;
mod verify_advice;
mod verify_state;
mod verify_words;

use crate::{Failure, World};

/// What was recorded.
#[derive(Debug, clap::Subcommand)]
pub enum AuditCommand {
    Verify(verify::Verify),
    Tail(tail::Tail),
    Search(search::Search),
    Unused(unused::Unused),
}

impl AuditCommand {
    pub(crate) async fn run(self, world: &mut World) -> Result<(), Failure> {
        match self {
            Self::Verify(verify) => verify.run(world).await,
            Self::Tail(tail) => tail.run(world).await,
            Self::Search(search) => search.run(world).await,
            Self::Unused(unused) => unused.run(world).await,
        }
    }
}

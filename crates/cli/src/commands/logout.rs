//! `openmds logout`

use crate::session::Store;
use crate::{Failure, World};

/// Forget the session and the saved credentials
///
/// Only files of this user are removed; the server is not asked. The token itself stays valid until it expires.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:\n  openmds logout")]
pub struct Logout {}

pub(crate) fn logout(world: &mut World) -> Result<(), Failure> {
    Store::new(world.environment.config_dir.clone())?.forget()?;
    world.printer.data("You are now logged out.")
}

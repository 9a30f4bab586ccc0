//! `openmds context list`

use super::Shown;
use crate::session::Store;
use crate::{Failure, Output, World};

/// List the log ins that are kept
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:
  openmds context list
  openmds context list -o yaml")]
pub struct List {
    #[command(flatten)]
    output: Output,
}

impl List {
    pub(crate) fn run(self, world: &mut World) -> Result<(), Failure> {
        let contexts = Store::new(world.environment.config_dir.clone())?.contexts()?;
        let current = contexts.current.as_deref();
        let all: Vec<_> = contexts
            .sessions
            .iter()
            .map(|(name, session)| Shown::of(name, session, current))
            .collect();
        if let Some(form) = self.output.structured() {
            return world.printer.value(form, &all);
        }
        let heading = [
            "Current", "Name", "Server", "User", "Login", "State", "Expires",
        ];
        let rows: Vec<_> = all.into_iter().map(row).collect();
        world.printer.table(&heading, &rows)
    }
}

fn row(context: Shown) -> Vec<String> {
    let mark = if context.current { "*" } else { "" };
    vec![
        mark.to_owned(),
        context.name,
        context.server,
        context.user,
        context.login.to_owned(),
        context.state.to_owned(),
        context.expires_at.unwrap_or_default(),
    ]
}

//! Ending a playground from another shell, by its pid files alone.

use std::fs;
use std::path::Path;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use tokio::signal::unix::{SignalKind, signal};

use crate::blueprint::{Blueprint, NodePlan};
use crate::layout::Layout;
use crate::process::Process;
use crate::progress::Progress;

const BOUND: Duration = Duration::from_secs(15);

/// Every process of a playground, in the order in which they should end: the server, brokers, controllers.
fn processes(layout: &Layout, blueprint: &Blueprint) -> Vec<Vec<Process>> {
    let group = |wanted: fn(&NodePlan) -> bool| {
        let mut group = Vec::new();
        for cluster in &blueprint.clusters {
            for node in cluster.nodes.iter().filter(|node| wanted(node)) {
                group.push(Process::new(
                    format!("{} node {}", cluster.name, node.id),
                    layout.node(&cluster.name, node.id).join("pid"),
                ));
            }
        }
        group
    };
    vec![
        vec![Process::new(
            "the metadata server",
            layout.server().join("pid"),
        )],
        group(|node| node.role.is_broker()),
        group(|node| !node.role.is_broker()),
    ]
}

/// The names of those that are alive.
pub fn running(layout: &Layout) -> Result<Vec<String>> {
    let Some(blueprint) = Blueprint::load(layout)? else {
        return Ok(Vec::new());
    };
    Ok(processes(layout, &blueprint)
        .iter()
        .flatten()
        .filter(|process| process.is_running())
        .map(|process| process.name().to_owned())
        .collect())
}

/// Ends everything that runs from this directory; returns how many processes that were.
pub fn everything(layout: &Layout) -> Result<usize> {
    let Some(blueprint) = Blueprint::load(layout)? else {
        return Ok(0);
    };
    let mut ended = 0;
    for group in processes(layout, &blueprint) {
        // All of a group are asked first and waited for afterwards.
        for process in &group {
            ended += usize::from(process.is_running());
            process.terminate()?;
        }
        for process in &group {
            process.stop(BOUND)?;
        }
    }
    Ok(ended)
}

/// Removes the directory with everything in it. Refuses where it does not look like a playground.
pub fn forget(directory: &Path) -> Result<()> {
    let mut entries = match fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error).with_context(|| directory.display().to_string()),
    };
    let layout = Layout::new(directory)?;
    if entries.next().is_some() && !layout.lock().is_file() {
        bail!(
            "{} is not a playground (it has no file `lock`): it will not be removed",
            directory.display()
        );
    }
    everything(&layout)?;
    fs::remove_dir_all(directory).with_context(|| format!("cannot remove {}", directory.display()))
}

/// From now on Ctrl-C and SIGTERM stop everything before this process ends.
pub fn on_signals(directory: &Path) -> Result<()> {
    let layout = Layout::new(directory)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let (mut interrupt, mut terminate) = {
        let _context = runtime.enter();
        (
            signal(SignalKind::interrupt())?,
            signal(SignalKind::terminate())?,
        )
    };
    thread::spawn(move || {
        runtime.block_on(async {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
        });
        let progress = Progress::visible();
        let stopped = progress.timed("stopped", || {
            everything(&layout)?;
            // What was just being started while the rest was stopped.
            everything(&layout)
        });
        std::process::exit(if stopped.is_ok() { 130 } else { 1 });
    });
    Ok(())
}

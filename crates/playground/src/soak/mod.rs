//! A soak: clients at full speed on routes of all three modes, while their brokers and the destination
//! are killed, stopped and frozen as a seed says; then what the clients were answered is compared with
//! what `openmds audit verify` says of the trail.

mod asker;
mod faults;
mod judge;
mod preparation;
mod reader;
mod routes;
mod statement;
mod table;
mod trail;
mod truth;

use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use self::asker::{Asker, BROKERS, Count, now_ms};
use self::faults::{Ended, Faults};
use self::judge::{Judged, Span, judge};
use self::reader::Reader;
use self::trail::Trail;
use self::truth::{ASKERS, Told};
use crate::playground::Playground;
use crate::progress::Progress;
use crate::seeded::Seeded;
use crate::shape::{LOGS, PAYMENTS};

pub use preparation::prepare;

/// What waits on disk is delivered after this at the latest, counted from when all is quiet.
const SETTLED: Duration = Duration::from_secs(120);

/// Between two lines of progress.
const INTERVAL: Duration = Duration::from_secs(10);

/// How long, and which faults.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// So long clients ask.
    pub length: Duration,
    /// The same seed gives the same faults, in the same order and with the same pauses.
    pub seed: u64,
}

/// Soaks a running playground whose clusters are registered; fails where the trail says something else
/// than the clients know. Afterwards everything runs, with the fail modes of before.
pub fn run(playground: &Playground, options: Options, progress: Progress) -> Result<()> {
    progress.note(format_args!("soak with seed {}", options.seed));
    let run = uuid::Uuid::new_v4().simple().to_string();
    let run = run.get(..8).context("a UUID is longer than that")?;
    routes::ask_for_events(playground)?;
    let before = routes::ask_for_modes(playground)?;
    let soaked = soak(playground, run, options, progress);
    let restored = everything_runs(playground);
    let modes = routes::set_modes(playground, before);
    soaked.and(restored).and(modes.map(drop))
}

fn everything_runs(playground: &Playground) -> Result<()> {
    for name in [LOGS.name, PAYMENTS.name] {
        let cluster = playground.cluster(name)?;
        for node in cluster.nodes().iter().filter(|node| node.is_running()) {
            node.thaw()?;
        }
        cluster.start()?;
    }
    Ok(())
}

fn soak(playground: &Playground, run: &str, options: Options, progress: Progress) -> Result<()> {
    let payments = playground.cluster(PAYMENTS.name)?;
    // Epochs of its own: those of before may have seen anything.
    payments.stop()?;
    let since_ms = now_ms();
    payments.start()?;
    let (told, mut ends) = disturb(playground, run, options, progress)?;
    everything_runs(playground)?;
    let until_ms = now_ms();
    progress.timed("stopped the brokers in order, and started them", || {
        let since = Instant::now();
        payments.stop()?;
        ends.extend(BROKERS.map(|broker| Ended::in_order(broker, since)));
        payments.start()?;
        asker::wake(playground)
    })?;
    let span = Span { since_ms, until_ms };
    let file = playground
        .layout()
        .server()
        .join(format!("soak-{run}.jsonl"));
    let mut trail = Trail::new((run, payments.id(), told.len()), since_ms, &file)?;
    let reader = Reader::open(playground)?;
    let deadline = Instant::now() + SETTLED;
    let judged = progress.timed("read and verified the trail", || {
        loop {
            reader.read(&mut trail)?;
            let report = verified(playground, &file)?;
            let judged = judge(&told, &ends, &trail, &report, span);
            // What waits on disk may still come.
            if judged.problems.is_empty() || Instant::now() > deadline {
                return Ok(judged);
            }
        }
    })?;
    for line in table::of(&told, &trail, &judged) {
        progress.note(line);
    }
    conclude(&judged, options.seed, &file)
}

fn conclude(judged: &Judged, seed: u64, file: &Path) -> Result<()> {
    const SHOWN: usize = 20;
    if judged.problems.is_empty() {
        std::fs::remove_file(file)?;
        return Ok(());
    }
    let shown: Vec<&str> = judged
        .problems
        .iter()
        .take(SHOWN)
        .map(String::as_str)
        .collect();
    bail!(
        "with seed {seed} the trail does not say what the clients know, in {} places (its lines are in {}):\n  {}",
        judged.problems.len(),
        file.display(),
        shown.join("\n  ")
    )
}

/// Lets the clients ask, and faults happen, for so long.
fn disturb(
    playground: &Playground,
    run: &str,
    options: Options,
    progress: Progress,
) -> Result<(Vec<Told>, Vec<Ended>)> {
    let (is_over, count) = (AtomicBool::new(false), Count::default());
    let (ends, happened) = (Mutex::default(), AtomicU64::new(0));
    let faults = Faults {
        playground,
        progress,
        is_over: &is_over,
        ends: &ends,
        count: &happened,
    };
    let told = thread::scope(|scope| {
        let askers: Vec<_> = (0..ASKERS.len())
            .map(|client| {
                let (count, is_over) = (&count, &is_over);
                let asker = Asker {
                    playground,
                    run,
                    client,
                    count,
                    is_over,
                };
                scope.spawn(move || asker.ask())
            })
            .collect();
        let brokers = scope.spawn(|| faults.befall_brokers(Seeded(options.seed)));
        let destination = scope.spawn(|| faults.befall_destination(Seeded(!options.seed)));
        let since = Instant::now();
        while since.elapsed() < options.length
            && !brokers.is_finished()
            && !destination.is_finished()
        {
            thread::sleep(INTERVAL.min(options.length.saturating_sub(since.elapsed())));
            progress.note(table::so_far(since.elapsed(), options, &count, &happened));
        }
        is_over.store(true, Ordering::Relaxed);
        let told = askers.into_iter().map(|asker| asker.join().ok());
        let told: Option<Vec<Told>> = told.collect();
        for one in [brokers, destination] {
            one.join()
                .map_err(|_| anyhow::anyhow!("a thread of faults panicked"))??;
        }
        told.context("a client panicked")
    })?;
    Ok((told, ends.into_inner().unwrap_or_else(|e| e.into_inner())))
}

/// What the verifier reports of the lines in this file.
fn verified(playground: &Playground, file: &Path) -> Result<Value> {
    let ca = playground.layout().server().join("store/enrollment-ca.pem");
    let (file, ca) = (file.display().to_string(), ca.display().to_string());
    let args = ["audit", "verify", &file, "--ca", &ca, "-o", "json"];
    let ran = playground.cli("alice", &args)?;
    serde_json::from_str(&ran.stdout).with_context(|| ran.said())
}

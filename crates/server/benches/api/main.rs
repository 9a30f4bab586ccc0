//! What the HTTP interface costs: `bench/run api`.
//!
//! `PUT authorize` of ten actions beside a bare axum handler that parses the same body and gives the
//! same answer; bindings created over HTTP beside bare commits of the same store; the start with a
//! million bindings. The server is the real program in a process of its own, and so is the bare one.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a program that measures: it stops at the first surprise and prints"
)]

mod bare;
mod commits;
mod data;
mod load;
mod program;
mod report;

use std::path::PathBuf;

use report::Figures;

/// Bindings in the store while `authorize` is asked.
const BINDINGS: usize = 100_000;
/// Bindings made over HTTP.
const CREATED: usize = 10_000;
/// Bindings in the store that is started.
const STARTED: usize = 1_000_000;

fn main() {
    let mut arguments = std::env::args().skip(1).filter(|word| word != "--bench");
    match arguments.next().as_deref() {
        Some("bare") => bare::serve(),
        Some("run") => {
            let openmds = PathBuf::from(arguments.next().expect("the path of openmds"));
            let check = arguments.next().as_deref() == Some("--check");
            let figures = run(&openmds);
            figures.print();
            if check && figures.missed() {
                std::process::exit(1);
            }
        }
        // `cargo test --benches` and the like: nothing to see.
        _ => {}
    }
}

fn run(openmds: &std::path::Path) -> Figures {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut figures = Figures::default();
    let questions = data::questions(BINDINGS);

    let folder = tempfile::tempdir().unwrap();
    data::fill(&folder.path().join("store"), BINDINGS);
    let ours = program::start(openmds, folder.path(), false);
    let token = program::token(&ours, &runtime);
    let apart = tempfile::tempdir().unwrap();
    data::fill(&apart.path().join("store"), BINDINGS);
    let audited = program::start(openmds, apart.path(), true);
    let audited_token = program::token(&audited, &runtime);
    let bare = program::start_bare();
    let requests = |subject: &program::Program| match subject.name {
        "audited" => data::requests(&questions, &audited_token),
        _ => data::requests(&questions, &token),
    };
    // Each subject twice, forwards and backwards; the better run of each counts.
    for round in 0..2 {
        let order = if round == 0 {
            [&bare, &ours, &audited]
        } else {
            [&audited, &ours, &bare]
        };
        for subject in order {
            eprintln!("asking {}", subject.name);
            let rate = load::rate(&runtime, subject.address, &requests(subject));
            figures.better_rate(subject.name, rate);
        }
    }
    for subject in [&bare, &ours, &audited] {
        eprintln!("asking {} at half its rate", subject.name);
        let half = figures.rate(subject.name) / 2.0;
        let p99 = load::p99(&runtime, subject.address, &requests(subject), half);
        figures.p99(subject.name, p99);
    }
    drop((bare, audited));

    eprintln!("creating {CREATED} bindings");
    let bindings = data::creations(CREATED, &token);
    figures.created = load::all(&runtime, ours.address, &bindings);
    drop(ours);
    figures.commits = commits::rate(folder.path(), CREATED);

    eprintln!("starting with {STARTED} bindings");
    let folder = tempfile::tempdir().unwrap();
    data::fill(&folder.path().join("store"), STARTED);
    let started = program::start(openmds, folder.path(), true);
    figures.start = started.ready_after;
    figures.memory = started.memory_bytes();
    figures
}

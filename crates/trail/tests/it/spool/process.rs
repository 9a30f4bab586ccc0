//! A process that is killed with `kill -9` before and after each change of its disk (29).

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use openmds_trail::{Directory, Disk, Fsync, Name, Spool};
use tempfile::TempDir;

use super::{EMITTER, EPOCH, NOW, deliver, keep, limits, open, read};

const CHILD: &str = "OPENMDS_TEST_SPOOL";
const THIS: &str =
    "spool::process::a_process_that_is_killed_at_any_step_loses_nothing_that_it_kept";

/// Says each step, and waits until it may be taken.
#[derive(Debug)]
struct Stepping(Directory);

fn say(what: &str) {
    let mut out = io::stdout().lock();
    writeln!(out, "\nspool {what}").unwrap();
    out.flush().unwrap();
    drop(out);
    io::stdin().read_exact(&mut [0]).unwrap();
}

fn step<T>(what: &str, change: impl FnOnce() -> T) -> T {
    say(&format!("before {what}"));
    let done = change();
    say(&format!("after {what}"));
    done
}

impl Disk for Stepping {
    fn prepare(&mut self) -> io::Result<()> {
        self.0.prepare()
    }
    fn lock(&mut self) -> io::Result<bool> {
        self.0.lock()
    }
    fn segments(&mut self) -> io::Result<Vec<(u64, u64)>> {
        self.0.segments()
    }
    fn create(&mut self, name: Name) -> io::Result<()> {
        step("create", || self.0.create(name))
    }
    fn append(&mut self, name: Name, bytes: &[u8]) -> io::Result<()> {
        step("append", || self.0.append(name, bytes))
    }
    fn sync(&mut self, name: Name) -> io::Result<()> {
        step("sync", || self.0.sync(name))
    }
    fn sync_directory(&mut self) -> io::Result<()> {
        step("sync directory", || self.0.sync_directory())
    }
    fn close(&mut self, name: Name) {
        self.0.close(name);
    }
    fn truncate(&mut self, name: Name, length: u64) -> io::Result<()> {
        step("truncate", || self.0.truncate(name, length))
    }
    fn length(&mut self, name: Name) -> io::Result<u64> {
        self.0.length(name)
    }
    fn read(&mut self, name: Name, at: u64, into: &mut [u8]) -> io::Result<usize> {
        self.0.read(name, at, into)
    }
    fn rename(&mut self, from: Name, to: Name) -> io::Result<()> {
        step("rename", || self.0.rename(from, to))
    }
    fn remove(&mut self, name: Name) -> io::Result<()> {
        step("remove", || self.0.remove(name))
    }
}

fn child(directory: &Path) {
    let disk = Stepping(Directory::new(directory));
    let mut spool = Spool::open(disk, limits(Fsync::Batch), (EMITTER, EPOCH)).unwrap();
    for group in [1..=2, 3..=6, 7..=7] {
        assert_eq!(
            keep(&mut spool, group.clone(), NOW)
                .refusal
                .map(|why| why.to_string()),
            None
        );
        say(&format!("kept {}", group.end()));
        let (sequences, _) = read(&mut spool, 250, NOW).unwrap();
        say(&format!("delivered {}", sequences.last().unwrap()));
        spool.release();
    }
    spool.close();
    say("ended");
}

/// Lets a child take so many steps and kills it: the last number it kept, the last it delivered, and
/// whether it ended by itself.
fn run(directory: &Path, steps: usize) -> (u64, u64, bool) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", THIS, "--nocapture", "--test-threads=1"])
        .env(CHILD, directory)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let (mut kept, mut delivered, mut ended, mut taken) = (0, 0, false, 0);
    for line in lines.by_ref() {
        let line = line.unwrap();
        let Some(said) = line.strip_prefix("spool ") else {
            continue;
        };
        let number = |text: &str| text.parse().unwrap();
        match said.split_once(' ') {
            Some(("kept", last)) => kept = number(last),
            Some(("delivered", last)) => delivered = number(last),
            _ => ended |= said == "ended",
        }
        if taken == steps {
            break;
        }
        taken += 1;
        input.write_all(b".").unwrap();
    }
    child.kill().unwrap();
    child.wait().unwrap();
    (kept, delivered, ended)
}

#[test]
fn a_process_that_is_killed_at_any_step_loses_nothing_that_it_kept() {
    if let Some(directory) = std::env::var_os(CHILD) {
        return child(Path::new(&directory));
    }
    for steps in 0.. {
        let directory = TempDir::new().unwrap();
        let (kept, delivered, ended) = run(directory.path(), steps);
        let case = format!("killed after {steps} steps, {kept} kept, {delivered} delivered");
        let mut spool = open(Directory::new(directory.path()), Fsync::Batch);
        let (recovered, lost) = deliver(&mut spool, NOW);
        assert_eq!(lost, 0, "{case}");
        let behind = recovered.first().map_or(delivered + 1, |first| *first);
        assert!(behind <= delivered + 1, "{case}: {recovered:?}");
        assert!(
            recovered.windows(2).all(|pair| pair[0] + 1 == pair[1]),
            "{case}: {recovered:?}"
        );
        let last = recovered.last().copied().unwrap_or(delivered);
        assert!((kept..=7).contains(&last), "{case}: {recovered:?}");
        if ended {
            assert!(steps > 40, "{case}");
            assert_eq!((kept, behind), (7, delivered + 1), "{case}: {recovered:?}");
            return;
        }
    }
}

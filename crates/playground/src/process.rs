//! Processes by pid: started so that they outlive us if they must, recorded so that another shell can stop them.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use std::os::unix::process::CommandExt;

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};

/// How often a condition is looked at while waiting for it.
pub(crate) const POLL: Duration = Duration::from_millis(20);

/// One process that the playground runs, known by its pid file.
///
/// The file holds the pid and the process's start time (field 22 of `/proc/<pid>/stat`), so that a
/// pid given to somebody else after a reboot is never signalled.
#[derive(Debug)]
pub(crate) struct Process {
    name: String,
    pid_file: PathBuf,
    /// Our own child, if this very process started it: it must be reaped.
    child: Mutex<Option<Child>>,
}

impl Process {
    /// The process whose identity is (or will be) in this file.
    pub(crate) fn new(name: impl Into<String>, pid_file: impl Into<PathBuf>) -> Self {
        Self {
            name: name.into(),
            pid_file: pid_file.into(),
            child: Mutex::new(None),
        }
    }

    /// What it is, for messages.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Starts it in a process group of its own, output appended to a file.
    pub(crate) fn start(&self, mut command: Command, output: &Path) -> Result<()> {
        if self.pid().is_some() {
            bail!("{} is already running", self.name);
        }
        let out = File::options().create(true).append(true).open(output)?;
        let child = command
            .stdin(Stdio::null())
            .stdout(out.try_clone()?)
            .stderr(out)
            .process_group(0)
            .spawn()
            .with_context(|| {
                format!(
                    "{}: cannot start {}",
                    self.name,
                    command.get_program().to_string_lossy()
                )
            })?;
        let pid = i32::try_from(child.id())?;
        let since = start_time(pid).unwrap_or_default();
        fs::write(&self.pid_file, format!("{pid} {since}\n"))?;
        if let Ok(mut slot) = self.child.lock() {
            *slot = Some(child);
        }
        Ok(())
    }

    /// Its pid, if it is alive.
    pub(crate) fn pid(&self) -> Option<i32> {
        // Reap our own child first, else it stays in the process table.
        if let Ok(mut slot) = self.child.lock()
            && let Some(child) = slot.as_mut()
            && matches!(child.try_wait(), Ok(Some(_)))
        {
            *slot = None;
        }
        let text = fs::read_to_string(&self.pid_file).ok()?;
        let (pid, since) = text.trim().split_once(' ')?;
        let (pid, since) = (pid.parse().ok()?, since.parse().ok()?);
        (start_time(pid) == Some(since)).then_some(pid)
    }

    /// Whether it is alive (a frozen process is).
    pub(crate) fn is_running(&self) -> bool {
        self.pid().is_some()
    }

    /// Stops it where it stands (SIGSTOP).
    pub(crate) fn freeze(&self) -> Result<()> {
        self.signal(Signal::STOP)
    }

    /// Lets it go on (SIGCONT).
    pub(crate) fn thaw(&self) -> Result<()> {
        self.signal(Signal::CONT)
    }

    /// Kills it without warning (SIGKILL) and waits until it is gone.
    pub(crate) fn kill(&self) -> Result<()> {
        if let Some(pid) = self.pid() {
            self.send(pid, Signal::KILL)?;
            self.wait_until_gone(Duration::from_secs(10))?;
        }
        Ok(())
    }

    /// Asks it to end (SIGTERM); does not wait.
    pub(crate) fn terminate(&self) -> Result<()> {
        if let Some(pid) = self.pid() {
            self.send(pid, Signal::TERM)?;
            // A frozen process does not hear anything but SIGKILL and SIGCONT. By now it may be gone.
            self.send(pid, Signal::CONT)?;
        }
        Ok(())
    }

    /// Waits for its end and kills it where that takes longer than the bound.
    pub(crate) fn stop(&self, bound: Duration) -> Result<()> {
        self.terminate()?;
        if self.wait_until_gone(bound).is_err() {
            self.kill()?;
        }
        Ok(())
    }

    fn wait_until_gone(&self, bound: Duration) -> Result<()> {
        let deadline = Instant::now() + bound;
        while let Some(pid) = self.pid() {
            if Instant::now() > deadline {
                bail!("{} (pid {pid}) did not end within {bound:?}", self.name);
            }
            thread::sleep(POLL);
        }
        Ok(())
    }

    fn signal(&self, signal: Signal) -> Result<()> {
        let Some(pid) = self.pid() else {
            bail!("{} is not running", self.name);
        };
        self.send(pid, signal)
    }

    fn send(&self, pid: i32, signal: Signal) -> Result<()> {
        let Some(pid) = Pid::from_raw(pid) else {
            return Ok(());
        };
        match kill_process(pid, signal) {
            // Gone between the look and the signal: what was wanted has happened.
            Ok(()) | Err(rustix::io::Errno::SRCH) => Ok(()),
            Err(error) => Err(error).with_context(|| format!("cannot signal {}", self.name)),
        }
    }
}

/// When a process was started, in clock ticks since boot; `None` if it is gone or a zombie.
fn start_time(pid: i32) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The command's name is in parentheses and may itself contain spaces and parentheses.
    let (_, fields) = stat.rsplit_once(") ")?;
    let mut fields = fields.split(' ');
    let state = fields.next()?;
    // While threads of a zombie are left, its sockets may still be open.
    let threads = || fs::read_dir(format!("/proc/{pid}/task")).map_or(0, Iterator::count);
    if state == "X" || state == "Z" && threads() <= 1 {
        return None;
    }
    fields.nth(18)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_frozen_thawed_and_stopped_by_its_recorded_identity() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("pid");
        let process = Process::new("sleeper", &file);
        let mut command = Command::new("sleep");
        command.arg("60");
        process.start(command, &dir.path().join("out")).unwrap();
        let other = Process::new("same", &file);
        assert_eq!(process.pid(), other.pid());
        process.freeze().unwrap();
        assert!(process.is_running());
        other.stop(Duration::from_secs(5)).unwrap();
        assert!(!process.is_running());
    }

    #[test]
    fn a_pid_of_somebody_else_is_not_ours() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("pid");
        fs::write(&file, format!("{} 1\n", std::process::id())).unwrap();
        let process = Process::new("stranger", &file);
        assert_eq!(process.pid(), None);
        process.stop(Duration::from_secs(1)).unwrap();
    }
}

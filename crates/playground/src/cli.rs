//! `openmds`, run as a user of the server.

use std::io::Write;
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use crate::ground::Ground;

/// What a program did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ran {
    /// Its exit code; `None` if a signal ended it.
    pub code: Option<i32>,
    /// Its standard output.
    pub stdout: String,
    /// Its standard error.
    pub stderr: String,
}

impl Ran {
    /// Whether it ended with 0.
    pub fn succeeded(&self) -> bool {
        self.code == Some(0)
    }

    /// Everything it printed, for messages.
    pub fn said(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }
}

/// Runs it to its end. Each user has a session of their own.
pub(crate) fn run(ground: &Ground, user: &str, args: &[&str], input: Option<&str>) -> Result<Ran> {
    finish(command(ground, user, args)?, input)
}

/// The command with the environment that logs this user in.
pub(crate) fn command(ground: &Ground, user: &str, args: &[&str]) -> Result<Command> {
    let blueprint = &ground.blueprint;
    let mut command = Command::new(&ground.programs.openmds);
    command
        .args(args)
        .env(
            "OPENMDS_URL",
            format!("http://127.0.0.1:{}", blueprint.http_port),
        )
        .env("OPENMDS_USERNAME", user)
        .env("OPENMDS_PASSWORD", blueprint.password(user)?)
        .env(
            "OPENMDS_CONFIG_DIR",
            ground.layout.root().join("sessions").join(user),
        )
        .env("NO_COLOR", "1");
    Ok(command)
}

/// Gives a program its input and waits for its end.
pub(crate) fn finish(mut command: Command, input: Option<&str>) -> Result<Ran> {
    let program = command.get_program().to_string_lossy().into_owned();
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot run {program}"))?;
    if let Some(mut stdin) = child.stdin.take() {
        // A program that does not read its input is no failure.
        let _ = stdin.write_all(input.unwrap_or_default().as_bytes());
    }
    let output = child.wait_with_output()?;
    Ok(Ran {
        code: output.status.code(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    })
}

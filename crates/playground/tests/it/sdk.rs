//! The public Go SDK, and the request sequences of other clients, against this server: the module
//! `tests/clients/go`.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};
use openmds_playground::progress::say;

use crate::world::World;

/// Every operation of the SDK with everything that can be refused; cp-ansible and JulieOps.
pub(crate) fn go_module_passes(world: &World) -> Result<()> {
    let output = Command::new("go")
        .args(["test", "-count=1", "-v", "./..."])
        .current_dir(clients("go"))
        .envs(world.playground.variables()?)
        .output()
        .context("cannot run go: install Go 1.19 or newer (./test does it)")?;
    let said = String::from_utf8_lossy(&output.stdout);
    let ran = said.matches("--- PASS").count();
    let failures: Vec<&str> = said.lines().filter(|line| is_of_interest(line)).collect();
    if !output.status.success() {
        bail!(
            "go test failed:\n{}\n{}",
            failures.join("\n"),
            String::from_utf8_lossy(&output.stderr)
        );
    }
    say(format_args!("    {ran} tests of the Go module passed"));
    world.applied()
}

/// Failures with what was said about them.
fn is_of_interest(line: &str) -> bool {
    let line = line.trim_start();
    !["=== ", "--- PASS", "ok "]
        .iter()
        .any(|start| line.starts_with(start))
}

/// A directory of clients that are not written in Rust.
pub(crate) fn clients(language: &str) -> PathBuf {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    here.join("../../tests/clients").join(language)
}

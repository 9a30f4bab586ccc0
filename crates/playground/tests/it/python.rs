//! A Python with the packages of `tests/clients/python/requirements.txt`, in the cache.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use openmds_playground::fetch;

use crate::sdk::clients;

/// Made once for these versions; the second caller finds it.
pub(crate) fn python() -> Result<PathBuf> {
    let requirements = clients("python").join("requirements.txt");
    let wanted = fs::read_to_string(&requirements)?;
    let name: String = wanted
        .trim()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .collect();
    let directory = fetch::cache()?.join("python").join(name);
    let program = directory.join("bin").join("python");
    let complete = directory.join("complete");
    if complete.is_file() {
        return Ok(program);
    }
    let _ = fs::remove_dir_all(&directory);
    fs::create_dir_all(directory.parent().context("a cache has a parent")?)?;
    run(Command::new("python3").args(["-m", "venv"]).arg(&directory))?;
    install(&program, &requirements)?;
    fs::write(complete, wanted)?;
    Ok(program)
}

fn install(program: &Path, requirements: &Path) -> Result<()> {
    let mut pip = Command::new(program);
    pip.args(["-m", "pip", "install", "--quiet", "--requirement"])
        .arg(requirements);
    run(&mut pip)
}

fn run(command: &mut Command) -> Result<()> {
    let output = command.output().with_context(|| {
        format!("cannot run {command:?}: install python3 and python3-venv (./test does it)")
    })?;
    if !output.status.success() {
        bail!(
            "{command:?} failed:\n{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
    }
    Ok(())
}

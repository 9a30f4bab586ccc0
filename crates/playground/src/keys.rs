//! The signing key of the server and its JWKS, which must exist before any broker starts.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::layout::Layout;
use crate::programs::Programs;

/// Lets `openmds` make both files, unless they exist.
pub(crate) fn generate(programs: &Programs, layout: &Layout) -> Result<()> {
    let (key_file, jwks_file) = (layout.signing_key(), layout.jwks());
    if key_file.exists() && jwks_file.exists() {
        return Ok(());
    }
    fs::create_dir_all(key_file.parent().context("keys have a directory")?)?;
    let output = Command::new(&programs.openmds)
        .args(["server", "keys", "generate", "--out"])
        .arg(&key_file)
        .arg("--jwks")
        .arg(&jwks_file)
        .output()
        .with_context(|| format!("cannot run {}", programs.openmds.display()))?;
    if !output.status.success() {
        bail!(
            "`openmds server keys generate` failed: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    Ok(())
}

//! Kafka's own command line tools: wrappers for people, and calls for the story and the tests.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Output, Stdio};

use anyhow::{Context, Result, bail};

use crate::ground::Ground;
use crate::logging;
use crate::versions::Tool;

/// Writes `bin/kafka-*`, each a one-line shell script.
pub(crate) fn write_wrappers(ground: &Ground) -> Result<()> {
    let bin = ground.layout.bin();
    fs::create_dir_all(&bin)?;
    let log4j = bin.join(logging::file_name(ground.release.tools));
    fs::write(&log4j, logging::of_tools(ground.release.tools).to_string())?;
    let class_path = ground.tools_class_path()?.display();
    for tool in Tool::ALL {
        let script = format!(
            "#!/bin/sh\n# Apache Kafka {version}\nexec {java} {flags} -cp '{class_path}' '{log4j}' {class} \"$@\"\n",
            version = ground.release.tools,
            java = quoted(&ground.java.program().display().to_string()),
            flags = ground.java.flags("128m").join(" "),
            log4j = logging::flag(ground.release.tools, &log4j),
            class = tool.class(ground.release.tools),
        );
        let path = bin.join(tool.command());
        fs::write(&path, script)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755))?;
    }
    Ok(())
}

/// Runs a tool to its end; fails, with what it said, if it does.
pub(crate) fn run<I, S>(ground: &Ground, tool: Tool, args: I) -> Result<String>
where
    I: IntoIterator<Item = S>,
    S: AsRef<std::ffi::OsStr>,
{
    let mut command = command(ground, tool);
    command.args(args);
    let output = command
        .output()
        .with_context(|| format!("cannot run {}", tool.command()))?;
    if !output.status.success() {
        bail!("{} failed:\n{}", tool.command(), said(&output));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// A tool, to be given arguments and started.
pub(crate) fn command(ground: &Ground, tool: Tool) -> Command {
    let mut command = Command::new(ground.layout.bin().join(tool.command()));
    command.stdin(Stdio::null());
    command
}

/// The flag by which this release's console clients take a properties file.
pub(crate) fn client_config_flag(ground: &Ground, tool: Tool) -> &'static str {
    tool.config_flag(ground.release.tools)
}

/// Everything that a program printed.
pub(crate) fn said(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', "'\\''"))
}

//! Kafka's own command line tools: wrappers for people, and calls for the story and the tests.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use anyhow::{Context, Result, bail};

use crate::ground::Ground;
use crate::logging;
use crate::shape::{ADMIN, LOGS, Listener};
use crate::versions::Tool;

/// Writes `bin/kafka-*`, each a one-line shell script.
pub(crate) fn write_wrappers(ground: &Ground) -> Result<()> {
    let bin = ground.layout.bin();
    fs::create_dir_all(&bin)?;
    let archive = archive(ground);
    let archive_flag = if archive.is_file() {
        // An archive that does not fit is ignored; newer Javas would say so among what the tool says.
        format!("-Xlog:disable -XX:SharedArchiveFile={} ", archive.display())
    } else {
        String::new()
    };
    let log4j = log_config(ground);
    fs::write(&log4j, logging::of_tools(ground.release.tools).to_string())?;
    let class_path = ground.tools_class_path()?.display();
    for tool in Tool::ALL {
        let script = format!(
            "#!/bin/sh\n# Apache Kafka {version}\nexec {java} {flags} {archive_flag}-cp '{class_path}' '{log4j}' {class} \"$@\"\n",
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

/// Java's archive of the classes that the tools load: with it they start in half the time. It only
/// fits this Java and these jars, and Java ignores it where it does not fit.
fn archive(ground: &Ground) -> PathBuf {
    let name = format!("tools-{}.jsa", ground.java.label());
    ground.jars.tools.with_file_name(name)
}

/// Makes the archive, once for this release and this Java, from a run of `kafka-topics` against `logs`.
/// The cluster must be running. Without an archive everything works, only slower.
pub(crate) fn make_archive(ground: &Ground) -> Result<()> {
    let file = archive(ground);
    if file.is_file() {
        return Ok(());
    }
    let parent = file.parent().context("a cache has a parent")?;
    let work = tempfile::Builder::new()
        .prefix(".archive-")
        .tempdir_in(parent)?;
    let made = work.path().join("classes.jsa");
    let logs = ground.blueprint.cluster(LOGS.name)?;
    let output = ground
        .java
        .command(&ground.tools_class_path()?, "128m")
        .arg(format!("-XX:ArchiveClassesAtExit={}", made.display()))
        .arg(logging::flag(ground.release.tools, &log_config(ground)))
        .arg(Tool::Topics.class(ground.release.tools))
        .args(["--bootstrap-server", &logs.bootstrap(Listener::Client)])
        .arg("--command-config")
        .arg(ground.layout.client(LOGS.name, ADMIN))
        .arg("--list")
        .output()?;
    if output.status.success() && made.is_file() {
        fs::rename(&made, &file)?;
        write_wrappers(ground)?;
    } else {
        ground.progress.note(format_args!(
            "no class archive for the tools, they start slowly: {}",
            said(&output).trim()
        ));
    }
    Ok(())
}

fn log_config(ground: &Ground) -> PathBuf {
    let name = logging::file_name(ground.release.tools);
    ground.layout.bin().join(name)
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

/// A Java program in one file, with Kafka's clients on its class path: Java compiles it as it starts.
pub(crate) fn source(ground: &Ground, file: &Path) -> Result<Command> {
    let mut command = ground.java.command(&ground.tools_class_path()?, "1g");
    command
        .arg(logging::flag(ground.release.tools, &log_config(ground)))
        .arg(file);
    Ok(command)
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

//! Apache Kafka from Maven Central, once, into a cache.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::progress::Progress;
use crate::versions::{Logging, Release, logging};

const BROKER_POM: &str = include_str!("../maven/broker.xml");
const TOOLS_POM: &str = include_str!("../maven/tools.xml");

/// Where the jars of one release lie.
#[derive(Debug, Clone)]
pub struct Jars {
    /// Class path of a node.
    pub broker: PathBuf,
    /// Class path of the command line tools.
    pub tools: PathBuf,
}

/// `$XDG_CACHE_HOME/openmds`, else `~/.cache/openmds`.
pub fn cache() -> Result<PathBuf> {
    let base = match env::var_os("XDG_CACHE_HOME") {
        Some(dir) if Path::new(&dir).is_absolute() => PathBuf::from(dir),
        _ => match env::var_os("HOME") {
            Some(home) => PathBuf::from(home).join(".cache"),
            None => bail!("neither XDG_CACHE_HOME nor HOME is set: where shall Kafka be kept?"),
        },
    };
    Ok(base.join("openmds"))
}

/// The jars of this release, fetched if they are not in the cache yet.
pub fn release(cache: &Path, release: Release, progress: Progress) -> Result<Jars> {
    let broker = cache.join("kafka").join(release.broker).join("broker");
    let tools = cache.join("kafka").join(release.tools).join("tools");
    fetch(&broker, release.broker, BROKER_POM, "broker", progress)?;
    fetch(&tools, release.tools, TOOLS_POM, "tools", progress)?;
    Ok(Jars { broker, tools })
}

fn fetch(directory: &Path, version: &str, pom: &str, what: &str, progress: Progress) -> Result<()> {
    if directory.is_dir() {
        return Ok(());
    }
    let parent = directory.parent().context("a cache has a parent")?;
    fs::create_dir_all(parent).with_context(|| format!("cannot create {}", parent.display()))?;
    // Into a directory of our own first: what bears the final name is complete.
    let work = tempfile::Builder::new()
        .prefix(".fetch-")
        .tempdir_in(parent)?;
    let pom_file = work.path().join("pom.xml");
    fs::write(&pom_file, pom)?;
    let jars = work.path().join("jars");
    progress.note(format_args!("fetching Apache Kafka {version}, {what} ..."));
    progress.timed(
        format_args!("fetched Apache Kafka {version}, {what}"),
        || copy_dependencies(&pom_file, version, &jars),
    )?;
    match fs::rename(&jars, directory) {
        // Somebody else fetched the same in the meantime: theirs is as good.
        Err(_) if directory.is_dir() => Ok(()),
        result => result.with_context(|| format!("cannot create {}", directory.display())),
    }
}

fn copy_dependencies(pom: &Path, version: &str, jars: &Path) -> Result<()> {
    let profile = match logging(version) {
        Logging::Reload4j => "reload4j",
        Logging::Log4j2 => "log4j2",
    };
    let output = Command::new("mvn")
        .args(["-q", "-B", "-Dstyle.color=never", "-f"])
        .arg(pom)
        .arg(format!("-P{profile}"))
        .arg(format!("-Dkafka.version={version}"))
        .arg("dependency:copy-dependencies")
        .arg("-DincludeScope=runtime")
        .arg(format!("-DoutputDirectory={}", jars.display()))
        .stdin(Stdio::null())
        .output()
        .context("cannot run mvn: install Apache Maven 3.6 or newer")?;
    if !output.status.success() {
        bail!(
            "Maven could not fetch Apache Kafka {version} (is Maven Central, or a mirror in ~/.m2/settings.xml, reachable?):\n{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
    }
    Ok(())
}

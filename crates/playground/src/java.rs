//! The Java on this machine and the command lines of Kafka's programs.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

/// A Java runtime of version 17 or newer.
#[derive(Debug, Clone)]
pub(crate) struct Java {
    program: PathBuf,
    version: u32,
    full_version: String,
}

impl Java {
    /// The one of `JAVA_HOME`, else the one on the `PATH`.
    pub(crate) fn find() -> Result<Self> {
        let program = match env::var_os("JAVA_HOME") {
            Some(home) if !home.is_empty() => Path::new(&home).join("bin").join("java"),
            _ => PathBuf::from("java"),
        };
        let output = Command::new(&program)
            .arg("-version")
            .output()
            .with_context(|| {
                format!(
                    "cannot run {}: install a JDK of version 17 or newer, or set JAVA_HOME",
                    program.display()
                )
            })?;
        let text = String::from_utf8_lossy(&output.stderr);
        let full_version = text
            .split('"')
            .nth(1)
            .with_context(|| format!("{} -version says: {text}", program.display()))?
            .to_owned();
        let version = major(&full_version);
        if version < 17 {
            bail!(
                "{} is Java {full_version}, but Kafka 4 needs 17 or newer: install a newer JDK, or set JAVA_HOME to one",
                program.display()
            );
        }
        Ok(Self {
            program,
            version,
            full_version,
        })
    }

    /// Its exact version as one word, for the names of files that only it can use.
    pub(crate) fn label(&self) -> String {
        let one_word = |c: char| {
            if c.is_ascii_alphanumeric() || c == '.' {
                c
            } else {
                '-'
            }
        };
        self.full_version.chars().map(one_word).collect()
    }

    /// `java` with flags that suit short-lived, small processes.
    pub(crate) fn command(&self, class_path: &ClassPath, heap: &str) -> Command {
        let mut command = Command::new(&self.program);
        command.args(self.flags(heap)).arg("-cp").arg(&class_path.0);
        command
    }

    /// The program, for scripts.
    pub(crate) fn program(&self) -> &Path {
        &self.program
    }

    /// The flags of [`Java::command`] without class path.
    pub(crate) fn flags(&self, heap: &str) -> Vec<String> {
        let mut flags = vec![
            format!("-Xmx{heap}"),
            "-XX:+UseSerialGC".to_owned(),
            "-XX:TieredStopAtLevel=1".to_owned(),
        ];
        if self.version >= 22 {
            // Else Java warns about the native library of the plugin, in four lines.
            flags.push("--enable-native-access=ALL-UNNAMED".to_owned());
        }
        flags
    }
}

/// Jars in a fixed order; a fixed order is what lets Java reuse an archive of loaded classes.
#[derive(Debug, Clone)]
pub(crate) struct ClassPath(OsString);

impl ClassPath {
    /// Every jar of a directory, sorted by name, then these.
    pub(crate) fn of(directory: &Path, more: &[PathBuf]) -> Result<Self> {
        let mut jars: Vec<PathBuf> = fs::read_dir(directory)
            .with_context(|| directory.display().to_string())?
            .map(|entry| Ok(entry?.path()))
            .collect::<Result<_>>()?;
        jars.retain(|path| path.extension().is_some_and(|extension| extension == "jar"));
        jars.sort();
        jars.extend_from_slice(more);
        Ok(Self(env::join_paths(jars)?))
    }

    /// As text, for scripts.
    pub(crate) fn display(&self) -> String {
        self.0.to_string_lossy().into_owned()
    }
}

fn major(version: &str) -> u32 {
    let mut parts = version.split(|c: char| !c.is_ascii_digit());
    match parts.next().and_then(|first| first.parse().ok()) {
        // Java 8 called itself 1.8.
        Some(1) => parts
            .next()
            .and_then(|second| second.parse().ok())
            .unwrap_or(1),
        Some(first) => first,
        None => 0,
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_major_version_is_read_from_every_spelling() {
        assert_eq!(super::major("17.0.15"), 17);
        assert_eq!(super::major("1.8.0_402"), 8);
        assert_eq!(super::major("25-ea"), 25);
        assert_eq!(super::major(""), 0);
    }
}

//! Log configuration of nodes and tools, in the dialect of the release.

use std::path::Path;

use crate::properties::Properties;
use crate::versions::{Logging, logging};

/// The logger to which the plugin hands what it could not deliver.
pub(crate) const FALLBACK_LOGGER: &str = "io.confluent.security.audit.log.fallback";

/// The file that the fallback logger of a node writes, below the node's `logs` directory.
pub(crate) const FALLBACK_FILE: &str = "audit-fallback.log";

const PATTERN: &str = "[%d] %p %m (%c)%n";

/// The configuration of a node: everything into `server.log`, the fallback into a file of its own.
pub(crate) fn of_node(kafka: &str, logs: &Path) -> Properties {
    let mut p = Properties::new();
    let all = logs.join("server.log");
    let fallback = logs.join(FALLBACK_FILE);
    match logging(kafka) {
        Logging::Reload4j => {
            p.set("log4j.rootLogger", "INFO, file");
            for (name, file, pattern) in [("file", all, PATTERN), ("fallback", fallback, "%m%n")] {
                p.set(
                    format!("log4j.appender.{name}"),
                    "org.apache.log4j.FileAppender",
                )
                .set(format!("log4j.appender.{name}.File"), file.display())
                .set(
                    format!("log4j.appender.{name}.layout"),
                    "org.apache.log4j.PatternLayout",
                )
                .set(
                    format!("log4j.appender.{name}.layout.ConversionPattern"),
                    pattern,
                );
            }
            p.set(format!("log4j.logger.{FALLBACK_LOGGER}"), "INFO, fallback")
                .set(format!("log4j.additivity.{FALLBACK_LOGGER}"), false);
        }
        Logging::Log4j2 => {
            p.set("status", "warn").set("name", "node");
            for (name, file, pattern) in [("file", all, PATTERN), ("fallback", fallback, "%m%n")] {
                p.set(format!("appender.{name}.type"), "File")
                    .set(format!("appender.{name}.name"), name)
                    .set(format!("appender.{name}.fileName"), file.display())
                    .set(format!("appender.{name}.layout.type"), "PatternLayout")
                    .set(format!("appender.{name}.layout.pattern"), pattern);
            }
            p.set("rootLogger.level", "info")
                .set("rootLogger.appenderRef.file.ref", "file")
                .set("logger.fallback.name", FALLBACK_LOGGER)
                .set("logger.fallback.level", "info")
                .set("logger.fallback.additivity", false)
                .set("logger.fallback.appenderRef.fallback.ref", "fallback");
        }
    }
    p
}

/// The configuration of the tools: warnings and errors on stderr.
pub(crate) fn of_tools(kafka: &str) -> Properties {
    let mut p = Properties::new();
    match logging(kafka) {
        Logging::Reload4j => {
            p.set("log4j.rootLogger", "WARN, stderr")
                .set("log4j.appender.stderr", "org.apache.log4j.ConsoleAppender")
                .set("log4j.appender.stderr.Target", "System.err")
                .set(
                    "log4j.appender.stderr.layout",
                    "org.apache.log4j.PatternLayout",
                )
                .set("log4j.appender.stderr.layout.ConversionPattern", PATTERN);
        }
        Logging::Log4j2 => {
            p.set("status", "error")
                .set("name", "tools")
                .set("appender.stderr.type", "Console")
                .set("appender.stderr.name", "stderr")
                .set("appender.stderr.target", "SYSTEM_ERR")
                .set("appender.stderr.layout.type", "PatternLayout")
                .set("appender.stderr.layout.pattern", PATTERN)
                .set("rootLogger.level", "warn")
                .set("rootLogger.appenderRef.stderr.ref", "stderr");
        }
    }
    p
}

/// The JVM flag that names a configuration file.
pub(crate) fn flag(kafka: &str, file: &Path) -> String {
    match logging(kafka) {
        Logging::Reload4j => format!("-Dlog4j.configuration=file:{}", file.display()),
        Logging::Log4j2 => format!("-Dlog4j2.configurationFile={}", file.display()),
    }
}

/// The usual name of a configuration file.
pub(crate) fn file_name(kafka: &str) -> &'static str {
    match logging(kafka) {
        Logging::Reload4j => "log4j.properties",
        Logging::Log4j2 => "log4j2.properties",
    }
}

//! The Apache Kafka releases that the playground knows how to boot.

use anyhow::{Result, anyhow};

/// One supported release of Apache Kafka.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Release {
    /// The broker's version on Maven Central.
    pub broker: &'static str,
    /// The newest version of the command line tools that is not newer than the broker: on Maven
    /// Central there is no `kafka-tools` of 4.2.2 and of 4.4.0.
    pub tools: &'static str,
}

/// Which logging library a release was built with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Logging {
    /// Kafka up to 3.9: `log4j.properties`.
    Reload4j,
    /// Kafka from 4.0 on: `log4j2.properties`.
    Log4j2,
}

/// The newest patch of every supported line, oldest first.
pub const SUPPORTED: [Release; 5] = [
    same("3.9.2"),
    same("4.1.2"),
    Release {
        broker: "4.2.2",
        tools: "4.2.1",
    },
    same("4.3.1"),
    NEWEST,
];

/// What is booted when nothing else is asked for.
pub const NEWEST: Release = Release {
    broker: "4.4.0",
    tools: "4.3.1",
};

const fn same(version: &'static str) -> Release {
    Release {
        broker: version,
        tools: version,
    }
}

/// The supported release of this name.
pub fn find(version: &str) -> Result<Release> {
    SUPPORTED
        .into_iter()
        .find(|release| release.broker == version)
        .ok_or_else(|| {
            let names: Vec<_> = SUPPORTED.iter().map(|release| release.broker).collect();
            anyhow!(
                "Kafka {version} is not one the playground knows; choose one of {}",
                names.join(", ")
            )
        })
}

/// Which logging library Kafka of this version uses.
pub fn logging(version: &str) -> Logging {
    if version.starts_with("3.") {
        Logging::Reload4j
    } else {
        Logging::Log4j2
    }
}

/// A command line tool of Kafka.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tool {
    /// `kafka-topics`
    Topics,
    /// `kafka-configs`
    Configs,
    /// `kafka-acls`
    Acls,
    /// `kafka-console-producer`
    ConsoleProducer,
    /// `kafka-console-consumer`
    ConsoleConsumer,
    /// `kafka-consumer-groups`
    ConsumerGroups,
}

impl Tool {
    /// All of them, in the order in which they are listed to people.
    pub const ALL: [Self; 6] = [
        Self::Topics,
        Self::Configs,
        Self::Acls,
        Self::ConsoleProducer,
        Self::ConsoleConsumer,
        Self::ConsumerGroups,
    ];

    /// The command's name, as Kafka's own scripts spell it without `.sh`.
    pub fn command(self) -> &'static str {
        match self {
            Self::Topics => "kafka-topics",
            Self::Configs => "kafka-configs",
            Self::Acls => "kafka-acls",
            Self::ConsoleProducer => "kafka-console-producer",
            Self::ConsoleConsumer => "kafka-console-consumer",
            Self::ConsumerGroups => "kafka-consumer-groups",
        }
    }

    /// The class with the `main` method in the tools of this version; several moved between releases.
    pub fn class(self, tools: &str) -> &'static str {
        let old = logging(tools) == Logging::Reload4j;
        match self {
            Self::Topics => "org.apache.kafka.tools.TopicCommand",
            Self::Configs => "kafka.admin.ConfigCommand",
            Self::Acls if old => "kafka.admin.AclCommand",
            Self::Acls => "org.apache.kafka.tools.AclCommand",
            Self::ConsoleProducer if old => "kafka.tools.ConsoleProducer",
            Self::ConsoleProducer => "org.apache.kafka.tools.ConsoleProducer",
            Self::ConsoleConsumer => "org.apache.kafka.tools.consumer.ConsoleConsumer",
            Self::ConsumerGroups => "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand",
        }
    }

    /// The flag that takes a file of client properties. The console clients had their own until 4.1.
    pub fn config_flag(self, tools: &str) -> &'static str {
        let old = tools.starts_with("3.") || tools.starts_with("4.0") || tools.starts_with("4.1");
        match self {
            Self::ConsoleProducer if old => "--producer.config",
            Self::ConsoleConsumer if old => "--consumer.config",
            _ => "--command-config",
        }
    }
}

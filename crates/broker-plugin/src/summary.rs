//! What the plugin's Java half is told of a document.

use openmds_policy::audit::Document;

use crate::methods::Methods;
use crate::pairs::Pairs;
use crate::snapshot::interest;

/// What a valid document amounts to, for the log and for the exporter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    pub(crate) document: Document,
    interest: String,
}

impl Summary {
    /// Of a document.
    #[must_use]
    pub fn new(document: Document, methods: &Methods) -> Self {
        Self {
            interest: interest(&document, methods),
            document,
        }
    }

    /// As a message to Java.
    #[must_use]
    pub fn to_pairs(&self) -> Pairs {
        let mut pairs = Pairs::new();
        pairs.add(
            "resource_version",
            self.document.resource_version().unwrap_or_default(),
        );
        pairs.add("routes", self.document.routes().count().to_string());
        pairs.add("interest", &*self.interest);
        for server in self.document.bootstrap_servers() {
            pairs.add("bootstrap_server", &**server);
        }
        for (topic, retention) in self.document.topics() {
            pairs.add("topic", topic.as_str());
            pairs.add(
                "retention_ms",
                retention.map(|ms| ms.to_string()).unwrap_or_default(),
            );
        }
        pairs
    }
}

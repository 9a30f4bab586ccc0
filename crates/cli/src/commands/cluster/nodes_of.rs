//! Whose nodes: a cluster by its name in the registry, or by its id.

use reqwest::Method;

use crate::Failure;
use crate::http::Request;

/// The Kafka cluster whose nodes are meant.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Nodes {
    /// Name of the registered cluster
    name: Option<String>,
    /// Id of the Kafka cluster, registered or not
    #[arg(long, value_name = "ID")]
    kafka_cluster: Option<String>,
}

impl Nodes {
    /// A request about them.
    pub(super) fn request(&self, method: Method, rest: &[&str]) -> Result<Request, Failure> {
        let (start, which): (&[&str], _) = match (&self.name, &self.kafka_cluster) {
            (Some(name), _) => (&["security", "1.0", "registry", "clusters"], name.as_str()),
            (None, id) => (
                &["openmds", "1.0", "clusters"],
                id.as_deref().unwrap_or_default(),
            ),
        };
        let path: Vec<&str> = start.iter().chain([&which]).chain(rest).copied().collect();
        Request::at(method, &path)
    }
}

//! `openmds cluster register`

use std::str::FromStr;

use openmds_api::{ClusterInfo, HostInfo, ScopeBody};
use reqwest::{Method, StatusCode};

use super::{HEADING, row, success};
use crate::http::{Request, refusal};
use crate::scope::{ClusterIds, Scope};
use crate::{Connection, Failure, World};

/// Register a cluster, or change where a registered one is reached
///
/// For a Kafka cluster give the hosts and the protocol of its token listener: the metadata server pushes the audit log configuration
/// there. Register the metadata server's own (home) cluster first. Once any Kafka cluster is registered, only registered ones are
/// pushed to.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:
  openmds cluster register --cluster-name home \\
    --kafka-cluster DBS26_qTQ-mT23p5opUK_g \\
    --hosts k1:9094,k2:9094 --protocol SASL_SSL
  openmds cluster register --cluster-name far --kafka-cluster K2 \\
    --hosts [2001:db8::1]:9094 --protocol SASL_SSL
  openmds cluster register --cluster-name flink --cmf cmf-1 \\
    --flink-environment prod --hosts cmf:8080 --protocol HTTPS
  openmds cluster register --cluster-name schemas \\
    --kafka-cluster DBS26_qTQ-mT23p5opUK_g --schema-registry-cluster sr-1 \\
    --hosts sr:8081 --protocol HTTPS")]
pub struct Register {
    /// Name of the cluster: printable ASCII without spaces
    #[arg(long, value_name = "NAME")]
    cluster_name: String,
    #[command(flatten)]
    ids: ClusterIds,
    /// Where the cluster is reached: HOST[:PORT], several with commas
    #[arg(long, value_name = "HOST:PORT", required = true, value_delimiter = ',')]
    hosts: Vec<HostFlag>,
    /// How the hosts are spoken to
    #[arg(long, value_enum, ignore_case = true, value_name = "PROTOCOL")]
    protocol: Protocol,
    #[command(flatten)]
    connection: Connection,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Protocol {
    #[value(name = "SASL_PLAINTEXT")]
    SaslPlaintext,
    #[value(name = "SASL_SSL")]
    SaslSsl,
    #[value(name = "HTTP")]
    Http,
    #[value(name = "HTTPS")]
    Https,
}

impl Protocol {
    fn name(self) -> &'static str {
        match self {
            Self::SaslPlaintext => "SASL_PLAINTEXT",
            Self::SaslSsl => "SASL_SSL",
            Self::Http => "HTTP",
            Self::Https => "HTTPS",
        }
    }
}

const IPV6: &str = "write an IPv6 address in brackets: [2001:db8::1]:9094";

#[derive(Debug, Clone)]
struct HostFlag(HostInfo);

impl FromStr for HostFlag {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.contains("://") {
            return Err(
                "write the host without a scheme; --protocol says how it is spoken to".to_owned(),
            );
        }
        // A colon inside brackets belongs to an IPv6 address; the registry has it without them.
        let bracketed = text.strip_prefix('[').and_then(|rest| rest.split_once(']'));
        let (host, port) = match bracketed {
            Some((host, "")) => (host, None),
            Some((host, rest)) => (host, Some(rest.strip_prefix(':').ok_or(IPV6)?)),
            None => match text.split_once(':') {
                Some((_, port)) if port.contains(':') => return Err(IPV6.to_owned()),
                Some((host, port)) => (host, Some(port)),
                None => (text, None),
            },
        };
        if host.is_empty() {
            return Err("the host is missing".to_owned());
        }
        if bracketed.is_some() && host.parse::<std::net::Ipv6Addr>().is_err() {
            return Err(IPV6.to_owned());
        }
        let port = match port {
            None => 0,
            Some(port) => port
                .parse::<u16>()
                .ok()
                .filter(|port| *port > 0)
                .map(i32::from)
                .ok_or_else(|| format!("\"{port}\" is not a port"))?,
        };
        Ok(Self(HostInfo {
            host: host.to_owned(),
            port,
        }))
    }
}

impl Register {
    pub(crate) async fn run(self, world: &mut World) -> Result<(), Failure> {
        let Some(Scope::Clusters(clusters)) = self.ids.scope()? else {
            return Err(Failure::usage("the id of the cluster is missing")
                .hint("Add --kafka-cluster ID; `openmds cluster describe --url URL` tells that of a server's own cluster"));
        };
        let entry = ClusterInfo {
            cluster_name: self.cluster_name,
            scope: ScopeBody {
                clusters: clusters
                    .into_iter()
                    .map(|(kind, id)| (kind.to_owned(), id))
                    .collect(),
            },
            hosts: Some(self.hosts.into_iter().map(|flag| flag.0).collect()),
            protocol: Some(self.protocol.name().to_owned()),
        };
        register(world, self.connection, &entry).await
    }
}

async fn register(
    world: &mut World,
    connection: Connection,
    entry: &ClusterInfo,
) -> Result<(), Failure> {
    let request = Request::new(Method::POST, &["registry", "clusters"])?.json(&[entry])?;
    let answer = world.server(connection).await?.send(&request).await?;
    if answer.status == StatusCode::CONFLICT {
        return Err(refusal::general(&answer).hint(format!(
            "`openmds cluster list` shows what is registered; to move a name or an id run `openmds cluster unregister --cluster-name {}` first",
            entry.cluster_name
        )));
    }
    let answer = success(answer)?;
    world.printer.warnings(&answer.warnings);
    world.printer.table(&HEADING, &[row(entry)])
}

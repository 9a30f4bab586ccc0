//! `openmds audit-log config lint`

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use openmds_api::ClusterInfo;
use openmds_policy::audit::{Document, FieldError, Form, Known, Severity, lint};

use super::ask;
use crate::findings::{Finding, report};
use crate::http::Request;
use crate::server::Server;
use crate::{Connection, Failure, Output, World};

/// Find what is valid in the audit log configuration and probably not meant
///
/// Routes that never decide, that hide others or that say nothing new; events that were meant and are about another resource; principals
/// that should not be excluded. Every finding says what to do. The exit code is 1 if there are errors. While a user is logged in, routes
/// are compared with the registered clusters, and the configuration in force is looked at unless a file is given.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:
  openmds audit-log config lint
  openmds audit-log config lint --file audit-log-config.json --strict
  openmds audit-log config lint --file audit-log-config.json --offline -o json")]
pub struct ConfigLint {
    /// File with the document [default: the configuration in force]
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// Ask no server, even if a user is logged in
    #[arg(long, requires = "file")]
    offline: bool,
    /// Authority that brokers have (confluent.authorizer.authority.name); may be repeated
    #[arg(long, value_name = "AUTHORITY")]
    authority: Vec<String>,
    /// Principals whose events must not be missing, such as those of super.users
    #[arg(long, value_delimiter = ',', value_name = "PRINCIPAL,...")]
    super_users: Vec<String>,
    /// Fail on warnings as well
    #[arg(long)]
    strict: bool,
    #[command(flatten)]
    connection: Connection,
    #[command(flatten)]
    output: Output,
}

impl ConfigLint {
    pub(crate) async fn run(self, world: &mut World) -> Result<(), Failure> {
        let mut known = Known {
            clusters: None,
            authorities: (!self.authority.is_empty()).then(|| {
                self.authority
                    .iter()
                    .cloned()
                    .chain([String::new()])
                    .collect()
            }),
            super_users: self.super_users.iter().cloned().collect(),
        };
        let text = match &self.file {
            Some(file) => {
                if !self.offline {
                    match world.server(self.connection.clone()).await {
                        Ok(mut server) => look_around(&mut server, &mut known, world).await,
                        Err(_) => world.printer.note(
                            "Not logged in: routes are not compared with the registered clusters.",
                        ),
                    }
                }
                read(file)?
            }
            None => {
                let mut server = world.server(self.connection.clone()).await?;
                look_around(&mut server, &mut known, world).await;
                let answer = ask(&mut server, &Request::get(&["audit", "config"])?).await?;
                answer.json_text()?.to_owned()
            }
        };
        report(world, &findings(&text, &known), self.output, self.strict)
    }
}

fn read(file: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(file)
        .map_err(|error| Failure::new(format!("cannot read {}: {error}", file.display())))
}

/// Takes in what the server knows: the Kafka clusters, and who asks. Whoever may not see the registry
/// gets the findings that need none.
async fn look_around(server: &mut Server, known: &mut Known, world: &mut World) {
    let user = format!("User:{}", server.user());
    known.super_users.insert(user);
    match kafka_clusters(server).await {
        // Without any, the server's own cluster follows the document, and its id is not told here.
        Ok(clusters) if clusters.is_empty() => {}
        Ok(clusters) => known.clusters = Some(clusters),
        Err(failure) => world.printer.notice(&format!(
            "Routes are not compared with the registered clusters: {}",
            failure.message()
        )),
    }
}

async fn kafka_clusters(server: &mut Server) -> Result<BTreeSet<String>, Failure> {
    let request = Request::get(&["registry", "clusters"])?;
    let entries: Vec<ClusterInfo> = ask(server, &request).await?.json()?;
    let kafka_alone = |entry: &ClusterInfo| {
        let clusters = &entry.scope.clusters;
        let id = clusters.get("kafka-cluster")?;
        (clusters.len() == 1).then(|| id.clone())
    };
    Ok(entries.iter().filter_map(kafka_alone).collect())
}

/// Everything about the text: its faults, or else what the rules find.
fn findings(text: &str, known: &Known) -> Vec<Finding> {
    let (parsed, version) = match Document::parse(text, Form::Request) {
        Err(faults) if is_version_alone(&faults) => (Document::parse(text, Form::Property), false),
        parsed => (parsed, true),
    };
    let parsed = match parsed {
        Ok(parsed) => parsed,
        Err(faults) => return faults.into_iter().map(invalid).collect(),
    };
    let mut findings: Vec<Finding> = lint(&parsed.document, known)
        .into_iter()
        .map(found)
        .collect();
    // What the parser says besides: the deprecated category. Unused topics have their own rule.
    let deprecated = parsed
        .warnings
        .iter()
        .filter(|text| text.contains("deprecated"));
    findings.extend(deprecated.map(|text| Finding {
        severity: Severity::Warning,
        rule: "deprecated-category".to_owned(),
        file: None,
        line: None,
        path: String::new(),
        message: text.clone(),
        fix: "write management in its place".to_owned(),
    }));
    if !version {
        findings.push(Finding {
            severity: Severity::Note,
            rule: "no-version".to_owned(),
            file: None,
            line: None,
            path: "metadata".to_owned(),
            message: "the document says not which version it was made from".to_owned(),
            fix: "put it with `openmds audit-log config update --force`, or paste the metadata of `openmds audit-log config describe`".to_owned(),
        });
    }
    findings
}

fn is_version_alone(faults: &[FieldError]) -> bool {
    faults
        .iter()
        .all(|fault| fault.path.starts_with("metadata"))
}

fn invalid(fault: FieldError) -> Finding {
    Finding {
        severity: Severity::Error,
        rule: "invalid".to_owned(),
        file: None,
        line: None,
        path: fault.path,
        message: fault.message,
        fix: "the server refuses the document as long as it says so".to_owned(),
    }
}

fn found(finding: openmds_policy::audit::Finding) -> Finding {
    Finding {
        severity: finding.severity,
        rule: finding.rule.to_owned(),
        file: None,
        line: None,
        path: finding.path,
        message: finding.message,
        fix: finding.advice,
    }
}

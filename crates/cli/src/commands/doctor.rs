//! `openmds doctor`

use std::path::{Path, PathBuf};

use openmds_policy::audit::Severity;

use crate::doctor::{Access, Around, Kind, examine, kind};
use crate::findings::{Finding, report};
use crate::properties::{self, Property};
use crate::{Failure, Output, ServerFinding, World};

/// Check property files of brokers, controllers and metadata servers without connecting to anything
///
/// Tells by itself what each file is for. Finds what keeps a process from starting, what lets in whoever should stay out (such as a token
/// listener that takes unsigned tokens), and what is probably misspelt; every finding has a line and says what to do. The exit code is 1
/// if there are errors.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:
  openmds doctor /etc/kafka/server.properties
  openmds doctor broker.properties controller.properties --cluster-id abcde_FGHIJKL-01234567
  openmds doctor -o json openmds.properties")]
pub struct Doctor {
    /// Property files
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Id of the cluster to which brokers and controllers belong [default: from meta.properties, where it can be read]
    #[arg(long, value_name = "ID")]
    cluster_id: Option<String>,
    /// Fail on warnings as well
    #[arg(long)]
    strict: bool,
    #[command(flatten)]
    output: Output,
}

impl Doctor {
    pub(crate) fn run(self, world: &mut World) -> Result<(), Failure> {
        let mut findings = Vec::new();
        for file in &self.files {
            findings.extend(self.file(file, world)?);
        }
        report(world, &findings, self.output, self.strict)
    }

    fn file(&self, file: &Path, world: &World) -> Result<Vec<Finding>, Failure> {
        let properties = properties::read(file)?;
        let formatted = formatted_cluster_id(&properties);
        let around = Around {
            look: &look,
            cluster_id: self.cluster_id.as_deref().or(formatted.as_deref()),
            mode: mode(file),
        };
        let shown = file.display().to_string();
        let mut findings = examine(&shown, &properties, &around);
        if kind(&properties) == Kind::Server
            && let Some(check) = world.server_check
        {
            let found = check(file).into_iter();
            findings.extend(found.map(|found| of_server(found, &shown, &properties)));
            findings.sort_by_key(|finding| (finding.severity, finding.line));
        }
        Ok(findings)
    }
}

/// What the server says about its own file, with the line.
fn of_server(found: ServerFinding, file: &str, properties: &[Property]) -> Finding {
    let line = properties
        .iter()
        .rev()
        .find(|property| property.name == found.property);
    let (severity, rule, fix) = match found.is_fault {
        true => (
            Severity::Error,
            "server",
            "the server does not start as long as this is so",
        ),
        false => (
            Severity::Warning,
            "server",
            "leave it out, if nothing else reads the file",
        ),
    };
    Finding {
        severity,
        rule: rule.to_owned(),
        file: Some(file.to_owned()),
        line: line.map(|property| property.line),
        path: found.property,
        message: found.message,
        fix: fix.to_owned(),
    }
}

/// The id that `kafka-storage format` wrote into the node's folder.
fn formatted_cluster_id(properties: &[Property]) -> Option<String> {
    let folders = ["log.dirs", "log.dir"]
        .iter()
        .find_map(|name| properties::value(properties, name))?;
    let meta = Path::new(folders.split(',').next()?.trim()).join("meta.properties");
    let meta = properties::parse(&std::fs::read(meta).ok()?).ok()?;
    properties::value(&meta, "cluster.id").map(ToOwned::to_owned)
}

fn look(path: &str) -> Access {
    match std::fs::File::open(path) {
        Ok(_) => Access::Readable(mode(Path::new(path))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Access::Missing,
        Err(_) => Access::Unreadable,
    }
}

/// Permission bits, where there are such.
#[cfg(unix)]
fn mode(path: &Path) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt as _;
    let metadata = std::fs::metadata(path).ok()?;
    Some(metadata.permissions().mode() & 0o777)
}

/// Permission bits, where there are such.
#[cfg(not(unix))]
fn mode(_path: &Path) -> Option<u32> {
    None
}

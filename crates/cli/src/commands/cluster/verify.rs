//! `openmds cluster verify`

use reqwest::Method;
use serde::Deserialize;

use super::of_one;
use crate::http::Request;
use crate::{Connection, Failure, Output, World};

/// Check that the server reaches a registered cluster and may do there what it has to
///
/// The server carries out the checks at this moment and changes nothing. Exit code 0 if all succeed, else 1; what to do about
/// those that fail is on standard error.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:
  openmds cluster verify payments
  openmds cluster verify payments -o json")]
pub struct Verify {
    /// Name of the registered cluster
    name: String,
    #[command(flatten)]
    connection: Connection,
    #[command(flatten)]
    output: Output,
}

#[derive(Debug, Deserialize)]
struct Verification {
    ok: bool,
    checks: Vec<Check>,
}

#[derive(Debug, Deserialize)]
struct Check {
    check: String,
    ok: bool,
    #[serde(default)]
    detail: String,
    fix: Option<String>,
}

impl Verify {
    pub(crate) async fn run(self, world: &mut World) -> Result<(), Failure> {
        let mut server = world.server(self.connection).await?;
        let path = ["registry", "clusters", &self.name, "verify"];
        let request = Request::new(Method::POST, &path)?;
        let answer = of_one(server.send(&request).await?)?;
        world.printer.warnings(&answer.warnings);
        let verification: Verification = answer.json()?;
        match self.output.structured() {
            Some(form) => world.printer.document(form, &answer)?,
            None => {
                let rows: Vec<_> = verification.checks.iter().map(row).collect();
                world.printer.table(&["Check", "Result", "Detail"], &rows)?;
            }
        }
        verdict(&self.name, &verification)
    }
}

fn row(check: &Check) -> Vec<String> {
    let result = if check.ok { "ok" } else { "failed" };
    vec![check.check.clone(), result.to_owned(), check.detail.clone()]
}

fn verdict(name: &str, verification: &Verification) -> Result<(), Failure> {
    let failed: Vec<_> = verification
        .checks
        .iter()
        .filter(|check| !check.ok)
        .collect();
    if verification.ok && failed.is_empty() {
        return Ok(());
    }
    let (failed_count, all) = (failed.len(), verification.checks.len());
    let failure = Failure::new(format!(
        "cluster \"{name}\" is not ready: {failed_count} of {all} checks failed"
    ));
    let fixes = failed
        .iter()
        .filter_map(|check| Some(format!("{}: {}", check.check, check.fix.as_ref()?)));
    Err(fixes.fold(failure, Failure::hint))
}

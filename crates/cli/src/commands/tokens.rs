//! `openmds tokens ...`: revoking tokens.

use std::path::{Path, PathBuf};

use openmds_api::{RevocationInfo, RevocationRequest};
use reqwest::{Method, StatusCode};
use secrecy::ExposeSecret as _;

use crate::confirm::confirmed;
use crate::http::{Answer, Request, refusal};
use crate::principal::check_principal;
use crate::{Connection, Failure, Input, Output, World};

/// Tokens.
#[derive(Debug, clap::Subcommand)]
pub enum TokensCommand {
    Revoke(Revoke),
    Revoked(Revoked),
}

impl TokensCommand {
    pub(crate) async fn run(self, world: &mut World) -> Result<(), Failure> {
        match self {
            Self::Revoke(command) => command.run(world).await,
            Self::Revoked(command) => command.run(world).await,
        }
    }
}

/// Refuse tokens from now on: one, a user's, or all of earlier log ins
///
/// Everybody may revoke tokens of his own; those of others need the right to administer the server. Servers and brokers that
/// verify tokens by themselves follow within their refresh interval.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:
  openmds tokens revoke --current
  openmds tokens revoke --token-file found-in-a-log.txt
  openmds tokens revoke --token-id 0198c0de-0000-7000-8000-000000000001
  openmds tokens revoke --principal User:alice
  openmds tokens revoke --principal User:alice --issued-before 2026-01-02T03:04:05Z
  openmds tokens revoke --issued-before 2026-01-02T03:04:05Z --force")]
#[command(group = clap::ArgGroup::new("what").required(true).multiple(true))]
pub struct Revoke {
    /// The token of this log in, and every token that came from it
    #[arg(long, group = "what", conflicts_with_all = ["token_file", "token_id", "principal", "issued_before"])]
    current: bool,
    /// The token in this file (- is standard input): not on the command line, where others can see it
    #[arg(long, value_name = "FILE", group = "what", conflicts_with_all = ["token_id", "principal", "issued_before"])]
    token_file: Option<PathBuf>,
    /// The token of this id (jti), if the token itself is not at hand
    #[arg(long, value_name = "ID", group = "what", conflicts_with_all = ["principal", "issued_before"])]
    token_id: Option<String>,
    /// All tokens of this user's log ins until now, or until --issued-before
    #[arg(long, value_name = "PRINCIPAL", group = "what")]
    principal: Option<String>,
    /// All tokens of log ins before this time (RFC 3339); without --principal those of everybody
    #[arg(long, value_name = "TIME", group = "what")]
    issued_before: Option<String>,
    /// Do not ask before everybody is logged out
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    connection: Connection,
    #[command(flatten)]
    output: Output,
}

/// List what is revoked at present
///
/// A revocation is forgotten when the last of its tokens has expired.
#[derive(Debug, clap::Args)]
#[command(
    after_long_help = "Examples:\n  openmds tokens revoked\n  openmds tokens revoked -o json"
)]
pub struct Revoked {
    #[command(flatten)]
    connection: Connection,
    #[command(flatten)]
    output: Output,
}

const HEADING: [&str; 6] = [
    "Principal",
    "Token ID",
    "Issued Before",
    "Revoked By",
    "Revoked At",
    "Forgotten At",
];

impl Revoke {
    async fn run(self, world: &mut World) -> Result<(), Failure> {
        if let Some(principal) = &self.principal {
            check_principal(principal)?;
        }
        let issued_before = self.issued_before.as_deref().map(time).transpose()?;
        let everybody = self.principal.is_none() && issued_before.is_some();
        let mut token = match self.token_file.as_deref() {
            Some(file) => Some(token_in(file, &mut world.input)?),
            None => None,
        };
        let mut server = world.server(self.connection).await?;
        if self.current {
            token = Some(server.token().expose_secret().to_owned());
        }
        let question = "Everybody must log in again, programs too. Are you sure?";
        if everybody && !self.force && !confirmed(world, question)? {
            world.printer.notice("Nothing was revoked.");
            return Ok(());
        }
        let request = Request::new(Method::POST, &["revocations"])?.json(&RevocationRequest {
            token,
            token_id: self.token_id,
            principal: self.principal,
            issued_before,
        })?;
        let answer = success(server.send(&request).await?)?;
        let printer = &mut world.printer;
        printer.entry(self.output, &answer, &HEADING, row)
    }
}

impl Revoked {
    async fn run(self, world: &mut World) -> Result<(), Failure> {
        let mut server = world.server(self.connection).await?;
        let answer = success(server.send(&Request::get(&["revocations"])?).await?)?;
        let printer = &mut world.printer;
        printer.entries(self.output, &answer, &HEADING, row)
    }
}

fn time(text: &str) -> Result<String, Failure> {
    let parsed: Result<jiff::Timestamp, _> = text.parse();
    parsed.map(|time| time.to_string()).map_err(|_| {
        Failure::usage(format!("\"{text}\" is no time"))
            .hint("Write it with its time zone, for example 2026-01-02T03:04:05Z")
    })
}

fn token_in(file: &Path, input: &mut Input) -> Result<String, Failure> {
    let text = if file == Path::new("-") {
        input.rest()
    } else {
        std::fs::read_to_string(file)
    };
    let text = text.map_err(|error| {
        Failure::new(format!("cannot read {}: {error}", file.display()))
            .hint("Nothing was revoked; give a file that holds the token and nothing else")
    })?;
    match text.split_whitespace().collect::<Vec<_>>().as_slice() {
        [token] => Ok((*token).to_owned()),
        // What else is in there may be secret, too.
        _ => Err(
            Failure::new(format!("{} does not hold one token", file.display()))
                .hint("Nothing was revoked; the file must hold the token and nothing else"),
        ),
    }
}

fn row(revocation: RevocationInfo) -> Vec<String> {
    let whose = match (&revocation.principal, &revocation.token_id) {
        (Some(principal), _) => principal.clone(),
        (None, Some(_)) => String::new(),
        (None, None) => "everybody".to_owned(),
    };
    vec![
        whose,
        revocation.token_id.unwrap_or_default(),
        revocation.issued_before.unwrap_or_default(),
        revocation.revoked_by,
        revocation.revoked_at,
        revocation.forgotten_at,
    ]
}

fn success(answer: Answer) -> Result<Answer, Failure> {
    match answer.status {
        status if status.is_success() => Ok(answer),
        StatusCode::NOT_FOUND => Err(refusal::general(&answer)
            .hint("Check that the URL of the session is that of an OpenMDS server")),
        StatusCode::FORBIDDEN => Err(refusal::general(&answer)
            .hint("`openmds tokens revoke --current` revokes the token of your own log in")),
        _ => Err(refusal::general(&answer)),
    }
}

//! `openmds keys ...`: the keys that sign tokens.

use openmds_api::{RotateRequest, SigningKeyInfo};
use reqwest::{Method, StatusCode};

use crate::http::{Answer, Request, refusal};
use crate::{Connection, Failure, Output, World};

/// Signing keys.
#[derive(Debug, clap::Subcommand)]
pub enum KeysCommand {
    List(List),
    Rotate(Rotate),
    Withdraw(Withdraw),
}

impl KeysCommand {
    pub(crate) async fn run(self, world: &mut World) -> Result<(), Failure> {
        match self {
            Self::List(command) => command.run(world).await,
            Self::Rotate(command) => command.run(world).await,
            Self::Withdraw(command) => command.run(world).await,
        }
    }
}

/// List the keys that sign or verify tokens
///
/// A key is published first, signs once all validators had the time to fetch it, and verifies until its last token has expired.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:\n  openmds keys list\n  openmds keys list -o json")]
pub struct List {
    #[command(flatten)]
    connection: Connection,
    #[command(flatten)]
    output: Output,
}

/// Publish a new key, which signs once all validators had the time to fetch it
///
/// Tokens of the present key stay valid until they expire. The answer says from when the new key signs.
#[derive(Debug, clap::Args)]
#[command(
    after_long_help = "Examples:\n  openmds keys rotate\n  openmds keys rotate --algorithm ES256"
)]
pub struct Rotate {
    /// How the new key signs [default: as the server is configured]
    #[arg(long, value_enum, ignore_case = true, value_name = "ALGORITHM")]
    algorithm: Option<Algorithm>,
    #[command(flatten)]
    connection: Connection,
    #[command(flatten)]
    output: Output,
}

/// Take a key away at once, because somebody else may have it
///
/// No token that it signed is accepted any longer. The key that signs at present cannot be withdrawn before another one waits to
/// sign: rotate first.
#[derive(Debug, clap::Args)]
#[command(
    after_long_help = "Examples:\n  openmds keys withdraw iNs5_SHwQ46wH8srw2e_xcr_n0C_jsU0XOhnTqPRvzw"
)]
pub struct Withdraw {
    /// Id of the key, as `openmds keys list` shows it
    key_id: String,
    #[command(flatten)]
    connection: Connection,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Algorithm {
    #[value(name = "RS256")]
    Rs256,
    #[value(name = "ES256")]
    Es256,
}

const HEADING: [&str; 6] = [
    "Key ID",
    "Algorithm",
    "State",
    "Published",
    "Signs From",
    "Retires",
];

impl List {
    async fn run(self, world: &mut World) -> Result<(), Failure> {
        let mut server = world.server(self.connection).await?;
        let answer = success(server.send(&Request::get(&["keys"])?).await?)?;
        let printer = &mut world.printer;
        printer.entries(self.output, &answer, &HEADING, row)
    }
}

impl Rotate {
    async fn run(self, world: &mut World) -> Result<(), Failure> {
        let mut request = Request::new(Method::POST, &["keys", "rotate"])?;
        if let Some(algorithm) = self.algorithm {
            let name = match algorithm {
                Algorithm::Rs256 => "RS256",
                Algorithm::Es256 => "ES256",
            };
            request = request.json(&RotateRequest {
                algorithm: Some(name.to_owned()),
            })?;
        }
        let mut server = world.server(self.connection).await?;
        let answer = success(server.send(&request).await?)?;
        let printer = &mut world.printer;
        printer.entry(self.output, &answer, &HEADING, row)
    }
}

impl Withdraw {
    async fn run(self, world: &mut World) -> Result<(), Failure> {
        let mut server = world.server(self.connection).await?;
        let request = Request::new(Method::DELETE, &["keys", &self.key_id])?;
        let answer = success(server.send(&request).await?)?;
        world.printer.warnings(&answer.warnings);
        world
            .printer
            .notice(&format!("Withdrew key \"{}\".", self.key_id));
        Ok(())
    }
}

fn row(key: SigningKeyInfo) -> Vec<String> {
    vec![
        key.key_id,
        key.algorithm,
        key.state,
        key.published_at,
        key.signs_from,
        key.retires_at.unwrap_or_default(),
    ]
}

fn success(answer: Answer) -> Result<Answer, Failure> {
    match answer.status {
        status if status.is_success() => Ok(answer),
        StatusCode::NOT_FOUND => Err(refusal::general(&answer)
            .hint("Check that the URL of the session is that of an OpenMDS server")),
        StatusCode::CONFLICT => {
            Err(refusal::general(&answer)
                .hint("`openmds keys list` shows the keys and their times"))
        }
        _ => Err(refusal::general(&answer)),
    }
}

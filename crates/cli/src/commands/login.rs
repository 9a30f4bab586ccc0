//! `openmds login`

use std::path::{Path, PathBuf};

use crate::server::credentials;
use crate::server_url::ServerUrl;
use crate::session::{Credentials, Proof, Session, Store, sign_in};
use crate::{ClientCertificate, Failure, World};

/// Log in to a metadata server
///
/// User name and password are taken from OPENMDS_USERNAME and OPENMDS_PASSWORD, else from what --save has kept, else you are asked.
/// The session (URL, token and authority file) is kept in ~/.openmds, or in OPENMDS_CONFIG_DIR, readable by you only. Other
/// commands use it until it expires or until `openmds logout`. Where there is none, they log in by themselves if OPENMDS_URL,
/// OPENMDS_USERNAME and OPENMDS_PASSWORD are set.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:
  openmds login --url http://localhost:8090
  openmds login --url https://mds.example.com:8090 \\
    --certificate-authority-path ca.pem
  OPENMDS_USERNAME=alice OPENMDS_PASSWORD=... openmds login --url mds.example.com
  openmds login --url https://mds.example.com:8090 --certificate-only \\
    --client-cert-path me.pem --client-key-path me.key")]
pub struct Login {
    /// Address of the server [default: OPENMDS_URL, else the server of the last log in]
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// PEM file of certificate authorities to trust besides those of this machine [default: OPENMDS_CA]
    #[arg(long, value_name = "FILE")]
    certificate_authority_path: Option<PathBuf>,
    #[command(flatten)]
    certificate: ClientCertificate,
    /// Log in with the client certificate alone, without user name and password
    #[arg(long, conflicts_with_all = ["prompt", "save"])]
    certificate_only: bool,
    /// Ask for user name and password even if they are known
    #[arg(long)]
    prompt: bool,
    /// Keep user name and password, so that the session can be renewed when it has expired (unencrypted, readable by you only)
    #[arg(long)]
    save: bool,
}

impl Login {
    pub(crate) async fn run(self, world: &mut World) -> Result<(), Failure> {
        let store = Store::new(world.environment.config_dir.clone())?;
        // A broken session file is no reason not to make a new one.
        let last = store.session().ok().flatten();
        let url = chosen_url(self.url, world, last.as_ref())?;
        let authority = chosen_authority(self.certificate_authority_path, world, last, &url)?;
        let certificate = self.certificate.files(&world.environment);
        let proof = if self.certificate_only {
            if certificate.is_none() {
                return Err(
                    Failure::usage("--certificate-only needs a client certificate")
                        .hint("Add --client-cert-path FILE and --client-key-path FILE"),
                );
            }
            Proof::Certificate
        } else {
            Proof::Password(chosen_credentials(self.prompt, world, &store, &url)?)
        };
        login(
            world,
            &store,
            &url,
            authority.as_deref(),
            certificate.as_ref(),
            &proof,
            self.save,
        )
        .await
    }
}

async fn login(
    world: &mut World,
    store: &Store,
    url: &ServerUrl,
    authority: Option<&Path>,
    certificate: Option<&(PathBuf, PathBuf)>,
    proof: &Proof,
    save: bool,
) -> Result<(), Failure> {
    let session = sign_in(url, authority, certificate, proof).await?;
    store.keep_session(&session)?;
    match proof {
        Proof::Password(credentials) if save => {
            store.keep_credentials(url.as_str(), credentials)?;
        }
        // What was kept for an earlier log in must not quietly bring its user back.
        _ => {
            let kept = store.credentials(url.as_str())?;
            if kept.is_none_or(|kept| kept.username != session.user) {
                store.forget_credentials()?;
            }
        }
    }
    world
        .printer
        .note(&format!("Logged in to {url} as \"{}\"", session.user));
    Ok(())
}

fn chosen_url(
    flag: Option<String>,
    world: &mut World,
    last: Option<&Session>,
) -> Result<ServerUrl, Failure> {
    let Some(text) = flag.or_else(|| world.environment.url.clone()) else {
        return last.map(|session| session.url.clone()).ok_or_else(|| {
            Failure::usage("the address of the server is not known")
                .hint("Add --url URL, for example --url https://mds.example.com:8090")
        });
    };
    let url = ServerUrl::parse(&text)?;
    if let Some(assumed) = url.assumed() {
        world.printer.notice(assumed);
    }
    Ok(url)
}

fn chosen_authority(
    flag: Option<PathBuf>,
    world: &World,
    last: Option<Session>,
    url: &ServerUrl,
) -> Result<Option<PathBuf>, Failure> {
    let of_last = last
        .filter(|session| session.url.as_str() == url.as_str())
        .and_then(|session| session.certificate_authority_path);
    flag.or_else(|| world.environment.certificate_authority_path.clone())
        .or(of_last)
        .map(|path| {
            // The session outlives the current directory.
            std::path::absolute(&path).map_err(|error| {
                Failure::new(format!(
                    "cannot find the certificate authority {}: {error}",
                    path.display()
                ))
            })
        })
        .transpose()
}

fn chosen_credentials(
    prompt: bool,
    world: &mut World,
    store: &Store,
    url: &ServerUrl,
) -> Result<Credentials, Failure> {
    if !prompt {
        let known = match credentials(&world.environment) {
            Some(credentials) => Some(credentials),
            None => store.credentials(url.as_str()).ok().flatten(),
        };
        if let Some(credentials) = known {
            return Ok(credentials);
        }
    }
    asked(world).map_err(|error| {
        Failure::new(format!("user name and password are needed: {error}"))
            .hint("Set OPENMDS_USERNAME and OPENMDS_PASSWORD, or run the command in a terminal")
    })
}

fn asked(world: &mut World) -> std::io::Result<Credentials> {
    let ended = || std::io::Error::other("the input has ended");
    let World { printer, input, .. } = world;
    printer.notice("Enter your credentials:");
    printer.prompt("Username: ");
    let username = input.line()?.ok_or_else(ended)?;
    printer.prompt("Password: ");
    let password = input.secret_line()?.ok_or_else(ended)?;
    if !input.is_terminal() {
        // What is piped in is not echoed, so the prompts still need their line end.
        printer.notice("");
    }
    Ok(Credentials { username, password })
}

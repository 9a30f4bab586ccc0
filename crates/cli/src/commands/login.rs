//! `openmds login`

use std::path::PathBuf;

use crate::environment::absolute;
use crate::server_url::ServerUrl;
use crate::session::{
    Contexts, Credentials, DeviceFlow, Proof, Session, Store, Trust, offers_single_sign_on, sign_in,
};
use crate::{ClientCertificate, Failure, World, progress};

/// Log in to a metadata server
///
/// User name and password are taken from OPENMDS_USERNAME and OPENMDS_PASSWORD, else from what --save has kept. Otherwise, if the
/// server offers single sign-on, a browser is opened, else you are asked. The log in is kept in ~/.openmds, or in
/// OPENMDS_CONFIG_DIR, readable by you only, beside those to other servers and of other users (see `openmds context list`), and
/// becomes the current one. A client certificate is remembered with it. Other commands use the log in until it expires or until
/// `openmds logout`. Where there is none, they log in by themselves if OPENMDS_URL, OPENMDS_USERNAME and OPENMDS_PASSWORD are set.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:
  openmds login --url http://localhost:8090
  openmds login --url https://mds.example.com:8090 \\
    --certificate-authority-path ca.pem
  OPENMDS_USERNAME=alice OPENMDS_PASSWORD=... openmds login --url mds.example.com
  openmds login --url https://mds.example.com:8090 --certificate-only \\
    --client-cert-path me.pem --client-key-path me.key
  openmds login --url https://mds.example.com:8090 --no-browser")]
pub struct Login {
    /// Address of the server [default: OPENMDS_URL, else the server of the current context]
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// PEM file of certificate authorities to trust besides those of this machine [default: OPENMDS_CA]
    #[arg(long, value_name = "FILE")]
    certificate_authority_path: Option<PathBuf>,
    #[command(flatten)]
    certificate: ClientCertificate,
    /// Log in with the client certificate alone, without user name and password
    #[arg(long, conflicts_with_all = ["prompt", "save", "no_browser"])]
    certificate_only: bool,
    /// Ask for user name and password, whatever is known or offered
    #[arg(long)]
    prompt: bool,
    /// For single sign-on: only print the link, to be opened elsewhere
    #[arg(long)]
    no_browser: bool,
    /// Keep user name and password, so that the session can be renewed when it has expired (unencrypted, readable by you only)
    #[arg(long)]
    save: bool,
}

impl Login {
    pub(crate) async fn run(self, world: &mut World) -> Result<(), Failure> {
        let store = Store::new(world.environment.config_dir.clone())?;
        // A broken file must be found before anybody types a password.
        let contexts = store.contexts()?;
        let last = contexts.find(None)?;
        let url = chosen_url(self.url.as_deref(), world, last)?;
        let trust = self.trust(world, last, &url)?;
        if self.certificate_only && trust.client_certificate.is_none() {
            return Err(
                Failure::usage("--certificate-only needs a client certificate")
                    .hint("Add --client-cert-path FILE and --client-key-path FILE"),
            );
        }
        let proof = if self.certificate_only {
            Some(Proof::Certificate)
        } else {
            let credentials = self.credentials(world, &contexts, &url, &trust).await?;
            credentials.map(Proof::Password)
        };
        let mut session = match &proof {
            Some(proof) => sign_in(&url, &trust, proof).await?,
            None => self.single_sign_on(world, &url, &trust).await?,
        };
        session.password = self.password_to_keep(proof, contexts.sessions.get(&session.name()));
        store.keep(&session, true)?;
        world
            .printer
            .note(&format!("Logged in to {url} as \"{}\"", session.user));
        Ok(())
    }

    fn trust(
        &self,
        world: &World,
        last: Option<&Session>,
        url: &ServerUrl,
    ) -> Result<Trust, Failure> {
        let last = last.filter(|session| session.url.as_str() == url.as_str());
        let flag = self.certificate_authority_path.as_deref();
        let authority = match flag.map(absolute).transpose()? {
            Some(path) => Some(path),
            None => world.environment.authority()?,
        };
        let certificate = self.certificate.files(&world.environment)?;
        Ok(Trust {
            certificate_authority_path: authority
                .or_else(|| last?.certificate_authority_path.clone()),
            client_certificate: certificate.or_else(|| last?.client_certificate.clone()),
        })
    }

    /// User name and password, in the order of mds-api 2.1. `None`: by single sign-on.
    async fn credentials(
        &self,
        world: &mut World,
        contexts: &Contexts,
        url: &ServerUrl,
        trust: &Trust,
    ) -> Result<Option<Credentials>, Failure> {
        if !self.prompt {
            let wanted = world.environment.single_sign_on || self.no_browser;
            let known = world.environment.credentials();
            let known = known.or_else(|| saved(contexts, url)).filter(|_| !wanted);
            if known.is_some() {
                return Ok(known);
            }
            if offers_single_sign_on(url, trust).await? {
                return Ok(None);
            }
            if wanted {
                world
                    .printer
                    .notice(&format!("{url} offers no single sign-on."));
            }
        }
        asked(world).map(Some).map_err(|error| {
            Failure::new(format!("user name and password are needed: {error}"))
                .hint("Set OPENMDS_USERNAME and OPENMDS_PASSWORD, or run the command in a terminal")
        })
    }

    async fn single_sign_on(
        &self,
        world: &mut World,
        url: &ServerUrl,
        trust: &Trust,
    ) -> Result<Session, Failure> {
        let flow = DeviceFlow::begin(url, trust).await?;
        let address = flow.verification_uri();
        let opened = !self.no_browser && world.browser.show(address);
        world.printer.notice(if opened {
            "Log in with the browser that is being opened. If none comes up, open this link:"
        } else {
            "Open this link in a browser, on this or on any other machine, and log in there:"
        });
        world.printer.notice(&format!("    {address}"));
        if !flow.user_code().is_empty() {
            let code = flow.user_code();
            world
                .printer
                .notice(&format!("The page must show the code {code}"));
        }
        let on_terminal = world.printer.is_watched();
        progress::shown(on_terminal, "Waiting for your log in", flow.agreed()).await
    }

    /// With --save the new password; else what was kept for this user, unless it is another one by now.
    fn password_to_keep(
        &self,
        proof: Option<Proof>,
        earlier: Option<&Session>,
    ) -> Option<secrecy::SecretString> {
        use secrecy::ExposeSecret as _;
        let Some(Proof::Password(Credentials { password, .. })) = proof else {
            return None;
        };
        let kept = earlier.and_then(|earlier| earlier.password.as_ref());
        let same = kept.is_some_and(|kept| kept.expose_secret() == password.expose_secret());
        (self.save || same).then_some(password)
    }
}

fn chosen_url(
    flag: Option<&str>,
    world: &mut World,
    last: Option<&Session>,
) -> Result<ServerUrl, Failure> {
    let of_environment = world.environment.url.clone();
    let Some(text) = flag.map(str::to_owned).or(of_environment) else {
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

/// What `--save` kept for a server: of the current context, else of the only one that has something.
fn saved(contexts: &Contexts, url: &ServerUrl) -> Option<Credentials> {
    let here =
        |session: &&Session| session.url.as_str() == url.as_str() && session.password.is_some();
    let current = contexts.find(None).ok().flatten().filter(here);
    let mut all = contexts.sessions.values().filter(here);
    let only = all.next().filter(|_| all.next().is_none());
    current.or(only)?.saved()
}

fn asked(world: &mut World) -> std::io::Result<Credentials> {
    let World { printer, input, .. } = world;
    printer.notice("Enter your credentials:");
    let mut credentials = || -> std::io::Result<Option<Credentials>> {
        printer.prompt("Username: ");
        let Some(username) = input.line()? else {
            return Ok(None);
        };
        printer.prompt("Password: ");
        let password = input.secret_line()?;
        Ok(password.map(|password| Credentials { username, password }))
    };
    let credentials = credentials();
    if !input.is_terminal() {
        // What is piped in is not echoed, so the prompts still need their line end.
        printer.notice("");
    }
    credentials?.ok_or_else(|| std::io::Error::other("the input has ended"))
}

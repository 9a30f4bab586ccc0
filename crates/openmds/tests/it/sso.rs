//! Single sign-on: the program, a real server and a real identity provider (`mds-api.md` 2.4 and 2.5).

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::{Arc, Mutex};

use jiff::{Span, Timestamp};
use openmds_server::time::Clock;
use serde_json::Value;
use tokio::runtime::Runtime;

use crate::commands::done;
use crate::loopback::{Loopback, Said};

#[expect(
    dead_code,
    reason = "tokens of programs and rotation are tested in the server's tests"
)]
#[path = "../../../server/tests/it/sso/provider.rs"]
mod provider;
use provider::{Browser, Provider};

/// Registered at the provider; no device is sent there.
const CALLBACK: &str = "https://mds.example.org:8090/security/1.0/oidc/authorization-code/callback";
const DESCRIBE: [&str; 3] = ["audit-log", "config", "describe"];

/// The true time, and what it was put forward by, in seconds.
#[derive(Default)]
struct AheadClock(Mutex<i64>);

impl Clock for AheadClock {
    fn now(&self) -> Timestamp {
        Timestamp::now() + Span::new().seconds(*self.0.lock().unwrap())
    }
}

/// A user's terminal, a server, and the provider that users log in through.
struct Sso {
    provider: Provider,
    server: Loopback,
    clock: Arc<AheadClock>,
}

impl Sso {
    fn start() -> Self {
        let provider = Provider::start();
        let clock = Arc::new(AheadClock::default());
        let properties = format!(
            "confluent.metadata.server.sso.mode=oidc\n\
             confluent.metadata.server.advertised.listeners=https://mds.example.org:8090\n\
             confluent.oidc.idp.issuer={}\n\
             confluent.oidc.idp.client.id=openmds\n\
             confluent.oidc.idp.client.secret=openmds-secret\n\
             confluent.oidc.idp.groups.claim.scope=groups\n\
             confluent.oidc.idp.refresh.token.enabled=true",
            provider.issuer()
        );
        let server = Loopback::with(&BTreeSet::new(), &properties, Arc::clone(&clock) as _);
        Self {
            provider,
            server,
            clock,
        }
    }

    /// The server's clock goes on by so many seconds; the user's does not.
    fn pass(&self, seconds: i64) {
        *self.clock.0.lock().unwrap() += seconds;
    }

    /// Logs sam in with a browser that is told the link; what the program said.
    fn log_in(&self, flags: &[&str], desktop: Option<&PathBuf>) -> String {
        let mut command = self
            .server
            .command("terminal", &[&["login"], flags].concat());
        if let Some(desktop) = desktop {
            command.env("PATH", format!("{}:/usr/bin:/bin", desktop.display()));
        }
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let mut errors = BufReader::new(child.stderr.take().unwrap());
        let mut said = String::new();
        while !said.contains("The page must show the code") {
            assert!(errors.read_line(&mut said).unwrap() > 0, "no link: {said}");
        }
        let shown = said.lines().find(|line| line.trim().starts_with("http"));
        let link = match desktop {
            Some(desktop) => opened(desktop),
            None => shown.unwrap().trim().to_owned(),
        };
        assert_eq!(shown.map(str::trim), Some(link.as_str()));
        let code = said.trim().rsplit(' ').next().unwrap();
        assert!(link.contains(code), "a link alone must do: {said}");
        Runtime::new()
            .unwrap()
            .block_on(Browser::of("sam").log_in(&link));
        errors.read_to_string(&mut said).unwrap();
        assert!(child.wait().unwrap().success(), "{said}");
        said
    }

    /// A later command in the same terminal.
    fn later(&self, arguments: &[&str]) -> Said {
        self.server.said(self.server.command("terminal", arguments))
    }

    fn token(&self) -> String {
        let described = self.later(&["iam", "user", "describe", "-o", "json"]);
        let described: Value = serde_json::from_str(&described.out).unwrap();
        assert_eq!(described["username"], "sam");
        described["authentication_token"]
            .as_str()
            .unwrap()
            .to_owned()
    }
}

/// The page that the desktop was asked to open. It is asked before the program says so, but takes its time.
fn opened(desktop: &std::path::Path) -> String {
    let end = std::time::Instant::now() + std::time::Duration::from_secs(30);
    loop {
        match fs::read_to_string(desktop.join("page")) {
            Ok(page) => return page,
            Err(_) => assert!(std::time::Instant::now() < end, "no page was opened"),
        }
        std::thread::yield_now();
    }
}

#[test]
fn a_link_opened_elsewhere_logs_in_and_groups_come_from_the_provider() {
    let sso = Sso::start();
    let said = sso.log_in(&["--no-browser"], None);
    assert!(
        said.starts_with("Open this link in a browser, on this or on any other machine"),
        "{said}"
    );
    // sam is an auditor, says the provider.
    let binding = "--principal Group:auditors --role AuditAdmin --kafka-cluster home-id";
    let refused = sso.later(&DESCRIBE);
    assert_eq!((refused.exit_code, refused.out.as_str()), (Some(1), ""));
    assert!(
        refused
            .errors
            .contains("--role AuditAdmin --principal User:sam"),
        "{}",
        refused.errors
    );
    done(
        &sso.server,
        &format!("iam rbac role-binding create {binding}"),
    );
    assert_eq!(sso.later(&DESCRIBE).exit_code, Some(0));
    done(
        &sso.server,
        &format!("iam rbac role-binding delete --force {binding}"),
    );
    assert_eq!(sso.later(&DESCRIBE).exit_code, Some(1));

    let out = sso.later(&["logout"]);
    assert_eq!(
        (out.exit_code, out.out.as_str()),
        (Some(0), "You are now logged out.\n")
    );
    let after = sso.later(&DESCRIBE);
    assert_eq!((after.exit_code, after.out.as_str()), (Some(1), ""));
    assert!(
        after.errors.starts_with("Error: not logged in"),
        "{}",
        after.errors
    );
    let kept = fs::read_to_string(sso.server.folder.path().join("terminal/contexts.json")).unwrap();
    let kept: Value = serde_json::from_str(&kept).unwrap();
    for (name, context) in kept["contexts"].as_object().unwrap() {
        for secret in ["token", "refresh_token", "password"] {
            assert!(context[secret].is_null(), "{name} keeps a {secret}");
        }
    }
}

#[test]
fn a_browser_on_this_machine_is_opened_and_the_session_goes_on_by_itself() {
    let mut sso = Sso::start();
    let desktop = sso.server.folder.path().join("desktop");
    fs::create_dir(&desktop).unwrap();
    let program = desktop.join("xdg-open");
    let script = format!(
        "#!/bin/sh\nprintf %s \"$1\" > '{0}/p' && mv '{0}/p' '{0}/page'\n",
        desktop.display()
    );
    fs::write(&program, script).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let said = sso.log_in(&[], Some(&desktop));
    assert!(
        said.starts_with("Log in with the browser that is being opened."),
        "{said}"
    );
    let roles = ["iam", "rbac", "role", "list", "-o", "json"];
    let first = sso.token();
    assert_eq!(sso.later(&roles).exit_code, Some(0));
    assert_eq!(sso.token(), first);

    // Longer than a token holds (15 minutes): the provider vouches for sam, who is asked nothing.
    sso.pass(1_000);
    let said = sso.later(&roles);
    assert_eq!((said.exit_code, said.errors.as_str()), (Some(0), ""));
    let renewed = sso.token();
    assert_ne!(renewed, first);

    // Longer than the provider's word holds (an hour), and it is away: that does not end the session.
    sso.provider.stop();
    sso.pass(3_000);
    let said = sso.later(&roles);
    assert_eq!((said.exit_code, said.out.as_str()), (Some(1), ""));
    for word in ["identity provider", "The session is kept"] {
        assert!(said.errors.contains(word), "{}", said.errors);
    }
    assert_eq!(sso.token(), renewed);

    // Six hours after the login it is over, whoever is away.
    sso.pass(21_600);
    let said = sso.later(&roles);
    assert_eq!((said.exit_code, said.out.as_str()), (Some(1), ""));
    assert!(
        said.errors.contains("Run `openmds login`"),
        "{}",
        said.errors
    );
}

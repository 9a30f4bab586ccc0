//! A user's desk: a session directory, environment variables, and what a command printed.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use clap::{CommandFactory as _, Parser as _};
use openmds_cli::{Browser, Cli, Environment, Input, Printer, World};
use openmds_kafka::fake::FakeFleet;

use crate::stand_in::StandIn;

/// Where a user works; gone with the test.
pub(crate) struct Desk {
    pub(crate) server: StandIn,
    pub(crate) variables: BTreeMap<&'static str, String>,
    /// The pages that were opened. `None`: this machine has no browser.
    pub(crate) pages: Option<Arc<Mutex<Vec<String>>>>,
    /// Columns of the terminal, if standard output is one.
    pub(crate) terminal: Option<u16>,
    /// Kafka clusters by their addresses.
    pub(crate) kafka: FakeFleet,
    directory: tempfile::TempDir,
}

impl Desk {
    /// Nobody is logged in, no variable is set.
    pub(crate) async fn new() -> Self {
        Self::at(StandIn::start(None).await)
    }

    pub(crate) fn at(server: StandIn) -> Self {
        Self {
            server,
            variables: BTreeMap::new(),
            pages: Some(Arc::default()),
            terminal: None,
            kafka: FakeFleet::new(),
            directory: tempfile::tempdir().unwrap(),
        }
    }

    /// alice is logged in.
    pub(crate) async fn logged_in() -> Self {
        let mut desk = Self::new().await;
        desk.know_alice();
        let url = desk.server.url.clone();
        let outcome = desk.run(&format!("login --url {url}")).await;
        assert_eq!(outcome, "exit code: 0\n", "{outcome}");
        desk.variables.clear();
        drop(desk.server.requests());
        desk
    }

    /// The environment has alice's user name and password.
    pub(crate) fn know_alice(&mut self) {
        self.variables
            .insert("OPENMDS_USERNAME", "alice".to_owned());
        self.variables
            .insert("OPENMDS_PASSWORD", "secret".to_owned());
    }

    fn browser(&self) -> Browser {
        let pages = self.pages.clone();
        Browser::told(move |page| match &pages {
            Some(pages) => {
                pages.lock().unwrap().push(page.to_owned());
                Ok(())
            }
            None => Err(std::io::Error::other("no browser")),
        })
    }

    /// What is kept of the log ins.
    pub(crate) fn contexts(&self) -> serde_json::Value {
        serde_json::from_str(&std::fs::read_to_string(self.file("contexts.json")).unwrap()).unwrap()
    }

    /// Turns the tokens that are kept into ones that have expired.
    pub(crate) fn expire(&self) {
        let mut kept = self.contexts();
        for (_, context) in kept["contexts"].as_object_mut().unwrap() {
            // {"sub":"alice","exp":1}
            context["token"] = "e30.eyJzdWIiOiJhbGljZSIsImV4cCI6MX0.c2ln".into();
        }
        self.write("contexts.json", kept.to_string());
    }

    /// A file on the desk.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        std::fs::write(self.file(name), content).unwrap();
        self.file(name).display().to_string()
    }

    /// Runs a command, written without the name of the program, with an empty standard input.
    pub(crate) async fn run(&self, command: &str) -> String {
        self.run_with_input(command, "").await
    }

    /// Runs a command and says what it printed: exit code, standard output, standard error.
    pub(crate) async fn run_with_input(&self, command: &str, input: &str) -> String {
        let (out, err) = (Captured::default(), Captured::default());
        let arguments = ["openmds"].into_iter().chain(command.split_whitespace());
        let exit_code = match Cli::try_parse_from(arguments) {
            Ok(cli) => {
                let variable = |name: &str| match name {
                    "OPENMDS_CONFIG_DIR" => Some(self.directory.path().display().to_string()),
                    name => self.variables.get(name).cloned(),
                };
                let printer = Printer::to_writers(Box::new(out.clone()), Box::new(err.clone()));
                let mut world = World {
                    environment: Environment::from_variables(variable, None),
                    printer: match self.terminal {
                        Some(width) => printer.as_terminal(width),
                        None => printer,
                    },
                    input: Input::from_text(input),
                    server_check: None,
                    browser: self.browser(),
                    kafka: Arc::new(self.kafka.clone()),
                    program: Cli::command(),
                };
                i32::from(openmds_cli::run(cli.command, &mut world).await)
            }
            Err(error) => {
                let stream = if error.use_stderr() { &err } else { &out };
                write!(stream.clone(), "{}", error.render()).unwrap();
                error.exit_code()
            }
        };
        let mut outcome = format!("exit code: {exit_code}\n");
        for (name, captured) in [("stdout", out), ("stderr", err)] {
            let text = captured.text();
            if !text.is_empty() {
                write!(outcome, "--- {name} ---\n{text}").unwrap();
            }
        }
        let server = self
            .server
            .url
            .trim_start_matches("http://")
            .trim_start_matches("https://");
        outcome
            .replace(server, "[SERVER]")
            .replace(&self.directory.path().display().to_string(), "[DESK]")
    }
}

#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl Captured {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

//! A person's terminal: every command is printed before it runs, and what it said after.

use std::env;
use std::process::Command;

use anyhow::Result;

use crate::cli::{Ran, finish};
use crate::playground::Playground;
use crate::progress::say;
use crate::tools;
use crate::versions::Tool;

/// Runs commands the way a reader would type them after `. .playground/env`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Terminal<'a> {
    playground: &'a Playground,
}

impl<'a> Terminal<'a> {
    pub(super) fn new(playground: &'a Playground) -> Self {
        Self { playground }
    }

    /// A new section of the story.
    pub(super) fn heading(self, text: &str) {
        say("");
        say(format_args!("=== {text}"));
    }

    /// Something that is said, not typed.
    pub(super) fn remark(self, text: &str) {
        say(format_args!("# {text}"));
    }

    /// `openmds`, in the session of whoever logged in last.
    pub(super) fn openmds(self, args: &[&str]) -> Result<Ran> {
        show(&format!("openmds {}", typed(args)));
        self.run(self.openmds_command(args), None)
    }

    /// `openmds login` as this user; the variables are those of the file `env`.
    pub(super) fn log_in(self, user: &str, variable: &str) -> Result<Ran> {
        show(&format!(
            "OPENMDS_USERNAME={user} OPENMDS_PASSWORD=${variable} openmds login --url $OPENMDS_URL"
        ));
        let url = self.playground.server().url();
        let mut command = self.openmds_command(&["login", "--url", &url]);
        command.env("OPENMDS_USERNAME", user).env(
            "OPENMDS_PASSWORD",
            self.playground.blueprint().password(user)?,
        );
        self.run(command, None)
    }

    /// One of Kafka's tools.
    pub(super) fn kafka(self, tool: Tool, args: &[&str], input: Option<&str>) -> Result<Ran> {
        let piped = match input.map(str::trim_end) {
            Some(text) => format!("echo '{text}' | "),
            None => String::new(),
        };
        show(&format!("{piped}{} {}", tool.command(), typed(args)));
        let mut command = tools::command(self.playground.ground(), tool);
        command.args(args);
        self.run(command, input)
    }

    fn openmds_command(self, args: &[&str]) -> Command {
        let ground = self.playground.ground();
        let mut command = Command::new(&ground.programs.openmds);
        command
            .args(args)
            .env("OPENMDS_CONFIG_DIR", ground.layout.story().join("session"))
            .env("NO_COLOR", "1");
        for name in ["OPENMDS_URL", "OPENMDS_USERNAME", "OPENMDS_PASSWORD"] {
            command.env_remove(name);
        }
        command
    }

    fn run(self, command: Command, input: Option<&str>) -> Result<Ran> {
        let ran = finish(command, input)?;
        for line in ran.said().lines().filter(|line| is_told(line)) {
            say(line);
        }
        Ok(ran)
    }
}

/// Leaves out Java's stack traces and the tools' advice about themselves.
fn is_told(line: &str) -> bool {
    !line.starts_with("\tat ") && !line.contains("KIP-848")
}

fn show(line: &str) {
    let here = env::current_dir().unwrap_or_default();
    let shortened = line.replace(&format!("{}/", here.display()), "");
    say(format_args!("$ {shortened}"));
}

fn typed(args: &[&str]) -> String {
    args.iter()
        .map(|word| {
            let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,@%+".contains(c);
            if !word.is_empty() && word.chars().all(plain) {
                (*word).to_owned()
            } else {
                format!("'{}'", word.replace('\'', "'\\''"))
            }
        })
        .collect::<Vec<_>>()
        .join(" ")
}

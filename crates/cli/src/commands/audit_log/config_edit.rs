//! `openmds audit-log config edit`

use openmds_policy::audit::{Document, Form};
use reqwest::StatusCode;

use super::{ask, print};
use crate::editor::Draft;
use crate::http::{Answer, Request, refusal};
use crate::json_text::{check_object, indented};
use crate::line_changes::changes;
use crate::server::Server;
use crate::{Connection, Failure, World};

/// Edit the audit log configuration in a text editor
///
/// Opens the configuration now in force in $VISUAL, else $EDITOR, else vi, and puts what was saved. What is not valid is not sent: the
/// editor opens again with the faults in the first lines. A text that was not changed is not sent either. What was typed is never lost:
/// if it cannot be put, the file stays and its path is printed.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:
  openmds audit-log config edit
  EDITOR=nano openmds audit-log config edit")]
pub struct ConfigEdit {
    #[command(flatten)]
    connection: Connection,
}

impl ConfigEdit {
    pub(crate) async fn run(self, world: &mut World) -> Result<(), Failure> {
        let editor = world.environment.editor.clone();
        let mut server = world.server(self.connection).await?;
        let answer = ask(&mut server, &Request::get(&["audit", "config"])?).await?;
        let in_force = indented(answer.json_text()?);
        let mut draft = Draft::of(&in_force, &editor)?;
        let mut faults: Vec<String> = Vec::new();
        loop {
            let before = draft.text.clone();
            draft.edit(&faults).await?;
            if draft.text == in_force {
                draft.forget();
                world
                    .printer
                    .notice("Nothing was changed; nothing was sent.");
                return Ok(());
            }
            if draft.text.trim().is_empty() {
                draft.forget();
                return Err(Failure::new("the file was emptied; nothing was sent"));
            }
            if !faults.is_empty() && draft.text == before {
                let message = format!(
                    "the configuration still has faults; nothing was sent:\n{}",
                    faults.join("\n")
                );
                return Err(draft.left_behind(Failure::new(message)));
            }
            faults = faults_of(&draft.text);
            if faults.is_empty() {
                match put(&mut server, &draft.text, &in_force).await {
                    Put::Done(answer) => {
                        draft.forget();
                        return print(world, &answer);
                    }
                    Put::Invalid(found) => faults = found,
                    Put::Failed(failure) => return Err(draft.left_behind(failure)),
                }
            }
        }
    }
}

/// What is wrong with the text, as far as this program can tell.
fn faults_of(text: &str) -> Vec<String> {
    if let Err(failure) = check_object(text, "the text") {
        return vec![failure.message().to_owned()];
    }
    match Document::parse(text, Form::Request) {
        Ok(_) => Vec::new(),
        Err(faults) => faults.iter().map(ToString::to_string).collect(),
    }
}

/// How the server took it.
enum Put {
    Done(Answer),
    /// It knows of faults that this program does not, such as a destination that is not allowed.
    Invalid(Vec<String>),
    Failed(Failure),
}

async fn put(server: &mut Server, text: &str, edited_from: &str) -> Put {
    let answer = match super::put(server, text.to_owned()).await {
        Ok(answer) => answer,
        Err(failure) => return Put::Failed(failure),
    };
    match answer.status {
        status if status.is_success() => Put::Done(answer),
        StatusCode::CONFLICT => Put::Failed(conflict(&answer, edited_from)),
        StatusCode::BAD_REQUEST => {
            let message = refusal::audit(&answer).message().to_owned();
            Put::Invalid(message.lines().map(ToOwned::to_owned).collect())
        }
        _ => Put::Failed(refusal::audit(&answer)),
    }
}

/// Somebody else was faster: shows what he changed, so that it can be taken over.
fn conflict(answer: &Answer, edited_from: &str) -> Failure {
    let status = answer.status_line();
    let changed = match answer.json_text() {
        Ok(current) => changes(edited_from, &indented(current)),
        Err(_) => String::new(),
    };
    Failure::new(format!(
        "{status}\nthe configuration has changed while it was edited; nothing was replaced. Since then:\n{changed}"
    ))
    .hint("Take this over into the file below, or into what `openmds audit-log config edit` shows now")
    .hint("Then run `openmds audit-log config update --force --file FILE`: it replaces what is in force")
}

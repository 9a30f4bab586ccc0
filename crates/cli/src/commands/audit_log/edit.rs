//! Editing a document in a text editor.

use reqwest::{Method, StatusCode};

use super::kind::Kind;
use super::update::put;
use super::{ask, print};
use crate::editor::Draft;
use crate::http::{Answer, refusal};
use crate::json_text::indented;
use crate::line_changes::changes;
use crate::server::Server;
use crate::{Connection, Failure, World};

/// Lets the user edit the document in force, and puts it.
pub(super) async fn edit(
    world: &mut World,
    connection: Connection,
    kind: &Kind,
) -> Result<(), Failure> {
    let editor = world.environment.editor.clone();
    let mut server = world.server(connection).await?;
    let answer = ask(&mut server, &kind.request(Method::GET)?).await?;
    let in_force = indented(answer.json_text()?);
    let mut draft = Draft::of(&in_force, &editor, kind.noun)?;
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
                "the {} still has faults; nothing was sent:\n{}",
                kind.noun,
                faults.join("\n")
            );
            return Err(draft.left_behind(Failure::new(message)));
        }
        faults = kind.faults_of(&draft.text);
        if faults.is_empty() {
            match put_draft(&mut server, kind, &draft.text, &in_force).await {
                Put::Done(answer) => {
                    draft.forget();
                    return print(world, &answer, kind.noun);
                }
                Put::Invalid(found) => faults = found,
                Put::Failed(failure) => return Err(draft.left_behind(failure)),
            }
        }
    }
}

/// How the server took it.
enum Put {
    Done(Answer),
    /// It knows of faults that this program does not, such as a destination that is not allowed.
    Invalid(Vec<String>),
    Failed(Failure),
}

async fn put_draft(server: &mut Server, kind: &Kind, text: &str, edited_from: &str) -> Put {
    let answer = match put(server, kind, text.to_owned()).await {
        Ok(answer) => answer,
        Err(failure) => return Put::Failed(failure),
    };
    match answer.status {
        status if status.is_success() => Put::Done(answer),
        StatusCode::CONFLICT => Put::Failed(conflict(&answer, kind, edited_from)),
        StatusCode::BAD_REQUEST => {
            let message = refusal::audit(&answer).message().to_owned();
            Put::Invalid(message.lines().map(ToOwned::to_owned).collect())
        }
        _ => Put::Failed(refusal::audit(&answer)),
    }
}

/// Somebody else was faster: shows what he changed, so that it can be taken over.
fn conflict(answer: &Answer, kind: &Kind, edited_from: &str) -> Failure {
    let Kind { noun, command, .. } = kind;
    let status = answer.status_line();
    let changed = match answer.json_text() {
        Ok(current) => changes(edited_from, &indented(current)),
        Err(_) => String::new(),
    };
    Failure::new(format!(
        "{status}\nthe {noun} has changed while it was edited; nothing was replaced. Since then:\n{changed}"
    ))
    .hint(format!(
        "Take this over into the file below, or into what `openmds {command} edit` shows now"
    ))
    .hint(format!(
        "Then run `openmds {command} update --force --file FILE`: it replaces what is in force"
    ))
}

//! Asking before something is removed.

use crate::{Failure, World};

/// Asks a yes-or-no question until it is answered.
pub(crate) fn confirmed(world: &mut World, question: &str) -> Result<bool, Failure> {
    let World { printer, input, .. } = world;
    loop {
        printer.prompt(&format!("{question} (y/n): "));
        let answer = input.line().ok().flatten();
        if !input.is_terminal() {
            // What is piped in is not echoed: end the line of the question.
            printer.notice("");
        }
        match answer.as_deref().map(str::trim) {
            Some("y" | "Y" | "yes") => return Ok(true),
            Some("n" | "N" | "no") => return Ok(false),
            Some(_) => printer.notice("Answer y or n."),
            None => {
                return Err(Failure::new("nobody answered the question")
                    .hint("Add --force to delete without being asked"));
            }
        }
    }
}

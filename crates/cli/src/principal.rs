//! Principals as they are typed.

use crate::Failure;

/// Refuses a principal without its type. Which types there are is the server's business.
pub(crate) fn check_principal(principal: &str) -> Result<(), Failure> {
    match principal.split_once(':') {
        Some((kind, name)) if !kind.is_empty() && !name.is_empty() => Ok(()),
        Some(_) => Err(Failure::usage(format!("\"{principal}\" is no principal"))
            .hint("Write User:NAME or Group:NAME")),
        None => Err(
            Failure::usage(format!("the principal \"{principal}\" has no type"))
                .hint(format!("Write User:{principal} or Group:{principal}")),
        ),
    }
}

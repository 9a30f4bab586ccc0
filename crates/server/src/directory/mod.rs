//! Who there is: users and how they prove it.

mod file;
mod password;

pub use file::{DirectoryError, FileDirectory};
pub use password::hash;

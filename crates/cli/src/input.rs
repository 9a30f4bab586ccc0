//! What the user types or pipes in.

use std::io::{BufRead, BufReader, IsTerminal, Read};

use secrecy::SecretString;

/// Standard input, or a text in its place.
pub struct Input {
    reader: Box<dyn BufRead + Send>,
    is_terminal: bool,
}

impl Input {
    /// Standard input of this process.
    pub fn of_process() -> Self {
        let stdin = std::io::stdin();
        Self {
            is_terminal: stdin.is_terminal(),
            reader: Box::new(BufReader::new(stdin)),
        }
    }

    /// A text, as from a pipe.
    pub fn from_text(text: impl Into<String>) -> Self {
        Self {
            is_terminal: false,
            reader: Box::new(std::io::Cursor::new(text.into().into_bytes())),
        }
    }

    /// Whether a person types.
    pub(crate) fn is_terminal(&self) -> bool {
        self.is_terminal
    }

    /// One line without its end; `None` when there is no more.
    pub(crate) fn line(&mut self) -> std::io::Result<Option<String>> {
        let mut line = String::new();
        let read = self.reader.read_line(&mut line)?;
        Ok((read > 0).then(|| line.trim_end_matches(['\n', '\r']).to_owned()))
    }

    /// One line that is not shown while it is typed.
    pub(crate) fn secret_line(&mut self) -> std::io::Result<Option<SecretString>> {
        if self.is_terminal {
            return rpassword::read_password().map(|password| Some(SecretString::from(password)));
        }
        Ok(self.line()?.map(SecretString::from))
    }

    /// All that is left.
    pub(crate) fn rest(&mut self) -> std::io::Result<String> {
        let mut text = String::new();
        self.reader.read_to_string(&mut text)?;
        Ok(text)
    }
}

//! How a command fails: what happened, what to do next, and the exit code.

/// Why a command did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    message: String,
    hints: Vec<String>,
    exit_code: u8,
}

impl Failure {
    /// Something went wrong while the command was carried out: exit code 1.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            hints: Vec::new(),
            exit_code: 1,
        }
    }

    /// The command line itself makes no sense: exit code 2.
    pub fn usage(message: impl Into<String>) -> Self {
        Self {
            exit_code: 2,
            ..Self::new(message)
        }
    }

    /// Adds one line that says what to do next.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// What happened. May have several lines; carries no secrets.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What to do next, one thing a line.
    pub fn hints(&self) -> &[String] {
        &self.hints
    }

    /// The exit code of the process: 1 failed, 2 wrong usage.
    pub fn exit_code(&self) -> u8 {
        self.exit_code
    }
}

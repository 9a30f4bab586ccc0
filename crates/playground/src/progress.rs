//! What a person sees while the playground works: one line a step, with the time it took.

use std::fmt;
use std::io::{self, Write};
use std::time::{Duration, Instant};

/// Prints steps to stderr, or nothing in tests. Data for others goes to stdout by [`say`].
#[derive(Debug, Clone, Copy)]
pub struct Progress {
    quiet: bool,
}

impl Progress {
    /// Prints each step.
    pub fn visible() -> Self {
        Self { quiet: false }
    }

    /// Prints nothing.
    pub fn quiet() -> Self {
        Self { quiet: true }
    }

    /// Announces something that is not timed.
    pub fn note(self, text: impl fmt::Display) {
        if !self.quiet {
            // A closed stderr must not stop the clusters.
            let _ = writeln!(io::stderr().lock(), "  {text}");
        }
    }

    /// Says why everything ends.
    pub fn failure(self, error: &anyhow::Error) {
        if !self.quiet {
            let _ = writeln!(io::stderr().lock(), "\nerror: {error:#}");
        }
    }

    /// Runs a step and prints, when it is done, what it was and how long it took.
    pub fn timed<T>(
        self,
        what: impl fmt::Display,
        step: impl FnOnce() -> anyhow::Result<T>,
    ) -> anyhow::Result<T> {
        let started = Instant::now();
        let result = step();
        match &result {
            Ok(_) => self.note(format_args!("{what} ({})", Seconds(started.elapsed()))),
            Err(_) => self.note(format_args!(
                "{what}: failed after {}",
                Seconds(started.elapsed())
            )),
        }
        result
    }
}

/// A duration as people read it: `4.2 s`.
#[derive(Debug, Clone, Copy)]
pub struct Seconds(pub Duration);

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.1} s", self.0.as_secs_f64())
    }
}

/// Prints one line of the story to stdout.
pub fn say(text: impl fmt::Display) {
    // A closed stdout (`| head`) must not stop the clusters.
    let _ = writeln!(io::stdout().lock(), "{text}");
}

//! The only place that prints. Data goes to standard output, everything else to standard error.

use std::io::{ErrorKind, IsTerminal, Write};

use crate::failure::Failure;
use crate::flags::{Output, Structured};
use crate::http::Answer;
use crate::json_text::indented;
use crate::table::Fit;
use crate::{table, yaml};

/// Where a command's words go.
pub struct Printer {
    out: Box<dyn Write + Send>,
    err: Box<dyn Write + Send>,
    out_is_terminal: bool,
    err_is_terminal: bool,
    colors: bool,
    data_colors: bool,
    /// Columns of the terminal, if they are not to be asked from it.
    width: Option<u16>,
}

impl Printer {
    /// Prints to the standard streams of this process. Colours only on a terminal, and not with `no_color`.
    pub fn of_process(no_color: bool) -> Self {
        let (out, err) = (std::io::stdout(), std::io::stderr());
        let err_is_terminal = err.is_terminal();
        Self {
            out_is_terminal: out.is_terminal(),
            err_is_terminal,
            colors: err_is_terminal && !no_color,
            data_colors: out.is_terminal() && !no_color,
            width: None,
            out: Box::new(out),
            err: Box::new(err),
        }
    }

    /// Prints into two writers, as into pipes.
    pub fn to_writers(out: Box<dyn Write + Send>, err: Box<dyn Write + Send>) -> Self {
        Self {
            out,
            err,
            out_is_terminal: false,
            err_is_terminal: false,
            colors: false,
            data_colors: false,
            width: None,
        }
    }

    /// Shows data as on a terminal with so many columns.
    #[must_use]
    pub fn as_terminal(self, width: u16) -> Self {
        Self {
            out_is_terminal: true,
            width: Some(width),
            ..self
        }
    }

    /// Whether a person looks at standard error.
    pub(crate) fn is_watched(&self) -> bool {
        self.err_is_terminal
    }

    /// Whether data may have colours.
    pub(crate) fn has_colored_data(&self) -> bool {
        self.data_colors
    }

    fn fit(&self) -> Fit {
        match self.width {
            Some(width) => Fit::Columns(width),
            None if self.out_is_terminal => Fit::Terminal,
            None => Fit::Content,
        }
    }

    /// One piece of data, and a line end if it has none.
    pub(crate) fn data(&mut self, text: &str) -> Result<(), Failure> {
        let end = if text.ends_with('\n') { "" } else { "\n" };
        let written = write!(self.out, "{text}{end}").and_then(|()| self.out.flush());
        match written {
            // The reader (`head`, `grep -q`) has seen enough.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
            Err(error) => Err(Failure::new(format!(
                "cannot write to standard output: {error}"
            ))),
            Ok(()) => Ok(()),
        }
    }

    /// One line of many. `false`: nobody reads on.
    pub(crate) fn line(&mut self, text: &str) -> Result<bool, Failure> {
        let written = writeln!(self.out, "{text}").and_then(|()| self.out.flush());
        match written {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(false),
            Err(error) => Err(Failure::new(format!(
                "cannot write to standard output: {error}"
            ))),
        }
    }

    /// A value of ours for programs, keys in the order of its fields.
    pub(crate) fn value<T: serde::Serialize>(
        &mut self,
        form: Structured,
        value: &T,
    ) -> Result<(), Failure> {
        let text = serde_json::to_string_pretty(value)
            .map_err(|error| Failure::new(format!("cannot write the result as JSON: {error}")))?;
        self.text(form, &text)
    }

    /// A value of ours that is always printed as JSON.
    pub(crate) fn json<T: serde::Serialize>(&mut self, value: &T) -> Result<(), Failure> {
        self.value(Structured::Json, value)
    }

    /// What the server sent, for programs: as it was sent.
    pub(crate) fn document(&mut self, form: Structured, answer: &Answer) -> Result<(), Failure> {
        self.text(form, &indented(answer.json_text()?))
    }

    fn text(&mut self, form: Structured, json: &str) -> Result<(), Failure> {
        match form {
            Structured::Json => self.data(json),
            Structured::Yaml => self.data(&yaml::of_json(json)?),
        }
    }

    /// Rows under a heading.
    pub(crate) fn table(&mut self, heading: &[&str], rows: &[Vec<String>]) -> Result<(), Failure> {
        self.data(&table::table(heading, rows, self.fit()))
    }

    /// An answer that is a list: as it was sent, or as a table with a row for each entry.
    pub(crate) fn entries<T: serde::de::DeserializeOwned>(
        &mut self,
        output: Output,
        answer: &Answer,
        heading: &[&str],
        row: impl Fn(T) -> Vec<String>,
    ) -> Result<(), Failure> {
        if let Some(form) = output.structured() {
            return self.document(form, answer);
        }
        let entries: Vec<T> = answer.json()?;
        let rows: Vec<_> = entries.into_iter().map(row).collect();
        self.table(heading, &rows)
    }

    /// An answer that is one such entry, after the warnings that came with it.
    pub(crate) fn entry<T: serde::de::DeserializeOwned>(
        &mut self,
        output: Output,
        answer: &Answer,
        heading: &[&str],
        row: impl Fn(T) -> Vec<String>,
    ) -> Result<(), Failure> {
        self.warnings(&answer.warnings);
        if let Some(form) = output.structured() {
            return self.document(form, answer);
        }
        self.table(heading, &[row(answer.json()?)])
    }

    /// One thing, a line for each of its properties.
    pub(crate) fn properties(&mut self, properties: &[(&str, String)]) -> Result<(), Failure> {
        self.data(&table::properties(properties, self.fit()))
    }

    /// Wipes the terminal before something is shown again; nothing in a pipe.
    pub(crate) fn start_over(&mut self) -> Result<(), Failure> {
        if self.out_is_terminal {
            // ANSI: cursor home, erase to the end of the screen.
            return self.data("\u{1b}[H\u{1b}[J");
        }
        Ok(())
    }

    /// Something good to know for a person at a terminal; silent in scripts.
    pub(crate) fn note(&mut self, text: &str) {
        if self.err_is_terminal {
            self.say(text);
        }
    }

    /// Something that was decided for the user.
    pub(crate) fn notice(&mut self, text: &str) {
        self.say(text);
    }

    /// Something that worked but deserves a look.
    pub(crate) fn warning(&mut self, text: &str) {
        let label = self.colored("Warning:", "33");
        self.say(&format!("{label} {text}"));
    }

    /// Each of these on a line of its own.
    pub(crate) fn warnings(&mut self, texts: &[String]) {
        for text in texts {
            self.warning(text);
        }
    }

    /// Why the command failed and what to do next.
    pub fn failure(&mut self, failure: &Failure) {
        let label = self.colored("Error:", "31");
        self.say(&format!("{label} {}", failure.message()));
        if !failure.hints().is_empty() {
            self.say("\nSuggestions:");
            for hint in failure.hints() {
                self.say(&format!("    {hint}"));
            }
        }
    }

    /// A question; the answer is typed on the same line.
    pub(crate) fn prompt(&mut self, text: &str) {
        // When standard error is gone there is nobody left to tell.
        drop(write!(self.err, "{text}").and_then(|()| self.err.flush()));
    }

    fn say(&mut self, text: &str) {
        drop(writeln!(self.err, "{text}"));
    }

    fn colored(&self, text: &str, color: &str) -> String {
        if self.colors {
            format!("\u{1b}[1;{color}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }
}

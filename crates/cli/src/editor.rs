//! A text in the user's editor.

use std::io::Write as _;
use std::path::PathBuf;

use tokio::process::Command;

use crate::Failure;
use crate::interrupt::whatever_is_interrupted;

/// Lines that begin so are about the text and not of it.
const REMARK: &str = "# ";

/// A text being edited, in a file that only this user may read.
#[derive(Debug)]
pub(crate) struct Draft {
    /// The text as it was last saved, without remarks.
    pub(crate) text: String,
    path: PathBuf,
    editor: String,
}

impl Draft {
    /// Puts the text into a new file; the name ends in `.json`, so that editors know how to show it.
    pub(crate) fn of(text: &str, editor: &str, noun: &str) -> Result<Self, Failure> {
        let failure = |error: std::io::Error| {
            Failure::new(format!("cannot write a temporary file: {error}"))
                .hint("Set TMPDIR to a directory that this user may write to")
        };
        // Mode 0600, by the library's own default on Unix.
        let file = tempfile::Builder::new()
            .prefix(&format!("openmds-audit-log-{noun}-"))
            .suffix(".json")
            .tempfile()
            .map_err(failure)?;
        let (_, path) = file.keep().map_err(|error| failure(error.error))?;
        Ok(Self {
            text: text.to_owned(),
            path,
            editor: editor.to_owned(),
        })
    }

    /// Lets the user edit the text, with remarks in its first lines, until the editor ends. Ctrl-C is the
    /// editor's: many have a use for it, and one left alone would fight with the shell for the terminal.
    pub(crate) async fn edit(&mut self, faults: &[String]) -> Result<(), Failure> {
        self.write(faults).map_err(|error| {
            self.left_behind(self.failure(&format!("cannot be written: {error}")))
        })?;
        // The variable may hold arguments and quotes, as the shell understands them. That shell, too, waits for the editor
        // whatever is interrupted; a trap that does something is not handed down, so that the editor is as it always is.
        let mut editor = Command::new("sh");
        editor
            .arg("-c")
            .arg(format!("trap : INT; {} \"$1\"", self.editor))
            .arg("sh")
            .arg(&self.path);
        match whatever_is_interrupted(async { editor.status().await }).await {
            Ok(status) if status.success() => {}
            Ok(status) => {
                let failure = Failure::new(format!(
                    "the editor `{}` ended with {status}; nothing was sent",
                    self.editor
                ))
                .hint("Set EDITOR to a program that waits until the file is closed");
                return Err(self.left_behind(failure));
            }
            Err(error) => {
                let failure = Failure::new(format!("cannot start `{}`: {error}", self.editor));
                return Err(self.left_behind(failure));
            }
        }
        let text = std::fs::read_to_string(&self.path)
            .map_err(|error| self.left_behind(self.failure(&format!("cannot be read: {error}"))))?;
        self.text = without_remarks(&text);
        Ok(())
    }

    fn write(&self, faults: &[String]) -> std::io::Result<()> {
        let mut file = std::fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .open(&self.path)?;
        if !faults.is_empty() {
            writeln!(
                file,
                "{REMARK}Not sent, because of what follows. Correct it and save; leave it as it is to give up."
            )?;
            for line in faults.iter().flat_map(|fault| fault.lines()) {
                writeln!(file, "{REMARK}{line}")?;
            }
        }
        file.write_all(self.text.as_bytes())?;
        if !self.text.ends_with('\n') {
            file.write_all(b"\n")?;
        }
        file.flush()
    }

    fn failure(&self, what: &str) -> Failure {
        Failure::new(format!("{} {what}", self.path.display()))
    }

    /// The text has arrived, or was never changed: no file is left.
    pub(crate) fn forget(self) {
        // A file that is gone already needs no removal.
        drop(std::fs::remove_file(&self.path));
    }

    /// Says where the text is, so that nothing typed is lost. The remarks go: the file can be given to other commands.
    pub(crate) fn left_behind(&self, failure: Failure) -> Failure {
        if std::fs::read_to_string(&self.path).is_ok_and(|text| text.starts_with(REMARK)) {
            // With the remarks left in, the text is still there.
            drop(self.write(&[]));
        }
        failure.hint(format!("Your text is in {}", self.path.display()))
    }
}

/// The text without the remarks in its first lines, and without the line end that editors add.
fn without_remarks(text: &str) -> String {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut lines: Vec<&str> = text.lines().collect();
    let remarks = lines
        .iter()
        .take_while(|line| line.starts_with('#'))
        .count();
    lines.drain(..remarks);
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::without_remarks;

    #[test]
    fn remarks_are_lines_at_the_beginning() {
        assert_eq!(
            without_remarks("# a\n#\n{\n  \"# b\": 1\n}\n"),
            "{\n  \"# b\": 1\n}"
        );
        assert_eq!(without_remarks("{\n# c\n}"), "{\n# c\n}");
        assert_eq!(without_remarks(""), "");
        assert_eq!(without_remarks("# only\n"), "");
    }
}

//! Events as lines: for people, or as they were written.

use std::fmt::Write as _;

use super::Event;

/// How events are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum EventFormat {
    /// A line for people
    Human,
    /// The event itself, a line of JSON
    Json,
}

/// The flag that chooses how events are printed.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(crate) struct EventOutput {
    /// Print a line for people (human) or the event itself (json)
    #[arg(
        short,
        long,
        value_enum,
        default_value = "human",
        value_name = "FORMAT"
    )]
    pub(crate) output: EventFormat,
}

impl EventOutput {
    /// The line. `colors`: denials are red.
    pub(crate) fn line(self, event: &Event<'_>, raw: &[u8], colors: bool) -> String {
        match self.output {
            EventFormat::Json => String::from_utf8_lossy(raw).into_owned(),
            EventFormat::Human => human(event, colors),
        }
    }
}

fn human(event: &Event<'_>, colors: bool) -> String {
    let decision = event.decision();
    let mut line = plain(&event.time);
    let (start, end) = match colors && decision == "deny" {
        true => ("\u{1b}[31m", "\u{1b}[0m"),
        false => ("", ""),
    };
    let shown = if decision.is_empty() { "-" } else { decision };
    let method = match event.data.method_name.as_ref() {
        "" => event.kind.as_ref(),
        method => method,
    };
    // Writing into a text cannot fail.
    let _ = write!(
        line,
        "  {start}{shown:<5}{end}  {}  {}",
        plain(or_dash(event.principal())),
        plain(method)
    );
    for part in [event.operation(), &event.resource()] {
        if !part.is_empty() {
            let _ = write!(line, "  {}", plain(part));
        }
    }
    let client = &event.data.request_metadata.client_address;
    if !client.is_empty() {
        let _ = write!(line, "  from {}", plain(client.trim_start_matches('/')));
    }
    line
}

fn or_dash(text: &str) -> &str {
    if text.is_empty() { "-" } else { text }
}

/// Names are chosen by clients: what would steer a terminal, or turn the text around, is shown by its number.
fn plain(text: &str) -> String {
    let steers = |c: char| {
        c.is_control()
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
    };
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        if steers(c) {
            plain.extend(c.escape_unicode());
        } else {
            plain.push(c);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_steer_a_terminal() {
        let line = "{\"time\":\"2026-01-01T00:00:00Z\",\"data\":{\"methodName\":\"kafka.Fetch\",\"authenticationInfo\":{\"principal\":\"User:\\u001b[2J\\nx\\u202ey\"},\"authorizationInfo\":{\"granted\":false,\"operation\":\"Read\",\"resourceType\":\"Topic\",\"resourceName\":\"o\"}}}";
        let event = Event::read(line.as_bytes()).unwrap();
        let human = human(&event, false);
        assert_eq!(
            human,
            "2026-01-01T00:00:00Z  deny   User:\\u{1b}[2J\\u{a}x\\u{202e}y  kafka.Fetch  Read  Topic o"
        );
        let output = EventOutput {
            output: EventFormat::Human,
        };
        assert!(
            output
                .line(&event, b"", true)
                .contains("\u{1b}[31mdeny \u{1b}[0m")
        );
        let output = EventOutput {
            output: EventFormat::Json,
        };
        assert_eq!(output.line(&event, line.as_bytes(), true), line);
    }
}

//! Kafka's `sasl.jaas.config`: one login module with its options.
//!
//! Grammar: `class control-flag (name=value)* ;`, values bare or in quotes with Java's escapes, and
//! Java comments anywhere (Kafka, `org.apache.kafka.common.security.JaasConfig`, which reads with
//! `java.io.StreamTokenizer`). Errors name positions and option names, never values.

use std::iter::Peekable;
use std::str::CharIndices;

use secrecy::SecretString;

use crate::{Sasl, SaslMechanism};

/// Why a `sasl.jaas.config` is unusable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JaasError {
    /// The text breaks off.
    #[error(
        "it ends too early: expected {expected}; the form is \
         `{example} required username=\"...\" password=\"...\";`"
    )]
    EndsEarly {
        /// What should follow.
        expected: &'static str,
        /// The login module that fits.
        example: &'static str,
    },
    /// Something else than expected; the text there is not shown, as it may be a secret.
    #[error("character {position}: expected {expected}")]
    Unexpected {
        /// Position in characters, from 1.
        position: usize,
        /// What should be there.
        expected: &'static str,
    },
    /// A login module that does not fit the mechanism.
    #[error("the login module does not fit sasl.mechanism {mechanism}; use {module}")]
    WrongModule {
        /// The configured mechanism.
        mechanism: SaslMechanism,
        /// The class that it needs.
        module: &'static str,
    },
    /// A required option is not there.
    #[error("the option `{0}` is missing")]
    MissingOption(&'static str),
    /// The same option twice.
    #[error("the option `{0}` is given twice")]
    RepeatedOption(&'static str),
    /// OAUTHBEARER takes its tokens from a [`TokenSource`](crate::TokenSource).
    #[error("OAUTHBEARER does not take its token from a JAAS text")]
    NoCredential,
}

const PLAIN: &str = "org.apache.kafka.common.security.plain.PlainLoginModule";
const SCRAM: &str = "org.apache.kafka.common.security.scram.ScramLoginModule";
const OAUTH: &str = "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule";

/// The credential in a `sasl.jaas.config`, for the given `sasl.mechanism`.
///
/// Options other than `username` and `password` are ignored.
pub fn parse(mechanism: SaslMechanism, text: &str) -> Result<Sasl, JaasError> {
    let module = module_for(mechanism);
    let mut tokens = Tokens {
        chars: text.char_indices().peekable(),
        text,
        module,
    };
    let class = tokens.word("the class name of a login module")?;
    if class != module {
        return Err(JaasError::WrongModule { mechanism, module });
    }
    let (position, flag) = (
        tokens.position(),
        tokens.word("a control flag such as `required`")?,
    );
    let flags = ["required", "requisite", "sufficient", "optional"];
    if !flags.iter().any(|known| flag.eq_ignore_ascii_case(known)) {
        return Err(JaasError::Unexpected {
            position,
            expected: "a control flag: `required`",
        });
    }
    let (mut username, mut password) = (None, None);
    while let Some((name, value)) = tokens.option()? {
        match name.as_str() {
            "username" if username.is_some() => return Err(JaasError::RepeatedOption("username")),
            "password" if password.is_some() => return Err(JaasError::RepeatedOption("password")),
            "username" => username = Some(value),
            "password" => password = Some(SecretString::from(value)),
            _ => {}
        }
    }
    tokens.end()?;
    let username = username.filter(|name| !name.is_empty());
    let credential = || -> Result<(String, SecretString), JaasError> {
        Ok((
            username.ok_or(JaasError::MissingOption("username"))?,
            password.ok_or(JaasError::MissingOption("password"))?,
        ))
    };
    match mechanism {
        SaslMechanism::Plain => {
            credential().map(|(username, password)| Sasl::Plain { username, password })
        }
        SaslMechanism::ScramSha256 => {
            credential().map(|(username, password)| Sasl::ScramSha256 { username, password })
        }
        SaslMechanism::ScramSha512 => {
            credential().map(|(username, password)| Sasl::ScramSha512 { username, password })
        }
        SaslMechanism::OAuthBearer => Err(JaasError::NoCredential),
    }
}

fn module_for(mechanism: SaslMechanism) -> &'static str {
    match mechanism {
        SaslMechanism::Plain => PLAIN,
        SaslMechanism::ScramSha256 | SaslMechanism::ScramSha512 => SCRAM,
        SaslMechanism::OAuthBearer => OAUTH,
    }
}

struct Tokens<'a> {
    chars: Peekable<CharIndices<'a>>,
    text: &'a str,
    module: &'static str,
}

impl Tokens<'_> {
    /// Position of the next token in characters, from 1.
    fn position(&mut self) -> usize {
        self.skip_blanks();
        let bytes = self.chars.peek().map_or(self.text.len(), |(at, _)| *at);
        self.text
            .char_indices()
            .take_while(|(at, _)| *at < bytes)
            .count()
            + 1
    }

    fn skip_blanks(&mut self) {
        while let Some((at, c)) = self.chars.peek().copied() {
            let rest = self.text.get(at..).unwrap_or_default();
            let comment_end = if rest.starts_with("//") {
                Some(rest.find('\n').unwrap_or(rest.len()))
            } else if rest.starts_with("/*") {
                Some(rest.find("*/").map_or(rest.len(), |end| end + 2))
            } else {
                None
            };
            match comment_end {
                Some(length) => while self.chars.next_if(|(i, _)| *i < at + length).is_some() {},
                None if c.is_whitespace() => drop(self.chars.next()),
                None => return,
            }
        }
    }

    fn unexpected(&mut self, expected: &'static str) -> JaasError {
        let position = self.position();
        match self.chars.peek() {
            Some(_) => JaasError::Unexpected { position, expected },
            None => JaasError::EndsEarly {
                expected,
                example: self.module,
            },
        }
    }

    fn word(&mut self, expected: &'static str) -> Result<String, JaasError> {
        self.skip_blanks();
        let mut word = String::new();
        while let Some((_, c)) = self
            .chars
            .next_if(|(_, c)| !c.is_whitespace() && !";=\"'".contains(*c))
        {
            word.push(c);
        }
        if word.is_empty() {
            Err(self.unexpected(expected))
        } else {
            Ok(word)
        }
    }

    /// The next `name=value`, or `None` at the semicolon, which is consumed.
    fn option(&mut self) -> Result<Option<(String, String)>, JaasError> {
        self.skip_blanks();
        if self.chars.next_if(|(_, c)| *c == ';').is_some() {
            return Ok(None);
        }
        let name = self.word("an option `name=value`, or `;` at the end")?;
        self.skip_blanks();
        if self.chars.next_if(|(_, c)| *c == '=').is_none() {
            return Err(self.unexpected("`=` after the option's name"));
        }
        self.skip_blanks();
        let value = match self.chars.next_if(|(_, c)| *c == '"' || *c == '\'') {
            Some((_, quote)) => self.quoted(quote)?,
            None => self.word("the option's value")?,
        };
        Ok(Some((name, value)))
    }

    fn quoted(&mut self, quote: char) -> Result<String, JaasError> {
        let mut value = String::new();
        loop {
            match self.chars.next() {
                Some((_, c)) if c == quote => return Ok(value),
                Some((_, '\\')) => value.push(self.escaped()?),
                Some((_, c)) if c != '\n' && c != '\r' => value.push(c),
                _ => {
                    return Err(JaasError::EndsEarly {
                        expected: "the closing quote, on the same line",
                        example: self.module,
                    });
                }
            }
        }
    }

    /// The character after a backslash: Java's named and octal escapes, else itself.
    fn escaped(&mut self) -> Result<char, JaasError> {
        let Some((_, c)) = self.chars.next() else {
            return Err(self.unexpected("a character after the backslash"));
        };
        Ok(match c {
            'a' => '\u{7}',
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'v' => '\u{b}',
            '0'..='7' => {
                let mut code = c.to_digit(8).unwrap_or_default();
                let more = if c <= '3' { 2 } else { 1 };
                for _ in 0..more {
                    let Some((_, digit)) = self.chars.next_if(|(_, c)| c.is_digit(8)) else {
                        break;
                    };
                    code = code * 8 + digit.to_digit(8).unwrap_or_default();
                }
                char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)
            }
            other => other,
        })
    }

    fn end(&mut self) -> Result<(), JaasError> {
        self.skip_blanks();
        match self.chars.peek() {
            None => Ok(()),
            Some(_) => Err(self.unexpected("nothing after `;`: only one login module is possible")),
        }
    }
}

#[cfg(test)]
mod tests;

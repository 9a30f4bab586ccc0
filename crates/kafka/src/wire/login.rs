//! The SASL login: KIP-43 and KIP-152 on the wire, one function a mechanism.

use std::time::Duration;

use bytes::Bytes;
use kafka_protocol::ResponseError;
use kafka_protocol::messages::{SaslAuthenticateRequest, SaslHandshakeRequest};
use kafka_protocol::protocol::StrBytes;
use secrecy::{ExposeSecret, SecretString};

use super::code::kafkas_name;
use super::deadline::Deadline;
use super::scram::{self, Hash};
use super::session::Session;
use crate::{KafkaError, Sasl, SaslMechanism};

/// Logs in; the answer is how long the broker lets the session live, if it limits it (KIP-368).
pub(super) async fn log_in(
    session: &mut Session,
    sasl: Option<&Sasl>,
    deadline: &Deadline,
) -> Result<Option<Duration>, KafkaError> {
    let Some(sasl) = sasl else {
        let reason = "the listener wants a login, but none is configured; set sasl.mechanism and \
                      sasl.jaas.config";
        return Err(refused(session, reason));
    };
    let mechanism = sasl.mechanism();
    agree(session, mechanism, deadline).await?;
    let mut login = Login {
        session,
        mechanism,
        deadline,
        lifetime_ms: 0,
    };
    match sasl {
        Sasl::Plain { username, password } => {
            let text = format!("\0{username}\0{}", password.expose_secret());
            login.send(text.into()).await?;
        }
        Sasl::ScramSha256 { username, password } => {
            login.scram(Hash::Sha256, username, password).await?;
        }
        Sasl::ScramSha512 { username, password } => {
            login.scram(Hash::Sha512, username, password).await?;
        }
        Sasl::OAuthBearer(source) => {
            let token = source.token().map_err(|reason| {
                refused(
                    login.session,
                    &format!("there is no token to show: {reason}"),
                )
            })?;
            login.oauthbearer(&token).await?;
        }
    }
    let lifetime = u64::try_from(login.lifetime_ms).unwrap_or_default();
    Ok((lifetime > 0).then(|| Duration::from_millis(lifetime)))
}

/// Asks for the mechanism; the refusal lists what is offered.
pub(super) async fn agree(
    session: &mut Session,
    mechanism: SaslMechanism,
    deadline: &Deadline,
) -> Result<(), KafkaError> {
    let request = SaslHandshakeRequest::default()
        .with_mechanism(StrBytes::from_string(mechanism.to_string()));
    let answer = session.call(&request, deadline).await?;
    match ResponseError::try_from_code(answer.error_code) {
        None => Ok(()),
        Some(ResponseError::UnsupportedSaslMechanism) => {
            let offered: Vec<_> = answer.mechanisms.iter().map(|m| m.as_str()).collect();
            let offered = offered.join(", ");
            let reason = format!(
                "it does not offer {mechanism}, but {offered}; choose a listener that does, or another sasl.mechanism"
            );
            Err(refused(session, &reason))
        }
        Some(ResponseError::IllegalSaslState) => {
            let reason = "this listener has no login; choose one that has, or security.protocol PLAINTEXT or SSL";
            Err(refused(session, reason))
        }
        Some(other) => Err(refused(
            session,
            &format!("the handshake failed with {other}"),
        )),
    }
}

struct Login<'a> {
    session: &'a mut Session,
    mechanism: SaslMechanism,
    deadline: &'a Deadline,
    lifetime_ms: i64,
}

impl Login<'_> {
    /// One step of the mechanism.
    async fn send(&mut self, step: Bytes) -> Result<Bytes, KafkaError> {
        let request = SaslAuthenticateRequest::default().with_auth_bytes(step);
        let answer = self.session.call(&request, self.deadline).await?;
        if let Some(error) = ResponseError::try_from_code(answer.error_code) {
            let theirs = answer.error_message.as_deref().unwrap_or_default();
            let reason = self.explain(&format!("{}: {theirs}", kafkas_name(&error)));
            return Err(refused(self.session, &reason));
        }
        self.lifetime_ms = answer.session_lifetime_ms;
        Ok(answer.auth_bytes)
    }

    async fn scram(
        &mut self,
        hash: Hash,
        username: &str,
        password: &SecretString,
    ) -> Result<(), KafkaError> {
        let failed = |session: &Session, reason: String| {
            refused(session, &format!("the SCRAM exchange failed: {reason}"))
        };
        let nonce = scram::nonce().map_err(|e| failed(self.session, e))?;
        let client = scram::Client::new(hash, username, &nonce);
        let challenge = self.send(client.first().into()).await?;
        let proof = client
            .answer(password.expose_secret().as_bytes(), &challenge)
            .map_err(|e| failed(self.session, e))?;
        let verdict = self.send(proof.message.clone().into()).await?;
        proof.verify(&verdict).map_err(|e| failed(self.session, e))
    }

    async fn oauthbearer(&mut self, token: &SecretString) -> Result<(), KafkaError> {
        let first = format!("n,,\x01auth=Bearer {}\x01\x01", token.expose_secret());
        let verdict = self.send(first.into()).await?;
        if verdict.is_empty() {
            return Ok(());
        }
        // RFC 7628, 3.2.2: a refusal comes as JSON with error code 0, and the client acknowledges
        // it with one byte before the server fails the exchange. The verdict is known already.
        let _acknowledged = self.send(Bytes::from_static(b"\x01")).await;
        let reason = self.explain(&status_of(&verdict));
        Err(refused(self.session, &reason))
    }

    fn explain(&self, theirs: &str) -> String {
        match self.mechanism {
            SaslMechanism::OAuthBearer => format!(
                "it did not accept our token ({theirs}); compare issuer, audience, signing key \
                 (JWKS) and clock: the broker's log says at WARN which one failed"
            ),
            mechanism => format!(
                "wrong user name or password for {mechanism} ({theirs}); check sasl.jaas.config \
                 here and the credential there"
            ),
        }
    }
}

/// The `status` of a refusal such as `{"status":"invalid_token"}`.
fn status_of(verdict: &[u8]) -> String {
    serde_json::from_slice::<serde_json::Value>(verdict)
        .ok()
        .and_then(|json| json.get("status")?.as_str().map(str::to_owned))
        .unwrap_or_else(|| "no reason given".to_owned())
}

fn refused(session: &Session, reason: &str) -> KafkaError {
    KafkaError::Authentication {
        address: session.at().to_string(),
        reason: reason.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::status_of;

    #[test]
    fn a_refusals_status_is_read_from_json() {
        assert_eq!(
            status_of(br#"{"status":"invalid_token","scope":"x"}"#),
            "invalid_token"
        );
        assert_eq!(status_of(b"\x01"), "no reason given");
    }
}
